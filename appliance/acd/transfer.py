"""Passing a caller on: what agents ask for, what targets and callers do, as steps through `transfer_tables.py`.

Rule: what may not be is refused before anything moves; from then on the caller has the old place to go back to (D-16).
"""

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import held, leaving, offers, outgoing, staff, story
from appliance.acd import transfer_effects as fx
from appliance.acd import transfer_tables as tables
from appliance.acd.chains import MOST_HOPS, Destination, Kind, Reason
from appliance.acd.deadlines import Alarm
from appliance.acd.memory import Transfer
from appliance.acd.model import Contact, ContactState, Offer, Phase
from appliance.acd.office import Office
from appliance.acd.tables import Happening as AgentHappening
from appliance.acd.transfer_events import (
    CallerHeld,
    ConsultJoined,
    TransferAsked,
    TransferCancelled,
    TransferCompleted,
    TransferEvent,
)
from appliance.acd.transfer_tables import Happening

MOST_TRANSFERS = 5  # of one contact (S-16, R-15)
KINDS = (Kind.QUEUE, Kind.GROUP, Kind.USER, Kind.EXTERNAL, Kind.VOICEMAIL)
ASKABLE = (Kind.USER, Kind.EXTERNAL)
TargetEvent = ev.OfferRejected | ev.OfferBusy | ev.OfferTimedOut | ev.OfferUnreachable


def heard(office: Office, event: TransferEvent) -> None:
    """What an agent asked for, by page, keys or phone."""
    match event:
        case TransferAsked():
            _asked(office, event)
        case ConsultJoined():
            _joined(office, event)
        case TransferCompleted(contact, offer):
            _take(office, contact, offer, Happening.COMPLETED)
        case TransferCancelled(contact, offer):
            _take(office, contact, offer, Happening.CANCELLED)
        case CallerHeld():
            held.by_phone(office, event)


# -- what agents ask for


def _asked(office: Office, event: TransferAsked) -> None:
    contact = _talking(office, event.contact, event.offer)
    why = _why_not(office, contact, event.kind, event.to, ask_first=event.ask_first)
    if contact is None or why:
        office.commands.append(do.RefuseTransfer(event.contact, event.offer, why))
        return
    _begin(office, contact, event.kind, event.to, ask_first=event.ask_first)
    _move(office, contact, Happening.ASKED_FIRST if event.ask_first else Happening.PASSED_ON)


def _joined(office: Office, event: ConsultJoined) -> None:
    """The target's leg becomes that of an offer, and goes on ringing or talking as it does."""
    contact = _talking(office, event.contact, event.offer)
    why = _why_not(office, contact, event.kind, event.to, ask_first=True)
    if contact is None or why:
        office.commands.append(do.RefuseTransfer(event.contact, event.offer, why))
        return
    _begin(office, contact, event.kind, event.to, ask_first=True)
    target = fx.new_target(office, contact)
    target.leg = event.leg
    office.commands.append(do.AdoptLeg(target.offer, event.leg))
    outgoing.end_joined(office, event.own_leg)
    agent = office.state.agents.get(target.agent)
    if agent is not None and event.leg in agent.legs:
        agent.legs[target.offer] = agent.legs.pop(event.leg)
    elif agent is not None:
        staff.leg_started(office, ev.LegStarted(target.agent, target.offer, outbound=False))
    if event.is_up:
        target.phase = Phase.ACCEPTED
    else:
        target.deadline = office.now + office.state.office.transfer_s
        office.deadlines.add(target.deadline, Alarm.OFFER, target.offer)
    _move(office, contact, Happening.JOINED)


def _talking(office: Office, name: str, offer: str) -> Contact | None:
    """The contact, if this offer's agent talks with it now."""
    contact = office.state.contacts.get(name)
    is_so = contact is not None and contact.state is ContactState.CONNECTED and contact.offer == offer
    return contact if is_so else None


def _why_not(office: Office, contact: Contact | None, kind: Kind, to: str, *, ask_first: bool) -> str:
    """Why this cannot be, in one word, "" when it can."""
    if contact is None:
        return "no_call"
    if kind not in KINDS or (ask_first and kind not in ASKABLE) or (not to and kind is not Kind.VOICEMAIL):
        return "kind"
    if kind in fx.TO_QUEUE and to not in office.queues:
        return "unknown"
    if contact.transfers >= MOST_TRANSFERS:
        return "hops"
    if kind is Kind.VOICEMAIL and (contact.hops >= MOST_HOPS or Destination(kind, to).key in contact.visited):
        return "hops"
    return "self" if kind is Kind.USER and to == _phone_of(office, contact) else ""


def _phone_of(office: Office, contact: Contact) -> str:
    source = office.state.offers[contact.offer]
    agent = office.state.agents.get(source.agent)
    return source.to or (agent.settings.phone if agent is not None else "")


def _begin(office: Office, contact: Contact, kind: Kind, to: str, *, ask_first: bool) -> None:
    contact.transfers += 1
    contact.ways.clear()  # a person decides anew where the caller goes
    contact.transfer = Transfer(contact.agent, contact.queue, kind, to, ask_first, contact.offer)
    office.facts.append(story.TransferBegan(office.now, contact.contact, contact.agent, kind.value, to, ask_first))


def _take(office: Office, name: str, offer: str, happening: Happening) -> None:
    """A word of the agent who asks somebody first; from anybody else it means nothing."""
    contact = office.state.contacts.get(name)
    if contact is None or contact.transfer is None or contact.transfer.source != offer or not offer:
        return
    transfer = contact.transfer
    if _move(office, contact, happening) and happening is Happening.CANCELLED:
        fx.tell(office, contact, transfer, "cancelled")


