"""The figures behind the table of metrics: each function turns the symbols of an interval into values with their n.

Rule: n stands beside every ratio; with n = 0 there is no value ("—"), never 0 % or 100 %.
"""

import enum
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.acd.metrics_counts import Counts
from appliance.acd.story import OfferOutcome as Out


class Unit(enum.Enum):
    """How a value is written."""

    SHARE = "%"
    SECONDS = "s"
    COUNT = ""
    ERLANGS = "erl"


@dataclass(frozen=True, slots=True)
class Figure:
    """One value over n cases; None when there is nothing to say. `of` names the part: an agent, a reason, a line."""

    value: float | None
    unit: Unit
    n: int | None = None
    of: str = ""


Figures = tuple[Figure, ...]


def shown(figure: Figure) -> str:
    """A figure as text: `57.1 % (n=7)`, or "—" when there is nothing to say."""
    if figure.value is None:
        return "—" if figure.n is None else f"— (n={figure.n})"
    cases = "" if figure.n is None else f" (n={figure.n})"
    match figure.unit:
        case Unit.SHARE:
            return f"{figure.value * 100:.1f} %{cases}"
        case Unit.SECONDS:
            return f"{figure.value:.2f} s{cases}"
        case Unit.ERLANGS:
            return f"{figure.value:.3f} erl{cases}"
        case Unit.COUNT:
            return f"{figure.value:g}{cases}"


def share(part: float, whole: float, n: int | None = None, of: str = "") -> Figure:
    """A ratio; `n` where the whole is no number of cases."""
    cases = n if n is not None else int(whole)
    return Figure(part / whole if whole > 0 else None, Unit.SHARE, cases, of)


def mean(values: Sequence[float]) -> Figure:
    """The mean of seconds."""
    return Figure(statistics.fmean(values) if values else None, Unit.SECONDS, len(values))


def median(values: Sequence[float]) -> Figure:
    """The median of seconds."""
    return Figure(statistics.median(values) if values else None, Unit.SECONDS, len(values))


