"""More races of §3.12 in all four orders: the end of a race of phones, full and empty queues, callbacks, mailboxes."""

from dataclasses import replace

import pytest

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.model import ContactState
from appliance.acd.settings import QueueSettings
from appliance.acd.story import Outcome
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives, office
from tests.acd.test_callback import CUSTOMER_FIRST, NUMBER, TERMS, busy, dialling, press, promised
from tests.acd.test_races import order, ringing, run

__all__ = ["order"]  # the fixture


def state(desk: Desk, contact: str = "c1") -> ContactState:
    return desk.acd.state.contacts[contact].state


def dismissed(desk: Desk) -> list[tuple[str, str]]:
    """Who was sent away with a message, and why."""
    return [(command.contact, command.why) for command in desk.commands if isinstance(command, do.DismissCaller)]


def test_r04_the_winner_hangs_up_as_another_phone_is_picked_up(order: str) -> None:
    """Whoever is left may win; the caller is with exactly one of them or stands at the old place, never with nobody."""

    def connecting() -> Desk:
        desk = Desk("ann", "bob", queues=[QueueSettings("sales", "Sales", "1", ("ann", "bob"), "simultaneous")])
        desk.ready("ann", "bob")
        desk.caller("c1")
        desk.picks_up("ann")
        return desk

    desk = run(connecting, ev.OfferLegEnded("o1"), ev.OfferAccepted("o2"), order)
    if order.startswith("x"):
        assert (state(desk), desk.acd.state.contacts["c1"].offer) == (ContactState.CONNECTING, "o2")
    else:  # bob was too late while ann had the call, and is rung again now
        assert [one.agent for one in desk.acd.state.offers.values() if one.contact == "c1"] == ["bob"]
        assert state(desk) is ContactState.OFFERING
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.told(story.WrapUpFinished) == []


def test_r18_the_line_drops_as_the_caller_confirms(order: str) -> None:
    """Confirmed first: the promise stands without a line. Gone first: they gave up, and nothing was promised."""

    def asking() -> Desk:
        desk = busy()
        press(desk, "2")
        return desk

    desk = run(asking, ev.DigitPressed("c1", "1"), ev.CallerHungUp("c1"), order)
    if order.startswith("x"):
        assert len(desk.told(story.CallbackPromised)) == 1
        assert state(desk) is ContactState.WAITING
    else:
        assert desk.told(story.CallbackPromised) == []
        assert desk.ending("c1").outcome is Outcome.ABANDONED


def test_r20_the_longest_wait_ends_as_somebody_becomes_free(order: str) -> None:
    """Free first: the offer finishes. In one batch nobody is rung any more: dispatch comes after both."""

    def last_moment() -> Desk:
        desk = Desk("ann", max_wait_s=60, wrap_up_s=0, no_agent_s=600)
        desk.ready("ann")
        desk.dials("ann")
        desk.caller("c1")
        desk.wait(59.999)
        desk.now += 0.001
        return desk

    desk = run(last_moment, ev.LegEnded("ann", "out"), ev.Ticked(), order)
    if order == "x then y":
        assert state(desk) is ContactState.OFFERING
        desk.rejects("ann")
    assert dismissed(desk) == [("c1", "max_wait")]
    assert len(desk.told(story.OfferOpened)) == (order == "x then y")


def test_r23_the_last_agent_goes_off_as_a_caller_arrives(order: str) -> None:
    """Admitted under the set as of the sequence; the grace of T-noagent starts once and ends once."""

    def start() -> Desk:
        desk = Desk("ann", no_agent_s=20, wait_without_agents=False)
        desk.ready("ann")
        return desk

    desk = run(start, ev.DutyOff("ann", "ann"), arrives("c1"), order)
    if order == "y then x":  # was being rung, waits out the grace
        assert state(desk) is ContactState.WAITING
        desk.wait(20)
    assert dismissed(desk) == [("c1", "no_agent")]
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.OFF, "")


def test_r24_two_callers_come_for_one_place(order: str) -> None:
    """Exactly one waits and one is sent on, the one who came first stays."""

    def full_but_one() -> Desk:
        desk = Desk("ann", max_waiting=1)
        desk.ready("ann")
        desk.dials("ann")
        return desk

    desk = run(full_but_one, arrives("c1"), arrives("c2"), order)
    first, second = ("c1", "c2") if order.startswith("x") else ("c2", "c1")
    assert desk.waiting() == [first]
    assert dismissed(desk) == [(second, "full")]


