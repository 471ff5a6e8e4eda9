"""Telephone keys as tones (DTMF, Q.23): found in linear audio, and made as µ-law (fxo §4.3).

The detector judges blocks of 102 samples, each 51 after the last, by eight correlations. A block is a hit for a key
when both its tones are loud enough, balanced, far above their neighbours, most of the energy, and when their phases
advanced since the block before as those of the nominal frequencies do: that is what refuses speech and tones 3 % off.
Five hits in a row begin a key, four misses in a row end it. Linear samples are 16 bit, 8000 a second, in the machine's
byte order.
"""

import cmath
import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.media import ulaw

RATE: Final = 8000
BLOCK: Final = 102
HOP: Final = 51
ROWS: Final = (697.0, 770.0, 852.0, 941.0)
COLUMNS: Final = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS: Final = "123A456B789C*0#D"
HITS: Final = 5
MISSES: Final = 4
QUIETEST_DB: Final = -38.0
TWIST_DB: Final = (-11.0, 6.5)  # column minus row; the tones leak into each other by 2 dB at the limits of +4 and -8
CLEAR: Final = 5.0  # power of a winner over the others of its group: 7 dB
SHARE: Final = 0.70  # a tone 1.8 % off keeps no more of its energy in a block
OFF_FREQUENCY: Final = 0.025

_NOMINAL: Final = np.array([*ROWS, *COLUMNS])
_WITHIN: Final = np.arange(BLOCK)
_WAVES: Final[NDArray[np.complex128]] = np.exp(-2j * np.pi * np.outer(_NOMINAL, np.arange(BLOCK)) / RATE)
_ADVANCE: Final[NDArray[np.complex128]] = np.exp(-2j * np.pi * _NOMINAL * HOP / RATE)
_MOST_TURN: Final[NDArray[np.float64]] = 2 * np.pi * _NOMINAL * OFF_FREQUENCY * HOP / RATE
_QUIETEST: Final = (32767 * 10 ** (QUIETEST_DB / 20) * BLOCK / 2) ** 2  # as the power of a correlation
_LEAST_ENERGY: Final = 2 * (2 * _QUIETEST / BLOCK)  # of a block that holds two tones as quiet as that
_TWIST: Final = (10 ** (TWIST_DB[0] / 10), 10 ** (TWIST_DB[1] / 10))


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key: which, and the sample (counted from the detector's first) at which it was certain."""

    digit: str
    at: int


class Detector:
    """Keys of one stream of samples, cut up anyhow. Each key press is told once, about 40 ms after it began."""

    def __init__(self) -> None:
        self.sounding = ""
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._at = 0
        self._before: NDArray[np.complex128] = np.zeros(8, np.complex128)
        self._candidate, self._hits, self._misses = "", 0, 0

    def hear(self, pcm: bytes) -> list[KeyPress]:
        """The keys that became certain in these samples; many at once cost little more than a few."""
        samples = np.concatenate([self._rest, np.frombuffer(pcm, np.int16)])
        count = max(0, (len(samples) - BLOCK) // HOP + 1)
        self._rest = samples[count * HOP :]
        found: list[KeyPress] = []
        for place, key in enumerate(self._judge(samples, count)):
            if digit := self._count(key):
                found.append(KeyPress(digit, self._at + place * HOP + BLOCK))
        self._at += count * HOP
        return found

    def _judge(self, samples: NDArray[np.int16], count: int) -> list[str]:
        """For each block the key that it is a hit for, or ''."""
        keys = [""] * count
        if not count:
            return keys
        blocks = samples[_starts(count) + _WITHIN].astype(np.float64)
        energy = np.einsum("ij,ij->i", blocks, blocks)
        if energy.max() < SHARE * _LEAST_ENERGY:
            self._before = np.zeros(8, np.complex128)
            return keys
        here = blocks @ _WAVES.T
        here[energy < SHARE * _LEAST_ENERGY] = 0.0
        turns = here * np.concatenate([self._before[None], here[:-1]]).conj() * _ADVANCE
        self._before = here[-1]
        for place, row, column in _pairs(here.real**2 + here.imag**2, energy):
            turned = (abs(cmath.phase(turns[place, one])) <= _MOST_TURN[one] for one in (row, column))
            keys[place] = KEYS[4 * row + column - 4] if all(turned) else ""
        return keys

    def _count(self, hit: str) -> str:
        """Take a block's verdict; the key that begins with it, or ''."""
        if hit and hit == self.sounding:
            self._misses = self._hits = 0
            return ""
        self._hits = self._hits + 1 if hit and hit == self._candidate else int(bool(hit))
        self._candidate = hit
        self._misses += 1
        if self._misses >= MISSES:
            self.sounding = ""
        if self._hits < HITS:
            return ""
        self.sounding, self._hits, self._misses = hit, 0, 0
        return hit


@functools.lru_cache(32)
def _starts(count: int) -> NDArray[np.int64]:
    """Where so many blocks begin, as a column."""
    return HOP * np.arange(count)[:, None]


def _pairs(power: NDArray[np.float64], energy: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    """Blocks whose two winners are loud, balanced, most of the energy and far above the others; with row and column."""
    rows, columns = power[:, :4], power[:, 4:]
    low, high = rows.max(1), columns.max(1)
    is_pair = (np.minimum(low, high) >= _QUIETEST) & (_TWIST[0] * low <= high) & (high <= _TWIST[1] * low)
    is_pair &= (low + high) * 2 / BLOCK >= SHARE * energy
    found: list[tuple[int, int, int]] = []
    for place in np.flatnonzero(is_pair):
        groups = rows[place], columns[place]
        if all(group.max() >= CLEAR * np.partition(group, 2)[2] for group in groups):
            found.append((int(place), int(groups[0].argmax()), 4 + int(groups[1].argmax())))
    return found


# --- the sender ---------------------------------------------------------------------------------------------------

EDGE: Final = 40  # samples: 5 ms


ROW_DB: Final = -9.0


def tones(keys: str, on_s: float = 0.1, off_s: float = 0.1, *, louder_db: float = 0.0) -> bytes:
    """µ-law of the keys: each `on_s` seconds with soft edges, then `off_s` of silence; the column is 2 dB louder.

    `louder_db`: than the usual -9 dBFS of the row.

    The byte 0x10 may occur: avoiding it is the driver's. Raises ValueError for a key that no telephone has.
    """
    pieces: list[bytes] = []
    silence = bytes((ulaw.SILENCE,)) * round(off_s * RATE)
    for key in keys.upper():
        if key not in KEYS:
            raise ValueError(f"the key {key!r} was to be sent; a telephone has {KEYS}")
        pieces += [ulaw.encode(_pair(KEYS.index(key), round(on_s * RATE), ROW_DB + louder_db)), silence]
    return b"".join(pieces)


def _pair(place: int, count: int, row_db: float) -> bytes:
    """The two sines of one key, linear, faded in and out."""
    at = 2 * np.pi * np.arange(count) / RATE
    loudness = 32767 * 10 ** (row_db / 20)
    both = loudness * np.sin(ROWS[place // 4] * at) + loudness * 10**0.1 * np.sin(COLUMNS[place % 4] * at)
    edge = min(EDGE, count // 2)
    rising = 0.5 * (1 - np.cos(np.pi * np.arange(edge) / EDGE))
    both[:edge] *= rising
    both[count - edge :] *= rising[::-1]
    samples: NDArray[np.int16] = both.round().astype(np.int16)
    return samples.tobytes()
