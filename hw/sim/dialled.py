"""The other half of an exchange: it hears the digits that are dialled and knows what happens at each number.

The receiver is the exchange's own and shares nothing with the product's: what it does not hear was not dialled. It
wants 30 ms of a key and 20 ms of something else between two (Q.24 leaves a receiver that much).
"""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from hw.sim.sound import RATE, Sound
from hw.sim.ulaw import decode

BLOCK = 80  # 10 ms
LEAST_ON, LEAST_OFF = 3, 2
QUIETEST = 32767 * 10 ** (-30 / 20) / 2  # a correlation of -30 dBFS; exchanges hear lower, a level too low is our fault
_ROWS = (697.0, 770.0, 852.0, 941.0)
_COLUMNS = (1209.0, 1336.0, 1477.0, 1633.0)
_KEYS = "123A456B789C*0#D"
_WAVES = np.exp(-2j * np.pi * np.outer(np.array([*_ROWS, *_COLUMNS]), np.arange(BLOCK)) / RATE)


class Fate(Enum):
    """What happens when a number is called."""

    ANSWERS = "answers"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REORDER = "reorder"
    SIT = "sit"
    DEAD = "dead"


@dataclass(slots=True)
class Subscriber:
    """Somebody who can be called: `answer_after` seconds of ringback; `reverses` the wires at the answer."""

    fate: Fate = Fate.ANSWERS
    voice: Sound | None = None
    answer_after: float = 2.0
    reverses: bool = False
    post_dial_delay: float = 0.4


@dataclass(slots=True)
class Numbering:
    """Who has which number; "" is everybody else."""

    subscribers: dict[str, Subscriber] = field(default_factory=dict)

    def find(self, digits: str) -> Subscriber | None:
        """Whoever has this number."""
        return self.subscribers.get(digits) or self.subscribers.get("")

    def is_complete(self, digits: str) -> bool:
        """No number that begins so is longer."""
        longer = (number for number in self.subscribers if number.startswith(digits) and number != digits)
        return digits in self.subscribers and next(longer, None) is None


class KeyReceiver:
    """Hears DTMF in what the card puts on the line."""

    def __init__(self) -> None:
        """Nothing is pressed yet."""
        self._rest = b""
        self._sounding = self._candidate = ""
        self._hits = self._misses = 0

    def hear(self, ulaw: bytes) -> str:
        """The keys that became certain in these samples."""
        self._rest += ulaw
        pressed = ""
        while len(self._rest) >= BLOCK:
            block, self._rest = self._rest[:BLOCK], self._rest[BLOCK:]
            pressed += self._count(_key_in(decode(block).astype(np.float64)))
        return pressed

    def _count(self, key: str) -> str:
        if key and key == self._sounding:
            self._misses = 0
            return ""
        self._misses += 1
        if self._misses >= LEAST_OFF:
            self._sounding = ""
        self._hits = self._hits + 1 if key and key == self._candidate else int(bool(key))
        self._candidate = key
        if self._sounding or self._hits < LEAST_ON:
            return ""
        self._sounding, self._misses = key, 0
        return key


def _key_in(block: npt.NDArray[np.float64]) -> str:
    found = np.abs(_WAVES @ block) / BLOCK
    row, column = int(np.argmax(found[:4])), int(np.argmax(found[4:]))
    low, high = float(found[row]), float(found[4 + column])
    if min(low, high) < QUIETEST or not 0.3 < low / high < 2.5:
        return ""
    energy = float(block @ block) / BLOCK
    if 2 * (low**2 + high**2) < 0.6 * energy:
        return ""
    return _KEYS[4 * row + column]
