"""The serial protocol of a voice modem without any I/O: bytes in, events out; commands become bytes.

Two strict modes (fxo §2.1). COMMAND is lines, with DLE codes between them. STREAM begins with the first byte after the
line feed that ends CONNECT and ends at DLE ETX; in it nothing is ever searched for text, because speech can spell
"OK". One command is outstanding at a time and nothing unsolicited ever completes it.
"""

import enum
import re
from typing import Final

from hw.errors import ProtocolMisuse
from hw.modem.dle import DLE, SIGNS, DleDecoder, avoid
from hw.modem.events import CallerIdLine, Digit, Event, Finished, Remark, Result, Ring, Sign, Signal, StreamEnded

BODY_LIMIT: Final = 50  # characters after AT that every chip takes
LINE_LIMIT: Final = 512  # a longer line is noise

_CR, _LF = 0x0D, 0x0A
_RESULTS: Final = {result.value: result for result in Result if result is not Result.TIMEOUT}
_CALLER_ID: Final = re.compile(r"(DATE|TIME|NMBR|NAME|DDN_NMBR|DDN|MESG|REASON)\s*=\s*(.*)", re.DOTALL)
_OPENS: Final = re.compile(r"\+V(?:TR|TX|RX)")
_IGNORED: Final = re.compile(r"CIDM|RINGING|DRON\s*=|DROF\s*=")


class Mode(enum.Enum):
    """How the bytes from the modem are to be read."""

    COMMAND = "command"
    STREAM = "stream"
    PLAY = "play"  # samples go out, but what comes in is lines (+VTX)


class Protocol:
    """One modem's protocol state: feed it with `receive`, ask it for bytes with `command` and `shield`."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything and read what comes as command mode (recovery, fxo §2.10)."""
        self.mode = Mode.COMMAND
        self._pending: str | None = None
        self._text: list[str] = []
        self._line = bytearray()
        self._after_dle = False
        self._is_connecting = False
        self._stream = DleDecoder()
        self.has_echoed = False

    def resume(self) -> None:
        """The modem is in a duplex stream that another process began; what comes is read as samples."""
        self.reset()
        self.mode, self._stream = Mode.STREAM, DleDecoder(is_midway=True)

    @property
    def pending(self) -> str | None:
        """The command that has not ended yet, or None."""
        return self._pending

    def command(self, text: str) -> bytes:
        """The bytes of a command. Raises ProtocolMisuse in a stream, on a second command, or on a body too long."""
        if self.mode is not Mode.COMMAND:
            raise ProtocolMisuse(f"{text!r} was to be sent inside a voice stream, where it would be heard as noise")
        if self._pending is not None:
            raise ProtocolMisuse(f"{text!r} was to be sent while {self._pending!r} is outstanding; one at a time")
        if len(text) - 2 > BODY_LIMIT:
            raise ProtocolMisuse(f"{text!r} is longer than the {BODY_LIMIT} characters every modem takes")
        self._pending, self._text = text, []
        return text.encode("ascii") + b"\r"

    def expect_result(self, label: str) -> None:
        """A final result will come for something that was no command: the end of a stream has one."""
        self._pending, self._text = label, []

    def give_up(self) -> None:
        """The outstanding command was not answered in time; a late answer is nobody's."""
        self._pending = None

    def shield(self, samples: bytes) -> bytes:
        """Samples as they may be sent. Raises ProtocolMisuse outside a stream."""
        if self.mode is Mode.COMMAND:
            raise ProtocolMisuse(f"{len(samples)} samples were to be sent outside a voice stream")
        return avoid(samples)

    def receive(self, received: bytes) -> list[Event]:
        """The events in the bytes just read, in order; any split of the bytes gives the same events."""
        events: list[Event] = []
        rest = received
        while rest:
            if self.mode is Mode.STREAM:
                rest = self._receive_stream(rest, events)
            else:
                rest = self._receive_command(rest, events)
        return events

    def _receive_stream(self, received: bytes, events: list[Event]) -> bytes:
        heard, rest = self._stream.feed(received)
        events += heard
        if rest is None:
            return b""
        self.mode = Mode.COMMAND
        self._line.clear()
        self.expect_result("leaving the stream")
        return rest

    def _receive_command(self, received: bytes, events: list[Event]) -> bytes:
        for position, byte in enumerate(received):
            if self._is_connecting:
                self._begin_stream(events)
                return received[position + 1 :] if byte == _LF else received[position:]
            if self._after_dle:
                self._after_dle = False
                self._idle_code(byte, events)
            elif byte == DLE:
                self._after_dle = True
            elif byte in (_CR, _LF):
                self._end_line(byte, events)
                if self.mode is Mode.STREAM:
                    return received[position + 1 :]
            elif len(self._line) < LINE_LIMIT:
                self._line.append(byte)
        return b""

    def _begin_stream(self, events: list[Event]) -> None:
        self._is_connecting = False
        is_announcing = "+VTX" in (self._pending or "").upper()
        self.mode, self._stream = Mode.PLAY if is_announcing else Mode.STREAM, DleDecoder()
        self._finish(Result.CONNECT, events)

    def _finish(self, result: Result, events: list[Event]) -> None:
        if self.mode is Mode.PLAY and result is not Result.CONNECT:
            self.mode = Mode.COMMAND
        events.append(Finished(self._pending or "", result, tuple(self._text)))
        self._pending, self._text = None, []

    def _idle_code(self, code: int, events: list[Event]) -> None:
        """A DLE code between lines. The text of a complex event (`X` ... `.`) is read as ordinary lines."""
        if code == ord("R"):
            events.append(Ring())
        elif code in b"0123456789*#ABCD":
            events.append(Digit(chr(code)))
        elif code in SIGNS:
            events.append(Signal(SIGNS[code], code))
        elif code not in b"X.\x03\x10\x1a/~":
            events.append(Signal(Sign.UNKNOWN, code))

    def _end_line(self, terminator: int, events: list[Event]) -> None:
        line = self._line.decode("latin-1").strip()
        self._line.clear()
        if not line:
            return
        if line.upper() == (self._pending or "").upper():
            self.has_echoed = True  # our own command; after E0 only a modem that was reset does so
            return
        word = re.sub(r"\s+", "", line).upper()
        if word.startswith("CONNECT") and self._pending is not None and _OPENS.search(self._pending.upper()):
            self._is_connecting = terminator == _CR
            if not self._is_connecting:
                self._begin_stream(events)
        elif word in _RESULTS and self._pending is not None:
            self._finish(_RESULTS[word], events)
        elif word in _RESULTS and self.mode is Mode.PLAY:
            self.mode = Mode.COMMAND  # it ended the announcement unasked
            events.append(StreamEnded())
        else:
            self._classify(line, word, events)

    def _classify(self, line: str, word: str, events: list[Event]) -> None:
        """A line that ends no command: ringing, caller ID, an answer's text, or a remark."""
        caller_id = _CALLER_ID.fullmatch(line.strip())
        if word == "RING":
            events.append(Ring())
        elif caller_id:
            events.append(CallerIdLine(caller_id[1], caller_id[2].strip()))
        elif _IGNORED.match(word) or self._pending is None:
            events.append(Remark(line))
        else:
            self._text.append(line)
