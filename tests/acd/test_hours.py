"""Opening and closing as the core sees them: S-37, R-21, R-22, §3.7."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.events import Event
from appliance.acd.settings import QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives

CLOSES = ev.HoursChanged("sales", is_open=False, reason="closed")
OPENS = ev.HoursChanged("sales", is_open=True, reason="open")
VOICEMAIL = Chain(Reason.CLOSED, (Destination(Kind.VOICEMAIL, "front"),))


def waiting(*, stays: bool, chains: tuple[Chain, ...] = ()) -> Desk:
    """Ann talks, c1 waits."""
    queue = QueueSettings("sales", "Sales", "1", ("ann",), wait_after_closing=stays, chains=chains, wrap_up_s=0)
    desk = Desk("ann", queues=[queue])
    desk.ready("ann")
    desk.dials("ann")
    desk.caller("c1")
    return desk


def test_a_closed_queue_lets_nobody_in_even_where_somebody_is_free() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(CLOSES)
    desk.caller("c1")
    desk.expect("dismiss c1: closed")
    desk.together(OPENS)
    desk.expect()
    desk.caller("c2")
    desk.expect("ringback c2", "ring ann for c2")


def test_a_holiday_has_a_chain_of_its_own() -> None:
    chains = (VOICEMAIL, Chain(Reason.HOLIDAY, (Destination(Kind.EXTERNAL, "0312345678"),)))
    desk = waiting(stays=True, chains=chains)
    desk.together(ev.HoursChanged("sales", is_open=False, reason="holiday"))
    desk.caller("c2")
    desk.expect("send c2 to external 0312345678 (1): holiday")


def test_s37_on_who_waits_at_closing_stays_and_is_served() -> None:
    """S-37: on."""
    desk = waiting(stays=True)
    desk.together(CLOSES)
    desk.expect()
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.rejects("ann")
    assert desk.waiting() == ["c1"]


def test_s37_off_who_waits_hears_that_it_is_closed_and_then_goes_the_closed_way() -> None:
    desk = waiting(stays=False, chains=(VOICEMAIL,))
    desk.together(CLOSES)
    desk.expect("say closed to c1 (0)")
    desk.together(ev.MessageSaid("c1", 0))
    desk.expect("send c1 to voicemail front (1): closed")


def test_s37_off_a_closing_message_that_nobody_says_ended_holds_nobody_up() -> None:
    desk = waiting(stays=False, chains=(VOICEMAIL,))
    desk.together(CLOSES)
    desk.wait(60)
    desk.expect("send c1 to voicemail front (1): closed")


def test_s37_off_a_message_of_the_chain_is_the_closing_message() -> None:
    desk = waiting(stays=False)
    desk.together(CLOSES)
    desk.expect("dismiss c1: closed")


def test_r22_a_boundary_told_twice_says_nothing_twice() -> None:
    desk = waiting(stays=False, chains=(VOICEMAIL,))
    desk.together(CLOSES, CLOSES)
    desk.expect("say closed to c1 (0)")
    desk.together(CLOSES)
    desk.expect()


@pytest.mark.parametrize("stays", [True, False])
def test_r21_a_call_being_offered_at_the_boundary_completes_its_offer(stays: bool) -> None:
    desk = waiting(stays=stays)
    desk.ends_leg("ann")
    desk.together(CLOSES)
    desk.expect()
    desk.talks("ann")
    assert desk.status("ann") is Status.ON_CALL
    desk.together(CLOSES)
    desk.expect()  # I-20


def test_r21_an_offer_that_fails_after_closing_was_the_last_one() -> None:
    desk = waiting(stays=False)
    desk.ends_leg("ann")
    desk.together(CLOSES)
    desk.rejects("ann")
    desk.expect("stop ann: declined", "dismiss c1: closed")


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize(
    ("events", "outcome"), [((CLOSES, arrives("c2")), "dismissed"), ((arrives("c2"), CLOSES), "waits")]
)
def test_r21_arrival_and_boundary_in_either_order(events: tuple[Event, ...], outcome: str, batched: bool) -> None:
    desk = waiting(stays=True)
    if batched:
        desk.together(*events)
    else:
        for event in events:
            desk.together(event)
    assert desk.waiting() == (["c1", "c2"] if outcome == "waits" else ["c1"])


def test_at_opening_nobody_is_rung_by_the_opening_alone() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(CLOSES)
    desk.together(OPENS)
    desk.expect()
    assert desk.told(story.OfferOpened) == []


def test_an_overflow_into_a_closed_queue_goes_on_along_that_queues_closed_chain() -> None:
    to_help = Chain(Reason.NO_AGENT, (Destination(Kind.QUEUE, "help"),))
    queues = [
        QueueSettings("sales", "Sales", "1", ("ann",), wait_without_agents=False, chains=(to_help,)),
        QueueSettings("help", "Help", "2", ("bob",), chains=(VOICEMAIL,)),
    ]
    desk = Desk("ann", "bob", queues=queues)
    desk.ready("bob")
    desk.together(ev.HoursChanged("help", is_open=False))
    desk.caller("c1")
    desk.expect("send c1 to voicemail front (2): closed")


def test_hours_of_a_queue_that_does_not_exist_mean_nothing() -> None:
    desk = Desk("ann")
    desk.together(ev.HoursChanged("nowhere", is_open=False))
    desk.expect()


@pytest.mark.parametrize("stays", [True, False])
def test_i20_closing_drops_no_conversation(stays: bool) -> None:
    desk = Desk("ann", wait_after_closing=stays)
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.together(CLOSES)
    desk.expect()
    desk.wait(3600)
    desk.expect()
    assert desk.status("ann") is Status.ON_CALL
    desk.leaves("ann")
    assert desk.ending("c1").outcome is story.Outcome.ANSWERED
