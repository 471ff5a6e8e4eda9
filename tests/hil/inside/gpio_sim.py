"""The kernel's own GPIO simulator: chips are made and unmade through configfs, fingers and eyes are sysfs files.

What a program sees is a real /dev/gpiochipN with real edge events. A button closes to ground (`press` pulls the line
down), a lamp is whatever level the line is driven to.
"""

import contextlib
import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

CONFIG: Final = Path("/sys/kernel/config/gpio-sim")
DEVICES: Final = Path("/sys/devices/platform")

Levels: TypeAlias = tuple[int, ...]
_names = itertools.count()


class SimChip:
    """One chip of the kernel: it is there from the start and until `vanish`; `appear` brings it back."""

    def __init__(self, label: str, lines: Sequence[str] | int) -> None:
        """`lines` are the names of the lines, or how many nameless ones."""
        names = [""] * lines if isinstance(lines, int) else list(lines)
        self._folder = CONFIG / f"chip{next(_names)}"
        self._bank = self._folder / "bank0"
        self._bank.mkdir(parents=True)
        (self._bank / "num_lines").write_text(str(len(names)))
        (self._bank / "label").write_text(label)
        self._named = [self._bank / f"line{offset}" for offset, name in enumerate(names) if name]
        for folder, name in zip(self._named, filter(None, names), strict=True):
            folder.mkdir()
            (folder / "name").write_text(name)
        self.lines = len(names)
        self.device = self.gpiochip = ""
        self._levels: dict[int, int] = {}
        self._pulls: dict[int, int] = {}
        self.appear()

    def appear(self) -> None:
        """Plug the chip in; every line is pulled up, as a button that nobody touches."""
        (self._folder / "live").write_text("1")
        self.device = (self._folder / "dev_name").read_text().strip()
        self.gpiochip = (self._bank / "chip_name").read_text().strip()
        folder = DEVICES / self.device / self.gpiochip
        for line in range(self.lines):
            self._levels[line] = os.open(folder / f"sim_gpio{line}" / "value", os.O_RDONLY)
            self._pulls[line] = os.open(folder / f"sim_gpio{line}" / "pull", os.O_WRONLY)
            self.release(line)

    def vanish(self) -> None:
        """Pull the chip out, whoever holds its lines."""
        self._let_go()
        (self._folder / "live").write_text("0")

    def close(self) -> None:
        """Take the chip out of the kernel for good."""
        self._let_go()
        with contextlib.suppress(OSError):
            (self._folder / "live").write_text("0")
        for folder in (*self._named, self._bank, self._folder):
            folder.rmdir()

    def _let_go(self) -> None:
        for descriptor in (*self._levels.values(), *self._pulls.values()):
            os.close(descriptor)
        self._levels.clear()
        self._pulls.clear()

    @property
    def number(self) -> int:
        """N of /dev/gpiochipN."""
        return int(self.gpiochip.removeprefix("gpiochip"))

    def press(self, line: int) -> None:
        """The contact closes: the line is pulled to ground."""
        os.pwrite(self._pulls[line], b"pull-down", 0)

    def release(self, line: int) -> None:
        """The contact opens."""
        os.pwrite(self._pulls[line], b"pull-up", 0)

    def level(self, line: int) -> int:
        """The line's level, 0 or 1, as the kernel has it this moment."""
        return int(os.pread(self._levels[line], 2, 0)[:1])

    def levels(self, lines: Sequence[int]) -> Levels:
        """Several lines' levels."""
        return tuple(self.level(line) for line in lines)


class Film:
    """What some lines did: looked at every `every` seconds, each change kept with its monotonic time."""

    def __init__(self, chip: SimChip, lines: Sequence[int], every: float = 0.001) -> None:
        self._chip, self._lines, self._every = chip, tuple(lines), every
        self.changes: list[tuple[float, Levels]] = [(time.monotonic(), chip.levels(self._lines))]
        self.latest = 0.0
        """The longest time nobody looked: how far the times can be trusted."""

    def watch(self, seconds: float, until: Callable[[Levels], bool] | None = None, steady: float = 0.0) -> float | None:
        """Look for so long, or until the levels are as wished and stay so for `steady` seconds: dimmed lamps flicker.

        Returns when that began; None if it never came.
        """
        began = looked = time.monotonic()
        since: float | None = None
        while looked - began < seconds:
            seen = self._chip.levels(self._lines)
            now = time.monotonic()
            self.latest, looked = max(self.latest, now - looked), now
            if seen != self.changes[-1][1]:
                self.changes.append((now, seen))
            if until is not None:
                since = (since or now) if until(seen) else None
                if since is not None and now - since >= steady:
                    return since
            time.sleep(self._every)
        return None

    def lasted(self) -> list[tuple[Levels, float]]:
        """Each state that began and ended within the film, with its duration."""
        pairs = itertools.pairwise(self.changes[1:])
        return [(state, ends - began) for (began, state), (ends, _) in pairs]


@contextlib.contextmanager
def chips(*wanted: tuple[str, Sequence[str] | int]) -> Iterator[list[SimChip]]:
    """Chips for the length of a block."""
    made: list[SimChip] = []
    try:
        for label, lines in wanted:
            made.append(SimChip(label, lines))
        yield made
    finally:
        for chip in reversed(made):
            with contextlib.suppress(OSError):
                chip.close()
