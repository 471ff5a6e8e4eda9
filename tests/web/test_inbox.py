"""The team's inbox on the page: messages, slips and what is new (S-20 to S-23)."""

import asyncio
from collections.abc import Callable

import pytest
from aiohttp.test_utils import TestClient

from appliance.api import Status
from tests.support.fake_desk_api import FakeDesk
from tests.web.browser import why_not
from tests.web.conftest import OURS
from tests.web.scene import CARD, Scene


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


browser = pytest.mark.skipif(bool(why_not()), reason=why_not())


async def until(so: Callable[[], object]) -> None:
    """Wait until the desk was told."""
    async with asyncio.timeout(8):
        while not so():
            await asyncio.sleep(0.02)


async def fill(scene: Scene, **fields: str) -> None:
    """Fill the form for a message."""
    for name, value in fields.items():
        await scene.browser.run(
            "document.getElementById('write').elements[arguments[0]].value = arguments[1]", name, value
        )


async def text_of(scene: Scene, selector: str) -> str:
    return str(await scene.browser.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector))


@pytest.mark.browser
@browser
async def test_s20_messages_come_live_are_answered_as_the_queue_and_are_shown_as_text_only(demo: Scene) -> None:
    """S-20, S-22, S-M4: the sender stays chosen; a text of a phone is never a part of the page."""
    inbox = demo.desk.inbox
    await demo.come_in()
    inbox.came("front", "203", "<img src=x onerror='document.title=1'> 折り返し")
    await demo.browser.until("document.querySelector('#threads button')?.innerText.includes('受付 – 田中 陽子')")
    assert await text_of(demo, "#messages-new") == "新着1件"
    await demo.browser.until("document.getElementById('said').textContent.includes('新着が1件')")
    await demo.browser.click("#threads button")
    await demo.browser.until("document.querySelector('#thread .body')?.innerText.startsWith('<img src=x')")
    assert await demo.browser.run("return document.querySelectorAll('#thread img').length") == 0
    await demo.browser.until("document.activeElement.name === 'text'")
    assert await demo.browser.run("return document.getElementById('write').elements.from.value") == "front"
    await fill(demo, by="suzuki")
    await demo.browser.keys("承知しました", "\ue009\ue007")  # Ctrl+Enter
    await until(lambda: ("write", ("front", "203", "suzuki"), "承知しました") in demo.desk.orders)
    await until(lambda: ("see", ("text", "front/203"), "suzuki") in demo.desk.orders)
    await demo.browser.until("document.getElementById('thread').innerText.includes('鈴木 健太さんが対応済み')")
    await demo.browser.until("document.getElementById('thread').innerText.includes('未配信')")
    inbox.ends("t2", "delivered")
    await demo.browser.until("document.getElementById('thread').innerText.includes('配信済み')")
    assert await demo.browser.run("return document.getElementById('write').elements.text.value") == ""
    assert await text_of(demo, "#messages-new") == ""
    await demo.browser.picture("messages")
    await demo.browser.open(demo.server.url)
    await demo.browser.until("document.getElementById('write').elements.from.value === 'front'")
    await demo.browser.until("document.getElementById('write').elements.by.value === 'suzuki'")
    assert await demo.browser.complaints() == []


@pytest.mark.browser
@browser
async def test_a_message_that_is_refused_stays_as_it_was_typed_and_the_reason_is_said(demo: Scene) -> None:
    demo.desk.inbox.why_not = "There is no 999 in this office"
    await demo.come_in()
    await fill(demo, **{"from": "front", "to": "999", "text": "大事な用件"})
    await demo.browser.click("#write button[value=text]")
    await demo.browser.until("document.getElementById('toast').innerText.includes('no 999 in this office')")
    assert await demo.browser.run("return document.getElementById('write').elements.text.value") == "大事な用件"


@pytest.mark.browser
@browser
async def test_s20_a_sender_that_is_gone_is_not_replaced_silently(demo: Scene) -> None:
    await demo.come_in()
    await demo.browser.run("localStorage.setItem('deskbell.from', 'closed-queue')")
    await demo.browser.open(demo.server.url)
    await demo.browser.until("document.querySelectorAll('#write-targets option').length > 0")
    assert await demo.browser.run("return document.getElementById('write').elements.from.value") == ""
    await fill(demo, to="203", text="hi")
    await demo.browser.click("#write button[value=text]")
    assert demo.desk.orders == []
    await demo.browser.run("localStorage.clear()")


