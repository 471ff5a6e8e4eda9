"""gpiozero's pins on the lines of any /dev/gpiochipN, by the kernel's own library (gpiod) and nothing between.

gpiozero has no such pins, and its nearest ones cost a busy thread and have no library on Python 3.13
(docs/decisions/0016). Each pin holds its line by a request of its own, lamps that do not dim by one together
(`hw.bank`); edges come by `hw.edges`, dimming by `hw.dimming`.

Importing this takes a moment (gpiozero): do it where pins are opened.
"""

import contextlib
import errno
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import gpiod
from gpiod.line import Bias, Direction, Edge, Value
from gpiozero.exc import PinInvalidFunction, PinInvalidPull, PinPWMFixedValue, PinSetInput
from gpiozero.pins import BoardInfo, HeaderInfo, PinInfo
from gpiozero.pins.local import LocalPiFactory
from gpiozero.pins.pi import PiFactory, PiPin

from hw.bank import Bank, Request
from hw.dimming import CONSUMER, FREQUENCY_HZ, LEVELS, Dimmer
from hw.edges import Edges
from hw.panel import PanelError

INPUT: Final = gpiod.LineSettings(direction=Direction.INPUT)
_DIRECTIONS: Final = {"input": Direction.INPUT, "output": Direction.OUTPUT}
_PULLS: Final = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "floating": Bias.DISABLED}
_EDGES: Final = {"both": Edge.BOTH, "rising": Edge.RISING, "falling": Edge.FALLING, "none": Edge.NONE}


def kernel_factory(number: int) -> "ChipFactory":
    """The pins of /dev/gpiochip`number`. Raises PanelError without the chip or the permission."""
    try:
        return ChipFactory(number)
    except OSError as wrong:
        raise PanelError(f"gpiochip{number} cannot be opened ({wrong.strerror})") from wrong


class ChipFactory(PiFactory):  # type: ignore[misc]
    """Every line of one chip is a pin, called by its offset."""

    pins: "dict[PinInfo, LinePin]"

    def __init__(self, number: int) -> None:
        """Open the chip. Raises OSError."""
        super().__init__()
        self.device = f"/dev/gpiochip{number}"
        self.pin_class = LinePin
        self._chip = gpiod.Chip(self.device)
        self.edges = Edges(self.device)
        self._dimmer: Dimmer | None = None
        self._banked: frozenset[int] = frozenset()
        self._bank: Bank | None = None
        self._info = _header(number, self._chip.get_info().num_lines)

    ticks = staticmethod(LocalPiFactory.ticks)
    ticks_diff = staticmethod(LocalPiFactory.ticks_diff)

    @property
    def dimmer(self) -> Dimmer:
        """What dims lamps; it starts with the first of them."""
        if self._dimmer is None:
            self._dimmer = Dimmer(self.device)
        return self._dimmer

    def bind(self, lines: Iterable[int]) -> None:
        """Of these lines no pin is made yet; levels of theirs can change together, by `switch`."""
        self._banked |= frozenset(lines)

    def switch(self, levels: Mapping[int, bool]) -> None:
        """Drive bound lines that are outputs high or low, in one call of the kernel. Raises OSError."""
        assert self._bank is not None
        self._bank.set_values({line: LEVELS[level] for line, level in levels.items()})

    def request(self, line: int) -> Request:
        """Take a line as an input. Raises PanelError that names who has it, or OSError."""
        if line not in self._banked:
            return self._take(frozenset((line,)))
        if self._bank is None or self._bank.is_free:
            self._bank = Bank(self._take(self._banked))
        return self._bank.join()

    def _take(self, lines: frozenset[int]) -> gpiod.LineRequest:
        try:
            return self._chip.request_lines({tuple(sorted(lines)): INPUT}, consumer=CONSUMER)
        except OSError as wrong:
            if wrong.errno != errno.EBUSY:
                raise
            each = (self._chip.get_line_info(line) for line in sorted(lines))
            taken = next(one for one in each if one.used)
            user = taken.consumer or "the kernel"
            raise PanelError(f"line {taken.offset} of {self.device} is in use by {user}") from wrong

    def close(self) -> None:
        """Every line free, no thread or program left; a second time does nothing."""
        for pin in tuple(self.pins.values()):
            pin.close()
        if self._dimmer is not None:
            self._dimmer.close()
        self.edges.close()
        self._chip.close()


