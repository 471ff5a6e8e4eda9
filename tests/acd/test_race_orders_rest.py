"""The last races of §3.12 in all four orders: loops of transfers, clock steps, machines, dials, power, a full house."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Kind
from appliance.acd.events import Event
from appliance.acd.model import ContactState, Phase
from appliance.acd.story import Outcome
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives
from tests.acd.passing import talking
from tests.acd.test_callback import CUSTOMER_FIRST, NUMBER, TERMS, dialling
from tests.acd.test_hours import CLOSES, OPENS, VOICEMAIL, waiting
from tests.acd.test_races import order, ringing, run

__all__ = ["order"]  # the fixture
TO_SALES = ev.TransferAsked("c1", "o1", Kind.QUEUE, "sales")


def dials(desk: Desk) -> list[int]:
    """The attempts at the customer, in the order they were made."""
    return [command.attempt for command in desk.commands if isinstance(command, do.DialCustomer)]


def messages(desk: Desk) -> int:
    return sum(isinstance(command, do.LeaveMessage) for command in desk.commands)


def test_r15_passed_on_to_the_queue_of_nobody_but_oneself_as_one_hangs_up(order: str) -> None:
    """Passed on first the caller waits, and Ann is not rung in her wrap-up. Hung up first, the call is over."""
    desk = run(talking, TO_SALES, ev.OfferLegEnded("o1"), order)
    assert "ring ann for c1" not in desk.said
    assert desk.status("ann") is Status.WRAP_UP
    if order.startswith("y"):
        assert desk.ending("c1").outcome is Outcome.ANSWERED
        return
    assert desk.waiting() == ["c1"]
    desk.wait(29.9)
    assert desk.status("ann") is Status.WRAP_UP
    desk.wait(0.2)
    assert desk.said[:1] == ["ring ann for c1"]


def test_r15_the_sixth_transfer_is_asked_for_as_the_caller_hangs_up(order: str) -> None:
    def after_five() -> Desk:
        desk = talking()
        for giver, taker in itertools.pairwise(["ann", "bob"] * 3):
            desk.passes(giver, taker)
            desk.leaves(giver)
            desk.picks_up(taker)
            desk.hear_each_other("c1")
        desk.commands.clear()
        return desk

    last = after_five().last_offer["bob"]
    desk = run(after_five, ev.TransferAsked("c1", last, Kind.USER, "101"), ev.CallerHungUp("c1"), order)
    assert not any(isinstance(command, do.RingTarget) for command in desk.commands)
    assert sum(isinstance(command, do.RefuseTransfer) for command in desk.commands) == 1
    assert [fact.outcome for fact in desk.told(story.ContactEnded)] == [Outcome.ANSWERED]  # type: ignore[attr-defined]


def test_r22_the_clock_steps_over_a_boundary_and_back(order: str) -> None:
    """The last word counts for who comes; who waits hears once that it is closed, if it was, and goes that way once."""
    desk = run(lambda: waiting(stays=False, chains=(VOICEMAIL,)), CLOSES, OPENS, order)
    ends_closed = order.startswith("y")
    desk.together(CLOSES if ends_closed else OPENS)  # told again after the step
    was_closed = order != "x,y in one batch"
    assert sum(isinstance(command, do.SayToCaller) for command in desk.commands) == was_closed
    desk.caller("c2")
    assert ("dismiss c2: closed" in desk.said or "send c2 to voicemail front (1): closed" in desk.said) is ends_closed
    desk.wait(60)
    sent = [command.contact for command in desk.commands if isinstance(command, do.SendCaller)]
    assert sent.count("c1") == was_closed


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_r22_a_clock_step_moves_no_boundary_twice_and_no_offer_s_end(step: float, order: str) -> None:
    """Hours are told anew after a step; timers run on monotonic time and end when they would have."""
    desk = run(ringing(), CLOSES, replace(CLOSES, reason="closed" if step < 0 else "holiday"), order)
    assert desk.acd.state.contacts["c1"].state is ContactState.OFFERING
    began = desk.now
    desk.wait(60)
    ended = [fact for fact in desk.told(story.OfferEnded) if isinstance(fact, story.OfferEnded)]
    assert [(one.outcome, one.at - began) for one in ended] == [(story.OfferOutcome.TIMEOUT, 20.0)]


def confirming() -> Desk:
    """Whoever picked up has a last moment to press 1."""
    desk = dialling(CUSTOMER_FIRST)
    desk.together(ev.CustomerAnswered("c1", 1))
    desk.wait(19.999)
    desk.now += 0.001
    return desk


def test_r26_a_one_is_pressed_in_the_last_moment(order: str) -> None:
    """Pressed first it is a person, who talks. Too late it was a machine: told once, and no agent is bridged."""
    desk = run(confirming, ev.DigitPressed("c1", "1"), ev.Ticked(), order)
    is_person = order.startswith("x")
    assert messages(desk) == (not is_person)
    assert any(isinstance(command, do.Connect | do.OpenOffer) for command in desk.commands[-2:]) is is_person
    assert (desk.acd.state.contacts["c1"].state is ContactState.RESTING) is not is_person
    desk.wait(TERMS.retry_s)
    assert messages(desk) == (not is_person)
    assert dials(desk) == ([1] if is_person else [1, 2])


def test_r26_the_machine_hangs_up_as_it_is_told(order: str) -> None:
    desk = run(confirming, ev.CustomerFailed("c1", 1), ev.Ticked(), order)
    promise = desk.acd.state.contacts["c1"].callback
    assert promise is not None
    assert promise.tries == 1
    assert messages(desk) == order.startswith("y")
    assert not any(isinstance(command, do.Connect) for command in desk.commands)


def due() -> Desk:
    """The second attempt is due, and no tick has told so."""
    desk = dialling(CUSTOMER_FIRST)
    desk.together(ev.CustomerFailed("c1", 1))
    desk.wait(TERMS.retry_s - 0.001)
    desk.now += 0.001
    return desk


@pytest.mark.parametrize("again", [ev.Ticked(), ev.CustomerFailed("c1", 1), ev.CustomerAnswered("c1", 1)])
def test_r28_the_tick_is_told_twice_or_with_late_news(again: Event, order: str) -> None:
    """At most one dial for each attempt, whatever else is told at the time."""
    desk = run(due, ev.Ticked(), again, order)
    assert dials(desk) == [1, 2]


@pytest.mark.parametrize("news", [ev.CustomerAnswered("c1", 1), ev.CustomerFailed("c1", 1, "busy")])
def test_r28_the_desk_restarts_between_dial_and_dialled(news: Event, order: str) -> None:
    """The attempt keeps its number, by which the desk knows that it was dialled: no second one until it has failed."""
    desk = run(lambda: dialling(CUSTOMER_FIRST), ev.Restarted(offers=("o1",)), news, order)
    assert set(dials(desk)) == {1}
    if isinstance(news, ev.CustomerFailed):
        desk.wait(TERMS.retry_s)
        assert set(dials(desk)) == {1, 2}
        assert dials(desk).count(2) == 1


def rung() -> Desk:
    """Ann is rung for a caller whose number is known."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(replace(arrives("c1"), number=NUMBER))
    return desk