@pytest.mark.browser
@browser
async def test_s21_during_a_call_an_agent_writes_to_a_colleague_and_leaves_a_slip(demo: Scene) -> None:
    contact = demo.desk.caller_waits("0312345678")
    demo.desk.answers("tanaka", contact)
    await demo.come_in()
    card = CARD.format(agent="tanaka")
    await demo.browser.click(f"{card} .colleague summary")
    await demo.browser.run("document.querySelector(arguments[0]).value = '202'", f"{card} .colleague select")
    await demo.browser.run("document.querySelector(arguments[0]).focus()", f"{card} .colleague input")
    await demo.browser.keys("3番をお願い", "\ue007")
    await until(lambda: ("write", ("tanaka", "202", "tanaka"), "3番をお願い") in demo.desk.orders)
    await demo.browser.click(f"{card} .letters-of > button")
    await demo.browser.until("document.activeElement.name === 'text'")
    await demo.browser.keys("折り返し依頼")
    await demo.browser.click("#write button[value=slip]")
    await until(lambda: ("slip", ("front", "0312345678", "tanaka"), "折り返し依頼") in demo.desk.orders)
    assert demo.desk.inbox.texts[-1].contact == contact
    assert await demo.browser.complaints() == []


@pytest.mark.browser
@browser
@pytest.mark.parametrize(("queue", "name"), [("support", "サポート"), ("all", "全員 (グループ)")])
async def test_s22_s23_the_seven_views_are_those_of_one_queue_or_group(demo: Scene, queue: str, name: str) -> None:
    """S-22, S-23: hold queue, live calls, agents, new, all calls, voicemail, recordings; one component for both."""
    desk = demo.desk
    for nth, of in enumerate(("front", queue)):
        desk.caller_waits(f"031111000{nth}", queue=of)
        desk.past.append(desk.record_of(f"p{nth}", f"032222000{nth}", queue=of, recordings=(f"r{nth}",)))
        desk.add_recording(f"r{nth}", f"p{nth}", 3.0)
        desk.add_voicemail(f"v{nth}", f"033333000{nth}", 5.0, box=of)
        desk.inbox.is_new("call", f"m{nth}", of, number=f"034444000{nth}")
        desk.answers("tanaka", desk.caller_waits(f"035555000{nth}", queue=of))
    await demo.come_in()
    sections = ("queue", "live", "new", "calls", "voicemail", "recordings")
    everything = [f"document.querySelectorAll('#{one}-table tbody tr').length" for one in sections]
    await demo.browser.until(f"[{','.join(everything)}].join() === '2,2,4,2,2,2'")
    await demo.browser.until(f"document.getElementById('scope-choice').innerText.includes('{name}')")
    await demo.browser.click(f"#scope-choice [data-key=q{queue}]")
    await demo.browser.until(f"[{','.join(everything)}].join() === '1,1,2,1,1,1'")
    assert await text_of(demo, "#new-count") == "新着2件"
    shown = await demo.browser.run("return document.querySelectorAll('#agents-list > li').length")
    assert shown == sum(queue in queues for _, queues in desk.info.members)
    label = "return document.querySelector(`#scope-choice [data-key=q${arguments[0]}]`).getAttribute('aria-label')"
    assert await demo.browser.run(label, queue) == f"{name}: 新着2件"
    await demo.browser.picture(f"queue-{queue}")
    await demo.browser.open(demo.server.url)
    await demo.browser.until(f"document.querySelector('#scope-choice [data-key=q{queue}]')?.ariaPressed === 'true'")
    await demo.browser.click("#scope-choice [data-key=q]")
    await demo.browser.until(f"[{','.join(everything)}].join() === '2,2,4,2,2,2'")
    assert await demo.browser.complaints() == []


@pytest.mark.browser
@browser
async def test_s22_one_person_sees_to_what_is_new_for_everybody(demo: Scene) -> None:
    demo.desk.inbox.is_new("call", "m1", "front", number="0344440001")
    demo.desk.set_agent("sato", status=Status.AVAILABLE)
    await demo.come_in()
    await demo.browser.until("document.getElementById('new-table').innerText.includes('0344440001')")
    assert "不在着信" in await text_of(demo, "#new-table")
    await fill(demo, by="sato")
    await demo.browser.click("#new-table td[data-column=handled] button:last-child")
    await until(lambda: ("see", ("call", "m1"), "sato") in demo.desk.orders)
    await demo.browser.until("document.getElementById('new-table').hidden")
    await demo.browser.until("document.getElementById('new-count').textContent === ''")
