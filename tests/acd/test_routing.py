"""Who is rung, in which order, and what the caller hears: S-01 to S-04, S-30, S-32, S-33, D-04."""

import pytest

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.settings import QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives, office


def test_s03_agents_are_rung_one_at_a_time_in_the_administrators_order() -> None:
    desk = Desk("ann", "bob", "cay")
    desk.ready("cay", "bob", "ann")
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1")
    desk.rejects("ann")
    desk.expect("stop ann: declined", "hold c1", "ring bob for c1")
    desk.rejects("bob")
    desk.expect("stop bob: declined", "ring cay for c1")


def test_s01_an_agent_outside_the_queue_is_never_rung_for_it() -> None:
    desk = Desk("ann", "bob", queues=[QueueSettings("sales", "Sales", "100", ("ann",))])
    desk.ready("bob")
    desk.caller("c1")
    desk.expect("hold c1")
    assert desk.status("bob") is Status.AVAILABLE


def test_rank_one_free_always_wins() -> None:
    desk = Desk("ann", "bob", wrap_up_s=0)
    desk.ready("ann", "bob")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    desk.expect("ringback c2", "ring bob for c2")
    desk.leaves("ann")
    desk.caller("c3")
    desk.expect("ringback c3", "ring ann for c3")


def test_an_edit_of_the_ring_order_applies_to_the_next_pick() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.together(ev.Configured(office("bob", "ann")))
    desk.caller("c1")
    desk.expect("ringback c1", "ring bob for c1")


def test_the_offer_carries_the_queues_ring_and_alert_times() -> None:
    """T-ring, T-alert: the switch is told."""
    desk = Desk("ann", ring_s=15, alert_s=3)
    desk.ready("ann")
    desk.caller("c1")
    assert do.OpenOffer("o1", "c1", "ann", "sales", 15, 3) in desk.commands


def test_s32_a_caller_waits_only_when_nobody_can_take_the_call() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    assert desk.waiting() == []
    desk.caller("c2")
    desk.expect("hold c2")
    assert desk.waiting() == ["c2"]


def test_s33_music_plays_until_an_agent_connects_and_is_ordered_once() -> None:
    desk = Desk("ann", wrap_up_s=0)
    desk.ready("ann")
    desk.caller("c1")
    desk.caller("c2")
    desk.talks("ann")
    desk.leaves("ann")
    desk.expect("release c1: agent_left", "ring ann for c2")
    desk.picks_up("ann")
    desk.expect("connect c2 with ann", "record c2 as rc2-1")


def test_the_first_free_agent_gets_the_caller_who_waits_longest() -> None:
    desk = Desk("ann")
    desk.caller("c1")
    desk.wait(1)
    desk.caller("c2")
    desk.ready("ann")
    desk.expect("ring ann for c1")


def test_priority_goes_before_time_and_time_before_arrival_number() -> None:
    desk = Desk("ann", "bob")
    desk.together(arrives("c1"), arrives("c2"))
    desk.caller("c3", priority=1)
    assert desk.waiting() == ["c3", "c1", "c2"]
    desk.ready("ann", "bob")
    desk.expect("ring ann for c3", "ring bob for c1")


def test_d04_one_order_over_all_queues() -> None:
    sales = QueueSettings("sales", "Sales", "100", ("ann",))
    help_ = QueueSettings("help", "Help", "200", ("bob", "ann"))
    desk = Desk("ann", "bob", queues=[sales, help_])
    desk.caller("h1", "help")
    desk.wait(1)
    desk.caller("s1", "sales")
    desk.wait(1)
    desk.caller("h2", "help")
    desk.ready("ann")
    desk.expect("ring ann for h1")
    desk.ready("bob")
    desk.expect("ring bob for h2")
    desk.off("ann")
    assert desk.waiting() == ["h1", "s1", "h2"]


@pytest.mark.parametrize("first", ["sales", "help"])
def test_d04_two_lines_with_one_agent_are_one_line(first: str) -> None:
    queues = [QueueSettings(name, name, "1", ("ann",)) for name in ("sales", "help")]
    desk = Desk("ann", queues=queues)
    desk.caller("c1", first)
    desk.wait(1)
    desk.caller("c2", "help" if first == "sales" else "sales")
    desk.ready("ann")
    desk.expect("ring ann for c1")


def test_a_line_without_free_agents_does_not_hold_up_another() -> None:
    sales = QueueSettings("sales", "Sales", "100", ("ann",))
    help_ = QueueSettings("help", "Help", "200", ("bob",))
    desk = Desk("ann", "bob", queues=[sales, help_])
    desk.caller("s1", "sales")
    desk.caller("s2", "sales")
    desk.caller("h1", "help")
    desk.ready("bob")
    desk.expect("ring bob for h1")


