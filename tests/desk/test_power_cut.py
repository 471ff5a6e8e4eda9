"""R-30, I-19: the power fails at any moment of a random day. What a person was told before is known afterwards.

The log grows without being folded into the file, so what a power cut leaves is its beginning: at the worst up to where
the disk was last waited for. Nothing else is synced here, as if the 200 ms of the group commit were never over.
"""

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.engine import Acd, fold
from appliance.acd.model import AgentState
from appliance.desk.alarms import Alarms
from appliance.desk.call_control import CallControl
from appliance.desk.clock import Clock
from appliance.storage.database import Database, Statement
from appliance.storage.history import read_history
from appliance.storage.store import Store, open_store
from tests.acd.day import Day
from tests.acd.desk import Desk
from tests.acd.test_callback import dialling, promised

OFF = (AgentState.OFF, AgentState.OFF_BUSY)
LAMPS = "lamps"
PROMISES = (do.PromiseCallback, do.DialCustomer, do.AnnouncePosition, do.RecordConversation, do.SendCaller)
"""Of the orders that tell a person something, or that must never be given twice, those which every day has."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The power fails now: so much of the log is on the disk for certain, so much was written.

    What was told last was told because of the first `batches`, and these people were seen to be on duty.
    """

    certain: int
    written: int
    what: str
    batches: int
    on_duty: frozenset[str]


class Office:
    """A desk's call control on a real disk, and when its power may fail."""

    def __init__(self, path: Path, store: Store) -> None:
        self.log, self.certain, self.batches, self.now = path.with_name(path.name + "-wal"), 0, 0, 0.0
        self.cuts: list[Cut] = []
        clock = Clock()
        clock.now = lambda: self.now  # type: ignore[method-assign]
        self.control = CallControl(Acd(), store, clock, Alarms())
        self.control.effects = self.told
        self.control.watch(lambda _: self.may_fail(LAMPS, 0))

    def told(self, commands: Sequence[do.Command]) -> None:
        self.batches += 1
        for what in {type(command).__name__ for command in commands if isinstance(command, PROMISES)}:
            self.may_fail(what, self.batches)

    def may_fail(self, what: str, batches: int) -> None:
        self.cuts.append(Cut(self.certain, self.log.stat().st_size, what, batches, on_duty(self.control.acd)))


def on_duty(acd: Acd) -> frozenset[str]:
    return frozenset(name for name, agent in acd.state.agents.items() if agent.state not in OFF)


def a_random_day() -> Desk:
    """So long that each kind of promise is made."""
    day = Day(5)
    while set(PROMISES) - {type(order) for order in day.desk.commands}:
        day.live(200)
    return day.desk


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    store = await open_store(tmp_path / "box.sqlite", "boot-1", 100.0)
    await store._database._writer.execute("PRAGMA wal_autocheckpoint=0")
    made = Office(tmp_path / "box.sqlite", store)
    write = Database.write

    async def noted(database: Database, statements: Iterable[Statement], *, may_wait: bool = False) -> None:
        await write(database, statements, may_wait=may_wait)
        level = [row[0] for row in await database._writer.execute_fetchall("PRAGMA synchronous")]
        assert level == [1 if may_wait else 2]
        made.certain = made.certain if may_wait else made.log.stat().st_size

    monkeypatch.setattr(Database, "write", noted)
    yield made
    await store.close()


def recovered(box: Path, cut_at: int) -> tuple[list[tuple[ev.Event, ...]], Acd]:
    """What is read back when of the log only so much is left."""
    copy = box.parent / "copy" / box.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    shutil.copy(box, copy)
    log = box.with_name(box.name + "-wal").read_bytes()
    copy.with_name(box.name + "-wal").write_bytes(log[:cut_at])
    reading = read_history(copy).reading
    assert reading.damage == ()
    return [batch.events for batch in reading.batches], fold((batch.events, batch.at) for batch in reading.batches)


@pytest.mark.parametrize("lived", [a_random_day, promised, dialling])
async def test_r30_i19_a_power_cut_loses_what_promises_nothing_and_never_a_promise(
    lived: Callable[[], Desk], office: Office, tmp_path: Path
) -> None:
    desk = lived()
    for events, office.now in desk.journal:
        for event in events:
            office.control.post(event)
        await office.control.drain()
    journal = [events for events, _ in desk.journal]
    kinds = Counter(cut.what for cut in office.cuts)
    lost = 0
    for what, count in kinds.items():
        for cut in [cut for cut in office.cuts if cut.what == what][:: max(1, count // 10)]:
            for at in (cut.certain, (cut.certain + cut.written) // 2):
                batches, acd = recovered(tmp_path / "box.sqlite", at)
                assert batches == journal[: len(batches)]
                assert len(batches) >= cut.batches, cut
                assert on_duty(acd) == cut.on_duty, cut
                lost += at < cut.written
    assert lost, "nothing waited: then this shows nothing"
