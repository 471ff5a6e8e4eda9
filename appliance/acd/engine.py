"""The ACD engine: what the office is told, in order, becomes what the box is to do.

Rule 1: one writer. `handle`, `handle_batch` and `tick` are the only ways in, and dispatch runs once per batch (D-01).
Rule 2: `now` is always a parameter, monotonic seconds; the engine never sleeps and says when it wants waking.
Rule 3: state == fold(journal), where one journal record is one batch: its events and its `now` (I-22).

Who finds what where: `tables.py` agent transitions, `staff.py` what agents do, `callers.py` what callers do,
`offers.py` the ringing between them, `leaving.py` the end of an agent's leg, `contacts.py` waiting and ending,
`admission.py` who may come in, `fallback.py` where the others go, `dispatch.py` who is rung next, `eligible.py` and
`strategies.py` whom it asks, `why.py` the answer to "why me?", `selfcheck.py` what must never be, `story.py` what is
told.
"""

from collections.abc import Callable, Iterable, Sequence
from types import UnionType
from typing import Any, assert_never, get_args

from appliance.acd import (
    admission,
    beside,
    callback,
    callers,
    clock,
    coaching,
    contacts,
    emergency,
    fallback,
    held,
    hours,
    house_rules,
    keys,
    last_agent,
    nag,
    offers,
    outgoing,
    picture,
    recording,
    selfcheck,
    skill_need,
    staff,
    story,
    strategies,
    transfer,
)
from appliance.acd import events as ev
from appliance.acd.commands import Command
from appliance.acd.configure import configure
from appliance.acd.deadlines import Alarm, Entry
from appliance.acd.dispatch import dispatch
from appliance.acd.model import Agent, Contact, Offer, Phase, State
from appliance.acd.office import Office
from appliance.acd.view import OfficeView
from appliance.acd.why import Why

CallerEvent = ev.CallerArrived | ev.CallerHungUp | ev.CallerReturned | ev.RecordingBegan | ev.RecordingEnded
CallbackEvent = ev.CustomerAnswered | ev.CustomerFailed | ev.CallbackCancelled | ev.PowerReturned
ChainEvent = (
    CallbackEvent | ev.HoursChanged | ev.DigitPressed | ev.SentOn | ev.CouldNotSend | ev.MessageSaid | ev.VoicemailLeft
)
Ending = ev.OfferDoubted | ev.OfferRejected | ev.OfferBusy | ev.OfferTimedOut | ev.OfferUnreachable
OfferEvent = Ending | ev.OfferAlerted | ev.OfferLegEnded
OfficeEvent = ev.Ticked | ev.Configured | ev.SwitchLost | ev.Restarted | ev.DayBegan | ev.Healed
SubjectEvent = ev.HouseEvent | ev.TalkEvent | ev.TransferEvent | ev.OutgoingEvent | ev.EmergencyPlaced
DutyEvent = ev.DutyOn | ev.DutyOff | ev.StayedOff | ev.WrapUpEnded | ev.PrivacyChanged | ev.SeatLeft
AgentEvent = DutyEvent | ev.LegStarted | ev.LegConnected | ev.LegEnded | ev.PhoneFound | ev.PhoneLost


