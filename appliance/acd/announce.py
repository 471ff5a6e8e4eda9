"""Telling waiting callers their place: on entry, when it is better, and again every T-ann (S-38).

Rules: never worse than what was said before (I-23), never within T-annmin of the last time, never while a phone rings
for this caller. Callbacks ahead count like everybody else.
"""

import bisect

from appliance.acd import commands as do
from appliance.acd.model import Contact, ContactState
from appliance.acd.office import Office


def keep(office: Office, contact: Contact) -> None:
    """Look whether this waiting caller should hear their place now, and when to look again."""
    queue = office.queues[contact.queue]
    if not queue.announce_position:
        contact.announce_at = 0.0
        return
    if office.now < contact.announce_at:
        return
    contact.announce_at = office.now + max(queue.announce_min_s, 1.0)
    place = position(office, contact)
    is_better = not contact.announced or place < contact.announced
    is_time = place == contact.announced and office.now >= contact.announced_at + queue.announce_s
    if is_better or is_time:
        contact.announced, contact.announced_at = place, office.now
        office.commands.append(do.AnnouncePosition(contact.contact, place))


def position(office: Office, contact: Contact) -> int:
    """The place in the queue, from 1: who stands before in the line, and for whom a phone is ringing already."""
    line = office.waiting[contact.queue]
    before = bisect.bisect_left(line, (contact.key, contact.contact))
    return 1 + before + sum(1 for other in _being_served(office, contact.queue) if other.key < contact.key)


def _being_served(office: Office, queue: str) -> list[Contact]:
    """Callers who may still come back to their place: an offer or a connection of theirs is under way."""
    names = {offer.contact for offer in office.state.offers.values() if offer.queue == queue}
    found = [office.state.contacts[name] for name in names if name in office.state.contacts]
    under_way = (ContactState.OFFERING, ContactState.CONNECTING)
    return [one for one in found if one.state in under_way and one.queue == queue]
