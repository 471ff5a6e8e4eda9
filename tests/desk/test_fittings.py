"""The fittings at work on a virtual panel: contacts become events once they are believed, outputs show what is so."""

import math
import time
from pathlib import Path

import pytest

from appliance.acd import events as ev
from appliance.acd.house import Held
from appliance.acd.view import AgentView, OfficeView, QueueView, Status, WaitingView
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.contacts import ContactSettings
from appliance.desk.fittings import ANSWER_S, AWAY_S, STROBE_S, Fitted, Fittings
from hw.board import read_board
from hw.fittings import Kind, Spot
from hw.panel import Place, VirtualPanel

BOARD = read_board(Path(__file__).parents[2] / "hw" / "boards" / "rev_c.toml")
KEY, FORCE = Spot(Kind.CLOSING_KEY, "", "key"), Spot(Kind.CLOSING_KEY, "", "force")
CLOSING_LAMP = Spot(Kind.CLOSING_KEY, "", "lamp")
FIRE, DOOR = Spot(Kind.CONTACT, "fire", "input"), Spot(Kind.CONTACT, "door", "input")
SENSOR, SOUND = Spot(Kind.SEAT_SENSOR, "1", "input"), Spot(Kind.PIEZO, "1", "sound")
RECORD, TALLY = Spot(Kind.RECORD_KEY, "1", "key"), Spot(Kind.RECORD_KEY, "1", "tally")
IN_USE, RELAY, LIFELINE_LAMP = (Spot(Kind.LIFELINE, "line-1", use) for use in ("in_use", "relay", "lamp"))
DAY_S = 86400.0


