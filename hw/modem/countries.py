"""What differs from country to country on an analogue line, as data (fxo §2.3, §2.9)."""

from dataclasses import dataclass
from typing import Final

from hw.errors import ModemError


@dataclass(frozen=True, slots=True)
class Country:
    """One country's numbers.

    `gci` is its T.35 code as +GCI takes it; `ring_period` the seconds from ring to ring; `caller_id_wait` how long
    after the first ring a number is waited for; `guard` the seconds on-hook before the line may be taken again;
    `has_short_ring_alert` tells that short bursts a second apart announce caller ID and are no rings (Japan's CAR).
    """

    code: str
    gci: str
    ring_period: float
    caller_id_wait: float = 3.0
    guard: float = 2.0
    has_short_ring_alert: bool = False

    @property
    def abandoned_after(self) -> float:
        """No ring for so long: the caller has hung up."""
        return 1.25 * self.ring_period + 0.5


COUNTRIES: Final = {
    country.code: country
    for country in (
        # fxo §2.3 gives Japan 0.5 s, but its CAR bursts can only be told from rings 1.3 s after the first one.
        Country("JP", "00", 3.0, caller_id_wait=1.4, has_short_ring_alert=True),
        Country("US", "B5", 6.0),
        Country("CA", "20", 6.0),
        Country("UK", "B4", 3.0),
        Country("DE", "42", 5.0),
        Country("FR", "3D", 5.0),
        Country("IT", "59", 5.0),
        Country("ES", "A0", 4.5),
        Country("NL", "7B", 5.0),
        Country("SE", "A5", 6.0),
        Country("AU", "09", 3.0),
        Country("NZ", "7E", 3.0),
    )
}


def country(code: str) -> Country:
    """The country of a two-letter code. Raises ModemError naming the known ones."""
    known = COUNTRIES.get(code.upper())
    if known is None:
        raise ModemError(f"line country {code!r} is not known; one of {', '.join(COUNTRIES)} would be right")
    return known
