"""What a waiting caller is told about the wait (M-20): a bound that holds for 80 % of callers, or no number at all.

Rule: a wait once announced is never announced longer, unless a caller of higher priority came in between.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SHARE = 0.8
PRIOR_AHT_S = 180.0
FEWEST_SAMPLES = 10
KEPT_HANDLES = 30
JUMP = 3
MINUTES = (1, 2, 3, 5, 10, 15)
OVER = 99
"""Announced as "over 15 minutes"."""

_WEIGHT = 2 / (KEPT_HANDLES + 1)


@dataclass(frozen=True, slots=True)
class Before:
    """What this caller was told last: minutes (None: the place only) with how many callers ahead."""

    minutes: int | None
    ahead: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known when a caller is to be told.

    `ahead` counts entries before the caller, callbacks too; `staff` is |SOON ∪ NOW| of the queue; `samples` handles are
    behind `aht_s`; `head_waits_s` is how long the head of the line has waited; `overtaken`: a higher priority arrived.
    """

    ahead: int
    staff: int
    aht_s: float = PRIOR_AHT_S
    samples: int = 0
    has_prior: bool = False
    head_waits_s: float = 0.0
    before: Before | None = None
    overtaken: bool = False


def moved_mean(mean_s: float, handle_s: float) -> float:
    """The moving mean after one more handle (seconds)."""
    return mean_s + (handle_s - mean_s) * _WEIGHT


def handling_time(handles_s: Sequence[float], prior_s: float = PRIOR_AHT_S) -> float:
    """The moving mean of the last 30 handles in seconds, oldest first, starting from the prior."""
    mean = prior_s
    for handle_s in handles_s[-KEPT_HANDLES:]:
        mean = moved_mean(mean, handle_s)
    return mean


def wait_bound_s(ahead: int, staff: int, aht_s: float, share: float = SHARE) -> float:
    """Seconds within which that share of such callers is served: a quantile of Erlang(ahead + 1, staff / aht_s)."""
    stages, low, high = ahead + 1, 0.0, 1.0
    while _served(stages, high) < share:
        low, high = high, high * 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _served(stages, middle) < share else (low, middle)
    return high * aht_s / staff


def _served(stages: int, x: float) -> float:
    """P(Erlang(stages, 1) ≤ x); in logarithms, because e^-x alone is nothing for a long line."""
    if x <= 0:
        return 0.0
    log_x = math.log(x)
    return 1.0 - sum(math.exp(stage * log_x - x - math.lgamma(stage + 1)) for stage in range(stages))


def rounded_up(seconds: float) -> int:
    """The minutes that are spoken for a bound: 1, 2, 3, 5, 10, 15, or OVER."""
    return next((minutes for minutes in MINUTES if seconds <= minutes * 60), OVER)


def must_abstain(outlook: Outlook) -> bool:
    """Whether only the place is told: nobody there, nothing known, or the line has just jumped."""
    is_unknown = outlook.samples < FEWEST_SAMPLES and not outlook.has_prior
    has_jumped = outlook.before is not None and abs(outlook.ahead - outlook.before.ahead) > JUMP
    return outlook.staff <= 0 or is_unknown or has_jumped


def announced_minutes(outlook: Outlook) -> int | None:
    """Minutes to announce, OVER for more than fifteen, None to tell the place only."""
    if must_abstain(outlook):
        return None
    bound_s = wait_bound_s(outlook.ahead, outlook.staff, outlook.aht_s)
    minutes = rounded_up(max(bound_s, outlook.head_waits_s))
    told = outlook.before.minutes if outlook.before is not None else None
    return minutes if told is None or outlook.overtaken else min(minutes, told)
