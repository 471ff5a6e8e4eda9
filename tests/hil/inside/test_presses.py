"""Presses: what becomes of a finger on a real line, through the panel's own driver, debouncer and tables."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import gpiod
import pytest

from appliance.acd import events as ev
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.panel import PanelDriver
from hw import debounce
from hw.debounce import SETTLE_S, STUCK_S
from tests.hil.inside.gpio_sim import Film
from tests.hil.inside.panels import Bench, rev_a, rev_b

PRESSES = 40
GLITCHES = 200
GLITCH_S = 0.001
WATCH_S = 1.5


class Desk:
    """The panel's driver before an office that only listens."""

    def __init__(self, bench: Bench, status: Status) -> None:
        self.panel = bench.open()
        self.events: list[ev.Event] = []
        self.alarms = Alarms()
        agents = (AgentView(f"a{seat}", "", "", seat, status, 0.0) for seat in self.panel.seats)
        self.view = OfficeView(1, 0.0, tuple(agents))
        self.driver = PanelDriver(self.panel, Clock(), self.alarms, self.events.append, lambda: self.view)

    async def until_events(self, count: int, timeout: float = 3.0) -> list[ev.Event]:
        """What was posted, once there is so much of it."""
        async with asyncio.timeout(timeout):
            while len(self.events) < count:
                await asyncio.sleep(0.002)  # edges come on a thread of their own
        return self.events


@asynccontextmanager
async def desk_on(bench: Bench, status: Status = Status.AVAILABLE, held: tuple[int, ...] = ()) -> AsyncIterator[Desk]:
    """A desk at work; buttons of the seats `held` are down before it looks for the first time."""
    desk = Desk(bench, status)
    for seat in held:  # now, not before: the simulator forgets the finger when a program asks for a pull-up
        bench.press(seat)
    desk.driver.start()
    try:
        yield desk
    finally:
        desk.driver.stop()


@pytest.fixture
def header() -> Iterator[Bench]:
    with rev_a() as bench:
        yield bench


@pytest.fixture
def expanders(tmp_path: Path) -> Iterator[Bench]:
    with rev_b(tmp_path) as bench:
        yield bench


async def settled() -> None:
    """Long enough for the last edge to be heard and to settle."""
    await asyncio.sleep(SETTLE_S + 0.06)


async def test_a_short_press_and_a_hold_mean_what_the_table_says(header: Bench) -> None:
    async with desk_on(header) as desk:
        await header.push(1, 0.15)
        assert await desk.until_events(1) == [ev.DutyOff("a1", "button")]
        await header.push(2, 1.4)
        assert (await desk.until_events(2))[1] == ev.DutyOff("a2", "button", "break")


async def test_forty_bouncing_presses_are_forty_presses(header: Bench) -> None:
    """R-41: on the kernel's own lines, by six fingers one after another."""
    async with desk_on(header) as desk:
        done = 0
        while done < PRESSES:
            rests = {seat: header.bounce(seat, down=True) for seat in desk.panel.seats}
            await asyncio.sleep(0.03)  # the fingers stay
            rests = {seat: max(rest, header.bounce(seat, down=False)) for seat, rest in rests.items()}
            # Of the others this machine held the finger up in mid-bounce: no bounce any more.
            wanted = [ev.DutyOff(f"a{seat}", "button") for seat, rest in rests.items() if rest < SETTLE_S / 2]
            async with asyncio.timeout(3):
                while not set(wanted) <= set(desk.events):
                    await asyncio.sleep(0.002)  # edges come on a thread of their own
            await settled()
            assert [desk.events.count(one) for one in wanted] == [1] * len(wanted)
            done += len(wanted)
            desk.events.clear()


async def test_two_buttons_at_once_are_two_presses(header: Bench) -> None:
    """R-41: on the kernel's own lines."""
    async with desk_on(header) as desk:
        header.press(1)
        header.press(4)
        await asyncio.sleep(0.1)  # the fingers stay
        header.release(1)
        header.release(4)
        await desk.until_events(2)
        await settled()
        assert set(desk.events) == {ev.DutyOff("a1", "button"), ev.DutyOff("a4", "button")}
        assert len(desk.events) == 2


async def test_a_button_held_when_the_panel_starts_is_an_alarm_until_it_is_released(header: Bench) -> None:
    async with desk_on(header, held=(3,)) as desk:
        assert "seat 3" in " ".join(desk.alarms.sentences())
        header.release(3)
        async with asyncio.timeout(3):
            while desk.alarms.sentences():
                await asyncio.sleep(0.002)
        assert desk.events == []
        await header.push(3)
        assert await desk.until_events(1) == [ev.DutyOff("a3", "button")]


async def filmed(bench: Bench, seat: int, seconds: float) -> Film:
    """A film of a seat's lamp; once more when this machine kept the eye shut for long."""
    for _ in range(3):
        film = bench.film(seat)
        await asyncio.to_thread(film.watch, seconds)
        if film.latest < 0.08:
            break
    return film


async def glitches(bench: Bench, seat: int, desk: Desk) -> list[float]:
    """The lengths of pulses of a millisecond and less on a seat's line, each after the one before has settled."""
    chip, pins = bench.seat(seat)
    lengths: list[float] = []
    while len(lengths) < GLITCHES:
        began = time.monotonic()
        chip.press(int(pins.button))
        chip.release(int(pins.button))
        took = time.monotonic() - began
        await asyncio.sleep(1.2 * SETTLE_S)
        if took <= GLITCH_S:  # a longer one is this machine's own: it was held up between the two
            lengths.append(took)
        elif took > SETTLE_S:
            desk.events.clear()
    return lengths


