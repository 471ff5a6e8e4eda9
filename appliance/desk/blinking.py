"""Where in a repeating pattern of steps we are, and when it goes on: the same for lamps and for outputs. Pure."""

from collections.abc import Sequence
from typing import Final

BEAT_S: Final = 0.05
"""The first step lasts until the next beat, too (never shorter than it should): many outputs are stepped at once."""

LAMP_BEAT_S: Final = 0.25
"""The same for lamps: what flashes twice a second flashes everywhere at once. Nobody hears a lamp that stays longer."""


def step_at(lasts: Sequence[float], elapsed: float) -> tuple[int, float]:
    """Which step is shown `elapsed` seconds after the pattern began, and when that step ends, counted likewise.

    `lasts` are the lengths of the steps in seconds.
    """
    period = sum(lasts)
    rounds = int(elapsed / period)
    ends = rounds * period
    for number, seconds in enumerate(lasts):
        ends += seconds
        if elapsed < ends - 1e-9:
            return number, ends
    return 0, (rounds + 1) * period + lasts[0]