class Acd:
    """The queue engine over one `State`, its own or one decoded from a checkpoint; it changes that object in place."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state if state is not None else State()
        self._office = Office(self.state)

    def handle(self, event: ev.Event, now: float) -> list[Command]:
        """One event as a batch of its own."""
        return self.handle_batch((event,), now)

    def handle_batch(self, events: Iterable[ev.Event], now: float) -> list[Command]:
        """Drain the events in order, then dispatch once (D-01). An event that means nothing here changes nothing.

        A batch of no events is no batch: it is not journalled, so it must not count.
        """
        drained = tuple(events)
        if not drained:
            return []
        office, state = self._office, self.state
        if now < state.at:
            clock.move_stamps(state, now - state.at)
            office.reindex()
        state.at = office.now = now
        state.seq += 1
        for event in drained:
            HEARD_BY[type(event)](self, event)
        if office.asked:
            nag.settle(office)
        if office.unsettled or office.free or office.is_staffing_stale:
            dispatch(office)
        if state.house.holding is not None or state.house.queues:
            house_rules.latch(office)
        if state.coaches:
            coaching.settle(office)
        commands, office.commands = office.commands, []
        return commands

    def tick(self, now: float) -> list[Command]:
        """Time has passed: the same as `handle(Ticked(), now)`, which is how it is journalled."""
        return self.handle_batch((ev.Ticked(),), now)

    def next_deadline(self) -> float | None:
        """When `tick` is wanted next, None when nothing runs. A time in the past means: at once."""
        return self._office.deadlines.next()

    def view(self, now: float) -> OfficeView:
        """The committed state for people."""
        return picture.draw(self.state, now)

    def drain_facts(self) -> list[story.Fact]:
        """What was decided since the last call, in order; the list is handed over."""
        facts, self._office.facts = self._office.facts, []
        return facts

    @property
    def rows_taken(self) -> dict[str, int]:
        """How often each row of §3.2 was taken by this object: coverage for tests, no part of the state."""
        return self._office.rows_taken

    def contact(self, contact: str) -> Contact | None:
        """A live contact; read it, never write it."""
        return self.state.contacts.get(contact)

    def offer(self, offer: str) -> Offer | None:
        """A remembered offer: open, accepted, or just over."""
        return self.state.offers.get(offer)

    def agent(self, agent: str) -> Agent | None:
        """An agent; read it, never write it."""
        return self.state.agents.get(agent)

    def why(self, agent: str) -> Why | None:
        """What the agent's last offer was decided from; `why.sentence` says it in words (U-13)."""
        found = self.state.agents.get(agent)
        return found.rung_because if found is not None else None

    def violations(self) -> tuple[str, ...]:
        """What must never be (I-17, I-25): to be asked after each batch; if any, log, alarm and post `Healed`."""
        return selfcheck.violations(self.state)

    def offer_of(self, agent: str) -> str:
        """The offer this agent is rung with or talks on, "" for none."""
        found = self.state.agents.get(agent)
        return found.offer if found is not None else ""

    def contact_of(self, offer: str) -> str:
        """The contact an offer is for, "" when the offer is forgotten."""
        found = self.state.offers.get(offer)
        return found.contact if found is not None else ""

    def _hear_of_office(self, event: OfficeEvent) -> None:
        match event:
            case ev.Ticked():
                self._run_deadlines()
            case ev.Configured(settings):
                configure(self._office, settings)
            case ev.SwitchLost():
                callers.switch_lost(self._office)
            case ev.Restarted():
                callers.restarted(self._office, event)
            case ev.DayBegan(date):
                self._begin_day(date)
            case ev.Healed(violations):
                selfcheck.heal(self._office, violations)

    def _hear_of_subject(self, event: SubjectEvent) -> None:
        """What has an event file and a rules file of its own."""
        if isinstance(event, ev.HouseEvent):
            house_rules.hear(self._office, event)
        elif isinstance(event, ev.TalkEvent):
            beside.hear(self._office, event)
        elif isinstance(event, ev.EmergencyPlaced):
            emergency.placed(self._office, event)
        elif isinstance(event, ev.OutgoingEvent):
            outgoing.heard(self._office, event)
        else:
            transfer.heard(self._office, event)

    def _begin_day(self, date: str) -> None:
        """Midnight passed; a date told again, after a restart, begins nothing."""
        if date != self.state.day:
            self.state.day = date
            strategies.day_began(self.state)
            last_agent.forget_old(self.state)

    def _hear_of_caller(self, event: CallerEvent) -> None:
        office = self._office
        match event:
            case ev.CallerArrived():
                admission.arrive(office, event)
            case ev.CallerHungUp(contact):
                callers.hung_up(office, contact)
            case ev.CallerReturned(contact):
                callers.returned(office, contact)
            case ev.RecordingBegan(contact, recording):
                contacts.show_recording(office, contact, recording, is_recording=True)
            case ev.RecordingEnded(contact, recording):
                contacts.show_recording(office, contact, recording, is_recording=False)

    def _hear_from_chain(self, event: ChainEvent) -> None:
        office = self._office
        match event:
            case ev.HoursChanged():
                hours.changed(office, event)
                callback.boundary(office, event.queue)
            case ev.DigitPressed(contact, digit):
                keys.pressed(office, contact, digit)
            case ev.CustomerAnswered(contact, attempt):
                callback.customer_answered(office, contact, attempt)
            case ev.CustomerFailed(contact, attempt):
                callback.customer_failed(office, contact, attempt)
            case ev.CallbackCancelled(contact):
                callback.cancel(office, contact)
            case ev.PowerReturned(dark_s):
                callers.power_returned(office, dark_s)
            case ev.SentOn(contact, hop):
                fallback.taken(office, contact, hop)
            case ev.CouldNotSend(contact, hop):
                fallback.could_not(office, contact, hop)
            case ev.MessageSaid(contact, hop):
                outgoing.said(office, contact)
                fallback.said(office, contact, hop)
            case ev.VoicemailLeft(contact, hop, spoke_s):
                fallback.voicemail_left(office, contact, hop, spoke_s)

    def _hear_bridged(self, event: ev.Bridged) -> None:
        offers.bridged(self._office, event.contact, event.offer)
        transfer.bridged(self._office, event.contact)

    def _hear_accepted(self, event: ev.OfferAccepted) -> None:
        offer = self.state.offers.get(event.offer)
        if offer is not None and offer.is_direct:
            transfer.answered(self._office, offer)
        else:
            offers.accept(self._office, event.offer)

    def _hear_of_offer(self, event: OfferEvent) -> None:
        office, offer = self._office, self.state.offers.get(event.offer)
        if offer is None or offer.is_silent:
            offers.note_unknown(office, event.offer)  # it has its one outcome already (D-05), or no phone at all
        elif isinstance(event, ev.OfferLegEnded):
            if not outgoing.leg_ended(office, offer) and not transfer.leg_ended(office, offer):
                offers.leg_ended(office, offer)
        elif offer.phase is Phase.OPEN and not isinstance(event, ev.OfferAlerted):
            self._end_offer(event, offer)  # the switch judges alert_s; that event is for the journal

    def _end_offer(self, event: Ending, offer: Offer) -> None:
        if offer.is_direct and not isinstance(event, ev.OfferDoubted):
            transfer.declined(self._office, event, offer)
        else:
            _ENDINGS[type(event)](self._office, offer)

    def _hear_of_agent(self, event: AgentEvent) -> None:
        office = self._office
        match event:
            case ev.LegStarted():
                staff.leg_started(office, event)
            case ev.LegConnected():
                staff.leg_connected(office, event)
            case ev.LegEnded():
                staff.leg_ended(office, event)
            case ev.DutyOn():
                staff.duty_on(office, event)
            case ev.DutyOff():
                staff.duty_off(office, event)
            case ev.PrivacyChanged():
                staff.privacy_changed(office, event)
            case ev.StayedOff(agent, actor):
                staff.stayed_off(office, agent, actor)
            case ev.WrapUpEnded(agent, actor):
                staff.end_wrap_up(office, agent, actor)
            case ev.SeatLeft(agent):
                staff.seat_left(office, agent)
            case ev.PhoneFound(agent):
                staff.phone_found(office, agent)
            case ev.PhoneLost(agent):
                staff.phone_lost(office, agent)
            case _:
                assert_never(event)

    def _run_deadlines(self) -> None:
        deadlines, now = self._office.deadlines, self._office.now
        while (entry := deadlines.take_due(now)) is not None:
            self._ring_alarm(entry)

    def _ring_alarm(self, entry: Entry) -> None:
        _, alarm, whose = entry
        match alarm:
            case Alarm.WRAP_UP:
                staff.wrap_timer(self._office, whose)
            case Alarm.LOST:
                staff.lost_too_long(self._office, whose)
            case Alarm.OFFER:
                self._offer_is_due(self.state.offers[whose])
            case Alarm.WAY_BACK | Alarm.HELD | Alarm.NAG | Alarm.RING_HOLD:
                self._time_is_over(alarm, whose)
            case Alarm.AWAY:
                callers.deadline(self._office, self.state.contacts[whose])
            case Alarm.WAITING:
                self._office.unsettled.append(whose)
            case Alarm.STICKY:
                self.state.contacts[whose].sticky_until = 0.0
            case Alarm.RELAX:
                skill_need.relax(self._office, self.state.contacts[whose])
            case Alarm.PAUSE:
                recording.deadline(self._office, self.state.contacts[whose])
            case Alarm.COACH:
                coaching.deadline(self._office, whose)
            case Alarm.JOIN:
                self._let_join(self.state.contacts[whose])

    def _offer_is_due(self, offer: Offer) -> None:
        if not outgoing.deadline(self._office, offer):
            (transfer if offer.is_direct else offers).deadline(self._office, offer)

    def _time_is_over(self, alarm: Alarm, whose: str) -> None:
        if alarm is Alarm.WAY_BACK:
            emergency.over(self._office, whose)
        elif alarm is Alarm.NAG:
            nag.deadline(self._office, whose)
        elif alarm is Alarm.RING_HOLD:
            contacts.hold(self._office, self.state.contacts[whose])
        else:
            held.remind(self._office, self.state.contacts[whose])

    @staticmethod
    def _let_join(contact: Contact) -> None:
        if contact.race is not None:
            contact.race.joins_at = 0.0  # whoever can be rung next joins at once


