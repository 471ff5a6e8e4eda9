"""The seam: every message that crosses between the desk and the media processes, and how it is framed.

Commands are imperative and go from the desk to the switch; events are past tense and come back. A message is a
tagged msgspec Struct in MessagePack behind a four-byte big-endian length, on a Unix stream socket. Both sides say
`Hello` first and refuse a peer of another version with a sentence.

Rules:
1. A *leg* is one SIP dialog. The switch names legs that come in; the desk names the legs it dials, so that a command
   can follow a `Dial` without waiting and a repeated `Dial` is a no-op (docs/decisions/0005).
2. Commands are idempotent. A command to a leg that is gone is answered with `Ended` again, never with silence.
3. `at` is CLOCK_MONOTONIC in seconds: one clock for every process of one boot, so waiting times survive a restart.
4. Nothing here knows agents, queues or duty. `contact` is an opaque name that the desk gives and gets back.
"""

import asyncio
import enum
import socket
import struct
from collections.abc import Callable
from typing import Final

import msgspec

from appliance.errors import WireError

VERSION: Final = 1
MAX_BYTES: Final = 4 * 1024 * 1024

_LENGTH = struct.Struct(">I")


class Message(msgspec.Struct, frozen=True, tag=True, array_like=False, forbid_unknown_fields=True):
    """The base of everything that crosses the seam; the class name is the tag."""


class Hello(Message, frozen=True):
    """First message of each side: who speaks (`switch`, `desk`, `lines`) and which version of this file."""

    role: str
    version: int = VERSION


class Origin(enum.Enum):
    """Where an incoming leg came from, as the edge or the lines process vouched for it."""

    PHONE = "phone"
    TRUNK = "trunk"
    LINE = "line"
    DIALLED = "dialled"


class LegState(enum.Enum):
    """The life of a leg as the switch sees it: nothing said, ringing, answered with media, gone."""

    NEW = "new"
    RINGING = "ringing"
    UP = "up"
    ENDED = "ended"


class EndCause(enum.Enum):
    """Why a leg ended; `code` beside it is the SIP status where there was one."""

    FAR = "far"  # the other party hung up or gave up
    US = "us"  # the desk or the bridge's other side asked for it
    REJECTED = "rejected"  # a final answer of 4xx-6xx after it rang (or an explicit 603)
    BUSY = "busy"  # 486/600
    NO_ANSWER = "no-answer"  # the ring time ran out
    UNREACHABLE = "unreachable"  # no 18x in the alert time, 408, 480, 503, 3xx, no registration
    CAPACITY = "capacity"  # refused: the switch is full
    FAULT = "fault"  # media or transport failed; the text says what
    GONE = "gone"  # a command named a leg the switch does not know (any more)


class Leg(Message, frozen=True):
    """One leg in a snapshot.

    `peer` is the leg it is bridged with; `contact` what the desk called it by; `since` when it began (monotonic).
    """

    leg: str
    origin: Origin
    origin_id: str
    number: str
    name: str
    called: str
    state: LegState
    since: float
    call_key: str = ""
    contact: str = ""
    peer: str = ""


# --- commands: the desk asks -------------------------------------------------------------------------------------


class Ring(Message, frozen=True):
    """Tell the caller that it rings (180). `contact` names the leg for snapshots and recordings."""

    leg: str
    contact: str = ""


class Hold(Message, frozen=True):
    """Answer the leg if need be and let it hear the hold music from the shared player."""

    leg: str


class Play(Message, frozen=True):
    """Answer the leg if need be and play prompts in order (ids of the prompt catalogue), then hold music.

    A `Bridge` cuts it at once. `PromptEnded` follows when the last one ended or was cut.
    """

    leg: str
    prompts: tuple[str, ...]


class Dial(Message, frozen=True):
    """Call `to` (a SIP URI, sent by way of the edge) as the new leg `leg`, named by the desk.

    `alert_s`: no 18x within it is UNREACHABLE; `ring_s`: no answer within it is NO_ANSWER and a CANCEL. `number` and
    `name` are shown as the calling party.
    """

    leg: str
    to: str
    number: str
    name: str
    ring_s: float
    alert_s: float
    contact: str = ""
    alert_info: str = ""


class Bridge(Message, frozen=True):
    """Connect two legs, answering either if need be; music and prompts on them stop in the same instant.

    When one of two bridged legs ends the switch ends the other by itself, so a conversation needs no desk to end.
    """

    a: str
    b: str


class Record(Message, frozen=True):
    """Record two legs into one two-channel WAV `name`.wav under the recordings folder: agent left, caller right."""

    recording: str
    left: str
    right: str


class PauseRecording(Message, frozen=True):
    """Write silence of equal length instead of the conversation (S-08), or go on."""

    recording: str
    paused: bool


