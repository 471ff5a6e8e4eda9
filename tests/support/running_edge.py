"""A real Kamailio edge for tests: own folder, own free loopback ports, stopped by its own pid, its log kept.

Phones of tests use 127.0.0.1, which is exempt from bans; tests of bans use other loopback addresses.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from appliance.edge import process
from appliance.edge.rpc import EdgeRpc, ha1
from appliance.edge.settings import EdgeSettings, Trunk
from appliance.selftest.ports import free_port
from tests.support.sip_wire import Wire, register

T = TypeVar("T")

PHONES = tuple(str(number) for number in range(101, 131))
TRUNKS = (
    Trunk(id="isp", addresses=("127.0.0.3",), host="127.0.0.4:5060"),
    Trunk(id="gateway", registers=True),
)


def secret_of(user: str) -> str:
    return f"secret-of-{user}"


class RunningEdge:
    """An edge, a pretended switch beside it, and the means to talk to both."""

    def __init__(self, **changes: object) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="edge-"))
        self.folder.chmod(0o755)
        self.switch = Wire(("127.0.0.1", 0))
        settings = EdgeSettings(
            state_dir=self.folder / "state",
            sip=(f"127.0.0.1:{free_port()}",),
            switch=self.switch.place,
            lines=f"127.0.0.1:{free_port()}",
            phones=PHONES,
            trunks=TRUNKS,
            exempt=("127.0.0.1",),
            save_s=1,
        )
        self.settings = msgspec.structs.replace(settings, **changes)
        self.place = (self.settings.inside.host, self.settings.inside.port)
        self.switch.server = self.place
        self.log: list[str] = []
        self._logged = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self, with_secrets: bool = True) -> float:
        """Start it; the seconds until it answered."""
        process.prepare(self.settings)
        began = time.monotonic()
        self._process = subprocess.Popen(
            process.command(self.settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,))
        self._reader.start()
        try:
            self.ask(lambda rpc: rpc.wait_until_up(5))
            took = time.monotonic() - began
            self.wait_for_tcp()
        except BaseException:
            self.stop()
            raise
        if with_secrets:
            self.put_secrets()
        return took

    def wait_for_tcp(self) -> None:
        """The TCP process starts last; one that is told to stop while starting is only ended by `exit_timeout`."""
        host, port = self.place
        with self.wire(tcp=True) as wire:
            assert wire.ask(wire.request("OPTIONS", f"sip:{host}:{port}", user="test")).status == 200

    def put_secrets(self) -> None:
        users = (*self.settings.phones, *(trunk.id for trunk in self.settings.trunks if trunk.registers))
        known = [(user, ha1(user, self.settings.realm, secret_of(user))) for user in users]
        self.ask(lambda rpc: rpc.put_secrets(known))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process started last; SIGKILL leaves its children behind, as a crash would."""
        if self._process is None or self._reader is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(8)
        except subprocess.TimeoutExpired:  # seen once in some thousand ends of Kamailio's: as the supervisor does then
            warnings.warn(f"Kamailio did not end within 8 s of {how.name}; it was killed", stacklevel=1)
            how = signal.SIGKILL
            self._process.kill()
            self._process.wait(8)
        if how == signal.SIGKILL:
            process.sweep(self.settings)
        self._reader.join(8)
        if self._process.stderr:
            self._process.stderr.close()
        self._process = None

    def close(self) -> None:
        self.stop()
        self.switch.socket.close()
        shutil.rmtree(self.folder)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill_main_only(self) -> None:
        """Kill the parent as the kernel would for want of memory; its children keep the ports."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(5)

    def ask(self, question: Callable[[EdgeRpc], Awaitable[T]]) -> T:
        """Ask the edge something over JSON-RPC, in a loop of its own."""

        async def asked() -> T:
            rpc = EdgeRpc(self.settings.rpc_socket)
            try:
                return await question(rpc)
            finally:
                rpc.close()

        return asyncio.run(asked())

    def wire(self, host: str = "127.0.0.1", tcp: bool = False) -> Wire:
        """A new socket of a phone or a caller, talking to the edge."""
        return Wire(self.place, host, tcp=tcp)

    def phone(self, number: str, tcp: bool = False) -> Wire:
        """A registered phone."""
        wire = self.wire(tcp=tcp)
        answer = register(wire, number, secret_of(number))
        assert answer.status == 200, answer.first
        return wire

    def wait_until_saved(self, number: str, timeout: float = 4.0) -> None:
        """Return when the registration of that phone is in the database."""
        until = time.monotonic() + timeout
        asked = "SELECT count(*) FROM location WHERE username = ?"
        with contextlib.closing(sqlite3.connect(self.settings.location_db)) as database:
            while database.execute(asked, (number,)).fetchone() == (0,):
                assert time.monotonic() < until, f"{number} was not written within {timeout} s"
                time.sleep(0.02)

    def wait_until_known(self, number: str, timeout: float = 4.0) -> None:
        """Return when it has that phone again: its first worker reads the database while others answer already."""
        until = time.monotonic() + timeout
        while number not in (known := self.ask(lambda rpc: rpc.registered())):
            assert time.monotonic() < until, f"{number} was not read within {timeout} s, but {known}"
            time.sleep(0.02)

    def wait_for_log(self, words: str, timeout: float = 3.0) -> str:
        """The first line of the log that has these words in it."""
        with self._logged:
            assert self._logged.wait_for(lambda: any(words in line for line in self.log), timeout), self.log[-5:]
        return next(line for line in self.log if words in line)

    def _read(self, started: "subprocess.Popen[str]") -> None:
        assert started.stderr is not None
        for line in started.stderr:
            with self._logged:
                self.log.append(line.rstrip())
                self._logged.notify_all()
