"""`deskbell forecast`: how many people are needed, by Erlang C and A, each figure with its ±20 % band."""

import math
from collections.abc import Iterator, Sequence

from appliance.acd.erlang import Banded, Load, banded, impatient, patient
from appliance.errors import ConfigError

HEAD = ("agents", "occupancy", "C: waits", "C: mean wait", "C: level", "A: waits", "A: hang up", "A: mean wait")


def forecast(calls_per_hour: float, aht_s: float, agents: range, patience_s: float, target_s: float) -> Iterator[str]:
    """The table line by line. Raises ConfigError for an office that cannot be."""
    for name, value in (("calls-per-hour", calls_per_hour), ("aht", aht_s), ("patience", patience_s)):
        if not 0 < value < math.inf:
            raise ConfigError(f"--{name} is {value:g}; more than 0 would be right")
    load = Load(calls_per_hour / 3600, aht_s, 1)
    yield f"{calls_per_hour:g} calls an hour of {aht_s:g} s are {load.erlangs:.2f} erlangs; (with 20 % fewer–20 % more)"
    yield f"C: nobody hangs up (level: answered within {target_s:g} s); A: they do, after {patience_s:g} s on average"
    yield "With fewer than five agents this is a rough guide (少人数では目安)."
    rows = [HEAD, *(_row(Load(load.per_second, aht_s, here), patience_s, target_s) for here in agents)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def agents_of(text: str) -> range:
    """`1..8` or `5` as numbers of agents. Raises ConfigError for anything else."""
    first, _, last = text.partition("..")
    if first.isdigit() and (last or first).isdigit() and 0 < int(first) <= int(last or first) <= 500:
        return range(int(first), int(last or first) + 1)
    raise ConfigError(f"--agents is {text!r}; a number or a range like 1..8 would be right")


def _row(load: Load, patience_s: float, target_s: float) -> Sequence[str]:
    return (
        str(load.agents),
        _percent(banded(load, lambda at: at.erlangs / at.agents)),
        _percent(banded(load, lambda at: patient(at).waits)),
        _seconds(banded(load, lambda at: patient(at).asa_s)),
        _percent(banded(load, lambda at: patient(at).service_level(target_s))),
        _percent(banded(load, lambda at: impatient(at, patience_s).waits)),
        _percent(banded(load, lambda at: impatient(at, patience_s).abandons)),
        _seconds(banded(load, lambda at: impatient(at, patience_s).mean_wait_s)),
    )


def _percent(band: Banded) -> str:
    return f"{band.expected * 100:.0f} % ({band.fewer * 100:.0f}–{band.more * 100:.0f})"


def _seconds(band: Banded) -> str:
    return f"{_second(band.expected)} s ({_second(band.fewer)}–{_second(band.more)})"


def _second(value: float) -> str:
    return "∞" if value == math.inf else f"{value:.0f}"
