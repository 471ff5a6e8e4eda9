"""A whole recorded day, made by the simulation of seeded callers: a journal such as a box writes."""

import contextlib
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.events import Event
from appliance.acd.metrics_ledger import Ledger, Step
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.simulation import Caller, Habits, OfficeDay, Simulation
from appliance.storage.database import migrations
from appliance.storage.journal import batch_statement

Journal = list[tuple[tuple[Event, ...], float]]


class _Recorder(Ledger):
    """A ledger that keeps what it was told."""

    __slots__ = ("journal",)

    def __init__(self) -> None:
        super().__init__()
        self.journal: Journal = []

    def handle(self, acd: Acd, events: Sequence[Event], at: float, wall: float) -> Step:
        self.journal.append((tuple(events), at))
        return super().handle(acd, events, at, wall)


def recorded_day(calls: int, agents: int = 3, *, hours: float = 8.0, starts: float = 1000.0, seed: int = 1) -> Journal:
    """A journal of so many calls to the queue "front"; every agent is on duty from the first minute."""
    names = tuple(f"a{number}" for number in range(agents))
    queue = QueueSettings("front", "Front", "100", names, wrap_up_s=30.0)
    office = OfficeSettings(tuple(AgentSettings(name, name.title(), f"1{name}") for name in names), (queue,))
    begins: list[tuple[float, Event]] = [(starts, ev.Configured(office))]
    begins += [(starts + 1, ev.DutyOn(name, name)) for name in names]
    day = OfficeDay(tuple(_callers(calls, starts, hours, seed)), begins, Habits(usual_answer_s=4.0))
    ledger = _Recorder()
    Simulation(day, ledger).run()
    return ledger.journal


def _callers(calls: int, starts: float, hours: float, seed: int) -> Iterator[Caller]:
    chance, at = random.Random(seed), starts + 60
    for number in range(calls):
        at += chance.expovariate(calls / (hours * 3600))
        arrival = ev.CallerArrived(f"c{number}", "front", f"0312{number % 700:06}", "山田", f"line{number % 4}")
        yield Caller(arrival, at, chance.expovariate(1 / 180), chance.expovariate(1 / 150))


def write_database(path: Path, journal: Journal, wall_of: Callable[[float], float]) -> None:
    """The journal in a database as the store makes it, in one transaction."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        for version, sql in migrations().items():
            database.executescript(f"{sql}\nPRAGMA user_version={version};")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("INSERT INTO boots (id, boot, shift, wall) VALUES (1, 'boot', 0.0, 0.0)")
        first = 1
        for events, at in journal:
            statement, rows = batch_statement(events, first, at, wall_of(at), 1)
            database.executemany(statement, rows)
            first += len(events)
