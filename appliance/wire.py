"""The seam: every message that crosses between the desk and the media processes.

Commands are imperative and go from the desk to the switch; events are past tense and come back. How they are framed
on the socket is `appliance/wire_stream.py`.

Rules:
1. A *leg* is one SIP dialog. The switch names legs that come in; the desk names the legs it dials, so that a command
   can follow a `Dial` without waiting and a repeated `Dial` is a no-op (docs/decisions/0005).
2. Commands are idempotent. A command to a leg that is gone is answered with `Ended` again, never with silence.
3. `at` is CLOCK_MONOTONIC in seconds: one clock for every process of one boot, so waiting times survive a restart.
4. Nothing here knows agents, queues or duty. `contact` is an opaque name that the desk gives and gets back.
"""

import enum

from appliance.wire_figures import LineFigures
from appliance.wire_nouns import VERSION, EndCause, Hello, Leg, LegState, Message, Origin
from appliance.wire_texts import AnswerText, SendText, TextCame, TextSent

__all__ = [
    "VERSION",
    "AnswerText",
    "EndCause",
    "Hello",
    "Leg",
    "LegState",
    "Message",
    "Origin",
    "SendText",
    "TextCame",
    "TextSent",
]

# --- commands: the desk asks -------------------------------------------------------------------------------------


class Ring(Message, frozen=True):
    """Tell the caller that it rings (180). `contact` names the leg for snapshots and recordings.

    `hears` is a leg dialled for the caller, who hears it before it answers as soon as it has sound (183).
    """

    leg: str
    contact: str = ""
    hears: str = ""


class Hold(Message, frozen=True):
    """Answer the leg if need be and let it hear the hold music from the shared player."""

    leg: str


class Play(Message, frozen=True):
    """Answer the leg if need be and play prompts in order (ids of the prompt catalogue), then hold music.

    A `Bridge` cuts it at once. `PromptEnded` follows when the last one ended or was cut. `then_silence`: no music.
    """

    leg: str
    prompts: tuple[str, ...]
    then_silence: bool = False


class Tell(Message, frozen=True):
    """Say prompts to a leg that is up over what it hears: nobody else hears them, and nobody is parted by them.

    What is being told to it is cut by another one. No event follows.
    """

    leg: str
    prompts: tuple[str, ...]


class Joining(enum.Enum):
    """How a guest takes part in a conversation."""

    LISTEN = "listen"  # hears both, is heard by nobody
    WHISPER = "whisper"  # hears both, is heard by the host
    BARGE = "barge"  # hears both, is heard by both


class Join(Message, frozen=True):
    """Let `leg` take part in whatever conversation `host` has, answering it if need be; again, to change the mode.

    `Joined` follows once the leg is up. While a guest is there the end of the host does not end the host's peer, who
    hears music and waits for a command. The end of the peer ends host and guests.
    """

    leg: str
    host: str
    mode: Joining


class Leave(Message, frozen=True):
    """The guest takes part no more and hears silence."""

    leg: str


class Dial(Message, frozen=True):
    """Call `to` (a SIP URI, sent by way of the edge) as the new leg `leg`, named by the desk.

    `alert_s`: no 18x within it is UNREACHABLE; `ring_s`: no answer within it is NO_ANSWER and a CANCEL. `number` and
    `name` are shown as the calling party; `asserted` is the number vouched for (P-Asserted-Identity, RFC 3325). `after`
    is a leg that makes room for this one: the call is placed, and its times run, once that leg is gone.
    """

    leg: str
    to: str
    number: str
    name: str
    ring_s: float
    alert_s: float
    contact: str = ""
    alert_info: str = ""
    after: str = ""
    asserted: str = ""


class DialAgain(Message, frozen=True):
    """The phone at `to` moved to `place` (host:port) at `since`: what rang before is dialled anew, same leg (R-32)."""

    to: str
    since: float
    place: str = ""


class Bridge(Message, frozen=True):
    """Connect two legs, answering either if need be; music and prompts on them stop in the same instant.

    When one of two bridged legs ends the switch ends the other by itself, so a conversation needs no desk to end.
    Not so with `ends_both` false: the other stays and hears music, for the desk to say what becomes of it.
    """

    a: str
    b: str
    ends_both: bool = True


class Record(Message, frozen=True):
    """Record two legs into one two-channel WAV `name`.wav under the recordings folder: agent left, caller right.

    Every `beep_s` both hear a beep, which is recorded on both sides; 0: none (T-beep).
    """

    recording: str
    left: str
    right: str
    beep_s: float = 0.0


class RecordVoice(Message, frozen=True):
    """Record what one leg says into the mono WAV `recording`.wav; it hears silence meanwhile (S-34).

    It closes when the leg ends, after `most_s` seconds, after `quiet_s` without a word, or by `StopRecording`.
    """

    recording: str
    leg: str
    most_s: float
    quiet_s: float


class PauseRecording(Message, frozen=True):
    """Write silence of equal length instead of the conversation (S-08), or go on."""

    recording: str
    paused: bool


