"""What the core orders, in the imperative. Call control turns each into messages on the wire.

Import as `from appliance.acd import commands as do`: `do.OpenOffer(...)` reads as an order.
"""

from dataclasses import dataclass

from appliance.acd.chains import Kind


@dataclass(frozen=True, slots=True)
class RingCaller:
    """Let the caller hear ringback; an analogue line stays unanswered (S-03, U-15)."""

    contact: str


@dataclass(frozen=True, slots=True)
class HoldCaller:
    """Answer the caller and play hold music until an agent connects (S-33)."""

    contact: str


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """Ring the agent's phone for this contact (A-01)."""

    offer: str
    contact: str
    agent: str
    queue: str
    ring_s: float
    alert_s: float


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Stop ringing, or hang up a late answer. `elsewhere`: tell the phone "Call completed elsewhere"."""

    offer: str
    why: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """Bridge caller and agent, cutting music and prompts at once (I-12)."""

    contact: str
    offer: str


@dataclass(frozen=True, slots=True)
class RecordConversation:
    """Record the conversation, agent left and caller right, under an id of its own (S-07)."""

    recording: str
    contact: str
    offer: str


@dataclass(frozen=True, slots=True)
class DismissCaller:
    """Say the prompt to the caller, then hang up: the end of every fallback chain (D-06)."""

    contact: str
    prompt: str
    why: str


@dataclass(frozen=True, slots=True)
class AnnouncePosition:
    """Tell the caller the place in the queue, over the music (S-38); a `Connect` cuts it."""

    contact: str
    position: int


@dataclass(frozen=True, slots=True)
class SendCaller:
    """Send the caller on to voicemail, a person, a group, a number outside or a menu (§3.6): answer `SentOn` when it
    takes the call, `CouldNotSend` when it cannot, both with this `hop`. `ring_s` is for those that ring.

    A later order for the same contact takes this one back.
    """

    contact: str
    kind: Kind
    to: str
    hop: int
    ring_s: float
    why: str


@dataclass(frozen=True, slots=True)
class SayToCaller:
    """Play a prompt and go on holding; answer `MessageSaid` with this `hop` when it ended."""

    contact: str
    prompt: str
    hop: int


@dataclass(frozen=True, slots=True)
class ReleaseCaller:
    """Hang up the caller's leg, if it is still there: the contact has ended."""

    contact: str
    why: str


Command = (
    RingCaller
    | HoldCaller
    | OpenOffer
    | WithdrawOffer
    | Connect
    | RecordConversation
    | DismissCaller
    | AnnouncePosition
    | SendCaller
    | SayToCaller
    | ReleaseCaller
)
