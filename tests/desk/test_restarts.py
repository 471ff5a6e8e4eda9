"""Whatever dies, callers stand where they stood: desk killed, seam cut, switch dead, database broken."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from appliance import wire
from appliance.acd.engine import fold
from appliance.acd.model import ContactState, State
from appliance.acd.view import Status
from appliance.desk.desk import running_desk
from appliance.desk.recovery import recover
from appliance.errors import StorageError
from appliance.wire import LegState, Origin
from tests.support.desk_office import Box, running_box, settings
from tests.support.fake_switch import FakeLeg, FakeSwitch

DESK = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from appliance.desk.desk import run_desk
from tests.support.desk_office import settings
asyncio.run(run_desk(settings(Path(sys.argv[1]))))
"""


@asynccontextmanager
async def desk_process(tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A desk in a process of its own, killed at the end without a word."""
    root = str(Path(__file__).parents[2])
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DESK, str(tmp_path), root)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def desk_again(box: Box) -> AsyncIterator[Box]:
    """A new desk on the same state and switch."""
    async with running_desk(box.plan) as desk:
        await asyncio.wait_for(desk.link.is_ready.wait(), 5)
        await desk.control.settled()
        yield Box(box.plan, box.switch, desk)


def fold_of(path: Path) -> State:
    """The state that the journal on disk makes, from nothing."""

    async def read() -> State:
        recovered = await recover(path)
        reading = await recovered.store.batches()
        await recovered.store.close()
        assert reading.damage == ()
        return fold((batch.events, batch.at) for batch in reading.batches).state

    return asyncio.run(read())


async def test_a_desk_killed_in_mid_talk_finds_order_and_waiting_times_exact(tmp_path: Path) -> None:
    """R-30: killed while people talk and wait."""
    async with running_box(tmp_path, "sato"):
        pass  # sato is on duty, on disk
    plan = settings(tmp_path)
    async with FakeSwitch(plan.switch_socket) as switch:
        async with desk_process(tmp_path):
            await switch.is_connected()
            first = switch.rings("0311110001")
            offer = (await switch.is_asked(wire.Dial)).leg
            switch.answers(offer)
            await switch.is_asked(wire.Record)
            arrived = []
            for number in ("0311110002", "0311110003"):
                leg = switch.rings(number)
                arrived.append(time.monotonic())
                await switch.is_asked(wire.Hold, leg=leg)
        await switch.is_left()
        killed, asked = time.monotonic(), len(switch.asked)
        box = Box(plan, switch, None)  # type: ignore[arg-type]
        async with desk_again(box) as box:
            assert time.monotonic() - killed < 2.0
            assert [(one.position, one.number) for one in box.view.waiting] == [(1, "0311110002"), (2, "0311110003")]
            for one, at in zip(box.view.waiting, arrived, strict=True):
                assert one.since == pytest.approx(at, abs=0.05)
            (call,) = box.view.calls
            assert (call.number, call.agent, call.talking) == ("0311110001", "sato", True)
            assert box.agent("sato").status is Status.ON_CALL
            await switch.is_asked(wire.Hold, leg=leg, count=2)
            said = [type(command).__name__ for _, command in switch.asked[asked:]]
            assert said == ["AskSnapshot", "Hold", "Hold"]  # the talk is left alone, the music is told again
            switch.hangs_up(first)
            await box.is_status("sato", Status.WRAP_UP)
            await box.desk.office.end_wrap_up("sato", "page")
            switch.answers(await box.offered("101", count=2))
            await box.until(lambda view: any(one.number == "0311110002" and one.talking for one in view.calls))


async def test_what_happened_while_the_desk_was_away_is_told_by_the_snapshot(tmp_path: Path) -> None:
    plan = settings(tmp_path)
    async with FakeSwitch(plan.switch_socket) as switch:
        async with running_desk(plan) as desk:
            await desk.link.is_ready.wait()
            box = Box(plan, switch, desk)
            await box.on_duty("sato", "suzuki")
            talking, _ = await box.talking()
            ringing = switch.rings("0311110002")
            offer = await box.offered("102")
        await switch.is_left()
        switch.hangs_up(talking)  # sato's conversation ends
        switch.answers(offer)  # suzuki picks up, nobody bridges
        new = switch.rings("0311110004")
        async with desk_again(box) as box:
            await switch.is_asked(wire.Bridge, a=ringing, b=offer)
            await box.until(lambda view: any(one.number == "0311110002" and one.talking for one in view.calls))
            assert box.agent("sato").status is Status.WRAP_UP
            assert [one.number for one in box.view.waiting] == ["0311110004"]
            await switch.is_asked(wire.Hold, leg=new)


async def test_a_phone_answered_while_the_seam_was_cut_is_not_blamed_for_the_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.desk.switch_link.RETRY_S", 1.4)
    async with running_box(tmp_path, "sato", ring_s=0.1) as box:
        box.switch.rings()
        offer = await box.offered("101")
        await box.switch.seam_breaks()
        await box.switch.is_left()
        box.switch.answers(offer)  # T-ring runs out before the desk is back, and so does R-05's second of grace
        await box.until(lambda view: any(one.talking for one in view.calls))
        assert box.agent("sato").status is Status.ON_CALL


async def test_when_only_the_seam_breaks_nothing_is_lost(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        waiting = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        await box.switch.seam_breaks()
        await box.switch.is_left()
        await box.switch.is_connected()
        await box.switch.is_asked(wire.Hold, leg=waiting, count=2)
        assert [one.talking for one in box.view.calls] == [True]
        assert [one.contact for one in box.view.waiting] == [box.view.waiting[0].contact]
        assert box.agent("sato").status is Status.ON_CALL


async def test_when_the_switch_dies_the_line_caller_is_back_at_the_old_place(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        line = {"origin": Origin.LINE, "origin_id": "line-1", "call_key": "k-77"}
        box.switch.rings("0311110001", **line)  # type: ignore[arg-type]
        sip = box.switch.rings("0311110002")
        view = await box.until(lambda view: len(view.waiting) == 2)
        contact, since = view.waiting[0].contact, view.waiting[0].since
        await box.switch.die()
        await box.switch.is_connected()
        await box.until(lambda view: [one.contact for one in view.waiting] == [contact])
        assert box.desk.control.acd.state.contacts[contact].state is ContactState.AWAY
        later = box.switch.rings("0311110009")
        await box.switch.is_asked(wire.Hold, leg=later)
        back = box.switch.rings("0311110001", **line)  # type: ignore[arg-type]
        await box.switch.is_asked(wire.Hold, leg=back)
        view = await box.until(lambda view: len(view.waiting) == 2)
        assert (view.waiting[0].contact, view.waiting[0].since) == (contact, since)
        lost = {call.number: call.outcome for call in await box.desk.office.calls(10)}
        assert lost["0311110002"] == "lost"
        assert sip not in box.switch.legs


async def test_a_line_caller_who_is_back_before_the_desk_noticed_keeps_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.desk.switch_link.RETRY_S", 0.3)
    async with running_box(tmp_path) as box:
        line = {"origin": Origin.LINE, "origin_id": "line-1", "call_key": "k-77"}
        box.switch.rings("0311110001", **line)  # type: ignore[arg-type]
        (before,) = (await box.until(lambda view: len(view.waiting) == 1)).waiting
        await box.switch.die()
        back = box.switch.rings("0311110001", **line)  # type: ignore[arg-type]
        await box.switch.is_asked(wire.Hold, leg=back)
        assert box.view.waiting == (before,)
        assert box.desk.control.acd.state.contacts[before.contact].state is ContactState.WAITING


async def test_orders_that_were_lost_with_the_seam_are_given_again(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", no_agent_s=0.1) as box:
        await box.talking()
        record = await box.switch.is_asked(wire.Record)
        box.switch.recordings.clear()  # as if it had never arrived
        await box.desk.office.go_off_duty("sato", "page")
        dismissed = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Play, leg=dismissed)
        await box.switch.seam_breaks()
        await box.switch.is_asked(wire.Record, recording=record.recording, count=2)
        await box.switch.is_asked(wire.Play, leg=dismissed, count=2)


async def test_legs_that_belong_to_nothing_any_more_are_hung_up_and_talks_of_others_left_alone(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        legs = [
            FakeLeg("o9.other", Origin.DIALLED, "", state=LegState.RINGING),
            FakeLeg("in-1", Origin.TRUNK, "carrier", called="200", state=LegState.UP, contact="cforgotten"),
            FakeLeg("in-2", Origin.TRUNK, "carrier", called="200", state=LegState.UP, hears="peer", peer="f-1"),
            FakeLeg("f-1", Origin.DIALLED, "", state=LegState.UP, hears="peer", peer="in-2"),
        ]
        box.switch.legs.update({leg.leg: leg for leg in legs})
        await box.switch.seam_breaks()
        await box.switch.is_asked(wire.Hangup, leg="o9.other")
        await box.switch.is_asked(wire.Hangup, leg="in-1")
        await box.desk.control.settled()
        assert set(box.switch.legs) == {"in-2", "f-1"}


async def test_recordings_of_a_dead_switch_are_closed_with_a_cause(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        recording = (await box.switch.is_asked(wire.Record)).recording
        await box.switch.die()
        await box.is_status("sato", Status.AVAILABLE)
    async with running_box(tmp_path) as box:
        assert (await box.desk.office.recording(recording)).cause == "the switch died"


async def test_a_switch_that_stays_away_is_an_alarm_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.desk.switch_link.DEAD_S", 0.2)
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        await box.switch.die(back=False)
        await box.is_status("sato", Status.AVAILABLE)
        assert "The switch does not run" in " ".join(box.desk.alarms.sentences())
        await box.switch.come_back()
        await box.switch.is_connected()
        await asyncio.wait_for(box.desk.link.is_ready.wait(), 5)
        assert "The switch does not run" not in " ".join(box.desk.alarms.sentences())


async def test_a_damaged_database_is_set_aside_and_calls_that_live_go_on(tmp_path: Path) -> None:
    plan = settings(tmp_path)
    async with FakeSwitch(plan.switch_socket) as switch:
        async with running_desk(plan) as desk:
            await desk.link.is_ready.wait()
            box = Box(plan, switch, desk)
            await box.on_duty("sato")
            caller, offer = await box.talking()
            waiting = switch.rings("0311110002")
            await switch.is_asked(wire.Hold, leg=waiting)
        await switch.is_left()
        for ending in ("-wal", "-shm"):
            (tmp_path / f"deskbell.sqlite{ending}").unlink(missing_ok=True)
        (tmp_path / "deskbell.sqlite").write_bytes(b"\xff" * 40_000)
        async with desk_again(box) as box:
            assert "The database was damaged and is kept as deskbell.sqlite.broken-" in box.desk.alarms.sentences()[0]
            assert {caller, offer, waiting} == set(switch.legs)
            assert [one.number for one in box.view.waiting] == ["0311110002"]
            assert box.agent("sato").status is Status.OFF_ON_CALL
            switch.hangs_up(caller)
            await box.is_status("sato", Status.OFF)


async def test_a_newer_database_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "deskbell.sqlite") as other:
        other.execute("PRAGMA user_version=99")
    with pytest.raises(StorageError, match="newer Deskbell"):
        async with running_desk(settings(tmp_path)):
            pass


def test_the_state_is_the_fold_of_the_journal_byte_for_byte(tmp_path: Path) -> None:
    """I-22: byte for byte."""
    states: list[State] = []

    async def a_busy_minute() -> None:
        async with running_box(tmp_path, "sato", "suzuki", wrap_up_s=0.05, ring_s=0.2) as box:
            first, _ = await box.talking()
            box.switch.rings("0311110002")
            box.switch.rejects(await box.offered("102"))
            gives_up = box.switch.rings("0311110003")
            await box.switch.is_asked(wire.Hold, leg=gives_up)
            box.switch.hangs_up(gives_up)
            box.switch.hangs_up(first)
            await box.offered("101", count=2)
            await box.is_status("sato", Status.OFF_PROMPT)
            states.append(box.desk.control.acd.state)

    asyncio.run(a_busy_minute())
    assert msgspec.json.encode(fold_of(tmp_path / "deskbell.sqlite")) == msgspec.json.encode(states[0])


async def test_a_checkpoint_and_the_journal_behind_it_make_the_same_state(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        await box.desk.control.checkpoint()
        await box.desk.office.go_off_duty("sato", "page")
        live = msgspec.json.encode(box.desk.control.acd.state)
        from_checkpoint = await recover(tmp_path / "deskbell.sqlite")
        assert msgspec.json.encode(from_checkpoint.acd.state) == live
        with sqlite3.connect(tmp_path / "deskbell.sqlite") as other:
            other.execute("UPDATE checkpoints SET state = x'c0'")
        from_all = await recover(tmp_path / "deskbell.sqlite")
        assert msgspec.json.encode(from_all.acd.state) == live
        await from_checkpoint.store.close()
        await from_all.store.close()