_ENDINGS: dict[type[Ending], Callable[[Office, Offer], None]] = {
    ev.OfferDoubted: offers.doubt,
    ev.OfferRejected: offers.reject,
    ev.OfferBusy: offers.busy,
    ev.OfferTimedOut: offers.time_out,
    ev.OfferUnreachable: offers.unreachable,
}

SUBJECTS: tuple[tuple[UnionType | type, Callable[[Acd, Any], None]], ...] = (
    (ev.OfferAccepted, Acd._hear_accepted),
    (ev.Bridged, Acd._hear_bridged),
    (OfferEvent, Acd._hear_of_offer),
    (CallerEvent, Acd._hear_of_caller),
    (OfficeEvent, Acd._hear_of_office),
    (SubjectEvent, Acd._hear_of_subject),
    (ChainEvent, Acd._hear_from_chain),
    (AgentEvent, Acd._hear_of_agent),
)
HEARD_BY = {event: hear for events, hear in SUBJECTS for event in get_args(events) or (events,)}
"""Which part hears of which event; a test holds that none is left out."""


def fold(journal: Iterable[tuple[Sequence[ev.Event], float]], state: State | None = None) -> Acd:
    """Replay a journal, one record per batch, from a checkpoint or from nothing (I-22). Its commands are not sent."""
    acd = Acd(state)
    for batch, now in journal:
        acd.handle_batch(batch, now)
        acd.drain_facts()
    return acd
