"""The desk's beat: what a service manager hears while the loop turns, and that nothing depends on one."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.desk import heartbeat

PATIENCE = {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "15000000"}


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


@pytest.mark.parametrize(
    ("environ", "every_s"),
    [
        (PATIENCE, 5.0),
        (PATIENCE | {"WATCHDOG_PID": "7"}, 5.0),
        (PATIENCE | {"WATCHDOG_PID": "8"}, None),
        (PATIENCE | {"WATCHDOG_USEC": "0"}, None),
        (PATIENCE | {"WATCHDOG_USEC": "often"}, None),
        ({"WATCHDOG_USEC": "15000000"}, None),
        ({}, None),
    ],
)
def test_a_beat_comes_three_times_in_the_patience_of_who_waits_for_it(
    environ: dict[str, str], every_s: float | None
) -> None:
    assert heartbeat.every_s(environ, 7) == every_s


async def test_the_desk_says_that_it_is_ready_and_then_beats_while_its_loop_turns(
    manager: socket.socket, tmp_path: Path
) -> None:
    environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000", "WATCHDOG_PID": str(os.getpid())}
    beating = asyncio.create_task(heartbeat.run(environ))
    loop, heard = asyncio.get_running_loop(), []
    async with asyncio.timeout(5):
        while len(heard) < 4:
            heard.append(await loop.sock_recv(manager, 100))
    assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    beating.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beating


async def test_without_a_service_manager_nothing_is_said_and_nothing_runs() -> None:
    await asyncio.wait_for(heartbeat.run({}), 1)


async def test_a_service_manager_that_is_gone_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    await asyncio.wait_for(heartbeat.run({"NOTIFY_SOCKET": "/nowhere/at/all"}), 1)
    assert "cannot be told READY=1: No such file or directory" in caplog.text
