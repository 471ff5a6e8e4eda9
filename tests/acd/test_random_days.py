"""Whole days of a random but plausible office: every row of the table is taken, every invariant holds at every step.

A million steps: `DESKBELL_DAY_STEPS=1000000 pytest -s tests/acd/test_random_days.py`, in days of `LONGEST_DAY` steps;
or in slices, each beginning with the day `DESKBELL_FIRST_DAY`.
"""

import os
from collections import Counter

import pytest

from appliance.acd import story, tables, transfer_tables
from tests.acd.day import Day
from tests.acd.desk import Desk

EVERY_ROW = [row.id for row in (*tables.ROWS, *transfer_tables.ROWS)]
STEPS = int(os.environ.get("DESKBELL_DAY_STEPS", "6000"))
LONGEST_DAY = 3000 if STEPS < 100_000 else 10_000
FIRST_DAY = int(os.environ.get("DESKBELL_FIRST_DAY", "1"))
FEWEST_DAYS = -(-STEPS // LONGEST_DAY)
MOST_DAYS = FEWEST_DAYS + 18


@pytest.mark.timeout(0)
def test_random_days_keep_every_invariant_and_take_every_row_of_the_table() -> None:
    rows: Counter[str] = Counter()
    missing = EVERY_ROW
    batches = 0
    for number in range(1, MOST_DAYS + 1):
        seed = FIRST_DAY + number - 1
        Desk.made.clear()
        day = Day(seed)
        day.live(LONGEST_DAY)
        day.desk.refold()
        Desk.made.clear()
        assert day.desk.acd.state.arrivals == day.callers + len(day.desk.told(story.CallPlaced))
        assert day.is_conserved() == ""
        batches += len(day.desk.journal)
        rows.update(day.desk.acd.rows_taken)
        missing = [row for row in EVERY_ROW if not rows[row]]
        print(
            f"day {seed}: {number * LONGEST_DAY:,} steps, {batches:,} batches, {len(missing)} rows missing", flush=True
        )
        if number >= FEWEST_DAYS and not missing:
            break
    print(*(f"{row} {count}" for row, count in sorted(rows.items())), sep="\n")
    assert missing == []
