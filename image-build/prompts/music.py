#!/usr/bin/env python3
"""Compose the hold music and the silence: `music.py FOLDER` writes `hold-music.wav` and `silence.wav` into it.

Twenty-four seconds of soft broken chords in C, 8 kHz mono, about -20 dBFS. Tails that ring past the end are folded onto
the beginning, so the loop has no seam. Needs numpy. The composition is ours (GPL-2.0-or-later, like the rest).
"""

import sys
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
BEAT = 0.375  # 160 notes a minute, two to a beat
LEVEL_DBFS = -20.0
# Four bars of eight notes, twice with another turn at the end: C, A minor, F, G; semitones above C3.
CHORDS = (
    (0, 7, 12, 16, 19, 16, 12, 7),
    (-3, 4, 9, 12, 16, 12, 9, 4),
    (-7, 5, 9, 12, 17, 12, 9, 5),
    (-5, 2, 7, 11, 14, 11, 7, 2),
    (0, 7, 12, 16, 24, 19, 16, 12),
    (-3, 4, 9, 12, 19, 16, 12, 9),
    (-7, 0, 5, 9, 14, 12, 9, 5),
    (-5, 2, 7, 11, 14, 17, 11, 7),
)
C3 = 130.8128


def note(semitone: int, loudness: float) -> NDArray[np.float64]:
    """A plucked, soft tone of three seconds with four partials that fade the sooner the higher they are."""
    t = np.arange(int(3.0 * RATE)) / RATE
    pitch = 2 * C3 * 2 ** (semitone / 12)
    tone = np.zeros_like(t)
    for partial, share in ((1, 1.0), (2, 0.35), (3, 0.12), (4, 0.05)):
        if pitch * partial < 3300:  # what a telephone carries
            tone += share * np.sin(2 * np.pi * pitch * partial * t) * np.exp(-t * (1.3 + 0.9 * partial))
    return loudness * tone * np.minimum(1.0, t / 0.012)


def music() -> NDArray[np.int16]:
    """The whole loop."""
    count = len(CHORDS) * 8
    length = int(count * BEAT * RATE)
    loop = np.zeros(length)
    for index in range(count):
        semitone = CHORDS[index // 8][index % 8]
        sound = note(semitone, 1.0 if index % 8 == 0 else 0.6)
        start = int(index * BEAT * RATE)
        np.add.at(loop, (start + np.arange(len(sound))) % length, sound)
    rms = np.sqrt(np.mean(loop**2))
    scaled: NDArray[np.int16] = np.round(loop / rms * 10 ** (LEVEL_DBFS / 20) * 32768).clip(-29000, 29000).astype("<i2")
    return scaled


def write(path: Path, samples: NDArray[np.int16]) -> None:
    """A mono WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1])
    write(folder / "hold-music.wav", music())
    write(folder / "silence.wav", np.zeros(RATE, "<i2"))


if __name__ == "__main__":
    main()
