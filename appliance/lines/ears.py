"""What the detectors of a line listen to: the line as it is where only the far side is so loud, else without echo.

A canceller bends the tones of an exchange while we talk over them, and a busy tone with a dent in it is none. So a
frame that is louder than everything we sent of late is judged as it came; only where it could be our own echo is the
cancelled sound judged, so that we never take our own prompts for the line's (fxo §2.8, F22, F26).
"""

import math
from typing import Final

import numpy as np

from appliance.media import dtmf

FRAME: Final = 160
FRAME_BYTES: Final = 2 * FRAME
OF_LATE: Final = 4  # frames: the card's own delay and the hybrid's
SPOKEN: Final = 160 * 500.0**2  # energy of a frame in which we speak
ECHO_WITHIN: Final = 4000  # samples: a key of ours, its length and every delay


LEAST_ECHO: Final = 1e9
"""Energy: a second of -45 dBFS."""
FORGETS: Final = 0.998  # a frame: ten seconds


class OwnKeys:
    """Keys that we sent: their echo, before the canceller has learnt it, is no key of the caller's."""

    def __init__(self) -> None:
        self._detector = dtmf.Detector()
        self._at = 0
        self._sent: dict[str, int] = {}

    def hear(self, sent: bytes) -> None:
        """What the card plays."""
        for press in self._detector.hear(sent):
            self._sent[press.digit] = press.at
        self._at += len(sent) // 2

    def is_echo(self, digit: str) -> bool:
        """Whether we sent that key a moment ago."""
        return digit in self._sent and self._at - self._sent[digit] < ECHO_WITHIN


class Ears:
    """Three streams of linear samples in step: what came, what we sent meanwhile, and what came without echo."""

    def __init__(self) -> None:
        self._came = self._sent = self._clean = b""
        self._loud = [0.0] * OF_LATE
        self._echo = self._left = 0.0

    @property
    def erle(self) -> float | None:
        """By how many dB what can only be our echo is lowered, of late; None when there was none."""
        return None if self._echo < LEAST_ECHO else round(10 * math.log10(self._echo / max(self._left, 1.0)), 1)

    def hear(self, came: bytes, sent: bytes, clean: bytes) -> bytes:
        """Whole frames to be judged; `clean` may lag behind the other two."""
        self._came, self._sent, self._clean = self._came + came, self._sent + sent, self._clean + clean
        judged = b""
        while len(self._clean) >= FRAME_BYTES:
            judged += self._frame()
            self._came, self._sent = self._came[FRAME_BYTES:], self._sent[FRAME_BYTES:]
            self._clean = self._clean[FRAME_BYTES:]
        return judged

    def _frame(self) -> bytes:
        self._loud = [*self._loud[1:], _energy(self._sent[:FRAME_BYTES])]
        came, clean = self._came[:FRAME_BYTES], self._clean[:FRAME_BYTES]
        level = _energy(came)
        self._measure(level, _energy(clean))
        is_harmed = _energy(clean) > level  # a canceller led astray by tone and voice at once adds what it should take
        return came if level > max(self._loud) or is_harmed else clean

    def _measure(self, echo: float, left: float) -> None:
        """A frame in which we spoke and the line was 3 to 40 dB quieter: nearly all of it is echo."""
        sent = self._loud[-1]
        if sent > SPOKEN and 1e-4 * sent < echo < 0.5 * sent:
            self._echo, self._left = FORGETS * self._echo + echo, FORGETS * self._left + left


def _energy(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, np.int16).astype(np.float64)
    return float(samples @ samples)
