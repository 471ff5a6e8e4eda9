"""What the weather and the neighbours put on a line: hiss and hum (specs: fxo §3.2)."""

import numpy as np

from hw.sim.sound import RATE, amplitude
from hw.sim.ulaw import decode, encode


class LineNoise:
    """White hiss and mains hum, both in dBFS or None; the same seed gives the same hiss."""

    def __init__(self, seed: int) -> None:
        self.hiss: float | None = None
        self.hum: float | None = None
        self.hertz = 50.0
        self._chance = np.random.default_rng(seed)
        self._at = 0

    def over(self, ulaw: bytes) -> bytes:
        """`ulaw` with what the line adds; untouched on a clean line."""
        if (self.hiss is None and self.hum is None) or not ulaw:
            return ulaw
        count = len(ulaw)
        linear = decode(ulaw).astype(np.float64)
        if self.hiss is not None:
            linear += self._chance.normal(0.0, amplitude(self.hiss) / np.sqrt(2), count)
        if self.hum is not None:
            moment = np.arange(self._at, self._at + count) / RATE
            linear += amplitude(self.hum) * np.sin(2 * np.pi * self.hertz * moment)
        self._at += count
        return encode(np.clip(linear, -32768, 32767))
