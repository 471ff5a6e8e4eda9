"""How telephone exchanges of the world ring, sound and announce a caller, as data (specs: fxo §4.1, §4.4).

Seconds and Hz. A pattern is on, off, on, off…; one entry alone is continuous.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from hw.sim.errors import SimulatorError
from hw.sim.sound import Recording, cadence


class CallerIdTime(Enum):
    """Where the caller's number falls among the rings."""

    BEFORE_FIRST_RING = "before"
    BETWEEN_RINGS = "between"
    AFTER_THIRD_RING = "late"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class TonePlan:
    """One call-progress tone: its frequencies, its pattern, and the Hz its level swings with, if it does."""

    hertz: tuple[float, ...]
    pattern: tuple[float, ...]
    modulation: float = 0.0

    def sound(self, level: float = -15.0) -> Recording:
        """The tone, for ever."""
        return cadence(self.hertz, self.pattern, level, self.modulation)


@dataclass(frozen=True, slots=True)
class Country:
    """One country's exchange. `caller_id_gap` counts from the end of ring 1, or back from its start."""

    name: str
    gci: str
    dial: TonePlan
    ringback: TonePlan
    busy: TonePlan
    reorder: TonePlan
    ring: tuple[float, ...]
    caller_id_time: CallerIdTime
    caller_id_gap: float


def _plain(
    name: str, gci: str, dial: tuple[float, ...], busy: tuple[float, ...], half: float, faster: float,
    ring: tuple[float, ...],
) -> Country:  # fmt: skip
    """A country with continuous dial tone, even busy and reorder tones, and its number after the first ring."""
    burst = ring[0] if len(ring) == 2 else sum(ring[:-1])
    return Country(
        name=name, gci=gci, dial=TonePlan(dial, (1,)), ringback=TonePlan(dial, ring), busy=TonePlan(busy, (half, half)),
        reorder=TonePlan(busy, (faster, faster)), ring=ring, caller_id_time=CallerIdTime.BETWEEN_RINGS,
        caller_id_gap=min(1.0, (sum(ring) - burst) / 2),
    )  # fmt: skip


BEFORE, BETWEEN = CallerIdTime.BEFORE_FIRST_RING, CallerIdTime.BETWEEN_RINGS

COUNTRIES: Mapping[str, Country] = {
    country.name: country
    for country in (
        Country(
            name="JP",
            gci="00",
            dial=TonePlan((400,), (1,)),
            ringback=TonePlan((400,), (1, 2), modulation=16),
            busy=TonePlan((400,), (0.5, 0.5)),
            reorder=TonePlan((400,), (0.5, 0.5)),
            ring=(1, 2),
            # NTT Number Display is complete before the line rings at all (fxo §4.4).
            caller_id_time=BEFORE,
            caller_id_gap=0.5,
        ),
        Country(
            name="US",
            gci="B5",
            dial=TonePlan((350, 440), (1,)),
            ringback=TonePlan((440, 480), (2, 4)),
            busy=TonePlan((480, 620), (0.5, 0.5)),
            reorder=TonePlan((480, 620), (0.25, 0.25)),
            ring=(2, 4),
            caller_id_time=BETWEEN,
            caller_id_gap=1.2,
        ),
        Country(
            name="UK",
            gci="B4",
            dial=TonePlan((350, 440), (1,)),
            ringback=TonePlan((400, 450), (0.4, 0.2, 0.4, 2.0)),
            busy=TonePlan((400,), (0.375, 0.375)),
            reorder=TonePlan((400,), (0.4, 0.35, 0.225, 0.525)),
            ring=(0.4, 0.2, 0.4, 2.0),
            caller_id_time=BEFORE,
            caller_id_gap=0.5,
        ),
        Country(
            name="DE",
            gci="42",
            dial=TonePlan((425,), (1,)),
            ringback=TonePlan((425,), (1, 4)),
            busy=TonePlan((425,), (0.48, 0.48)),
            reorder=TonePlan((425,), (0.24, 0.24)),
            ring=(1, 4),
            caller_id_time=BETWEEN,
            caller_id_gap=1.0,
        ),
        _plain("CA", "20", (350, 440), (480, 620), 0.5, 0.25, ring=(2, 4)),
        _plain("FR", "3D", (440,), (440,), 0.5, 0.25, ring=(1.5, 3.5)),
        replace(_plain("IT", "59", (425,), (425,), 0.5, 0.2, ring=(1, 4)), dial=TonePlan((425,), (0.2, 0.2, 0.6, 1.0))),
        replace(
            _plain("ES", "A0", (425,), (425,), 0.2, 0.2, ring=(1.5, 3)),
            reorder=TonePlan((425,), (0.2, 0.2, 0.2, 0.2, 0.2, 0.6)),
        ),
        _plain("NL", "7B", (425,), (425,), 0.5, 0.25, ring=(1, 4)),
        replace(_plain("SE", "A5", (425,), (425,), 0.25, 0.25, ring=(1, 5)), reorder=TonePlan((425,), (0.25, 0.75))),
        _plain("BE", "0F", (425,), (425,), 0.5, 0.167, ring=(1, 3)),
        _plain("CH", "A6", (425,), (425,), 0.5, 0.2, ring=(1, 4)),
        _plain("DK", "31", (425,), (425,), 0.5, 0.2, ring=(1, 4)),
        _plain("NO", "82", (425,), (425,), 0.5, 0.2, ring=(1, 4)),
        _plain("FI", "3C", (425,), (425,), 0.3, 0.2, ring=(1, 4)),
        _plain("AT", "0A", (420,), (420,), 0.4, 0.2, ring=(1, 5)),
        _plain("AU", "09", (413, 438), (425,), 0.375, 0.375, ring=(0.4, 0.2, 0.4, 2.0)),
        _plain("NZ", "7E", (400,), (400,), 0.5, 0.25, ring=(0.4, 0.2, 0.4, 2.0)),
        _plain("PL", "8A", (425,), (425,), 0.5, 0.5, ring=(1, 4)),
        _plain("IL", "58", (414,), (414,), 0.5, 0.25, ring=(1, 3)),
        _plain("CL", "25", (400,), (400,), 0.5, 0.2, ring=(1, 3)),
    )
}


def country_named(name: str) -> Country:
    """The country of a two-letter code; SimulatorError names the known ones."""
    try:
        return COUNTRIES[name.upper()]
    except KeyError:
        raise SimulatorError(f"asked for the country {name!r}; known are {', '.join(COUNTRIES)}") from None
