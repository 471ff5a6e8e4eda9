"""GPIO chips without a kernel under them: each call of theirs is a cheap real system call that moves nothing.

For measuring what the panel costs where there is no GPIO: gpiozero, our pins and gpiod's own Python are real down to
its C module, of which two classes are replaced here. `gpiod.Chip` must be `DumbChip` before a panel is opened.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import gpiod
from gpiod.line import Value

from hw.board import Board
from hw.chips import FoundChip

LINES = 16
NOWHERE = os.open("/dev/null", os.O_RDWR)


@dataclass(slots=True)
class _Lines:
    """A request: its lines are pulled up, and what they are set to goes nowhere."""

    chip_name: str
    offsets: list[int]
    fd: int = field(default_factory=lambda: os.eventfd(0))

    def set_values(self, levels: Mapping[int, Value]) -> None:
        os.write(NOWHERE, b"." * len(levels))

    def get_values(self, lines: Sequence[int], levels: list[Value]) -> None:
        os.read(NOWHERE, 1)
        levels[:] = [Value.ACTIVE] * len(lines)

    def reconfigure_lines(self, config: object) -> None:
        os.write(NOWHERE, b".")

    def release(self) -> None:
        os.close(self.fd)


@dataclass(slots=True)
class _Chip:
    path: str
    wanted: list[int] = field(default_factory=list)

    def get_info(self) -> SimpleNamespace:
        return SimpleNamespace(name=self.path, num_lines=LINES)

    def get_line_name(self, line: int) -> str:
        return ""

    def request_lines(self, config: object, consumer: str, buffer_size: object) -> _Lines:
        return _Lines(self.path, self.wanted)

    def close(self) -> None:
        """Nothing was opened."""


class DumbChip(gpiod.Chip):
    """A chip of `LINES` lines, whatever its path."""

    def __init__(self, path: str) -> None:
        self._chip, self._info = _Chip(path), None

    def request_lines(self, config: Any, consumer: str | None = None, **more: Any) -> gpiod.LineRequest:
        self._chip.wanted = [line for lines in config for line in lines]  # a C configuration tells nobody
        return super().request_lines(config, consumer, **more)


def chips_of(board: Board) -> tuple[FoundChip, ...]:
    """What `find_chips` would find where every chip of a board is there."""
    found = enumerate(board.chips)
    return tuple(FoundChip(number, one.labels[0], one.device, ("",) * LINES) for number, one in found)
