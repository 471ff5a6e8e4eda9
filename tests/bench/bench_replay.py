"""How fast a day of 2,000 calls replays: the target is a second. Prints a table, never fails on a time.

The first column is what the clock on the wall showed, the second what this process had of the machine.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance import incident as incidents
from appliance.acd.engine import fold
from appliance.acd.metrics_counts import count
from appliance.replay import replay
from tests.support.recorded_day import recorded_day, write_database

CALLS = 2_000


@pytest.mark.bench
def test_a_day_of_two_thousand_calls_replays(tmp_path: Path) -> None:
    journal = recorded_day(CALLS, agents=14)
    write_database(tmp_path / incidents.DATABASE, journal, lambda at: 1.8e9 + at)
    incident = incidents.read("", tmp_path, "Asia/Tokyo")
    print(f"\n{CALLS} calls, {sum(len(events) for events, _ in journal)} events, 14 agents")
    rows: dict[str, Callable[[], object]] = {
        "fold (the engine alone)": lambda: fold(journal),
        "read and decode the database": lambda: incidents.read("", tmp_path, "Asia/Tokyo"),
        "fold into metrics": lambda: _metrics(incident),
        "replay, all of it: twice folded, told": lambda: sum(1 for _ in replay(incident)),
    }
    for name, run in rows.items():
        wall, cpu = (min(each) for each in zip(*(_seconds(run) for _ in range(3)), strict=True))
        print(f"  {name:40} {wall:6.2f} s {cpu:6.2f} s of CPU   goal <= 1 s")


def _metrics(incident: incidents.Incident) -> object:
    acd, ledger = incident.begun((incident.interval.start, incident.interval.end))
    for batch in incident.batches:
        ledger.handle(acd, batch.events, batch.at, batch.wall)
    ledger.finish(acd, ledger.at, ledger.wall)
    return count(ledger, incident.interval)


def _seconds(run: Callable[[], object]) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - began, time.process_time() - cpu
