"""Board files: which line of which GPIO chip belongs to which seat's button and lamp. Pins are written nowhere else.

A board file is TOML: `name`, `lamp` (common-cathode or common-anode), one `[[chip]]` for each GPIO chip and one
`[[seat]]` for each seat, with `number`, `chip`, `button`, `red`, `green`, `blue`; what else there can be is told in
`hw/fittings.py`. A seat hangs on one chip, so that a chip that is missing costs whole seats and never half of one. A
line is its offset on the chip, or its name in the kernel (`gpio-line-names`).

A `[[chip]]` has an `id` for this file, and says what to look for on the machine: `labels` (any of them), `device` (the
kernel's name of the device behind the chip, when several have one label), `lines` (how many there are) and `pwm`
(false: lamps are on or off). Without any, or with `chip = 0` (the number of /dev/gpiochip), it is the 40-pin header.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hw.fittings import Fitting, Kind, fittings_in
from hw.pins import (
    HEADER_LABELS,
    HEADER_LINES,
    BoardError,
    Chip,
    Pin,
    Table,
    chip_named,
    flag_in,
    is_number,
    only,
    pin_in,
)

USES: Final = ("button", "red", "green", "blue")
_BOARD_KEYS: Final = ("name", "lamp", "chip", "seat", *(kind.value for kind in Kind))
_CHIP_KEYS: Final = ("id", "labels", "device", "lines", "pwm")
_LAMPS: Final = ("common-cathode", "common-anode")


@dataclass(frozen=True, slots=True)
class Seat:
    """The pins of one seat on its chip."""

    number: int
    button: Pin
    red: Pin
    green: Pin
    blue: Pin
    chip: str = "header"

    def pins(self) -> tuple[tuple[str, Pin], ...]:
        """Each pin with what it is used for, in words: ("button of seat 1", 4), ..."""
        values = (self.button, self.red, self.green, self.blue)
        return tuple((f"{use} of seat {self.number}", pin) for use, pin in zip(USES, values, strict=True))


@dataclass(frozen=True, slots=True)
class Board:
    """One board: its seats in the order of the file."""

    name: str
    seats: tuple[Seat, ...]
    common_anode: bool = False
    chips: tuple[Chip, ...] = (Chip(),)
    fittings: tuple[Fitting, ...] = ()

    def chip_of(self, one: Seat | Fitting) -> Chip:
        """The chip that a seat or a fitting hangs on."""
        return next(chip for chip in self.chips if chip.id == one.chip)

    def seats_on(self, chip: Chip) -> tuple[Seat, ...]:
        """The seats that hang on a chip."""
        return tuple(seat for seat in self.seats if seat.chip == chip.id)

    def fittings_on(self, chip: Chip) -> tuple[Fitting, ...]:
        """The fittings that hang on a chip."""
        return tuple(fitting for fitting in self.fittings if fitting.chip == chip.id)

    def pins_on(self, chip: Chip) -> Iterator[tuple[str, Pin]]:
        """Each pin of a chip that the board uses, with what for: ("button of seat 1", 4), ..."""
        for seat in self.seats_on(chip):
            yield from seat.pins()
        for fitting in self.fittings_on(chip):
            yield from ((f"{use} of {fitting.words}", pin) for use, pin in fitting.pins)


def read_board(path: Path) -> Board:
    """The checked board in the file. Raises BoardError with the sentence of the first thing that is wrong."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise BoardError(f"{path}: the board file cannot be read ({wrong.strerror})") from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BoardError(f"{path}: not TOML: {wrong}") from wrong
    return _board(tree, path.name)


