"""How bright the lamps are: a level for the day and one for the night, as data. Pure: the time of day is given.

A level is a share of the pattern's brightness, 0 to 1. It scales every colour alike, so patterns stay what they are.
"""

import re
from dataclasses import dataclass
from typing import Final

DAY_S: Final = 86400.0
LOWEST: Final = 0.05
"""Below this a lamp looks dark, and dark means that nobody sits there."""

_SPAN: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Dimming:
    """`night_from` and `night_until` are seconds since local midnight; the same twice is no night."""

    day: float = 1.0
    night: float = 1.0
    night_from: float = 0.0
    night_until: float = 0.0

    def level(self, time_of_day: float) -> float:
        """The level at a time of day, in seconds since local midnight."""
        is_night = (time_of_day - self.night_from) % DAY_S < (self.night_until - self.night_from) % DAY_S
        return self.night if is_night else self.day


def dimming(brightness: float, night: str, night_brightness: float) -> Dimming:
    """The dimming that settings ask for; `night` is empty or such as "22:00-06:00".

    Raises ValueError with a sentence when they ask for something else.
    """
    for name, level in (("brightness", brightness), ("night_brightness", night_brightness)):
        if not LOWEST <= level <= 1.0:
            raise ValueError(f"{name} is {level:g}; {LOWEST:g} to 1 would be right")
    if not night:
        return Dimming(brightness, brightness)
    span = _SPAN.fullmatch(night.strip())
    if span is None:
        raise ValueError(f"night is {night!r}; a span such as 22:00-06:00 would be right")
    first, second, third, fourth = (int(part) for part in span.groups())
    begins, ends = 3600.0 * first + 60.0 * second, 3600.0 * third + 60.0 * fourth
    return Dimming(brightness, night_brightness, begins, ends)


UNDIMMED: Final = Dimming()
"""Full brightness, day and night."""
