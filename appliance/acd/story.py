"""What happened, as facts for storage and the log: the engine tells them, whoever writes call records needs no rules.

Facts are told when they are decided, in order. `at` is monotonic; storage stamps wall time. Durations are seconds from
monotonic stamps (I-15). A fold of the journal tells the same facts again: drop them then.
"""

import enum
from dataclasses import dataclass

from appliance.acd.fact import fact
from appliance.acd.outgoing_story import CallPlaced, CallTaken, IdentityChanged, OutgoingFact, WayChanged
from appliance.acd.passing_story import (
    CallerHeld,
    CallerTakenBack,
    HeldLong,
    PassingFact,
    TransferBegan,
    TransferEnded,
)
from appliance.acd.quick_enum import quick
from appliance.acd.why import Why

__all__ = [
    "CallPlaced",
    "CallTaken",
    "CallerHeld",
    "CallerTakenBack",
    "HeldLong",
    "IdentityChanged",
    "OutgoingFact",
    "PassingFact",
    "TransferBegan",
    "TransferEnded",
    "WayChanged",
]  # told here too


@quick
class Outcome(enum.Enum):
    """How a contact ended, exactly one of them (I-14)."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    DISMISSED = "dismissed"  # left by a chain that ended in a message
    FALLBACK = "fallback"  # left by a chain to a person, a group or a number outside
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"  # left by a promise; `why` says what became of it
    LOST = "lost"
    NOT_REACHED = "not_reached"  # an agent called, and nobody was heard; `why` says why


@quick
class OfferOutcome(enum.Enum):
    """How an offer ended, exactly once (D-05); only a TIMEOUT may be followed by ACCEPTED for the same id (R-05)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    BUSY_RACE = "busy_race"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"


@fact
class ContactArrived:
    """A caller is in the house."""

    at: float
    contact: str
    queue: str
    number: str
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class ContactSentOn:
    """A queue could not serve the caller: `step` of the chain of `reason` sent them to `kind` `to` (§3.6)."""

    at: float
    contact: str
    queue: str
    reason: str
    step: int
    kind: str
    to: str
    hop: int


@dataclass(frozen=True, slots=True)
class CallbackPromised:
    """The caller is to be called back; `origin` "power": the box lost them in a power cut (U-07)."""

    at: float
    contact: str
    queue: str
    number: str
    origin: str


@dataclass(frozen=True, slots=True)
class CallbackDialled:
    """The customer's phone is being rung for the `attempt`th time (M-18)."""

    at: float
    contact: str
    attempt: int


@fact
class ContactAnswered:
    """Caller and agent hear each other: one segment begins, under this recording ("" when none)."""

    at: float
    contact: str
    agent: str
    offer: str
    recording: str
    waited_s: float


@fact
class ContactEnded:
    """A caller is gone. `agent` is the last one they talked to; `why` is the cause in one word."""

    at: float
    contact: str
    queue: str
    outcome: Outcome
    why: str
    waited_s: float
    talked_s: float
    agent: str


@fact
class OfferOpened:
    """An agent's phone is being rung."""

    at: float
    offer: str
    contact: str
    agent: str
    queue: str
    race: str = ""  # offers that ring at once for one caller share it
    why: Why | None = None


@fact
class OfferEnded:
    """An offer has its outcome; `why` says who or what withdrew it."""

    at: float
    offer: str
    contact: str
    agent: str
    queue: str
    outcome: OfferOutcome
    why: str
    rang_s: float
    is_blameless: bool = False  # no missed call, nobody off duty (D-20, I-10)


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """A phone answered an offer that was over: it was hung up again (R-01's ghost)."""

    at: float
    offer: str


@dataclass(frozen=True, slots=True)
class DutyChanged:
    """An agent went on or off duty. `actor` "" means the engine did it, which only ever goes off (D-03, I-08)."""

    at: float
    agent: str
    is_available: bool
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class WrapUpFinished:
    """A wrap-up is over; `lasted_s` is the time actually spent (S-15)."""

    at: float
    agent: str
    lasted_s: float


@dataclass(frozen=True, slots=True)
class RecordingPaused:
    """The recording of a conversation is silence from now on (S-08)."""

    at: float
    contact: str
    recording: str
    agent: str
    actor: str


@dataclass(frozen=True, slots=True)
class RecordingResumed:
    """The pause is over: by a `person`, by `time`, or because the call `ended`."""

    at: float
    contact: str
    recording: str
    actor: str
    why: str
    lasted_s: float


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The caller was asked, and agreed to be recorded (§3.11)."""

    at: float
    contact: str


@dataclass(frozen=True, slots=True)
class CoachCame:
    """A supervisor takes part in a conversation, in this mode from now on (§3.14)."""

    at: float
    supervisor: str
    agent: str
    contact: str
    mode: str


@dataclass(frozen=True, slots=True)
class CoachGone:
    """The supervisor takes part no more."""

    at: float
    supervisor: str
    agent: str
    contact: str
    why: str


@dataclass(frozen=True, slots=True)
class CoachRefused:
    """Somebody wanted to take part who may not, or where nobody talks: the audit knows."""

    at: float
    supervisor: str
    agent: str
    mode: str
    why: str


@dataclass(frozen=True, slots=True)
class HelpCalled:
    """An agent called for help in silence (U-08)."""

    at: float
    agent: str
    contact: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallNoted:
    """The note on a call as it is now (S-21)."""

    at: float
    contact: str
    text: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallCoded:
    """What the call was about (F-38)."""

    at: float
    contact: str
    code: str
    actor: str


@dataclass(frozen=True, slots=True)
class CallAssigned:
    """A supervisor gave a waiting caller to an agent out of turn (F-45)."""

    at: float
    contact: str
    agent: str
    supervisor: str
    reason: str


@dataclass(frozen=True, slots=True)
class MenuChosen:
    """A caller who came by a menu reaches the first queue, from which the contact is counted (F-50, D-21)."""

    at: float
    contact: str
    menu: str
    digit: str
    queue: str


@dataclass(frozen=True, slots=True)
class HoursHeld:
    """Somebody holds the hours of a queue ("": the office) or lets go; `held` is a word of `house.Held`."""

    at: float
    queue: str
    held: str
    actor: str
    until: float


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """A notice began, or is over: who waits is told (U-11)."""

    at: float
    notice: str
    actor: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Healed:
    """The self-check found something that must not be, and it was put right: a fault of ours (I-17, M-22)."""

    at: float
    violation: str


@dataclass(frozen=True, slots=True)
class NotKnown:
    """An event named a `what` ("agent", "queue", "call", "offer") that there is not; it changed nothing else."""

    at: float
    what: str
    name: str


TalkFact = (
    RecordingPaused
    | RecordingResumed
    | ConsentGiven
    | CoachCame
    | CoachGone
    | CoachRefused
    | HelpCalled
    | CallNoted
    | CallCoded
    | CallAssigned
)


@dataclass(frozen=True, slots=True)
class EmergencyPlaced:
    """A phone called an emergency number by this line or trunk (§3.10)."""

    at: float
    way: str
    phone: str
    number: str


HouseFact = HoursHeld | NoticeGiven | MenuChosen | EmergencyPlaced
Fact = (
    ContactArrived
    | ContactSentOn
    | CallbackPromised
    | CallbackDialled
    | ContactAnswered
    | ContactEnded
    | PassingFact
    | OutgoingFact
    | OfferOpened
    | OfferEnded
    | LateAnswer
    | DutyChanged
    | WrapUpFinished
    | TalkFact
    | HouseFact
    | Healed
    | NotKnown
)
