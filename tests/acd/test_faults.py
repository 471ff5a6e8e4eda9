"""Processes die and come back; places, duty and durations stay: I-03, I-05, A-30, T-bridge, late answers."""

from appliance.acd import clock, story
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives, copy_of


def talking(*agents: str, returns: bool = False) -> Desk:
    desk = Desk(*agents)
    desk.ready(*agents)
    desk.caller("c1", returns=returns)
    desk.wait(2)
    desk.talks(agents[0])
    desk.wait(10)
    return desk


def test_the_switch_dies_sip_callers_are_lost_and_agents_are_free_without_wrap_up() -> None:
    """D-06: nobody hangs in the air."""
    desk = talking("ann")
    desk.caller("c2")
    desk.together(ev.SwitchLost())
    assert desk.status("ann") is Status.AVAILABLE
    assert [desk.ending(c).outcome for c in ("c1", "c2")] == [story.Outcome.LOST] * 2
    assert (desk.ending("c1").waited_s, desk.ending("c1").talked_s, desk.ending("c1").agent) == (2, 10, "ann")
    assert desk.acd.view(desk.now).waiting == ()


def test_i05_a_talking_line_caller_goes_back_to_the_old_place_when_the_switch_returns() -> None:
    desk = talking("ann", returns=True)
    desk.caller("c2", returns=True)
    desk.wait(1)
    desk.together(ev.SwitchLost())
    assert desk.waiting() == ["c1", "c2"]
    desk.wait(3)
    desk.expect()  # ann is free, but nobody's leg lives
    desk.together(ev.CallerReturned("c2"), ev.CallerReturned("c1"))
    desk.expect("hold c2", "hold c1", "ring ann for c1")
    assert desk.waiting() == ["c1", "c2"]


def test_a_line_caller_who_heard_ringback_hears_ringback_again() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1", returns=True)
    desk.together(ev.SwitchLost())
    desk.expect("stop ann: fault")
    desk.together(ev.CallerReturned("c1"))
    desk.expect("ringback c1", "ring ann for c1")


def test_a_line_caller_who_was_in_before_the_fault_is_not_refused_after_it() -> None:
    desk = Desk("ann", "bob", max_waiting=1)
    desk.ready("ann", "bob")
    desk.caller("c0")
    desk.caller("c1", returns=True)
    desk.caller("c2", returns=True)
    desk.together(ev.SwitchLost())
    desk.dials("ann")
    desk.dials("bob")
    desk.together(ev.CallerReturned("c2"))
    desk.expect("hold c2")
    desk.together(ev.CallerReturned("c1"))
    desk.expect("hold c1")
    assert desk.waiting() == ["c1", "c2"]


def test_a_line_caller_who_does_not_return_is_lost_after_a_minute() -> None:
    desk = talking("ann", returns=True)
    desk.together(ev.SwitchLost())
    desk.wait(59)
    assert desk.acd.contact("c1") is not None
    desk.wait(1)
    desk.expect("release c1: switch_lost")
    ended = desk.ending("c1")
    assert (ended.outcome, ended.waited_s, ended.talked_s) == (story.Outcome.LOST, 62, 10)


def test_a_line_caller_who_hangs_up_while_away_gave_up() -> None:
    desk = Desk("ann")
    desk.caller("c1", returns=True)
    desk.together(ev.SwitchLost())
    desk.hangs_up("c1")
    assert desk.ending("c1").outcome is story.Outcome.ABANDONED


def test_a_second_loss_of_the_switch_does_not_extend_the_absence() -> None:
    desk = Desk("ann")
    desk.caller("c1", returns=True)
    desk.together(ev.SwitchLost())
    desk.wait(30)
    desk.together(ev.SwitchLost())
    desk.wait(30)
    desk.expect("release c1: switch_lost")


def test_a_returned_caller_nobody_knows_is_hung_up_and_not_forgotten() -> None:
    desk = Desk("ann")
    desk.together(ev.CallerReturned("ghost"))
    desk.expect("release ghost: unknown")


