"""Races of transfers, R-11 to R-16, run as x,y / y,x / one batch each way, and compared with the table of §3.12."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Kind
from appliance.acd.events import Event
from appliance.acd.view import Status
from tests.acd.desk import Desk
from tests.acd.passing import consulting, talking
from tests.acd.test_races import ORDERS, run

ANN, BOB = "o1", "o2"


@pytest.fixture(params=ORDERS)
def order(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def passed() -> Desk:
    """Ann has passed c1 on to Bob, whose phone rings; her leg is still being hung up."""
    desk = talking("bob")
    desk.passes("ann", "bob")
    return desk


def left() -> Desk:
    desk = passed()
    desk.leaves("ann")
    return desk


@pytest.mark.parametrize(
    "no", [ev.OfferRejected, ev.OfferBusy, ev.OfferTimedOut, ev.OfferUnreachable, ev.OfferLegEnded]
)
def test_r11_the_target_declines_as_the_caller_hangs_up(no: type[ev.OfferRejected], order: str) -> None:
    """R-11: ended once, nobody rung again, whatever the target said."""
    desk = run(left, no(BOB), ev.CallerHungUp("c1"), order)
    desk.ends_wrap_up("ann")
    assert len(desk.told(story.ContactEnded)) == 1
    assert not any("ring" in said for said in desk.said)
    desk.together(ev.OfferLegEnded(BOB))
    assert (desk.status("ann"), desk.status("bob")) == (Status.AVAILABLE, Status.AVAILABLE)


def test_r12_the_target_declines_as_the_transferor_leaves(order: str) -> None:
    """R-12: the old place, and Ann is not rung in her wrap-up."""
    desk = run(passed, ev.OfferRejected(BOB), ev.OfferLegEnded(ANN), order)
    assert desk.waiting() == ["c1"]
    assert desk.status("ann") is Status.WRAP_UP
    desk.wait(30)
    assert "ring ann for c1" in desk.said


def test_r13_the_transferor_completes_as_the_target_answers(order: str) -> None:
    """R-13: either order ends in the same conversation, one segment each."""
    desk = run(consulting, ev.TransferCompleted("c1", ANN), ev.OfferAccepted(BOB), order)
    desk.leaves("ann")
    desk.hear_each_other("c1")
    assert desk.agent("bob").contact == "c1"
    assert desk.status("ann") is Status.WRAP_UP
    assert len(desk.told(story.ContactAnswered)) == 2


def test_r13_the_transferor_completes_as_the_target_declines(order: str) -> None:
    desk = run(consulting, ev.TransferCompleted("c1", ANN), ev.OfferRejected(BOB), order)
    if order.startswith("x"):
        assert desk.waiting() == ["c1"]
    else:
        assert desk.agent("ann").contact == "c1"
        assert desk.status("ann") is Status.ON_CALL
    assert len(desk.told(story.ContactEnded)) == 0


@pytest.mark.parametrize(
    "event", [ev.OfferAccepted(BOB), ev.TransferCompleted("c1", ANN), ev.TransferCancelled("c1", ANN)]
)
def test_r14_the_caller_hangs_up_during_the_consultation_as_something_else_happens(event: Event, order: str) -> None:
    """R-14: all legs end, nobody is rung again."""
    desk = run(consulting, ev.CallerHungUp("c1"), event, order)
    assert len(desk.told(story.ContactEnded)) == 1
    desk.together(ev.OfferLegEnded(ANN), ev.OfferLegEnded(BOB))
    assert desk.acd.state.offers == {}
    assert (desk.status("ann"), desk.status("bob")) == (Status.WRAP_UP, Status.OFF)


def test_r16_the_transferors_leg_ends_as_the_target_answers(order: str) -> None:
    """R-16: each segment is closed once."""
    desk = run(passed, ev.OfferLegEnded(ANN), ev.OfferAccepted(BOB), order)
    desk.hear_each_other("c1")
    desk.together(ev.OfferLegEnded(ANN), ev.OfferLegEnded(BOB))
    assert len(desk.told(story.WrapUpFinished)) == 0
    assert desk.status("ann") is Status.WRAP_UP
    assert len(desk.told(story.ContactEnded)) == 1


def test_r16_the_transfer_is_asked_for_as_the_leg_ends(order: str) -> None:
    """A leg that was down first has left the caller: there was nobody any more to pass them on."""
    desk = run(talking, ev.TransferAsked("c1", ANN, Kind.USER, "102"), ev.OfferLegEnded(ANN), order)
    assert len(desk.told(story.ContactEnded)) == (0 if order.startswith("x") else 1)
    assert desk.status("ann") is Status.WRAP_UP


def test_the_same_transfer_asked_for_twice_is_one(order: str) -> None:
    asked = ev.TransferAsked("c1", ANN, Kind.USER, "102")
    desk = run(talking, asked, asked, order)
    assert len(desk.told(story.TransferBegan)) == 1
    assert desk.said[-1] == "refuse c1: no_call"


def test_a_transfer_is_asked_for_as_the_caller_hangs_up(order: str) -> None:
    desk = run(talking, ev.TransferAsked("c1", ANN, Kind.USER, "102"), ev.CallerHungUp("c1"), order)
    assert len(desk.told(story.ContactEnded)) == 1
    desk.wait(3)
    assert desk.acd.state.offers == {}
    assert desk.status("ann") is Status.WRAP_UP
