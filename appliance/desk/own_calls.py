"""Calls that are no queue's: a phone to a phone, a phone to the outside. Two legs, the second dialled by us.

The core hears of them only what it needs: that an agent's phone is in use (A-03, A-12, A-24).
"""

import logging
from dataclasses import dataclass
from typing import Final

from appliance import wire
from appliance.acd import events as ev
from appliance.desk.legs import Legs, Post, Say, attempt_of, second_leg
from appliance.desk.routing import Refusal, ToOutside, ToPhone
from appliance.desk.settings import DeskSettings
from appliance.desk.ways_out import Outgoing, WaysOut
from appliance.wire import EndCause, LegState

logger = logging.getLogger(__name__)

RING_S: Final = 60.0
PHONE_ALERT_S: Final = 8.0

_CODES: Final = {
    EndCause.BUSY: 486,
    EndCause.REJECTED: 603,
    EndCause.NO_ANSWER: 480,
    EndCause.UNREACHABLE: 480,
}
_NOT_CARRIED: Final = frozenset({EndCause.UNREACHABLE, EndCause.CAPACITY, EndCause.FAULT})
"""The way did not carry the call; the far end was not asked yet: the next way may."""


@dataclass(slots=True)
class OwnCall:
    """One such call: the phone's leg and the one we dialled, by the `attempt`th way out."""

    first: str
    second: str
    to: str = ""
    is_up: bool = False
    outside: wire.Incoming | None = None
    attempt: int = 1
    not_by: frozenset[str] = frozenset()


class OwnCalls:
    """All of them."""

    def __init__(self, settings: DeskSettings, legs: Legs, post: Post, say: Say, ways_out: WaysOut) -> None:
        self._settings, self._legs, self._post, self._say = settings, legs, post, say
        self.ways_out = ways_out
        self._calls: dict[str, OwnCall] = {}

    def begin(self, call: wire.Incoming, to: ToPhone | ToOutside) -> None:
        """Dial the other side for a phone that called it."""
        own = OwnCall(call.leg, second_leg(call.leg), call.called)
        if isinstance(to, ToPhone):
            self._add(own)
            self.started(call.origin_id, call.leg, outbound=True)
            self.started(to.number, own.second, outbound=False)
            uri = f"sip:{to.number}@{self._settings.realm}"
            self._say(wire.Dial(own.second, uri, call.number, call.name, RING_S, PHONE_ALERT_S))
        else:
            own.outside = call
            refusal = self._try_way(own)
            if refusal is None:
                self.started(call.origin_id, call.leg, outbound=True)
            else:
                self._refuse(call.leg, refusal)

    def _try_way(self, own: OwnCall) -> Refusal | None:
        """Have the call dialled by the first way that is free and was not tried; None when that was done."""
        call = own.outside
        assert call is not None
        who = f"phone {call.origin_id}"
        way = self.ways_out.dial(Outgoing(own.second, call.called, who, call.number, call.name, not_by=own.not_by))
        if isinstance(way, Refusal):
            return way
        own.not_by |= {way.by}
        self._add(own)
        if way.is_emergency:
            self._post(ev.EmergencyPlaced(way.by, call.origin_id, way.number))
        return None

    def _refuse(self, leg: str, refusal: Refusal) -> None:
        level = logging.ERROR if refusal.is_grave else logging.WARNING
        logger.log(level, "Refused (%d): %s", refusal.code, refusal.sentence)
        self._say(wire.Hangup(leg, refusal.code))

    def started(self, phone: str, leg: str, *, outbound: bool) -> None:
        """If the phone is an agent's, the agent has a call of their own now."""
        if agent := self._agent_at(phone):
            self._legs.agents[leg] = agent
            self._post(ev.LegStarted(agent, leg, outbound))

    def connected(self, leg: str) -> None:
        """The leg talks."""
        if agent := self._legs.agents.get(leg, ""):
            self._post(ev.LegConnected(agent, leg))

    def alerted(self, leg: str) -> None:
        """The other side rings: let the phone hear it."""
        if (call := self._calls.get(leg)) is not None and leg == call.second:
            self._say(wire.Ring(call.first, hears=call.second if call.outside is not None else ""))

    def answered(self, leg: str) -> None:
        """The other side answered: connect them."""
        if (call := self._calls.get(leg)) is not None and leg == call.second:
            self._say(wire.Bridge(call.first, call.second))

    def bridged(self, leg: str) -> None:
        """They talk."""
        if (call := self._calls.get(leg)) is not None:
            call.is_up = True

    def give_up(self, first: str) -> OwnCall | None:
        """The call that the phone on leg `first` began, which from now on is somebody else's to end; None without."""
        call = self._calls.pop(first, None)
        if call is None or call.first != first:
            return None
        self._calls.pop(call.second, None)
        self._legs.agents.pop(call.second, None)
        return call

    def take_back(self, call: OwnCall) -> None:
        """What was given up is the phone's own call again."""
        self._add(call)
        if agent := self._agent_at(call.to):
            self._legs.agents[call.second] = agent

    def _agent_at(self, phone: str) -> str:
        return next((one.agent for one in self._settings.office.agents if one.phone == phone), "")

    def ended(self, event: wire.Ended) -> None:
        """One side is gone; before they talked the other one is told why (afterwards the switch ends it by itself)."""
        if agent := self._legs.agents.pop(event.leg, ""):
            self._post(ev.LegEnded(agent, event.leg))
        call = self._calls.pop(event.leg, None)
        if call is None or call.is_up:
            return
        if event.leg == call.first:
            self._say(wire.Hangup(call.second))
        elif call.outside is None or event.cause not in _NOT_CARRIED or not self._goes_on(call):
            self._say(wire.Hangup(call.first, _code(event, is_outside=call.outside is not None)))

    def _goes_on(self, call: OwnCall) -> bool:
        """The way did not carry the call: try the next one."""
        call.attempt += 1
        call.second = second_leg(call.first, call.attempt)
        return self._try_way(call) is None

    def found(self, first: wire.Leg, second: wire.Leg) -> None:
        """A call from before the desk's restart: take it up where it is."""
        call = OwnCall(first.leg, second.leg, first.called, is_up=second.peer == first.leg)
        if (way := self.ways_out.of(second.leg)) is not None:
            call.outside, call.attempt, call.not_by = _as_call(first), attempt_of(second.leg), frozenset({way.by})
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


def _code(event: wire.Ended, *, is_outside: bool) -> int:
    """What the phone is told: of the outside the far end's own answer, so that it plays the right tone."""
    if is_outside and 400 <= event.code < 700:
        return event.code
    return _CODES.get(event.cause, 503)


def _as_call(leg: wire.Leg) -> wire.Incoming:
    return wire.Incoming(leg.leg, leg.origin, leg.origin_id, leg.number, leg.name, leg.called, leg.since)
