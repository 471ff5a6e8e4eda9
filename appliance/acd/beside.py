"""Events beside a conversation, each to its rule: recording, supervisors (§3.11, §3.14)."""

from typing import assert_never

from appliance.acd import coaching, recording
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
        case _:
            assert_never(event)
