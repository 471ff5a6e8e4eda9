"""What a person or an exchange puts on a line: silence, tones, cadences, digits, WAV files, anything callable.

A `Sound` is read forward, a few samples at a time, as µ-law bytes at 8000 a second. Levels are dBFS, where 0 dBFS is a
sine whose peak is the largest int16.
"""

import wave
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hw.sim.errors import SimulatorError
from hw.sim.ulaw import SILENCE, Linear, encode

RATE = 8000

_ROWS = (697, 770, 852, 941)
_COLUMNS = (1209, 1336, 1477, 1633)
_KEYS = "123A456B789C*0#D"


class Sound(Protocol):
    """Something that can be heard, read forward once."""

    def read(self, count: int) -> bytes:
        """The next `count` µ-law bytes; fewer mean that the sound has ended."""


def amplitude(level: float) -> float:
    """Peak int16 value of a sine at `level` dBFS."""
    return float(32767 * 10 ** (level / 20))


def sine(hertz: Iterable[float], level: float, count: int, first: int = 0) -> npt.NDArray[np.float64]:
    """`count` linear samples of the sum of sines, each at `level` dBFS, beginning at sample `first`."""
    moment = np.arange(first, first + count) / RATE
    total = np.zeros(count)
    for frequency in hertz:
        total += np.sin(2 * np.pi * frequency * moment)
    return total * amplitude(level)


class Silence:
    """Nothing, for ever or for `seconds`."""

    def __init__(self, seconds: float | None = None) -> None:
        """`seconds` None never ends."""
        self._left = None if seconds is None else round(seconds * RATE)

    def read(self, count: int) -> bytes:
        """µ-law silence."""
        if self._left is None:
            return SILENCE * count
        taken = min(count, self._left)
        self._left -= taken
        return SILENCE * taken


class Tone:
    """One or more sines with a continuous phase, for ever or for `seconds`."""

    def __init__(self, hertz: Sequence[float], level: float = -15.0, seconds: float | None = None) -> None:
        """`level` is the dBFS of each sine; together they should stay below 0 dBFS."""
        self._hertz, self._level = tuple(hertz), level
        self._at = 0
        self._end = None if seconds is None else round(seconds * RATE)

    def read(self, count: int) -> bytes:
        """The next samples of the tone."""
        if self._end is not None:
            count = min(count, self._end - self._at)
        ulaw = encode(sine(self._hertz, self._level, count, self._at))
        self._at += count
        return ulaw


class Recording:
    """µ-law bytes played once, or round and round."""

    def __init__(self, ulaw: bytes, loop: bool = False) -> None:
        """`loop` needs at least one sample."""
        if loop and not ulaw:
            raise SimulatorError("asked to loop a sound of no samples; a loop needs at least one")
        self._ulaw, self._loop, self._at = ulaw, loop, 0

    def read(self, count: int) -> bytes:
        """The next samples, wrapping at the end if it loops."""
        taken = self._ulaw[self._at : self._at + count]
        self._at += len(taken)
        while self._loop and len(taken) < count:
            self._at = min(count - len(taken), len(self._ulaw))
            taken += self._ulaw[: self._at]
        return taken


class Spoken:
    """A function asked for µ-law bytes: `speak(count)` gives them, fewer to end."""

    def __init__(self, speak: Callable[[int], bytes]) -> None:
        """`speak` is called in the card's thread with its lock held: it must be quick and call nothing of the card."""
        self._speak = speak

    def read(self, count: int) -> bytes:
        """What the function says, never more than asked."""
        return self._speak(count)[:count]


class Chain:
    """Several sounds one after another."""

    def __init__(self, *sounds: Sound) -> None:
        """The sounds in order."""
        self._sounds = list(sounds)

    def read(self, count: int) -> bytes:
        """From the first sound that still has something."""
        heard = b""
        while self._sounds and len(heard) < count:
            part = self._sounds[0].read(count - len(heard))
            heard += part
            if len(heard) < count:
                self._sounds.pop(0)
        return heard


def cadence(hertz: Sequence[float], pattern: Sequence[float], level: float, modulation: float = 0.0) -> Recording:
    """A call-progress tone for ever: `pattern` is seconds on, off, on, off…; a single entry means continuous.

    `modulation` (Hz) swings the level as a Japanese ringback does. Frequencies are whole Hz: one second loops cleanly.
    """
    if len(pattern) == 1:
        return Recording(encode(sine(hertz, level, RATE)), loop=True)
    parts: list[npt.NDArray[np.float64]] = []
    for place, seconds in enumerate(pattern):
        count = round(seconds * RATE)
        burst = sine(hertz, level, count) if place % 2 == 0 else np.zeros(count)
        if modulation:
            burst *= 0.5 * (1 + np.cos(2 * np.pi * modulation * np.arange(count) / RATE))
        parts.append(burst)
    return Recording(encode(np.concatenate(parts)), loop=True)


def digits(keys: str, on: float = 0.1, off: float = 0.1, level: float = -9.0) -> Recording:
    """DTMF as samples: each key `on` seconds, then `off`; the row at `level` dBFS, the column 2 dB above, soft edges.

    Raises SimulatorError for a key that no telephone has.
    """
    parts: list[npt.NDArray[np.float64]] = []
    for key in keys.upper():
        if key not in _KEYS:
            raise SimulatorError(f"asked to send the digit {key!r}; a telephone has {_KEYS}")
        row, column = divmod(_KEYS.index(key), 4)
        count = round(on * RATE)
        pair = sine([_ROWS[row]], level, count) + sine([_COLUMNS[column]], level + 2, count)
        parts += [pair * _soft_edges(count), np.zeros(round(off * RATE))]
    return Recording(encode(np.concatenate(parts)) if parts else b"")


def _soft_edges(count: int) -> npt.NDArray[np.float64]:
    ramp = 0.5 * (1 - np.cos(np.pi * np.arange(40) / 40))
    envelope = np.ones(count)
    edge = min(40, count // 2)
    envelope[:edge], envelope[count - edge :] = ramp[:edge], ramp[:edge][::-1]
    return envelope


def from_wav(path: Path, loop: bool = False) -> Recording:
    """A WAV file of 16-bit PCM, any rate, its first channel, brought to 8000 a second.

    Raises SimulatorError for another sample width, and what `wave.open` raises for a file that is none.
    """
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise SimulatorError(f"{path}: {8 * file.getsampwidth()}-bit samples found; 16-bit PCM would be right")
        rate, channels = file.getframerate(), file.getnchannels()
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")[::channels]
    wanted = np.arange(int(len(samples) * RATE / rate)) * (rate / RATE)
    return Recording(encode(np.interp(wanted, np.arange(len(samples)), samples)), loop)


def to_wav(path: Path, linear: Linear) -> None:
    """Writes 16-bit mono PCM at 8000 a second."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(linear.astype("<i2").tobytes())
