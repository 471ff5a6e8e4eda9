"""A caller on hold: begun by the agent's phone or by a consultation, ended by whatever comes after (M-10, T-held).

Rule: hold is a fact beside the state of the contact, so that nothing that can end a conversation has to know of it.
"""

from appliance.acd import story
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Contact, ContactState
from appliance.acd.office import Office
from appliance.acd.transfer_events import CallerHeld


def by_phone(office: Office, event: CallerHeld) -> None:
    """The agent's phone says so; one who is asking somebody else holds the caller whatever the phone does."""
    contact = office.state.contacts.get(event.contact)
    if contact is None or contact.offer != event.offer or contact.state is not ContactState.CONNECTED:
        return
    if event.is_held:
        begin(office, contact)
    else:
        over(office, contact)


def begin(office: Office, contact: Contact) -> None:
    """The caller hears music while an agent has the call; told twice, it began once."""
    if contact.held_since:
        return
    contact.held_since = office.now
    _watch(office, contact)
    office.facts.append(story.CallerHeld(office.now, contact.contact, contact.agent, contact.offer))


def over(office: Office, contact: Contact) -> None:
    """Whatever comes now, it is no hold any more."""
    if not contact.held_since:
        return
    held_s = max(0.0, office.now - contact.held_since)
    contact.held_since, contact.remind_at = 0.0, 0.0
    office.facts.append(story.CallerTakenBack(office.now, contact.contact, contact.agent, contact.offer, held_s))


def remind(office: Office, contact: Contact) -> None:
    """T-held ran out: tell the agent, and again after as long."""
    held_s = office.now - contact.held_since
    _watch(office, contact)
    office.facts.append(story.HeldLong(office.now, contact.contact, contact.agent, held_s))


def _watch(office: Office, contact: Contact) -> None:
    if office.state.office.held_s:
        contact.remind_at = office.now + office.state.office.held_s
        office.deadlines.add(contact.remind_at, Alarm.HELD, contact.contact)
    else:
        contact.remind_at = 0.0
