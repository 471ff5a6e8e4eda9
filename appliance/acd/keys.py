"""Keys that callers press while they wait: the exit to voicemail (S-34, S-39).

Rule: a key counts only while the caller waits or an agent is being rung; once an agent has answered it means nothing
(R-19).
"""

from appliance.acd import fallback, offers
from appliance.acd.chains import Reason
from appliance.acd.model import ContactState
from appliance.acd.office import Office


def pressed(office: Office, name: str, digit: str) -> None:
    """A key of the caller's; the ringing ends before the caller leaves."""
    contact = office.state.contacts.get(name)
    if contact is None or contact.state not in (ContactState.WAITING, ContactState.OFFERING):
        return
    queue = office.queues.get(contact.queue)
    if queue is not None and digit and digit == queue.voicemail_digit:
        offers.stop_ringing(office, contact, "caller_left")
        fallback.fall_back(office, contact, Reason.KEY)
