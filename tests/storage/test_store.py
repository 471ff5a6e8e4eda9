"""What must survive a power cut survives it; what is broken is reported, set aside or refused, never guessed."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.errors import StorageError
from appliance.storage import news
from appliance.storage.database import Damaged, migrations, move_aside, open_database
from appliance.storage.journal import Reading
from appliance.storage.store import Store, open_store

WALL = 1_700_000_000.0
OFFICE = OfficeSettings((AgentSettings("sato", "佐藤", "101", 1),), (QueueSettings("front", "受付", "200", ("sato",)),))


class Wall:
    """A wall clock that is set by the test."""

    now = WALL

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def store(tmp_path: Path, wall: Wall) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "d.sqlite", "boot-1", 100.0, wall)
    yield opened
    await opened.close()


async def test_batches_come_back_as_they_were_handled(store: Store) -> None:
    await store.append([ev.Configured(OFFICE)], [], 1.0)
    await store.append([ev.DutyOn("sato", "page"), ev.CallerArrived("c1", "front", "0312345678", "", "line")], [], 2.0)
    await store.append([ev.Ticked()], [], 3.5)
    reading = await store.batches()
    assert reading.damage == ()
    assert [(batch.seq, batch.at) for batch in reading.batches] == [(1, 1.0), (3, 2.0), (4, 3.5)]
    assert reading.batches[0].events == (ev.Configured(OFFICE),)
    assert reading.batches[1].events[1] == ev.CallerArrived("c1", "front", "0312345678", "", "line")
    assert [batch.seq for batch in (await store.batches(after=3)).batches] == [4]


async def test_a_store_opened_again_goes_on_where_it_stopped(tmp_path: Path, wall: Wall) -> None:
    path = tmp_path / "d.sqlite"
    first = await open_store(path, "boot-1", 100.0, wall)
    await first.append([ev.Ticked(), ev.Ticked()], [], 100.0)
    await first.close()
    again = await open_store(path, "boot-1", 130.0, wall)
    assert (again.seq, again.boot.shift, again.boot.is_new) == (2, 0.0, False)
    assert await again.append([ev.Ticked()], [], 130.0) == 3
    await again.close()


async def test_after_a_reboot_the_office_clock_goes_on_and_never_back(tmp_path: Path, wall: Wall) -> None:
    path = tmp_path / "d.sqlite"
    first = await open_store(path, "boot-1", 5000.0, wall)
    await first.append([ev.Ticked()], [], 5000.0)
    await first.close()
    wall.now += 40
    second = await open_store(path, "boot-2", 7.0, wall)
    assert second.boot.is_new
    assert 7.0 + second.boot.shift == 5040.0
    await second.close()
    wall.now = 0.0  # a Pi without a battery boots in 1970
    third = await open_store(path, "boot-3", 9.0, wall)
    assert 9.0 + third.boot.shift == 5000.0
    await third.close()


async def test_a_record_with_a_flipped_bit_is_left_out_and_named(store: Store, tmp_path: Path) -> None:
    for at in (1.0, 2.0, 3.0):
        await store.append([ev.DutyOn("sato", "page")], [], at)
    with sqlite3.connect(tmp_path / "d.sqlite") as other:
        other.execute("UPDATE journal SET body = replace(body, 'page', 'pagf') WHERE seq = 2")
    reading = await store.batches()
    assert [batch.seq for batch in reading.batches] == [1, 3]
    assert reading.damage == ("journal record 2 ('DutyOn') is damaged and was left out",)


async def test_a_broken_checkpoint_is_passed_over_for_the_one_before(store: Store, tmp_path: Path) -> None:
    await store.checkpoint(1.0, b"one", 10)
    await store.checkpoint(2.0, b"two", 20)
    with sqlite3.connect(tmp_path / "d.sqlite") as other:
        other.execute("UPDATE checkpoints SET state = x'00' WHERE seq = 20")
    assert [(found.seq, found.state) for found in await store.checkpoints()] == [(10, b"one")]


async def test_only_the_newest_checkpoints_are_kept(store: Store) -> None:
    for seq in range(1, 9):
        await store.checkpoint(1.0, b"x", seq)
    assert [found.seq for found in await store.checkpoints()] == [8, 7, 6]


async def test_the_last_checkpoint_of_each_day_is_kept_for_whoever_replays_one(store: Store, wall: Wall) -> None:
    for day in range(4):
        for _ in range(3):
            wall.now = WALL + day * 86400
            seq = await store.append((ev.Ticked(),), (), 1.0)
            await store.checkpoint(1.0, b"x", seq)
    rows = await store._database.read("SELECT seq FROM checkpoints ORDER BY seq")
    assert [seq for (seq,) in rows] == [3, 6, 9, 10, 11, 12]
    assert [found.seq for found in await store.checkpoints()] == [12, 11, 10]  # a start reads no more than it needs


async def test_a_contact_is_a_row_with_wall_times_and_its_recordings(store: Store, wall: Wall) -> None:
    arrived = story.ContactArrived(100.0, "c1", "front", "0312345678", "", "line")
    await store.append([ev.Ticked()], [arrived], 100.0)
    assert (await store.contacts(10))[0].ended_wall == 0.0
    wall.now += 30
    facts = [
        story.OfferOpened(105.0, "o1", "c1", "sato", "front"),
        story.OfferEnded(110.0, "o1", "c1", "sato", "front", story.OfferOutcome.ACCEPTED, "", 5.0),
        story.ContactAnswered(110.0, "c1", "sato", "o1", "r1", 10.0),
        story.ContactEnded(130.0, "c1", "front", story.Outcome.ANSWERED, "far", 10.0, 20.0, "sato"),
    ]
    await store.append([ev.Ticked()], facts, 130.0, [("r1", "c1", "sato")])
    assert [row.recording for row in await store.open_recordings()] == ["r1"]
    await store.recording_closed("r1", "/r1.wav", 19.5, "")
    row = (await store.contacts(10))[0]
    assert (row.arrived_wall, row.ended_wall, row.waited_s, row.talked_s) == (WALL, WALL + 30, 10.0, 20.0)
    assert (row.outcome, row.agent) == ("answered", "sato")
    assert await store.recordings_of(["c1"]) == {"c1": ("r1",)}
    kept = await store.recording("r1")
    assert kept is not None
    assert (kept.path, kept.seconds, kept.closed) == ("/r1.wav", 19.5, True)
    assert await store.contacts(10, before=WALL) == ()


async def test_a_batch_that_cannot_be_written_leaves_nothing_of_it(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "d.sqlite") as other:
        other.execute("DROP TABLE contacts")
    with pytest.raises(StorageError, match="no such table"):
        await store.append([ev.Ticked()], [story.ContactArrived(1.0, "c1", "q", "", "", "sip")], 1.0)
    assert (await store.batches()).batches == ()
    assert store.seq == 0


async def test_a_cancelled_caller_does_not_tear_a_transaction(store: Store) -> None:
    writing = asyncio.ensure_future(store.append([ev.Ticked()], [], 1.0))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await store.put_secret("k", b"v")  # queues behind the write that went on
    assert len((await store.batches()).batches) == 1


async def test_secrets_are_kept_replaced_and_forgotten(store: Store) -> None:
    await store.put_secret("password", b"one")
    await store.put_secret("password", b"two")
    assert await store.get_secret("password") == b"two"
    await store.put_secret("password", None)
    assert await store.get_secret("password") is None


async def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version=99")
    before = path.read_bytes()
    with pytest.raises(StorageError, match=r"newer Deskbell \(schema 99, this one knows \d+\)"):
        await open_database(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database, not at all" * 200, b"SQLite format 3\x00" + b"\xff" * 8192])
async def test_a_damaged_database_is_named_and_can_be_moved_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "d.sqlite"
    path.write_bytes(content)
    with pytest.raises(Damaged, match="is damaged"):
        await open_store(path, "boot-1", 1.0)
    aside = move_aside(path)
    assert aside.read_bytes() == content
    await (await open_store(path, "boot-1", 1.0)).close()


async def test_a_place_that_cannot_be_written_is_a_sentence_and_no_damage(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="unable to open") as told:
        await open_store(tmp_path / "none" / "d.sqlite", "boot-1", 1.0)
    assert not isinstance(told.value, Damaged)


def test_migrations_are_numbered_without_a_gap() -> None:
    assert list(migrations()) == list(range(1, len(migrations()) + 1))


async def test_a_migration_that_fails_leaves_the_old_schema_and_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "d.sqlite"
    old = await open_store(path, "boot-1", 1.0)
    await old.put_secret("k", b"v")
    await old.close()
    newest = max(migrations())
    steps = migrations() | {newest + 1: "CREATE TABLE half (a INTEGER);\nINSERT INTO no_such_table VALUES (1);"}
    monkeypatch.setattr("appliance.storage.database.migrations", lambda: steps)
    with pytest.raises(StorageError, match="no_such_table"):
        await open_database(path)
    for kept in (path, tmp_path / f"d.sqlite.before-{newest + 1}"):
        with sqlite3.connect(kept) as other:
            assert other.execute("PRAGMA user_version").fetchone() == (newest,)
            assert other.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)
            assert other.execute("SELECT value FROM secrets WHERE key = 'k'").fetchone() == (b"v",)


async def test_the_pragmas_that_make_a_commit_durable_are_in_force(store: Store) -> None:
    async def of_writer(pragma: str) -> object:
        rows = await store._database._writer.execute_fetchall(f"PRAGMA {pragma}")
        return next(iter(rows))[0]

    assert await of_writer("journal_mode") == "wal"
    assert await of_writer("synchronous") == 2
    assert await of_writer("foreign_keys") == 1


APPENDER = """
import asyncio, sys
from pathlib import Path
from appliance.acd import events as ev
from appliance.storage.journal import Reading
from appliance.storage.store import open_store
async def main():
    store = await open_store(Path(sys.argv[1]), "boot-1", 1.0)
    while True:
        batch = [ev.Ticked(), ev.DutyOn("sato", "page")]
        print(await store.append(batch, [], 1.0, may_wait=sys.argv[2] == "True"), flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("may_wait", [False, True])
def test_kill_9_loses_no_batch_that_was_acknowledged(tmp_path: Path, may_wait: bool) -> None:
    """R-30, I-19: what was acknowledged is there, synced or not: only a power cut loses what was written."""
    path = tmp_path / "d.sqlite"
    child = subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(path), str(may_wait)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for _ in range(40):
        child.stdout.readline()
    child.kill()
    rest = child.stdout.read().split("\n")
    acknowledged = max(int(number) for number in rest if number) if any(rest) else 80
    child.wait()
    seq, reading = asyncio.run(_read_back(path))
    assert seq >= acknowledged
    assert reading.damage == ()
    assert [batch.seq for batch in reading.batches] == list(range(2, seq + 1, 2))


async def _read_back(path: Path) -> tuple[int, Reading]:
    store = await open_store(path, "boot-1", 2.0)
    reading = await store.batches()
    await store.close()
    return store.seq, reading


async def test_s22_what_nobody_took_is_new_in_its_queue_until_one_has_seen_to_it(store: Store) -> None:
    """S-22: calls by their outcome; a callback only when it came to nothing."""
    ends = (
        "answered",
        "abandoned",
        "voicemail",
        "lost",
        "dismissed",
        "callback failed",
        "fallback",
        "callback connected",
    )
    for nth, (outcome, _, why) in enumerate(end.partition(" ") for end in ends):
        queue = "front" if nth % 2 else "back"
        arrived = story.ContactArrived(1.0, f"c{nth}", queue, f"031111000{nth}", "", "trunk")
        ended = story.ContactEnded(2.0, f"c{nth}", queue, story.Outcome(outcome), why, 1.0, 0.0, "")
        await store.append([ev.Ticked()], [arrived, ended], 2.0)
    assert await store.news() == (("back", "call", 1), ("front", "call", 3))
    assert [one.id for one in await store.new_items("back", 9)] == ["c4"]
    await store.promise_handled("c4", "sato")
    await store.promise_handled("c4", "suzuki")
    assert await store.new_items("back", 9) == ()


async def test_counting_what_is_new_reads_no_table_whole(tmp_path: Path) -> None:
    """It is counted after every commit: years of calls must not be read for it."""
    opened = await open_database(tmp_path / "d.sqlite")
    try:
        plan = await opened.read(
            f"EXPLAIN QUERY PLAN SELECT queue, kind, count(*) FROM ({news._ITEMS}) GROUP BY 1, 2", (3.0,)
        )
    finally:
        await opened.close()
    steps = [str(step[3]) for step in plan]
    for table in ("contacts", "voicemails", "texts"):
        (step,) = [one for one in steps if f" {table}" in one]
        assert f"{table}_new" in step, steps
