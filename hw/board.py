"""Board files: which line of which GPIO chip belongs to which seat's button and lamp. Pins are written nowhere else.

A board file is TOML: `name`, `lamp` (common-cathode or common-anode), one `[[chip]]` for each GPIO chip and one
`[[seat]]` for each seat, with `number`, `chip`, `button`, `red`, `green`, `blue`. A seat hangs on one chip, so that a
chip that is missing costs whole seats and never half of one. A line is its offset on the chip, or its name in the
kernel (`gpio-line-names`).

A `[[chip]]` has an `id` for this file, and says what to look for on the machine: `labels` (any of them), `device` (the
kernel's name of the device behind the chip, when several have one label), `lines` (how many there are) and `pwm`
(false: lamps are on or off). Without any, or with `chip = 0` (the number of /dev/gpiochip), it is the 40-pin header.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from hw.errors import HardwareError

HEADER_LABELS: Final = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""What kernels call the chip behind the header, Raspberry Pi 5 to 1."""

HEADER_LINES: Final = 28
"""GPIO0 to GPIO27: what the 40-pin header carries, and the most that one chip of a board can have."""

USES: Final = ("button", "red", "green", "blue")
_BOARD_KEYS: Final = ("name", "lamp", "chip", "seat")
_CHIP_KEYS: Final = ("id", "labels", "device", "lines", "pwm")
_LAMPS: Final = ("common-cathode", "common-anode")

Pin: TypeAlias = int | str
"""A line's offset on its chip, or its name."""


class BoardError(HardwareError):
    """A board file cannot be used as it stands."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One GPIO chip of a board, and how to know it. `number` is set when the file names /dev/gpiochipN outright."""

    id: str = "header"
    labels: tuple[str, ...] = HEADER_LABELS
    device: str = ""
    lines: int = HEADER_LINES
    pwm: bool = True
    number: int | None = None

    def calls(self, pin: Pin) -> str:
        """A pin of this chip in words: `GPIO17` of the header, `line 3 of east`, `line seat1-red of east`."""
        return f"GPIO{pin}" if self.id == "header" and isinstance(pin, int) else f"line {pin} of {self.id}"


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

    def chip_of(self, seat: Seat) -> Chip:
        """The chip that a seat hangs on."""
        return next(chip for chip in self.chips if chip.id == seat.chip)

    def seats_on(self, chip: Chip) -> tuple[Seat, ...]:
        """The seats that hang on a chip."""
        return tuple(seat for seat in self.seats if seat.chip == chip.id)


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
    chips = _chips(tree.get("chip"), where)
    tables = tree.get("seat", [])
    if not isinstance(tables, list):
        raise BoardError(f"{where}: seat is {tables!r}; a [[seat]] table for each seat would be right")
    board = Board(
        str(tree.get("name", where)), tuple(_seat(one, chips, where) for one in tables), lamp == _LAMPS[1], chips
    )
    _every_seat_once(board, where)
    _no_pin_twice(board, where)
    return board


def _chips(value: object, where: str) -> tuple[Chip, ...]:
    if value is None:
        return (Chip(),)
    if isinstance(value, int) and _is_number(value):
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
    _only(table, _CHIP_KEYS, what)
    labels, lines, pwm = table.get("labels", HEADER_LABELS), table.get("lines", HEADER_LINES), table.get("pwm", True)
    if not isinstance(labels, list | tuple) or not labels or not all(isinstance(one, str) for one in labels):
        raise BoardError(f'{what}: labels is {labels!r}; a list such as ["mcp23017"] would be right')
    if not isinstance(lines, int) or not _is_number(lines) or not 1 <= lines <= HEADER_LINES:
        raise BoardError(f"{what}: lines is {lines!r}; 1 to {HEADER_LINES} would be right")
    if not isinstance(pwm, bool):
        raise BoardError(f"{what}: pwm is {pwm!r}; true or false would be right")
    return Chip(table["id"], tuple(labels), str(table.get("device", "")), lines, pwm)


def _seat(table: object, chips: tuple[Chip, ...], where: str) -> Seat:
    if not isinstance(table, dict):
        raise BoardError(f"{where}: seat is {table!r}; a [[seat]] table would be right")
    _only(table, ("number", "chip", *USES), f"{where}: seat {table.get('number', '?')}")
    number = table.get("number")
    if not isinstance(number, int) or not _is_number(number) or number < 1:
        raise BoardError(f"{where}: a seat's number is {number!r}; 1, 2, 3 ... would be right")
    asked = table.get("chip", chips[0].id if chips else "")
    chip = next((one for one in chips if one.id == asked), None)
    if chip is None:
        known = ", ".join(one.id for one in chips) or "none"
        raise BoardError(f"{where}: seat {number} hangs on chip {asked!r}; chips of this board: {known}")
    button, red, green, blue = (_pin(table, use, chip, f"{where}: {use} of seat {number}") for use in USES)
    return Seat(number, button, red, green, blue, chip.id)


def _pin(table: Mapping[str, object], use: str, chip: Chip, what: str) -> Pin:
    pin = table.get(use)
    if pin is None:
        raise BoardError(f"{what} is missing; a line of {chip.id} from 0 to {chip.lines - 1}, or its name, is needed")
    if isinstance(pin, str) and pin and not pin.isdigit():
        return pin
    if not isinstance(pin, int) or not _is_number(pin) or not 0 <= pin < chip.lines:
        has = f"the header has GPIO0 to GPIO{chip.lines - 1}"
        raise BoardError(
            f"{what} is {pin!r}; {has if chip.id == 'header' else f'{chip.id} has lines 0 to {chip.lines - 1}'}"
        )
    return pin


def _every_seat_once(board: Board, where: str) -> None:
    for number, times in Counter(seat.number for seat in board.seats).items():
        if times > 1:
            raise BoardError(f"{where}: seat {number} is there twice; every seat needs a number of its own")
    for chip in board.chips:
        seats = len(board.seats_on(chip))
        if seats * len(USES) > chip.lines:
            raise BoardError(
                f"{where}: chip {chip.id} has {chip.lines} lines, its {seats} seats need {seats * len(USES)}; "
                f"{chip.lines // len(USES)} seats would fit"
            )


def _no_pin_twice(board: Board, where: str) -> None:
    taken: dict[tuple[str, Pin], str] = {}
    for seat in board.seats:
        for user, pin in seat.pins():
            if (seat.chip, pin) in taken:
                name = board.chip_of(seat).calls(pin)
                raise BoardError(f"{where}: {user} uses {name}, already taken by {taken[seat.chip, pin]}")
            taken[seat.chip, pin] = user


def _only(table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise BoardError(f"{where}: unknown key `{key}`; known here: {', '.join(known)}")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
