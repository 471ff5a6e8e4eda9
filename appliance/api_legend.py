"""What lamps say, what presses and feature codes do, as the page shows it in one language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LegendLamp:
    """What the eye sees and what it means; `steps` as in `LampView`, those of this office's own lamps."""

    looks: str
    means: str
    steps: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class LegendPress:
    """What a short and a long press of the seat's button do while its agent has a status."""

    status: str
    short: str
    long: str


@dataclass(frozen=True, slots=True)
class LegendCode:
    """A feature code and what it does."""

    code: str
    does: str


@dataclass(frozen=True, slots=True)
class Legend:
    """All of it, in the order of the tables that run."""

    lamps: tuple[LegendLamp, ...]
    presses: tuple[LegendPress, ...]
    codes: tuple[LegendCode, ...]