class StopRecording(Message, frozen=True):
    """Close the recording now; it also closes when either of its legs ends."""

    recording: str


class Hangup(Message, frozen=True):
    """End the leg: refuse it with `code` before the answer, CANCEL it while we dial it, BYE it when it is up."""

    leg: str
    code: int = 0
    reason: str = ""


class AskSnapshot(Message, frozen=True):
    """Ask for everything the switch holds now."""


Command = Ring | Hold | Play | Dial | Bridge | Record | PauseRecording | StopRecording | Hangup | AskSnapshot

# --- events: the switch tells --------------------------------------------------------------------------------------


class Incoming(Message, frozen=True):
    """A call came in and nothing was said to it yet (100 only).

    `origin_id` is the phone, trunk or line; `call_key` stays the same when `lines` calls again for the same caller
    after the switch died (header X-Deskbell-Call).
    """

    leg: str
    origin: Origin
    origin_id: str
    number: str
    name: str
    called: str
    at: float
    call_key: str = ""


class Alerted(Message, frozen=True):
    """The dialled party rings (18x)."""

    leg: str
    at: float


class Answered(Message, frozen=True):
    """A leg we dialled was answered (200) and its media is up."""

    leg: str
    at: float


class Bridged(Message, frozen=True):
    """Two legs hear each other from now on."""

    a: str
    b: str
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
    """The file is complete under its final name; `cause` is empty, or says why it is short or missing."""

    recording: str
    path: str
    seconds: float
    at: float
    cause: str = ""


class Snapshot(Message, frozen=True):
    """Everything alive in the switch, and what ended while no desk was listening, oldest first."""

    legs: tuple[Leg, ...]
    recordings: tuple[str, ...]
    missed: tuple["Ended | RecordingClosed", ...]
    capacity: int
    boot: str
    at: float


class LineState(Message, frozen=True):
    """From `lines`: the state of one analogue line; `alarm` is empty or a sentence for the administrator."""

    line: str
    state: str
    alarm: str
    number: str
    at: float


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
    | Ended
    | Digit
    | HeldByPhone
    | PromptEnded
    | RecordingStarted
    | RecordingClosed
    | Snapshot
    | LineState
    | Refused
)

_decoder: msgspec.msgpack.Decoder[Hello | Command | Event] = msgspec.msgpack.Decoder(Hello | Command | Event)
_encoder = msgspec.msgpack.Encoder()


def encode(message: Message) -> bytes:
    """The frame of one message: length and body."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def decode(body: bytes) -> Hello | Command | Event:
    """The message in one frame's body. Raises WireError with what was wrong in it."""
    try:
        return _decoder.decode(body)
    except msgspec.MsgspecError as wrong:
        raise WireError(f"the seam carried a message this version ({VERSION}) does not know: {wrong}") from wrong


Overhear = Callable[[Message, bool], None]
"""Is told every message and whether the peer said it."""


class Wire:
    """One end of the seam on an asyncio stream: `send`, `receive`, `close`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, overhear: Overhear | None = None
    ) -> None:
        self._reader, self._writer, self._overhear = reader, writer, overhear

    def send(self, message: Message) -> None:
        """Queue one message; never blocks. A dead peer shows itself at `receive`."""
        if not self._writer.is_closing():
            self._writer.write(encode(message))
            if self._overhear is not None:
                self._overhear(message, False)

    async def receive(self) -> Hello | Command | Event | None:
        """The next message, or None when the peer has gone. Raises WireError on bad framing."""
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            if length > MAX_BYTES:
                raise WireError(f"the seam announced a message of {length} bytes; at most {MAX_BYTES} are right")
            message = decode(await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        if self._overhear is not None:
            self._overhear(message, True)
        return message

    async def greet(self, role: str, expect: frozenset[str]) -> str:
        """Exchange `Hello`s and return the peer's role.

        Raises WireError when the peer is of another version, another role or another user (SO_PEERCRED).
        """
        self.send(Hello(role))
        hello = await self.receive()
        if not isinstance(hello, Hello):
            raise WireError(f"the peer began with {hello!r}; Hello would be right")
        if hello.version != VERSION:
            raise WireError(f"the {hello.role} speaks version {hello.version} of the seam, this {role} {VERSION}")
        if hello.role not in expect:
            raise WireError(f"a {hello.role} connected where {' or '.join(sorted(expect))} would be right")
        return hello.role

    def peer_uid(self) -> int:
        """The user id of the process at the other end (SO_PEERCRED)."""
        peer: socket.socket = self._writer.get_extra_info("socket")
        _pid, uid, _gid = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        return int(uid)

    async def close(self) -> None:
        """Flush what was sent and close."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, BrokenPipeError):
            return  # the peer was quicker
