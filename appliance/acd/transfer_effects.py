"""The guards and effects that the rows of `transfer_tables.py` name: one caller, their transfer, and its two offers.

Rule: a leg is parted from its peer before it is hung up, since the switch ends both sides of a conversation (I-03).
"""

from appliance.acd import commands as do
from appliance.acd import contacts, fallback, held, joining, leaving, staff, story
from appliance.acd.chains import Destination, Kind, Reason
from appliance.acd.deadlines import Alarm
from appliance.acd.events import LegStarted
from appliance.acd.memory import Transfer
from appliance.acd.model import Contact, ContactState, Offer, Phase
from appliance.acd.office import Office
from appliance.acd.story import Outcome

ALERT_S = 8.0  # a colleague's phone, or a line that dials, may need a while to say that it rings
CALLER_GONE = "caller_gone"  # the tone an agent hears whose caller left during a consultation
TO_QUEUE, TO_MACHINE = (Kind.QUEUE, Kind.GROUP), (Kind.VOICEMAIL,)


def always(office: Office, contact: Contact) -> bool:
    """No condition."""
    return True


def is_to_queue(office: Office, contact: Contact) -> bool:
    """Into a queue or a ring group, which decides by its own rules."""
    return transfer_of(contact).kind in TO_QUEUE


def is_to_machine(office: Office, contact: Contact) -> bool:
    """To voicemail, which rings nobody."""
    return transfer_of(contact).kind in TO_MACHINE


def target_talks(office: Office, contact: Contact) -> bool:
    """The target has answered already; one who only rings makes it a transfer without asking (R-13)."""
    target = office.state.offers.get(transfer_of(contact).target)
    return target is not None and target.phase is Phase.ACCEPTED


def transfer_of(contact: Contact) -> Transfer:
    """The running transfer; a contact without one takes no row."""
    if contact.transfer is None:
        raise LookupError(f"contact {contact.contact} is {contact.state.value} and not being passed on")
    return contact.transfer


# -- the agent's side


def put_aside(office: Office, contact: Contact) -> None:
    """The caller hears music; what the agent says to somebody else is not recorded as part of this conversation."""
    held.begin(office, contact)
    contact.state = ContactState.CONSULTING
    contacts.hold(office, contact)
    if contact.recording:
        office.commands.append(do.StopRecording(contact.recording))
        forget_recording(contact)


def forget_recording(contact: Contact) -> None:
    """The file is closed; the next conversation has one of its own (C-12)."""
    contact.recording, contact.is_recording = "", False


def stop_talk(office: Office, contact: Contact) -> None:
    """The conversation with the agent ends here: its time, its hold and its recording."""
    contacts.stop_clock(office, contact)
    forget_recording(contact)


def let_go(office: Office, contact: Contact) -> None:
    """The caller hears music, the agent is free to wrap up, whatever becomes of the caller (S-13, S-18)."""
    stop_talk(office, contact)
    contact.state = ContactState.TRANSFERRING
    contacts.hold(office, contact)
    release(office, contact)


def release(office: Office, contact: Contact) -> None:
    """Hang up the agent who passes the caller on, if they are still there: wrap-up starts now (R-12)."""
    transfer = transfer_of(contact)
    source, transfer.source = office.state.offers.get(transfer.source), ""
    contact.gives_back_to = contact.gives_back_to or transfer.queue
    if source is not None:
        leaving.let_go(office, source, "transferred")


def tell_agent(office: Office, contact: Contact) -> None:
    """R-14: a tone says that the caller is gone, then the agent is released."""
    transfer = transfer_of(contact)
    source, transfer.source = office.state.offers.get(transfer.source), ""
    if source is not None:
        leaving.await_end(office, source)
        office.commands.append(do.DismissAgent(source.offer, CALLER_GONE))


def take_back(office: Office, contact: Contact) -> None:
    """Agent and caller talk again, in a recording of their own."""
    held.over(office, contact)
    contact.state = ContactState.CONNECTED
    joining.connect(office, contact, office.state.offers[contact.offer])


# -- the target's side