def test_a_caller_who_returns_before_the_loss_was_noticed_is_put_back_too() -> None:
    desk = talking("ann", "bob", returns=True)
    desk.together(ev.CallerReturned("c1"))
    desk.expect("stop ann: caller_gone", "hold c1", "ring bob for c1")
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP


def test_a_message_interrupted_by_the_loss_of_the_switch_was_the_end() -> None:
    desk = Desk("ann", wait_without_agents=False)
    desk.caller("c1", returns=True)
    desk.together(ev.SwitchLost())
    assert desk.ending("c1").outcome is story.Outcome.DISMISSED


def test_wrap_up_and_the_prompt_outlive_the_switch() -> None:
    desk = talking("ann", "bob")
    desk.leaves("ann")
    desk.caller("c2")
    desk.rejects("bob")
    desk.together(ev.SwitchLost())
    assert (desk.status("ann"), desk.status("bob")) == (Status.WRAP_UP, Status.OFF_PROMPT)


def test_off_after_the_call_is_kept_when_a_fault_ends_the_call() -> None:
    desk = talking("ann")
    desk.off("ann")
    desk.together(ev.SwitchLost())
    assert desk.status("ann") is Status.OFF


def test_a30_a_restart_with_everything_alive_changes_nothing_but_says_the_music_again() -> None:
    desk = talking("ann")
    desk.together(arrives("c2"), arrives("c3"))
    before = desk.acd.view(desk.now)
    desk.together(ev.Restarted(offers=("o1",)))
    desk.expect("hold c2", "hold c3")
    after = desk.acd.view(desk.now)
    assert (after.agents, after.waiting, after.calls) == (before.agents, before.waiting, before.calls)


def test_a30_an_offer_that_died_meanwhile_is_nobodys_fault_and_the_caller_keeps_the_place() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann")
    desk.caller("c1")
    desk.together(ev.Restarted())
    desk.expect("stop ann: restart", "hold c1", "ring ann for c1")
    assert desk.agent("ann").prompt == ""


def test_a30_a_conversation_that_ended_meanwhile_is_over_without_wrap_up() -> None:
    desk = talking("ann")
    desk.together(ev.Restarted())
    desk.expect("release c1: agent_left")
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.ending("c1").outcome is story.Outcome.ANSWERED


def test_a30_a_leg_the_office_no_longer_wants_is_hung_up() -> None:
    desk = Desk("ann")
    desk.together(ev.Restarted(offers=("o9",)))
    desk.expect("stop o9: restart")


def test_a30_an_answer_whose_order_to_connect_may_be_lost_is_connected_again() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.picks_up("ann")
    desk.together(ev.Restarted(offers=("o1",)))
    desk.expect("connect c1 with ann")


def test_a30_own_calls_live_on_exactly_when_they_are_named() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.dials("ann", "leg-a")
    desk.dials("bob", "leg-b")
    desk.together(ev.Restarted(legs=("leg-a",)))
    assert (desk.status("ann"), desk.status("bob")) == (Status.ON_CALL, Status.AVAILABLE)


def test_t_bridge_an_answer_without_sound_is_an_unreachable_phone() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.caller("c1")
    desk.picks_up("ann")
    desk.wait(2.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("stop ann: no_media", "hold c1", "ring bob for c1")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.UNREACHABLE, "")
    desk.together(ev.Bridged("c1", "o1"))
    desk.expect()
    assert desk.told(story.ContactAnswered) == []


def test_an_agent_who_hangs_up_before_the_sound_is_not_rung_again_at_once() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.picks_up("ann")
    desk.leaves("ann")
    desk.expect("hold c1")
    assert desk.status("ann") is Status.AVAILABLE
    desk.wait(2)
    desk.expect("ring ann for c1")
    desk.picks_up("ann")
    desk.expect("connect c1 with ann", "record c1 as rc1-2")


def test_i17_a_leg_we_hung_up_and_heard_nothing_of_is_down_after_two_seconds() -> None:
    desk = talking("ann")
    desk.hangs_up("c1")
    desk.expect("stop ann: caller_gone")
    assert desk.status("ann") is Status.ON_CALL
    desk.wait(2)
    assert desk.status("ann") is Status.WRAP_UP


