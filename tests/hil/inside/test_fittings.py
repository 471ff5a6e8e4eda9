"""Fittings: stack light, keys, sensors, contacts, buzzer and lifeline of `rev_c` on the kernel's own lines."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from appliance.acd import events as ev
from appliance.acd.house import Held
from appliance.acd.view import AgentView, OfficeView, QueueView, Status, WaitingView
from appliance.desk import contacts, fittings
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.contacts import ContactSettings
from appliance.desk.fittings import Fitted
from appliance.desk.panel import PanelDriver
from hw.fittings import Kind, Spot
from tests.hil.inside.gpio_sim import Film
from tests.hil.inside.panels import Bench, rev_c

BEACON = {use: Spot(Kind.STACK_LIGHT, "", use) for use in ("red", "amber", "green", "blue")}
KEY, FORCE, CLOSING_LAMP = (Spot(Kind.CLOSING_KEY, "", use) for use in ("key", "force", "lamp"))
FIRE, DOOR = Spot(Kind.CONTACT, "fire", "input"), Spot(Kind.CONTACT, "door", "input")
RECORD, TALLY = Spot(Kind.RECORD_KEY, "3", "key"), Spot(Kind.RECORD_KEY, "3", "tally")
SENSOR, SOUND = Spot(Kind.SEAT_SENSOR, "2", "input"), Spot(Kind.PIEZO, "2", "sound")
IN_USE, RELAY, LIFELINE_LAMP = (Spot(Kind.LIFELINE, "line-1", use) for use in ("in_use", "relay", "lamp"))


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Bench]:
    with rev_c(tmp_path) as bench:
        yield bench


class Desk:
    """The panel's driver before an office that is as a test says; `unwell` is why the box cannot serve its line."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.panel = bench, bench.open()
        self.events: list[ev.Event] = []
        self.alarms, self.unwell, self.clock = Alarms(), "", Clock()
        self.view = OfficeView(0, 0.0)
        self.view = self.office()
        settings = Fitted(60.0, (ContactSettings("fire"),), lambda line: self.unwell)
        self.driver = PanelDriver(
            self.panel, self.clock, self.alarms, self.events.append, lambda: self.view, fitted=settings
        )

    def office(self, status: Status = Status.AVAILABLE, *, paused: bool = False, **more: object) -> OfficeView:
        """Agents at all six seats, one queue."""
        agents = tuple(AgentView(f"a{seat}", "", "", seat, status, self.now, paused=paused) for seat in range(1, 7))
        queues = (QueueView("front", True),)
        return OfficeView(self.view.seq + 1, self.now, agents, queues=queues, **more)  # type: ignore[arg-type]

    def shows(self, status: Status = Status.AVAILABLE, *, paused: bool = False, **more: object) -> None:
        """A view is committed."""
        self.view = self.office(status, paused=paused, **more)
        self.driver.show(self.view)

    @property
    def now(self) -> float:
        return self.clock.now()

    async def until(self, wanted: ev.Event, timeout: float = 3.0) -> None:
        """That was posted, and nothing else since the last time."""
        async with asyncio.timeout(timeout):
            while not self.events:
                await asyncio.sleep(0.002)
        assert self.events == [wanted]
        self.events.clear()

    async def lit(self, **wanted: bool) -> None:
        """The stack light shows these colours and no other."""
        async with asyncio.timeout(2.0):
            while {use for use, spot in BEACON.items() if self.bench.is_lit(spot)} != set(wanted):
                await asyncio.sleep(0.002)


@asynccontextmanager
async def desk_on(bench: Bench) -> AsyncIterator[Desk]:
    """A desk at work on a board whose people sit at their seats, and whose other contacts rest."""
    desk = Desk(bench)
    for fitting in bench.board.fittings:
        for spot in fitting.inputs:  # now, not before: the simulator forgets when a program asks for a pull-up
            bench.touch(spot, spot.kind is Kind.SEAT_SENSOR)
    desk.driver.start()
    try:
        yield desk
    finally:
        desk.driver.stop()


