"""What the core orders, in the imperative. Call control turns each into messages on the wire.

Import as `from appliance.acd import commands as do`: `do.OpenOffer(...)` reads as an order.
"""

from dataclasses import dataclass

from appliance.acd.chains import Kind
from appliance.acd.fact import fact
from appliance.acd.talk_commands import (
    AskCoach,
    DropCoach,
    LetCoachIn,
    PauseRecording,
    RingCoach,
    TakeOver,
    TalkOrder,
    TellAgent,
    TellTalking,
)

__all__ = [  # of a subject of their own, told here too
    "AskCoach",
    "DropCoach",
    "LetCoachIn",
    "PauseRecording",
    "RingCoach",
    "TakeOver",
    "TalkOrder",
    "TellAgent",
    "TellTalking",
]


@fact
class RingCaller:
    """Let the caller hear ringback; an analogue line stays unanswered (S-03, U-15)."""

    contact: str


@fact
class HoldCaller:
    """Answer the caller and play hold music until an agent connects (S-33)."""

    contact: str


@fact
class OpenOffer:
    """Ring the agent's phone for this contact (A-01)."""

    offer: str
    contact: str
    agent: str
    queue: str
    ring_s: float
    alert_s: float


@fact
class WithdrawOffer:
    """Stop ringing, or hang up a late answer. `elsewhere`: tell the phone "Call completed elsewhere"."""

    offer: str
    why: str
    elsewhere: bool = False


@fact
class Connect:
    """Bridge caller and agent, cutting music and prompts at once (I-12)."""

    contact: str
    offer: str


@fact
class RecordConversation:
    """Record the conversation, agent left and caller right, under an id of its own (S-07), with beeps (T-beep)."""

    recording: str
    contact: str
    offer: str
    beep_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DismissCaller:
    """Say the prompt to the caller, then hang up: the end of every fallback chain (D-06)."""

    contact: str
    prompt: str
    why: str


@dataclass(frozen=True, slots=True)
class AnnouncePosition:
    """Tell the caller the place in the queue, over the music (S-38); a `Connect` cuts it.

    `minutes` is the wait to expect, `expected_wait.OVER` for more than fifteen, None: the place only (M-20).
    """

    contact: str
    position: int
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class AskMenu:
    """Say what may be pressed, answering the caller if need be; `MessageSaid` with this `hop` when it ended (F-50)."""

    contact: str
    prompts: tuple[str, ...]
    hop: int


@dataclass(frozen=True, slots=True)
class TellCaller:
    """Say prompts to a caller who waits, then go on with the music; nobody answers for it, a `Connect` cuts it."""

    contact: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferCallback:
    """Tell the caller that this key asks for a callback (S-40), `next_day`: from the next opening on."""

    contact: str
    digit: str
    next_day: bool = False


@dataclass(frozen=True, slots=True)
class ReadBackNumber:
    """Read the number back: 1 is right, 2 is another one."""

    contact: str
    number: str


@dataclass(frozen=True, slots=True)
class AskNumber:
    """Ask the caller to key the number, ended by #."""

    contact: str


@dataclass(frozen=True, slots=True)
class RefuseNumber:
    """Say that this number cannot be called back."""

    contact: str
    number: str


@dataclass(frozen=True, slots=True)
class PromiseCallback:
    """Say that the callback is promised, with its place, then release the line; the record is on the disk (I-19).

    `next_day`: from the next opening on.
    """

    contact: str
    number: str
    position: int
    next_day: bool = False


@dataclass(frozen=True, slots=True)
class DialCustomer:
    """Dial the customer of a promise; the same `attempt` is dialled at most once (R-28).

    Answer `CustomerAnswered` or `CustomerFailed` with this `attempt`.
    """

    contact: str
    number: str
    attempt: int
    ring_s: float


@dataclass(frozen=True, slots=True)
class AskCustomer:
    """Say who calls, that it may be recorded, and ask for a 1 (F-31)."""

    contact: str
    attempt: int


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """Nobody pressed 1: leave the fixed message, then hang up (R-26)."""

    contact: str
    attempt: int


@dataclass(frozen=True, slots=True)
class CancelDial:
    """Hang this dial up, if it was made."""

    contact: str
    attempt: int


@dataclass(frozen=True, slots=True)
class SendCaller:
    """Send the caller on to voicemail, a person, a group, a number outside or a menu (§3.6): answer `SentOn` when it
    takes the call, `CouldNotSend` when it cannot, both with this `hop`. `ring_s` is for those that ring.

    A later order for the same contact takes this one back. While somebody is rung, a caller who was not answered yet
    hears it ring.
    """

    contact: str
    kind: Kind
    to: str
    hop: int
    ring_s: float
    why: str


@dataclass(frozen=True, slots=True)
class SayToCaller:
    """Play a prompt and go on holding; answer `MessageSaid` with this `hop` when it ended. `then_silence`: no music."""

    contact: str
    prompt: str
    hop: int
    then_silence: bool = False


@fact
class ReleaseCaller:
    """Hang up the caller's leg, if it is still there: the contact has ended."""

    contact: str
    why: str


@dataclass(frozen=True, slots=True)
class RingTarget:
    """Ring `to` for a caller who is passed on, as the leg of `offer`: a direct call, whatever the duty (D-17).

    `source` is the offer of the agent who asks first and is shown to the target, "" when the caller is.
    """

    offer: str
    contact: str
    kind: Kind
    to: str
    source: str
    ring_s: float
    alert_s: float


@dataclass(frozen=True, slots=True)
class AdoptLeg:
    """From now on `leg`, which a phone's own call is made of, is the leg of this offer."""

    offer: str
    leg: str


@dataclass(frozen=True, slots=True)
class LetConsult:
    """Let the agent and the target talk, while the caller hears music (S-18)."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Close this recording: what is said from now on is not the caller's business."""

    recording: str


@dataclass(frozen=True, slots=True)
class DismissAgent:
    """Let the agent hear the prompt, then hang up: the caller of a consultation is gone (R-14)."""

    offer: str
    prompt: str


@dataclass(frozen=True, slots=True)
class RefuseTransfer:
    """Tell the agent of this offer that the caller cannot be passed on, and why, in one word."""

    contact: str
    offer: str
    why: str


@dataclass(frozen=True, slots=True)
class AskAgent:
    """Ring the agent's phone and ask whether to go on duty (1) or to stay off (2); `LegStarted` when it is picked up.

    What is pressed is `DutyOn` or `StayedOff`; `LegEnded` ends it. All of them name the leg `nag`.
    """

    nag: str
    agent: str
    ring_s: float


@dataclass(frozen=True, slots=True)
class StopAsking:
    """Nothing is asked any more: say what was decided to who listens, "" for nothing, and hang up."""

    nag: str
    said: str


NagOrder = AskAgent | StopAsking

TransferOrder = RingTarget | AdoptLeg | LetConsult | StopRecording | DismissAgent | RefuseTransfer

CallbackOrder = (
    OfferCallback
    | ReadBackNumber
    | AskNumber
    | RefuseNumber
    | PromiseCallback
    | DialCustomer
    | AskCustomer
    | LeaveMessage
    | CancelDial
)

Command = (
    RingCaller
    | HoldCaller
    | OpenOffer
    | WithdrawOffer
    | Connect
    | RecordConversation
    | TalkOrder
    | DismissCaller
    | AnnouncePosition
    | TellCaller
    | AskMenu
    | CallbackOrder
    | TransferOrder
    | SendCaller
    | SayToCaller
    | ReleaseCaller
    | NagOrder
)
