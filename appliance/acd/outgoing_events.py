"""What can happen to an agent's calls that no queue offered: placed as a queue or personally (S-10 to S-12)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LegStarted:
    """The agent's phone has a call that is no offer: outbound (with a queue's identity or personal) or direct in."""

    agent: str
    leg: str
    outbound: bool
    queue: str = ""


@dataclass(frozen=True, slots=True)
class LegConnected:
    """Such a call was answered and talks."""

    agent: str
    leg: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """Such a call is over."""

    agent: str
    leg: str


@dataclass(frozen=True, slots=True)
class IdentityChosen:
    """The agent's calls go out as this queue from now on, "" personally, until another choice (S-10)."""

    agent: str
    queue: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallPlaced:
    """The agent's phone, on `leg`, calls a number outside: as this queue, or personally; `way` is the line or trunk."""

    contact: str
    agent: str
    leg: str
    number: str
    queue: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class CallNotPlaced:
    """Every line of that identity was in use: nothing was dialled, and no other identity was taken for it (S-10)."""

    contact: str
    agent: str
    number: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class WayChanged:
    """The line or trunk of `CallPlaced` did not carry the call; this one is tried now."""

    contact: str
    way: str


@dataclass(frozen=True, slots=True)
class FarEndAnswered:
    """The number picked up; `evidence` says why an analogue line takes it for answered, "" where there is a signal."""

    contact: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class CallFailed:
    """It did not; the phone is told by its tone. With `gave_up` it is the phone that hung up."""

    contact: str
    why: str


GAVE_UP = "gave_up"
OutgoingEvent = IdentityChosen | CallPlaced | CallNotPlaced | WayChanged | FarEndAnswered | CallFailed
