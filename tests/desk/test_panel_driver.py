"""The panel on gpiozero's mock pins: bounces in, exactly the right events out, and lamps that step in time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from appliance.acd import events as ev
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.lamps import PATTERNS
from appliance.desk.panel import Look, PanelDriver
from hw import debounce
from hw.board import read_board
from hw.fittings import Fitting, Kind, Spot
from hw.panel import GpioPanel, Place, VirtualPanel
from tests.support.desk_office import BOARD


class Bench:
    """A driver on mock pins; the clock is the test's, the loop's timers are real."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.factory = MockFactory(pin_class=MockPWMPin)
        self.panel = GpioPanel(read_board(BOARD), self.factory)
        self.events: list[ev.Event] = []
        self.alarms = Alarms()
        self.view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.OFF, 0.0),))
        self.driver = PanelDriver(self.panel, Clock(), self.alarms, self._post, lambda: self.view, now)
        self._news = asyncio.Event()

    def _post(self, event: ev.Event) -> None:
        self.events.append(event)
        self._news.set()

    def show(self, status: Status, **fields: object) -> None:
        agent = AgentView("sato", "佐藤", "101", 1, status, 0.0, **fields)  # type: ignore[arg-type]
        self.view = OfficeView(self.view.seq + 1, 0.0, (agent,))
        self.driver.show(self.view)

    def button(self, down: bool) -> None:
        pin = self.factory.pin(4)
        (pin.drive_low if down else pin.drive_high)()

    def is_held(self, seat: int) -> bool:
        """Whether the driver has understood that the button is down."""
        return self.driver._contacts[seat].down

    def lamp(self) -> tuple[float, ...]:
        return tuple(round(self.factory.pin(pin).state, 2) for pin in (17, 27, 22))

    async def event(self) -> ev.Event:
        async with asyncio.timeout(2):
            await self._news.wait()
            self._news.clear()
        return self.events[-1]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let the loop's own timers run until `holds`."""
        async with asyncio.timeout(3):
            while not holds():
                await asyncio.sleep(0.005)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    made.driver.start()
    yield made
    made.driver.stop()


async def test_a_bouncing_press_is_one_event_due_as_soon_as_it_has_settled(bench: Bench) -> None:
    """How late a busy machine lets it be is for tests/hil and the bench to say."""
    for down in (True, False, True):
        bench.button(down)
    await bench.until(lambda: bench.is_held(1))
    for down in (False, True, False, True, False):
        bench.button(down)
    released = time.monotonic()
    await bench.until(lambda: not bench.driver._contacts[1].raw)
    timer = bench.driver._timer
    assert bench.events or (timer is not None and timer.when() < released + debounce.SETTLE_S + 0.05)
    assert await bench.event() == ev.DutyOn("sato", "button")
    await bench.until(lambda: time.monotonic() > released + 0.1)
    assert len(bench.events) == 1


async def test_a_click_on_the_page_has_nothing_to_settle_and_is_decided_at_once(bench: Bench) -> None:
    bench.driver.press(1, 0.1)
    assert await bench.event() == ev.DutyOn("sato", "button")
    bench.driver.press(1, 1.3)
    bench.driver.press(1, 0.9)  # neither short nor long
    assert not bench.is_held(1)
    assert len(bench.events) == 2


async def test_a_lamp_shows_a_committed_view_at_once_and_a_press_does_not_change_it(bench: Bench) -> None:
    """D-07, I-28, U-01: committed, and at once."""
    dim = bench.lamp()
    bench.button(True)
    await bench.until(lambda: bench.is_held(1))
    assert bench.lamp() == dim
    bench.show(Status.AVAILABLE)
    assert bench.lamp() == (0.0, 1.0, 0.0)
    shown = {lamp.seat: (lamp.agent, lamp.pattern) for lamp in bench.driver.lamps}
    assert (shown[1], shown[2]) == (("sato", "available"), ("", "dark"))