async def filmed(bench: Bench, spot: Spot, seconds: float, states: int = 1000) -> list[tuple[bool, float]]:
    """What an output did for so long, or for so many states: whether it was on, and for how long, from end to end."""
    film: Film = bench.film_of(spot)
    await asyncio.to_thread(film.watch, seconds, lambda _: len(film.lasted()) >= states)
    return [(bool(state[0]), length) for state, length in film.lasted()]


def is_about(length: float, wanted: float) -> bool:
    """As long as is wanted, on a kernel whose one core many things share."""
    return abs(length - wanted) < 0.1


async def test_every_output_drives_its_own_line_and_every_contact_is_heard_as_its_own(board: Bench) -> None:
    panel = board.open()
    heard: list[tuple[object, bool]] = []
    panel.listen(lambda place, down, at: heard.append((place, down)))
    outputs = [spot for one in panel.fittings for spot in one.outputs]
    assert len(outputs) == 4 + 1 + 2 + 6 + 6
    for spot in outputs:
        panel.drive(spot, True)
        assert [one for one in outputs if board.is_lit(one)] == [spot]
        panel.drive(spot, False)
    inputs = [spot for one in panel.fittings for spot in one.inputs]
    assert len(inputs) == 2 + 3 + 1 + 6 + 6
    for spot in inputs:
        board.touch(spot, False)
    await asyncio.sleep(0.05)  # what came of that is heard
    heard.clear()
    for spot, down in itertools.product(inputs, (True, False)):
        board.touch(spot, down)
        async with asyncio.timeout(2.0):
            while not heard:
                await asyncio.sleep(0.001)
        assert heard.pop() == (spot, down)
        assert panel.is_down(spot) is down
    panel.close()


async def test_u02_the_stack_light_tells_how_the_office_is_and_strobes_for_an_emergency(board: Bench) -> None:
    async with desk_on(board) as desk:
        await desk.lit(green=True)
        caller = WaitingView("c1", 1, "front", "", "", "", desk.now)
        desk.shows(waiting=(caller,))
        await desk.lit(amber=True)
        desk.shows(Status.OFF)
        await desk.lit(red=True)
        impatient = (WaitingView("c1", 1, "front", "", "", "", desk.now - 59.9),)
        desk.shows(waiting=impatient)
        await desk.lit(amber=True)
        await desk.lit(red=True)  # it waited longer than the target meanwhile: by time alone
        desk.shows(waiting=impatient, emergency_at=desk.now)
        flashes = await filmed(board, BEACON["blue"], 1.8)
        assert all(is_about(length, 0.1 if on else 0.4) for on, length in flashes)
        assert len(flashes) >= 5
        assert board.is_lit(BEACON["red"])


