"""Board files: which GPIO belongs to which seat's button and lamp. Pins are written nowhere else.

A board file is TOML: `name`, `lamp` (common-cathode or common-anode), optional `chip` (the number of /dev/gpiochip)
and one `[[seat]]` with `number`, `button`, `red`, `green`, `blue` for each seat.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hw.errors import HardwareError

PINS: Final = range(28)
"""GPIO numbers that the 40-pin header of a Raspberry Pi carries."""

_USES: Final = ("button", "red", "green", "blue")
_BOARD_KEYS: Final = ("name", "lamp", "chip", "seat")
_LAMPS: Final = ("common-cathode", "common-anode")


class BoardError(HardwareError):
    """A board file cannot be used as it stands."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The pins of one seat, as GPIO numbers of the chip."""

    number: int
    button: int
    red: int
    green: int
    blue: int


@dataclass(frozen=True, slots=True)
class Board:
    """One board: its seats in the order of the file. `chip` is None when the library shall choose."""

    name: str
    seats: tuple[Seat, ...]
    common_anode: bool = False
    chip: int | None = None


def read_board(path: Path) -> Board:
    """The checked board in the file. Raises BoardError with the sentence of the first thing that is wrong."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise BoardError(f"{path}: the board file cannot be read ({wrong.strerror})") from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BoardError(f"{path}: not TOML: {wrong}") from wrong
    return _board(tree, path.name)


def _board(tree: Mapping[str, object], where: str) -> Board:
    _only(tree, _BOARD_KEYS, where)
    lamp = tree.get("lamp", _LAMPS[0])
    if lamp not in _LAMPS:
        raise BoardError(f"{where}: lamp is {lamp!r}; {' or '.join(_LAMPS)} would be right")
    chip = tree.get("chip")
    if chip is not None and not _is_number(chip):
        raise BoardError(f"{where}: chip is {chip!r}; a number would be right, 0 for /dev/gpiochip0")
    tables = tree.get("seat", [])
    if not isinstance(tables, list):
        raise BoardError(f"{where}: seat is {tables!r}; a [[seat]] table for each seat would be right")
    seats = tuple(_seat(table, where) for table in tables)
    _no_pin_twice(seats, where)
    return Board(str(tree.get("name", where)), seats, lamp == "common-anode", chip if isinstance(chip, int) else None)


def _seat(table: object, where: str) -> Seat:
    if not isinstance(table, dict):
        raise BoardError(f"{where}: seat is {table!r}; a [[seat]] table would be right")
    _only(table, ("number", *_USES), f"{where}: seat {table.get('number', '?')}")
    number = table.get("number")
    if not isinstance(number, int) or not _is_number(number) or number < 1:
        raise BoardError(f"{where}: a seat's number is {number!r}; 1, 2, 3 ... would be right")
    return Seat(number, *(_pin(table, use, f"{where}: {use} of seat {number}") for use in _USES))


def _pin(table: Mapping[str, object], use: str, what: str) -> int:
    pin = table.get(use)
    if pin is None:
        raise BoardError(f"{what} is missing; a GPIO from {PINS[0]} to {PINS[-1]} would be right")
    if not isinstance(pin, int) or not _is_number(pin) or pin not in PINS:
        raise BoardError(f"{what} is {pin!r}; the header has GPIO{PINS[0]} to GPIO{PINS[-1]}")
    return pin


def _no_pin_twice(seats: tuple[Seat, ...], where: str) -> None:
    taken: dict[int, str] = {}
    numbers: set[int] = set()
    for seat in seats:
        if seat.number in numbers:
            raise BoardError(f"{where}: seat {seat.number} is there twice; every seat needs a number of its own")
        numbers.add(seat.number)
        for use in _USES:
            pin, user = int(getattr(seat, use)), f"{use} of seat {seat.number}"
            if pin in taken:
                raise BoardError(f"{where}: {user} uses GPIO{pin}, already taken by {taken[pin]}")
            taken[pin] = user


def _only(table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise BoardError(f"{where}: unknown key `{key}`; known here: {', '.join(known)}")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
