"""What a scriptable phone says and hears: tones cut into frames, and every frame heard with the moment it came.

Frames are 20 ms of 16-bit samples at 8 kHz; times are CLOCK_MONOTONIC seconds; levels are peak amplitudes.
"""

import functools
import math
import time
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

RATE: Final = 8000
FRAME: Final = 160
LEVEL: Final = 13_000
_SILENT_BELOW: Final = 200
_KEPT_FRAMES: Final = 50 * 120


@functools.lru_cache(maxsize=32)
def _second_of(hz: int) -> tuple[bytes, ...]:
    """One second of a tone of whole hertz (so it repeats without a seam), as frames."""
    tone = LEVEL * np.sin(2 * math.pi * hz * np.arange(RATE) / RATE)
    return tuple(frame.astype("<i2").tobytes() for frame in tone.reshape(-1, FRAME))


@dataclass(slots=True)
class Mouth:
    """What the phone says: a tone of whole hertz, or silence at 0."""

    hz: int = 0
    index: int = 0
    announced: bool = True

    def frame(self) -> bytes:
        """The next 20 ms."""
        frames = _second_of(self.hz)
        self.index = (self.index + 1) % len(frames)
        return frames[self.index - 1]


@dataclass(slots=True)
class Ear:
    """What the phone heard: frames and the moments they came."""

    frames: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def take(self, pcm: bytes) -> None:
        """One frame more."""
        if len(self.frames) < _KEPT_FRAMES:
            self.frames.append(pcm)
            self.times.append(time.monotonic())

    def report(self, tones: list[int], since: float) -> dict[str, Any]:
        """What was heard since then; `silent` counts silent frames between the first and the last sound."""
        count = len(self.frames)
        kept = [index for index in range(count) if self.times[index] >= since and len(self.frames[index]) == 2 * FRAME]
        if not kept:
            return {"frames": 0, "silent": 0, "gap_ms": 0.0, "level": 0.0, "first_at": 0.0, "tones": {}}
        pcm = np.frombuffer(b"".join(self.frames[index] for index in kept), "<i2").reshape(-1, FRAME).astype(float)
        times = np.array([self.times[index] for index in kept])
        peak = np.abs(pcm).max(axis=1)
        loud = np.flatnonzero(peak >= _SILENT_BELOW)
        silent = int((peak[loud[0] : loud[-1] + 1] < _SILENT_BELOW).sum()) if loud.size else 0
        return {
            "frames": len(kept),
            "silent": silent,
            "gap_ms": round(1000 * float(np.diff(times).max()), 1) if len(kept) > 1 else 0.0,
            "level": float(np.median(peak)),
            "first_at": float(times[loud[0]]) if loud.size else 0.0,
            "tones": {str(hz): _tone(pcm, times, hz) for hz in tones},
        }


def _tone(pcm: npt.NDArray[np.float64], times: npt.NDArray[np.float64], hz: int) -> dict[str, float]:
    """The level of one tone in the frames that hold it, and when the first and the last of them came."""
    wave_of = np.exp(-2j * math.pi * hz * np.arange(FRAME) / RATE)
    levels = np.abs(pcm @ wave_of) * 2 / FRAME
    having = np.flatnonzero(levels > LEVEL / 4)
    if not having.size:
        return {"level": float(np.median(levels)), "first_at": 0.0, "last_at": 0.0, "frames": 0}
    return {
        "level": float(np.median(levels[having])),
        "first_at": float(times[having[0]]),
        "last_at": float(times[having[-1]]),
        "frames": int(having.size),
    }
