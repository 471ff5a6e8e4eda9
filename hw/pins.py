"""Chips and pins as a board file names them, and the checks of its tables that seats and fittings share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from hw.errors import HardwareError

HEADER_LABELS: Final = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""What kernels call the chip behind the header, Raspberry Pi 5 to 1."""

HEADER_LINES: Final = 28
"""GPIO0 to GPIO27: what the 40-pin header carries, and the most that one chip of a board can have."""

Pin: TypeAlias = int | str
"""A line's offset on its chip, or its name."""

Table: TypeAlias = Mapping[str, object]
"""A table of a board file as TOML gives it."""


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


def chip_named(table: Table, chips: tuple[Chip, ...], whose: str) -> Chip:
    """The chip that a table hangs on: the one it names, else the first. Raises BoardError when there is none such."""
    asked = table.get("chip", chips[0].id if chips else "")
    found = next((one for one in chips if one.id == asked), None)
    if found is None:
        known = ", ".join(one.id for one in chips) or "none"
        raise BoardError(f"{whose} hangs on chip {asked!r}; chips of this board: {known}")
    return found


def pin_in(table: Table, use: str, chip: Chip, what: str) -> Pin:
    """The pin that a table gives for a use. Raises BoardError when it is missing or none of the chip's."""
    pin = table.get(use)
    if pin is None:
        raise BoardError(f"{what} is missing; a line of {chip.id} from 0 to {chip.lines - 1}, or its name, is needed")
    if isinstance(pin, str) and pin and not pin.isdigit():
        return pin
    if not isinstance(pin, int) or not is_number(pin) or not 0 <= pin < chip.lines:
        has = f"the header has GPIO0 to GPIO{chip.lines - 1}"
        raise BoardError(
            f"{what} is {pin!r}; {has if chip.id == 'header' else f'{chip.id} has lines 0 to {chip.lines - 1}'}"
        )
    return pin


def only(table: Table, known: tuple[str, ...], where: str) -> None:
    """Raises BoardError for a key that nobody reads."""
    for key in table:
        if key not in known:
            raise BoardError(f"{where}: unknown key `{key}`; known here: {', '.join(known)}")


def is_number(value: object) -> bool:
    """Whether this is a whole number: in Python, true and false are numbers too."""
    return isinstance(value, int) and not isinstance(value, bool)


def flag_in(table: Table, key: str, otherwise: bool, what: str) -> bool:
    """A yes or no of a table. Raises BoardError for anything else."""
    value = table.get(key, otherwise)
    if not isinstance(value, bool):
        raise BoardError(f"{what}: {key} is {value!r}; true or false would be right")
    return value