def ring_target(office: Office, contact: Contact) -> None:
    """Ring the target as a direct call: whatever the duty, and nobody is blamed for a no (D-17)."""
    transfer, ring_s = transfer_of(contact), office.state.office.transfer_s
    target = new_target(office, contact)
    target.deadline = office.now + ring_s
    office.deadlines.add(target.deadline, Alarm.OFFER, target.offer)
    if target.agent:
        staff.leg_started(office, LegStarted(target.agent, target.offer, outbound=False))
    order = do.RingTarget(target.offer, contact.contact, transfer.kind, transfer.to, transfer.source, ring_s, ALERT_S)
    office.commands.append(order)
    leave_ringing(office, contact)


def new_target(office: Office, contact: Contact) -> Offer:
    """The offer of a transfer, known to the office and not rung yet."""
    transfer = transfer_of(contact)
    office.state.offers_made += 1
    name = f"o{office.state.offers_made}"
    agent = agent_at(office, transfer.to) if transfer.kind is Kind.USER else ""
    target = Offer(name, contact.contact, agent, transfer.queue, office.now, 0.0, to=transfer.to)
    office.state.offers[name], transfer.target = target, name
    return target


def agent_at(office: Office, phone: str) -> str:
    """The agent whose phone this is, "" when it is nobody's."""
    named = (name for name, agent in office.state.agents.items() if agent.settings.phone == phone)
    return next(named, "")


def leave_ringing(office: Office, contact: Contact) -> None:
    """The target rings on; without an agent on the call the target is all the caller has."""
    if contact.state is ContactState.TRANSFERRING:
        contact.offer = transfer_of(contact).target


def let_consult(office: Office, contact: Contact) -> None:
    """Agent and target talk, the caller waits."""
    transfer = transfer_of(contact)
    office.commands.append(do.LetConsult(transfer.source, transfer.target))


def join_target(office: Office, contact: Contact) -> None:
    """Connect caller and target; only when they hear each other is the transfer over."""
    target = office.state.offers[transfer_of(contact).target]
    contact.offer = target.offer
    contact.gives_back_to = contact.gives_back_to or transfer_of(contact).queue
    joining.join(office, contact, target)


def drop_target(office: Office, contact: Contact) -> None:
    """The target is wanted no more."""
    transfer = transfer_of(contact)
    target, transfer.target = office.state.offers.get(transfer.target), ""
    if target is not None:
        leaving.let_go(office, target, "cancelled")


# -- where the caller goes


def enter_queue(office: Office, contact: Contact) -> None:
    """Into the queue, at the place the old key says there; its own rules and its own fallback follow (D-04, D-16)."""
    transfer = transfer_of(contact)
    contact.transfer = None
    contact.declined.clear()
    tell(office, contact, transfer, "sent")
    fallback.move_to(office, contact, Destination(Kind.QUEUE, transfer.to))


def send_to_machine(office: Office, contact: Contact) -> None:
    """To voicemail; one that cannot take the call gives the caller back."""
    transfer = transfer_of(contact)
    contact.transfer = None
    tell(office, contact, transfer, "sent")
    fallback.send_to(office, contact, Destination(transfer.kind, transfer.to), Reason.XFER)


def follow_chain(office: Office, contact: Contact) -> None:
    """Nobody took the call: the target's own fallback, then back to the old place (D-16)."""
    fallback.fall_back(office, contact, transfer_of(contact).failed_for or Reason.XFER_TIMEOUT)


def close(office: Office, contact: Contact) -> None:
    """The transfer came to nothing and agent and caller go on."""
    contact.transfer = None


def end(office: Office, contact: Contact) -> None:
    """The caller is gone; they had talked with an agent, so they were answered (M-00)."""
    transfer = transfer_of(contact)
    contact.transfer = None
    tell(office, contact, transfer, "caller_left")
    contacts.end(office, contact, Outcome.ANSWERED, "in_transfer")


def tell(office: Office, contact: Contact, transfer: Transfer, how: str) -> None:
    """What became of the transfer, for whoever counts (M-16)."""
    office.facts.append(
        story.TransferEnded(office.now, contact.contact, transfer.agent, transfer.kind.value, transfer.to, how)
    )
