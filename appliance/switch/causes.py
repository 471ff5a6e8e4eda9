"""From SIP answers to the causes of the seam (appliance.wire.EndCause)."""

from typing import Final

from appliance.switch.legs import LiveLeg
from appliance.wire import EndCause, LegState, Origin

_BUSY = (486, 600)

ELSEWHERE: Final = "Call completed elsewhere"
REASON: Final = {"Reason": f'SIP;cause=200;text="{ELSEWHERE}"'}
"""Said with a CANCEL: the phone notes no missed call."""


def of_refusal(code: int, alerted: bool) -> EndCause:
    """Why a call we dialled was refused with the final answer `code`, having rung (`alerted`) or not."""
    if code < 300:
        return EndCause.FAULT  # answered, and then no audio could be agreed on
    if code in _BUSY:
        return EndCause.BUSY
    if code == 603:
        return EndCause.REJECTED
    if code == 408 and alerted:
        return EndCause.NO_ANSWER  # the edge's own patience ended before ours
    if code < 400 or not alerted or code in (408, 503):
        return EndCause.UNREACHABLE  # 3xx too: where a call goes is not for a phone to say
    return EndCause.REJECTED


def of_far_end(leg: LiveLeg, code: int) -> EndCause:
    """Why a leg is over that the far side ended: a refusal, a fault before there was audio, or a hang-up."""
    if leg.origin is Origin.DIALLED and not leg.accepted:
        return of_refusal(code, leg.state is LegState.RINGING)
    return EndCause.FAULT if leg.accepted and leg.state is not LegState.UP else EndCause.FAR
