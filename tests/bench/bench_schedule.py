"""How long the business hours take: `python tests/bench/bench_schedule.py` prints a table; nothing fails on a time.

In order: an arrival a moment after the last, an arrival anywhere in a year that was already looked at, a boundary (the
next stretch is looked up), and the first question to a new timetable, with the office's hours and with none for months.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from appliance.acd.holidays import holidays_of
from appliance.acd.schedule import NEVER, Schedule, Trust
from appliance.acd.schedule_text import schedule_from_text
from appliance.acd.timetable import timetable_of

START, YEAR_S = 1_795_000_000.0, 365 * 86400
OFFICE = schedule_from_text("America/New_York", "mon-fri 9:00-12:00 13:00-17:30; fri 22:00-3:00", "", "US")
SHUT = Schedule("Asia/Tokyo", NEVER, (), "JP")


def timed(ask: Callable[[], object], times: int) -> list[float]:
    """Microseconds of each call."""
    taken = []
    for _ in range(times):
        began = time.perf_counter_ns()
        ask()
        taken.append((time.perf_counter_ns() - began) / 1000)
    return sorted(taken)


def show(what: str, taken: list[float]) -> None:
    """One row: median, 99th percentile and worst."""
    print(f"{what:44} {statistics.median(taken):10.2f} {taken[int(len(taken) * 0.99)]:10.2f} {taken[-1]:10.2f}")


def main() -> None:
    """Print the table."""
    for country in ("JP", "US"):
        holidays_of.cache_clear()
        show(f"read the holidays of {country}", timed(lambda country=country: holidays_of(country), 1))
    draw = random.Random(1)
    table = timetable_of(OFFICE, ZoneInfo)
    walls = iter([START + number * 0.1 for number in range(100_000)])
    show("state_at, next arrival", timed(lambda: table.state_at(next(walls), Trust.HIGH), 100_000))
    for day in range(365):
        table.state_at(START + day * 86400, Trust.HIGH)
    show(
        "state_at, anywhere in a known year",
        timed(lambda: table.state_at(START + draw.random() * YEAR_S, Trust.HIGH), 20_000),
    )
    boundaries, wall = [], START
    while len(boundaries) < 500 and (boundary := table.next_boundary(wall)) is not None:
        boundaries.append(wall := boundary)
    fresh, each = timetable_of(OFFICE, ZoneInfo), iter(boundaries)
    show("state_at, at a boundary", timed(lambda: fresh.state_at(next(each), Trust.HIGH), len(boundaries)))
    show("first question, office", timed(lambda: timetable_of(OFFICE, ZoneInfo).state_at(START, Trust.HIGH), 500))
    show("first question, never open", timed(lambda: timetable_of(SHUT, ZoneInfo).state_at(START, Trust.HIGH), 50))


if __name__ == "__main__":
    print(f"{'microseconds':44} {'p50':>10} {'p99':>10} {'worst':>10}")
    main()