def test_s30_the_hold_queue_shows_place_queue_number_and_who_is_rung() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann")
    desk.caller("c1")
    desk.caller("c2")
    desk.caller("c3")
    desk.talks("ann")
    desk.ready("bob")
    first, second = desk.acd.view(desk.now).waiting
    assert (first.contact, first.position, first.offered_to) == ("c2", 1, "bob")
    assert (second.contact, second.position, second.offered_to) == ("c3", 2, "")
    assert (second.queue, second.number, second.origin, second.since) == ("sales", "555-c3", "sip", desk.now)


def test_positions_count_in_each_queue_by_itself() -> None:
    queues = [QueueSettings(name, name, "1", ("ann",)) for name in ("sales", "help")]
    desk = Desk("ann", queues=queues)
    for contact, queue in (("s1", "sales"), ("h1", "help"), ("s2", "sales")):
        desk.caller(contact, queue)
    assert [(w.contact, w.position) for w in desk.acd.view(desk.now).waiting] == [("s1", 1), ("h1", 1), ("s2", 2)]


def test_a_direct_offer_is_a_call_and_not_a_waiting_caller() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    (call,) = desk.acd.view(desk.now).calls
    assert (call.contact, call.agent, call.talking) == ("c1", "ann", False)
    desk.talks("ann")
    (call,) = desk.acd.view(desk.now).calls
    assert (call.talking, call.since) == (True, desk.now)


