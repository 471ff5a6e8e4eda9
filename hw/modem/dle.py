"""DLE shielding of a V.253 stream: 0x10 introduces a code, everything else is a sample (fxo §2.5).

The decoder keeps its state over any split of the bytes; feeding one byte at a time gives the same result.
"""

from collections.abc import Iterator
from typing import Final

from hw.modem.events import Audio, Digit, Event, Sign, Signal, StreamEnded

DLE: Final = 0x10
ETX: Final = 0x03
SUB: Final = 0x1A
DIGITS: Final = frozenset(b"0123456789*#ABCD")
SAME_KEY_SAMPLES: Final = 480  # 60 ms: a digit repeated sooner, outside a shield, is the same key press
PACKET_BYTES: Final = 512  # a complex event longer than this is line noise

SIGNS: Final[dict[int, Sign]] = {
    ord(letter): sign
    for letters, sign in (
        ("R", Sign.RING),
        ("bK", Sign.BUSY),
        ("di", Sign.DIAL_TONE),
        ("r", Sign.RINGBACK),
        ("J", Sign.INFORMATION_TONE),
        ("Vv", Sign.VOICE),
        ("s", Sign.SILENCE),
        ("q", Sign.QUIET),
        ("l", Sign.LOOP_DROP),
        ("L", Sign.REVERSAL),
        ("P", Sign.VOLTAGE_DROP),
        ("p", Sign.VOLTAGE_RISE),
        ("h", Sign.HANDSET_ON),
        ("H", Sign.HANDSET_OFF),
        ("u", Sign.UNDERRUN),
        ("o", Sign.OVERRUN),
        ("Y", Sign.LOST),
        ("E", Sign.BAD_FORMAT),
        ("c", Sign.FAX),
        ("e", Sign.MODEM),
        ("af", Sign.ANSWER_TONE),
        ("w@", Sign.CALL_WAITING),
        ("QS", Sign.FLOW),
        ("T", Sign.TIMING),
    )
    for letter in letters
}


def avoid(samples: bytes) -> bytes:
    """Samples fit for sending: 0x10 becomes 0x11, one µ-law step away, so the byte rate stays constant."""
    return samples.replace(b"\x10", b"\x11")


class DleDecoder:
    """Takes the bytes of a stream; yields audio, signals and digits until DLE ETX ends it."""

    def __init__(self, is_midway: bool = False) -> None:
        """`is_midway`: the first bytes may be the second half of a pair; up to the first that is no DLE they are."""
        self._is_midway = is_midway
        self._after_dle = False
        self._packet: bytearray | None = None
        self._in_shield = False
        self._last_digit = ""
        self._since_digit = SAME_KEY_SAMPLES

    def feed(self, received: bytes) -> tuple[list[Event], bytes | None]:
        """The events in `received`, and what follows the end of the stream (None while it goes on)."""
        events: list[Event] = []
        samples = bytearray()
        position = self._whole_from(received) if self._is_midway else 0
        while position < len(received):
            if self._after_dle:
                code = received[position]
                position += 1
                self._after_dle = False
                if code == ETX and self._packet is None:
                    self._flush(samples, events)
                    return [*events, StreamEnded()], received[position:]
                self._code(code, samples, events)
                continue
            found = received.find(DLE, position)
            stop = len(received) if found < 0 else found
            self._plain(received[position:stop], samples)
            position = stop + 1
            self._after_dle = found >= 0
        self._flush(samples, events)
        return events, None

    def _whole_from(self, received: bytes) -> int:
        """Where reading may begin: a byte that is no DLE is a sample or a code's second half, and ends something."""
        start = next((place + 1 for place, byte in enumerate(received) if byte != DLE), None)
        self._is_midway = start is None
        return len(received) if start is None else start

    def _plain(self, run: bytes, samples: bytearray) -> None:
        """A run without DLE: text of a complex event while one is open, samples otherwise."""
        if self._packet is None:
            samples += run
            self._since_digit += len(run)
            return
        self._packet += run
        if len(self._packet) > PACKET_BYTES:
            self._packet = None

    def _code(self, code: int, samples: bytearray, events: list[Event]) -> None:
        """One byte after DLE: data, a digit, a complex event or a signal."""
        if code == DLE:
            self._plain(bytes((DLE,)), samples)
        elif code == SUB:
            self._plain(bytes((DLE, DLE)), samples)
        elif code == ord("X"):
            self._packet = bytearray()
        elif code == ord("."):
            self._packet = None  # caller ID in a stream is call waiting: nothing for us yet
        else:
            self._flush(samples, events)
            events.extend(self._meaning(code))

    def _meaning(self, code: int) -> Iterator[Event]:
        """The event a code stands for; a digit repeated within its shield is told once."""
        if code == ord("/"):
            self._in_shield, self._last_digit = True, ""
        elif code in (0x7E, 0x7F):
            self._in_shield, self._last_digit = False, ""
        elif code in DIGITS:
            digit = chr(code)
            is_same = digit == self._last_digit and (self._in_shield or self._since_digit < SAME_KEY_SAMPLES)
            self._last_digit, self._since_digit = digit, 0
            if not is_same:
                yield Digit(digit)
        else:
            yield Signal(SIGNS.get(code, Sign.UNKNOWN), code)

    @staticmethod
    def _flush(samples: bytearray, events: list[Event]) -> None:
        if samples:
            events.append(Audio(bytes(samples)))
            samples.clear()