async def test_a_desk_that_stops_leaves_dark_lamps_and_deaf_buttons() -> None:
    panel, events = VirtualPanel((1, 2)), []
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.RINGING, 0.0),))
    driver = PanelDriver(panel, Clock(), Alarms(), events.append, lambda: view)
    driver.start()
    assert panel.shown[1] == (0.0, 0.0, 1.0)
    driver.stop()
    assert set(panel.shown.values()) == {(0.0, 0.0, 0.0)}
    now = time.monotonic()
    panel.edge(1, down=True, at=now - 0.2)
    panel.edge(1, down=False, at=now)
    seen: set[tuple[float, float, float]] = set()
    await until(lambda: seen.update(panel.shown.values()) or time.monotonic() > now + 0.8)  # more than a whole flash
    assert seen == {(0.0, 0.0, 0.0)}
    assert events == []


async def test_a_press_at_a_seat_that_the_board_has_not_means_nothing(bench: Bench) -> None:
    bench.driver.press(7, 0.1)
    bench.driver.press(1, 0.1)
    assert bench.events == [ev.DutyOn("sato", "button")]


async def test_a_flashing_lamp_steps_by_itself_and_never_too_early(bench: Bench) -> None:
    """How late a busy machine lets it step is for tests/hil and the bench to say."""
    began = time.monotonic()
    bench.show(Status.RINGING)
    for nth, colour in enumerate(((0.0, 0.0, 1.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0))):
        await bench.until(lambda colour=colour: bench.lamp() == colour)
        assert time.monotonic() - began > 0.25 * nth - 0.01


class AtOnce(VirtualPanel):
    """A panel that notes which seats are lit together."""

    def __init__(self) -> None:
        super().__init__((1, 2, 3))
        self.together: list[dict[int, tuple[float, float, float]]] = []

    def light_all(self, lamps: Mapping[int, tuple[float, float, float]]) -> None:
        super().light_all(lamps)
        self.together.append(dict(lamps))


async def test_lamps_that_began_to_flash_one_after_another_flash_together() -> None:
    """I-28 and its price: each is lit at once, then all of them change in one wake-up of the panel."""
    panel, now = AtOnce(), [100.03]
    agents = tuple(AgentView(f"a{n}", "", "", n, Status.RINGING, 0.0) for n in (1, 2, 3))
    driver = PanelDriver(panel, Clock(), Alarms(), lambda event: None, lambda: OfficeView(1, 0.0), lambda: now[0])
    driver.start()
    blue, dark = (0.0, 0.0, 1.0), (0.0, 0.0, 0.0)
    for ringing in (1, 2, 3):
        driver.show(OfficeView(ringing, 0.0, agents[:ringing]))
        assert panel.together[-1] == {ringing: blue}
        now[0] += 0.05
    panel.together.clear()
    for _ in range(200):
        driver.show(OfficeView(3, 0.0, agents))
        now[0] += 0.01
    assert panel.together == [dict.fromkeys((1, 2, 3), (dark, blue)[turn % 2]) for turn in range(7)]
    driver.stop()


async def test_a_lamp_that_keeps_its_pattern_keeps_its_rhythm(bench: Bench) -> None:
    bench.show(Status.RINGING)
    await bench.until(lambda: bench.lamp() == (0.0, 0.0, 0.0))
    bench.show(Status.RINGING, offer="o2")  # another view, the same pattern
    assert bench.lamp() == (0.0, 0.0, 0.0)


async def test_the_step_to_another_off_duty_reason_is_counted_by_the_lamp_once(bench: Bench) -> None:
    """S-M2: off duty, a long press cycles the reason, one blink per step."""
    dim = bench.lamp()
    bench.show(Status.OFF, reason="break")
    bench.show(Status.OFF, reason="lunch")
    flashes, was_lit = 0, False
    began = time.monotonic()
    while bench.driver.lamps[0].pattern != "off":
        is_lit = bench.lamp()[0] > 0.9
        flashes, was_lit = flashes + (is_lit and not was_lit), is_lit
        await asyncio.sleep(0.01)
        assert time.monotonic() < began + 5
    assert flashes == 2
    assert bench.lamp() == dim


async def test_who_comes_on_duty_is_green_at_once_whatever_the_lamp_was_counting(bench: Bench) -> None:
    bench.show(Status.OFF, reason="left")
    bench.show(Status.AVAILABLE)
    assert bench.lamp() == (0.0, 1.0, 0.0)
    bench.show(Status.OFF, reason="break")  # by a change of status: nothing was stepped
    assert bench.driver.lamps[0].pattern == "off"


