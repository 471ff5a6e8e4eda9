"""An agent asks first, with the caller on hold, and then passes the caller on or takes them back. S-18, R-13, R-14."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Kind
from appliance.acd.model import ContactState
from appliance.acd.view import Status
from tests.acd.desk import Desk
from tests.acd.passing import consulting, how, state_of, talking


def test_s18_asking_first_holds_the_caller_and_rings_the_target_for_the_agent() -> None:
    desk = consulting()
    desk.expect("hold c1", "stop recording rc1-1", "ring user bob for c1, ann asks")
    view = desk.agent("ann")
    assert view.held_since == desk.now
    assert (view.consults, view.is_consulting) == ("102", False)
    desk.picks_up("bob")
    desk.expect("ann asks bob")
    assert desk.agent("ann").is_consulting


def test_s18_the_agent_completes_and_wraps_up_while_they_talk() -> None:
    """S-13: the agent's part ends at the transfer."""
    desk = consulting()
    desk.picks_up("bob")
    desk.wait(5)
    desk.completes("ann")
    desk.expect("connect c1 with bob", "record c1 as rc1-2", "stop ann: transferred")
    desk.leaves("ann")
    desk.hear_each_other("c1")
    assert desk.status("ann") is Status.WRAP_UP
    assert state_of(desk) is ContactState.CONNECTED
    assert desk.told(story.CallerTakenBack) == [story.CallerTakenBack(desk.now, "c1", "ann", "o1", 5.0)]


@pytest.mark.parametrize("is_answered", [True, False])
def test_s18_the_agent_takes_the_caller_back(is_answered: bool) -> None:
    desk = consulting()
    if is_answered:
        desk.picks_up("bob")
    desk.cancels("ann")
    desk.expect("connect c1 with ann", "record c1 as rc1-2", "stop bob: cancelled")
    assert state_of(desk) is ContactState.CONNECTED
    assert desk.agent("ann").held_since == 0
    desk.leaves("bob")
    assert desk.status("bob") is Status.OFF
    assert how(desk) == ["cancelled"]


@pytest.mark.parametrize("says", ["rejects", "is_busy", "gives_no_sign", "leaves"])
def test_a_target_who_says_no_to_the_agent_gives_the_caller_back_to_the_agent(says: str) -> None:
    desk = consulting()
    getattr(desk, says)("bob")
    assert desk.said[1:] == ["connect c1 with ann", "record c1 as rc1-2"]
    assert state_of(desk) is ContactState.CONNECTED


def test_a_target_who_hangs_up_after_talking_gives_the_caller_back_to_the_agent() -> None:
    desk = consulting()
    desk.picks_up("bob")
    desk.leaves("bob")
    assert desk.said[1:] == ["connect c1 with ann", "record c1 as rc1-2"]


def test_r13_who_completes_while_the_target_rings_transfers_without_asking() -> None:
    desk = consulting()
    desk.completes("ann")
    desk.expect("stop ann: transferred")
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP
    desk.picks_up("bob")
    desk.expect("connect c1 with bob", "record c1 as rc1-2")


@pytest.mark.parametrize("is_answered", [True, False])
def test_an_agent_who_hangs_up_leaves_the_caller_to_the_target(is_answered: bool) -> None:
    """R-13, R-16: the leg's end says the same as the key."""
    desk = consulting()
    if is_answered:
        desk.picks_up("bob")
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP
    if not is_answered:
        desk.picks_up("bob")
    desk.hear_each_other("c1")
    assert desk.agent("bob").contact == "c1"


@pytest.mark.parametrize("is_answered", [True, False])
def test_r14_the_caller_hangs_up_during_the_consultation(is_answered: bool) -> None:
    desk = consulting()
    if is_answered:
        desk.picks_up("bob")
    desk.hangs_up("c1")
    desk.expect("dismiss ann: caller_gone", "stop bob: cancelled")
    assert desk.ending("c1").outcome is story.Outcome.ANSWERED
    desk.wait(3)
    assert desk.status("ann") is Status.WRAP_UP
    assert desk.status("bob") is Status.OFF
    assert how(desk) == ["caller_left"]


def test_the_caller_hangs_up_while_the_target_rings() -> None:
    """S-19, R-14: all legs end, nobody is rung again."""
    desk = talking("bob")
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.hangs_up("c1")
    desk.expect("stop bob: cancelled")
    desk.leaves("bob")
    assert desk.status("bob") is Status.AVAILABLE
    assert desk.ending("c1").why == "in_transfer"


def test_the_target_hears_nothing_after_answering_and_the_caller_goes_back() -> None:
    """T-bridge."""
    desk = talking()
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.picks_up("bob")
    desk.wait(3.1)
    assert desk.waiting() == ["c1"]


def test_a_call_of_the_phones_own_becomes_the_consultation_when_it_is_joined() -> None:
    """R-16: REFER with Replaces; Bob's leg goes on as it is, under the name of an offer."""
    desk = talking("bob")
    desk.dials("ann", "own")
    desk.is_called("bob", "x-own")
    desk.connects("bob", "x-own")
    offer = desk.agent("ann").offer
    desk.together(ev.ConsultJoined("c1", offer, Kind.USER, "102", "x-own", "own", is_up=True))
    desk.expect("o2 is on x-own", "connect c1 with o2", "record c1 as rc1-2", "stop ann: transferred")
    desk.hear_each_other("c1")
    desk.leaves("ann")
    desk.ends_leg("ann", "own")
    assert desk.status("ann") is Status.WRAP_UP
    assert desk.agent("bob").contact == "c1"
    desk.together(ev.OfferLegEnded("o2"))
    assert desk.status("bob") is Status.AVAILABLE


def test_a_call_of_the_phones_own_that_still_rings_goes_on_ringing_for_the_caller() -> None:
    """R-13 by the phone."""
    desk = talking()
    desk.dials("ann", "own")
    desk.is_called("bob", "x-own")
    offer = desk.agent("ann").offer
    desk.together(ev.ConsultJoined("c1", offer, Kind.USER, "102", "x-own", "own", is_up=False))
    desk.expect("o2 is on x-own", "hold c1", "stop ann: transferred")
    desk.together(ev.OfferAccepted("o2"))
    desk.expect("connect c1 with o2", "record c1 as rc1-2")


def test_what_is_told_of_another_offer_holds_nobody() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.together(ev.CallerHeld("c1", "o99", is_held=True))
    assert desk.acd.state.contacts["c1"].held_since == 0.0
