"""The one writer: nothing leaves before it is on the disk, any thread may post, and a failing disk stops no call."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.view import Status
from appliance.errors import StorageError
from appliance.storage.store import Store
from tests.support.desk_office import running_box


async def test_every_order_leaves_after_its_cause_is_on_the_disk(tmp_path: Path) -> None:
    """I-19: nothing leaves before it is on the disk."""
    seen: list[tuple[str, int]] = []
    async with running_box(tmp_path, "sato") as box:
        carry_out = box.desk.control.effects
        other = sqlite3.connect(tmp_path / "deskbell.sqlite")

        def watched(commands: Sequence[do.Command]) -> None:
            arrived = other.execute("SELECT count(*) FROM journal WHERE kind = 'CallerArrived'").fetchone()[0]
            seen.extend((type(command).__name__, arrived) for command in commands)
            carry_out(commands)

        box.desk.control.effects = watched
        for count in (1, 2, 3):
            box.switch.rings(f"031111000{count}")
            await box.until(lambda view, count=count: len(view.waiting) + len(view.calls) == count)
        other.close()
    assert ("OpenOffer", 1) in seen
    assert [count for name, count in seen if name == "HoldCaller"] == [2, 3]


async def test_a_batch_that_is_being_written_has_not_left_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_box(tmp_path, "sato") as box:
        may_commit = asyncio.Event()
        append = Store.append

        async def slow_disk(store: Store, *batch: object, **how: bool) -> int:
            await may_commit.wait()
            return await append(store, *batch, **how)  # type: ignore[arg-type]

        monkeypatch.setattr(Store, "append", slow_disk)
        seq = box.view.seq
        box.switch.rings()
        await box.switch.is_asked(wire.AskSnapshot)
        for _ in range(20):
            await asyncio.sleep(0)
        assert box.switch.commands(wire.Dial) == []
        assert box.view.seq == seq
        may_commit.set()
        await box.offered("101")


async def test_events_of_foreign_threads_arrive_in_their_order(tmp_path: Path) -> None:
    """D-01: one writer."""
    async with running_box(tmp_path) as box:
        events = [ev.DutyOff("sato", "test", f"reason {number}") for number in range(200)]

        def post() -> None:
            for event in events:
                box.desk.control.post(event)

        thread = threading.Thread(target=post)
        thread.start()
        await box.until(lambda view: view.agents[0].reason == "reason 199")
        thread.join()
    rows = sqlite3.connect(tmp_path / "deskbell.sqlite").execute("SELECT body FROM journal WHERE kind = 'DutyOff'")
    assert [f'"reason {number}"' in row[0] for number, row in enumerate(rows)] == [True] * 200


async def test_while_the_disk_fails_calls_go_on_and_afterwards_the_journal_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-42: the journal waits in memory."""
    append, is_full = Store.append, True

    async def full_disk(store: Store, *batch: object, **how: bool) -> int:
        if is_full:
            raise StorageError("disk: database or disk is full")
        return await append(store, *batch, **how)  # type: ignore[arg-type]

    async with running_box(tmp_path, "sato") as box:
        monkeypatch.setattr(Store, "append", full_disk)
        monkeypatch.setattr("appliance.desk.call_control.RETRY_S", 0.05)
        caller, _ = await box.talking()
        assert "The disk does not take the journal; calls go on" in box.desk.alarms.sentences()[0]
        is_full = False
        box.switch.hangs_up(caller)
        await box.is_status("sato", Status.WRAP_UP)
        assert box.desk.alarms.sentences() == ()
        assert (await box.desk.office.calls(1))[0].outcome == "answered"


async def test_a_burst_is_one_batch_in_its_order_and_what_may_wait_is_synced_in_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """§3.1: one transaction for what came together, and one fsync within 200 ms for all that promises nothing."""
    synced: asyncio.Queue[int] = asyncio.Queue()
    sync = Store.sync

    async def noted(store: Store) -> None:
        await sync(store)
        synced.put_nowait(store.seq)

    monkeypatch.setattr(Store, "sync", noted)
    async with running_box(tmp_path, "sato") as box:
        before = box.desk.control.view.seq
        for number in range(60):
            box.desk.control.post(ev.CallerArrived(f"c{number}", "front", "0312345678", "", "carrier"))
        await box.desk.control.settled()
        for number in range(1, 60):
            box.desk.control.post(ev.CallerHungUp(f"c{number}"))
            await box.desk.control.settled()
        async with asyncio.timeout(5):
            while await synced.get() < before + 60 + 59:
                pass
        assert synced.empty()
    kinds = "SELECT batch, body FROM journal WHERE kind = 'CallerArrived' ORDER BY seq"
    rows = sqlite3.connect(tmp_path / "deskbell.sqlite").execute(kinds).fetchall()
    assert len({batch for batch, _ in rows}) == 1
    assert [body.split('"')[3] for _, body in rows] == [f"c{number}" for number in range(60)]


async def test_a_disk_that_loses_what_it_was_given_is_an_alarm_until_it_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-42, for what was written and not synced yet."""
    is_broken, sync = True, Store.sync

    async def broken(store: Store) -> None:
        if is_broken:
            raise StorageError("disk: Input/output error")
        await sync(store)

    async with running_box(tmp_path, "sato") as box:
        monkeypatch.setattr(Store, "sync", broken)
        monkeypatch.setattr("appliance.desk.call_control.RETRY_S", 0.05)
        box.switch.rings()
        async with asyncio.timeout(5):
            while not box.desk.alarms.sentences():
                await asyncio.sleep(0.01)
        assert "The disk does not keep the journal" in box.desk.alarms.sentences()[0]
        is_broken = False
        async with asyncio.timeout(5):
            while box.desk.alarms.sentences():
                await asyncio.sleep(0.01)


async def test_a_slow_reader_of_changes_skips_to_the_newest_view(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        await box.desk.control.settled()
        changes = box.desk.office.changes()
        first = await anext(changes)
        for number in range(50):
            await box.desk.office.go_off_duty("sato", "page", f"reason {number}")
        second = await anext(changes)
        assert second.seq == first.seq + 50
        assert second.agents[0].reason == "reason 49"
        await changes.aclose()


async def test_a_checkpoint_is_taken_every_so_many_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.desk.call_control.CHECKPOINT_EVERY", 10)
    async with running_box(tmp_path) as box:
        for number in range(12):
            await box.desk.office.go_off_duty("sato", "page", f"reason {number}")
        rows = sqlite3.connect(tmp_path / "deskbell.sqlite").execute("SELECT seq FROM checkpoints").fetchall()
    assert len(rows) == 1


async def test_a_deadline_that_the_core_does_not_consume_does_not_spin_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_box(tmp_path, "sato") as box:
        acd = box.desk.control.acd
        monkeypatch.setattr(acd, "next_deadline", lambda: 1.0)
        caller, _ = await box.talking()
        monkeypatch.undo()
        box.switch.hangs_up(caller)
        await box.is_status("sato", Status.WRAP_UP)
    assert "did not consume its deadline" in caplog.text


async def test_the_log_tells_the_story_of_a_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with running_box(tmp_path, "sato") as box:
        caller, _ = await box.talking()
        box.switch.hangs_up(caller)
        await box.is_status("sato", Status.WRAP_UP)
    text = caplog.text
    assert "sato is on duty, by page" in text
    assert "031234**** calls queue front by carrier" in text
    assert "talks with sato after waiting" in text
    assert "is over: answered (caller_left)" in text
    assert "0312345678" not in text
