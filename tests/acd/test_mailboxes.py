"""R-46: a phone outside the house that answers at once is taken for a mailbox until a person presses 1."""

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.settings import QueueSettings
from appliance.acd.story import OfferOutcome
from appliance.acd.view import Status
from tests.acd.desk import Desk


def doubted(*agents: str) -> Desk:
    """Ann's phone has answered at once."""
    desk = Desk(*agents)
    desk.ready(*agents)
    desk.caller("c1")
    desk.together(ev.OfferDoubted("o1"))
    return desk


def test_r46_a_person_presses_one_and_talks() -> None:
    desk = doubted("ann")
    desk.expect("tell ann callback_press_one")
    assert desk.status("ann") is Status.RINGING
    desk.wait(9)
    desk.expect()
    desk.talks("ann")
    assert desk.status("ann") is Status.ON_CALL


def test_r46_a_mailbox_presses_nothing_and_the_caller_goes_on_at_the_old_place_without_blame() -> None:
    desk = doubted("ann", "bob")
    desk.wait(10)
    desk.expect("stop ann: unreachable", "hold c1", "ring bob for c1")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.UNREACHABLE, "")
    ended = [fact.outcome for fact in desk.told(story.OfferEnded) if isinstance(fact, story.OfferEnded)]
    assert ended == [OfferOutcome.UNREACHABLE]


def test_r46_a_mailbox_that_hangs_up_is_an_unreachable_phone() -> None:
    desk = doubted("ann", "bob")
    desk.together(ev.OfferLegEnded("o1"))
    desk.expect("stop ann: unreachable", "hold c1", "ring bob for c1")


def test_r46_doubted_twice_the_time_does_not_begin_anew() -> None:
    desk = doubted("ann", "bob")
    desk.wait(6)
    desk.together(ev.OfferDoubted("o1"))
    desk.expect()
    desk.wait(4)
    assert desk.agent("bob").contact == "c1"


def test_r46_the_caller_who_gives_up_meanwhile_frees_the_agent() -> None:
    desk = doubted("ann")
    desk.hangs_up("c1")
    desk.expect("stop ann: caller_gone")
    assert desk.status("ann") is Status.AVAILABLE
    desk.together(ev.OfferDoubted("o1"))
    desk.expect()


def test_r46_in_a_race_a_mailbox_wins_nothing() -> None:
    desk = Desk("ann", "bob", queues=[QueueSettings("all", "All", "1", ("ann", "bob"), "simultaneous")])
    desk.ready("ann", "bob")
    desk.caller("c1", "all")
    desk.together(ev.OfferDoubted("o1"))
    desk.talks("bob")
    assert (desk.status("ann"), desk.status("bob")) == (Status.AVAILABLE, Status.ON_CALL)
