"""The fittings at work on a virtual panel: contacts become events once they are believed, outputs show what is so."""

import math
from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd.house import Held
from appliance.acd.view import AgentView, OfficeView, QueueView, Status, WaitingView
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.fittings import STROBE_S, Fittings
from hw.fittings import Kind, Spot
from hw.panel import VirtualPanel
from tests.support.fittings_bench import (
    CLOSING_LAMP,
    DAY_S,
    DOOR,
    FIRE,
    FORCE,
    KEY,
    SOUND,
    Bench,
)


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


# --- stack light and buzzers


def test_the_blue_strobe_tells_of_an_emergency_call_beside_the_other_colours_and_ends(bench: Bench) -> None:
    """U-02: the stack light."""
    bench.shows(Status.AVAILABLE, emergency_at=DAY_S + bench.now)
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


def test_a_board_without_fittings_never_wakes_the_desk() -> None:
    view = OfficeView(1, 0.0, (AgentView("sato", "佐藤", "101", 1, Status.AVAILABLE, 0.0),))
    waits = replace(view, waiting=(WaitingView("c1", 1, "front", "", "", "", 0.0),), emergency_at=0.0, held="closing")
    fittings = Fittings(VirtualPanel((1, 2)), Clock(), Alarms(), lambda event: None, lambda: view)
    fittings.start(0.0)
    assert fittings.mind(0.0, {1: view.agents[0]}) == fittings.show(0.0, {1: "off", 2: "off"}) == [math.inf]
    view = waits
    assert fittings.show(1.0, {1: "ringing", 2: "off"}) == [math.inf]