async def test_u10_the_closing_key_closes_the_office_and_its_lamp_counts_who_waits(
    board: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = contacts.Patience(down=0.5)
    monkeypatch.setattr(contacts, "PATIENCE", {**contacts.PATIENCE, (Kind.CLOSING_KEY, "force"): quick})
    async with desk_on(board) as desk:
        board.touch(KEY, True)
        await desk.until(ev.HoursHeld(Held.CLOSING, contacts.KEY))
        two = tuple(WaitingView(f"c{n}", n, "front", "", "", "", desk.now) for n in (1, 2))
        desk.shows(held="closing", waiting=two)
        cycle = ((True, 0.2), (False, 0.3), (True, 0.2), (False, 1.5))  # a flash for each of the two, and a pause
        lamp = await filmed(board, CLOSING_LAMP, 6.0, states=7)
        assert any(
            all(
                on is lit and is_about(length, wanted)
                for (on, length), (lit, wanted) in zip(lamp[at:], cycle, strict=False)
            )
            for at in range(len(lamp) - 3)
        )
        board.touch(FORCE, True)
        await desk.until(ev.HoursHeld(Held.CLOSED, contacts.KEY, forced=True))
        desk.shows(held="closed")
        board.touch(FORCE, False)
        board.touch(KEY, False)
        await desk.until(ev.HoursHeld(Held.SCHEDULE, contacts.KEY))


async def test_u05_a_recording_is_paused_exactly_while_its_key_is_held_and_a_key_that_is_gone_is_let_go(
    board: Bench,
) -> None:
    async with desk_on(board) as desk:
        desk.shows(Status.ON_CALL)
        board.touch(RECORD, True)
        await desk.until(ev.RecordingPauseAsked("a3", contacts.RECORD_KEY, paused=True))
        desk.shows(Status.ON_CALL, paused=True)
        assert board.is_lit(TALLY)
        board.touch(RECORD, False)
        await desk.until(ev.RecordingPauseAsked("a3", contacts.RECORD_KEY, paused=False))
        desk.shows(Status.ON_CALL)
        assert not board.is_lit(TALLY)
        board.touch(RECORD, True)
        await desk.until(ev.RecordingPauseAsked("a3", contacts.RECORD_KEY, paused=True))
        board.chips["keys"].vanish()
        await desk.until(ev.RecordingPauseAsked("a3", contacts.RECORD_KEY, paused=False), 6.0)
        assert any("record key of seat 3" in sentence for sentence in desk.alarms.sentences())


async def test_u11_a_fire_contact_that_opens_is_a_notice_and_a_flutter_is_none(board: Bench) -> None:
    async with desk_on(board) as desk:
        for _ in range(3):
            board.touch(FIRE, True)
            await asyncio.sleep(0.2)  # lightning and loose screws
            board.touch(FIRE, False)
            await asyncio.sleep(0.05)
        board.touch(DOOR, True)
        assert desk.events == []
        board.touch(FIRE, True)
        await desk.until(ev.NoticeRaised("fire", "contact fire", "evacuation", True))
        desk.shows(notices=("fire",))
        slow = await filmed(board, BEACON["red"], 2.3)
        assert slow
        assert all(is_about(length, 1.0) for _, length in slow)  # red never above 0.5 Hz
        assert "The contact door is closed" in desk.alarms.sentences()
        board.touch(FIRE, False)
        await desk.until(ev.NoticeCleared("fire", "contact fire"))


async def test_u04_an_empty_seat_asks_sounds_and_leaves(board: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fittings, "AWAY_S", 0.5)
    monkeypatch.setattr(fittings, "ANSWER_S", 1.0)
    async with desk_on(board) as desk:
        board.touch(SENSOR, False)
        asked = asyncio.create_task(filmed(board, SOUND, 3.0, states=1))
        await desk.until(ev.SeatLeft("a2"))
        assert any(on and is_about(length, 0.6) for on, length in await asked)  # one long: a question
        ringing = asyncio.create_task(filmed(board, SOUND, 1.2))
        await asyncio.sleep(0.2)  # the film runs
        desk.shows(Status.RINGING)
        assert [is_about(length, 0.1) for on, length in await ringing if on] == [True, True]  # two short


async def test_u06_the_relay_is_pulsed_while_the_box_is_well_and_rests_the_moment_it_is_not(board: Bench) -> None:
    """And once it rested, a plain phone that is in use keeps the line."""
    async with desk_on(board) as desk:
        async with asyncio.timeout(4.0):  # the plain phone is known to be on the hook after two seconds
            while not board.is_lit(RELAY):
                await asyncio.sleep(0.01)
        pulses = await filmed(board, RELAY, 2.3)
        assert pulses
        assert all(is_about(length, 1.0) for _, length in pulses)
        assert not board.is_lit(LIFELINE_LAMP)
        desk.unwell = "the modem is gone"
        async with asyncio.timeout(3.0):
            while not board.is_lit(LIFELINE_LAMP):
                await asyncio.sleep(0.005)
        assert await filmed(board, RELAY, 1.2) == []
        assert not board.is_lit(RELAY)