def test_an_offer_leg_that_dies_without_a_word_is_an_unreachable_phone() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.leaves("ann")
    assert desk.status("ann") is Status.UNREACHABLE


def test_the_call_record_adds_up_and_names_the_agent() -> None:
    desk = talking("ann")
    desk.leaves("ann")
    assert desk.ending("c1") == story.ContactEnded(
        desk.now, "c1", "sales", story.Outcome.ANSWERED, "agent_left", 2, 10, "ann"
    )
    assert desk.told(story.OfferEnded) == [
        story.OfferEnded(1002, "o1", "c1", "ann", "sales", story.OfferOutcome.ACCEPTED, "", 2)
    ]


def test_a_reboot_begins_the_clock_anew_and_no_duration_changes() -> None:
    """I-15: durations are monotonic."""
    desk = talking("ann", returns=True)
    desk.caller("c2", returns=True)
    desk.together(ev.SwitchLost())
    state = copy_of(desk.acd.state)
    rebooted = Acd(state)
    said = rebooted.handle_batch((ev.CallerReturned("c1"), ev.CallerReturned("c2")), 5.0)
    assert [w.contact for w in rebooted.view(5.0).waiting] == ["c1", "c2"]
    assert 5.0 - rebooted.view(5.0).waiting[0].since == 12.0
    assert len(said) == 3
    assert rebooted.next_deadline() == 5.0 + 20.0  # ann rings for c1


def test_a_reboot_keeps_what_is_left_of_the_grace() -> None:
    desk = Desk("ann", no_agent_s=20)
    desk.caller("c1")
    desk.wait(5)
    desk.caller("c2")
    desk.ready("ann")
    desk.off("ann")  # now the grace of both counts from here
    desk.wait(5)
    desk.together(ev.Ticked())  # the last the journal knows of
    rebooted = Acd(copy_of(desk.acd.state))
    rebooted.handle(ev.Restarted(), 1.0)
    assert rebooted.next_deadline() == 1.0 + 15.0


def test_moving_the_clock_there_and_back_is_the_identity() -> None:
    desk = talking("ann", "bob", "cay", returns=True)
    desk.caller("c2")
    desk.rejects("bob")
    desk.loses_phone("cay")
    desk.off("cay")
    desk.together(ev.SwitchLost())
    moved = copy_of(desk.acd.state)
    clock.move_stamps(moved, -512.0)
    assert moved != desk.acd.state
    clock.move_stamps(moved, 512.0)
    assert moved == desk.acd.state


def test_a_batch_of_nothing_is_no_batch() -> None:
    desk = Desk("ann")
    before = copy_of(desk.acd.state)
    assert desk.acd.handle_batch((), desk.now + 5) == []
    assert desk.acd.state == before


def test_an_event_for_something_that_is_over_or_never_was_changes_nothing() -> None:
    """I-16, D-05: it is over."""
    desk = talking("ann")
    desk.leaves("ann")
    before = copy_of(desk.acd.state)
    late = (
        ev.OfferRejected("o1"), ev.OfferTimedOut("o1"), ev.OfferBusy("o1"), ev.OfferUnreachable("o1"),
        ev.OfferLegEnded("o1"), ev.Bridged("c1", "o1"), ev.CallerHungUp("c1"), ev.OfferAlerted("o1"),
        ev.RecordingBegan("c1", "rc1-1"), ev.RecordingEnded("c1", "rc1-1"), ev.LegEnded("ann", "no"), ev.Ticked(),
    )  # fmt: skip
    assert desk.together(*late) == []
    after = copy_of(desk.acd.state)
    after.seq = before.seq
    assert after == before


def test_a_caller_told_twice_has_one_place() -> None:
    desk = Desk("ann")
    desk.caller("c1")
    desk.wait(3)
    desk.caller("c1")
    desk.expect()
    assert desk.waiting() == ["c1"]
    assert desk.acd.state.arrivals == 1
