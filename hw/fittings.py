"""What a board may have besides seats: stack light, key switches, sensors, relay, contacts, buzzers, as data.

A fitting is one table of the board's file, `[[stack_light]]` to `[[lifeline]]`; `RULES` says what each has: a `chip`
and a pin for each use, as seats have. `opens = true`: the contact opens when it is meant, so that a cut wire is
noticed, too. `inverted = true`: outputs are driven low to be on, as many relay boards want it.

An input closes to ground, as a button does. An output drives a transistor or a relay board, never a load by itself.
"""

import enum
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hw.pins import BoardError, Chip, Pin, Table, chip_named, flag_in, is_number, only, pin_in


class Kind(enum.Enum):
    """The kinds of fittings; the value is the name of the table in a board's file."""

    STACK_LIGHT = "stack_light"  # the office's beacon (U-02)
    CLOSING_KEY = "closing_key"  # the office closes in an orderly way (U-10)
    RECORD_KEY = "record_key"  # while held, nothing is recorded (U-05)
    SEAT_SENSOR = "seat_sensor"  # closed while somebody sits there (U-04)
    PIEZO = "piezo"  # a buzzer that sounds by itself (S-M3)
    CONTACT = "contact"  # fire, earthquake, door (U-11)
    LIFELINE = "lifeline"  # the relay between an analogue line, the box and a plain phone (U-06)


class Per(enum.Enum):
    """What there is one fitting of a kind for, and so what names it."""

    BOARD = "board"
    SEAT = "seat"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of fitting has: its name in words, its pins by use. `optional` pins may be left out.

    A `pulsed` output says "on" by going on and off again and again, so that whatever stops, it falls off.
    """

    words: str
    per: Per
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    pulsed: tuple[str, ...] = ()

    @property
    def uses(self) -> tuple[str, ...]:
        """Every use of a pin."""
        return self.inputs + self.outputs


RULES: Final[Mapping[Kind, Rule]] = {
    Kind.STACK_LIGHT: Rule("stack light", Per.BOARD, (), ("red", "amber", "green", "blue"), ("blue",)),
    Kind.CLOSING_KEY: Rule("closing key", Per.BOARD, ("key", "force"), ("lamp",), ("force", "lamp")),
    Kind.RECORD_KEY: Rule("record key", Per.SEAT, ("key",), ("tally",), ("tally",)),
    Kind.SEAT_SENSOR: Rule("sensor", Per.SEAT, ("input",)),
    Kind.PIEZO: Rule("piezo", Per.SEAT, (), ("sound",)),
    Kind.CONTACT: Rule("contact", Per.NAME, ("input",)),
    Kind.LIFELINE: Rule("lifeline", Per.NAME, ("in_use",), ("relay", "lamp"), ("lamp",), ("relay",)),
}

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Spot:
    """One contact or one output of one fitting: what a driver listens to or drives. `name` as in `Fitting`."""

    kind: Kind
    name: str
    use: str

    def __str__(self) -> str:
        """In words: `key of the record key of seat 3`."""
        return f"{self.use} of {_called(self.kind, self.name)}"


@dataclass(frozen=True, slots=True)
class Fitting:
    """One fitting. `name` is "" for the board's only one, the seat's number, or the name it was given."""

    kind: Kind
    name: str
    pins: tuple[tuple[str, Pin], ...]
    chip: str = "header"
    opens: bool = False
    inverted: bool = False

    @property
    def words(self) -> str:
        """In words: `closing key`, `sensor of seat 3`, `contact fire`."""
        return _called(self.kind, self.name)

    @property
    def inputs(self) -> tuple[Spot, ...]:
        """The contacts it has."""
        return self._spots(RULES[self.kind].inputs)

    @property
    def outputs(self) -> tuple[Spot, ...]:
        """The outputs it has."""
        return self._spots(RULES[self.kind].outputs)

    def _spots(self, uses: tuple[str, ...]) -> tuple[Spot, ...]:
        there = dict(self.pins)
        return tuple(Spot(self.kind, self.name, use) for use in uses if use in there)


def _called(kind: Kind, name: str) -> str:
    match RULES[kind].per:
        case Per.BOARD:
            return RULES[kind].words
        case Per.SEAT:
            return f"{RULES[kind].words} of seat {name}"
        case Per.NAME:
            return f"{RULES[kind].words} {name}"


def fittings_in(tree: Table, chips: tuple[Chip, ...], seats: frozenset[int], where: str) -> tuple[Fitting, ...]:
    """Every fitting of a board's file, kind by kind. Raises BoardError with the sentence of the first mistake."""
    found = []
    for kind in Kind:
        tables = tree.get(kind.value, [])
        if not isinstance(tables, list):
            raise BoardError(f"{where}: {kind.value} is {tables!r}; [[{kind.value}]] tables would be right")
        found += [_fitting(table, kind, chips, seats, where) for table in tables]
    for words, times in Counter(one.words for one in found).items():
        if times > 1:
            raise BoardError(f"{where}: {words} is there {times} times; once would be right")
    return tuple(found)


def _fitting(table: object, kind: Kind, chips: tuple[Chip, ...], seats: frozenset[int], where: str) -> Fitting:
    rule = RULES[kind]
    if not isinstance(table, dict):
        raise BoardError(f"{where}: {kind.value} is {table!r}; a [[{kind.value}]] table would be right")
    named = () if rule.per is Per.BOARD else (rule.per.value,)
    flags = (*(("opens",) if rule.inputs else ()), *(("inverted",) if rule.outputs else ()))
    only(table, (*named, "chip", *rule.uses, *flags), f"{where}: {kind.value}")
    name = _name(table, kind, seats, where)
    words = _called(kind, name)
    chip = chip_named(table, chips, f"{where}: {words}")
    uses = (use for use in rule.uses if use in table or use not in rule.optional)
    pins = tuple((use, pin_in(table, use, chip, f"{where}: {use} of {words}")) for use in uses)
    opens, inverted = (flag_in(table, key, False, f"{where}: {words}") for key in ("opens", "inverted"))
    return Fitting(kind, name, pins, chip.id, opens, inverted)


def _name(table: Table, kind: Kind, seats: frozenset[int], where: str) -> str:
    rule = RULES[kind]
    if rule.per is Per.BOARD:
        return ""
    given = table.get(rule.per.value)
    if rule.per is Per.SEAT:
        if not is_number(given) or given not in seats:
            known = ", ".join(map(str, sorted(seats))) or "none"
            raise BoardError(f"{where}: a {rule.words} is of seat {given!r}; seats of this board: {known}")
        return str(given)
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise BoardError(f"{where}: a {rule.words} is named {given!r}; small letters, digits, - and _ would be right")
    return given
