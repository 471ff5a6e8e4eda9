"""Whether a caller may be recorded, and what the caller is told of it (§3.11).

The profile is the line's or trunk's by which the caller came, else the queue's: nothing is said, the caller is told, is
told and hears a beep every T-beep, or is asked. Who is asked and does not press 1 is not recorded; the page says why.
"""

from appliance.acd import commands as do
from appliance.acd import story
from appliance.acd.model import TALKS, Contact, ContactState
from appliance.acd.office import Office
from appliance.acd.settings import Consent, QueueSettings

NOTICE, ASKED, GIVEN = "recording_notice", "consent_ask", "consent_given"
YES = "1"
BEEP_S = 15.0  # T-beep
ANSWER_S = 25.0
"""A 1 counts until so long after the question; later it may be part of a card's number (S-08)."""
CUT_S = 12.0
"""Who is connected within this time of the question may not have heard it to its end, and is asked again."""


def profile(queue: QueueSettings | None, contact: Contact) -> Consent:
    """What holds for this caller in this queue."""
    return contact.consent or (queue.consent if queue is not None else Consent.NONE)


def is_refused(queue: QueueSettings | None, contact: Contact) -> bool:
    """The caller is to agree, and has not."""
    return profile(queue, contact) is Consent.ASK and not contact.has_agreed


def beep_s(queue: QueueSettings | None, contact: Contact) -> float:
    """How often those who talk hear that they are recorded, 0 never."""
    return BEEP_S if profile(queue, contact) is Consent.BEEP else 0.0


def to_tell(queue: QueueSettings | None, contact: Contact) -> str:
    """What this caller of a queue that records has not been told yet, "" for nothing."""
    match profile(queue, contact):
        case Consent.NONE:
            return ""
        case Consent.ASK:
            return "" if contact.has_agreed or ASKED in contact.told else ASKED
        case _:
            return "" if NOTICE in contact.told else NOTICE


def note_asked(office: Office, contact: Contact) -> None:
    """The question is being put to the caller."""
    contact.answers_until = office.now + ANSWER_S


def is_cut(office: Office, contact: Contact) -> bool:
    """Whether the question came just before somebody answered."""
    asked_at = contact.answers_until - ANSWER_S
    return not contact.has_agreed and ASKED in contact.told and office.now < asked_at + CUT_S


def is_awaited(contact: Contact, digit: str, now: float) -> bool:
    """Whether this key is the caller's yes to the question: while they wait at any time, in a talk for a while."""
    if digit != YES or contact.has_agreed or ASKED not in contact.told:
        return False
    return contact.state not in TALKS or now < contact.answers_until


def given(office: Office, contact: Contact) -> None:
    """The caller agreed."""
    contact.has_agreed = True
    office.facts.append(story.ConsentGiven(office.now, contact.contact))
    if contact.state in (ContactState.CONNECTING, ContactState.CONNECTED):
        office.commands.append(do.TellTalking(contact.contact, (GIVEN,)))
    elif contact.state is not ContactState.PLACING:  # there the question is still being said
        office.commands.append(do.TellCaller(contact.contact, (GIVEN,)))