@pytest.mark.parametrize("last", [ev.OfferAccepted("o1"), ev.OfferRejected("o1"), ev.CallerHungUp("c1")])
def test_r30_the_power_fails_as_something_is_told(last: Event, order: str) -> None:
    """Who was on the phone or rung is called back, once; who had gone is not. What comes late means nothing."""
    desk = run(rung, ev.PowerReturned(60.0), last, order)
    had_gone = isinstance(last, ev.CallerHungUp) and order.startswith("y")
    promises = [fact for fact in desk.told(story.CallbackPromised) if isinstance(fact, story.CallbackPromised)]
    assert [(one.contact, one.origin) for one in promises] == ([] if had_gone else [("c1", "power")])
    assert ("c1" in desk.acd.state.contacts) is not had_gone
    declined = isinstance(last, ev.OfferRejected) and order.startswith("y")
    assert desk.agent("ann").prompt == ("declined" if declined else "")
    assert (desk.status("ann") in (Status.OFF, Status.OFF_PROMPT)) is declined


def test_r30_a_consultation_that_a_power_cut_ended_is_not_remembered_when_the_customer_is_called_back() -> None:
    """The customer hangs up as they are being connected: the agent who called back is let go, nobody is left over."""
    desk = Desk("ann", "bob", wrap_up_s=0)
    desk.ready("ann")
    desk.together(replace(arrives("c1"), number=NUMBER))
    desk.talks("ann")
    desk.asks("ann", "bob")
    desk.together(ev.PowerReturned(60.0))
    promise = desk.acd.state.contacts["c1"]
    assert (promise.transfer, promise.callback is not None) == (None, True)
    desk.picks_up("ann")
    desk.together(ev.CustomerAnswered("c1", 1))
    desk.together(ev.DigitPressed("c1", "1"))
    desk.hangs_up("c1")
    desk.wait(30)
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.acd.violations() == ()


def crowd() -> tuple[Desk, Sequence[Event], Sequence[Event]]:
    agents = [f"a{number:02}" for number in range(20)]
    arrivals = [arrives(f"c{number:02}") for number in range(50)]
    return Desk(*agents, max_waiting=60, no_agent_s=600), arrivals, [ev.DutyOn(name, name) for name in agents]


def test_r49_fifty_callers_come_as_twenty_agents_become_free(order: str) -> None:
    """I-01, I-04, I-25: the first twenty are rung, each with one agent of their own; the others wait in their order."""
    desk, arrivals, duties = crowd()
    first, second = (duties, arrivals) if order.startswith("y") else (arrivals, duties)
    if "batch" in order:
        desk.together(*first, *second)
    else:
        desk.together(*first)
        desk.together(*second)
    rung = [(one.contact, one.agent) for one in desk.acd.state.offers.values() if one.phase is Phase.OPEN]
    assert rung == [(f"c{number:02}", f"a{number:02}") for number in range(20)]
    assert desk.waiting()[-30:] == [f"c{number:02}" for number in range(20, 50)]
    assert desk.acd.violations() == ()
