"""Events beside and after a conversation, each to its rule: recording, supervisors, notes (§3.11, §3.14)."""

from typing import assert_never

from appliance.acd import after_call, coaching, recording
from appliance.acd import talk_events as ev
from appliance.acd.office import Office


def hear(office: Office, event: ev.TalkEvent) -> None:
    """Something happened beside a conversation; what names nobody who talks means nothing."""
    match event:
        case ev.RecordingPauseAsked():
            recording.pause_asked(office, event)
        case ev.CoachAsked():
            coaching.asked(office, event)
        case ev.CoachAnswered(coach):
            coaching.answered(office, coach)
        case ev.CoachModeAsked(coach, mode):
            coaching.change_mode(office, coach, mode)
        case ev.CoachLeft(coach):
            coaching.left(office, coach)
        case ev.HelpAsked():
            coaching.help_asked(office, event)
        case ev.WrapUpExtensionAsked(agent):
            after_call.extend_wrap_up(office, agent)
        case ev.CallNoted():
            after_call.noted(office, event)
        case ev.CallCoded():
            after_call.coded(office, event)
        case ev.NextCallWanted(agent, actor):
            after_call.take_next(office, agent, actor)
        case ev.CallAssigned():
            after_call.assign(office, event)
        case _:
            assert_never(event)
