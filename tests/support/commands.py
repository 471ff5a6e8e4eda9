"""A `deskbell` command as a person starts it: its output line by line, its exit status, and the processes it leaves.

async with Command("run", "--config", str(office), "--state", str(state)) as box:
    await box.says("the office is open")
    assert await box.ends(signal.SIGTERM) == 0
assert box.left_behind() == {}
"""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from appliance.selftest.ports import free_port
from appliance.selftest.processes import family
from appliance.selftest.whole_box import secret_of

SLACK_S = 15.0


class Command:
    """One running command. `output` has stdout and stderr as they came."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.output: list[str] = []
        self._news = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._family: dict[int, str] = {}

    async def __aenter__(self) -> "Command":
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "appliance", *self.words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what still runs of it, by its own ids."""
        if self.process.returncode is None:
            self.note_family()
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), SLACK_S)
            except TimeoutError:
                self.process.kill()
        for pid in self.left_behind():
            os.kill(pid, signal.SIGKILL)

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The command's own process."""
        assert self._process is not None
        return self._process

    @property
    def text(self) -> str:
        """Everything it said so far."""
        return "\n".join(self.output)

    async def says(self, pattern: str, timeout_s: float = 20.0) -> re.Match[str]:
        """Wait for a line that matches; the match."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for line in self.output:
                        if found := re.search(pattern, line):
                            return found
                    if self._reader is not None and self._reader.done():
                        break
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        raise AssertionError(f"`deskbell {' '.join(self.words)}` never said {pattern!r}; it said:\n{self.text}")

    async def ends(self, by: signal.Signals | None = None, timeout_s: float = 25.0) -> int:
        """Wait for its end, after sending it a signal if one is given; the exit status."""
        if by is not None:
            self.note_family()
            if by is signal.SIGINT:
                os.killpg(self.process.pid, by)  # as a terminal does: everybody in it hears Ctrl-C
            else:
                self.process.send_signal(by)
        try:
            async with asyncio.timeout(timeout_s):
                assert self._reader is not None
                await self._reader
                return await self.process.wait()
        except TimeoutError:
            raise AssertionError(f"it did not end within {timeout_s} s; it said:\n{self.text}") from None

    def note_family(self) -> dict[int, str]:
        """Remember every process it has now; pid → its name and start, so that a reused pid is not mistaken."""
        if self.process.returncode is None:
            self._family |= {pid: life for pid in family(self.process.pid) if (life := _life(pid))}
        return dict(self._family)

    def left_behind(self) -> dict[int, str]:
        """Processes it had when last noted that still run, but for the command itself."""
        own = self.process.pid
        return {pid: life for pid, life in self._family.items() if pid != own and _life(pid) == life}

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.output.append(line.decode("utf-8", "replace").rstrip())
            self.note_family()
            self._news.set()
        self._news.set()


def office_toml(folder: Path, *more: str, lines: Sequence[Path] = (), **network: str) -> Path:
    """A small office's file on free ports, `more` appended; `network` replaces addresses."""
    rtp = free_port(run=64)
    ports = {name: f"127.0.0.1:{free_port()}" for name in ("sip", "switch", "lines", "page")} | network
    addresses = "\n".join(f'{name} = "{address}"' for name, address in ports.items())
    tables = [
        f'[network]\n{addresses}\nrtp_address = "127.0.0.1"\nrtp_first = {rtp}\nrtp_last = {rtp + 63}',
        '[panel]\nmode = "virtual"',
        f'[[phones]]\nnumber = "301"\nsecret = "{secret_of("301")}"',
        '[[agents]]\nid = "a1"\nphone = "301"\nseat = 1',
        '[[queues]]\nid = "front"\nnumber = "200"\nagents = ["a1"]',
    ]
    tables += [f'[[lines]]\nid = "line-{n}"\ndevice = "{path}"\nqueue = "front"' for n, path in enumerate(lines, 1)]
    file = folder / "office.toml"
    file.write_text("\n".join([*tables, *more, ""]), encoding="utf-8")
    return file


def sockets_in(state: Path) -> list[Path]:
    """The Unix sockets that lie in a state directory."""
    return [path for path in state.rglob("*") if path.is_socket()]


def _life(pid: int) -> str:
    """What tells this life of a pid from another: program and start time; empty for a process that is gone."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return ""
    fields = rest.split()
    return "" if fields[0] in "ZX" else f"{name.partition('(')[2]} {fields[19]}"
