"""What is told of callers on hold and callers who are passed on; `story.py` has the rest (M-10, M-16)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallerHeld:
    """The agent put the caller on hold: by the phone, or to ask somebody else first (M-10)."""

    at: float
    contact: str
    agent: str
    offer: str


@dataclass(frozen=True, slots=True)
class CallerTakenBack:
    """The hold is over after `held_s`: taken back, passed on, or hung up."""

    at: float
    contact: str
    agent: str
    offer: str
    held_s: float


@dataclass(frozen=True, slots=True)
class HeldLong:
    """The caller is on hold for `held_s` already; the agent ought to look (T-held)."""

    at: float
    contact: str
    agent: str
    held_s: float


@dataclass(frozen=True, slots=True)
class TransferBegan:
    """An agent passes a caller on to `kind` `to`, asking first or not (M-16)."""

    at: float
    contact: str
    agent: str
    kind: str
    to: str
    ask_first: bool


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """What became of it, in one word: taken, rejected, no_answer, unreachable, left, no_media, cancelled, caller_left.

    "sent" is into a queue or to a machine; "returned" may follow any of them.
    """

    at: float
    contact: str
    agent: str
    kind: str
    to: str
    how: str


PassingFact = CallerHeld | CallerTakenBack | HeldLong | TransferBegan | TransferEnded
