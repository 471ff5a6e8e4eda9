"""What becomes of an offer and of its leg (D-05). As in `events.py`: past tense, fields only added, with defaults."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferAlerted:
    """The agent's phone rings (18x)."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The agent answered (200, media up): A-04, or late (R-01, R-05)."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferDoubted:
    """A phone outside the house answered at once, as a mailbox does: `OfferAccepted` once a person pressed 1 (R-46)."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferRejected:
    """The phone said no after it rang, or the agent declined by button or page (A-05)."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferBusy:
    """486/600 from the agent's phone: a race with a call of their own (A-07), else a reject."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferTimedOut:
    """The switch's own ring timer ran out before the core's: same meaning (A-06)."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferUnreachable:
    """The phone gave no sign, is not registered or failed (A-08)."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferLegEnded:
    """The agent's leg of an accepted offer ended: the agent has left the conversation (D-08)."""

    offer: str


@dataclass(frozen=True, slots=True)
class Bridged:
    """Caller and agent hear each other."""

    contact: str
    offer: str