def test_s04_when_the_only_agent_declines_the_caller_waits_for_the_prompt_and_then_hears_that_nobody_is_there() -> None:
    desk = Desk("ann", no_agent_s=20)
    desk.ready("ann")
    desk.caller("c1")
    desk.rejects("ann")
    desk.expect("stop ann: declined", "hold c1")
    desk.wait(19.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("dismiss c1: no_agent")
    desk.wait(5)
    desk.hangs_up("c1")
    ended = desk.ending("c1")
    assert (ended.outcome.value, ended.why, ended.waited_s) == ("dismissed", "no_agent", 20)  # a message is no wait


def test_s04_going_on_duty_within_the_grace_saves_the_caller() -> None:
    desk = Desk("ann", no_agent_s=20)
    desk.ready("ann")
    desk.caller("c1")
    desk.rejects("ann")
    desk.wait(10)
    desk.ready("ann")
    desk.expect("ring ann for c1")
    desk.wait(15)
    desk.expect()


def test_the_grace_of_a_late_arrival_counts_from_its_own_arrival() -> None:
    """T-noagent: from one's own arrival."""
    desk = Desk("ann", no_agent_s=20)
    desk.caller("c1")
    desk.wait(15)
    desk.caller("c2")
    desk.wait(5)
    desk.expect("dismiss c1: no_agent")
    desk.wait(15)
    desk.expect("dismiss c2: no_agent")


def test_r23_the_grace_starts_once_and_stops_when_somebody_is_on_duty() -> None:
    desk = Desk("ann", "bob", no_agent_s=20)
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    desk.off("ann")  # after the call: she is nobody to wait for
    desk.wait(12)
    desk.ready("ann")
    desk.wait(12)
    desk.expect()
    desk.off("ann")
    desk.wait(20)
    desk.expect("dismiss c2: no_agent")


def test_without_waiting_for_agents_a_caller_who_finds_nobody_is_told_at_once() -> None:
    desk = Desk("ann", wait_without_agents=False)
    desk.caller("c1")
    desk.expect("dismiss c1: no_agent")


def test_without_waiting_for_agents_a_caller_the_only_agent_declined_still_has_the_grace() -> None:
    desk = Desk("ann", wait_without_agents=False)
    desk.ready("ann")
    desk.caller("c1")
    desk.rejects("ann")
    desk.expect("stop ann: declined", "hold c1")


def test_s36_a_queue_that_does_not_hold_when_busy_tells_the_caller_so() -> None:
    desk = Desk("ann", hold_when_busy=False)
    desk.ready("ann")
    desk.caller("c1")
    desk.caller("c2")
    desk.expect("dismiss c2: busy")


def test_r24_two_callers_and_one_place_to_wait() -> None:
    desk = Desk("ann", max_waiting=1)
    desk.ready("ann")
    desk.caller("c0")
    desk.together(arrives("c1"), arrives("c2"))
    desk.expect("hold c1", "dismiss c2: full")


def test_r20_the_longest_wait_ends_with_a_message_but_lets_an_offer_finish() -> None:
    """T-max: with a message."""
    desk = Desk("ann", max_wait_s=30, ring_s=20)
    desk.ready("ann")
    desk.caller("c0")
    desk.talks("ann")
    desk.caller("c1")
    desk.wait(29)
    desk.expect()
    desk.leaves("ann")
    desk.ends_wrap_up("ann")
    desk.expect("ring ann for c1")
    desk.wait(15)
    desk.expect()
    desk.rejects("ann")
    desk.expect("stop ann: declined", "dismiss c1: max_wait")


def test_a_caller_nobody_serves_is_dismissed_at_the_longest_wait() -> None:
    desk = Desk("ann", max_wait_s=30)
    desk.ready("ann")
    desk.caller("c0")
    desk.talks("ann")
    desk.caller("c1")
    desk.wait(30)
    desk.expect("dismiss c1: max_wait")


def test_a_caller_whose_last_message_never_ends_is_hung_up() -> None:
    desk = Desk("ann", wait_without_agents=False)
    desk.caller("c1")
    desk.wait(60)
    desk.expect("release c1: no_agent")
    assert desk.acd.contact("c1") is None


def test_a_caller_to_a_queue_that_does_not_exist_is_told_and_not_lost() -> None:
    desk = Desk("ann")
    desk.caller("c1", "nowhere")
    desk.expect("dismiss c1: no_queue")


def test_r35_callers_of_a_removed_queue_are_told_and_their_agent_is_freed() -> None:
    queues = [QueueSettings("sales", "Sales", "100", ("ann",)), QueueSettings("help", "Help", "200", ("ann",))]
    desk = Desk("ann", queues=queues)
    desk.ready("ann")
    desk.caller("s1", "sales")
    desk.caller("s2", "sales")
    desk.caller("h1", "help")
    desk.together(ev.Configured(office("ann", queues=queues[1:])))
    desk.expect("stop ann: queue_removed", "dismiss s1: no_queue", "dismiss s2: no_queue", "ring ann for h1")


def test_a_conversation_outlives_its_queue_without_wrap_up() -> None:
    queues = [QueueSettings("sales", "Sales", "100", ("ann",)), QueueSettings("help", "Help", "200", ("ann",))]
    desk = Desk("ann", queues=queues)
    desk.ready("ann")
    desk.caller("s1", "sales")
    desk.talks("ann")
    desk.together(ev.Configured(office("ann", queues=queues[1:])))
    desk.expect()
    desk.leaves("ann")
    desk.expect("release s1: agent_left")
    assert desk.status("ann") is Status.AVAILABLE


def test_i24_who_declined_is_asked_again_only_after_everybody_else() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.caller("c1")
    desk.rejects("ann")
    desk.ready("ann")
    desk.expect()  # bob is being rung
    desk.rejects("bob")
    desk.expect("stop bob: declined")
    desk.ready("bob")
    desk.expect()
    desk.wait(2)
    desk.expect("ring ann for c1")
    desk.rejects("ann")
    desk.expect("stop ann: declined", "ring bob for c1")  # a new pass: he has not been asked in this one


def test_a_caller_in_the_retry_gap_does_not_hold_up_the_next_one() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(arrives("c1"), arrives("c2"))
    desk.rejects("ann")
    desk.ready("ann")
    desk.expect("ring ann for c2")


@pytest.mark.parametrize(
    ("record", "orders"), [(True, ["connect c1 with ann", "record c1 as rc1-1"]), (False, ["connect c1 with ann"])]
)
def test_recording_follows_the_queues_setting(record: bool, orders: list[str]) -> None:
    desk = Desk("ann", record=record)
    desk.ready("ann")
    desk.caller("c1")
    desk.picks_up("ann")
    desk.expect(*orders)


def test_s07_the_indicator_follows_the_recorder() -> None:
    """I-13: shown exactly while it writes."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    assert not desk.agent("ann").recording
    desk.together(ev.RecordingBegan("c1", "rc1-1"))
    assert desk.agent("ann").recording
    assert desk.acd.view(desk.now).calls[0].recording
    desk.together(ev.RecordingEnded("c1", "an older one"))
    assert desk.agent("ann").recording
    desk.together(ev.RecordingEnded("c1", "rc1-1"))
    assert not desk.agent("ann").recording


def test_an_unknown_strategy_rings_in_fixed_order() -> None:
    desk = Desk("ann", queues=[QueueSettings("sales", "Sales", "100", ("ann",), strategy="astrology")])
    desk.ready("ann")
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1")
