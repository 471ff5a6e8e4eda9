"""Calls that come in: who vouches for them, whether there is room, and what the desk is told of them."""

import logging
import time
from collections.abc import Callable
from typing import Final

from appliance import wire
from appliance.switch import invite
from appliance.switch.facts import CallArrived
from appliance.switch.legs import Legs, LiveLeg
from appliance.switch.pjsua import UserAgent
from appliance.wire import LegState, Origin

logger = logging.getLogger(__name__)

_SPARED_PART: Final = 8  # one eighth of all slots is kept for legs to agents


def admit(
    fact: CallArrived,
    legs: Legs,
    ua: UserAgent,
    capacity: int,
    emit: Callable[[wire.Message], None],
    urgent: frozenset[str] = frozenset(),
) -> LiveLeg | None:
    """Tell the desk of a call as a new leg; None when it was refused.

    Calls to `urgent` numbers are let in as long as there is any room at all (I-18).
    """
    call = invite.read(fact.invite, fact.source)
    if call.origin is None:
        logger.warning("A call from %s was refused: neither the edge nor a line vouches for it", fact.source)
        ua.hang_up(fact.call, 403, {})
        return None
    known = legs.of_key(call.call_key, call.origin_id) if call.origin is Origin.LINE else None
    if known is not None:
        _go_on(known, fact.call, legs, ua)
        return None
    is_urgent = call.called in urgent and call.origin is Origin.PHONE
    if not is_urgent and len(legs) >= capacity - max(2, capacity // _SPARED_PART):
        logger.warning("A call from %s %s was refused: %d legs are up", call.origin.value, call.origin_id, len(legs))
        ua.hang_up(fact.call, 503, {"Retry-After": "10"})
        return None
    now = time.monotonic()
    leg = LiveLeg(
        legs.new_name("in"), fact.call, call.origin, call.origin_id, call.number, call.name, call.called, now,
        call_key=call.call_key, is_half_duplex=call.is_half_duplex,
    )  # fmt: skip
    legs.add(leg)
    who = leg.name, leg.origin, leg.origin_id, leg.number, leg.caller_name, leg.called
    emit(wire.Incoming(*who, now, leg.call_key, leg.is_half_duplex))
    return leg


def _go_on(leg: LiveLeg, call: int, legs: Legs, ua: UserAgent) -> None:
    """The same caller in another dialog: their lines process died and is back. The leg keeps its name, its peer and
    its recording; only its voice comes from elsewhere, once the new dialog has audio.
    """
    logger.warning("Leg %s goes on in another call: %s was restarted", leg.name, leg.origin_id)
    old = leg.call
    legs.carried_by(leg, call)
    ua.hang_up(old, 0, {})
    if leg.accepted:
        ua.answer(call, 200)
    elif leg.state is LegState.RINGING:
        ua.answer(call, 180)
