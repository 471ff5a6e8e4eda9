"""The process: its start, its end, its death, its limits."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import wave

import msgspec
import pytest

from appliance import wire
from tests.support.fake_desk import FakeDesk, dial
from tests.support.running_switch import RunningSwitch, switch_settings
from tests.switch.conftest import call_in, to


async def recorded_conversation(desk, switch, phone, name):
    """A caller and an agent in conversation, recorded; returns the caller's phone and `RecordingStarted`."""
    caller, agent = await phone(user="03", tone=450), await phone(user="101", tone=1000)
    await call_in(caller, switch)
    leg = (await desk.hears(wire.Incoming)).leg
    desk.ask(wire.Hold(leg), dial("a", to(agent)))
    await desk.hears(wire.Answered)
    desk.ask(wire.Bridge(leg, "a"), wire.Record(name, "a", leg))
    return caller, await desk.hears(wire.RecordingStarted)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The switch as a command."""
    return subprocess.run(
        [sys.executable, "-m", "appliance.switch", *arguments], capture_output=True, text=True, timeout=20, check=False
    )


async def test_the_real_capacity_is_found_by_trying():
    assert int((await asyncio.to_thread(run, "--capacity")).stdout) == 128


async def test_a_port_in_use_is_named_and_the_status_is_3(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        file = tmp_path / "switch.json"
        file.write_bytes(msgspec.json.encode(switch_settings(tmp_path, sip=f"127.0.0.1:{port}")))
        done = await asyncio.to_thread(run, str(file))
    assert done.returncode == 3
    assert f"UDP port {port}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{}", "missing required field"), ('{"sipp": 1}', "unknown field"), ("{", "not right")],
)
async def test_wrong_settings_are_named(tmp_path, text, sentence):
    file = tmp_path / "switch.json"
    file.write_text(text)
    done = await asyncio.to_thread(run, str(file))
    assert done.returncode == 3
    assert sentence in done.stderr


async def test_a_second_switch_on_the_same_socket_is_refused(switch, tmp_path):
    file = tmp_path / "second.json"
    file.write_bytes(msgspec.json.encode(switch_settings(tmp_path, socket=str(switch.socket))))
    done = await asyncio.to_thread(run, str(file))
    assert done.returncode == 3
    assert "another switch already listens" in done.stderr


async def test_an_ordered_end_says_goodbye_and_closes_recordings_within_two_seconds(switch, phone):
    async with FakeDesk(switch.socket) as desk:
        caller, started = await recorded_conversation(desk, switch, phone, "last")
        begun = time.monotonic()
        assert await switch.stop() == 0
        assert time.monotonic() - begun < 2.0
        closed = await desk.hears(wire.RecordingClosed)
        assert closed.cause == "switch stopped"
    await caller.wait("state", state="disconnected")
    with wave.open(started.path) as file:
        assert file.getnframes() > 2000
    assert not switch.socket.exists()


async def test_a_running_recording_has_a_valid_header_and_a_killed_switch_leaves_it_readable(switch, phone):
    async with FakeDesk(switch.socket) as desk:
        _caller, started = await recorded_conversation(desk, switch, phone, "day/cut")
        left = switch.recordings / "day" / "cut.part" / "left.wav"
        await asyncio.sleep(2.0 - (time.monotonic() - started.at))
        with wave.open(str(left)) as file:
            checkpointed = file.getnframes() / 8000
        assert 1.0 <= checkpointed <= 2.6
        await switch.kill()
        with wave.open(str(left)) as file:
            assert file.getnframes() / 8000 >= checkpointed
    await switch.start()
    async with FakeDesk(switch.socket) as desk:
        missed = [one for one in desk.first.missed if isinstance(one, wire.RecordingClosed)]
        closed = missed[0] if missed else await desk.hears(wire.RecordingClosed)
        assert (closed.recording, closed.cause) == ("day/cut", "switch died")
        assert closed.seconds >= 1.5
    with wave.open(closed.path) as file:
        assert file.getnchannels() == 2
        assert file.getnframes() / 8000 == pytest.approx(closed.seconds)


async def test_a_disk_at_its_reserve_ends_the_recording_and_not_the_conversation(tmp_path, phone):
    settings = switch_settings(tmp_path, disk_reserve_bytes=1 << 60)
    async with RunningSwitch(tmp_path, settings) as switch, FakeDesk(switch.socket) as desk:
        caller = await phone(user="03")
        await call_in(caller, switch)
        leg = (await desk.hears(wire.Incoming)).leg
        desk.ask(wire.Hold(leg), wire.Record("none", leg, leg))
        assert (await desk.hears(wire.RecordingClosed)).cause == "disk full"
        assert [one.leg for one in (await desk.snapshot()).legs] == [leg]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 600 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a file system of its own needs root and the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_disk_that_fills_while_recording_costs_no_conversation(tmp_path, small_disk, phone):
    settings = switch_settings(tmp_path, recordings=str(small_disk), disk_reserve_bytes=300_000)
    async with RunningSwitch(tmp_path, settings) as switch, FakeDesk(switch.socket) as desk:
        await recorded_conversation(desk, switch, phone, "big")
        (small_disk / "other").write_bytes(bytes(300_000))
        closed = await desk.hears(wire.RecordingClosed)
        assert closed.cause == "disk full"
        assert closed.seconds > 0.4
        with wave.open(closed.path) as file:
            assert file.getnframes() / 8000 == pytest.approx(closed.seconds)
        assert len((await desk.snapshot()).legs) == 2
