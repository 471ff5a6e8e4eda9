"""The skill level a caller waits for, and how it gives way with the wait: min, one less every `relax_s`, never below
the floor (§3.5, F-05). Kept with the contact, so that a change is an event of its time and not of whoever asks.
"""

from appliance.acd.deadlines import Alarm
from appliance.acd.model import Contact
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings


def begin(office: Office, contact: Contact) -> None:
    """The caller stands in this queue's line: for the first time with the full demand."""
    queue = office.queues.get(contact.queue)
    if queue is None or queue.strategy != "skills" or contact.needs_for == contact.queue:
        return
    contact.needs, contact.needs_for = queue.skill_min, contact.queue
    _watch(office, contact, queue)


def relax(office: Office, contact: Contact) -> None:
    """The wait was long enough for one level less."""
    contact.needs, contact.relaxes_at = contact.needs - 1, 0.0
    queue = office.queues.get(contact.needs_for)
    if queue is not None:
        _watch(office, contact, queue)


def _watch(office: Office, contact: Contact, queue: QueueSettings) -> None:
    if queue.relax_s and contact.needs > queue.skill_floor:
        contact.relaxes_at = office.now + queue.relax_s
        office.deadlines.add(contact.relaxes_at, Alarm.RELAX, contact.contact)