def _board(tree: Table, where: str) -> Board:
    only(tree, _BOARD_KEYS, where)
    lamp = tree.get("lamp", _LAMPS[0])
    if lamp not in _LAMPS:
        raise BoardError(f"{where}: lamp is {lamp!r}; {' or '.join(_LAMPS)} would be right")
    chips = _chips(tree.get("chip"), where)
    tables = tree.get("seat", [])
    if not isinstance(tables, list):
        raise BoardError(f"{where}: seat is {tables!r}; a [[seat]] table for each seat would be right")
    seats = tuple(_seat(one, chips, where) for one in tables)
    fittings = fittings_in(tree, chips, frozenset(seat.number for seat in seats), where)
    board = Board(str(tree.get("name", where)), seats, lamp == _LAMPS[1], chips, fittings)
    _every_seat_once(board, where)
    _lines_enough(board, where)
    _no_pin_twice(board, where)
    return board


def _chips(value: object, where: str) -> tuple[Chip, ...]:
    if value is None:
        return (Chip(),)
    if isinstance(value, int) and is_number(value):
        return (Chip(number=value),)
    if not isinstance(value, list):
        raise BoardError(f"{where}: chip is {value!r}; [[chip]] tables, or 0 for /dev/gpiochip0, would be right")
    chips = tuple(_chip(table, where) for table in value)
    for name, times in Counter(chip.id for chip in chips).items():
        if times > 1:
            raise BoardError(f"{where}: chip {name} is there {times} times; every chip needs an id of its own")
    return chips


def _chip(table: object, where: str) -> Chip:
    if not isinstance(table, dict) or not isinstance(table.get("id"), str):
        raise BoardError(f"{where}: chip is {table!r}; a [[chip]] table with an id would be right")
    what = f"{where}: chip {table['id']}"
    only(table, _CHIP_KEYS, what)
    labels, lines = table.get("labels", HEADER_LABELS), table.get("lines", HEADER_LINES)
    if not isinstance(labels, list | tuple) or not labels or not all(isinstance(one, str) for one in labels):
        raise BoardError(f'{what}: labels is {labels!r}; a list such as ["mcp23017"] would be right')
    if not isinstance(lines, int) or not is_number(lines) or not 1 <= lines <= HEADER_LINES:
        raise BoardError(f"{what}: lines is {lines!r}; 1 to {HEADER_LINES} would be right")
    return Chip(table["id"], tuple(labels), str(table.get("device", "")), lines, flag_in(table, "pwm", True, what))


def _seat(table: object, chips: tuple[Chip, ...], where: str) -> Seat:
    if not isinstance(table, dict):
        raise BoardError(f"{where}: seat is {table!r}; a [[seat]] table would be right")
    only(table, ("number", "chip", *USES), f"{where}: seat {table.get('number', '?')}")
    number = table.get("number")
    if not isinstance(number, int) or not is_number(number) or number < 1:
        raise BoardError(f"{where}: a seat's number is {number!r}; 1, 2, 3 ... would be right")
    chip = chip_named(table, chips, f"{where}: seat {number}")
    button, red, green, blue = (pin_in(table, use, chip, f"{where}: {use} of seat {number}") for use in USES)
    return Seat(number, button, red, green, blue, chip.id)


def _every_seat_once(board: Board, where: str) -> None:
    for number, times in Counter(seat.number for seat in board.seats).items():
        if times > 1:
            raise BoardError(f"{where}: seat {number} is there twice; every seat needs a number of its own")


def _lines_enough(board: Board, where: str) -> None:
    for chip in board.chips:
        needed, seats, fittings = len(list(board.pins_on(chip))), board.seats_on(chip), board.fittings_on(chip)
        if needed <= chip.lines:
            continue
        names = ", ".join((*([f"{len(seats)} seats"] if seats else []), *(one.words for one in fittings)))
        fit = "" if fittings else f"; {chip.lines // len(USES)} seats would fit"
        raise BoardError(f"{where}: chip {chip.id} has {chip.lines} lines, its {names} need {needed}{fit}")


def _no_pin_twice(board: Board, where: str) -> None:
    for chip in board.chips:
        taken: dict[Pin, str] = {}
        for user, pin in board.pins_on(chip):
            if pin in taken:
                raise BoardError(f"{where}: {user} uses {chip.calls(pin)}, already taken by {taken[pin]}")
            taken[pin] = user
