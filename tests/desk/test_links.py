"""The desk's other two links: lines tell their state, the edge gets its secrets and says which phones are there."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_struct

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.desk import running_desk
from appliance.desk.edge_link import FORGIVE_S, GRACE_S, EdgeLink
from appliance.desk.lines_link import LinesLink
from appliance.desk.moved_phones import MovedPhones
from appliance.desk.settings import DeskSettings, PhoneSettings
from appliance.edge.rpc import Registration
from appliance.errors import EdgeError
from appliance.wire_figures import LineFigures
from appliance.wire_lines import CheckLine, LineFound
from appliance.wire_stream import Wire
from tests.support.desk_office import settings


@asynccontextmanager
async def lines_process(path: Path, *told: wire.LineState) -> AsyncIterator[None]:
    """A lines process that tells these states and stays."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected = Wire(reader, writer)
        await connected.greet("lines", frozenset({"desk"}))
        for state in told:
            connected.send(state)
        await over.wait()
        await connected.close()

    server = await asyncio.start_unix_server(serve, path)
    try:
        yield
    finally:
        over.set()
        server.close()
        path.unlink(missing_ok=True)  # noqa: ASYNC240 - a name, no file; from Python 3.13 on the server removes it


async def until_line(link: LinesLink, state: str) -> None:
    async with asyncio.timeout(5):
        while link.views[0].state != state:
            await asyncio.sleep(0.005)


async def test_a_line_tells_its_state_and_its_trouble_and_is_unknown_when_its_process_dies(tmp_path: Path) -> None:
    plan = replace(settings(tmp_path), lines_socket=tmp_path / "lines.sock")
    alarms = Alarms()
    link = LinesLink(plan, Clock(), alarms)
    follower = asyncio.create_task(link.run())
    trouble = "no modem at /dev/ttyACM0; plug it in"
    async with lines_process(
        tmp_path / "lines.sock",
        wire.LineState("line-1", "down", trouble, "", 1001.0, LineFigures(1.0, calls=3, off_hook=250.0)),
        wire.LineState("stranger", "idle", "", "", 1.0),
    ):
        await until_line(link, "down")
        assert alarms.sentences() == (f"Line line-1: {trouble}",)
        figures = link.views[0].figures
        assert figures is not None
        assert (figures.calls, figures.erlangs) == (3, 0.25)
    await until_line(link, "unknown")
    assert alarms.sentences() == ("Line line-1: the lines process does not run; see its log",)
    async with lines_process(tmp_path / "lines.sock", wire.LineState("line-1", "idle", "", "", 1.0)):
        await until_line(link, "idle")
        assert alarms.sentences() == ()
        follower.cancel()
    with pytest.raises(asyncio.CancelledError):
        await follower


async def test_the_lines_process_is_told_to_forget_a_lines_tones_before_it_examines_it(tmp_path: Path) -> None:
    asked: list[CheckLine] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected = Wire(reader, writer)
        await connected.greet("lines", frozenset({"desk"}))
        connected.send(wire.LineState("line-1", "idle", "", "", 1.0))
        while isinstance(order := await connected.receive(), CheckLine):
            asked.append(order)
            connected.send(LineFound("line-1", "dial_tone", True, 2.0, 0.4, "400 Hz", is_last=True))
        await connected.close()

    plan = replace(settings(tmp_path), lines_socket=tmp_path / "lines.sock")
    link = LinesLink(plan, Clock(), Alarms())
    server = await asyncio.start_unix_server(serve, tmp_path / "lines.sock")
    follower = asyncio.create_task(link.run())
    await until_line(link, "idle")
    assert [one.what for one in await link.check("line-1")] == ["dial_tone"]
    await link.check("line-1", forgets=True)
    assert asked == [CheckLine("line-1"), CheckLine("line-1", forgets=True)]
    follower.cancel()
    with pytest.raises(asyncio.CancelledError):
        await follower
    server.close()


class FakeEdge:
    """An edge that remembers secrets until it is restarted."""

    def __init__(self) -> None:
        self.secrets: list[tuple[str, str]] = []
        self.phones: dict[str, int] = {}
        self.is_up = True

    async def put_secrets(self, secrets: list[tuple[str, str]]) -> None:
        self.secrets = list(secrets)

    async def secrets_loaded(self) -> int:
        if not self.is_up:
            raise EdgeError("edge: no answer")
        return len(self.secrets)

    async def registrations(self) -> list[Registration]:
        return [Registration(phone, "sip:x", "sip:x", left, "fake") for phone, left in self.phones.items()]


class Stepped(Clock):
    """A clock the test moves."""

    at = 100.0

    def now(self) -> float:
        return self.at


class Bench:
    """An edge link, its core and what it posts (which the core hears at once)."""

    def __init__(self, plan: DeskSettings) -> None:
        self.edge, self.clock, self.alarms, self.acd = FakeEdge(), Stepped(), Alarms(), Acd()
        self.posted: list[ev.Event] = []
        self.post(ev.Configured(plan.office))
        self.post(ev.DutyOn("sato", "page"))
        self.posted.clear()
        self.link = EdgeLink(plan, self.acd, self.clock, self.alarms, self.post)

    def post(self, event: ev.Event) -> None:
        self.posted.append(event)
        self.acd.handle(event, self.clock.now())

    async def step(self, seconds: float = 1.0) -> list[ev.Event]:
        self.clock.at += seconds
        self.posted.clear()
        await self.link.step(self.edge)
        return list(self.posted)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    phones = (PhoneSettings("101", "佐藤", "ha1-of-101"), PhoneSettings("102", "鈴木", "ha1-of-102"))
    return Bench(replace(settings(tmp_path), phones=phones))