def _move(office: Office, contact: Contact, happening: Happening) -> bool:
    """Take the caller through the row that applies; False when the happening means nothing here."""
    row = tables.find(office, contact, happening)
    if row is None:
        return False
    office.count(row.id)
    for effect in row.effects:
        effect(office, contact)
    return True


# -- what targets do


def answered(office: Office, offer: Offer) -> None:
    """The target picked up; after the decision it is too late (D-05)."""
    contact = office.state.contacts.get(offer.contact)
    if offer.phase is Phase.ACCEPTED:
        return
    if offer.phase is not Phase.OPEN or contact is None:
        office.commands.append(do.WithdrawOffer(offer.offer, "late"))
        return
    offer.phase, offer.deadline = Phase.ACCEPTED, 0.0
    agent = office.state.agents.get(offer.agent)
    if agent is not None and offer.offer in agent.legs:
        agent.legs[offer.offer].connected = True
    _move(office, contact, Happening.TARGET_ANSWERED)


def declined(office: Office, event: TargetEvent, offer: Offer) -> None:
    """The target says no, or nothing: no duty changes (D-17), the caller goes on or back (D-16)."""
    match event:
        case ev.OfferRejected() | ev.OfferBusy():
            _fail(office, offer, "rejected", Reason.XFER_REJECT)
        case ev.OfferTimedOut():
            _fail(office, offer, "no_answer", Reason.XFER_TIMEOUT)
        case ev.OfferUnreachable():
            _fail(office, offer, "unreachable", Reason.XFER_TIMEOUT)


def _fail(
    office: Office,
    offer: Offer,
    how: str,
    reason: Reason,
    happening: AgentHappening = AgentHappening.LAST_LEG_DOWN,
) -> None:
    """The target does not have the call: whoever was waiting for the answer goes on without it."""
    office.commands.append(do.WithdrawOffer(offer.offer, how))
    leaving.drop_leg(office, offer, happening)
    contact = office.state.contacts.get(offer.contact)
    if contact is None or contact.transfer is None or contact.transfer.target != offer.offer:
        return
    transfer = contact.transfer
    transfer.target, transfer.failed_for = "", reason
    fx.forget_recording(contact)
    fx.tell(office, contact, transfer, how)
    _move(office, contact, Happening.TARGET_FAILED)


def leg_ended(office: Office, offer: Offer, happening: AgentHappening = AgentHappening.LAST_LEG_DOWN) -> bool:
    """A leg is down that is part of a transfer; False when it is part of none and means what it always means."""
    contact = office.state.contacts.get(offer.contact)
    transfer = contact.transfer if contact is not None else None
    if contact is None or transfer is None or offer.phase is Phase.HANGING_UP:
        return False
    if offer.offer == transfer.source and contact.state is ContactState.CONSULTING:
        _move(office, contact, Happening.COMPLETED)  # whoever leaves a consultation leaves the caller to the target
        leaving.drop_leg(office, offer, happening)
        return True
    if offer.offer == transfer.target:
        _fail(office, offer, "left", Reason.XFER_TIMEOUT, happening)
        return True
    return False


def deadline(office: Office, offer: Offer) -> None:
    """T-xfer, T-bridge, or a hang-up nobody confirmed."""
    if offer.phase is Phase.HANGING_UP:
        leaving.drop_leg(office, offer, AgentHappening.LAST_LEG_DOWN)
    elif offer.phase is Phase.OPEN:
        _fail(office, offer, "no_answer", Reason.XFER_TIMEOUT)
    else:
        _fail(office, offer, "no_media", Reason.XFER_TIMEOUT)


def bridged(office: Office, name: str) -> None:
    """Caller and target, or caller and whoever took the call in the queue, hear each other: nothing to give back."""
    contact = office.state.contacts.get(name)
    if contact is None or contact.state is not ContactState.CONNECTED:
        return
    transfer, contact.transfer, contact.gives_back_to = contact.transfer, None, ""
    if transfer is not None:
        fx.tell(office, contact, transfer, "taken")


# -- what callers do, and faults


def caller_gone(office: Office, contact: Contact) -> bool:
    """The caller hung up in the middle of it; False when no transfer is under way."""
    return contact.transfer is not None and _move(office, contact, Happening.CALLER_LEFT)


def abandon(office: Office, contact: Contact) -> None:
    """The caller's leg is lost, the caller may come back: nobody is rung for them, the old queue has the place."""
    if contact.transfer is not None:
        target = office.state.offers.get(contact.transfer.target)
        if target is not None and target.offer != contact.offer:
            fx.drop_target(office, contact)
    contact.queue = contact.gives_back_to or contact.queue
    contact.transfer, contact.gives_back_to = None, ""


def say_again(office: Office, contact: Contact) -> None:
    """After a restart: an order to let agent and target talk may never have left."""
    if contact.state is ContactState.CONSULTING and fx.target_talks(office, contact):
        fx.let_consult(office, contact)


def restart(office: Office, offer: Offer) -> None:
    """The switch has this target no more (A-30)."""
    if offer.phase is Phase.HANGING_UP:
        leaving.drop_leg(office, offer, AgentHappening.LEGS_LOST)
    elif not leg_ended(office, offer, AgentHappening.LEGS_LOST):
        offers.leave_caller(office, offer)
        leaving.drop_leg(office, offer, AgentHappening.LEGS_LOST)
