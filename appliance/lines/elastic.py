"""The elastic pipe between two audio clocks: the card's crystal on one side, the media clock on the other.

One thread pushes, another pulls; both are never blocked for longer than a copy. The lowest level of each second is
kept between two marks by leaving out or doubling one sample per 100 ms, where it is heard least. Running empty repeats
what was last heard instead of silence, and too much is dropped at once, because late audio is worth nothing.
"""

import threading
from typing import Final

import numpy as np

SAMPLE_BYTES: Final = 2
RATE: Final = 8000
WINDOW: Final = RATE  # samples over which the lowest level is judged
SLIP_EVERY: Final = 800  # samples between two slips: 100 ms, 1250 ppm, twelve times what two crystals differ
REPEAT: Final = 80  # samples that are repeated when empty
CUT: Final = 80  # this much too long is not mended by slips (10 ms would take 8 s)
FADE: Final = 40


class Elastic:
    """Linear 16-bit samples in the machine's byte order.

    `start_ms` is left inside by the first pull; `low_ms` and `high_ms` are the marks, `limit_ms` is too much. The low
    mark is more than a batch of 20 ms: when two clocks slide past each other the level falls by one batch.
    """

    def __init__(self, start_ms: int = 30, low_ms: int = 21, high_ms: int = 42, limit_ms: int = 120) -> None:
        marks = (start_ms, low_ms, high_ms, limit_ms)
        self._start, self._low, self._high, self._limit = (ms * RATE // 1000 for ms in marks)
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Begin anew: silence comes out until there is enough to go on without a gap."""
        with self._lock:
            self._samples = bytearray()
            self.slips = self.repeats = self.cuts = 0
            self._is_primed = False
            self._last = bytes(REPEAT * SAMPLE_BYTES)
            self._lowest, self._judged, self._to_slip, self._since_slip = self._limit, 0, 0, 0

    @property
    def level(self) -> int:
        """Samples inside."""
        return len(self._samples) // SAMPLE_BYTES

    def push(self, pcm: bytes) -> None:
        """Put samples in."""
        with self._lock:
            self._samples += pcm
            surplus = self.level - self._limit
            if self._is_primed and surplus > 0:
                del self._samples[: (surplus + self._limit - self._high) * SAMPLE_BYTES]
            elif surplus > 0:
                del self._samples[: surplus * SAMPLE_BYTES]

    def pull(self, count: int) -> bytes:
        """Take exactly `count` samples out."""
        with self._lock:
            if not self._is_primed and not self._prime(count):
                return bytes(count * SAMPLE_BYTES)
            taken = self._take(count)
            self._judge(count)
            self._last = (self._last + taken)[-REPEAT * SAMPLE_BYTES :]
            return taken

    def _prime(self, count: int) -> bool:
        """Start once there is a pull's worth and the margin; start with no more than that."""
        wanted = count + self._start
        if self.level < wanted:
            return False
        del self._samples[: (self.level - wanted) * SAMPLE_BYTES]
        self._is_primed = True
        return True

    def _take(self, count: int) -> bytes:
        self._since_slip += count
        slip = max(-1, min(1, self._to_slip))
        if self._since_slip < SLIP_EVERY or self.level < count + slip or count < 3:
            slip = 0
        if slip:
            self._to_slip -= slip
            self._since_slip = 0
            self.slips += 1
        taken = bytes(self._samples[: (count + slip) * SAMPLE_BYTES])
        del self._samples[: (count + slip) * SAMPLE_BYTES]
        if slip:
            return _slipped(taken, slip)
        missing = count - len(taken) // SAMPLE_BYTES
        return taken + self._repeated(taken, missing) if missing else taken

    def _repeated(self, taken: bytes, missing: int) -> bytes:
        self.repeats += 1
        last = (self._last + taken)[-REPEAT * SAMPLE_BYTES :]
        return (last * (missing // REPEAT + 1))[: missing * SAMPLE_BYTES]

    def _judge(self, count: int) -> None:
        """Once a second: how far was the lowest level from where it should be?"""
        self._lowest = min(self._lowest, self.level)
        self._judged += count
        if self._judged < WINDOW:
            return
        surplus = self._lowest - self._high
        if surplus > CUT:
            self._cut(surplus)
        elif surplus > 0:
            self._to_slip = surplus
        else:
            self._to_slip = min(0, self._lowest - self._low)
        self._lowest, self._judged = self._limit, 0

    def _cut(self, surplus: int) -> None:
        """After a stall was bridged the pipe stays that much longer: leave it out at once, cross-faded over 5 ms."""
        samples = np.frombuffer(bytes(self._samples), np.int16).astype(np.float64)
        fade = min(FADE, len(samples) - surplus)
        rising = np.linspace(0.0, 1.0, max(0, fade))
        joined = samples[:fade] * (1 - rising) + samples[surplus : surplus + fade] * rising
        self._samples = bytearray(np.concatenate([joined, samples[surplus + fade :]]).astype(np.int16).tobytes())
        self._to_slip = 0
        self.cuts += 1


def _slipped(pcm: bytes, slip: int) -> bytes:
    """One sample less (`slip` 1) or more (-1), at the place where two neighbours differ least."""
    samples = np.frombuffer(pcm, np.int16)
    at = int(np.argmin(np.abs(np.diff(samples.astype(np.int32)))))
    if slip > 0:
        return np.delete(samples, at).tobytes()
    return np.insert(samples, at, samples[at]).tobytes()
