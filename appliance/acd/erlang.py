"""How many people a queue needs: Erlang B, C and A, and their ±20 % band (acd.md §4).

Rates are per second, times in seconds. With fewer than five agents all of these are rough guides (少人数では目安): that
is why they come with the band. Erlang C overstates waits when people hang up; Erlang A lets them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

BAND = 0.2
"""Arrivals are hardly ever known better than this."""

_TAIL = 1e-9


@dataclass(frozen=True, slots=True)
class Load:
    """What comes in and who is there: calls a second, mean handling time in seconds, agents on duty (at least one)."""

    per_second: float
    aht_s: float
    agents: int

    @property
    def erlangs(self) -> float:
        """Offered traffic a = λ·AHT."""
        return self.per_second * self.aht_s

    def scaled(self, factor: float) -> "Load":
        """The same office with that many times the callers."""
        return Load(self.per_second * factor, self.aht_s, self.agents)


@dataclass(frozen=True, slots=True)
class Patient:
    """Erlang C: everybody waits to the end. With no more agents than erlangs the line grows for ever: waits are inf."""

    waits: float
    asa_s: float
    occupancy: float
    _leave_rate: float

    def service_level(self, within_s: float) -> float:
        """The share of callers answered within that many seconds."""
        return 1.0 - self.waits * math.exp(-self._leave_rate * within_s)


@dataclass(frozen=True, slots=True)
class Impatient:
    """Erlang A: callers hang up after an exponential patience. Waits are means over all arrivals."""

    waits: float
    abandons: float
    mean_wait_s: float
    mean_queue: float
    occupancy: float


def erlang_b(agents: int, erlangs: float) -> float:
    """The share of callers who find every agent busy when nobody may wait."""
    blocked = 1.0
    for here in range(1, agents + 1):
        blocked = erlangs * blocked / (here + erlangs * blocked)
    return blocked


def erlang_c(agents: int, erlangs: float) -> float:
    """The share of callers who must wait; 1 when there are no more agents than erlangs."""
    occupancy = erlangs / agents
    if occupancy >= 1.0:
        return 1.0
    blocked = erlang_b(agents, erlangs)
    return blocked / (1.0 - occupancy * (1.0 - blocked))


def patient(load: Load) -> Patient:
    """The queue when nobody hangs up."""
    waits, spare = erlang_c(load.agents, load.erlangs), load.agents - load.erlangs
    if spare <= 0:
        return Patient(1.0, math.inf, load.erlangs / load.agents, 0.0)
    return Patient(waits, waits * load.aht_s / spare, load.erlangs / load.agents, spare / load.aht_s)


def impatient(load: Load, patience_s: float) -> Impatient:
    """The queue when callers hang up after `patience_s` on average (1/θ; above 0). Raises ValueError below."""
    if not patience_s > 0:
        raise ValueError(f"a mean patience of {patience_s} s was asked for; more than 0 would be right")
    if not load.per_second:
        return Impatient(0.0, 0.0, 0.0, 0.0, 0.0)
    shares = _stationary(load, 1.0 / patience_s)
    everybody_busy = shares[load.agents :]
    queue = sum(ahead * share for ahead, share in enumerate(everybody_busy))
    busy = load.agents * sum(everybody_busy) + sum(here * share for here, share in enumerate(shares[: load.agents]))
    return Impatient(
        waits=sum(everybody_busy),
        abandons=queue / patience_s / load.per_second,
        mean_wait_s=queue / load.per_second,
        mean_queue=queue,
        occupancy=busy / load.agents,
    )


def _stationary(load: Load, leave_rate: float) -> list[float]:
    """How much of the time i callers are inside, i from 0; cut off where the rest is below 1e-9."""
    weights, total, inside, shrink = [1.0], 1.0, 0, math.inf
    while shrink >= 1.0 or weights[-1] * shrink / (1.0 - shrink) > _TAIL * total:
        inside += 1
        weights.append(weights[-1] * load.per_second / _leaving(load, leave_rate, inside))
        total += weights[-1]
        if weights[-1] > 1e200:
            weights, total = [weight / 1e200 for weight in weights], total / 1e200
        shrink = load.per_second / _leaving(load, leave_rate, inside + 1)
    return [weight / total for weight in weights]


def _leaving(load: Load, leave_rate: float, inside: int) -> float:
    return min(inside, load.agents) / load.aht_s + max(0, inside - load.agents) * leave_rate


@dataclass(frozen=True, slots=True)
class Banded:
    """A figure as expected, and with 20 % fewer and 20 % more callers."""

    fewer: float
    expected: float
    more: float


def banded(load: Load, figure: Callable[[Load], float]) -> Banded:
    """A figure of a load with its band."""
    return Banded(figure(load.scaled(1 - BAND)), figure(load), figure(load.scaled(1 + BAND)))
