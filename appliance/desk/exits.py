"""The ways out of a queue at the switch, behind one door for the translator: voicemail, people, outside, callbacks.

What the box has no way to do is refused, so that the caller goes on in the chain (§3.6).
"""

import logging

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.chains import Kind
from appliance.acd.engine import Acd
from appliance.acd.model import Contact
from appliance.desk.call_back import CallBack
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.own_calls import OwnCalls
from appliance.desk.send_on import KINDS, SendOn
from appliance.desk.settings import DeskSettings
from appliance.desk.voicemail import Voicemail
from appliance.desk.ways_out import WaysOut

logger = logging.getLogger(__name__)

Order = do.CallbackOrder | do.AnnouncePosition | do.SendCaller


class Exits:
    """All of them. A `bool` says whether what was told was meant for one of them."""

    def __init__(
        self,
        settings: DeskSettings,
        acd: Acd,
        legs: Legs,
        post: Post,
        say: Say,
        own_calls: OwnCalls,
        ways_out: WaysOut,
        voicemail: Voicemail,
    ) -> None:
        self._acd, self._post = acd, post
        self.voicemail = voicemail
        self.send_on = SendOn(settings, acd, legs, post, say, own_calls, ways_out)
        self.call_back = CallBack(settings, acd, legs, post, say, ways_out)

    # --- orders of the core

    def note(self, command: do.Command) -> None:
        """Before any order about a contact: it has left where it was sent to."""
        contact = getattr(command, "contact", "")
        if isinstance(command, do.HoldCaller):
            self.call_back.held(contact)
        if contact and not isinstance(command, do.TellCaller):
            self.send_on.take_back(contact)
            if not isinstance(command, do.SendCaller):
                self.voicemail.leave(contact)

    def carry_out(self, order: Order) -> None:
        """Do what the core ordered."""
        match order:
            case do.SendCaller(kind=Kind.VOICEMAIL):
                self.voicemail.send(order)
            case do.SendCaller() if order.kind in KINDS:
                self.send_on.send(order)
            case do.SendCaller(contact, kind, to, hop):
                logger.info("Contact %s cannot be sent to %s %s: the box has none", contact, kind.value, to)
                self._post(ev.CouldNotSend(contact, hop, "there is none"))
            case _:
                self.call_back.carry_out(order)

    def batch_done(self) -> None:
        """Every order of the batch was carried out."""
        self.call_back.say_all()

    # --- what the switch tells

    def answered(self, leg: str) -> None:
        """A leg we dialled is up."""
        self.send_on.answered(leg)
        self.call_back.answered(leg)

    def caller_gone(self, contact: str) -> bool:
        """A caller's leg ended; whether the core is to hear of it later."""
        self.send_on.take_back(contact)
        self.call_back.gone(contact)
        return self.voicemail.keeps(contact)

    def ended(self, event: wire.Ended) -> None:
        """A leg ended, the caller's was told before."""
        self.send_on.ended(event)
        self.call_back.ended(event)

    def prompt_over(self, leg: str, contact: str) -> bool:
        """A prompt was said to its end."""
        return self.call_back.prompt_over(leg) or self.voicemail.prompt_over(contact)

    def refused(self, leg: str, contact: str) -> bool:
        """A prompt could not be said."""
        return self.call_back.prompt_over(leg) or self.voicemail.refused(contact)

    # --- a snapshot

    def known(self, leg: wire.Leg) -> Contact | None:
        """The contact of the core that is on a leg which we dialled."""
        return self.call_back.contact_on(leg)

    def found(self, snapshot: wire.Snapshot) -> tuple[str, ...]:
        """Take up what is under way, before what was missed is told; returns the legs that are ours besides callers."""
        self.voicemail.found(snapshot, self._acd.state.contacts.values())
        self.call_back.found(snapshot.legs)
        return tuple(leg.leg for leg in snapshot.legs if self.send_on.found(leg))

    def forget_all(self) -> None:
        """The switch died, or its snapshot says it all."""
        for one in (self.send_on, self.call_back, self.voicemail):
            one.forget_all()
