"""What was heard: tone levels, silent frames and onsets in 8 kHz mono samples.

Levels are peak amplitudes of 16-bit samples. A *silent frame* is 20 ms whose peak is under `SILENCE`, inside the
stretch where a tone should sound.
"""

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

RATE: Final = 8000
FRAME: Final = 160
SILENCE: Final = 300

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Heard:
    """How one tone arrived at one ear: its level, silent 20 ms frames inside it, and where it began (s)."""

    hz: float
    level: float
    silent_frames: int
    onset_s: float
    length_s: float


def level(samples: Samples, hz: float) -> float:
    """The amplitude of the tone at `hz` over all samples; 0 for none."""
    if len(samples) == 0:
        return 0.0
    turns = 2 * np.pi * hz / RATE * np.arange(len(samples))
    wave_values = samples.astype(np.float64)
    return float(2 * np.hypot(wave_values @ np.cos(turns), wave_values @ np.sin(turns)) / len(samples))


def frame_levels(samples: Samples, hz: float, frame: int = FRAME) -> npt.NDArray[np.float64]:
    """The amplitude of the tone in each frame of `frame` samples."""
    count = len(samples) // frame
    framed = samples[: count * frame].astype(np.float64).reshape(count, frame)
    turns = 2 * np.pi * hz / RATE * np.arange(frame)
    found: npt.NDArray[np.float64] = 2 * np.hypot(framed @ np.cos(turns), framed @ np.sin(turns)) / frame
    return found


def listen(samples: Samples, hz: float, threshold: float = 1000.0) -> Heard:
    """How the tone arrived: from the first to the last 20 ms frame that has it above `threshold`."""
    levels = frame_levels(samples, hz)
    there = np.flatnonzero(levels > threshold)
    if len(there) == 0:
        return Heard(hz, level(samples, hz), 0, -1.0, 0.0)
    first, last = int(there[0]), int(there[-1])
    stretch = samples[first * FRAME : (last + 1) * FRAME]
    peaks = np.abs(stretch.astype(np.int32)).reshape(-1, FRAME).max(axis=1)
    silent = int((peaks < SILENCE).sum())
    return Heard(hz, float(np.median(levels[there])), silent, onset(samples, hz, threshold), len(stretch) / RATE)


def onset(samples: Samples, hz: float, threshold: float = 1000.0) -> float:
    """When the tone begins, in seconds from the first sample, to 2.5 ms; -1 when it never does."""
    step, width = 20, 80
    for start in range(0, max(0, len(samples) - width), step):
        if level(samples[start : start + width], hz) > threshold:
            return (start + width / 2) / RATE
    return -1.0


def read_wav(path: Path) -> list[Samples]:
    """The channels of a 16-bit WAV at 8 kHz."""
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getsampwidth()) != (RATE, 2):
            raise ValueError(f"{path}: {file.getframerate()} Hz, {file.getsampwidth()} bytes; 8000 and 2 expected")
        values = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return [values[channel :: file.getnchannels()] for channel in range(file.getnchannels())]
