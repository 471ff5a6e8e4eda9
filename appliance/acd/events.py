"""Everything that can happen to the core, in the past tense. An event carries no time: `now` goes beside it. They stand
in the journal and must stay readable for ever, so fields are only added, with defaults."""

from dataclasses import dataclass

from appliance.acd.house_events import (
    ClosingExpected,
    EmergencyPlaced,
    HoursHeld,
    HouseEvent,
    NoticeCleared,
    NoticeRaised,
)
from appliance.acd.offer_events import (
    Bridged,
    OfferAccepted,
    OfferAlerted,
    OfferBusy,
    OfferDoubted,
    OfferLegEnded,
    OfferRejected,
    OfferTimedOut,
    OfferUnreachable,
)
from appliance.acd.outgoing_events import (
    GAVE_UP,
    CallFailed,
    CallNotPlaced,
    CallPlaced,
    FarEndAnswered,
    IdentityChosen,
    LegConnected,
    LegEnded,
    LegStarted,
    OutgoingEvent,
    WayChanged,
)
from appliance.acd.settings import Consent, OfficeSettings
from appliance.acd.talk_events import (
    CallAssigned,
    CallCoded,
    CallNoted,
    CoachAnswered,
    CoachAsked,
    CoachLeft,
    CoachModeAsked,
    HelpAsked,
    NextCallWanted,
    RecordingPauseAsked,
    TalkEvent,
    WrapUpExtensionAsked,
)
from appliance.acd.transfer_events import (
    CallerHeld,
    ConsultJoined,
    TransferAsked,
    TransferCancelled,
    TransferCompleted,
    TransferEvent,
)

__all__ = [  # of one subject each, told here too
    "GAVE_UP",
    "Bridged",
    "CallAssigned",
    "CallCoded",
    "CallFailed",
    "CallNotPlaced",
    "CallNoted",
    "CallPlaced",
    "CallerHeld",
    "ClosingExpected",
    "CoachAnswered",
    "CoachAsked",
    "CoachLeft",
    "CoachModeAsked",
    "ConsultJoined",
    "EmergencyPlaced",
    "FarEndAnswered",
    "HelpAsked",
    "HoursHeld",
    "HouseEvent",
    "IdentityChosen",
    "LegConnected",
    "LegEnded",
    "LegStarted",
    "NextCallWanted",
    "NoticeCleared",
    "NoticeRaised",
    "OfferAccepted",
    "OfferAlerted",
    "OfferBusy",
    "OfferDoubted",
    "OfferLegEnded",
    "OfferRejected",
    "OfferTimedOut",
    "OfferUnreachable",
    "OutgoingEvent",
    "RecordingPauseAsked",
    "TalkEvent",
    "TransferAsked",
    "TransferCancelled",
    "TransferCompleted",
    "TransferEvent",
    "WayChanged",
    "WrapUpExtensionAsked",
]


@dataclass(frozen=True, slots=True)
class Configured:
    """The office was set up or changed; agents and queues that are missing now are gone (A-29)."""

    office: OfficeSettings


@dataclass(frozen=True, slots=True)
class CallerArrived:
    """A caller reached a queue's number. `returns` is true for an analogue line, whose caller outlives the switch.

    Without `can_talk` a half-duplex line connects the caller to nobody. `consent` is what the line or trunk says of
    recording, None: as the queue does (§3.11); `ring_hold_s` how long a line may ring on unanswered (T-ringhold).
    """

    contact: str
    queue: str
    number: str
    name: str
    origin: str
    priority: int = 0
    returns: bool = False
    can_talk: bool = True
    consent: Consent | None = None
    ring_hold_s: float | None = None


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller's leg ended from the far side, at any moment."""

    contact: str


@dataclass(frozen=True, slots=True)
class CallerReturned:
    """A caller whose leg died with the switch is back on a new one and keeps the old place (I-05)."""

    contact: str