def p90(values: Sequence[float]) -> Figure:
    """The smallest value that at least nine of ten do not exceed."""
    ranked = sorted(values)
    return Figure(ranked[-(-9 * len(ranked) // 10) - 1] if ranked else None, Unit.SECONDS, len(ranked))


def counted(value: float | None, of: str = "") -> Figure:
    """A plain number."""
    return Figure(value, Unit.COUNT, None, of)


def measured(value: float | None) -> Figure:
    """Seconds that something measured, or nothing."""
    return Figure(value, Unit.SECONDS)


def in_time(counts: Counts) -> int:
    """#(ans, w≤T)."""
    return sum(wait <= counts.thresholds.answered_within_s for wait in counts.answered_s)


def gave_up_in_time(counts: Counts) -> int:
    """N_ab(w≤T)."""
    return sum(wait <= counts.thresholds.answered_within_s for wait in counts.abandoned_s)


def adds_up(counts: Counts) -> Figures:
    """M-00: how many contacts are missing (or too many, below 0)."""
    came = counts.flow.inside_at_start + counts.flow.offered
    return (Figure(came - sum(counts.flow.left.values()) - counts.flow.inside_at_end, Unit.COUNT, came),)


def by_exit(counts: Counts) -> Figures:
    """The symbols themselves."""
    ways = {
        "N_off": counts.offered,
        "N_ans": len(counts.answered_s),
        "N_ab": len(counts.abandoned_s),
        "N_sab": counts.short_abandons,
        "N_vm": counts.voicemails,
        "N_cb": counts.callbacks_asked,
        "N_fb": counts.fallbacks,
        "N_blk": counts.refused,
        "N_lost": counts.lost,
        "N_sys": len(counts.waiting_s),
    }
    return tuple(counted(value, way) for way, value in ways.items())


def service_level(counts: Counts) -> Figures:
    """M-01: abandons inside T neither help nor harm."""
    whole = len(counts.answered_s) + len(counts.abandoned_s) - gave_up_in_time(counts)
    return (share(in_time(counts), whole),)


def service_level_lenient(counts: Counts) -> Figures:
    """M-03."""
    whole = len(counts.answered_s) + len(counts.abandoned_s)
    return (share(in_time(counts) + gave_up_in_time(counts), whole),)


def longest(counts: Counts) -> Figures:
    """M-09."""
    waits = (*counts.answered_s, *counts.abandoned_s, *counts.waiting_s)
    return (Figure(max(waits) if waits else None, Unit.SECONDS, len(waits)),)


def occupancy(counts: Counts) -> Figures:
    """M-12; n is the number of segments. The agents' own calls are not in it."""
    time = counts.time
    busy = time.talked_s + time.held_s + time.wrapped_s + time.rang_answered_s
    return (share(busy, time.on_duty_s, len(counts.handled)),)


def utilisation(counts: Counts) -> Figures:
    """M-13."""
    return (Figure(ratio(counts.time.on_duty_s, counts.time.signed_in_s), Unit.SHARE),)


def ratio(part: float, whole: float) -> float | None:
    """A quotient, None without a whole."""
    return part / whole if whole > 0 else None


def off_duty(counts: Counts) -> Figures:
    """M-14: seconds by reason."""
    return tuple(Figure(seconds, Unit.SECONDS, None, why) for why, seconds in sorted(counts.time.off_s.items()))


def auto_offs(counts: Counts) -> Figures:
    """M-14: times the box did it, by reason."""
    return tuple(counted(counts.auto_offs.get(why, 0), why) for why in ("declined", "no_answer", "unreachable"))


def offer_outcomes(counts: Counts) -> Figures:
    """M-15: offers by outcome."""
    return tuple(counted(sum(each.get(out, 0) for each in counts.offers.values()), out.value) for out in Out)


def not_answered(counts: Counts) -> Figures:
    """The RNA rate of everybody, then of each agent. What nobody is blamed for is no miss (D-20)."""
    everybody = sorted(counts.offers)
    figures = []
    for who, agents in {"": everybody, **{agent: [agent] for agent in everybody}}.items():
        each = [counts.offers[agent] for agent in agents]
        missed = sum(one.get(Out.REJECTED, 0) + one.get(Out.TIMEOUT, 0) for one in each)
        missed -= sum(counts.excused.get(agent, 0) for agent in agents)
        taken = sum(one.get(Out.ACCEPTED, 0) for one in each)
        figures.append(share(missed, missed + taken, of=who))
    return tuple(figures)


def transfers(counts: Counts) -> Figures:
    """M-16."""
    made = counts.transfers
    ways = {"blind": made.blind, "attended": made.attended, "rejected": made.rejected, "returned": made.returned}
    return tuple(counted(value, way) for way, value in ways.items())


def callbacks(counts: Counts) -> Figures:
    """M-18."""
    asked = counts.callbacks
    ways = {
        "requested": asked.requested,
        "connected": len(asked.delays_s),
        "failed": asked.failed,
        "merged": asked.merged,
        "cancelled": asked.cancelled,
    }
    return tuple(counted(value, way) for way, value in ways.items())


def attempts(counts: Counts) -> Figures:
    """M-18: attempts per connect."""
    connected = len(counts.callbacks.delays_s)
    return (Figure(ratio(counts.callbacks.attempts, connected), Unit.COUNT, connected),)


def inside_the_promise(counts: Counts) -> Figures:
    """M-18: of the connected ones, where a window was promised."""
    kept = counts.callbacks.kept
    return (Figure(None, Unit.SHARE, 0) if kept is None else share(kept, len(counts.callbacks.delays_s)),)


def kept_promises(counts: Counts) -> Figures:
    """M-20: the share of callers served within the bound they were told."""
    return (share(sum(wait <= bound for bound, wait in counts.announced), len(counts.announced)),)


def line_traffic(counts: Counts) -> Figures:
    """M-21: erlangs of each line or trunk."""
    use = sorted(counts.lines.busy_s.items())
    return tuple(Figure(ratio(seconds, counts.lasts_s), Unit.ERLANGS, None, line) for line, seconds in use)


def clock_trust(counts: Counts) -> Figures:
    """M-22: 1 when the clock is synchronised."""
    trust = counts.health.is_clock_trusted
    return (Figure(None if trust is None else float(trust), Unit.COUNT),)


def handles(counts: Counts) -> list[float]:
    """Seconds of handling, by segment."""
    return [one.talked_s + one.held_s + one.wrapped_s for one in counts.handled]


def calls_out(counts: Counts) -> Figures:
    """Placed calls: all and those that were answered, then all by the queue they went out as and by agent."""
    made = counts.calls_out
    parts = Counter([one.queue or "personal" for one in made] + [one.agent for one in made])
    whole = (counted(len(made), "placed"), counted(sum(one.was_answered for one in made), "answered"))
    return (*whole, *(counted(parts[part], part) for part in sorted(parts)))


def abandon_rate(counts: Counts) -> Figures:
    """M-06."""
    return (share(len(counts.abandoned_s) - counts.short_abandons, counts.served - counts.short_abandons),)
