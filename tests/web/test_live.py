"""The live stream: the newest state, the pulse, reconnecting, and who is shown the door."""

import asyncio
import json
from dataclasses import dataclass, replace

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from appliance.api import Status
from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import OURS, Clock, visit
from web.keys import STREAMS


@dataclass
class Message:
    kind: str
    id: str
    told: dict


async def next_message(stream: ClientResponse, *kinds: str) -> Message:
    """The next message of one of these kinds (`office` when none is said), within five seconds."""
    async with asyncio.timeout(5):
        while True:
            fields: dict[str, str] = {}
            while line := (await stream.content.readline()).decode().rstrip("\n"):
                name, _, value = line.partition(": ")
                fields[name] = value
            if (kind := fields.get("event", "")) in (kinds or ("office",)):
                return Message(kind, fields.get("id", ""), json.loads(fields["data"]))


async def ended(stream: ClientResponse) -> bool:
    async with asyncio.timeout(5):
        while await stream.content.readline():
            pass
        return True


async def test_a_tab_sees_the_office_at_once_and_every_change(person: TestClient, desk: FakeDesk) -> None:
    """S-31: pushed."""
    stream = await person.get("/events?tab=a")
    assert stream.content_type == "text/event-stream"
    first = await next_message(stream)
    assert [agent["status"] for agent in first.told["office"]["agents"]] == ["off", "off", "available", "unreachable"]
    desk.caller_waits("0312345678", "山本 様")
    caller = (await next_message(stream)).told["office"]["waiting"][0]
    assert (caller["position"], caller["number"], caller["name"]) == (1, "0312345678", "山本 様")
    assert (await person.post("/api/agents/sato/go-on-duty", headers=OURS)).status == 200
    while (agent := (await next_message(stream)).told["office"]["agents"][0])["status"] != "ringing":
        pass
    assert agent["agent"] == "sato"
    stream.close()


async def test_what_changes_without_a_commit_is_told_too(person: TestClient, desk: FakeDesk) -> None:
    stream = await person.get("/events?tab=a")
    await next_message(stream)
    desk.line_views = (replace(desk.line_views[0], state="ringing", number="0335551000"),)
    assert (await next_message(stream)).told["office"]["lines"][0]["state"] == "ringing"
    desk.alarm_texts = ("回線1の線が抜けています。",)
    assert (await next_message(stream)).told["office"]["alarms"] == ["回線1の線が抜けています。"]
    stream.close()


async def test_a_slow_tab_skips_to_the_newest(person: TestClient, desk: FakeDesk) -> None:
    stream = await person.get("/events?tab=a")
    await next_message(stream)
    for nth in range(50):  # without giving the stream a turn
        desk.set_agent("sato", status=Status.AVAILABLE if nth % 2 else Status.OFF)
    message = await next_message(stream)
    assert message.told["office"]["seq"] == 51
    assert message.id.endswith("-2")
    stream.close()


async def test_times_are_dated_by_the_moment_of_sending(person: TestClient, desk: FakeDesk, clock: Clock) -> None:
    clock.now = desk.view().at + 500
    clock.wall += 500
    told = (await next_message(await person.get("/events?tab=a"))).told
    assert (told["at"], told["wall"]) == (clock.now, clock.wall)
    clock.now = desk.view().at - 500  # a clock that is not the desk's: never before the view
    assert (await (await person.get("/api/office")).json())["at"] == desk.view().at


async def test_who_reconnects_with_the_present_id_gets_only_a_beat(person: TestClient, desk: FakeDesk) -> None:
    first = await next_message(await person.get("/events?tab=a"))
    again = await person.get("/events?tab=a", headers={"Last-Event-ID": first.id})
    beat = await next_message(again, "office", "beat")
    assert beat.kind == "beat"
    assert set(beat.told) == {"at", "wall"}
    desk.caller_waits()
    assert len((await next_message(again)).told["office"]["waiting"]) == 1
    stale = await next_message(await person.get("/events?tab=b", headers={"Last-Event-ID": "otherlife-1"}))
    assert len(stale.told["office"]["waiting"]) == 1


async def test_the_pulse_beats_while_nothing_happens(person: TestClient, clock: Clock) -> None:
    stream = await person.get("/events?tab=a")
    await next_message(stream, "beat")
    clock.now += 10
    clock.wall += 10
    assert (await next_message(stream, "beat")).told["wall"] == clock.wall
    stream.close()


async def test_a_session_that_ends_ends_its_stream(person: TestClient, clock: Clock) -> None:
    stream = await person.get("/events?tab=a")
    await next_message(stream)
    clock.wall += 1801
    clock.now += 10
    await next_message(stream, "end")
    assert await ended(stream)


async def test_the_same_tab_has_one_stream_the_newest(person: TestClient, desk: FakeDesk) -> None:
    older = await person.get("/events?tab=a")
    await next_message(older)
    newer = await person.get("/events?tab=a")
    await next_message(newer)
    assert await ended(older)
    desk.caller_waits()
    assert (await next_message(newer)).told["office"]["waiting"]
    assert person.app[STREAMS].count == 1
    newer.close()


async def test_there_is_a_last_stream(desk: FakeDesk, demo_desk: FakeDesk, clock: Clock) -> None:
    client = await visit(demo_desk, clock, streams=2)
    await client.get("/?code=ABCD-EFGH")
    streams = [await client.get(f"/events?tab={tab}") for tab in "ab"]
    refused = await client.get("/events?tab=c")
    assert (refused.status, (await refused.json())["error"]) == (503, "too_many_streams")
    for stream in streams:
        await next_message(stream)
    await client.close()


async def test_streams_end_when_the_page_or_the_desk_closes(person: TestClient, desk: FakeDesk) -> None:
    one = await person.get("/events?tab=a")
    await next_message(one)
    person.app[STREAMS].close()
    assert await ended(one)
    other = await person.get("/events?tab=b")
    await next_message(other)
    desk.close()
    assert await ended(other)
    assert person.app[STREAMS].count == 0


async def test_a_tab_that_does_not_read_is_dropped(desk: FakeDesk, demo_desk: FakeDesk, clock: Clock) -> None:
    client = await visit(demo_desk, clock, stall_s=0.1)
    await client.get("/?code=ABCD-EFGH")
    cookie = client.session.cookie_jar.filter_cookies(client.make_url("/"))["deskbell"].value
    demo_desk.alarm_texts = ("very long " * 2_000_000,)  # more than every buffer between the two holds
    connections = lambda: client.server.runner.server.connections  # noqa: E731
    before = len(connections())
    _, writer = await asyncio.open_connection("127.0.0.1", client.port, limit=1024)
    writer.write(f"GET /events?tab=slow HTTP/1.1\r\nHost: localhost\r\nCookie: deskbell={cookie}\r\n\r\n".encode())
    async with asyncio.timeout(5):
        await demo_desk.listener_left.wait()
        while len(connections()) > before:  # given back although the tab never reads
            await asyncio.sleep(0)
    writer.close()
    await client.close()


async def test_a_stream_is_not_opened_by_a_mere_look(person: TestClient) -> None:
    assert (await person.head("/events?tab=a")).status == 405
