"""T-ringhold: an analogue line rings on unanswered while an agent is rung, but not for longer than it may (U-15)."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd.model import Hears
from appliance.acd.settings import QueueSettings
from tests.acd.desk import Desk, arrives


def calls(desk: Desk, contact: str, ring_hold_s: float | None) -> None:
    desk.together(replace(arrives(contact, returns=True), ring_hold_s=ring_hold_s))


def test_t_ringhold_after_15_seconds_the_line_is_answered_and_the_agent_rings_on() -> None:
    desk = Desk("ann", ring_s=20)
    desk.ready("ann")
    calls(desk, "c1", 15.0)
    desk.expect("ringback c1", "ring ann for c1")
    desk.wait(14.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("hold c1")
    desk.talks("ann")
    assert desk.acd.state.contacts["c1"].hears is Hears.AGENT


def test_t_ringhold_who_is_answered_in_time_never_hears_music() -> None:
    desk = Desk("ann", ring_s=20)
    desk.ready("ann")
    calls(desk, "c1", 15.0)
    desk.wait(10)
    desk.talks("ann")
    desk.wait(60)
    desk.expect()
    assert desk.acd.state.contacts["c1"].hears is Hears.AGENT


def test_t_ringhold_a_line_that_must_answer_is_answered_before_anybody_rings() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    calls(desk, "c1", 0.0)
    desk.expect("hold c1", "ring ann for c1")


def test_t_ringhold_an_agent_who_declines_ends_it_sooner() -> None:
    """S-03: from the second offer on there is music, and the line is answered once."""
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    calls(desk, "c1", 15.0)
    desk.wait(5)
    desk.rejects("ann")
    desk.expect("stop ann: declined", "hold c1", "ring bob for c1")
    desk.wait(15)
    desk.expect()


def test_t_ringhold_what_is_no_line_rings_as_long_as_the_agent_does() -> None:
    desk = Desk("ann", ring_s=30)
    desk.ready("ann")
    calls(desk, "c1", None)
    desk.wait(29)
    desk.expect()


@pytest.mark.parametrize("strategy", ["simultaneous", "progressive"])
def test_t_ringhold_a_race_that_lasts_answers_the_line_too(strategy: str) -> None:
    """D-20: all phones ring on, and whoever joins changes nothing about the line."""
    queue = QueueSettings("sales", "Sales", "1", ("ann", "bob"), strategy, ring_s=40, add_every_s=5)
    desk = Desk("ann", "bob", queues=[queue])
    desk.ready("ann", "bob")
    calls(desk, "c1", 15.0)
    desk.wait(14)
    assert "hold c1" not in desk.said
    desk.wait(1)
    assert desk.said == ["hold c1"]


def test_t_ringhold_counts_on_in_a_desk_that_comes_back() -> None:
    """A-30: the line that rang rings on, as long as it still may."""
    desk = Desk("ann", ring_s=40)
    desk.ready("ann")
    calls(desk, "c1", 15.0)
    desk.now += 10
    desk.together(ev.Restarted((desk.last_offer["ann"],)))
    desk.expect("ringback c1")
    desk.wait(4.9)
    desk.expect()
    desk.wait(0.2)
    desk.expect("hold c1")