@dataclass(frozen=True, slots=True)
class HoursChanged:
    """A queue opened or closed: by its schedule, a holiday or a person. `reason` is a word of `schedule.Reason`."""

    queue: str
    is_open: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A caller pressed a key (0 to 9, *, #)."""

    contact: str
    digit: str


@dataclass(frozen=True, slots=True)
class CustomerAnswered:
    """The dial of a callback was picked up, by whomever. Another `attempt` means nothing (I-16)."""

    contact: str
    attempt: int


@dataclass(frozen=True, slots=True)
class CustomerFailed:
    """The dial came to nothing: busy, no answer, no line, or hung up before the 1."""

    contact: str
    attempt: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class CallbackCancelled:
    """A person wants this promise forgotten."""

    contact: str
    actor: str


@dataclass(frozen=True, slots=True)
class PowerReturned:
    """The first event after a power cut of `dark_s` seconds: every leg is gone (U-07)."""

    dark_s: float


@dataclass(frozen=True, slots=True)
class SentOn:
    """Whoever the caller was sent on to by `SendCaller` has taken the call. Another `hop` means nothing (I-16)."""

    contact: str
    hop: int


@dataclass(frozen=True, slots=True)
class CouldNotSend:
    """The box cannot do that, nobody answered, or no line was free: the caller goes on in the chain (§3.6)."""

    contact: str
    hop: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class MessageSaid:
    """The prompt of `SayToCaller` ended."""

    contact: str
    hop: int


@dataclass(frozen=True, slots=True)
class VoicemailLeft:
    """The voicemail's recorder stopped after `spoke_s` of speech; told before the hang-up that stopped it (S-34)."""

    contact: str
    hop: int
    spoke_s: float


@dataclass(frozen=True, slots=True)
class SwitchLost:
    """The switch died: every leg is gone. SIP callers are lost, line callers may return."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The desk came back and has reconciled every leg with the switch (A-30).

    Offers not named in `offers` are dead; so are agents' other calls not named in `legs`, and the
    legs of coaches not named in `coaches`.
    """

    offers: tuple[str, ...] = ()
    legs: tuple[str, ...] = ()
    coaches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyOn:
    """A person put the agent on duty (I-08): A-16, A-18, A-22, A-26."""

    agent: str
    actor: str


@dataclass(frozen=True, slots=True)
class DutyOff:
    """A person took the agent off duty. `after_call`: only when the present call ends (A-11)."""

    agent: str
    actor: str
    reason: str = "self"
    after_call: bool = False


@dataclass(frozen=True, slots=True)
class StayedOff:
    """The prompt was answered with 勤務外を継続 (A-23)."""

    agent: str
    actor: str


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """Somebody ended the wrap-up early (A-18); nothing when there is none (S-14: never toggles duty)."""

    agent: str
    actor: str


@dataclass(frozen=True, slots=True)
class PhoneFound:
    """The agent's phone is registered and answers."""

    agent: str


@dataclass(frozen=True, slots=True)
class PhoneLost:
    """The agent's phone is not registered or does not answer (A-27 after T-lost)."""

    agent: str


@dataclass(frozen=True, slots=True)
class RecordingBegan:
    """The recorder wrote a frame for this contact's present conversation (I-13)."""

    contact: str
    recording: str


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The recorder stopped; the indicator must go (S-07)."""

    contact: str
    recording: str


@dataclass(frozen=True, slots=True)
class PrivacyChanged:
    """A person takes no calls of one queue any more, or takes them again; duty stays as it is (A-28)."""

    agent: str
    queue: str
    on: bool
    actor: str = ""


@dataclass(frozen=True, slots=True)
class SeatLeft:
    """Nobody sits at an available agent's desk any more, and nobody answered its question (U-04)."""

    agent: str


@dataclass(frozen=True, slots=True)
class DayBegan:
    """Midnight in the office's zone; `date` is ISO (2026-11-23). A date told twice begins no second day."""

    date: str


@dataclass(frozen=True, slots=True)
class Healed:
    """The self-check found `violations` (I-17, I-25): the state is put right, and each is counted (M-22)."""

    violations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed up to a deadline: `tick` as a journal record, so that a fold sees what the engine saw."""


Event = (
    Configured
    | CallerArrived
    | CallerHungUp
    | CallerReturned
    | HoursChanged
    | HouseEvent
    | TalkEvent
    | DigitPressed
    | CustomerAnswered
    | CustomerFailed
    | CallbackCancelled
    | PowerReturned
    | SentOn
    | CouldNotSend
    | MessageSaid
    | VoicemailLeft
    | SwitchLost
    | Restarted
    | OfferAlerted
    | OfferAccepted
    | OfferRejected
    | OfferBusy
    | OfferDoubted
    | OfferTimedOut
    | OfferUnreachable
    | OfferLegEnded
    | Bridged
    | LegStarted
    | LegConnected
    | LegEnded
    | DutyOn
    | DutyOff
    | StayedOff
    | WrapUpEnded
    | PhoneFound
    | PhoneLost
    | RecordingBegan
    | RecordingEnded
    | PrivacyChanged
    | SeatLeft
    | DayBegan
    | Healed
    | TransferEvent
    | OutgoingEvent
    | EmergencyPlaced
    | Ticked
)
