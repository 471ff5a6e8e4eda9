"""Calls that are no queue's: a phone to a phone, a phone to the outside. Two legs, the second dialled by us.

The core hears of them only what it needs: that an agent's phone is in use (A-03, A-12, A-24).
"""

import logging
from dataclasses import dataclass
from typing import Final

from appliance import wire
from appliance.acd import events as ev
from appliance.desk.legs import SECOND, Legs, Post, Say
from appliance.desk.routing import ToPhone, ToTrunk, masked
from appliance.desk.settings import DeskSettings
from appliance.wire import EndCause, LegState

logger = logging.getLogger(__name__)

RING_S: Final = 60.0
PHONE_ALERT_S: Final = 8.0
TRUNK_ALERT_S: Final = 20.0

_CODES: Final = {
    EndCause.BUSY: 486,
    EndCause.REJECTED: 603,
    EndCause.NO_ANSWER: 480,
    EndCause.UNREACHABLE: 480,
}


@dataclass(slots=True)
class OwnCall:
    """One such call: the phone's leg and the one we dialled."""

    first: str
    second: str
    is_up: bool = False


class OwnCalls:
    """All of them."""

    def __init__(self, settings: DeskSettings, legs: Legs, post: Post, say: Say) -> None:
        self._settings, self._legs, self._post, self._say = settings, legs, post, say
        self._calls: dict[str, OwnCall] = {}

    def begin(self, call: wire.Incoming, to: ToPhone | ToTrunk) -> None:
        """Dial the other side for a phone that called it."""
        second = SECOND + call.leg
        self._add(OwnCall(call.leg, second))
        self.started(call.origin_id, call.leg, outbound=True)
        if isinstance(to, ToPhone):
            self.started(to.number, second, outbound=False)
            uri, alert = f"sip:{to.number}@{self._settings.realm}", PHONE_ALERT_S
        else:
            uri, alert = f"sip:{to.number}@{to.host}", TRUNK_ALERT_S
            _log_outside(call, to)
        self._say(wire.Dial(second, uri, call.number, call.name, RING_S, alert))

    def started(self, phone: str, leg: str, *, outbound: bool) -> None:
        """If the phone is an agent's, the agent has a call of their own now."""
        agent = next((one.agent for one in self._settings.office.agents if one.phone == phone), "")
        if agent:
            self._legs.agents[leg] = agent
            self._post(ev.LegStarted(agent, leg, outbound))

    def connected(self, leg: str) -> None:
        """The leg talks."""
        if agent := self._legs.agents.get(leg, ""):
            self._post(ev.LegConnected(agent, leg))

    def alerted(self, leg: str) -> None:
        """The other side rings: let the phone hear it."""
        if (call := self._calls.get(leg)) is not None and leg == call.second:
            self._say(wire.Ring(call.first))

    def answered(self, leg: str) -> None:
        """The other side answered: connect them."""
        if (call := self._calls.get(leg)) is not None and leg == call.second:
            self._say(wire.Bridge(call.first, call.second))

    def bridged(self, leg: str) -> None:
        """They talk."""
        if (call := self._calls.get(leg)) is not None:
            call.is_up = True

    def ended(self, event: wire.Ended) -> None:
        """One side is gone; before they talked the other one is told why (afterwards the switch ends it by itself)."""
        if agent := self._legs.agents.pop(event.leg, ""):
            self._post(ev.LegEnded(agent, event.leg))
        call = self._calls.pop(event.leg, None)
        if call is None or call.is_up:
            return
        if event.leg == call.second:
            self._say(wire.Hangup(call.first, _CODES.get(event.cause, 503)))
        else:
            self._say(wire.Hangup(call.second))

    def found(self, first: wire.Leg, second: wire.Leg) -> None:
        """A call from before the desk's restart: take it up where it is."""
        call = OwnCall(first.leg, second.leg, is_up=second.peer == first.leg)
        self._add(call)
        self.started(first.origin_id, first.leg, outbound=True)
        self.started(phone_of(second), second.leg, outbound=False)
        if call.is_up:
            self.connected(first.leg)
            self.connected(second.leg)
        elif second.state is LegState.UP:
            self.answered(second.leg)
        elif second.state is LegState.RINGING:
            self.alerted(second.leg)

    def forget_all(self) -> None:
        """The switch died."""
        self._calls.clear()

    def _add(self, call: OwnCall) -> None:
        self._calls[call.first] = self._calls[call.second] = call


def phone_of(leg: wire.Leg) -> str:
    """The number in the URI that a dialled leg was sent to."""
    return leg.called.removeprefix("sip:").partition("@")[0]


def _log_outside(call: wire.Incoming, to: ToTrunk) -> None:
    if to.is_emergency:
        logger.warning("EMERGENCY CALL %s from phone %s by trunk %s", to.number, call.origin_id, to.trunk)
    else:
        logger.info("Phone %s calls %s by trunk %s", call.origin_id, masked(to.number), to.trunk)
