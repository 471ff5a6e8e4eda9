"""What ends when a supervisor takes a call over or does not come, to the letter: F-37, U-08, R-36."""

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.talk import Mode
from tests.acd.test_coaching import EVE, GUS, asks, coached, talking


def test_u08_when_nobody_picks_up_the_phone_in_time_the_next_supervisor_is_rung() -> None:
    desk = talking(GUS, EVE)
    desk.together(ev.HelpAsked("ann", "button"))
    desk.wait(20)
    desk.expect("drop k1: no_answer", "ring eve at 201 as k2 to help ann")


def test_a_supervisor_who_asked_to_listen_and_does_not_pick_up_is_followed_by_nobody() -> None:
    desk = talking(GUS, EVE)
    asks(desk, "gus")
    desk.wait(20)
    desk.expect("drop k1: no_answer")


def test_u08_nobody_is_rung_to_help_with_a_call_that_ended_in_the_same_moment() -> None:
    desk = talking(GUS, EVE)
    desk.together(ev.HelpAsked("ann", "button"))
    desk.now += 20
    desk.together(ev.CallerHungUp("c1"), ev.Ticked())
    desk.expect("stop ann: caller_gone", "drop k1: no_answer")


def test_r36_a_coach_who_is_asked_to_take_the_call_keeps_the_mode_until_it_is_taken() -> None:
    desk = coached(Mode.LISTEN)
    desk.leaves("ann")
    desk.together(ev.CoachModeAsked("k1", Mode.BARGE))
    desk.expect()
    assert desk.acd.state.coaches["k1"].mode is Mode.LISTEN


def test_f37_who_takes_a_held_caller_over_ends_the_hold() -> None:
    """M-10: a hold that went on would count, and remind an agent who has the call no more."""
    desk = coached()
    desk.holds("ann")
    desk.wait(7)
    desk.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    assert [fact.held_s for fact in desk.told(story.CallerTakenBack)] == [7.0]  # type: ignore[attr-defined]
    desk.wait(600)
    assert desk.told(story.HeldLong) == []


def test_i13_after_a_take_over_nothing_is_shown_as_recorded_before_the_new_recorder_runs() -> None:
    desk = coached(record=True)
    desk.together(ev.RecordingBegan("c1", "rc1-1"))
    assert desk.acd.state.contacts["c1"].is_recording
    desk.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    assert not desk.acd.state.contacts["c1"].is_recording
    desk.together(ev.RecordingBegan("c1", "rc1-2"))
    assert desk.acd.state.contacts["c1"].is_recording
