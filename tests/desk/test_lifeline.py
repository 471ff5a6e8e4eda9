"""The lifeline: who has an analogue line, the box or the plain phone, and what the relay is told (U-06)."""

import pytest

from appliance.acd.view import Status
from appliance.desk.lifeline import HOLDS_S, SAID_AFTER_S, Lifeline, judge, sentence
from tests.support.fittings_bench import DAY_S, IN_USE, LIFELINE_LAMP, RELAY, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench().start()


# --- the lifeline


def test_a_healthy_box_takes_the_line_once_the_plain_phone_is_on_the_hook() -> None:
    """U-06: the lifeline."""
    line = Lifeline(0.0)
    assert not judge(line, 1.0, is_well=True, in_use=True).is_boxs
    assert not judge(line, 1.0, is_well=True, in_use=None).is_boxs  # not knowing is no permission
    assert not judge(line, 1.0, is_well=False, in_use=False).is_boxs
    assert judge(line, 1.0, is_well=True, in_use=False).is_boxs


def test_an_unhealthy_box_lets_go_at_once_and_takes_back_without_asking_only_while_the_relay_certainly_holds() -> None:
    """U-06: the lifeline."""
    let_go = judge(Lifeline(0.0, is_boxs=True), 10.0, is_well=False, in_use=None)
    assert not let_go.is_boxs
    assert judge(let_go, 10.0 + HOLDS_S - 0.1, is_well=True, in_use=None).is_boxs
    assert not judge(let_go, 10.0 + HOLDS_S, is_well=True, in_use=None).is_boxs
    assert not judge(let_go, 10.0 + HOLDS_S, is_well=True, in_use=True).is_boxs
    assert judge(let_go, 10.0 + HOLDS_S, is_well=True, in_use=False).is_boxs


def test_what_is_said_of_a_lifeline_that_has_the_line() -> None:
    line, late = Lifeline(0.0), SAID_AFTER_S
    assert sentence("l1", Lifeline(0.0, is_boxs=True), late, why="", in_use=False) == ""
    assert sentence("l1", line, late - 0.1, why="the switch does not answer", in_use=False) == ""
    assert sentence("l1", line, late, why="the switch does not answer", in_use=False) == (
        "Line l1 is with the plain phone of the lifeline: the switch does not answer"
    )
    assert sentence("l1", line, late, why="", in_use=True).endswith("until it is hung up")
    assert sentence("l1", line, late, why="", in_use=None).endswith("whether that is used cannot be seen")


# --- at work


def pulses(bench: Bench, seconds: float) -> int:
    bench.panel.driven_at.clear()
    bench.wait(seconds)
    return sum(on for _, spot, on in bench.panel.driven_at if spot == RELAY)


def test_a_healthy_box_pulses_the_relay_and_an_unhealthy_one_stops_within_a_second(bench: Bench) -> None:
    """U-06: the lifeline."""
    bench.wait(3.0)
    bench.shows(Status.AVAILABLE, emergency_at=DAY_S + bench.now)  # what else blinks has a rhythm of its own
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
