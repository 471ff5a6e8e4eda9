"""Callers a queue cannot serve walk the chain of the reason: §3.6, I-27, D-06, R-20, S-34's voicemail."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.settings import QueueSettings
from tests.acd.desk import Desk, arrives, office

VOICEMAIL = Destination(Kind.VOICEMAIL, "front")
USER = Destination(Kind.USER, "cay")
OUTSIDE = Destination(Kind.EXTERNAL, "0398765432")
SORRY = Destination(Kind.MESSAGE, "sorry")


def to(queue: str, *, keep: bool = True) -> Destination:
    return Destination(Kind.QUEUE, queue, keep)


def queue(name: str, *agents: str, **settings: object) -> QueueSettings:
    """A queue whose keyword `no_agent=(...)` is the chain of that reason; the others are settings."""
    chains = [Chain(reason, settings.pop(reason.value)) for reason in Reason if reason.value in settings]  # type: ignore[arg-type]
    return QueueSettings(name, name, "1", agents, chains=tuple(chains), **settings)  # type: ignore[arg-type]


def left_alone(*steps: Destination, **settings: object) -> Desk:
    """Nobody is on duty and nobody is waited for: c1 goes straight into the chain of NO_AGENT."""
    desk = Desk("ann", "bob", queues=[queue("sales", "ann", wait_without_agents=False, no_agent=steps, **settings)])
    desk.caller("c1")
    return desk


def test_a_chain_is_walked_step_by_step_and_ends_in_a_message() -> None:
    desk = left_alone(USER, OUTSIDE, VOICEMAIL)
    desk.expect("send c1 to user cay (1): no_agent")
    desk.together(ev.CouldNotSend("c1", 1))
    desk.expect("send c1 to external 0398765432 (2): no_agent")
    desk.together(ev.CouldNotSend("c1", 2, "no free line"))
    desk.expect("send c1 to voicemail front (3): no_agent")
    desk.together(ev.CouldNotSend("c1", 3))
    desk.expect("dismiss c1: no_agent")
    desk.hangs_up("c1")
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (story.Outcome.DISMISSED, "no_agent")


def test_the_reason_and_the_place_in_the_chain_are_told() -> None:
    desk = left_alone(USER, SORRY)
    desk.together(ev.CouldNotSend("c1", 1))
    assert desk.told(story.ContactSentOn) == [
        story.ContactSentOn(desk.now, "c1", "sales", "no_agent", 0, "user", "cay", 1),
        story.ContactSentOn(desk.now, "c1", "sales", "no_agent", 1, "message", "sorry", 2),
    ]


@pytest.mark.parametrize("late", [ev.CouldNotSend("c1", 1), ev.SentOn("c1", 1), ev.MessageSaid("c1", 2)])
def test_i16_an_answer_about_an_earlier_step_means_nothing(late: ev.Event) -> None:
    desk = left_alone(USER, OUTSIDE)
    desk.together(ev.CouldNotSend("c1", 1))
    desk.together(late)
    desk.expect()
    desk.wait(24.9)
    desk.expect()


def test_who_does_not_take_the_call_in_time_is_passed_over() -> None:
    desk = left_alone(USER, VOICEMAIL)
    desk.wait(25)
    desk.expect("send c1 to voicemail front (2): no_agent")


def test_somebody_takes_the_call_and_no_timer_ends_it() -> None:
    desk = left_alone(USER)
    desk.together(ev.SentOn("c1", 1))
    desk.wait(3600)
    desk.expect()
    desk.together(ev.CouldNotSend("c1", 2))
    desk.hangs_up("c1")
    assert desk.ending("c1").outcome is story.Outcome.FALLBACK


def test_a_caller_who_gives_up_while_somebody_is_being_rung_has_abandoned() -> None:
    desk = left_alone(USER)
    desk.hangs_up("c1")
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (story.Outcome.ABANDONED, "in_fallback")


@pytest.mark.parametrize(("spoke", "outcome"), [(3.0, story.Outcome.VOICEMAIL), (2.9, story.Outcome.ABANDONED)])
def test_s34_less_than_three_seconds_of_speech_is_no_message(spoke: float, outcome: story.Outcome) -> None:
    desk = left_alone(VOICEMAIL)
    desk.together(ev.SentOn("c1", 1))
    desk.together(ev.VoicemailLeft("c1", 1, spoke), ev.CallerHungUp("c1"))
    assert desk.ending("c1").outcome is outcome


def test_a_voicemail_that_never_ends_is_hung_up() -> None:
    desk = left_alone(VOICEMAIL)
    desk.together(ev.SentOn("c1", 1))
    desk.wait(300)
    desk.expect("release c1: in_voicemail")


def test_another_queue_keeps_the_place() -> None:
    desk = Desk(
        "ann", "bob", queues=[queue("sales", "ann", max_wait_s=30, max_wait=(to("help"),)), queue("help", "bob")]
    )
    desk.ready("ann")
    desk.dials("ann")
    desk.caller("c1")
    desk.wait(20)
    desk.ready("bob")
    desk.dials("bob", "b1")
    desk.caller("h1", "help")
    desk.wait(10)
    desk.expect()
    assert desk.waiting() == ["c1", "h1"]
    desk.ends_leg("bob", "b1")
    desk.expect("ring bob for c1")


def test_without_keep_place_a_caller_queues_up_again() -> None:
    chain = (to("help", keep=False),)
    desk = Desk("ann", "bob", queues=[queue("sales", "ann", max_wait_s=30, max_wait=chain), queue("help", "bob")])
    desk.ready("ann", "bob")
    for agent in ("ann", "bob"):
        desk.dials(agent, agent)
    desk.caller("c1")
    desk.wait(20)
    desk.caller("h1", "help")
    desk.wait(10)
    assert desk.waiting() == ["h1", "c1"]


def test_whoever_is_free_in_the_other_queue_is_rung_at_once() -> None:
    desk = Desk(
        "ann",
        "bob",
        queues=[queue("sales", "ann", wait_without_agents=False, no_agent=(to("help"),)), queue("help", "bob")],
    )
    desk.ready("bob")
    desk.caller("c1")
    desk.expect("ringback c1", "ring bob for c1")


def test_who_is_sent_on_is_tried_there_even_when_two_things_happened_to_them_at_once() -> None:
    lines = [
        queue("sales", "ann", wait_without_agents=False, no_agent=(to("help"),)),
        queue("help", "bob", hold_when_busy=False),
    ]
    desk = Desk("ann", "bob", queues=lines)
    desk.ready("bob")
    desk.together(arrives("c1", "sales"), ev.Configured(desk.acd.state.office))
    desk.expect("ringback c1", "ring bob for c1")


def test_the_longest_wait_counts_in_each_queue_by_itself() -> None:
    queues = [queue("sales", "ann", max_wait_s=30, max_wait=(to("help"),)), queue("help", "bob", max_wait_s=20)]
    desk = Desk("ann", "bob", queues=queues)
    desk.ready("ann", "bob")
    for agent in ("ann", "bob"):
        desk.dials(agent, agent)
    desk.caller("c1")
    desk.wait(49)
    assert desk.waiting() == ["c1"]
    desk.wait(1)
    desk.expect("dismiss c1: max_wait")


def test_i27_two_queues_that_point_at_each_other_are_left_in_the_end() -> None:
    queues = [
        queue("sales", "ann", wait_without_agents=False, no_agent=(to("help"), VOICEMAIL)),
        queue("help", "bob", wait_without_agents=False, no_agent=(to("sales"), to("help"), VOICEMAIL)),
    ]
    desk = Desk("ann", "bob", queues=queues)
    desk.caller("c1")
    desk.expect("send c1 to voicemail front (2): no_agent")


def test_i27_after_five_destinations_there_is_the_message() -> None:
    desk = left_alone(*(Destination(Kind.USER, f"u{number}") for number in range(9)))
    for hop in range(1, 6):
        desk.expect(f"send c1 to user u{hop - 1} ({hop}): no_agent")
        desk.together(ev.CouldNotSend("c1", hop))
    desk.expect("dismiss c1: no_agent")


def test_a_step_that_stands_twice_is_taken_once() -> None:
    desk = left_alone(USER, USER, VOICEMAIL)
    desk.together(ev.CouldNotSend("c1", 1))
    desk.expect("send c1 to voicemail front (2): no_agent")


def test_a_queue_that_does_not_exist_is_passed_over() -> None:
    left_alone(to("nowhere"), VOICEMAIL).expect("send c1 to voicemail front (1): no_agent")


def test_each_reason_has_a_chain_of_its_own() -> None:
    settings = {"full": (VOICEMAIL,), "busy": (USER,), "max_waiting": 1}
    desk = Desk("ann", queues=[queue("sales", "ann", **settings)])
    desk.ready("ann")
    desk.dials("ann")
    desk.together(arrives("c1"), arrives("c2"))
    desk.expect("hold c1", "send c2 to voicemail front (1): full")
    desk.together(ev.Configured(office("ann", queues=[queue("sales", "ann", hold_when_busy=False, **settings)])))
    desk.caller("c3")
    desk.expect("send c3 to user cay (1): busy")


def test_a_chain_whose_queue_is_removed_on_the_way_ends_in_the_message() -> None:
    desk = left_alone(USER, VOICEMAIL)
    desk.together(ev.Configured(office("ann")))
    desk.together(ev.Configured(office("ann", queues=[queue("other", "ann")])), ev.CouldNotSend("c1", 1))
    desk.expect("dismiss c1: no_agent")


def test_r20_nobody_is_rung_any_more_after_the_longest_wait() -> None:
    desk = Desk("ann", "bob", max_wait_s=30)
    desk.ready("ann", "bob")
    desk.dials("ann")
    desk.dials("bob", "b1")
    desk.caller("c1")
    desk.wait(25)
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.wait(10)
    desk.ends_leg("bob", "b1")
    desk.rejects("ann")
    desk.expect("stop ann: declined", "dismiss c1: max_wait")


def test_a_caller_lost_with_the_switch_in_voicemail_is_counted_once() -> None:
    desk = left_alone(VOICEMAIL)
    desk.together(ev.SentOn("c1", 1), ev.SwitchLost(), ev.VoicemailLeft("c1", 1, 9.0))
    assert desk.ending("c1").why == "in_voicemail"


def test_a30_who_was_being_sent_on_is_sent_again_and_who_was_taken_is_left_alone() -> None:
    desk = left_alone(USER)
    desk.caller("c2")
    desk.together(ev.SentOn("c2", 1))
    desk.together(ev.Restarted())
    desk.expect("send c1 to user cay (1): no_agent")


def test_a_chain_that_points_at_its_own_queue_wastes_no_hop_on_it() -> None:
    left_alone(to("sales"), VOICEMAIL).expect("send c1 to voicemail front (1): no_agent")


def test_a_caller_from_another_queue_is_refused_by_a_full_one_like_anybody() -> None:
    queues = [
        queue("sales", "ann", max_wait_s=30, max_wait=(to("help"),)),
        queue("help", "bob", max_waiting=1, full=(VOICEMAIL,)),
    ]
    desk = Desk("ann", "bob", queues=queues)
    desk.ready("ann", "bob")
    desk.dials("ann")
    desk.dials("bob", "b1")
    desk.caller("h1", "help")
    desk.caller("c1")
    desk.wait(30)
    desk.expect("send c1 to voicemail front (2): full")
