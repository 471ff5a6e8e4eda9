"""`deskbell whatif`: a recorded day played again with other settings, its metrics beside the real ones (U-14).

Three columns: what was recorded, what the model makes of the same settings (how far to trust it), the changed world.
"""

import dataclasses
import difflib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from appliance import incident as incidents
from appliance.acd import events as ev
from appliance.acd import metrics
from appliance.acd.events import Event
from appliance.acd.habits import ASSUMPTIONS, Change, office_day
from appliance.acd.metrics_counts import Counts, count
from appliance.acd.metrics_figures import shown
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.model import State
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.simulation import Simulation
from appliance.acd.strategies import STRATEGIES
from appliance.errors import ConfigError
from appliance.incident import Incident

EVERY_QUEUE = "queue"
_FIELDS = {field.name: field.type for field in dataclasses.fields(QueueSettings) if field.name != "queue"}


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """`whose.key=value`; `whose` is a queue's id, or "queue" for all of them."""

    whose: str
    key: str
    value: object


def print_what_if(what: str, state_dir: Path | None, zone: str, sets: Sequence[str], added: Sequence[str]) -> None:
    """What the command does. Raises ConfigError for a setting that cannot be, StorageError for a day that is not."""
    for line in what_if(incidents.read(what, state_dir, zone), [setting(text) for text in sets], added):
        print(line)


def what_if(incident: Incident, settings: Sequence[Setting], added: Sequence[str]) -> Iterator[str]:
    """Both worlds, line by line."""
    yield from incident.damage
    queues = {queue.queue for office in _offices(incident) for queue in office.queues}
    for one in settings:
        if one.whose not in (EVERY_QUEUE, *queues):
            raise ConfigError(f"--set {one.whose}.{one.key}: no queue {one.whose!r}; known: queue, {_list(queues)}")
    recorded = _recorded(incident)
    worlds = {
        "recorded": count(recorded, incident.interval),
        "model as it was": _simulated(incident, recorded, [], []),
        "model changed": _simulated(incident, recorded, settings, added),
    }
    changes = [f"{one.whose}.{one.key} = {one.value}" for one in settings] + [f"agent {name} added" for name in added]
    yield "changed: " + ("; ".join(changes) or "nothing")
    yield from side_by_side(worlds)
    yield "Assumptions of the model:"
    yield ASSUMPTIONS


def setting(text: str) -> Setting:
    """`front.wrap_up_s=20` as a setting. Raises ConfigError with what would be right."""
    name, is_given, value = text.partition("=")
    whose, has_owner, key = name.strip().rpartition(".")
    if not is_given or not has_owner:
        raise ConfigError(
            f"--set {text}: something like queue.wrap_up_s=20 or front.strategy=fixed-order would be right"
        )
    if key not in _FIELDS:
        near = difflib.get_close_matches(key, _FIELDS, n=1, cutoff=0.4)
        raise ConfigError(f"--set {text}: no setting {key!r} of a queue; " + _hint(near, _FIELDS))
    if key == "strategy" and value not in STRATEGIES:
        near = difflib.get_close_matches(value, STRATEGIES, n=1, cutoff=0.4)
        raise ConfigError(f"--set {text}: no strategy {value!r}; " + _hint(near, STRATEGIES))
    given = value.split(",") if key == "agents" else value
    try:
        return Setting(whose, key, msgspec.convert(given, _FIELDS[key], strict=False))
    except msgspec.ValidationError as wrong:
        raise ConfigError(f"--set {text}: {value!r} does not fit ({wrong})") from wrong


def side_by_side(worlds: Mapping[str, Counts]) -> Iterator[str]:
    """The metric tables of several worlds beside each other."""
    rows = [("", *worlds)]
    tables = [{metric.en: figures for metric, figures in metrics.table(counts)} for counts in worlds.values()]
    for metric in metrics.METRICS:
        parts = list(dict.fromkeys(figure.of for table in tables for figure in table[metric.en]))
        for part in parts:
            cells = [next((shown(f) for f in table[metric.en] if f.of == part), "—") for table in tables]
            rows.append((f"{metric.id} {metric.ja} {metric.en}{f': {part}' if part else ''}", *cells))
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