async def test_wrap_up_begins_to_flash_before_it_ends(bench: Bench) -> None:
    bench.show(Status.WRAP_UP, wrap_until=time.monotonic() + 5.3)
    assert bench.driver.lamps[0].pattern == "wrap_up"
    await bench.until(lambda: bench.driver.lamps[0].pattern == "wrap_up_ending")


async def test_a_button_held_at_start_is_an_alarm_until_it_is_released() -> None:
    """R-41: a held button means nothing."""
    bench = Bench()
    bench.button(True)
    bench.driver.start()
    assert "button of seat 1 is held or shorted" in bench.alarms.sentences()[0]
    bench.button(False)
    await bench.until(lambda: bench.alarms.sentences() == ())
    assert bench.events == []
    bench.driver.stop()


async def test_a_stuck_button_alarms_once_and_is_ignored_until_it_is_released(caplog: pytest.LogCaptureFixture) -> None:
    ahead = [0.0]
    bench = Bench(lambda: time.monotonic() + ahead[0])
    bench.driver.start()
    bench.button(True)
    await bench.until(lambda: bench.is_held(1))
    for ahead[0] in (11.0, 12.0, 3600.0):
        bench.show(Status.OFF)
    assert bench.alarms.sentences() == ("The button of seat 1 is held or shorted; it is ignored until released",)
    assert caplog.text.count("is held or shorted") == 1
    ahead[0], before = -5.0, bench.driver._contacts[1].raw_since  # however slow this machine is, nothing settles
    bench.button(False)
    bench.button(True)
    await bench.until(lambda: bench.driver._contacts[1].raw and bench.driver._contacts[1].raw_since > before)
    assert len(bench.alarms.sentences()) == 1, "a glitch is no release"
    ahead[0] = 0.0
    bench.button(False)
    await bench.until(lambda: bench.alarms.sentences() == ())
    assert bench.events == []
    bench.button(True)
    await bench.until(lambda: bench.is_held(1))
    bench.button(False)
    assert await bench.event() == ev.DutyOn("sato", "button")
    bench.driver.stop()


async def test_five_buttons_at_once_are_five_presses(bench: Bench) -> None:
    """R-41: and no more."""
    statuses = [AgentView(f"a{seat}", "", "", seat, Status.OFF, 0.0) for seat in range(1, 6)]
    bench.driver.show(OfficeView(2, 0.0, tuple(statuses)))
    pins = [bench.factory.pin(seat.button) for seat in read_board(BOARD).seats[:5]]
    for pin in pins:
        pin.drive_low()
    await bench.until(lambda: all(bench.is_held(seat) for seat in range(1, 6)))
    for pin in pins:
        pin.drive_high()
    await bench.until(lambda: len(bench.events) == 5)
    assert {event.agent for event in bench.events} == {"a1", "a2", "a3", "a4", "a5"}  # type: ignore[union-attr]


# --- brightness


async def test_at_night_every_lamp_is_dimmed_at_once_and_its_rhythm_stays() -> None:
    panel, level = VirtualPanel((1, 2)), [1.0]
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.AVAILABLE, 0.0),))
    driver = PanelDriver(panel, Clock(), Alarms(), lambda event: None, lambda: view, look=Look(lambda: level[0]))
    driver.start()
    assert panel.shown[1] == (0.0, 1.0, 0.0)
    level[0] = 0.25
    driver.show(view)
    assert panel.shown[1] == (0.0, 0.25, 0.0)
    assert driver.lamps[0].steps == PATTERNS["available"].steps  # the page is as bright as its reader wants
    driver.stop()


async def test_who_is_rung_next_glows_where_that_is_wanted() -> None:
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.AVAILABLE, 0.0, next_up=("front",)),))
    shown = []
    for look in (Look(), Look(hints_next=True)):
        driver = PanelDriver(VirtualPanel((1,)), Clock(), Alarms(), lambda event: None, lambda: view, look=look)
        driver.start()
        shown.append(driver.lamps[0].pattern)
        driver.stop()
    assert shown == ["available", "available_next"]


# --- absence


class Unplugged(VirtualPanel):
    """A panel whose pins come and go as the test says."""

    def __init__(self) -> None:
        super().__init__((1, 2))
        self.moved: frozenset[int] = frozenset()

    def go(self, *absences: str) -> None:
        self.absences, self.moved = absences, frozenset({1})

    def tend(self, now: float) -> tuple[frozenset[int], float | None]:
        moved, self.moved = self.moved, frozenset()
        return moved, now + 0.01


