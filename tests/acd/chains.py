"""Chains for machines and random days: every kind of destination, circles among queues, and what may come back."""

from collections.abc import Callable

from appliance.acd import events as ev
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.events import Event
from appliance.acd.model import Contact, ContactState
from appliance.acd.settings import CallbackSettings

TO_HELP, TO_VIP, TO_SALES = (Destination(Kind.QUEUE, name) for name in ("help", "vip", "sales"))
LAST_IN_HELP = Destination(Kind.QUEUE, "help", keep_place=False)
USER = Destination(Kind.USER, "zoe")
OUTSIDE = Destination(Kind.EXTERNAL, "0312345678")
VOICEMAIL = Destination(Kind.VOICEMAIL, "front")
SORRY = Destination(Kind.MESSAGE, "sorry")
CALL_ME = Destination(Kind.CALLBACK)

FOR_HELP = (Chain(Reason.FULL, (TO_VIP, CALL_ME, OUTSIDE)), Chain(Reason.NO_AGENT, (TO_SALES, TO_VIP)))
FOR_VIP = (
    Chain(Reason.BUSY, (USER, TO_HELP, VOICEMAIL)),
    Chain(Reason.MAX_WAIT, (LAST_IN_HELP, TO_SALES)),
    Chain(Reason.NO_AGENT, (OUTSIDE, TO_SALES, TO_HELP, VOICEMAIL, SORRY)),
)
FOR_NIGHT = (Chain(Reason.NO_AGENT, (TO_VIP, VOICEMAIL)),)

_NEWS: tuple[Callable[[str, int], Event], ...] = (
    ev.SentOn,
    ev.CouldNotSend,
    ev.CouldNotSend,
    ev.MessageSaid,
    lambda contact, hop: ev.VoicemailLeft(contact, hop, 1.0),
    lambda contact, hop: ev.VoicemailLeft(contact, hop, 9.0),
)


def news_of(contact: Contact, number: int) -> Event:
    """Something is told about a caller on the way along a chain; now and then about an earlier step."""
    is_late = number % 11 == 0
    return _NEWS[number % len(_NEWS)](contact.contact, contact.hops - is_late)


AGENT_FIRST = CallbackSettings(digit="2", after=1, ring_s=12, confirm_s=6, retry_s=20, tries=2, expiry_s=400)
CUSTOMER_FIRST = CallbackSettings(digit="2", agent_first=False, ring_s=12, confirm_s=6, retry_s=15, expiry_s=300)

# whole dialogues, so that chance gets as far as a promise: with the caller's own number, and with another one
DIALOGUES = (("2", "1"), ("2", "1"), ("2", *"20355501#1"), ("2", "*"), ("2", *"2110#"), ("9",), ("1",))


def presses(contact: str, number: int) -> list[Event]:
    """A caller, or a customer who was called back, presses keys."""
    return [ev.DigitPressed(contact, digit) for digit in DIALOGUES[number % len(DIALOGUES)]]


def news_of_dial(contact: Contact, number: int) -> Event:
    """The customer's phone: mostly picked up, now and then told about an earlier attempt."""
    attempt = contact.callback.attempt - (number % 13 == 0) if contact.callback is not None else 0
    if contact.state is ContactState.CONFIRMING and number % 4:
        return ev.DigitPressed(contact.contact, "1")
    return (ev.CustomerAnswered, ev.CustomerAnswered, ev.CustomerFailed)[number % 3](contact.contact, attempt)