class StopRecording(Message, frozen=True):
    """Close the recording now; it also closes when either of its legs ends."""

    recording: str


class Hangup(Message, frozen=True):
    """End the leg: refuse it with `code` before the answer, CANCEL it while we dial it, BYE it when it is up.

    `tone` is a prompt that is heard for 2 s before, by the leg and by whom it talks with, where it is up (§3.10).
    """

    leg: str
    code: int = 0
    reason: str = ""
    tone: str = ""


class AnswerTransfer(Message, frozen=True):
    """Tell the phone that sent a REFER (`TransferAsked`) whether it worked: 200, or why not as a SIP status."""

    leg: str
    code: int


class AskSnapshot(Message, frozen=True):
    """Ask for everything the switch holds now."""


Command = (
    Ring
    | AnswerTransfer
    | Hold
    | Play
    | Tell
    | Join
    | Leave
    | Dial
    | DialAgain
    | Bridge
    | Record
    | RecordVoice
    | PauseRecording
    | StopRecording
    | Hangup
    | SendText
    | AnswerText
    | AskSnapshot
)

# --- events: the switch tells --------------------------------------------------------------------------------------


class Incoming(Message, frozen=True):
    """A call came in and nothing was said to it yet (100 only).

    `origin_id` is the phone, trunk or line; `call_key` stays the same when `lines` calls again for the same caller
    after the switch died (header X-Deskbell-Call). `is_half_duplex`: it can be announced to and recorded, not bridged.
    """

    leg: str
    origin: Origin
    origin_id: str
    number: str
    name: str
    called: str
    at: float
    call_key: str = ""
    is_half_duplex: bool = False


class Alerted(Message, frozen=True):
    """The dialled party rings (18x)."""

    leg: str
    at: float


class Answered(Message, frozen=True):
    """A leg we dialled was answered (200) and its media is up. `evidence`: by what a line knows (fxo §2.4)."""

    leg: str
    at: float
    evidence: str = ""


class Bridged(Message, frozen=True):
    """Two legs hear each other from now on."""

    a: str
    b: str
    at: float


class Joined(Message, frozen=True):
    """The guest takes part from now on, in this mode."""

    leg: str
    host: str
    mode: Joining
    at: float


class Ended(Message, frozen=True):
    """The leg is gone. `heard` counts RTP packets received on it."""

    leg: str
    cause: EndCause
    at: float
    code: int = 0
    text: str = ""
    heard: int = 0


class Digit(Message, frozen=True):
    """A key was pressed on the leg (RFC 4733 or SIP INFO)."""

    leg: str
    digit: str
    at: float


class HeldByPhone(Message, frozen=True):
    """The phone on this leg put its party on hold, or took it back."""

    leg: str
    held: bool
    at: float


class TransferAsked(Message, frozen=True):
    """The phone on this leg wants its party to go to `to` (REFER), and waits for `AnswerTransfer`.

    `replaces` is the leg of the phone's other call when it asked there first (Replaces). Until the answer the end of
    this leg does not end its party's: that one hears music.
    """

    leg: str
    to: str
    at: float
    replaces: str = ""


class PromptEnded(Message, frozen=True):
    """The prompts of a `Play` are over; `cut` when a bridge or hang-up ended them early."""

    leg: str
    cut: bool
    at: float


class RecordingStarted(Message, frozen=True):
    """The recorder wrote its first frame (I-13)."""

    recording: str
    path: str
    at: float


class RecordingClosed(Message, frozen=True):
    """The file is complete under its final name; `cause` is empty, or says why it is short or missing.

    `spoke_s` is how long was spoken in a `RecordVoice`; `trimmed_s` how much was cut off the end, because the caller
    was gone by then and the line gave a tone.
    """

    recording: str
    path: str
    seconds: float
    at: float
    cause: str = ""
    spoke_s: float = 0.0
    trimmed_s: float = 0.0


class Snapshot(Message, frozen=True):
    """Everything alive in the switch, and what ended while no desk was listening, oldest first."""

    legs: tuple[Leg, ...]
    recordings: tuple[str, ...]
    missed: tuple["Ended | RecordingClosed", ...]
    capacity: int
    boot: str
    at: float


class LineState(Message, frozen=True):
    """From `lines`: the state of one analogue line; `alarm` is empty or a sentence for the administrator.

    A line that `is_half_duplex` takes no call out, and its callers are connected to nobody.
    """

    line: str
    state: str
    alarm: str
    number: str
    at: float
    figures: LineFigures | None = None
    is_half_duplex: bool = False


class Refused(Message, frozen=True):
    """A command could not be carried out; `why` is a sentence."""

    command: str
    leg: str
    why: str
    at: float


Event = (
    Incoming
    | Alerted
    | Answered
    | Bridged
    | Joined
    | Ended
    | Digit
    | HeldByPhone
    | TransferAsked
    | PromptEnded
    | RecordingStarted
    | RecordingClosed
    | Snapshot
    | LineState
    | TextCame
    | TextSent
    | Refused
)
