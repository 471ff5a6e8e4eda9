"""Callbacks at the switch (§3.8): the words of the dialogue, the promise, the dial, the question for a 1, the message.

Rules: a dial is named after the contact and the attempt, so the same attempt is dialled at most once, also over a
restart (R-28). Whoever hears a promise or a last message is hung up when it was said. What is said in one batch is said
in one breath.
"""

import logging
from collections.abc import Sequence
from typing import Final

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.model import Contact, ContactState, Phase
from appliance.acd.promise import ON_THE_PHONE
from appliance.acd.settings import Consent, QueueSettings
from appliance.desk import spoken
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.routing import Refusal, emergency_number, masked
from appliance.desk.settings import DeskSettings
from appliance.desk.ways_out import Outgoing, WaysOut
from appliance.wire import LegState

logger = logging.getLogger(__name__)

PROMISED: Final = "callback_promised"
PROMISED_NEXT_DAY: Final = "callback_promised_next_day"
MESSAGE: Final = "callback_message"
EMERGENCY: Final = "the box never calls an emergency number back"
_PREFIX: Final = "cb-"


class CallBack:
    """The switch's side of every promise. `post` tells the core, `say` the switch."""

    def __init__(self, settings: DeskSettings, acd: Acd, legs: Legs, post: Post, say: Say, ways_out: WaysOut) -> None:
        self._settings, self._acd, self._legs, self._post, self._say = settings, acd, legs, post, say
        self._ways_out = ways_out
        self._parting: set[str] = set()
        self._to_say: dict[str, list[str]] = {}
        self._offered: set[str] = set()

    # --- orders of the core

    def carry_out(self, order: do.CallbackOrder | do.AnnouncePosition) -> None:
        """Do what the core ordered; what is said to callers in the queue leaves with `say_all`."""
        match order:
            case do.PromiseCallback(contact, number, _, next_day):
                logger.info("Contact %s (%s) is promised a call back", contact, masked(number))
                self._part(self._legs.leg_of(contact), (PROMISED_NEXT_DAY if next_day else PROMISED,))
            case do.DialCustomer():
                self._dial(order)
            case do.AskCustomer(contact, attempt):
                self._say(wire.Play(leg_name(contact, attempt), self._hello(contact), then_silence=True))
            case do.LeaveMessage(contact, attempt):
                self._part(leg_name(contact, attempt), (MESSAGE,))
            case do.CancelDial(contact, attempt):
                self._say(wire.Hangup(leg_name(contact, attempt)))
            case _:
                self._to_say.setdefault(order.contact, []).extend(self._words(order))

    def tell(self, contact: str, prompts: tuple[str, ...]) -> None:
        """What a waiting caller is to know before anything else: the recording, the closing, a notice."""
        self._to_say.setdefault(contact, [])[:0] = prompts

    def held(self, name: str) -> None:
        """A caller waits: who is never told a place hears once by which key a message is left (F-28)."""
        contact = self._acd.contact(name)
        queue = self._queue_of(contact)
        if contact is None or contact.callback is not None or queue is None or queue.announce_position:
            return
        if queue.voicemail_digit and name not in self._offered:
            self._offered.add(name)
            self._to_say.setdefault(name, []).extend(spoken.voicemail_offer(queue.voicemail_digit))

    def gone(self, contact: str) -> None:
        """The caller hung up."""
        self._offered.discard(contact)

    def say_all(self) -> None:
        """Say what this batch has for each caller, in one breath: a second order would cut the first."""
        for contact, prompts in self._to_say.items():
            if leg := self._legs.leg_of(contact):
                self._say(wire.Play(leg, tuple(prompts)))
        self._to_say.clear()

    # --- what the switch tells

    def answered(self, leg: str) -> None:
        """Somebody, or something, picked up the customer's phone."""
        contact, attempt = parts(leg)
        if contact:
            self._post(ev.CustomerAnswered(contact, attempt))

    def ended(self, event: wire.Ended) -> None:
        """The customer's leg is gone; of one who talks the core knows by the end of the caller."""
        self._parting.discard(event.leg)
        contact, attempt = parts(event.leg)
        if contact:
            self._post(ev.CustomerFailed(contact, attempt, event.cause.value))

    def prompt_over(self, leg: str) -> bool:
        """A prompt was said: whoever heard a promise or the message is hung up; False for everybody else."""
        if leg not in self._parting:
            return False
        self._parting.discard(leg)
        self._say(wire.Hangup(leg))
        return True

    def contact_on(self, leg: wire.Leg) -> Contact | None:
        """The contact whose present dial, or whose conversation after it, is on this leg of a snapshot."""
        name, attempt = parts(leg.leg)
        contact = self._acd.contact(name) if name else None
        if contact is None or contact.callback is None or contact.callback.attempt != attempt:
            return None
        return contact if contact.is_live or contact.state in ON_THE_PHONE else None

    def found(self, legs: Sequence[wire.Leg]) -> None:
        """Dials that were picked up while nobody listened."""
        for leg in legs:
            contact = self.contact_on(leg)
            if contact is not None and contact.state is ContactState.DIALLING and leg.state is LegState.UP:
                self.answered(leg.leg)

    def forget_all(self) -> None:
        """The switch died."""
        self._parting.clear()
        self._to_say.clear()

    # --- inside

    def _part(self, leg: str, prompts: tuple[str, ...]) -> None:
        """Say the last words; the leg belongs to nobody from now on (R-18)."""
        if leg:
            self._parting.add(leg)
            self._say(wire.Play(leg, prompts, then_silence=True))
            self._legs.drop(leg)

    def _dial(self, order: do.DialCustomer) -> None:
        contact = self._acd.contact(order.contact)
        if contact is None:
            return  # cancelled in the same batch
        leg = leg_name(order.contact, order.attempt)
        self._legs.bind(order.contact, leg)
        shown = self._queue_of(contact)
        number, name = (shown.number, shown.name) if shown is not None else ("", "")
        call = Outgoing(leg, order.number, f"the callback of {order.contact}", number, name, contact=order.contact)
        way = Refusal(403, EMERGENCY) if emergency_number(order.number, self._settings) else self._ways_out.dial(call)
        if isinstance(way, Refusal):
            logger.warning("Contact %s cannot be called back now: %s", order.contact, way.sentence)
            self._post(ev.CustomerFailed(order.contact, order.attempt, way.sentence))
            return
        self._tell_agent(contact, order.number)

    def _tell_agent(self, contact: Contact, number: str) -> None:
        """The agent who picked up hears whom this is about, while the customer's phone rings (§3.8, 5)."""
        held = self._acd.offer(contact.offer)
        if held is not None and held.phase is Phase.ACCEPTED and contact.callback is not None:
            words = spoken.to_agent(contact.callback.origin, number)
            self._say(wire.Play(self._legs.offer_leg(held.offer), words))

    def _hello(self, name: str) -> tuple[str, ...]:
        contact = self._acd.contact(name)
        origin = contact.callback.origin if contact is not None and contact.callback is not None else ""
        queue = self._queue_of(contact)
        is_told = queue is not None and queue.record and queue.consent is not Consent.ASK  # who is asked is so later
        return spoken.hello(origin, is_recorded=is_told)

    def _words(self, order: spoken.Speech) -> tuple[str, ...]:
        """A caller who is told the place hears of the voicemail's key as well (F-28)."""
        if not isinstance(order, do.AnnouncePosition):
            return spoken.of(order)
        queue = self._queue_of(self._acd.contact(order.contact))
        return spoken.of(order) + spoken.voicemail_offer(queue.voicemail_digit if queue is not None else "")

    def _queue_of(self, contact: Contact | None) -> QueueSettings | None:
        if contact is None:
            return None
        return next((queue for queue in self._settings.office.queues if queue.queue == contact.queue), None)


def leg_name(contact: str, attempt: int) -> str:
    """The leg by which a customer is dialled for the `attempt`th time."""
    return f"{_PREFIX}{contact}-{attempt}"


def parts(leg: str) -> tuple[str, int]:
    """Contact and attempt in the name of such a leg, ("", 0) in any other."""
    contact, _, attempt = leg.removeprefix(_PREFIX).rpartition("-")
    return (contact, int(attempt)) if leg.startswith(_PREFIX) and contact and attempt.isdecimal() else ("", 0)
