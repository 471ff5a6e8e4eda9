"""The small supervisor of `deskbell run`: start, restart with back-off, stop in reverse, one log for all.

On the appliance systemd does this work (systemd/); the rules are the same. All parts start at once: each finds the
others when they are there, as it does after a restart, and the office opens as soon as the slowest is ready. A process
is ready when it prints a line that ends with `ready`, or when its `probe` says so. A process that dies is started again
after a back-off that grows to 5 s and is forgotten after a minute of health; nothing else is stopped for it.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from appliance.errors import DeskbellError

logger = logging.getLogger(__name__)

FIRST_BACK_OFF_S: Final = 0.1
LONGEST_BACK_OFF_S: Final = 5.0
HEALTHY_AFTER_S: Final = 60.0
GRACE_S: Final = 7.0  # Kamailio gives itself 5 s
EXIT_FINAL: Final = 3  # a process that ends so could not start for a reason that a restart does not mend

_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the box: its name, how to start it, and how to know that it works."""

    name: str
    argv: tuple[str, ...]
    ready_s: float = 15.0
    probe: Callable[[], Awaitable[bool]] | None = None
    nice: int = 0
    """Below 0: once it is ready it goes before others for the processor, where we are allowed to ask for that. While it
    starts it has no sound to keep, and others may."""


@dataclass(slots=True)
class _Running:
    """A part's life: its process now, and the sign that it became ready at least once."""

    part: Part
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    process: asyncio.subprocess.Process | None = None
    started_at: float = 0.0
    starts: int = 0
    last_words: list[str] = field(default_factory=list)


class Supervisor:
    """Runs the parts and keeps them running until `stop`."""

    def __init__(self, parts: list[Part], log: Callable[[str, str], None] | None = None) -> None:
        self._running = [_Running(part) for part in parts]
        self._log = log or _print_line
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start every part and wait until all are ready.

        Raises DeskbellError with the part's own last words when one does not come up: the first in the order given; and
        when it is stopped meanwhile.
        """
        self._tasks = [asyncio.create_task(self._keep(running), name=running.part.name) for running in self._running]
        for running, keeper in zip(self._running, self._tasks, strict=True):
            ready = asyncio.create_task(running.ready.wait())
            await asyncio.wait({keeper, ready}, timeout=running.part.ready_s, return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            if self._stopping.is_set():
                await self.stop()
                raise DeskbellError("The box was stopped while it started")
            if not running.ready.is_set():
                await self.stop()
                raise DeskbellError(_never_ready(running))

    async def run(self) -> None:
        """Wait until SIGINT or SIGTERM, then stop. A part that can never work stops everything with its reason."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        stopping = asyncio.create_task(self._stopping.wait())
        done, _ = await asyncio.wait({stopping, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await self.stop()
        for task in done - {stopping}:
            task.result()

    async def stop(self) -> None:
        """Stop the parts in reverse order, each with SIGTERM and, after the grace, SIGKILL."""
        self._stopping.set()
        for running in reversed(self._running):
            await _end(running)
        if self._tasks:  # each keeper sees its part's end and the last of its words, and returns
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def pid(self, name: str) -> int:
        """The process id of a part now, 0 while it is down."""
        for running in self._running:
            if running.part.name == name and running.process is not None and running.process.returncode is None:
                return running.process.pid
        return 0

    def pids(self) -> dict[str, int]:
        """The process id of every part."""
        return {running.part.name: self.pid(running.part.name) for running in self._running}

    async def _keep(self, running: _Running) -> None:
        back_off = FIRST_BACK_OFF_S
        while not self._stopping.is_set():
            code = await self._one_life(running)
            if self._stopping.is_set():
                return
            if code == EXIT_FINAL and running.starts == 1:
                return  # `start` reports its last words
            lived = time.monotonic() - running.started_at
            back_off = FIRST_BACK_OFF_S if lived > HEALTHY_AFTER_S else min(back_off * 2, LONGEST_BACK_OFF_S)
            logger.error("%s ended (%s) after %.1f s; starting it again", running.part.name, _how(code), lived)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), back_off)

    async def _one_life(self, running: _Running) -> int:
        running.started_at = time.monotonic()
        running.starts += 1
        running.process = await asyncio.create_subprocess_exec(
            *running.part.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_together,
            limit=1024 * 1024,
        )
        if self._stopping.is_set():
            running.process.terminate()  # `stop` came while it was being made
        probing = asyncio.create_task(self._probe(running)) if running.part.probe else None
        pumping = asyncio.create_task(self._pump(running))
        await _end_of(running.process.pid)
        if probing:
            probing.cancel()
        _clear_away(running.process.pid)  # children that outlive it hold its ports, and the pipe that we read
        await pumping
        return await running.process.wait()

    async def _pump(self, running: _Running) -> None:
        assert running.process is not None
        assert running.process.stdout is not None
        while line := await running.process.stdout.readline():
            text = line.decode("utf-8", "replace").rstrip()
            running.last_words = [*running.last_words[-4:], text]
            self._log(running.part.name, text)
            if text.endswith("ready"):
                if running.part.nice:
                    come_first(running.process.pid, running.part.nice)
                running.ready.set()

    async def _probe(self, running: _Running) -> None:
        assert running.part.probe is not None
        while not await running.part.probe():  # noqa: ASYNC110 - the silent process has no event to wait for
            await asyncio.sleep(0.02)
        running.ready.set()


async def _end(running: _Running) -> None:
    process = running.process
    if process is None or process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), GRACE_S)
    except TimeoutError:
        logger.warning("%s did not stop within %.0f s and is killed", running.part.name, GRACE_S)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _end_of(pid: int) -> None:
    """Wait for the end of the process itself; asyncio's own wait also waits for whoever inherited its pipes."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        asyncio.get_running_loop().remove_reader(handle)
        os.close(handle)


def _clear_away(group: int) -> None:
    """Kill what a part left behind in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _never_ready(running: _Running) -> str:
    said = "\n  ".join(running.last_words) or "nothing"
    return f"{running.part.name} did not start; it said:\n  {said}"


def _how(code: int) -> str:
    return f"exit status {code}" if code >= 0 else signal.Signals(-code).name


def come_first(pid: int, nice: int) -> None:
    """Give every thread of a process its place in the queue for the processor; later ones inherit it."""
    with contextlib.suppress(PermissionError, FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), nice)


def die_together() -> None:
    """In a child before it starts: die with the supervisor."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _print_line(name: str, text: str) -> None:
    now = time.time()
    clock = time.strftime("%H:%M:%S", time.localtime(now))
    sys.stdout.write(f"{clock}.{int(now % 1 * 1000):03d} {name:>7} | {text}\n")
    sys.stdout.flush()


def python(module: str, settings: Path) -> tuple[str, ...]:
    """The command that starts one of our processes with its settings file."""
    return (sys.executable, "-m", module, str(settings))
