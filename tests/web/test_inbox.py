"""The team's inbox on the page: messages, slips and what is new (S-20 to S-23)."""

import pytest
from aiohttp.test_utils import TestClient

from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import OURS


@pytest.mark.parametrize(
    ("path", "body", "order"),
    [
        ("/api/texts", {"sender": "front", "to": "203", "text": "hi", "by": "sato"},
         ("write", ("front", "203", "sato"), "hi")),
        ("/api/texts", {"sender": "front", "to": "203", "text": "hi", "by": "mallory"},
         ("write", ("front", "203", "page"), "hi")),
        ("/api/slips", {"queue": "front", "number": "0312345678", "text": "call back", "by": "kato"},
         ("slip", ("front", "0312345678", "kato"), "call back")),
        ("/api/new/see", {"kind": "call", "id": "c1", "by": "suzuki"}, ("see", ("call", "c1"), "suzuki")),
        ("/api/new/see", {"kind": "call", "id": "c1"}, ("see", ("call", "c1"), "page")),
    ],
)  # fmt: skip
async def test_s20_what_is_written_reaches_the_desk_with_who_wrote_it(
    person: TestClient, desk: FakeDesk, path: str, body: dict[str, object], order: tuple[object, ...]
) -> None:
    """S-20 partly: the page has no view of its own for it yet."""
    assert (await person.post(path, json=body, headers=OURS)).status == 200
    assert desk.orders == [order]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/texts", {"sender": "front", "to": "203"}),
        ("/api/texts", {"sender": "front", "to": 203, "text": "hi"}),
        ("/api/texts", {"sender": "front", "to": "203", "text": "x" * 8001}),
        ("/api/texts", {"sender": "front", "to": "203", "text": "hi", "by": 7}),
        ("/api/slips", {"queue": "front", "text": "hi"}),
        ("/api/new/see", {"kind": "call"}),
    ],
)
async def test_what_cannot_be_read_is_refused(
    person: TestClient, desk: FakeDesk, path: str, body: dict[str, object]
) -> None:
    assert (await person.post(path, json=body, headers=OURS)).status == 400
    assert desk.orders == []


async def test_what_the_desk_refuses_is_said_in_its_sentence(person: TestClient, desk: FakeDesk) -> None:
    desk.inbox.why_not = "This text has 501 characters; at most 500 would be right"
    body = {"sender": "front", "to": "203", "text": "hi"}
    answer = await person.post("/api/texts", json=body, headers=OURS)
    assert (answer.status, (await answer.json())["message"]) == (409, desk.inbox.why_not)


async def test_threads_of_one_queue_are_told_with_what_is_new(person: TestClient, desk: FakeDesk) -> None:
    desk.inbox.came("front", "203", "one")
    desk.inbox.came("front", "203", "two")
    desk.inbox.came("support", "204", "three")
    (told,) = (await (await person.get("/api/threads?queue=front")).json())["threads"]
    assert (told["last"]["body"], told["new"]) == ("two", 2)
    texts = (await (await person.get("/api/thread?thread=front/203")).json())["texts"]
    assert [one["body"] for one in texts] == ["one", "two"]
    assert (await person.get("/api/thread?thread=front/999")).status == 404


async def test_s22_what_is_new_is_live_and_counted_for_each_queue(person: TestClient, desk: FakeDesk) -> None:
    desk.inbox.is_new("call", "c1", "front")
    desk.inbox.came("front", "203", "one")
    office = (await (await person.get("/api/office")).json())["office"]
    assert office["news"] == {"front": {"queue": "front", "calls": 1, "voicemails": 0, "texts": 1}}
    assert office["texts"] == 2
    items = (await (await person.get("/api/new?queue=front")).json())["items"]
    assert sorted(one["kind"] for one in items) == ["call", "text"]
    assert (await (await person.get("/api/new?queue=support")).json())["items"] == []


@pytest.mark.parametrize("path", ["/api/new", "/api/threads", "/api/thread?thread=front/203"])
async def test_strangers_read_nothing(stranger: TestClient, desk: FakeDesk, path: str) -> None:
    desk.inbox.came("front", "203", "one")
    assert (await stranger.get(path)).status == 401


@pytest.mark.parametrize("path", ["/api/texts", "/api/slips", "/api/new/see"])
async def test_strangers_write_nothing(stranger: TestClient, desk: FakeDesk, path: str) -> None:
    body = {"sender": "front", "queue": "front", "to": "203", "number": "203", "text": "x", "kind": "text", "id": "x"}
    assert (await stranger.post(path, json=body, headers=OURS)).status == 401
    assert desk.orders == []