class Unpluggable(VirtualPanel):
    """A virtual panel whose contacts can be absent."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        fittings = tuple(one for one in BOARD.fittings if one.kind in kinds)
        super().__init__(tuple(seat.number for seat in BOARD.seats), fittings)
        self.absent: set[Place] = set()
        self.driven_at: list[tuple[float, Spot, bool]] = []
        self.now = 0.0

    def is_here(self, place: Place) -> bool:
        return place not in self.absent

    def is_down(self, place: Place) -> bool:
        return place not in self.absent and super().is_down(place)

    def drive(self, output: Spot, on: bool) -> None:
        super().drive(output, on)
        self.driven_at.append((self.now, output, on))


class Bench:
    """Fittings whose clock is the test's: time passes from one wake-up to the next, as the panel's timer does it."""

    def __init__(self, *kinds: Kind) -> None:
        self.panel, self.alarms, self.events = Unpluggable(kinds or tuple(Kind)), Alarms(), []
        self.well = ""
        self.view = OfficeView(1, 0.0, queues=(QueueView("front", True),))
        self.pattern = "off"
        self.seen: OfficeView | None = None
        self.agents: dict[int, AgentView] = {}
        self.now = 1000.0
        contacts = (ContactSettings("fire"), ContactSettings("earthquake"))
        settings = Fitted(60.0, contacts, lambda line: self.well)
        self.fittings = Fittings(self.panel, Clock(DAY_S), self.alarms, self.posted, lambda: self.view, settings)
        self.panel.edge(SENSOR, down=True, at=0.0)
        self.panel.edge(FIRE, down=False, at=0.0)

    def start(self) -> "Bench":
        self.fittings.start(self.now)
        self.panel.listen(lambda place, down, at: self.fittings.edge(place, down, at))  # type: ignore[arg-type]
        self.turn()
        return self

    def posted(self, event: ev.Event) -> None:
        self.events.append(event)

    def turn(self) -> float:
        self.panel.now = self.now
        if self.seen is not self.view:
            self.seen, self.agents = self.view, {agent.seat: agent for agent in self.view.agents}
        return min(self.fittings.mind(self.now, self.agents) + self.fittings.show(self.now, {1: self.pattern}))

    def wait(self, seconds: float) -> None:
        ends = self.now + seconds
        while (due := self.turn()) < ends:
            assert due > self.now, "a driver that is woken in the past is woken for ever"
            self.now = due
        self.now = ends
        self.turn()

    def touch(self, spot: Spot, down: bool) -> None:
        self.panel.edge(spot, down=down, at=self.now)
        self.wait(0.05)

    def shows(self, status: Status, since: float | None = None, **office: object) -> None:
        agent = AgentView("sato", "佐藤", "101", 1, status, DAY_S + (self.now if since is None else since))
        self.view = OfficeView(self.view.seq + 1, 0.0, (agent,), queues=(QueueView("front", True),), **office)  # type: ignore[arg-type]
        self.turn()

    def said(self) -> list[ev.Event]:
        told, self.events = self.events, []
        return told

    def is_lit(self, spot: Spot) -> bool:
        return self.panel.driven[spot]


@pytest.fixture
def bench() -> Bench:
    return Bench().start()


# --- the closing key (U-10)


def test_the_key_turned_and_turned_back_holds_the_hours_and_lets_go(bench: Bench) -> None:
    """U-10: the closing key."""
    bench.touch(KEY, True)
    assert bench.said() == [ev.HoursHeld(Held.CLOSING, "key")]
    bench.shows(Status.AVAILABLE, held="closing")
    bench.wait(3600.0)
    assert bench.said() == []
    bench.touch(KEY, False)
    assert bench.said() == [ev.HoursHeld(Held.SCHEDULE, "key")]


def test_a_key_that_bounces_says_it_once(bench: Bench) -> None:
    for down in (True, False, True, False, True):
        bench.panel.edge(KEY, down=down, at=bench.now)
        bench.now += 0.001
    bench.wait(1.0)
    assert bench.said() == [ev.HoursHeld(Held.CLOSING, "key")]


def test_the_force_button_counts_after_five_seconds_and_only_beside_a_turned_key(bench: Bench) -> None:
    bench.touch(FORCE, True)
    bench.wait(6.0)
    bench.touch(FORCE, False)
    assert bench.said() == []
    bench.touch(KEY, True)
    bench.said()
    bench.touch(FORCE, True)
    bench.wait(4.8)
    assert bench.said() == []
    bench.wait(0.3)
    assert bench.said() == [ev.HoursHeld(Held.CLOSED, "key", forced=True)]


def test_a_key_that_was_turned_while_the_box_was_off_is_obeyed_at_the_start() -> None:
    bench = Bench()
    bench.panel.edge(KEY, down=True, at=0.0)
    assert bench.start().said() == [ev.HoursHeld(Held.CLOSING, "key")]


def test_a_key_whose_chip_goes_opens_nothing_and_is_looked_at_anew_when_it_is_back(bench: Bench) -> None:
    bench.touch(KEY, True)
    bench.said()
    bench.view = OfficeView(2, 0.0, queues=(QueueView("front", False, held="closing", held_by="key"),), held="closing")
    bench.panel.absent.add(KEY)
    bench.fittings.look(KEY, bench.now)
    bench.wait(60.0)
    assert bench.said() == []
    bench.panel.absent.clear()
    bench.panel._down.discard(KEY)  # turned back meanwhile, which nobody reported
    bench.fittings.look(KEY, bench.now)
    bench.wait(1.0)
    assert bench.said() == [ev.HoursHeld(Held.SCHEDULE, "key")]


def test_the_closing_lamp_counts_down(bench: Bench) -> None:
    waiting = tuple(WaitingView(f"c{n}", n, "front", "", "", "", DAY_S + bench.now) for n in (1, 2, 3))
    bench.shows(Status.ON_CALL, held="closing", waiting=waiting)
    bench.panel.driven_at.clear()
    bench.wait(10.0)
    flashes = [at for at, spot, on in bench.panel.driven_at if spot == CLOSING_LAMP and on]
    assert 3 * 10.0 / 2.7 - 3 <= len(flashes) <= 3 * 10.0 / 2.7 + 3
    bench.shows(Status.ON_CALL, held="closed")
    bench.wait(10.0)
    assert bench.is_lit(CLOSING_LAMP)


# --- dry contacts (U-11)


def test_a_fire_contact_is_believed_after_a_second_and_so_is_its_end(bench: Bench) -> None:
    """U-11: the dry contact."""
    bench.touch(FIRE, True)
    bench.wait(0.8)
    assert bench.said() == []
    bench.wait(0.2)
    assert bench.said() == [ev.NoticeRaised("fire", "contact fire", "evacuation", evacuates=True)]
    bench.shows(Status.OFF, notices=("fire",))
    bench.touch(FIRE, False)
    bench.wait(2.0)
    assert bench.said() == [ev.NoticeCleared("fire", "contact fire")]


def test_a_thousand_glitches_are_no_fire(bench: Bench) -> None:
    for _ in range(1000):
        bench.panel.edge(FIRE, down=True, at=bench.now)
        bench.panel.edge(FIRE, down=False, at=bench.now + 0.001)
        bench.wait(0.1)
    assert bench.said() == []


def test_a_fire_contact_that_cannot_be_read_is_neither_a_fire_nor_an_all_clear(bench: Bench) -> None:
    bench.touch(FIRE, True)
    bench.wait(2.0)
    bench.said()
    bench.shows(Status.OFF, notices=("fire",))
    bench.panel.absent.add(FIRE)
    bench.fittings.look(FIRE, bench.now)
    bench.wait(60.0)
    assert bench.said() == []


def test_a_contact_without_a_meaning_is_an_alarm_while_it_is_closed(bench: Bench) -> None:
    bench.touch(DOOR, True)
    bench.wait(1.0)
    assert bench.said() == []
    assert bench.alarms.sentences() == ("The contact door is closed",)
    bench.touch(DOOR, False)
    bench.wait(1.0)
    assert bench.alarms.sentences() == ()


# --- seats (U-04)


def test_an_empty_seat_asks_after_ninety_seconds_and_then_its_agent_is_off_duty(bench: Bench) -> None:
    """U-04: the seat sensor."""
    bench.shows(Status.AVAILABLE)
    bench.touch(SENSOR, False)
    bench.wait(AWAY_S - 1.0)
    assert not bench.fittings.is_missed(1)
    bench.wait(1.0)
    assert bench.fittings.is_missed(1)
    bench.wait(ANSWER_S - 1.0)
    assert bench.said() == []
    bench.wait(60.0)
    assert bench.said() == [ev.SeatLeft("sato")]
    bench.shows(Status.OFF_PROMPT)
    assert not bench.fittings.is_missed(1)
    bench.wait(600.0)
    assert bench.said() == []


def test_who_sits_down_again_or_touches_the_button_was_only_asked(bench: Bench) -> None:
    """U-04: the seat sensor."""
    bench.shows(Status.AVAILABLE)
    bench.touch(SENSOR, False)
    bench.wait(AWAY_S + 1.0)
    bench.touch(SENSOR, True)
    assert not bench.fittings.is_missed(1)
    bench.touch(SENSOR, False)
    bench.wait(AWAY_S + 1.0)
    bench.fittings.touched(1, bench.now)
    bench.wait(AWAY_S - 1.0)
    assert not bench.fittings.is_missed(1)
    assert bench.said() == []


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.AVAILABLE])
def test_only_who_is_available_and_idle_is_missed(bench: Bench, status: Status) -> None:
    bench.shows(status)
    bench.touch(SENSOR, False)
    bench.wait(600.0)
    assert bench.said() == []
    bench.shows(Status.AVAILABLE)  # idle from now on: the clock begins here
    bench.wait(AWAY_S - 1.0)
    assert not bench.fittings.is_missed(1)


def test_a_sensor_that_is_absent_misses_nobody(bench: Bench) -> None:
    bench.shows(Status.AVAILABLE)
    bench.panel.absent.add(SENSOR)
    bench.fittings.look(SENSOR, bench.now)
    bench.wait(600.0)
    assert bench.said() == []


# --- the recording key (U-05)


def test_the_recording_is_paused_while_the_key_is_held_and_goes_on_when_it_is_let_go(bench: Bench) -> None:
    """U-05: the recording key."""
    bench.shows(Status.ON_CALL)
    bench.touch(RECORD, True)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=True)]
    bench.wait(60.0)
    assert bench.said() == []
    bench.touch(RECORD, False)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=False)]


def test_the_tally_is_lit_by_what_is_committed_and_not_by_the_key(bench: Bench) -> None:
    """U-05, D-07: the tally."""
    bench.shows(Status.ON_CALL)
    bench.touch(RECORD, True)
    assert not bench.is_lit(TALLY)
    bench.view = OfficeView(9, 0.0, (AgentView("sato", "", "101", 1, Status.ON_CALL, 0.0, paused=True),))
    bench.turn()
    assert bench.is_lit(TALLY)


def test_a_key_whose_chip_goes_while_it_is_held_counts_as_let_go(bench: Bench) -> None:
    bench.shows(Status.ON_CALL)
    bench.touch(RECORD, True)
    bench.said()
    bench.panel.absent.add(RECORD)
    bench.fittings.look(RECORD, bench.now)
    bench.wait(5.0)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=False)]


def test_a_key_that_is_held_when_the_box_starts_pauses_nothing_until_it_was_let_go() -> None:
    bench = Bench()
    bench.panel.edge(RECORD, down=True, at=0.0)
    bench.start()
    bench.shows(Status.ON_CALL)
    bench.wait(60.0)
    assert bench.said() == []
    bench.touch(RECORD, False)
    bench.said()
    bench.touch(RECORD, True)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=True)]


def test_a_key_that_is_found_at_rest_is_no_news() -> None:
    bench = Bench()
    bench.view = OfficeView(1, 0.0, (AgentView("sato", "", "101", 1, Status.ON_CALL, 0.0),))
    bench.start()
    bench.wait(5.0)
    assert bench.said() == []


def test_the_key_of_a_seat_without_an_agent_means_nothing(bench: Bench) -> None:
    bench.touch(RECORD, True)
    assert bench.said() == []


# --- the lifeline (U-06)


def pulses(bench: Bench, seconds: float) -> int:
    bench.panel.driven_at.clear()
    bench.wait(seconds)
    return sum(on for _, spot, on in bench.panel.driven_at if spot == RELAY)


def test_a_healthy_box_pulses_the_relay_and_an_unhealthy_one_stops_within_a_second(bench: Bench) -> None:
    """U-06: the lifeline."""
    bench.wait(3.0)
    bench.fittings.emergency(bench.now)  # another output that blinks: the relay has its own rhythm
    assert pulses(bench, 20.0) == 10
    assert not bench.is_lit(LIFELINE_LAMP)
    bench.well = "the switch does not answer"
    bench.wait(1.0)
    assert pulses(bench, 20.0) == 0
    assert not bench.is_lit(RELAY)
    assert bench.is_lit(LIFELINE_LAMP)
    assert bench.alarms.sentences() == (
        "Line line-1 is with the plain phone of the lifeline: the switch does not answer",
    )


def test_a_line_on_which_somebody_talks_is_taken_back_two_seconds_after_they_hung_up(bench: Bench) -> None:
    """U-06: the lifeline."""
    bench.wait(3.0)
    bench.well = "the switch does not answer"
    bench.wait(30.0)
    bench.touch(IN_USE, True)
    bench.well = ""
    assert pulses(bench, 60.0) == 0
    assert bench.alarms.sentences() == ("Line line-1 stays with the plain phone of the lifeline until it is hung up",)
    bench.touch(IN_USE, False)
    bench.wait(1.8)
    assert not bench.is_lit(RELAY)
    assert pulses(bench, 4.0) >= 1
    assert bench.alarms.sentences() == ()


def test_without_its_contact_the_box_does_not_take_the_line(bench: Bench) -> None:
    fresh = Bench()
    fresh.panel.absent.add(IN_USE)
    fresh.start()
    assert pulses(fresh, 20.0) == 0
    assert fresh.alarms.sentences()[0].endswith("whether that is used cannot be seen")


# --- stack light and buzzers


def test_the_blue_strobe_tells_of_an_emergency_call_beside_the_other_colours_and_ends(bench: Bench) -> None:
    """U-02: the stack light."""
    bench.shows(Status.AVAILABLE)
    bench.fittings.emergency(bench.now)
    bench.panel.driven_at.clear()
    bench.wait(10.0)
    blue = [at for at, spot, on in bench.panel.driven_at if spot.use == "blue" and on]
    assert len(blue) == pytest.approx(20, abs=1)
    assert bench.is_lit(Spot(Kind.STACK_LIGHT, "", "green"))
    bench.wait(STROBE_S)
    assert not bench.is_lit(Spot(Kind.STACK_LIGHT, "", "blue"))


def test_the_stack_light_turns_red_by_itself_when_somebody_waits_too_long() -> None:
    bench = Bench(Kind.STACK_LIGHT).start()  # nothing else on the board wakes anybody
    waiting = (WaitingView("c1", 1, "front", "", "", "", DAY_S + bench.now),)
    bench.shows(Status.ON_CALL, waiting=waiting)
    lit = [use for use in ("red", "amber", "green") if bench.is_lit(Spot(Kind.STACK_LIGHT, "", use))]
    assert lit == ["amber"]
    bench.wait(60.0)
    lit = [use for use in ("red", "amber", "green") if bench.is_lit(Spot(Kind.STACK_LIGHT, "", use))]
    assert lit == ["red"]


def test_a_buzzer_sounds_what_its_lamp_says(bench: Bench) -> None:
    bench.pattern = "ringing"
    bench.turn()
    bench.panel.driven_at.clear()
    bench.wait(6.2)
    assert sum(on for _, spot, on in bench.panel.driven_at if spot == SOUND) == pytest.approx(4, abs=1)
    bench.pattern = "on_call"
    bench.wait(10.0)
    assert not bench.is_lit(SOUND)


def test_a_board_without_fittings_costs_nothing() -> None:
    panel = VirtualPanel((1, 2))
    fittings = Fittings(panel, Clock(), Alarms(), lambda event: None, lambda: OfficeView(1, time.monotonic()))
    fittings.start(0.0)
    assert fittings.mind(0.0, {}) == fittings.show(0.0, {1: "off", 2: "off"}) == [math.inf]
    fittings.emergency(1.0)
    assert fittings.show(1.0, {1: "off", 2: "off"}) == [math.inf]
