"""Callers sent on to a person of the office or to a number outside (§3.6): dialled, bridged, or passed over.

The leg is named after the contact and the hop, so that the same order dials once and a restart finds it again. Until
somebody answers, a caller who was not answered yet hears it ring.
"""

import logging
from typing import Final

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.chains import Kind
from appliance.acd.engine import Acd
from appliance.acd.model import Contact, ContactState
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.own_calls import OwnCalls
from appliance.desk.routing import Refusal, emergency_number, masked
from appliance.desk.settings import DeskSettings
from appliance.desk.ways_out import Outgoing, WaysOut
from appliance.wire import LegState

logger = logging.getLogger(__name__)

KINDS: Final = (Kind.USER, Kind.EXTERNAL)
ALERT_S: Final = 4.0
_PREFIX: Final = "to-"


class SendOn:
    """Who is being rung for whom. `post` tells the core, `say` the switch."""

    def __init__(
        self,
        settings: DeskSettings,
        acd: Acd,
        legs: Legs,
        post: Post,
        say: Say,
        own_calls: OwnCalls,
        ways_out: WaysOut,
    ) -> None:
        self._settings, self._acd, self._legs, self._post, self._say = settings, acd, legs, post, say
        self._own_calls, self._ways_out = own_calls, ways_out
        self._ringing: dict[str, str] = {}

    def send(self, order: do.SendCaller) -> None:
        """Ring whom the order names, the caller hearing it ring; what cannot be is told at once."""
        caller = self._legs.leg_of(order.contact)
        contact = self._acd.contact(order.contact)
        if not caller or contact is None:
            return  # hung up in the same moment
        self._say(wire.Ring(caller, order.contact))
        leg = _leg_name(order.contact, order.hop)
        why = self._ring(leg, order, contact)
        if why:
            logger.info("Contact %s cannot be sent to %s %s: %s", order.contact, order.kind.value, order.to, why)
            self._post(ev.CouldNotSend(order.contact, order.hop, why))
        else:
            self._ringing[order.contact] = leg

    def take_back(self, contact: str) -> None:
        """The core has gone on with this contact, or the caller hung up: whoever is still rung for it is not any more.

        Who talks already is left alone: the end of a conversation is the switch's.
        """
        if leg := self._ringing.pop(contact, ""):
            self._say(wire.Hangup(leg))

    def answered(self, leg: str) -> None:
        """Somebody took the call."""
        contact, hop = _parts(leg)
        if self._ringing.get(contact) != leg:
            if contact:
                self._say(wire.Hangup(leg))  # late: the caller went on
            return
        del self._ringing[contact]
        self._say(wire.Bridge(self._legs.leg_of(contact), leg))
        self._post(ev.SentOn(contact, hop))

    def ended(self, event: wire.Ended) -> None:
        """Whoever was rung did not take it."""
        contact, hop = _parts(event.leg)
        if contact and self._ringing.get(contact) == event.leg:
            del self._ringing[contact]
            self._post(ev.CouldNotSend(contact, hop, event.cause.value))

    def found(self, leg: wire.Leg) -> bool:
        """A leg of a snapshot: whether it is one of ours that still matters; it is taken up where it is."""
        name, hop = _parts(leg.leg)
        contact = self._acd.contact(name) if name else None
        if contact is None or contact.state is not ContactState.FALLBACK or contact.hops != hop:
            return False
        self._own_calls.started(_phone_in(leg), leg.leg, outbound=False)
        if contact.is_taken or leg.peer:
            if not contact.is_taken:
                self._post(ev.SentOn(name, hop))
            return True
        self._ringing[name] = leg.leg
        if leg.state is LegState.UP:
            self.answered(leg.leg)
        return True

    def forget_all(self) -> None:
        """The switch died."""
        self._ringing.clear()

    def _ring(self, leg: str, order: do.SendCaller, contact: Contact) -> str:
        """Dial; returns why not, "" when it was done."""
        if order.kind is Kind.EXTERNAL:
            if emergency_number(order.to, self._settings):
                return "the box never calls an emergency number for a caller"
            who = f"contact {order.contact}"
            way = self._ways_out.dial(
                Outgoing(leg, order.to, who, self._shown(contact), contact.name, contact=order.contact)
            )
            return way.sentence if isinstance(way, Refusal) else ""
        phone = self._phone_of(order.to)
        if not phone:
            return f"there is no phone {order.to!r}"
        logger.info("Contact %s (%s) is sent to phone %s", order.contact, masked(contact.number), phone)
        self._own_calls.started(phone, leg, outbound=False)
        uri = f"sip:{phone}@{self._settings.realm}"
        shown = contact.name or contact.number
        self._say(wire.Dial(leg, uri, contact.number, shown, order.ring_s, ALERT_S, order.contact))
        return ""

    def _phone_of(self, name: str) -> str:
        """The phone with this number, or the one of the agent with this id."""
        phones = {phone.number: phone.number for phone in self._settings.phones}
        agents = {agent.agent: agent.phone for agent in self._settings.office.agents}
        return phones.get(name) or agents.get(name, "")

    def _shown(self, contact: Contact) -> str:
        return next((queue.number for queue in self._settings.office.queues if queue.queue == contact.queue), "")


def _leg_name(contact: str, hop: int) -> str:
    return f"{_PREFIX}{contact}-{hop}"


def _parts(leg: str) -> tuple[str, int]:
    """Contact and hop in the name of a leg of ours, ("", 0) in any other."""
    contact, _, hop = leg.removeprefix(_PREFIX).rpartition("-")
    return (contact, int(hop)) if leg.startswith(_PREFIX) and contact and hop.isdecimal() else ("", 0)


def _phone_in(leg: wire.Leg) -> str:
    return leg.called.removeprefix("sip:").partition("@")[0]
