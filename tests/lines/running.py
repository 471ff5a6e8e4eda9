"""The lines process and a virtual card, both real processes, for the tests of this folder."""

import signal
import subprocess
import sys
import threading
import wave
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np

from appliance.lines.settings import Line, LinesSettings
from appliance.selftest.ports import free_port
from hw.sim.client import SimClient
from tests.lines.fake_switch import tone


class Process:
    """A Python module as a child process, its output kept line by line."""

    def __init__(self, *words: str, child: "subprocess.Popen[str] | None" = None) -> None:
        self.child = child or subprocess.Popen(
            [sys.executable, "-m", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            with self._came:
                self.lines.append(line.rstrip())
                self._came.notify_all()
        with self._came:
            self.lines.append("(ended)")
            self._came.notify_all()

    def wait_line(self, word: str, timeout: float = 15.0, count: int = 1) -> str:
        """The `count`-th line that holds `word`."""
        with self._came:
            found = self._came.wait_for(lambda: len([one for one in self.lines if word in one]) >= count, timeout)
        text = "\n".join(self.lines)
        assert found, f"no line with {word!r} in {timeout} s; it said:\n{text}"
        return [one for one in self.lines if word in one][count - 1]

    def stop(self, how: signal.Signals = signal.SIGTERM, timeout: float = 5.0) -> int:
        """End it and return its status."""
        if self.child.poll() is None:
            self.child.send_signal(how)
        try:
            status = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise
        self._reader.join(2.0)
        assert self.child.stdout is not None
        self.child.stdout.close()
        return status


class Starter(Protocol):
    """Starts a lines process in a way of its own."""

    def start(self, settings: Path) -> Process:
        """Start it."""


class Rig:
    """One virtual card (or more) and the means to start the lines process on them."""

    music_tone = 700
    simulator = "hw.sim"

    def __init__(self, folder: Path, cards: int = 1, country: str = "JP", *options: str) -> None:
        self.folder, self.country = folder, country
        self.paths = [folder / f"card{number}" for number in range(cards)]
        links = [word for path in self.paths for word in ("--link", str(path))]
        control = folder / "sim.sock"
        self.sim = Process(self.simulator, "--socket", str(control), *links, "--country", country, *options)
        self.sim.wait_line("ready")
        self.client = SimClient(control)
        self.card = self.client.card(0)
        self.processes: list[Process] = []
        self.socket = folder / "lines.sock"
        self.sip_port = free_port()

    def lines(
        self, switch: str, *more: Line, keep_caller: float = 60.0, wait: bool = True, ready: bool = True,
        manager: "Starter | None" = None,
    ) -> Process:  # fmt: skip
        """Start the lines process; waits until line1 is in service unless told not to."""
        own = tuple(Line(f"line{n + 1}", str(path), self.country) for n, path in enumerate(self.paths))
        settings = LinesSettings(
            sip=f"127.0.0.1:{self.sip_port}",
            switch=switch,
            socket=str(self.socket),
            lines=(*own, *more),
            hold_music=str(self._music()),
            keep_caller=keep_caller,
        )
        path = self.folder / "lines.json"
        path.write_bytes(msgspec.json.encode(settings))
        process = manager.start(path) if manager is not None else Process("appliance.lines", str(path))
        self.processes.append(process)
        if ready:
            process.wait_line("ready")
        if wait:
            process.wait_line("line1 is in service")
            process.wait_line("the switch answers")
        return process

    def _music(self) -> Path:
        """Hold music that can be told from everything else."""
        path = self.folder / "music.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(tone(self.music_tone, 2.0))
        return path

    def close(self) -> None:
        for process in self.processes:
            process.stop(signal.SIGKILL)
        self.client.close()
        self.sim.stop()


def level_of(hertz: float, pcm: bytes | np.ndarray, piece: int = 800) -> float:
    """Level in dBFS of one frequency, over the whole length, without phase: the median of 100 ms pieces."""
    samples = np.frombuffer(pcm, np.int16) if isinstance(pcm, bytes) else pcm
    turning = np.exp(-2j * np.pi * hertz * np.arange(piece) / 8000)
    pieces = samples[: len(samples) // piece * piece].reshape(-1, piece).astype(float)
    return float(20 * np.log10(np.median(np.abs(pieces @ turning)) * 2 / piece / 32767 + 1e-9))


def silent_frames(pcm: bytes | np.ndarray, quiet_db: float = -45.0) -> int:
    """How many 20 ms frames are silent."""
    samples = np.frombuffer(pcm, np.int16) if isinstance(pcm, bytes) else pcm
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(float)
    level = 10 * np.log10(np.mean(frames**2, axis=1) / (32768.0**2 / 2) + 1e-12)
    return int(np.sum(level < quiet_db))
