"""Who is on which leg: the desk's own names for what the switch calls legs.

A contact's id is made of the leg that brought it (or of the line's call key, which survives the switch), an offer's leg
of the offer's id, a second leg of the first one's: so after a restart of the desk every leg of a snapshot says what it
is, without a table that could be lost. `mark` names the database, so that a new one never repeats an old name.
"""

import base64
import hashlib
from typing import Final, Protocol

from appliance.acd.events import Event
from appliance.wire import Incoming, Leg, Message

SECOND: Final = "x-"
"""Prefix of the leg we dial for a phone's own call."""


_AGAIN: Final = "~"
"""Before the number of the attempt in such a leg's name, when its first way out did not carry it."""


def second_leg(first: str, attempt: int = 1) -> str:
    """The name of the leg dialled for the phone on `first`: no name is used twice, for the switch remembers them."""
    is_first = attempt == 1 and _AGAIN not in first
    return f"{SECOND}{first}" if is_first else f"{SECOND}{first}{_AGAIN}{attempt}"


def first_leg(second: str) -> str:
    """The leg that such a leg was dialled for, "" when it is none of ours."""
    if not second.startswith(SECOND):
        return ""
    first = second.removeprefix(SECOND)
    return first.rpartition(_AGAIN)[0] or first


def attempt_of(second: str) -> int:
    """Which attempt such a leg's name tells of; 1 for any other."""
    attempt = second.rpartition(_AGAIN)[2] if first_leg(second) else ""
    return int(attempt) if attempt.isdecimal() else 1


class Say(Protocol):
    """Send one message to the switch; while it is away nothing happens."""

    def __call__(self, message: Message, /) -> None:
        """Send it."""


class Post(Protocol):
    """Tell call control what happened."""

    def __call__(self, event: Event, /) -> None:
        """Post it."""


class Legs:
    """The present legs of callers, offers and agents."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._leg_of: dict[str, str] = {}
        self._contact_of: dict[str, str] = {}
        self._named: set[str] = set()
        self._adopted: dict[str, str] = {}
        self._adopter: dict[str, str] = {}
        self.agents: dict[str, str] = {}
        """Leg of a phone's own call → the agent whose phone it is."""
        self.recordings: dict[str, str] = {}
        """Recording → contact."""

    def contact_for(self, call: Incoming | Leg) -> str:
        """The id of the contact that this call is: the same for the same leg or the same call key, always."""
        return self.contact_of_leg(call.leg, call.call_key)

    def contact_of_leg(self, leg: str, call_key: str = "") -> str:
        """The id of the contact that came by this leg, or was placed by it."""
        origin = f"key|{call_key}" if call_key else f"leg|{leg}"
        digest = hashlib.blake2s(f"{self._mark}|{origin}".encode(), digest_size=10).digest()
        return "c" + base64.b32encode(digest).decode().lower().rstrip("=")[:12]

    def offer_leg(self, offer: str) -> str:
        """The leg dialled for an offer, or the one it adopted."""
        return self._adopted.get(offer) or f"{offer}.{self._mark}"

    def adopt(self, offer: str, leg: str) -> None:
        """The offer is on a leg that was dialled for something else (a consultation that became a transfer)."""
        self._adopted[offer], self._adopter[leg] = leg, offer

    def forget_adopted(self, leg: str) -> None:
        """An adopted leg is gone."""
        self._adopted.pop(self._adopter.pop(leg, ""), None)

    def offer_of(self, leg: str) -> str:
        """The offer a leg was dialled for, "" when it is no offer's."""
        offer, _, mark = leg.partition(".")
        return offer if mark == self._mark else self._adopter.get(leg, "")

    def coach_leg(self, coach: str) -> str:
        """The leg dialled for a supervisor who is to take part in a conversation."""
        return f"{coach}.k.{self._mark}"

    def coach_of(self, leg: str) -> str:
        """The coach a leg was dialled for, "" when it is none's."""
        return leg.removesuffix(f".k.{self._mark}") if leg.endswith(f".k.{self._mark}") else ""

    def nag_leg(self, nag: str) -> str:
        """The leg dialled to ask an agent who was taken off duty."""
        return f"{nag}.n.{self._mark}"

    def nag_of(self, leg: str) -> str:
        """The question a leg was dialled for, "" when it is none's."""
        return leg.removesuffix(f".n.{self._mark}") if leg.endswith(f".n.{self._mark}") else ""

    def bind(self, contact: str, leg: str) -> None:
        """The contact is on this leg from now on."""
        self._contact_of.pop(self._leg_of.get(contact, ""), None)
        self._leg_of[contact], self._contact_of[leg] = leg, contact

    def leg_of(self, contact: str) -> str:
        """The caller's leg, "" when there is none."""
        return self._leg_of.get(contact, "")

    def contact_of(self, leg: str) -> str:
        """The contact on this leg, "" when there is none."""
        return self._contact_of.get(leg, "")

    def needs_name(self, leg: str) -> bool:
        """Whether the switch was not told yet whose leg it is; from now on it was."""
        if leg in self._named:
            return False
        self._named.add(leg)
        return True

    def drop(self, leg: str) -> str:
        """The leg is gone; returns its contact, "" when it had none."""
        self._named.discard(leg)
        contact = self._contact_of.pop(leg, "")
        if contact:
            del self._leg_of[contact]
        return contact

    def forget_all(self) -> None:
        """The switch died and every leg with it."""
        for table in (self._leg_of, self._contact_of, self._adopted, self._adopter, self.agents, self.recordings):
            table.clear()
        self._named.clear()
