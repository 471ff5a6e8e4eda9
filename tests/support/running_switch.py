"""A real switch process for tests: its settings, its start, its end by its own id."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec

from appliance.selftest.ports import free_port
from appliance.switch.settings import SwitchSettings

PROMPTS = Path(__file__).parents[2] / "appliance" / "prompts"


def switch_settings(folder: Path, **changes: Any) -> SwitchSettings:
    """Settings on free ports below `folder`; calls go out to the address in the URI's host, for lack of an edge."""
    rtp = free_port(run=200)
    plain = SwitchSettings(
        sip=f"127.0.0.1:{free_port()}",
        edge="",
        socket=str(folder / "switch.sock"),
        recordings=str(folder / "recordings"),
        hold_music=str(PROMPTS / "hold-music.wav"),
        prompts=str(PROMPTS),
        rtp_ports=(rtp, rtp + 199),
        disk_reserve_bytes=1_000_000,
        log_level="DEBUG",
    )
    return msgspec.structs.replace(plain, **changes)


class RunningSwitch:
    """The process; `kill` it as a crash does, or leave the context for an ordered end."""

    def __init__(self, folder: Path, settings: SwitchSettings) -> None:
        self.folder, self.settings = folder, settings
        self.log = folder / "switch.log"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "RunningSwitch":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            assert await self.stop() == 0, self.log.read_text()

    async def start(self) -> None:
        """Run it until it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "switch.json"
        file.write_bytes(msgspec.json.encode(self.settings))
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "appliance.switch", str(file), stdout=asyncio.subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 10)
        assert line.strip() == b"ready", self.log.read_text()

    async def stop(self) -> int:
        """SIGTERM; its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), 5)

    async def kill(self) -> None:
        """As a crash does."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._process is not None
        await self._process.wait()

    async def logged(self, words: str, timeout_s: float = 10.0) -> None:
        """Wait until it has logged that; AssertionError with the last of its log when it does not."""
        try:
            async with asyncio.timeout(timeout_s):
                while words not in self.log.read_text():  # noqa: ASYNC110 - a file gives no notice
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"no {words!r} within {timeout_s} s:\n{self.log.read_text()[-2000:]}") from None

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    @property
    def sip(self) -> str:
        """Where it takes calls."""
        return self.settings.sip

    @property
    def socket(self) -> Path:
        """Where it takes a desk."""
        return Path(self.settings.socket)

    @property
    def recordings(self) -> Path:
        """Where recordings go."""
        return Path(self.settings.recordings)