async def test_secrets_are_pushed_at_the_start_and_again_after_the_edge_forgot_them(bench: Bench) -> None:
    await bench.step()
    assert bench.edge.secrets == [("101", "ha1-of-101"), ("102", "ha1-of-102")]
    bench.edge.secrets = []
    await bench.step()
    assert len(bench.edge.secrets) == 2


async def test_nobody_is_lost_before_registrations_had_time_to_come_in(bench: Bench) -> None:
    bench.edge.phones = {"102": 60}
    assert await bench.step() == []
    assert await bench.step(GRACE_S - 0.1) == []
    assert await bench.step(0.2) == [ev.PhoneLost("sato")]
    assert await bench.step() == []
    bench.edge.phones["101"] = 60
    assert await bench.step() == [ev.PhoneFound("sato")]


async def test_an_edge_that_is_away_is_an_alarm_and_loses_nobody(bench: Bench) -> None:
    bench.edge.phones = {"101": 60, "102": 60}
    await bench.step()
    bench.edge.is_up = False
    assert await bench.step(60) == []
    assert "The registrar does not answer" in bench.alarms.sentences()[0]
    bench.edge.is_up, bench.edge.phones = True, {}
    assert await bench.step() == []
    assert bench.alarms.sentences() == ()
    assert len(await bench.step(GRACE_S)) == 2


async def test_an_edge_that_is_not_up_when_the_box_starts_is_no_alarm_and_one_that_stays_away_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole box starts at once, and the desk may be there first."""
    monkeypatch.setattr("appliance.desk.edge_link.START_S", 0.3)
    bench = Bench(replace(settings(tmp_path), edge_socket=tmp_path / "edge.sock"))
    began = time.monotonic()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(bench.link.run())
        await bench.link.is_settled.wait()
        running.cancel()
    assert time.monotonic() - began >= 0.3
    assert "The registrar does not answer" in bench.alarms.sentences()[0]


async def test_a_registered_phone_that_gave_no_sign_is_believed_when_it_registers_anew(bench: Bench) -> None:
    bench.edge.phones = {"101": 60, "102": 60}
    await bench.step()
    bench.post(ev.PhoneLost("sato"))  # as A-08 does
    bench.edge.phones["101"] = 50
    assert await bench.step() == []
    bench.edge.phones["101"] = 60
    assert await bench.step() == [ev.PhoneFound("sato")]


async def test_or_when_it_was_left_alone_for_a_while(bench: Bench) -> None:
    bench.edge.phones = {"101": 60, "102": 60}
    await bench.step()
    bench.post(ev.PhoneLost("sato"))
    assert await bench.step(FORGIVE_S - 1) == []
    assert await bench.step(1.0) == [ev.PhoneFound("sato")]


def test_r32_a_phone_at_a_new_place_is_said_to_the_switch_once() -> None:
    """R-32: since when, on the seam's clock. What was there before, and a refreshed registration, say nothing."""
    said: list[wire.Message] = []
    moved = MovedPhones("deskbell.local", said.append, now=lambda: 50.0)
    at_home = Registration("101", "sip:101@x", "sip:10.0.0.1:5060", 60, "fake", age_s=9.0)
    elsewhere = replace_struct(at_home, source="sip:10.0.0.1:7070", age_s=0.5)
    other = replace_struct(at_home, user="102")
    moved.seen([other])
    moved.seen([at_home, other])
    assert said == [], "what was nowhere before rang nowhere else"
    moved.seen([at_home, replace_struct(other, age_s=0.0)])
    assert said == []
    moved.seen([at_home, elsewhere, other])
    moved.seen([elsewhere, other])
    assert said == [wire.DialAgain("sip:101@deskbell.local", 49.5, "10.0.0.1:7070")]


def test_r32_a_phone_that_moved_before_the_first_look_at_it_is_said_too() -> None:
    said: list[wire.Message] = []
    moved = MovedPhones("deskbell.local", said.append, now=lambda: 50.0)
    one = Registration("101", "sip:101@x", "sip:10.0.0.1:5060", 60, "fake", age_s=0.8)
    moved.seen([one, replace_struct(one, source="sip:10.0.0.1:7070", age_s=0.1)])
    assert said[-1] == wire.DialAgain("sip:101@deskbell.local", 49.9, "10.0.0.1:7070")


async def test_r32_a_phone_that_was_away_between_two_looks_is_at_a_new_place(bench: Bench) -> None:
    """R-32: it restarted while it rang, and is back where it was."""
    said: list[wire.Message] = []
    bench.link.registrations_seen = (MovedPhones("deskbell.local", said.append).seen,)
    for phones in ({"101": 60}, {}, {"101": 60}):
        bench.edge.phones = phones
        await bench.step()
    assert [type(one) for one in said] == [wire.DialAgain]


async def test_a_switch_of_another_version_is_an_alarm_with_a_sentence(tmp_path: Path) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected = Wire(reader, writer)
        connected.send(wire.Hello("switch", version=99))
        await connected.receive()
        await connected.close()

    plan = settings(tmp_path)
    server = await asyncio.start_unix_server(serve, plan.switch_socket)
    async with running_desk(plan) as desk, asyncio.timeout(5):
        while not desk.alarms.sentences():
            await asyncio.sleep(0.005)
        assert "the switch speaks version 99 of the seam, this desk 1" in desk.alarms.sentences()[0]
    server.close()
