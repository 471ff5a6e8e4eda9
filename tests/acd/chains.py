"""Chains for machines and random days: every kind of destination, circles among queues, and what may come back."""

from collections.abc import Callable

from appliance.acd import events as ev
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.events import Event
from appliance.acd.model import Contact

TO_HELP, TO_VIP, TO_SALES = (Destination(Kind.QUEUE, name) for name in ("help", "vip", "sales"))
LAST_IN_HELP = Destination(Kind.QUEUE, "help", keep_place=False)
USER = Destination(Kind.USER, "zoe")
OUTSIDE = Destination(Kind.EXTERNAL, "0312345678")
VOICEMAIL = Destination(Kind.VOICEMAIL, "front")
SORRY = Destination(Kind.MESSAGE, "sorry")

FOR_HELP = (Chain(Reason.FULL, (TO_VIP, OUTSIDE)), Chain(Reason.NO_AGENT, (TO_SALES, TO_VIP)))
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
