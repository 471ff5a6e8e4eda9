"""How well keys are heard, beside the figures of the specification (fxo §4.3); what is a limit is held, no time is."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from appliance.media.dtmf import KEYS, RATE, Detector
from tests.bench.corpus import corpus
from tests.media.pressed import found, noise, pressed, silence, vowels

TRIALS = 200
pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]
Make = Callable[[str], np.ndarray]


class Trials:
    """Key presses with chance in their phases and in where the blocks fall."""

    def __init__(self) -> None:
        self._dice = np.random.default_rng(5)

    def press(self, key: str, **how: float) -> np.ndarray:
        return pressed(key, phase=tuple(self._dice.uniform(0, 2 * np.pi, 2)), **how)

    def line(self, *parts: np.ndarray) -> np.ndarray:
        return np.concatenate([silence(0.03 + self._dice.uniform(0, 0.02)), *parts, silence(0.08)])

    def one(self, **how: float) -> Make:
        return lambda key: self.line(self.press(key, **how))

    def twice(self, gap: float) -> Make:
        return lambda key: self.line(self.press(key), silence(gap), self.press(key))

    def noisy(self, snr: float) -> Make:
        def make(key: str) -> np.ndarray:
            audio = self.line(self.press(key))
            return audio + noise(self._dice, len(audio), -12 - snr)

        return make

    def broken(self, key: str) -> np.ndarray:
        held = self.press(key, seconds=0.1)
        held[360:440] = 0
        return self.line(held)

    def echoed(self, key: str) -> np.ndarray:
        direct = self.line(self.press(key))
        return direct + 10 ** (-10 / 20) * np.concatenate([np.zeros(160), direct[:-160]])

    def share(self, make: Make, times: int) -> float:
        """Percent of the trials in which the key was heard exactly so many times, and nothing else."""
        keys = [KEYS[number % 16] for number in range(TRIALS)]
        return 100 * sum(found(make(key)) == times * key for key in keys) / TRIALS


def test_accuracy_at_the_limits() -> None:
    t = Trials()
    rows: list[tuple[str, Make, int, str, float]] = [
        *((f"{ms} ms accepted", t.one(seconds=ms / 1000), 1, "100", 100.0) for ms in (40, 45, 50)),
        *((f"{ms} ms rejected", t.one(seconds=ms / 1000), 0, "100", 100.0) for ms in (23, 24, 30)),
        *((f"{shift - 1:+.1%} accepted", t.one(shift=shift), 1, told, 99.5) for shift, told in _SHIFTS),
        *((f"{shift - 1:+.1%} rejected", t.one(shift=shift), 0, "100", 100.0) for shift in (0.965, 1.03)),
        *((f"twist {db:+} dB", t.one(twist_db=db), 1, told, 99.5) for db, told in ((-8, "95.5"), (4, "100"), (5, "-"))),
        ("-27 dBFS", t.one(row_db=-27), 1, "100", 100.0),
        ("SNR 12 dB", t.noisy(12), 1, "100", 100.0),
        ("echo 20 ms, -10 dB", t.echoed, 1, "-", 99.5),
        *((f"same key, gap {ms} ms", t.twice(ms / 1000), 2, "100", 100.0) for ms in (30, 40)),
        ("same key, gap 20 ms", t.twice(0.02), 2, "95", 85.0),
        ("interruption 10 ms", t.broken, 1, "100", 100.0),
    ]
    print(f"\n\nDTMF, {TRIALS} trials each, through u-law      ours  fxo 4.3")
    missed = []
    for name, make, times, told, least in rows:
        share = t.share(make, times)
        print(f"  {name:38}{share:6.1f}  {told:>6}")
        missed += [name] if share < least else []
    assert not missed


_SHIFTS = ((0.982, "99.5"), (0.985, "-"), (1.015, "100"), (1.018, "-"))


def test_talk_off() -> None:
    began = time.process_time()
    voiced = found(vowels(np.random.default_rng(1), 600.0))
    print(f"\n\nkeys in 600 s of hostile vowels of ours: {len(voiced)} (fxo 4.3, other vowels: 1)")
    seconds, false = 0.0, []
    for name, audio in corpus():
        seconds += len(audio) / RATE
        false += [(name, keys)] if (keys := found(audio)) else []
    told = f"{len(false)} {false} in {seconds / 60:.0f} min" if seconds else "no package of them is installed"
    print(f"keys in Asterisk's prompts and hold music (bar: 0 in 10 min): {told}")
    print(f"took {time.process_time() - began:.1f} s of one core\n")
    assert not false


def test_cost() -> None:
    detector, batch = Detector(), (3000 * np.random.default_rng(3).normal(size=80)).astype(np.int16).tobytes()
    began = time.process_time()
    for _ in range(3000):
        detector.hear(batch)
    share = 100 * (time.process_time() - began) / 30
    print(f"\n\nDTMF detector: {share:.2f} % of a core for a line that is never quiet\n")
