"""The voice stream of a card: DLE shielding both ways, the two FIFOs, the codes that end it (specs: fxo §2.5, §3.2).

One byte is one sample, in the format chosen by `+VSM`; towards the line everything is µ-law.
"""

import re
from enum import Enum

from hw.sim.personality import Personality
from hw.sim.ulaw import SILENCE, VoiceFormat

FIRST_SECOND, STEADY = 8_000, 80_000
DLE, ETX, SUB, CAN = 0x10, 0x03, 0x1A, 0x18
_TYPED_TEXT = re.compile(rb"[Aa][Tt][+&!\-A-Za-z][A-Za-z0-9+,;=?.]{1,40}\r")


class Direction(Enum):
    """Which way samples flow."""

    DUPLEX = "+VTR"
    TRANSMIT = "+VTX"
    RECEIVE = "+VRX"

    @property
    def has_receive(self) -> bool:
        """The host gets samples."""
        return self is not Direction.TRANSMIT

    @property
    def has_transmit(self) -> bool:
        """The host gives samples."""
        return self is not Direction.RECEIVE


class VoiceStream:
    """One stream, from CONNECT to DLE ETX."""

    def __init__(self, direction: Direction, personality: Personality, voice_format: VoiceFormat) -> None:
        """Counts are of samples, except `underruns` (dry periods, or dry quanta if the personality counts so)."""
        self.direction = direction
        self.is_ending = False
        self.ignored_codes: list[int] = []
        self.typed_text: bytes | None = None
        self.received = self.sent = self.underruns = self.host_samples = 0
        self._steady_from: tuple[int, int] | None = None
        self._personality, self._format = personality, voice_format
        self.capacity = personality.tx_fifo
        self._has_polite_pair = False
        self._exits = {Direction.DUPLEX: personality.duplex_exit, Direction.RECEIVE: b"!\x1b"}.get(direction, b"")
        self._fifo = bytearray()
        self._after_dle = False
        self._started = self._dry = self._transmit_over = False

    @property
    def room(self) -> int:
        """How many more bytes the transmit FIFO takes."""
        return max(0, self.capacity - len(self._fifo))

    @property
    def steady_rate(self) -> float | None:
        """Samples the host gave for each of the codec's, from 1 s after the start; None before 10 s of that."""
        if self._steady_from is None or self.received - self._steady_from[0] < STEADY:
            return None
        received, given = self._steady_from
        return (self.host_samples - given) / (self.received - received)

    @property
    def is_over(self) -> bool:
        """An end was asked for and the transmit FIFO has drained."""
        return self.is_ending and not self._fifo

    def feed(self, data: bytes) -> None:
        """Bytes from the host: samples into the FIFO, codes obeyed; what follows an end is not looked at."""
        found = _TYPED_TEXT.search(data)
        if found:
            self.typed_text = found.group()
        while data and not self.is_ending:
            if self._after_dle:
                self._after_dle = False
                self._obey(data[0])
                data = data[1:]
                continue
            samples, mark, data = data.partition(b"\x10")
            self._take_in(samples)
            self._after_dle = bool(mark)

    def _take_in(self, samples: bytes) -> None:
        if samples and self.direction.has_transmit and not self._transmit_over:
            self._fifo += samples
            self.host_samples += len(samples)
            self._started = True

    def _obey(self, code: int) -> None:
        polite, self._has_polite_pair = self._has_polite_pair, code == DLE
        if self._personality.wants_polite_exit and not polite and (code == ETX or code in self._exits):
            self.ignored_codes.append(code)
        elif code == DLE:
            self._take_in(b"\x10")
        elif code == SUB:
            self._take_in(b"\x10\x10")
        elif code == CAN:
            self._fifo.clear()
            self._started = False
        elif code == ETX:
            self._transmit_over = True
            self.is_ending = self.direction is Direction.TRANSMIT or self._personality.duplex_exit == b"\x03"
        elif code in self._exits:
            self.is_ending = True
        elif code:
            self.ignored_codes.append(code)

    def play(self, count: int) -> tuple[bytes, bool]:
        """The next `count` µ-law samples for the line, and whether the FIFO ran dry just now (event `u`)."""
        taken = bytes(self._fifo[:count])
        del self._fifo[:count]
        self.sent += len(taken)
        missing = count - len(taken)
        ran_dry = False
        if missing and self._started and not (self.is_ending or self._transmit_over):
            ran_dry = not self._dry or self._personality.underrun_each_quantum
            self.underruns += ran_dry
        self._dry = bool(missing)
        return self._format.to_ulaw(taken) + SILENCE * missing, ran_dry

    def shield(self, ulaw: bytes, codes: list[bytes]) -> bytes:
        """Samples from the line as the host gets them, and after the last of them the event codes."""
        self.received += len(ulaw)
        if self._steady_from is None and self.received >= FIRST_SECOND:
            self._steady_from = (self.received, self.host_samples)
        shielded = self._format.from_ulaw(ulaw).replace(b"\x10", b"\x10\x10") if self.direction.has_receive else b""
        return shielded + b"".join(b"\x10" + code for code in codes)
