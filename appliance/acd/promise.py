"""A callback that was promised: where it stands while nobody is on the line, and the dials it orders (§3.8).

Rules: a promise keeps its place (D-09); it stands in the line like a caller, but only while it may be served: open, and
not within the retry gap. It is dialled only while an agent is held for it (I-21), each dial under a number of its own.
"""

from appliance.acd import commands as do
from appliance.acd import hours, story
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Contact, ContactState, Hears
from appliance.acd.office import Office
from appliance.acd.settings import CallbackSettings

ON_THE_PHONE = (ContactState.DIALLING, ContactState.CONFIRMING)


def terms(office: Office, contact: Contact) -> CallbackSettings:
    """The queue's terms; the usual ones where it offers no callbacks (any more)."""
    queue = office.queues.get(contact.queue)
    return queue.callback if queue is not None and queue.callback is not None else CallbackSettings()


def stand_by(office: Office, contact: Contact) -> None:
    """Nobody is on the line: in line when the promise may be served now, else at rest until it may."""
    promise = contact.callback
    assert promise is not None, contact
    cancel_dial(office, contact)
    office.end_race(contact)
    contact.is_live, contact.hears, contact.offer = False, Hears.NOTHING, ""
    contact.announce_at = 0.0  # nobody is there to be told a place
    closed = hours.why_closed(office, contact.queue) is not None
    _count_open_time(office, contact, closed)
    expires = promise.open_since + promise.left_s if promise.open_since else 0.0
    if closed or promise.waits_for_opening or office.now < promise.retry_at:
        contact.state = ContactState.RESTING
        contact.until = min([at for at in (expires, 0.0 if closed else promise.retry_at) if at], default=0.0)
    else:
        contact.state, contact.until = ContactState.WAITING, expires
        office.line_up(contact)
        office.unsettled.append(contact.contact)
    if contact.until:
        office.deadlines.add(contact.until, Alarm.AWAY, contact.contact)


def _count_open_time(office: Office, contact: Contact, closed: bool) -> None:
    """A promise expires after so much open time: a night does not count (T-cb)."""
    promise = contact.callback
    assert promise is not None, contact
    if closed and promise.open_since:
        promise.left_s -= office.now - promise.open_since
        promise.open_since = 0.0
    elif not closed and not promise.open_since:
        promise.open_since = office.now


def is_silent(office: Office, contact: Contact) -> bool:
    """Customer first: the agent is held without a ring until the customer has confirmed."""
    return not contact.is_live and not terms(office, contact).agent_first


def dial(office: Office, contact: Contact) -> None:
    """An agent is held: dial the customer, once for this attempt (R-28)."""
    promise = contact.callback
    assert promise is not None, contact
    promise.attempt, promise.tries = promise.attempt + 1, promise.tries + 1
    ring_s = terms(office, contact).ring_s
    contact.state = ContactState.DIALLING
    watch(office, contact, ring_s)
    office.facts.append(story.CallbackDialled(office.now, contact.contact, promise.attempt))
    order_dial(office, contact)


def order_dial(office: Office, contact: Contact) -> None:
    """Order the present dial, after a restart again: under the same number it is made at most once (R-28)."""
    if contact.callback is not None and contact.state is ContactState.DIALLING:
        number, attempt = contact.callback.number, contact.callback.attempt
        office.commands.append(do.DialCustomer(contact.contact, number, attempt, terms(office, contact).ring_s))


def cancel_dial(office: Office, contact: Contact) -> None:
    """The agent who was held is gone, or the customer rang in: a dial that we break off does not count as a try."""
    if contact.callback is not None and contact.state in ON_THE_PHONE:
        contact.callback.tries -= 1
        office.commands.append(do.CancelDial(contact.contact, contact.callback.attempt))


def watch(office: Office, contact: Contact, seconds: float) -> None:
    """The contact's timer of the present state."""
    contact.until = office.now + seconds
    office.deadlines.add(contact.until, Alarm.AWAY, contact.contact)
