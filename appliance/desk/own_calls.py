"""Calls that phones make: to a phone, to the outside. Two legs, the second dialled by us.

Of a call in the house the core hears only that an agent's phone is in use (A-03, A-12, A-24); one that an agent makes
to the outside, as a queue or personally, is a contact of the core's (S-10). Emergency calls are none: they wait for
nothing and are nobody's but the caller's.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.model import Agent, Contact, ContactState
from appliance.acd.outgoing import IDENTITY_GONE, permitted
from appliance.desk.feature_codes import CALL_AS
from appliance.desk.legs import Legs, Post, Say, attempt_of, first_leg, second_leg
from appliance.desk.routing import Refusal, ToOutside, ToPhone
from appliance.desk.settings import DeskSettings
from appliance.desk.ways_out import Outgoing, Way, WaysOut
from appliance.wire import EndCause, LegState, Origin

logger = logging.getLogger(__name__)

BUSY: Final = 486
RING_S: Final = 60.0
PHONE_ALERT_S: Final = 8.0
NOBODY: Final = "nobody_available"

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
    """One such call: the phone's leg and the one we dialled, by the `attempt`th way out.

    `contact`: an agent placed it, as the queue `call_as` or personally; from the answer on it is the core's to say what
    becomes of it, as of any contact. `phone` is whose the first leg is; `is_passed`: they were passed on, by a phone
    that has left.
    """

    first: str
    second: str
    to: str = ""
    is_up: bool = False
    outside: wire.Incoming | None = None
    attempt: int = 1
    not_by: frozenset[str] = frozenset()
    contact: str = ""
    call_as: str = ""
    is_answered: bool = False
    phone: str = ""
    is_passed: bool = False


class OwnCalls:
    """All of them."""

    def __init__(self, settings: DeskSettings, acd: Acd, legs: Legs, post: Post, say: Say, ways_out: WaysOut) -> None:
        self._settings, self._acd, self._legs, self._post, self._say = settings, acd, legs, post, say
        self.ways_out = ways_out
        self._calls: dict[str, OwnCall] = {}
        self._told_first: dict[str, tuple[wire.Incoming, ToOutside]] = {}
        self._dials: dict[str, int] = {}
        """Leg that was passed on → how many legs were dialled for it before."""
        self._dismissed: set[str] = set()
        """Legs that hear that nobody is there, and are hung up then."""

    def begin(self, call: wire.Incoming, to: ToPhone | ToOutside) -> None:
        """Dial the other side for a phone that called it."""
        if isinstance(to, ToOutside):
            self._begin_outside(call, to)
            return
        own = self._begun(call, call.called)
        self._add(own)
        self.started(call.origin_id, call.leg, outbound=True)
        self.started(to.number, own.second, outbound=False)
        uri = f"sip:{to.number}@{self._settings.realm}"
        self._say(wire.Dial(own.second, uri, call.number, call.name, RING_S, PHONE_ALERT_S))

    def _begin_outside(self, call: wire.Incoming, to: ToOutside) -> None:
        """Say first what the agent must know of their identity; an emergency call waits for nothing (D-12)."""
        agent = self._acd.agent(self._agent_at(call.origin_id))
        if agent is None or to.is_emergency:
            if to.call_as and not to.is_emergency:
                self._refuse(call.leg, Refusal(403, f"phone {call.origin_id} is no agent's; it calls as no queue"))
            else:
                self._place(call, to, self._begun(call, to.number, outside=call))
        elif agent.call_notice == IDENTITY_GONE and to.call_as is None:
            self._told_first[call.leg] = (call, to)
            self._say(wire.Play(call.leg, (IDENTITY_GONE,), then_silence=True))
        else:
            self._begin_as(agent, call, to)

    def prompt_over(self, leg: str) -> None:
        """The agent has heard that the call goes out personally: dial it. Or that nobody is there."""
        if leg in self._dismissed:
            self._say(wire.Hangup(leg))
        call, to = self._told_first.pop(leg, (None, None))
        agent = self._acd.agent(self._agent_at(call.origin_id)) if call is not None else None
        if call is not None and to is not None and agent is not None:
            self._begin_as(agent, call, to)

    def _begin_as(self, agent: Agent, call: wire.Incoming, to: ToOutside) -> None:
        """A call of an agent, as the queue chosen for it or remembered; the choice is remembered as well (S-10)."""
        name, call_as = agent.settings.agent, agent.calls_as if to.call_as is None else to.call_as
        if call_as and call_as not in permitted(self._acd.state, name):
            self._refuse(call.leg, Refusal(403, f"{name} may not call as queue {call_as}, whose agents may"))
            return
        if call_as != agent.calls_as:
            self._post(ev.IdentityChosen(name, call_as, CALL_AS))
        own = self._begun(call, to.number, outside=call)
        own.contact, own.call_as = self._legs.contact_for(call), call_as
        self._place(call, to, own)

    def _begun(self, call: wire.Incoming, to: str, outside: wire.Incoming | None = None) -> OwnCall:
        """A call that is not dialled yet; for a leg that was passed on it is not the first one."""
        before = self._dials.pop(call.leg, None)
        attempt = 1 if before is None else before + 1
        own = OwnCall(call.leg, second_leg(call.leg, attempt), to, outside=outside, attempt=attempt)
        own.phone, own.is_passed = call.origin_id, before is not None
        return own

    def _place(self, call: wire.Incoming, to: ToOutside, own: OwnCall) -> None:
        way, agent = self._try_way(own), self._agent_at(call.origin_id)
        if isinstance(way, Refusal):
            if own.contact and way.code == BUSY:
                self._post(ev.CallNotPlaced(own.contact, agent, to.number, own.call_as))
            self._refuse(call.leg, way)
        elif own.contact:
            self._post(ev.CallPlaced(own.contact, agent, call.leg, to.number, own.call_as, way.by))
        else:
            self.started(call.origin_id, call.leg, outbound=True)

    def _try_way(self, own: OwnCall) -> Way | Refusal:
        """Have the call dialled by the first way that is free and was not tried."""
        call = own.outside
        assert call is not None
        way = self.ways_out.dial(
            Outgoing(
                own.second, own.to, f"phone {call.origin_id}", call.number, call.name, own.contact,
                not_by=own.not_by, call_as=own.call_as,
            )
        )  # fmt: skip
        if isinstance(way, Refusal):
            return way
        own.not_by |= {way.by}
        self._add(own)
        if way.is_emergency:
            self._post(ev.EmergencyPlaced(way.by, call.origin_id, way.number))
        return way

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

    def answered(self, leg: str, evidence: str = "") -> None:
        """The other side answered, by a line on this evidence: connect them, or let the core say when."""
        if (call := self._calls.get(leg)) is None or leg != call.second:
            return
        if call.contact:
            call.is_answered = True
            self._legs.bind(call.contact, call.second)
            self._post(ev.FarEndAnswered(call.contact, evidence))
        else:
            self._say(wire.Bridge(call.first, call.second))

    def bridged(self, leg: str) -> None:
        """They talk."""
        if (call := self._calls.get(leg)) is not None:
            call.is_up = True

    def of(self, leg: str) -> OwnCall | None:
        """The call that this leg is part of."""
        return self._calls.get(leg)

    def give_up(self, leg: str, keep: str = "") -> OwnCall | None:
        """The call of the phone on this leg, as if it had begun it; somebody else's to end from now on. None without.

        The other leg is no call of its phone's own any more, unless it is to `keep`.
        """
        call = self._calls.get(leg)
        if call is None:
            return None
        del self._calls[call.first], self._calls[call.second]
        other = call.second if leg == call.first else call.first
        if other != keep:
            self._legs.agents.pop(other, None)
        elif other == call.first:
            self._dials[other] = attempt_of(call.second)
        else:
            self._dials[other] = 0
        return call if leg == call.first else replace(call, first=leg, second=other, to=call.phone, phone=call.to)

    def join(self, leg: str, phone: str, asked: str) -> None:
        """Who is on this leg talks with whoever the phone on leg `asked` called, which has left both (R-16)."""
        left = self._calls.pop(asked)
        del self._calls[left.second]
        self._dials.pop(leg, None)
        self._add(replace(left, first=leg, phone=phone))
        self._say(wire.Bridge(leg, left.second))
        self._say(wire.Hangup(asked))

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
        self._told_first.pop(event.leg, None)
        self._dials.pop(event.leg, None)
        self._dismissed.discard(event.leg)
        call = self._calls.pop(event.leg, None)
        if call is None or call.is_up or call.is_answered:
            return
        if event.leg == call.first:
            self._say(wire.Hangup(call.second))
            self._failed(call, ev.GAVE_UP)
        elif call.outside is None or event.cause not in _NOT_CARRIED or not self._goes_on(call):
            self._tell(call, _code(event, is_outside=call.outside is not None))
            self._failed(call, event.cause.value)

    def _tell(self, call: OwnCall, code: int) -> None:
        """Nobody was reached: a phone that called plays the tone for this code, who was passed on hears it in words."""
        if call.is_passed:
            self._dismissed.add(call.first)
            self._say(wire.Play(call.first, (NOBODY,), then_silence=True))
        else:
            self._say(wire.Hangup(call.first, code))

    def _failed(self, call: OwnCall, why: str) -> None:
        if call.contact:
            self._post(ev.CallFailed(call.contact, why))

    def _goes_on(self, call: OwnCall) -> bool:
        """The way did not carry the call: try the next one."""
        call.attempt += 1
        call.second = second_leg(call.first, call.attempt)
        way = self._try_way(call)
        if isinstance(way, Way) and call.contact:
            self._post(ev.WayChanged(call.contact, way.by))
        return isinstance(way, Way)

    def found(self, first: wire.Leg, second: wire.Leg) -> None:
        """A call from before the desk's restart: take it up where it is."""
        phone = phone_of(first) if first.origin is Origin.DIALLED else first.origin_id
        call = OwnCall(first.leg, second.leg, first.called, is_up=second.peer == first.leg, phone=phone)
        call.attempt, call.is_passed = attempt_of(second.leg), first.state is LegState.UP and not call.is_up
        if (way := self.ways_out.of(second.leg)) is not None:
            call.outside, call.not_by = _as_call(first), frozenset({way.by})
        self._add(call)
        if not self._is_contact(call):
            self.started(phone, first.leg, outbound=True)
            self.started(phone_of(second), second.leg, outbound=False)
        if call.is_up:
            self.connected(first.leg)
            self.connected(second.leg)
        elif second.state is LegState.UP and not call.is_answered:
            self.answered(second.leg)
        elif second.state is LegState.RINGING:
            self.alerted(second.leg)

    def _is_contact(self, call: OwnCall) -> bool:
        """Whether the core knows this call as one that an agent placed; then what it knows is taken over."""
        contact = self.placed(call.second)
        if contact is None or contact.placed is None:
            return False
        call.contact, call.call_as, call.to = contact.contact, contact.placed.queue, contact.number
        call.is_answered = not is_dialled(contact)
        return True

    def placed(self, second: str) -> Contact | None:
        """The contact of the core that such a leg was dialled for, None when it was dialled for no agent's call."""
        contact = self._acd.contact(self._legs.contact_of_leg(first_leg(second))) if first_leg(second) else None
        return contact if contact is not None and contact.placed is not None else None

    def forget_all(self) -> None:
        """The switch died."""
        self._calls.clear()
        self._told_first.clear()
        self._dials.clear()
        self._dismissed.clear()

    def _add(self, call: OwnCall) -> None:
        self._calls[call.first] = self._calls[call.second] = call


def is_dialled(contact: Contact) -> bool:
    """Whether an agent calls them and nobody picked up yet: until then the contact is on no leg of its own."""
    return contact.state is ContactState.PLACING and not contact.prompt


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
