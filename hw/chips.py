"""The GPIO chips this machine has, and which of them a board means: chips by label or device, lines by name or offset.

`find_chips` asks the kernel; everything else is a pure function of what it found, so it is tested without a chip.
"""

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import gpiod

from hw.board import Board
from hw.errors import HardwareError
from hw.pins import Chip, Pin

_SYSFS = Path("/sys/bus/gpio/devices")


class ChipError(HardwareError):
    """A chip or a line of the board is not on this machine."""


@dataclass(frozen=True, slots=True)
class FoundChip:
    """A chip as the kernel shows it; `names` has one entry for each line, "" for a line without a name."""

    number: int
    label: str
    device: str
    names: tuple[str, ...]


def find_chips() -> tuple[FoundChip, ...]:
    """Every chip under /dev/gpiochip*; none where there is no chip, or no permission."""
    numbers = sorted(int(path.name[8:]) for path in Path("/dev").glob("gpiochip*") if path.name[8:].isdigit())
    found = []
    for number in numbers:
        with contextlib.suppress(OSError):  # a chip we may not open is a chip we have not
            node = Path(f"/dev/gpiochip{number}").stat()
            found.append(_look_at(number, node.st_ino, node.st_ctime_ns))
    return tuple(found)


@functools.lru_cache(maxsize=64)
def _look_at(number: int, node: int, since_ns: int) -> FoundChip:
    """A chip is asked for each of its lines, but once: one that comes in its place has another node, and later."""
    with gpiod.Chip(f"/dev/gpiochip{number}") as chip:
        about = chip.get_info()
        names = tuple(chip.get_line_info(line).name or "" for line in range(about.num_lines))
    return FoundChip(number, about.label, (_SYSFS / f"gpiochip{number}").resolve().parent.name, names)


def attach(board: Board, chip: Chip, found: tuple[FoundChip, ...]) -> tuple[FoundChip, Board]:
    """The chip that the board means, and what of the board hangs on it with every pin as an offset.

    Raises ChipError when the chip is not there, when two could be meant, or when it has not the lines.
    """
    fitting = [one for one in found if _fits(chip, one)]
    named = {pin for _, pin in board.pins_on(chip) if isinstance(pin, str)}
    if len(fitting) > 1 and named:
        fitting = [one for one in fitting if named <= set(one.names)]
    if len(fitting) > 1:
        numbers = ", ".join(f"gpiochip{one.number} ({one.device})" for one in fitting)
        raise ChipError(f"chip {chip.id} could be {numbers}; `device` in the board's file says which")
    if not fitting:
        there = ", ".join(f"gpiochip{one.number} is {one.label} ({one.device})" for one in found)
        raise ChipError(f"no chip {_wanted(chip)} is here for {chip.id}; {there or 'this machine has no GPIO chip'}")
    return fitting[0], _part(board, chip, fitting[0])


def _fits(chip: Chip, found: FoundChip) -> bool:
    if chip.number is not None:
        return found.number == chip.number
    return found.label in chip.labels and chip.device in ("", found.device)


def _wanted(chip: Chip) -> str:
    if chip.number is not None:
        return f"/dev/gpiochip{chip.number}"
    return " or ".join(chip.labels) + (f" at {chip.device}" if chip.device else "")


def _part(board: Board, chip: Chip, found: FoundChip) -> Board:
    """The part of the board that hangs on one chip, with offsets."""
    offsets = _offsets(board, chip, found)
    seats = []
    for seat in board.seats_on(chip):
        button, red, green, blue = (next(offsets) for _ in seat.pins())
        seats.append(replace(seat, button=button, red=red, green=green, blue=blue))
    fittings = tuple(
        replace(one, pins=tuple((use, next(offsets)) for use, _ in one.pins)) for one in board.fittings_on(chip)
    )
    return replace(board, chips=(chip,), seats=tuple(seats), fittings=fittings)


def _offsets(board: Board, chip: Chip, found: FoundChip) -> Iterator[int]:
    """The offset of each pin that the board uses of a chip, in the order of `Board.pins_on`."""
    taken: dict[int, str] = {}
    for user, pin in board.pins_on(chip):
        offset = _offset(chip, found, user, pin)
        if offset in taken:  # by name here, by offset there
            raise ChipError(f"{user} uses {chip.calls(pin)}, which is line {offset}, already that of {taken[offset]}")
        taken[offset] = user
        yield offset


def _offset(chip: Chip, found: FoundChip, user: str, pin: Pin) -> int:
    if isinstance(pin, str):
        if pin not in found.names:
            raise ChipError(f"{user} is {chip.calls(pin)}; gpiochip{found.number} has no line of that name")
        return found.names.index(pin)
    if pin >= len(found.names):
        raise ChipError(f"{user} is {chip.calls(pin)}; gpiochip{found.number} has {len(found.names)} lines only")
    return pin


def missing(board: Board, found: tuple[FoundChip, ...]) -> tuple[str, ...]:
    """A sentence for each chip of a board that these are not."""
    sentences = []
    for chip in board.chips:
        try:
            attach(board, chip, found)
        except ChipError as wrong:
            sentences.append(str(wrong))
    return tuple(sentences)
