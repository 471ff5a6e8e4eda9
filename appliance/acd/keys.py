"""Keys that callers press: in a menu (F-50), to leave for voicemail (S-34, S-39), for a callback (S-40).

Rule: a key counts only while the caller waits, an agent is being rung, or a chain asks for one; once an agent has
answered it means nothing (R-19), but for the yes to being recorded (§3.11).
"""

from appliance.acd import callback, consent, fallback, offers, promise, recording
from appliance.acd.chains import Reason
from appliance.acd.model import Ask, Contact, ContactState
from appliance.acd.office import Office


def pressed(office: Office, name: str, digit: str) -> None:
    """A key of the caller's, or of the customer whom we called back."""
    contact = office.state.contacts.get(name)
    if contact is None or not digit:
        return
    if contact.state is ContactState.CONFIRMING and digit == "1":
        callback.confirmed(office, contact)
    elif contact.is_live and contact.state is ContactState.MENU:
        fallback.menu_key(office, contact, digit)
    elif contact.is_live and contact.state is ContactState.FALLBACK:
        fallback.key_pressed(office, contact, digit)
    elif contact.state in (ContactState.PLACING, ContactState.CONNECTING, ContactState.CONNECTED):
        if consent.is_awaited(contact, digit, office.now):
            recording.agreed(office, contact)
    elif contact.is_live and contact.state in (ContactState.WAITING, ContactState.OFFERING):
        _while_waiting(office, contact, digit)


def _while_waiting(office: Office, contact: Contact, digit: str) -> None:
    queue = office.queues.get(contact.queue)
    if contact.ask is not Ask.NOTHING and office.now < contact.ask_until:
        callback.dialogue(office, contact, digit)
    elif consent.is_awaited(contact, digit, office.now):
        recording.agreed(office, contact)
    elif contact.callback_offered and contact.callback is None and digit == promise.terms(office, contact).digit:
        callback.ask(office, contact)
    elif queue is not None and digit == queue.voicemail_digit:
        offers.stop_ringing(office, contact, "caller_left")  # the ringing ends before the caller leaves
        fallback.fall_back(office, contact, Reason.KEY)
