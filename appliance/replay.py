"""`deskbell replay`: fold a journal again, tell its story a line an event, and show the state it ends with (I-22)."""

import dataclasses
import datetime
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from appliance import incident as incidents
from appliance.acd import events as ev
from appliance.acd import metrics
from appliance.acd.events import Event
from appliance.acd.metrics_counts import count
from appliance.acd.metrics_ledger import Step
from appliance.desk.story_log import sentence_of
from appliance.errors import StorageError
from appliance.incident import Incident, masked, state_hash
from appliance.storage.journal import Batch

_SILENT = frozenset({"name", "phone"})


def replay(incident: Incident) -> Iterator[str]:
    """The story line by line, then what it ends with. Raises StorageError when folding it twice gives two states."""
    yield from incident.damage
    interval = incident.interval
    acd, ledger = incident.begun((interval.start, interval.end))
    for batch in incident.batches:
        step = ledger.handle(acd, batch.events, batch.at, batch.wall)
        yield from _lines(incident, batch, step)
    ledger.finish(acd, ledger.at, ledger.wall)
    yield metrics.conservation(count(ledger, interval)) or "The calls add up (M-00)"
    events = sum(len(batch.events) for batch in incident.batches)
    first, again = state_hash(acd.state), folded_hash(incident)
    if first != again:
        raise StorageError(
            f"the same journal gave the state {first} and then {again}; please report this with the file"
        )
    yield f"{events} events in {len(incident.batches)} batches; state {first}, twice the same"


def folded_hash(incident: Incident) -> str:
    """The hash of the state the incident ends with."""
    acd, _ = incident.begun()
    for batch in incident.batches:
        acd.handle_batch(batch.events, batch.at)
        acd.drain_facts()
    return state_hash(acd.state)


def print_replay(what: str, state_dir: Path | None, zone: str, export: Path | None, *, with_numbers: bool) -> None:
    """What the command does: print the story, or with `export` write the file and say what is in it."""
    incident = incidents.read(what, state_dir, zone)
    if export is None:
        for line in replay(incident):
            print(line)
        return
    incidents.write(incident, export, masked=not with_numbers)
    written = incidents.read(str(export), None, zone)
    numbers = "with real numbers" if with_numbers else "numbers and callers' names replaced"
    print(f"{export}: {len(written.batches)} batches, {numbers}; state {folded_hash(written)}")


def _lines(incident: Incident, batch: Batch, step: Step) -> Iterator[str]:
    moment = datetime.datetime.fromtimestamp(batch.wall, incident.zone)
    when = f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03} #{batch.seq}"
    for event in batch.events:
        yield f"{when} {sentence(event)}"
    for fact in step.facts:
        if told := sentence_of(fact):
            yield masked(f"{when}   → {told}")


def sentence(event: Event) -> str:
    """One event in words, numbers masked. Any event can be told, also one that was added after this was written."""
    words, fields = _words(type(event))  # type: ignore[arg-type]  # a class is hashable
    if isinstance(event, ev.Configured):
        return f"{words}: {len(event.office.agents)} agents, {len(event.office.queues)} queues"
    told = []
    for name, usual in fields:
        value = getattr(event, name)
        if value not in (usual, "", ()):
            told.append(name if value is True else f"{name} {_told(value)}")
    return masked(f"{words}: {', '.join(told)}") if told else words


@functools.cache
def _words(kind: type[Event]) -> tuple[str, tuple[tuple[str, object], ...]]:
    """An event's name in words, and the fields that are told with the values that go without saying."""
    fields = dataclasses.fields(kind)
    words = re.sub(r"(?<!^)([A-Z])", r" \1", kind.__name__).lower()
    return words, tuple((field.name, field.default) for field in fields if field.name not in _SILENT)


def _told(value: object) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