async def test_pins_that_go_are_an_alarm_and_a_held_button_is_no_press_and_pins_that_return_end_it() -> None:
    panel, events, alarms = Unplugged(), [], Alarms()
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.OFF, 0.0),))
    driver = PanelDriver(panel, Clock(), alarms, events.append, lambda: view)
    driver.start()
    panel.edge(1, down=True, at=time.monotonic())
    await until(lambda: driver._contacts[1].down)
    panel.edge(1, down=False, at=time.monotonic())
    panel.go("chip east is gone")
    await until(lambda: alarms.sentences() == ("chip east is gone",))
    panel.go()
    await until(lambda: alarms.sentences() == ())
    assert not driver._contacts[1].down
    panel.edge(1, down=True, at=time.monotonic() - 0.1)
    panel.edge(1, down=False, at=time.monotonic())
    await until(lambda: bool(events))
    assert events == [ev.DutyOn("sato", "button")]
    driver.stop()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not holds():
            await asyncio.sleep(0.005)


async def test_a_key_whose_chip_goes_is_let_go_and_is_heard_again_when_it_is_back() -> None:
    """U-05: through the driver, as a chip that vanishes tells it."""
    key = Spot(Kind.RECORD_KEY, "1", "key")

    class Fitted(VirtualPanel):
        """A panel whose key can be unplugged."""

        is_gone, moved = False, frozenset[Place]()

        def is_here(self, place: Place) -> bool:
            return not (self.is_gone and place == key)

        def is_down(self, place: Place) -> bool:
            return self.is_here(place) and super().is_down(place)

        def go(self, gone: bool) -> None:
            self.is_gone, self.moved = gone, frozenset({key})
            self.absences = ("The panel has no pins for record key of seat 1: gone",) if gone else ()

        def tend(self, now: float) -> tuple[frozenset[Place], float | None]:
            moved, self.moved = self.moved, frozenset()
            return moved, now + 0.01

    panel, events, alarms = Fitted((1,), (Fitting(Kind.RECORD_KEY, "1", (("key", 0),)),)), [], Alarms()
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.ON_CALL, 0.0),))
    driver = PanelDriver(panel, Clock(), alarms, events.append, lambda: view)
    driver.start()
    panel.edge(key, down=True, at=time.monotonic())
    await until(lambda: len(events) == 1)
    panel.go(True)
    await until(lambda: len(events) == 2)
    assert alarms.sentences() == panel.absences
    panel.edge(key, down=False, at=time.monotonic())
    panel.go(False)
    await until(lambda: alarms.sentences() == ())
    panel.edge(key, down=True, at=time.monotonic())
    await until(lambda: len(events) == 3)
    assert [event.paused for event in events] == [True, False, True]
    driver.stop()


async def test_a_lamp_asks_whether_anybody_is_there_by_time_alone_and_the_finger_answers() -> None:
    """U-04: nobody commits anything meanwhile."""
    ahead = [0.0]
    panel = VirtualPanel((1,), (Fitting(Kind.SEAT_SENSOR, "1", (("input", 0),)),))
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.AVAILABLE, 0.0),))
    driver = PanelDriver(
        panel, Clock(), Alarms(), lambda event: None, lambda: view, lambda: time.monotonic() + ahead[0]
    )
    driver.start()
    assert driver.lamps[0].pattern == "available"
    ahead[0] = 91.0
    driver.show(view)  # any wake-up
    assert driver.lamps[0].pattern == "available_away"
    panel.edge(1, down=True, at=time.monotonic() + ahead[0])
    await until(lambda: driver.lamps[0].pattern == "available")
    driver.stop()


async def test_a_lamp_that_cannot_dim_has_its_own_rhythm() -> None:
    class Plain(VirtualPanel):
        """A panel of an expander."""

        def dims(self, seat: int) -> bool:
            return False

    panel = Plain((1,))
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.OFF, 0.0),))
    driver = PanelDriver(panel, Clock(), Alarms(), lambda event: None, lambda: view)
    driver.start()
    assert panel.shown[1] == PATTERNS["off"].plain[0][:3]
    assert driver.lamps[0].steps == PATTERNS["off"].plain, "the page shows it as it is"
    assert not driver.dims
    await until(lambda: panel.shown[1] == (0.0, 0.0, 0.0))
    driver.stop()
