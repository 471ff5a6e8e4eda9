"""A line's worker on a real pseudo-terminal, in this process and in real time; the trunk is a list."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from appliance.lines.facts import LegEnded
from appliance.lines.line import Line
from appliance.lines.music import Music
from appliance.lines.settings import Line as LinePort
from appliance.lines.states import State
from appliance.lines.talk import Pipes
from appliance.lines.worker import Worker
from tests.lines.bench import ListedTrunk


class ServedLine:
    """`Worker` and `Line` for one device."""

    def __init__(
        self, name: str, device: Path | str, tmp_path: Path, traces: Path | None = None, learnt: Path | None = None
    ) -> None:
        self.trunk = ListedTrunk()
        self.told: list[tuple[float, State, str]] = []
        self._changed = threading.Condition()
        port = LinePort(name, str(device), "JP", echo_cancelling=False)
        self.line = Line(port, self.trunk, Pipes(), Music(tmp_path / "none.wav"), self._notify)
        self.worker = Worker(self.line, traces=traces, learnt=learnt)
        self.worker.start()

    def ended_by_switch(self) -> None:
        """The switch sends BYE."""
        self.worker.post(LegEnded(self.trunk.invitations[-1].attempt, 200, "bye"))

    def __enter__(self) -> "ServedLine":
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.stop()
        self.worker.join(3.0)

    def _notify(self, state: State, alarm: str, _number: str) -> None:
        with self._changed:
            self.told.append((time.monotonic(), state, alarm))
            self._changed.notify_all()

    @property
    def state(self) -> State:
        return self.told[-1][1] if self.told else State.DOWN

    @property
    def alarm(self) -> str:
        return self.told[-1][2] if self.told else ""

    def wait(self, wanted: State, timeout: float = 10.0) -> float:
        """Wait for a state; when it was told."""
        self.wait_until(lambda: self.state is wanted, timeout, wanted.value)
        return self.told[-1][0]

    def wait_invited(self, count: int = 1, timeout: float = 8.0) -> None:
        """The trunk has no condition of its own: the worker posts to it within its own wait."""
        until = time.monotonic() + timeout
        while len(self.trunk.invitations) < count:
            assert time.monotonic() < until, f"no INVITE number {count}: {self.told[-5:]}"
            time.sleep(0.01)

    def wait_sound(self, seconds: float, timeout: float) -> None:
        """So much more is heard from the line; samples have no condition of their own."""
        talk, until = self.line.talk, time.monotonic() + timeout
        assert talk is not None
        enough = talk.measured.samples + 8000 * seconds
        while talk.measured.samples < enough:
            assert time.monotonic() < until, f"not {seconds} s of sound in {timeout} s"
            time.sleep(0.05)

    def wait_counted(self, count: int = 1, timeout: float = 5.0) -> None:
        """The figures have no condition of their own: a call is counted just after its last state is told."""
        until = time.monotonic() + timeout
        while sum(calls for _, calls in self.worker.figures.told().hang_ups) < count:
            assert time.monotonic() < until, f"no end number {count} was counted: {self.told[-5:]}"
            time.sleep(0.01)

    def wait_until(self, is_so: Callable[[], bool], timeout: float, what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, timeout), f"no {what} within {timeout} s: {self.told[-6:]}"
