"""After the desk or the seam was gone: make the core and a snapshot of the switch agree, in the right order.

Order of what is told: a dead switch first; then what ended meanwhile, as it was missed; then whatever the core still
believes in and the switch has no more (callers before their agents: a conversation that is over ended with the caller);
then what moved on; then `Restarted`, by which the core takes back dead offers and says again what callers should hear;
new callers last, so that nobody passes those who waited (I-05).
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.commands import RecordConversation
from appliance.acd.consent import beep_s
from appliance.acd.engine import Acd
from appliance.acd.model import Contact, ContactState, Phase
from appliance.desk.legs import Legs, Post, Say, first_leg
from appliance.desk.own_calls import is_dialled, phone_of
from appliance.desk.translate import Translator
from appliance.wire import EndCause, LegState, Origin, Snapshot

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Before:
    """What was known before the snapshot. `boot` is the switch's last boot, "" when none was ever seen.

    `recordings` are open in the store, recording → contact; `is_new` when the journal is empty: then legs nobody
    knows are callers like any other, not leftovers.
    """

    boot: str
    recordings: tuple[tuple[str, str], ...] = ()
    is_new: bool = False


class Reconciler:
    """One snapshot against the core's state."""

    def __init__(self, acd: Acd, legs: Legs, translator: Translator, post: Post, say: Say) -> None:
        self._acd, self._legs, self._translator, self._post, self._say = acd, legs, translator, post, say

    def run(self, snapshot: Snapshot, before: Before) -> None:
        """Tell the core everything that the snapshot says and it does not know, and the switch what it missed."""
        self._legs.forget_all()
        self._translator.own_calls.forget_all()
        self._adopt()
        self._translator.ways_out.forget_all()
        self._translator.way_back.forget_all()
        self._translator.exits.forget_all()
        self._translator.asking.forget_all()
        has_died = bool(before.boot) and before.boot != snapshot.boot
        if has_died:
            logger.error("The switch died and is back; its calls are lost, callers on lines may return")
            self._post(ev.SwitchLost())
        legs = {leg.leg: leg for leg in snapshot.legs}
        self._legs.recordings.update(before.recordings)
        sent: tuple[str, ...] = ()
        if not has_died:
            self._bind(legs.values())
            sent = self._translator.exits.found(snapshot)
        self._missed(snapshot)
        if not has_died:
            self._gone(legs)
            self._moved_on(legs)
        own = (*self._own_calls(legs, before), *sent)
        asked = self._translator.asking.found(legs)
        self._recordings(snapshot, before, has_died=has_died)
        offers = tuple(offer for leg in legs if (offer := self._legs.offer_of(leg)))
        coaches = self._translator.talks.alive(legs.values())
        self._post(ev.Restarted(offers, (*own, *asked), coaches))
        self._say_last_messages()
        self._callers_and_leftovers(legs, before, own)
        self._translator.exits.voicemail.look_for_missed(snapshot.recordings)

    def _adopt(self) -> None:
        """Offers of transfers on legs that were dialled for something else."""
        for offer in self._acd.state.offers.values():
            if offer.leg:
                self._legs.adopt(offer.offer, offer.leg)

    def _bind(self, legs: Iterable[wire.Leg]) -> None:
        """Put callers the core knows back on their legs; one who is away is admitted again later, at the old place."""
        for leg in legs:
            known = self._known(leg)
            is_old = known is not None and not known.is_live and leg.origin is not Origin.DIALLED  # promised on it
            if known is not None and known.state is not ContactState.AWAY and not is_old:
                self._legs.bind(known.contact, leg.leg)
                if leg.contact:
                    self._legs.needs_name(leg.leg)  # told before the restart

    def _known(self, leg: wire.Leg) -> Contact | None:
        """The contact of the core that is on this leg."""
        if leg.origin is Origin.DIALLED:
            placed = self._translator.own_calls.placed(leg.leg)
            is_theirs = placed is not None and not is_dialled(placed)
            called_on = self._acd.contact(self._legs.contact_of_leg(leg.leg))  # a phone that was passed on to a queue
            return placed if is_theirs else called_on or self._translator.exits.known(leg)
        return self._acd.contact(leg.contact or self._legs.contact_for(leg))

    def _missed(self, snapshot: Snapshot) -> None:
        for event in snapshot.missed:
            if isinstance(event, wire.Ended):
                self._missed_end(event)
            else:
                self._translator.recording_closed(event)

    def _missed_end(self, event: wire.Ended) -> None:
        """A leg that ended unheard; a caller's is not bound any more, but its name says whose it was."""
        contact = self._legs.contact_for(_leg_named(event.leg))
        if self._acd.contact(contact) is not None and not self._legs.leg_of(contact):
            self._legs.bind(contact, event.leg)
        self._translator.ended(event)

    def _gone(self, legs: dict[str, wire.Leg]) -> None:
        """Callers and connected agents that the switch has no more."""
        for contact in list(self._acd.state.contacts.values()):
            if is_dialled(contact):
                self._still_dialled(contact, legs)
                continue
            is_here = contact.is_live and contact.state is not ContactState.AWAY  # a promised callback has no leg
            is_gone = is_here and self._legs.leg_of(contact.contact) not in legs
            if is_gone and not self._translator.exits.caller_gone(contact.contact):
                self._post(ev.CallerHungUp(contact.contact))
        for offer in list(self._acd.state.offers.values()):
            if offer.phase in (Phase.ACCEPTED, Phase.HANGING_UP) and self._legs.offer_leg(offer.offer) not in legs:
                self._post(ev.OfferLegEnded(offer.offer))

    def _still_dialled(self, contact: Contact, legs: dict[str, wire.Leg]) -> None:
        """A call that an agent places, and nobody is there for any more: the phone is told so."""
        offer = self._acd.offer(contact.offer)
        first = self._legs.offer_leg(contact.offer)
        if offer is not None and first in legs and all(first_leg(leg) != first for leg in legs):
            self._post(ev.CallFailed(contact.contact, EndCause.GONE.value))
            self._say(wire.Hangup(first, 480))

    def _moved_on(self, legs: dict[str, wire.Leg]) -> None:
        """Offers that were answered, and conversations that began, while nobody listened."""
        for offer in list(self._acd.state.offers.values()):
            leg = legs.get(self._legs.offer_leg(offer.offer))
            if leg is None:
                continue
            if leg.state is LegState.UP and offer.phase in (Phase.OPEN, Phase.TIMED_OUT):
                self._post(ev.OfferAccepted(offer.offer))
            if leg.peer and leg.peer == self._legs.leg_of(offer.contact):
                self._post(ev.Bridged(offer.contact, offer.offer))

    def _own_calls(self, legs: dict[str, wire.Leg], before: Before) -> tuple[str, ...]:
        """Phones' own calls: pairs of ours, and conversations of agents from before a lost journal."""
        own = list(self._translator.way_back.found(legs))
        for leg in legs.values():
            placed = self._translator.own_calls.placed(leg.leg)
            self._translator.ways_out.found(leg, placed.placed.queue if placed is not None and placed.placed else "")
            first = legs.get(first_leg(leg.leg))
            if first is not None:
                self._translator.own_calls.found(first, leg)
                own += [first.leg, leg.leg]
            elif self._is_own_call(leg):
                was_dialled = leg.origin is Origin.DIALLED
                phone = phone_of(leg) if was_dialled else leg.origin_id
                self._translator.own_calls.started(phone, leg.leg, outbound=not was_dialled)
                own.append(leg.leg)
        return tuple(own)

    def _is_own_call(self, leg: wire.Leg) -> bool:
        """A supervisor's, a phone's that called a queue or was passed on to it, one of two phones that were joined, and
        after a lost journal whatever talks."""
        if leg.origin not in (Origin.PHONE, Origin.DIALLED):
            return False
        if self._translator.talks.coach_of(leg.leg) or self._legs.contact_of(leg.leg):
            return True
        return bool(leg.peer) and not self._legs.offer_of(leg.leg)

    def _recordings(self, snapshot: Snapshot, before: Before, *, has_died: bool) -> None:
        closed = {event.recording for event in snapshot.missed if isinstance(event, wire.RecordingClosed)}
        for recording, contact in before.recordings:
            if recording in snapshot.recordings:
                self._translator.recording_began(recording)
            elif recording not in closed and not self._order_again(recording, contact, has_died=has_died):
                cause = "the switch died" if has_died else "the recorder has no such recording any more"
                self._translator.recording_closed(wire.RecordingClosed(recording, "", 0.0, snapshot.at, cause))

    def _order_again(self, recording: str, contact: str, *, has_died: bool) -> bool:
        """The order may never have left: a conversation that lives and is not recorded yet is ordered again."""
        live = self._acd.contact(contact)
        if has_died or live is None or live.recording != recording or live.is_recording or not live.offer:
            return False
        queue = next((one for one in self._acd.state.office.queues if one.queue == live.queue), None)
        self._translator.record(RecordConversation(recording, contact, live.offer, beep_s(queue, live)))
        return True

    def _say_last_messages(self) -> None:
        """Callers who were hearing the last message hear it again: whether it ended meanwhile, nobody knows."""
        for contact in self._acd.state.contacts.values():
            is_told = contact.state is ContactState.FALLBACK and contact.prompt
            if is_told and (leg := self._legs.leg_of(contact.contact)):
                self._say(wire.Play(leg, (contact.prompt,)))

    def _callers_and_leftovers(self, legs: dict[str, wire.Leg], before: Before, own: tuple[str, ...]) -> None:
        """Callers who are back and new ones enter in the order they came; legs that belong to nothing are hung up."""
        for leg in sorted(legs.values(), key=lambda leg: leg.since):
            if self._legs.contact_of(leg.leg) or self._legs.offer_of(leg.leg) or leg.leg in own or leg.peer:
                continue
            if self._legs.nag_of(leg.leg):
                continue
            if self._known(leg) is not None or _is_new(leg, before):
                self._translator.admit(_as_incoming(leg))
            else:
                logger.info("Leg %s belongs to nothing any more; it is hung up", leg.leg)
                self._say(wire.Hangup(leg.leg))


def _is_new(leg: wire.Leg, before: Before) -> bool:
    """A call that nobody spoke to yet; after a lost journal every call that came in."""
    if leg.origin is Origin.DIALLED:
        return False
    return before.is_new or (leg.state is not LegState.UP and not leg.contact)


def _as_incoming(leg: wire.Leg) -> wire.Incoming:
    who = leg.leg, leg.origin, leg.origin_id, leg.number, leg.name, leg.called
    return wire.Incoming(*who, leg.since, leg.call_key, leg.is_half_duplex)


def _leg_named(name: str) -> wire.Leg:
    return wire.Leg(name, Origin.TRUNK, "", "", "", "", LegState.ENDED, 0.0)
