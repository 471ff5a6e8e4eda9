"""What phones and the caller's line are told: ring, ringback or music, and the bridge between the two (S-03, I-12)."""

from appliance.acd import commands as do
from appliance.acd import contacts, recording
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Contact, ContactState, Hears, Offer
from appliance.acd.office import Office


def ring(office: Office, offer: Offer) -> None:
    """Let the agent's phone ring: T-ring runs from now."""
    queue = office.queues.get(offer.queue)
    ring_s, alert_s = (queue.ring_s, queue.alert_s) if queue is not None else (0.0, 0.0)
    _until(office, offer, ring_s)
    office.commands.append(do.OpenOffer(offer.offer, offer.contact, offer.agent, offer.queue, ring_s, alert_s))


def let_hear(office: Office, contact: Contact) -> None:
    """Ringback during the first direct offer, its whole race and in a ring group; else music."""
    if contact.hears is Hears.NOTHING:
        contacts.ring(office, contact)
    elif contact.hears is not Hears.RINGBACK or not (len(contact.ringing) > 1 or _is_group(office, contact)):
        contacts.hold(office, contact)


def _is_group(office: Office, contact: Contact) -> bool:
    queue = office.queues.get(contact.queue)
    return queue is not None and queue.is_group


def join(office: Office, contact: Contact, offer: Offer) -> None:
    """Connect caller and agent, who are both on the line, and wait for the word that they hear each other."""
    _until(office, offer, office.state.office.bridge_s)
    contact.state = ContactState.CONNECTING
    connect(office, contact, offer)


def connect(office: Office, contact: Contact, offer: Offer) -> None:
    """Bridge the two, in a recording of its own where the queue records."""
    contact.hears = Hears.AGENT
    office.commands.append(do.Connect(contact.contact, offer.offer))
    recording.begin(office, contact, offer)


def _until(office: Office, offer: Offer, seconds: float) -> None:
    offer.deadline = office.now + seconds
    office.deadlines.add(offer.deadline, Alarm.OFFER, offer.offer)
