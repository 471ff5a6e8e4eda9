"""The agent who had this caller last goes first, for a while (F-08)."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd import last_agent
from appliance.acd.model import Contact
from tests.acd.test_strategies import desk_with, serve

# -- last agent


def test_f08_the_last_agent_goes_first() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring bob for c2")


def test_f08_a_busy_last_agent_is_waited_for_no_longer_than_t_sticky() -> None:
    """T-sticky: no longer."""
    desk = desk_with("fixed-order", last_agent=True)
    serve(desk, "c1")
    desk.dials("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("hold c2")
    desk.wait(19.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("ring bob for c2")


def test_f08_without_waiting_a_free_last_agent_is_still_preferred() -> None:
    desk = desk_with("fixed-order", last_agent=True, sticky_s=0)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring bob for c2")
    desk.dials("cay")
    desk.together(ev.CallerArrived("c3", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c3", "ring ann for c3")


def test_f08_a_last_agent_who_comes_free_in_time_gets_the_call() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.dials("bob")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.wait(10)
    desk.ends_leg("bob")
    desk.expect("ring bob for c2")


@pytest.mark.parametrize("event", [ev.DutyOff("ann", "ann"), ev.PrivacyChanged("ann", "sales", on=True)])
def test_f08_off_duty_or_private_is_not_waited_for(event: ev.Event) -> None:
    desk = desk_with("fixed-order", last_agent=True)
    serve(desk, "c1")
    desk.together(event)
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring bob for c2")


def test_f08_who_declined_is_not_preferred_any_more() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.rejects("bob")
    desk.expect("stop bob: declined", "hold c2", "ring ann for c2")


def test_f08_is_forgotten_after_ninety_days_and_bounded() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.together(ev.DayBegan("2026-01-01"))
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.DayBegan("2026-04-01"))
    assert desk.acd.state.last_talks["555-c1"].agent == "bob"
    desk.together(ev.DayBegan("2026-04-02"))
    assert desk.acd.state.last_talks == {}
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring ann for c2")


def test_f08_remembers_so_many_callers_and_drops_the_oldest() -> None:
    desk = desk_with("fixed-order", "ann")
    serve(desk, "c1")
    serve(desk, "c2")
    (contact, other) = (Contact(name, "sales", name, "", "sip", 0, False, 0.0, 1) for name in ("555-c1", "x"))
    last_agent.remember(desk.acd.state, contact, "ann")  # again: no longer the oldest
    for n in range(last_agent.MOST_KEPT - 2):
        last_agent.remember(desk.acd.state, replace(other, number=str(n)), "ann")
    assert len(desk.acd.state.last_talks) == last_agent.MOST_KEPT
    last_agent.remember(desk.acd.state, other, "ann")
    assert ("555-c1" in desk.acd.state.last_talks, "555-c2" in desk.acd.state.last_talks) == (True, False)
    last_agent.remember(desk.acd.state, replace(other, number=""), "ann")
    assert "" not in desk.acd.state.last_talks
    desk.journal.clear()
    desk.made.clear()  # nobody journalled what was written here by hand