class LinePin(PiPin):  # type: ignore[misc]
    """One line. What the kernel says of a chip that is gone is an OSError, but closing is always possible."""

    factory: ChipFactory
    _number: int

    def __init__(self, factory: ChipFactory, info: PinInfo) -> None:
        super().__init__(factory, info)
        self._settings = INPUT
        self._request: Request | None = factory.request(self._number)
        self._edges = Edge.BOTH
        self._share: float | None = None  # of the time that it is high, while the dimmer has it

    def close(self) -> None:
        """Leave the line dark and free."""
        self.factory.pins.pop(self.info, None)
        with contextlib.suppress(OSError):
            self.when_changed = None
            if self._share is None:
                self._configure(direction=Direction.INPUT, bias=Bias.AS_IS)
            else:
                self.factory.dimmer.let_go(self._number)
        if self._request is not None:
            self._request.release()
            self._request = None

    def output_with_state(self, state: float) -> None:
        """An output that has its level from the first moment."""
        self._configure(direction=Direction.OUTPUT, bias=Bias.AS_IS, output_value=LEVELS[bool(state)])

    def input_with_pull(self, pull: str) -> None:
        """An input that is pulled from the first moment."""
        self._configure(direction=Direction.INPUT, bias=self._bias(pull))

    def _configure(self, **changes: object) -> None:
        if self._request is not None:
            self._settings = replace(self._settings, **changes)  # type: ignore[arg-type]
            with self.factory.edges.lock:
                self._request.reconfigure_lines({self._number: self._settings})

    def _get_function(self) -> str:
        return "output" if self._settings.direction is Direction.OUTPUT else "input"

    def _set_function(self, value: str) -> None:
        if value not in _DIRECTIONS:
            raise PinInvalidFunction(f"line {self._number} cannot be {value!r}; input or output would be right")
        self._configure(direction=_DIRECTIONS[value], bias=Bias.AS_IS)

    def _get_state(self) -> float:
        if self._share is not None:
            return self._share
        assert self._request is not None
        with self.factory.edges.lock:
            return float(self._request.get_value(self._number) is Value.ACTIVE)

    def _set_state(self, value: float) -> None:
        if self._settings.direction is not Direction.OUTPUT:
            raise PinSetInput(f"line {self._number} is an input; it has no level to set")
        if self._share is None:
            assert self._request is not None
            self._request.set_value(self._number, LEVELS[bool(value)])
        elif value != self._share:
            self._share = value
            self.factory.dimmer.shine(self._number, value)

    def _bias(self, pull: str) -> Bias:
        if pull not in _PULLS:
            raise PinInvalidPull(f"line {self._number} cannot be pulled {pull!r}; {', '.join(_PULLS)} would be right")
        return _PULLS[pull]

    def _get_pull(self) -> str:
        return next((name for name, bias in _PULLS.items() if bias is self._settings.bias), "floating")

    def _set_pull(self, value: str) -> None:
        self._configure(bias=self._bias(value))

    def _get_frequency(self) -> int | None:
        return None if self._share is None else FREQUENCY_HZ

    def _set_frequency(self, value: int | None) -> None:
        """Give the line to the dimmer; it has one frequency, and a line comes back from it by being closed."""
        if value is None or self._share is not None:
            return
        if value != FREQUENCY_HZ or self._request is None or self._settings.direction is not Direction.OUTPUT:
            raise PinPWMFixedValue(f"line {self._number}: only outputs dim, {FREQUENCY_HZ} times a second")
        self._request.release()
        self._request, self._share = None, 0.0
        self.factory.dimmer.take(self._number)

    def _get_bounce(self) -> float | None:
        return self._settings.debounce_period.total_seconds() or None

    def _set_bounce(self, value: float | None) -> None:
        self._settings = replace(self._settings, debounce_period=timedelta(seconds=value or 0.0))

    def _get_edges(self) -> str:
        return next(name for name, edge in _EDGES.items() if edge is self._edges)

    def _set_edges(self, value: str) -> None:
        self._edges = _EDGES[value]

    def _enable_event_detect(self) -> None:
        assert isinstance(self._request, gpiod.LineRequest)  # what is bound together is lamps
        self._configure(edge_detection=self._edges)
        self.factory.edges.hear(self._request, self._changed)

    def _disable_event_detect(self) -> None:
        if isinstance(self._request, gpiod.LineRequest):
            self.factory.edges.forget(self._request)
            self._configure(edge_detection=Edge.NONE)

    def _changed(self, level: bool, at: float) -> None:
        reference = self._when_changed  # once: the panel's thread may be closing
        changed = reference() if reference is not None else None
        if changed is not None:
            changed(at, level)


def _header(number: int, lines: int) -> BoardInfo:
    """A chip's lines as gpiozero means a board: one header, its pins called by their offsets."""
    pins = {line: _pin(line) for line in range(lines)}
    header = HeaderInfo(f"gpiochip{number}", lines, 1, pins)
    known = {"model": header.name, "headers": {header.name: header}}
    return BoardInfo(**{**dict.fromkeys(BoardInfo._fields, ""), **known})


def _pin(line: int) -> PinInfo:
    name = f"GPIO{line}"
    return PinInfo(line, name, frozenset({name, line}), "", line + 1, 1, frozenset({"gpio"}))
