"""Lamps that dim: a program of its own switches their lines a hundred times a second, so that no busy desk is seen.

Rules: a line that dims is the program's alone, from `take` until `let_go`. A thread of the desk would not
do: it waits for the interpreter whenever the desk has something to do, and a lamp that is to be lit for 2 ms would be
for 7 (docs/decisions/0016). When the desk ends, however it ends, the program ends too and leaves its lamps dark.

    dimming.py /dev/gpiochipN   standard input: lines `OFFSET +` (take it), `OFFSET SHARE` (0 to 1), `OFFSET -` (let go)
                                standard output: a byte for each line that was taken, and for each let go of

All times are seconds; `Pulses` reads no clock.
"""

import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Final

import gpiod
from gpiod.line import Direction, Value

CONSUMER: Final = "deskbell"
"""What `gpioinfo` shows of a line that is ours."""

FREQUENCY_HZ: Final = 100
LEVELS: Final = {False: Value.INACTIVE, True: Value.ACTIVE}
PATIENCE_S: Final = 5.0
"""How long the program is waited for: it starts in a tenth of a second."""

_DONE: Final = b"."
_OUT: Final = gpiod.LineSettings(direction=Direction.OUTPUT)
_IN: Final = gpiod.LineSettings(direction=Direction.INPUT)


@dataclass(slots=True)
class Pulses:
    """Which of some lines is high when, each for its share of every period."""

    period: float = 1 / FREQUENCY_HZ
    _shares: dict[int, float] = field(default_factory=dict)
    _began: float = 0.0
    _ends: list[tuple[float, int]] = field(default_factory=list)

    def set(self, line: int, share: float) -> dict[int, bool]:
        """Give a line its share; the levels that change now. One that dims changes with the next period."""
        self._shares[line] = share
        self._ends = [(at, other) for at, other in self._ends if other != line]
        return {line: share > 0.5} if share in (0.0, 1.0) else {}

    def drop(self, line: int) -> None:
        """A line is no more."""
        self.set(line, 0.0)
        self._shares.pop(line)

    def turn(self, now: float) -> tuple[dict[int, bool], float | None]:
        """The levels that change now, and when the next ones do; None while no line dims."""
        levels: dict[int, bool] = {}
        dimmed = {line: share for line, share in self._shares.items() if 0.0 < share < 1.0}
        if not dimmed:
            return levels, None
        if now >= self._began + self.period:
            is_late = now >= self._began + 2 * self.period
            self._began = now if is_late else self._began + self.period
            levels.update(dict.fromkeys(dimmed, True))
            self._ends = sorted((self._began + share * self.period, line) for line, share in dimmed.items())
        while self._ends and self._ends[0][0] <= now:
            levels[self._ends.pop(0)[1]] = False
        return levels, self._ends[0][0] if self._ends else self._began + self.period


class Dimmer:
    """The program, seen from the desk. What goes wrong with it is an OSError of the next call."""

    def __init__(self, device: str) -> None:
        """Start it for a chip's lines."""
        program = [sys.executable, "-I", __file__, device]
        self._program = subprocess.Popen(program, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._orders, self._answers = self._program.stdin, self._program.stdout
        os.set_blocking(self._orders.fileno(), False)  # a program that does not listen must not stop the desk

    def take(self, line: int) -> None:
        """Take a line, low; it is nobody's now. Returns once it is taken."""
        self._say(b"%d +\n" % line)
        self._wait()

    def shine(self, line: int, share: float) -> None:
        """Switch a line on for its share of the time."""
        self._say(b"%d %.4f\n" % (line, share))

    def let_go(self, line: int) -> None:
        """Leave a line dark and free. Returns once it is."""
        self._say(b"%d -\n" % line)
        self._wait()

    def close(self) -> None:
        """Let go of every line and end; when this returns they are free. A second time does nothing."""
        self._orders.close()
        try:
            self._program.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()
        self._answers.close()

    def _say(self, order: bytes) -> None:
        if self._orders.write(order) is None:
            raise TimeoutError("the program that dims lamps does not listen")

    def _wait(self) -> None:
        if not select.select([self._answers], [], [], PATIENCE_S)[0] or self._answers.read(1) != _DONE:
            raise TimeoutError("the program that dims lamps does not answer")


@dataclass(slots=True)
class _Lamps:
    """The program: its lines, and what becomes of the orders."""

    chip: gpiod.Chip
    pulses: Pulses = field(default_factory=Pulses)
    _lines: dict[int, gpiod.LineRequest] = field(default_factory=dict)

    def obey(self, order: str) -> None:
        """Carry out one line of standard input."""
        words = order.split()
        line = int(words[0])
        match words[1]:
            case "+":
                self._lines[line] = self.chip.request_lines({line: _OUT}, consumer=CONSUMER)
                os.write(1, _DONE)
            case "-":
                self.pulses.drop(line)
                self._free(self._lines.pop(line), line)
                os.write(1, _DONE)
            case share:
                self.switch(self.pulses.set(line, float(share)))

    def switch(self, levels: dict[int, bool]) -> None:
        """Set these levels."""
        for line, level in levels.items():
            self._lines[line].set_value(line, LEVELS[level])

    def close(self) -> None:
        """Leave every line dark and free."""
        for line, request in self._lines.items():
            self._free(request, line)

    def _free(self, request: gpiod.LineRequest, line: int) -> None:
        request.reconfigure_lines({line: _IN})  # dark, whichever level lights it
        request.release()


def main(device: str) -> None:
    """Obey standard input until it ends. What the kernel refuses ends it with that error."""
    for end in (signal.SIGINT, signal.SIGTERM):  # the desk says when: it closes our standard input
        signal.signal(end, signal.SIG_IGN)
    lamps, rest = _Lamps(gpiod.Chip(device)), b""
    while True:
        levels, due = lamps.pulses.turn(time.monotonic())
        lamps.switch(levels)
        wait = None if due is None else max(0.0, due - time.monotonic())
        if select.select([0], [], [], wait)[0]:
            said = os.read(0, 4096)
            if not said:
                break
            *orders, rest = (rest + said).split(b"\n")
            for order in orders:
                lamps.obey(order.decode())
    lamps.close()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except OSError as gone:
        sys.exit(f"dimming {sys.argv[1]}: {gone}")
