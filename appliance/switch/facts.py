"""What pjsua2's callbacks say, as plain facts: made on the SIP thread, handled on the SIP thread, after pjsip let go.

`call` is a number of our own: pjsua2 gives the id of a dead call to the next one (pjproject 3856).
"""

import enum
from dataclasses import dataclass


class Phase(enum.Enum):
    """How far the SIP dialog of a call got."""

    CALLING = "calling"
    EARLY = "early"
    ACCEPTED = "accepted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallArrived:
    """An INVITE came; `invite` is the whole message, `source` its sender's host:port."""

    call: int
    invite: str
    source: str


@dataclass(frozen=True, slots=True)
class CallMoved:
    """The dialog reached a phase; `code` and `reason` are those of the last answer, `heard` counts RTP packets.

    `gone_s`: a line says that its caller had hung up so many seconds before it found out. `evidence`: by what a line
    takes the number for answered.
    `contact` is the other side's.
    """

    call: int
    phase: Phase
    code: int
    reason: str
    heard: int = 0
    gone_s: float = 0.0
    evidence: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class MediaChanged:
    """Audio was negotiated, again or for the first time: the bridge port, or None when there is no audio."""

    call: int
    port: int | None
    held: bool


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A digit by RFC 4733 or by SIP INFO, once per press."""

    call: int
    digit: str


@dataclass(frozen=True, slots=True)
class TransferWanted:
    """REFER: the phone wants its party to go `to` (the Refer-To URI); `progress` is the call pjsua2 places for it."""

    call: int
    to: str
    progress: int


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A MESSAGE came and waits for its answer; `message` is the whole of it, `source` its sender's host:port."""

    text: int
    message: str
    source: str


@dataclass(frozen=True, slots=True)
class TextEnded:
    """How a MESSAGE of ours was answered; 408 when it was not."""

    text: int
    code: int


CallFact = CallArrived | CallMoved | MediaChanged | KeyPressed | TransferWanted
TextFact = TextArrived | TextEnded
Fact = CallFact | TextFact
