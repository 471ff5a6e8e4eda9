"""Callers who are passed on, between the core and the switch: the core's orders to legs, and what phones ask for.

A phone asks by REFER, the page by `Office`, keys by `desk/codes.py`; all of them become the same events. Whoever asked
by REFER is answered when the core has decided (`AnswerTransfer`); a page reads the answer from the next view.
"""

import logging
from typing import assert_never

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.chains import Kind
from appliance.acd.engine import Acd
from appliance.acd.model import Offer, Phase
from appliance.desk.codes import Again, Codes, Dialled
from appliance.desk.house_calls import HouseCalls
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.own_calls import OwnCall, OwnCalls
from appliance.desk.routing import emergency_number, masked, numbers, target
from appliance.desk.settings import DeskSettings
from appliance.desk.ways_out import Outgoing, Way

logger = logging.getLogger(__name__)

ACCEPTED, REFUSED, NOT_FOUND = 200, 403, 404


class Passing:
    """Carries out transfers. `say` tells the switch, `post` the core."""

    def __init__(
        self,
        settings: DeskSettings,
        acd: Acd,
        legs: Legs,
        post: Post,
        say: Say,
        own_calls: OwnCalls,
    ) -> None:
        self._settings, self._acd, self._legs, self._post, self._say = settings, acd, legs, post, say
        self._own_calls = own_calls
        self.house = HouseCalls(settings, say, own_calls)
        self._codes = Codes(frozenset(number for number, _ in numbers(settings)))
        self._asking: dict[str, str] = {}
        """Offer of an agent who asked by REFER and was not answered yet → the leg that asked."""
        self._joining: dict[str, OwnCall] = {}
        """Offer of such an agent → the phone's own call that is to be joined."""
        self._refused: dict[str, str] = {}
        """Offer → why its caller was not passed on, until the page has read it or the leg is gone."""
        self._dismissed: set[str] = set()
        """Legs that hear a tone and are hung up after it."""

    # --- orders of the core -------------------------------------------------------------------------------------

    def carry_out(self, order: do.TransferOrder) -> None:
        """Send what the core ordered."""
        match order:
            case do.RingTarget():
                self._ring(order)
            case do.AdoptLeg(offer, leg):
                self._legs.adopt(offer, leg)
            case do.LetConsult(source, target):
                self._say(wire.Bridge(self._legs.offer_leg(source), self._legs.offer_leg(target), ends_both=False))
            case do.StopRecording(recording):
                self._say(wire.StopRecording(recording))
            case do.DismissAgent(offer, prompt):
                self._dismiss(self._legs.offer_leg(offer), prompt)
            case do.RefuseTransfer(contact, offer, why):
                logger.warning("Contact %s is not passed on: %s", contact, why)
                self._refuse(offer, why)
            case _:
                assert_never(order)

    def released(self, offer: str) -> None:
        """The agent's leg is about to be hung up: a phone that asked for it by REFER is told that it worked."""
        self._answer(offer, ACCEPTED)
        if (own := self._joining.pop(offer, None)) is not None:
            self._say(wire.Hangup(own.first))

    def _refuse(self, offer: str, why: str) -> None:
        self._refused[offer] = why
        self._answer(offer, REFUSED)
        if (own := self._joining.pop(offer, None)) is not None:
            self._own_calls.take_back(own)

    def _answer(self, offer: str, code: int) -> None:
        if leg := self._asking.pop(offer, ""):
            self._say(wire.AnswerTransfer(leg, code))

    def _ring(self, order: do.RingTarget) -> None:
        offer, contact = self._acd.offer(order.offer), self._acd.contact(order.contact)
        if offer is None or contact is None:
            return  # over in the same batch
        number, name = self._shown(order, contact.number, contact.name)
        leg = self._legs.offer_leg(order.offer)
        if order.kind is Kind.EXTERNAL:
            self._ring_outside(order, leg, number, name)
        else:
            uri = f"sip:{order.to}@{self._settings.realm}"
            self._say(wire.Dial(leg, uri, number, name, order.ring_s, order.alert_s, contact=order.contact))

    def _ring_outside(self, order: do.RingTarget, leg: str, number: str, name: str) -> None:
        call = Outgoing(leg, order.to, f"contact {order.contact}", number, name, order.contact)
        way = self._own_calls.ways_out.dial(call)
        if isinstance(way, Way):
            return
        logger.warning("Contact %s cannot be passed on: %s", order.contact, way.sentence)
        self._post(ev.OfferUnreachable(order.offer))

    def _shown(self, order: do.RingTarget, number: str, name: str) -> tuple[str, str]:
        """Number and name shown to the target: of the agent who asks first, else of the caller."""
        source = self._acd.offer(order.source)
        agent = self._acd.agent(source.agent) if source is not None else None
        if agent is not None:
            return agent.settings.phone, agent.settings.name or agent.settings.agent
        return (source.to, source.to) if source is not None else (number, name or number)

    def _dismiss(self, leg: str, prompt: str) -> None:
        self._dismissed.add(leg)
        self._say(wire.Play(leg, (prompt,)))

    # --- what phones do -----------------------------------------------------------------------------------------

    def heard(self, event: wire.HeldByPhone | wire.TransferAsked) -> None:
        """What an agent's phone did with its call."""
        if isinstance(event, wire.HeldByPhone):
            self._held(event)
        else:
            self._asked_by_phone(event)

    def key(self, offer: Offer, leg: str, digit: str, at: float) -> bool:
        """A key on the leg of this offer's agent; whether it is part of a code for passing callers on (S-M1)."""
        if offer.phase is not Phase.ACCEPTED:
            return False
        done = self._codes.press(leg, digit, at)
        match done:
            case Dialled(to, ask_first):
                self.pass_on(offer, to, ask_first=ask_first)
            case Again():
                self._post(ev.TransferCancelled(offer.contact, offer.offer))
            case None:
                pass
        return done is not None or self._codes.is_begun(leg)

    def house_key(self, leg: str, digit: str, at: float) -> None:
        """A key in a call between two phones of the house: only passing on now can be keyed there."""
        if self.house.party_of(leg) is None:
            return
        done = self._codes.press(leg, digit, at)
        if isinstance(done, Dialled) and not done.ask_first and self.house.pass_on(leg, done.to, at):
            self._say(wire.Hangup(leg))

    def prompt_over(self, leg: str) -> None:
        """The tone was said, or could not be: the agent is released."""
        if leg in self._dismissed:
            self._dismissed.discard(leg)
            self._say(wire.Hangup(leg))

    def ended(self, leg: str) -> None:
        """The leg is gone."""
        self._dismissed.discard(leg)
        self._codes.forget(leg)
        if offer := self._legs.offer_of(leg):
            self._asking.pop(offer, None)
            self._refused.pop(offer, None)

    def _held(self, event: wire.HeldByPhone) -> None:
        """An agent's phone put the caller on hold, or took the caller back (S-M3)."""
        if offer := self._on_leg(event.leg):
            self._post(ev.CallerHeld(offer.contact, offer.offer, event.held))

    def _asked_by_phone(self, event: wire.TransferAsked) -> None:
        """A phone sent REFER: whom it talks with is passed on, or joined with whom it asked."""
        offer, asked = self._on_leg(event.leg), self._on_leg(event.replaces)
        if (
            offer is None and asked is not None
        ):  # the other way round: who was called outside is joined with a colleague
            self._asking[asked.offer] = event.leg
            self._join(asked, event.leg)
        elif offer is None:
            self._asked_in_house(event)
        elif event.replaces:
            self._asking[offer.offer] = event.leg
            self._join(offer, event.replaces)
        else:
            self._asking[offer.offer] = event.leg
            self.pass_on(offer, event.to, ask_first=False)

    def _asked_in_house(self, event: wire.TransferAsked) -> None:
        """A phone passes on whom it talks with, who is no caller but another phone of the house."""
        if event.replaces:
            is_done = self.house.join(event.leg, event.replaces, event.at)
        else:
            is_done = self.house.pass_on(event.leg, event.to, event.at)
        if not is_done:
            logger.warning("Leg %s asked for a transfer to %s, which cannot be", event.leg, masked(event.to))
        self._say(wire.AnswerTransfer(event.leg, ACCEPTED if is_done else NOT_FOUND))
        if is_done:
            self._say(wire.Hangup(event.leg))

    def pass_on(self, offer: Offer, to: str, *, ask_first: bool) -> str:
        """Ask the core to pass the caller on to whatever this number is; why not, "" when the core was asked."""
        self._refused.pop(offer.offer, None)
        kind, name = target(to, self._settings)
        why = self._why_not_outside(to) if kind is Kind.EXTERNAL else ""
        if why:
            logger.warning("Contact %s is not passed on: %s", offer.contact, why)
            self._answer(offer.offer, REFUSED)
            return why
        self._post(ev.TransferAsked(offer.contact, offer.offer, kind, name, ask_first))
        return ""

    def refused(self, offer: str) -> str:
        """Why the core did not pass the caller of this offer on when it was asked last, "" when it did; asked once."""
        return self._refused.pop(offer, "")

    def _why_not_outside(self, number: str) -> str:
        """No outbound rule allows it, no line is free or the last one is kept for an emergency call (S-16, I-18), or it
        is an emergency number, which nobody is passed on to; "" when it may be."""
        if emergency_number(number, self._settings):
            return f"{number} is an emergency number; whoever is in danger must call it themselves"
        return self._own_calls.ways_out.why_not(Outgoing("", number, "a caller who is passed on"))

    def _join(self, offer: Offer, own_leg: str) -> None:
        """The phone asked somebody by a call of its own, on `own_leg`, and joins the two (REFER with Replaces)."""
        own = self._own_calls.give_up(own_leg)
        if own is None:
            logger.warning("The phone of offer %s wants to join a call that there is not", offer.offer)
            self._answer(offer.offer, NOT_FOUND)
            return
        self._joining[offer.offer] = own
        kind, name = target(own.to, self._settings)
        self._post(ev.ConsultJoined(offer.contact, offer.offer, kind, name, own.second, own.first, own.is_up))

    def _on_leg(self, leg: str) -> Offer | None:
        """The offer that talks on this leg."""
        offer = self._acd.offer(self._legs.offer_of(leg))
        return offer if offer is not None and offer.phase is Phase.ACCEPTED else None