@pytest.mark.parametrize("terms", [TERMS, CUSTOMER_FIRST])
@pytest.mark.parametrize(
    "event", [ev.CustomerAnswered("c1", 1), ev.CustomerFailed("c1", 1), ev.DigitPressed("c1", "1")]
)
def test_r25_the_customer_rings_in_while_being_dialled(terms: object, event: ev.Event, order: str) -> None:
    """Merged: one contact, answered at most once, at the older place; the dial is taken back, nobody is to blame."""
    rings_in = replace(arrives("c2"), number=NUMBER)
    desk = run(lambda: dialling(terms), rings_in, event, order)  # type: ignore[arg-type]
    assert list(desk.acd.state.contacts) == ["c2"]
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (Outcome.CALLBACK, "merged")
    merged = desk.acd.state.contacts["c2"]
    assert (merged.seq, merged.is_live, merged.callback is not None) == (1, True, True)
    assert not desk.acd.agent("ann").prompt  # type: ignore[union-attr]
    assert sum(offer.contact == "c2" for offer in desk.acd.state.offers.values()) <= 1


def test_r27_the_customer_does_not_answer_as_the_agent_hangs_up(order: str) -> None:
    """One try is counted at most; the agent is free, without wrap-up, at the old place among the idle."""
    idle_since = dialling().acd.state.agents["ann"].idle_since
    desk = run(dialling, ev.CustomerFailed("c1", 1), ev.OfferLegEnded("o1"), order)
    promise = desk.acd.state.contacts["c1"].callback
    assert promise is not None
    assert promise.tries <= 1
    assert desk.told(story.WrapUpFinished) == []
    assert desk.acd.state.agents["ann"].idle_since == idle_since


def test_r29_a_retry_is_due_as_a_new_caller_comes(order: str) -> None:
    """By the place alone: the promise is older, so the one free agent is for it, and the caller waits."""

    def due() -> Desk:
        desk = dialling()
        desk.together(ev.CustomerFailed("c1", 1))
        desk.leaves("ann")
        desk.wait(TERMS.retry_s - 0.001)
        desk.now += 0.001
        return desk

    desk = run(due, ev.Ticked(), replace(arrives("c2"), number="0355501234"), order)
    rung = [fact.contact for fact in desk.told(story.OfferOpened)][1:]  # type: ignore[attr-defined]
    assert rung == (["c2"] if order == "y then x" else ["c1"])
    assert len(desk.acd.state.contacts) == 2


@pytest.mark.parametrize("gone", ["agent", "queue"])
def test_r35_the_administrator_takes_it_away_as_the_agent_answers(gone: str, order: str) -> None:
    """Answered first they talk; else the phone that answers is told, and the caller is not lost."""
    plan = (
        office("bob") if gone == "agent" else office("ann", "bob", queues=[QueueSettings("help", "H", "2", ("ann",))])
    )
    desk = run(ringing("ann", "bob"), ev.Configured(plan), ev.OfferAccepted("o1"), order)
    contact = desk.acd.state.contacts.get("c1")
    if order.startswith("y"):
        assert contact is not None
        assert contact.state is ContactState.CONNECTING
    elif gone == "agent":
        assert contact is not None
        assert (contact.state, desk.status("bob")) == (ContactState.OFFERING, Status.RINGING)
    else:
        assert dismissed(desk) == [("c1", "no_queue")]
        assert desk.status("ann") is Status.AVAILABLE


def test_r46_a_person_presses_one_in_the_last_moment(order: str) -> None:
    """Pressed first they talk. Too late it was a mailbox: nobody is to blame, the phone is not rung again."""

    def doubted() -> Desk:
        desk = ringing()()
        desk.together(ev.OfferDoubted("o1"))
        desk.wait(9.999)
        desk.now += 0.001
        return desk

    desk = run(doubted, ev.OfferAccepted("o1"), ev.Ticked(), order)
    if order.startswith("x"):
        assert state(desk) is ContactState.CONNECTING
    else:
        assert state(desk) is ContactState.WAITING
        assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.UNREACHABLE, "")
        assert desk.told(story.LateAnswer) == [story.LateAnswer(desk.now, "o1")]


def test_r47_both_phones_of_one_agent_answer(order: str) -> None:
    """One offer, one answer: the second one is the switch's to hang up."""
    desk = run(ringing(), ev.OfferAccepted("o1"), ev.OfferAccepted("o1"), order)
    assert state(desk) is ContactState.CONNECTING
    assert sum(sentence.startswith("connect c1") for sentence in map(str, desk.said)) <= 1
    assert desk.told(story.LateAnswer) == []


def test_r17_promised_before_and_the_agent_answers_the_reserved_call_as_it_is_cancelled(order: str) -> None:
    def reserved() -> Desk:
        desk = promised()
        desk.ends_leg("ann")
        return desk

    desk = run(reserved, ev.CallbackCancelled("c1", "admin"), ev.OfferAccepted("o1"), order)
    assert desk.ending("c1").why == "cancelled"
    assert not any(offer.contact == "c1" and offer.deadline == 0 for offer in desk.acd.state.offers.values())
