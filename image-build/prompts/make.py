#!/usr/bin/env python3
"""Make the spoken prompts of appliance/prompts/catalog.toml: `make.py SOUNDS [ID ...]`, run once by a maintainer.

SOUNDS is the folder of the recordings in Debian's asterisk-core-sounds-en-wav. Needs a throw-away virtual environment
with pyopenjtalk-plus (its wheel carries the dictionary and the voice "Mei") and numpy, and espeak-ng from apt.
The results are committed; the box itself carries no synthesiser.
"""

import subprocess
import sys
import tempfile
import tomllib
import wave
from pathlib import Path

import numpy as np
import pyopenjtalk
from numpy.typing import NDArray

RATE = 8000
LOUDNESS = 10 ** (-19 / 20)  # of the voiced part, against full scale
PEAK = 10 ** (-3 / 20)
PROMPTS = Path(__file__).resolve().parents[2] / "appliance" / "prompts"
Sound = NDArray[np.float64]


def japanese(text: str) -> Sound:
    """The sentence in Mei's voice."""
    spoken, rate = pyopenjtalk.tts(text)
    return to_telephone(np.asarray(spoken, float) / 32768, rate)


def english(entry: dict, sounds: Path) -> Sound:
    """The entry's recordings joined, or espeak-ng's reading."""
    pause = np.zeros(RATE // 5)
    if names := entry.get("recordings", []):
        parts = [part for name in names for part in (read(sounds / f"{name}.wav"), pause)]
        return np.concatenate(parts[:-1])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        subprocess.run(["espeak-ng", "-v", "en-us+f3", "-s", "150", "-w", str(file), entry["en"]], check=True)
        return read(file)


def read(path: Path) -> Sound:
    """A mono WAV file at 8 kHz."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
        return to_telephone(samples, file.getframerate())


def to_telephone(samples: Sound, rate: int) -> Sound:
    """Resample in the frequency domain and keep what a telephone carries, 200 to 3500 Hz."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    spectrum[(hertz < 200) | (hertz > 3500)] = 0
    length = round(len(samples) * RATE / rate)
    fitted = np.zeros(length // 2 + 1, complex)
    shared = min(len(fitted), len(spectrum))
    fitted[:shared] = spectrum[:shared]
    result: Sound = np.fft.irfft(fitted, length) * (RATE / rate)
    return result


def level(samples: Sound) -> Sound:
    """Cut the silence at both ends down to a tenth of a second and bring speech to one loudness."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    margin = RATE // 10
    samples = samples[max(0, loud[0] - margin) : loud[-1] + margin]
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    power = np.sqrt((frames**2).mean(axis=1))
    gain = LOUDNESS / np.sqrt((power[power > 0.1 * power.max()] ** 2).mean())
    # A few peaks may be rounded off rather than the whole sentence made faint.
    result: Sound = PEAK * np.tanh(gain * samples / PEAK)
    return result


def write(path: Path, samples: Sound) -> None:
    """A 16-bit mono WAV file."""
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())


def tone(hertz: float, seconds: float) -> Sound:
    """A tone with soft edges: the beep before a message."""
    t = np.arange(round(seconds * RATE)) / RATE
    edge = np.minimum(1.0, np.minimum(t, seconds - t) / 0.01)
    result: Sound = np.sin(2 * np.pi * hertz * t) * edge
    return result


def main() -> None:
    """Make all prompts, or those that are named."""
    sounds, wanted = Path(sys.argv[1]), set(sys.argv[2:])
    catalog = tomllib.loads((PROMPTS / "catalog.toml").read_text())
    for name, entry in catalog.items():
        if wanted and name not in wanted:
            continue
        if "tone" in entry:
            for language in ("ja", "en"):
                write(PROMPTS / language / f"{name}.wav", level(tone(**entry["tone"])))
        else:
            write(PROMPTS / "ja" / f"{name}.wav", level(japanese(entry["ja"])))
            write(PROMPTS / "en" / f"{name}.wav", level(english(entry, sounds)))


if __name__ == "__main__":
    main()
