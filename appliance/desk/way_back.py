"""The emergency centre calls back: the phone that called it rings, and every other one with it (§3.10, D-12, R-45).

Any call on the line or trunk that carried the emergency call counts for half an hour, whoever it is from: no hours, no
queue, no menu, nobody's duty. The first who answers has the call. What of the way back must outlive the desk is in the
core's state; the legs' names say the rest.
"""

import logging
from dataclasses import dataclass, field
from typing import Final

from appliance import wire
from appliance.acd.engine import Acd
from appliance.desk.alarms import Alarms
from appliance.desk.legs import Legs, Say
from appliance.desk.own_calls import OwnCalls, phone_of
from appliance.desk.settings import DeskSettings
from appliance.wire import LegState, Origin

logger = logging.getLogger(__name__)

PREFIX: Final = "e"
RING_S: Final = 120.0
ALERT_S: Final = 8.0
SHOWN: Final = "[110/119]"
ALARM: Final = "emergency"
ELSEWHERE: Final = "Call completed elsewhere"


@dataclass(slots=True)
class _Call:
    """One such call: the centre's leg, the phones' legs, and who answered ("" nobody yet)."""

    leg: str
    ringing: set[str] = field(default_factory=set)
    answered: str = ""


class WayBack:
    """All calls of emergency centres that are not over."""

    def __init__(self, settings: DeskSettings, acd: Acd, legs: Legs, say: Say, own_calls: OwnCalls) -> None:
        self._settings, self._acd, self._legs, self._say, self._own_calls = settings, acd, legs, say, own_calls
        self._calls: dict[str, _Call] = {}

    def show(self, alarms: Alarms) -> None:
        """Say so as long as the centre may call back; called with every committed state (S-42)."""
        placed = [f"{back.number} by phone {back.phone}" for back in self._acd.state.ways_back.values()]
        if placed:
            alarms.raise_(ALARM, f"EMERGENCY CALL PLACED: {', '.join(placed)}. If they call back, every phone rings.")
        else:
            alarms.clear(ALARM)

    def is_on(self, leg: str) -> bool:
        """Whether this leg is of such a call: nothing ends it for anything else."""
        return leg in self._calls

    def takes(self, call: wire.Incoming) -> bool:
        """Whether this call is the centre's, as far as anybody can tell; then every phone rings for it."""
        if call.origin not in (Origin.LINE, Origin.TRUNK):
            return False
        back = self._acd.state.ways_back.get(call.origin_id)
        if back is None or self._acd.contact(self._legs.contact_for(call)) is not None:
            return False
        logger.warning("A call came by %s, by which phone %s called %s: it rings there", call.origin_id, back.phone,
                       back.number)  # fmt: skip
        self._ring(call, back.phone)
        return True

    def _ring(self, call: wire.Incoming, first: str) -> None:
        found = self._calls[call.leg] = _Call(call.leg)
        self._say(wire.Ring(call.leg))
        others = [phone.number for phone in self._settings.phones if phone.number != first]
        for phone in (first, *others):
            leg = f"{PREFIX}{phone}-{call.leg}"
            found.ringing.add(leg)
            self._calls[leg] = found
            self._own_calls.started(phone, leg, outbound=False)
            shown = f"{SHOWN} {call.name or call.number}"
            uri = f"sip:{phone}@{self._settings.realm}"
            self._say(wire.Dial(leg, uri, call.number, shown, RING_S, ALERT_S))

    def found(self, legs: dict[str, wire.Leg]) -> tuple[str, ...]:
        """After a restart of the desk: take such calls up where they are; returns their legs."""
        mine: list[str] = []
        for leg in legs.values():
            centre = legs.get(leg.leg.partition("-")[2]) if leg.leg.startswith(PREFIX) else None
            if centre is None or leg.origin is not Origin.DIALLED:
                continue
            call = self._calls.setdefault(centre.leg, _Call(centre.leg))
            self._calls[leg.leg] = call
            call.ringing.add(leg.leg)
            mine += [centre.leg, leg.leg]
            self._own_calls.started(phone_of(leg), leg.leg, outbound=False)
            if leg.state is LegState.UP:
                self.answered(leg.leg)
        return tuple(dict.fromkeys(mine))

    def answered(self, leg: str) -> None:
        """A phone was picked up: the first one has the call."""
        call = self._calls.get(leg)
        if call is None or leg == call.leg or call.answered:
            return
        call.answered = leg
        self._say(wire.Bridge(call.leg, leg))
        for other in sorted(call.ringing - {leg}):
            self._say(wire.Hangup(other, reason=ELSEWHERE))

    def ended(self, leg: str) -> None:
        """A leg is gone: the centre hung up, a phone said no, or they have talked."""
        call = self._calls.pop(leg, None)
        if call is None:
            return
        call.ringing.discard(leg)
        if leg == call.leg:
            for phone in sorted(call.ringing):
                self._say(wire.Hangup(phone))
        elif not call.ringing and call.leg in self._calls:
            self._say(wire.Hangup(call.leg, 480))

    def forget_all(self) -> None:
        """The switch died."""
        self._calls.clear()