async def test_sixteen_lamps_flash_in_time_while_one_button_is_stuck_and_another_line_picks_up_noise(
    expanders: Bench, figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debounce, "STUCK_S", quick := STUCK_S / 2)
    async with desk_on(expanders, Status.RINGING) as desk:
        began = time.monotonic()
        expanders.press(1)
        film = await filmed(expanders, 16, 2.2)
        lengths = await glitches(expanders, 6, desk)
        await asyncio.sleep(max(0.0, quick + 0.3 - (time.monotonic() - began)))  # the finger stays
        stuck = desk.alarms.sentences()
        expanders.release(1)
        await settled()
        assert len([sentence for sentence in stuck if "seat 1" in sentence]) == 1
        assert desk.alarms.sentences() == ()
        assert desk.events == []
    lit = [length for state, length in film.lasted() if state == (0, 0, 1)]
    dark = [length for state, length in film.lasted() if state == (0, 0, 0)]
    figure(
        f"{GLITCHES} glitches of up to {1e6 * max(lengths):.0f} µs on a real line, sixteen lamps flashing",
        f"{len(desk.events)} false presses",
        "0",
    )
    figure(
        f"a lamp that flashes twice a second, looked at every {1000 * film.latest:.0f} ms at least",
        f"{1000 * min(*lit, *dark):.0f} to {1000 * max(*lit, *dark):.0f} ms on and off",
        "250 ms",
    )
    assert 3 <= len(lit) <= 5
    assert {state for state, _ in film.lasted()} == {(0, 0, 1), (0, 0, 0)}
    for length in (*lit, *dark):
        assert abs(length - 0.25) < 0.1 + film.latest


async def share_of_a_core() -> float:
    """What this program spends while nothing but its timers and threads is at work."""
    began, spent = time.monotonic(), time.process_time()
    await asyncio.sleep(WATCH_S)  # the measurement is the passing of time
    return (time.process_time() - spent) / (time.monotonic() - began)


async def bare_blinking(bench: Bench) -> None:
    """The least that sixteen flashing seats can be: four times a second a timer, and a call of each chip."""
    requests = []
    try:
        for chip in bench.chips.values():
            settings = gpiod.LineSettings(direction=gpiod.line.Direction.OUTPUT)
            lines = tuple(range(12))
            requests.append(gpiod.request_lines(f"/dev/{chip.gpiochip}", {lines: settings}))
        for number in itertools.count():
            for request in requests:
                request.set_values(dict.fromkeys(range(12), gpiod.line.Value(number % 2)))
            await asyncio.sleep(0.25)
    finally:
        for request in requests:
            request.release()


async def test_sixteen_seats_that_flash_cost_next_to_nothing(expanders: Bench, figure) -> None:
    """Panel, edges and lamps of the real board, beside what this kernel takes for the least of it."""
    nothing = await share_of_a_core()  # the rig's own: it looks every 10 ms whether this machine keeps up
    bare = asyncio.create_task(bare_blinking(expanders))
    least = await share_of_a_core() - nothing
    bare.cancel()
    await asyncio.gather(bare, return_exceptions=True)
    async with desk_on(expanders, Status.RINGING) as desk:
        everybody = desk.view.agents
        for ringing in range(1, len(everybody) + 1):  # each begins at a time of its own: the dearest there is
            desk.driver.show(OfficeView(1, 0.0, everybody[:ringing]))
            await asyncio.sleep(0.25 / len(everybody))
        share = await share_of_a_core() - nothing
    figure(
        f"sixteen seats flashing on real lines (a bare timer with four calls takes {100 * least:.1f} % here)",
        f"{100 * share:.1f} % of a core",
        "<= 1 %",
    )
    assert share < 0.5  # a thread that asks for edges instead of waiting takes all of it


async def test_a_chip_that_is_gone_costs_nothing_and_is_taken_soon_after_its_return(header: Bench, figure) -> None:
    """A dead line is ready to be read for ever: a thread that goes on reading takes all of a core."""
    nothing = await share_of_a_core()
    chip, seat = header.seat(1)
    async with desk_on(header) as desk:
        chip.vanish()
        async with asyncio.timeout(4.0):
            while not desk.panel.absences:
                await asyncio.sleep(0.01)
        share = await share_of_a_core() - nothing
        chip.appear()
        chip.press(int(seat.green))  # what hangs on a lamp's line pulls it down, a free one too
        film = Film(chip, (int(seat.green),))
        since = time.monotonic()
        at = await asyncio.to_thread(film.watch, 6.0, lambda levels: levels == (1,))
        assert at is not None
        assert desk.panel.absences == ()
        await header.push(1)
        assert await desk.until_events(1) == [ev.DutyOff("a1", "button")]
    figure("a panel whose only chip is gone", f"{100 * share:.1f} % of a core", "next to nothing")
    figure("a chip that returns has its lamps lit", f"after {at - since:.1f} s", "<= 2 s")
    assert share < 0.5  # a thread that reads a dead line takes all of it
