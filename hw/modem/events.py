"""What a voice modem can tell: first the words of its serial protocol, then what the driver makes of them."""

import enum
from dataclasses import dataclass


class Result(enum.Enum):
    """A final result: it ends the command that was outstanding. Blanks are removed before comparing (fxo §2.1)."""

    OK = "OK"
    CONNECT = "CONNECT"
    VCON = "VCON"
    ERROR = "ERROR"
    NO_CARRIER = "NOCARRIER"
    NO_ANSWER = "NOANSWER"
    NO_DIAL_TONE = "NODIALTONE"
    BUSY = "BUSY"
    BLACKLISTED = "BLACKLISTED"
    DELAYED = "DELAYED"
    LINE_IN_USE = "LINEINUSE"
    NO_LINE = "NOLINE"
    INTRUSION = "OFF-HOOKINTRUSION"
    REVERSAL = "LINEREVERSALDETECTED"
    TIMEOUT = "no answer in time"  # ours: the modem said nothing

    @property
    def is_good(self) -> bool:
        """True for the three results that mean "done" (USR and CX answer OK to +VLS, others VCON)."""
        return self in (Result.OK, Result.VCON, Result.CONNECT)


class Sign(enum.Enum):
    """What a DLE code means (fxo §2.5)."""

    RING = "ring"
    BUSY = "busy tone"
    DIAL_TONE = "dial tone"
    RINGBACK = "ringback"
    INFORMATION_TONE = "special information tone"
    VOICE = "voice"
    SILENCE = "silence"
    QUIET = "quiet"
    LOOP_DROP = "loop current interrupted"
    REVERSAL = "polarity reversed"
    VOLTAGE_DROP = "line voltage dropped"
    VOLTAGE_RISE = "line voltage rose"
    HANDSET_ON = "local handset on-hook"
    HANDSET_OFF = "local handset off-hook"
    UNDERRUN = "transmit underrun"
    OVERRUN = "receive overrun"
    LOST = "samples lost"
    BAD_FORMAT = "invalid voice format"
    FAX = "fax calling tone"
    MODEM = "modem calling tone"
    ANSWER_TONE = "answer tone"
    CALL_WAITING = "call waiting"
    FLOW = "flow control"
    TIMING = "timing mark"
    UNKNOWN = "unknown code"


# --- the words of the protocol ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finished:
    """The outstanding command ended with `result`; `text` holds the information lines before it."""

    command: str
    result: Result
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audio:
    """Samples that came in the stream, DLE shielding removed."""

    samples: bytes


@dataclass(frozen=True, slots=True)
class Signal:
    """A DLE code in command or stream mode; `code` is the byte that followed DLE."""

    sign: Sign
    code: int


@dataclass(frozen=True, slots=True)
class Digit:
    """A DTMF digit the chip heard, once per key press."""

    digit: str


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """DLE ETX: what follows is command mode."""


@dataclass(frozen=True, slots=True)
class Ring:
    """One burst of ringing."""


@dataclass(frozen=True, slots=True)
class CallerIdLine:
    """One formatted caller-ID line: its tag (`NMBR`, `NAME`, ...) and value, blanks round `=` removed."""

    tag: str
    value: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A line nobody asked for and that has no meaning to us."""

    text: str


Event = Finished | Audio | Signal | Digit | StreamEnded | Ring | CallerIdLine | Remark

# --- what the driver makes of them --------------------------------------------------------------------------------


class Way(enum.Enum):
    """Which way samples flow in a stream; the values are the commands that open it."""

    DUPLEX = "AT+VTR"
    ANNOUNCE = "AT+VTX"
    RECORD = "AT+VRX"


@dataclass(frozen=True, slots=True)
class Ready:
    """The modem is initialised and on-hook. `identity` is what it calls itself; `alarm` a sentence, or empty.

    `is_half_duplex`: it can announce and record in turns, but carry no conversation; the alarm says so. `line_alarm`
    is what is wrong with the telephone line rather than with the modem, `volts` what it measured there, where it can;
    `LineChecked` follows both up.
    """

    identity: str
    alarm: str = ""
    is_half_duplex: bool = False
    line_alarm: str = ""
    volts: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The device cannot be used; `why` is a sentence. Close it: that also drops DTR and so the line."""

    why: str


@dataclass(frozen=True, slots=True)
class Seized:
    """Off-hook, and samples flow as asked; `is_stream_refused`: only from us, for `why` they cannot both ways."""

    why: str = ""
    is_stream_refused: bool = False


@dataclass(frozen=True, slots=True)
class SeizeFailed:
    """The line could not be taken; the driver has let go of it. `why` is a sentence.

    `is_stream_refused`: all went well up to the stream itself, which this modem does not have. `had_hook`: it may have
    been off-hook for a moment, so that the guard time applies.
    """

    why: str
    is_stream_refused: bool = False
    had_hook: bool = False


@dataclass(frozen=True, slots=True)
class DialFailed:
    """The modem's own dialler came to nothing, with this result; the driver has let go of the line."""

    result: Result


@dataclass(frozen=True, slots=True)
class Released:
    """On-hook again."""


@dataclass(frozen=True, slots=True)
class LineChecked:
    """The voltage of the idle line was looked at; `alarm` is a sentence, or empty when the line is well."""

    alarm: str = ""
    volts: float | None = None


@dataclass(frozen=True, slots=True)
class StreamStopped:
    """The modem ended the stream unasked (S6): the call is over for it."""


Outcome = Ready | Failed | Seized | SeizeFailed | DialFailed | Released | LineChecked | StreamStopped
ModemEvent = Outcome | Audio | Signal | Digit | Ring | CallerIdLine


def in_one_piece(events: list[ModemEvent]) -> list[ModemEvent]:
    """A batch with its sound in one piece after its signals: the ledger answers once a batch (§2.7)."""
    sounds = [event for event in events if isinstance(event, Audio)]
    if len(sounds) < 2:
        return events
    last = max(place for place, event in enumerate(events) if isinstance(event, Audio))
    whole = Audio(b"".join(sound.samples for sound in sounds))
    before = [event for event in events[:last] if not isinstance(event, Audio)]
    return [*before, whole, *events[last + 1 :]]
