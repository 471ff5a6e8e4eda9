"""What of a conversation is recorded, told and paused: S-07 to S-09, R-37, §3.11."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.settings import Consent, QueueSettings
from tests.acd.desk import Desk


def talking(*, may_pause: bool = True, **queue: object) -> Desk:
    """Ann talks with c1, and the recorder writes."""
    desk = Desk("ann", "bob", pause_recording=may_pause, wrap_up_s=0, **queue)  # type: ignore[arg-type]
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.together(ev.RecordingBegan("c1", "rc1-1"))
    return desk


def pauses(desk: Desk, paused: bool | None = None, agent: str = "ann") -> None:
    desk.together(ev.RecordingPauseAsked(agent, agent, paused))


def ended(desk: Desk) -> list[tuple[str, str, float]]:
    facts = desk.told(story.RecordingResumed)
    return [(fact.actor, fact.why, fact.lasted_s) for fact in facts if isinstance(fact, story.RecordingResumed)]


def test_s07_when_the_recorder_fails_the_indicator_goes_at_once_and_it_is_said_why() -> None:
    """I-13: and not a moment longer."""
    desk = talking()
    pauses(desk)
    desk.together(ev.RecordingEnded("c1", "rc1-1"))
    ann = desk.agent("ann")
    assert (ann.recording, ann.paused, ann.may_pause, ann.unrecorded) == (False, False, False, "failed")
    assert ended(desk) == [("", "failed", 0.0)]
    pauses(desk)
    desk.expect("tell ann not_permitted")


def test_s09_where_the_queue_does_not_record_it_is_said() -> None:
    desk = Desk("ann", record=False)
    desk.ready("ann")
    desk.caller("c1")
    desk.picks_up("ann")
    desk.expect("connect c1 with ann")
    desk.together(ev.Bridged("c1", desk.last_offer["ann"]))
    assert desk.agent("ann").unrecorded == "off"
    assert not desk.acd.view(desk.now).calls[0].is_recorded


def test_s08_without_permission_nothing_is_paused_and_the_agent_hears_so() -> None:
    desk = talking(may_pause=False)
    assert not desk.agent("ann").may_pause
    pauses(desk)
    desk.expect("tell ann not_permitted")
    assert desk.agent("ann").recording


def test_s08_a_pause_is_silence_on_the_disk_and_is_told_to_the_agent_alone() -> None:
    desk = talking()
    assert desk.agent("ann").may_pause
    pauses(desk)
    desk.expect("pause rc1-1", "tell ann recording_paused")
    ann = desk.agent("ann")
    assert (ann.recording, ann.paused, ann.pause_until) == (False, True, desk.now + 120)
    desk.now += 7
    pauses(desk)
    desk.expect("record rc1-1 on", "tell ann recording_resumed")
    assert desk.agent("ann").recording
    assert [type(fact).__name__ for fact in desk.told(story.RecordingPaused)] == ["RecordingPaused"]
    assert ended(desk) == [("ann", "person", 7.0)]


def test_u05_a_key_that_is_held_pauses_and_released_goes_on_however_often_it_says_so() -> None:
    desk = talking()
    for paused, said in ((True, 2), (True, 0), (False, 2), (False, 0)):
        pauses(desk, paused)
        assert len(desk.said) == said


def test_t_recpause_a_forgotten_pause_ends_after_a_warning() -> None:
    """T-recpause, S-08: warned at -10 s, never silently forgotten."""
    desk = talking(pause_s=60)
    pauses(desk)
    desk.wait(49.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("tell ann recording_goes_on_soon")
    desk.wait(9.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("record rc1-1 on", "tell ann recording_resumed")
    assert ended(desk) == [("", "time", 60.0)]
    desk.wait(200)
    desk.expect()


def test_a_pause_shorter_than_its_warning_is_warned_of_at_once() -> None:
    desk = talking(pause_s=5)
    pauses(desk)
    desk.wait(0)
    desk.expect("tell ann recording_goes_on_soon")
    desk.wait(5)
    desk.expect("record rc1-1 on", "tell ann recording_resumed")


def test_pausing_again_has_its_whole_time_and_the_old_end_means_nothing() -> None:
    """I-16: a stale timer never changes the state."""
    desk = talking()
    pauses(desk)
    desk.wait(100)
    pauses(desk)
    pauses(desk)
    desk.wait(109)
    assert desk.agent("ann").paused
    desk.wait(11)
    assert desk.agent("ann").recording
    assert len(desk.told(story.RecordingPaused)) == 2


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("pause_first", [True, False])
def test_r37_pause_and_hang_up_in_either_order_end_the_call_once(pause_first: bool, batched: bool) -> None:
    desk = talking()
    events = [ev.RecordingPauseAsked("ann", "ann"), ev.CallerHungUp("c1")]
    events = events if pause_first else events[::-1]
    if batched:
        desk.together(*events)
    else:
        for event in events:
            desk.together(event)
    assert ended(desk) == ([("", "ended", 0.0)] if pause_first else [])
    assert desk.ending("c1").outcome is story.Outcome.ANSWERED
    assert desk.acd.next_deadline() is not None  # the agent's leg, nothing of the pause
    desk.wait(300)
    assert desk.acd.next_deadline() is None


def test_r37_a_pause_goes_with_the_caller_and_the_next_recording_is_silent_until_its_end() -> None:
    """R-37: private across a transfer until T-recpause, never resumed silently."""
    desk = talking()
    pauses(desk)
    desk.wait(20)
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.together(ev.RecordingEnded("c1", "rc1-1"))
    desk.picks_up("bob")
    desk.expect("connect c1 with bob", "record c1 as rc1-2", "pause rc1-2")
    desk.hear_each_other("c1")
    desk.together(ev.RecordingBegan("c1", "rc1-2"))
    assert desk.agent("bob").paused
    desk.wait(89)
    desk.expect()
    desk.wait(11)
    assert desk.said == ["tell bob recording_goes_on_soon", "record rc1-2 on", "tell bob recording_resumed"]
    assert ended(desk) == [("", "time", 120.0)]


def test_r37_a_pause_runs_on_while_the_caller_is_held() -> None:
    desk = talking()
    pauses(desk)
    desk.holds("ann")
    desk.wait(100)
    assert desk.agent("ann").paused
    desk.holds("ann", is_held=False)
    desk.wait(20)
    assert desk.agent("ann").recording
    assert ended(desk) == [("", "time", 120.0)]


def test_somebody_without_a_conversation_pauses_nothing() -> None:
    desk = talking()
    pauses(desk, agent="bob")
    desk.expect()
    pauses(desk, agent="nobody")
    desk.expect()


def test_the_notice_is_said_to_who_waits_before_anything_else() -> None:
    """§3.11: before the first human hears the caller."""
    sales = QueueSettings("sales", "Sales", "1", ("ann",), consent=Consent.NOTICE)
    desk = Desk("ann", queues=[sales])
    desk.ready("ann")
    desk.dials("ann")
    desk.caller("c1")
    desk.expect("hold c1", "tell c1 recording_notice")
    desk.ends_leg("ann")
    desk.talks("ann")
    desk.expect()


def test_the_notice_is_said_to_who_was_put_through_at_once_as_they_begin_to_talk() -> None:
    """§3.11, I-12: it does not delay the voices."""
    sales = QueueSettings("sales", "Sales", "1", ("ann",), consent=Consent.NOTICE)
    desk = Desk("ann", queues=[sales])
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.expect("tell talking c1 recording_notice")


def test_no_notice_where_nothing_is_recorded() -> None:
    sales = QueueSettings("sales", "Sales", "1", ("ann",), record=False, consent=Consent.NOTICE)
    desk = Desk("ann", queues=[sales])
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.expect()


def test_the_notice_is_said_once_also_to_who_is_passed_on_to_another_agent() -> None:
    desk = Desk("ann", "bob", wrap_up_s=0, consent=Consent.NOTICE)
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.expect("tell talking c1 recording_notice")
    desk.passes("ann", "bob")
    desk.picks_up("bob")
    desk.hear_each_other("c1")
    desk.expect()