# -- the two worlds


def _recorded(incident: Incident) -> Ledger:
    interval = incident.interval
    acd, ledger = incident.begun((interval.start, interval.end))
    for batch in incident.batches:
        ledger.handle(acd, batch.events, batch.at, batch.wall)
    ledger.finish(acd, ledger.at, ledger.wall)
    return ledger


def _simulated(incident: Incident, recorded: Ledger, settings: Sequence[Setting], added: Sequence[str]) -> Counts:
    acd, _ = incident.begun()
    journal = [(batch.at, event) for batch in incident.batches for event in batch.events]
    begins_at = journal[0][0] if journal else 0.0
    happenings = [*_begins(acd.state, begins_at), *journal, *_automatic(incident, recorded, begins_at)]
    happenings.sort(key=lambda one: one[0])
    happenings = [*happenings, *_shifts_of(added, happenings)]
    day = office_day(happenings, recorded, incident.interval, _change(settings, added))
    interval = incident.interval
    ledger = Ledger([interval.start, interval.end])
    ledger = Simulation(day, ledger, recorded.wall - recorded.at).run()
    return count(ledger, interval)


def _begins(state: State, at: float) -> list[tuple[float, Event]]:
    """Settings and duty as they were when the day began."""
    duty: list[Event] = [ev.DutyOn(name, name) for name, agent in state.agents.items() if agent.is_available]
    return [(at, event) for event in (ev.Configured(state.office), *duty)] if state.office.queues else []


def _automatic(incident: Incident, recorded: Ledger, begins_at: float) -> list[tuple[float, Event]]:
    """Who was taken off duty by the box was not there until they came back: so it is in every world."""
    shift = recorded.wall - recorded.at
    return [
        (max(begins_at, one.wall - shift), ev.DutyOff(one.agent, "recorded", one.reason))
        for one in recorded.auto_offs
        if incident.interval.has(one.wall)
    ]


def _shifts_of(added: Sequence[str], happenings: Sequence[tuple[float, Event]]) -> list[tuple[float, Event]]:
    """An added agent comes with the first and goes with the last of the others."""
    on_duty: set[str] = set()
    shifts: list[tuple[float, Event]] = []
    for at, event in happenings:
        was_staffed = bool(on_duty)
        if isinstance(event, ev.DutyOn):
            on_duty.add(event.agent)
        elif isinstance(event, ev.DutyOff):
            on_duty.discard(event.agent)
        if was_staffed is not bool(on_duty):
            shifts += [(at, ev.DutyOff(name, name) if was_staffed else ev.DutyOn(name, name)) for name in added]
    return shifts


def _change(settings: Sequence[Setting], added: Sequence[str]) -> Change:
    def change(office: OfficeSettings) -> OfficeSettings:
        known = {agent.agent for agent in office.agents}
        for name in added:
            if name in known:
                raise ConfigError(f"--add-agent {name}: {name} is there already; a new name would be right")
        agents = (*office.agents, *(AgentSettings(name, name, f"whatif-{name}") for name in added))
        queues = tuple(_changed(queue, settings, added) for queue in office.queues)
        return dataclasses.replace(office, agents=agents, queues=queues)

    return change


def _changed(queue: QueueSettings, settings: Sequence[Setting], added: Sequence[str]) -> QueueSettings:
    queue = dataclasses.replace(queue, agents=(*queue.agents, *added))
    for one in settings:
        if one.whose in (EVERY_QUEUE, queue.queue):
            queue = dataclasses.replace(queue, **{one.key: one.value})  # type: ignore[arg-type]
    return queue


def _offices(incident: Incident) -> Iterator[OfficeSettings]:
    acd, _ = incident.begun()
    yield acd.state.office
    for batch in incident.batches:
        yield from (event.office for event in batch.events if isinstance(event, ev.Configured))


def _hint(near: Sequence[str], known: Mapping[str, object]) -> str:
    return f"did you mean {near[0]!r}?" if near else f"known: {_list(set(known))}"


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
