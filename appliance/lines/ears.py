"""What the detectors of a line listen to: the line as it is where only the far side is so loud, else without echo.

A canceller bends the tones of an exchange while we talk over them, and a busy tone with a dent in it is none. So a
frame that is louder than everything we sent of late is judged as it came; only where it could be our own echo is the
cancelled sound judged, so that we never take our own prompts for the line's (fxo §2.8, F22, F26).
"""

import math
from collections import deque
from typing import Final

import numpy as np

from appliance.media import dtmf
from appliance.media.cadence import Detector, Plan, Tone

FRAME: Final = 160
FRAME_BYTES: Final = 2 * FRAME
AT_ONCE: Final = 4  # frames: the detectors wake every 80 ms, which costs a third of what every 10 ms did
OF_LATE: Final = 4  # frames: the card's own delay and the hybrid's
SPOKEN: Final = 160 * 500.0**2  # energy of a frame in which we speak
SENT_KEPT: Final = 80  # pieces of AT_ONCE frames or more: 6.4 s, three cycles of every busy tone
ECHO_WITHIN: Final = 8000  # bytes: a key of ours, its length and every delay
LEAST_ECHO: Final = 1e9
"""Energy: a second of -45 dBFS."""
FORGETS: Final = 0.998  # a frame: ten seconds


class OwnSounds:
    """What we sent of late: its echo, before the canceller has learnt it, is no key of the caller's and no hang-up.

    Only looked into when a key or a tone was heard, which is seldom.
    """

    def __init__(self) -> None:
        self._sent: deque[bytes] = deque(maxlen=SENT_KEPT)

    def sent(self, pcm: bytes) -> None:
        """What the card played."""
        self._sent.append(pcm)

    def has_key(self, digit: str) -> bool:
        """Whether we sent that key a moment ago."""
        recent = b"".join(self._sent)[-ECHO_WITHIN:]
        return any(press.digit == digit for press in dtmf.Detector().hear(recent))

    def tones(self, country: str, learnt: tuple[Plan, ...]) -> frozenset[Tone]:
        """The exchange's tones that were in what we sent."""
        detector, recent = Detector(country, learnt), b"".join(self._sent)
        found = (detector.hear(recent[at : at + FRAME_BYTES]) for at in range(0, len(recent), FRAME_BYTES))
        return frozenset(tone for tone in found if tone is not None)


class Ears:
    """Three streams of linear samples in step: what came, what we sent meanwhile, and what came without echo."""

    def __init__(self) -> None:
        self._came, self._sent, self._clean = bytearray(), bytearray(), bytearray()
        self._loud = [0.0] * (OF_LATE - 1)
        self._echo = self._left = 0.0
        self.own = OwnSounds()

    @property
    def erle(self) -> float | None:
        """By how many dB what can only be our echo is lowered, of late; None when there was none."""
        return None if self._echo < LEAST_ECHO else round(10 * math.log10(self._echo / max(self._left, 1.0)), 1)

    def hear(self, came: bytes, sent: bytes, clean: bytes) -> bytes:
        """Whole frames to be judged, some at once; `clean` may lag behind the other two."""
        self._came += came
        self._sent += sent
        self._clean += clean
        whole = len(self._clean) // FRAME_BYTES
        return self._judged(whole * FRAME_BYTES) if whole >= AT_ONCE else b""

    def _judged(self, size: int) -> bytes:
        came, sent, clean = (_taken(stream, size) for stream in (self._came, self._sent, self._clean))
        self.own.sent(sent)
        spoken, levels, left = _energies(sent), _energies(came), _energies(clean)
        loud = [*self._loud, *spoken]
        self._loud = loud[1 - OF_LATE :]
        self._measure(spoken, levels, left)
        judged = b""
        for place, level in enumerate(levels):
            is_harmed = left[place] > level  # a canceller led astray by tone and voice at once adds what it should take
            heard = came if is_harmed or level > max(loud[place : place + OF_LATE]) else clean
            judged += heard[place * FRAME_BYTES : (place + 1) * FRAME_BYTES]
        return judged

    def _measure(self, spoken: list[float], levels: list[float], left: list[float]) -> None:
        """Frames in which we spoke and the line was 3 to 40 dB quieter: nearly all of them is echo."""
        for sent, echo, rest in zip(spoken, levels, left, strict=True):
            if sent > SPOKEN and 1e-4 * sent < echo < 0.5 * sent:
                self._echo, self._left = FORGETS * self._echo + echo, FORGETS * self._left + rest


def _taken(stream: bytearray, size: int) -> bytes:
    taken = bytes(stream[:size])
    del stream[:size]
    return taken


def _energies(pcm: bytes) -> list[float]:
    frames = np.frombuffer(pcm, np.int16).astype(np.float64).reshape(-1, FRAME)
    energies: list[float] = np.einsum("ij,ij->i", frames, frames).tolist()
    return energies
