"""What is told of calls that agents place; `story.py` has the rest. How one ends is told as of any contact."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """The agent's calls go out as this queue now, "" personally. `actor` "": the one before is permitted no more."""

    at: float
    agent: str
    queue: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallPlaced:
    """An agent calls a number outside: the contact begins with it, and no queue has admitted it."""

    at: float
    contact: str
    agent: str
    queue: str
    number: str
    way: str


@dataclass(frozen=True, slots=True)
class WayChanged:
    """Another line or trunk carries the call than the one it began with."""

    at: float
    contact: str
    way: str


@dataclass(frozen=True, slots=True)
class CallTaken:
    """The number counts as answered by this evidence: an analogue line has no signal for it (fxo §2.4)."""

    at: float
    contact: str
    evidence: str


OutgoingFact = IdentityChanged | CallPlaced | WayChanged | CallTaken
