"""The metrics of one day (acd.md §4) for the page, folded from the journal by a process of its own (`appliance.aside`).

`python -m appliance.report STATE DAY ZONE QUEUE` prints them as JSON; QUEUE "" is all of them together.
"""

import sys
from pathlib import Path
from typing import Final

import msgspec

from appliance import incident as incidents
from appliance.acd import metrics
from appliance.acd.metrics_counts import count
from appliance.acd.metrics_figures import shown
from appliance.api import Metric
from appliance.aside import run_aside, tell

PATIENCE_S: Final = 120.0


async def in_another_process(day: str, queue: str, state_dir: Path, zone: str) -> tuple[Metric, ...]:
    """The day's metrics. Raises StorageError when they cannot be had, or not in two minutes."""
    told = await run_aside("appliance.report", str(state_dir), day, zone, queue, patience_s=PATIENCE_S)
    return msgspec.json.decode(told, type=tuple[Metric, ...])


def report_of(day: str, state_dir: Path, zone: str, queue: str) -> tuple[Metric, ...]:
    """The rows of the table of metrics, in its order. Raises StorageError."""
    incident = incidents.read(day, state_dir, zone)
    acd, ledger = incident.begun((incident.interval.start, incident.interval.end))
    for batch in incident.batches:
        ledger.handle(acd, batch.events, batch.at, batch.wall)
    ledger.finish(acd, ledger.at, ledger.wall)
    members = next((one.agents for one in acd.state.office.queues if one.queue == queue), ())
    counts = count(ledger, incident.interval, queue, members)
    return tuple(
        Metric(row.id, row.ja, row.en, row.formula, tuple((figure.of, shown(figure)) for figure in figures))
        for row, figures in metrics.table(counts)
    )


def _as_json(state_dir: str, day: str, zone: str, queue: str) -> str:
    return msgspec.json.encode(report_of(day, Path(state_dir), zone, queue)).decode()


if __name__ == "__main__":
    sys.exit(tell(_as_json, *sys.argv[1:5]))
