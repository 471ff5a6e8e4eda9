"""The panel on the desks: a button and an RGB lamp for each seat of a board, and the board's fittings.

`GpioPanel` drives real pins through gpiozero, `VirtualPanel` has none; both keep the same promise (`Panel`) and pass
the same tests. A panel reports raw edges, bounces included: `hw.debounce` makes presses of them one layer up.

A place is what a finger or a contact can be at: a seat's button by its number, or the input of a fitting. A contact is
down when it is meant: closed, or open where the board's file says `opens`.

Threads: gpiozero reports edges on threads of its own, so a listener must be thread-safe. Times are monotonic seconds.
"""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from hw.board import Board, Seat, read_board
from hw.errors import HardwareError
from hw.fittings import Fitting, Spot
from hw.pins import BoardError, Chip, Pin

Place: TypeAlias = int | Spot
"""A seat's button, or an input of a fitting."""

Listener: TypeAlias = Callable[[Place, bool, float], None]
"""Called with the place, whether its contact is down now, and when."""

Colour: TypeAlias = tuple[float, float, float]
"""Red, green and blue brightness, 0 to 1."""

DARK: Colour = (0.0, 0.0, 0.0)


def places_of(seats: tuple[int, ...], fittings: tuple[Fitting, ...]) -> tuple[Place, ...]:
    """Every contact of these seats and fittings."""
    return (*seats, *(spot for one in fittings for spot in one.inputs))


class PanelError(HardwareError):
    """The panel's pins cannot be had."""


class Panel(Protocol):
    """What every panel can do."""

    @property
    def kind(self) -> str:
        """`gpio` or `virtual`, for people."""
        ...

    @property
    def seats(self) -> tuple[int, ...]:
        """The seats there are."""
        ...

    @property
    def fittings(self) -> tuple[Fitting, ...]:
        """The fittings there are."""
        ...

    def listen(self, listener: Listener) -> None:
        """Report every edge of every contact from now on; one listener at a time."""
        ...

    def is_down(self, place: Place) -> bool:
        """Whether a contact is down at this moment."""
        ...

    def is_here(self, place: Place) -> bool:
        """Whether a contact can be read now; one that cannot is not down."""
        ...

    def dims(self, seat: int) -> bool:
        """Whether the seat's lamp has brightness, or is on or off."""
        ...

    def light(self, seat: int, colour: Colour) -> None:
        """Show a colour on the seat's lamp until told otherwise."""
        ...

    def light_all(self, lamps: Mapping[int, Colour]) -> None:
        """The same for many seats, at once where the chip can."""
        ...

    def drive(self, output: Spot, on: bool) -> None:
        """Switch an output of a fitting until told otherwise."""
        ...

    @property
    def absences(self) -> tuple[str, ...]:
        """A sentence for each part of the panel that should be here and is not."""
        ...

    def tend(self, now: float) -> tuple[frozenset[Place], float | None]:
        """Look after pins that may go and come: the places whose pins did, and when to look again (None: never)."""
        ...

    def close(self) -> None:
        """Lamps dark, outputs off, pins released."""
        ...


def open_panel(board_file: Path, mode: str = "auto") -> Panel:
    """The panel of a board: `virtual`, `gpio` (what is absent is an absence), or `auto` (no GPIO at all is none).

    Raises BoardError for a bad board file or an unknown mode; hardware that is not there raises nothing.
    """
    from hw.live_panel import LivePanel

    board = read_board(board_file)
    if mode not in ("auto", "gpio", "virtual"):
        raise BoardError(f"panel mode is {mode!r}; auto, gpio or virtual would be right")
    if mode == "virtual":
        return VirtualPanel(tuple(seat.number for seat in board.seats), board.fittings)
    return LivePanel(board, needs_gpio=mode == "gpio")


def on_or_off(colour: Colour) -> Colour:
    """The nearest colour of a lamp that cannot dim; anything but dark stays visible."""
    most = max(colour)
    red, green, blue = (1.0 if part > 0.0 and part >= 0.4 * most else 0.0 for part in colour)
    return red, green, blue


class GpioPanel:
    """Contacts to ground with the chip's pull-ups, RGB lamps by PWM, outputs on or off."""

    kind = "gpio"
    absences: tuple[str, ...] = ()

    def __init__(self, board: Board, factory: object | Mapping[str, object]) -> None:
        """Take every pin of the board, all of them offsets, from gpiozero's pin factories.

        `factory` is the one for every chip, or one for each chip by its id. Raises PanelError when a pin cannot be had.
        """
        from gpiozero import LED, DigitalInputDevice, DigitalOutputDevice

        each = factory if isinstance(factory, Mapping) else {chip.id: factory for chip in board.chips}
        self._factories: dict[str, Any] = dict(each)
        self._listener: Listener | None = None
        self.seats = tuple(seat.number for seat in board.seats)
        self.fittings = board.fittings
        self._contacts: dict[Place, DigitalInputDevice] = {}
        self._opening: set[Place] = {spot for one in board.fittings if one.opens for spot in one.inputs}
        self._lamps: dict[int, list[LED]] = {}
        self._shown: dict[int, Colour] = {}
        self._bound: dict[int, tuple[int, ...]] = {}
        self._changes: dict[tuple[int, Colour, Colour], dict[int, bool]] = {}
        self._lit_high = not board.common_anode
        self._outputs: dict[Spot, DigitalOutputDevice] = {}
        self._chips = {seat.number: board.chip_of(seat) for seat in board.seats}
        try:
            self._bind(board)
            for seat in board.seats:
                self._take(seat, board.chip_of(seat))
            for fitting in board.fittings:
                self._fit(fitting, self._factories[fitting.chip])
        except BaseException:
            self.close()
            raise

    def listen(self, listener: Listener) -> None:
        """Report every edge; the listener is called on gpiozero's threads."""
        self._listener = listener

    def is_down(self, place: Place) -> bool:
        """Whether a contact is down at this moment."""
        return bool(self._contacts[place].is_active) is not (place in self._opening)

    def is_here(self, place: Place) -> bool:
        """Every pin of this panel is."""
        return place in self._contacts

    def dims(self, seat: int) -> bool:
        """Whether the seat's chip has PWM."""
        return self._chips[seat].pwm

    def light(self, seat: int, colour: Colour) -> None:
        """Set the lamp's duty cycles; a chip that cannot dim shows the nearest colour it has."""
        self.light_all({seat: colour})

    def light_all(self, lamps: Mapping[int, Colour]) -> None:
        """Set many lamps; those of one chip change in one call of the kernel unless they dim."""
        together: dict[str, dict[int, bool]] = {}
        for seat, colour in lamps.items():
            before, self._shown[seat] = self._shown[seat], colour
            if seat in self._bound:
                together.setdefault(self._chips[seat].id, {}).update(self._change(seat, before, colour))
            else:
                self._shine(seat, before, colour)
        for chip, levels in together.items():
            if levels:
                self._factories[chip].switch(levels)

    def _shine(self, seat: int, before: Colour, colour: Colour) -> None:
        """Set the parts that change, one by one."""
        if not self._chips[seat].pwm:
            before, colour = on_or_off(before), on_or_off(colour)
        for led, part, was in zip(self._lamps[seat], colour, before, strict=True):
            if part != was:  # most flashing is of one colour, and each is a call of the kernel
                led.value = part

    def _change(self, seat: int, before: Colour, colour: Colour) -> dict[int, bool]:
        """The lines that change; worked out once, for lamps flash from the same to the same for hours."""
        change = seat, before, colour
        if change not in self._changes:
            parts = zip(self._bound[seat], on_or_off(before), on_or_off(colour), strict=True)
            lit_high = self._lit_high
            self._changes[change] = {line: (part > 0.0) is lit_high for line, was, part in parts if part != was}
        return self._changes[change]

    def drive(self, output: Spot, on: bool) -> None:
        """Switch the output's transistor."""
        self._outputs[output].value = on

    def look(self) -> None:
        """Read one pin: a chip that is gone shows it by an error."""
        if self._contacts:
            self.is_down(next(iter(self._contacts)))
        else:
            for output in self._outputs.values():
                _ = output.value
                return

    def tend(self, now: float) -> tuple[frozenset[Place], float | None]:
        """Nothing to look after: whoever opened these pins does."""
        return frozenset(), None

    def close(self) -> None:
        """Lamps dark, outputs off, pins released; a second time does nothing."""
        self._listener = None
        lamps = (led for lamp in self._lamps.values() for led in lamp)
        for device in (*lamps, *self._outputs.values(), *self._contacts.values()):
            with contextlib.suppress(Exception):  # a chip that is gone must not keep the desk from stopping
                device.close()
        for taken in (self._lamps, self._outputs, self._contacts):
            taken.clear()
        for factory in self._factories.values():
            with contextlib.suppress(Exception):
                factory.close()

    def _bind(self, board: Board) -> None:
        """Lamps that do not dim change together where the pins can; gpiozero's own change one by one."""
        for chip in board.chips:
            if not chip.pwm and hasattr(self._factories[chip.id], "bind"):
                bound = {one.number: (int(one.red), int(one.green), int(one.blue)) for one in board.seats_on(chip)}
                self._factories[chip.id].bind(line for lines in bound.values() for line in lines)
                self._bound |= bound

    def _take(self, seat: Seat, chip: Chip) -> None:
        from gpiozero import LED, PWMLED

        factory, lit_high = self._factories[chip.id], self._lit_high
        kind, lamp = PWMLED if chip.pwm else LED, self._lamps.setdefault(seat.number, [])
        self._shown[seat.number] = DARK
        try:
            for pin in (seat.red, seat.green, seat.blue):
                lamp.append(kind(pin, active_high=lit_high, pin_factory=factory))
            self._hear(seat.number, seat.button, factory)
        except Exception as wrong:  # gpiozero has an error tree of its own; the kernel says OSError
            raise PanelError(
                f"seat {seat.number}: its pins cannot be had ({wrong}); is something using them?"
            ) from wrong

    def _fit(self, fitting: Fitting, factory: object) -> None:
        from gpiozero import DigitalOutputDevice

        pins, lit_high = dict(fitting.pins), not fitting.inverted
        try:
            for spot in fitting.outputs:
                self._outputs[spot] = DigitalOutputDevice(pins[spot.use], active_high=lit_high, pin_factory=factory)
            for spot in fitting.inputs:
                self._hear(spot, pins[spot.use], factory)
        except Exception as wrong:
            raise PanelError(f"{fitting.words}: its pins cannot be had ({wrong}); is something using them?") from wrong

    def _hear(self, place: Place, pin: Pin, factory: object) -> None:
        from gpiozero import DigitalInputDevice

        # No `Button`: each has a thread that wakes ten times a second to look whether it is held (docs/decisions/0024).
        contact = DigitalInputDevice(pin, pull_up=True, bounce_time=None, pin_factory=factory)
        closed_is = place not in self._opening
        # The kernel's own time of the edge, in CLOCK_MONOTONIC: this thread may have been held up since. What gpiozero
        # tells openly is how long ago it was, wrong by however long one is held up between asking and looking.
        contact.when_activated = lambda: self._edge(place, contact._last_changed, down=closed_is)
        contact.when_deactivated = lambda: self._edge(place, contact._last_changed, down=not closed_is)
        self._contacts[place] = contact

    def _edge(self, place: Place, at: float, *, down: bool) -> None:
        if (listener := self._listener) is not None:
            listener(place, down, at)


class VirtualPanel:
    """A panel without pins: `edge` is the finger, `shown` and `driven` are the eye."""

    kind = "virtual"
    absences: tuple[str, ...] = ()

    def __init__(self, seats: tuple[int, ...], fittings: tuple[Fitting, ...] = ()) -> None:
        self.seats, self.fittings = seats, fittings
        self._listener: Listener | None = None
        self._down: set[Place] = set()
        self.shown: dict[int, Colour] = dict.fromkeys(seats, DARK)
        self.driven: dict[Spot, bool] = {spot: False for one in fittings for spot in one.outputs}

    def listen(self, listener: Listener) -> None:
        """Report every edge from now on."""
        self._listener = listener

    def is_down(self, place: Place) -> bool:
        """Whether the finger is there."""
        return place in self._down

    def is_here(self, place: Place) -> bool:
        """Always."""
        return True

    def dims(self, seat: int) -> bool:
        """Every lamp on a screen does."""
        return True

    def light(self, seat: int, colour: Colour) -> None:
        """Remember the colour."""
        self.shown[seat] = colour

    def light_all(self, lamps: Mapping[int, Colour]) -> None:
        """Remember the colours."""
        for seat, colour in lamps.items():
            self.light(seat, colour)

    def drive(self, output: Spot, on: bool) -> None:
        """Remember whether the output is on."""
        self.driven[output] = on

    def edge(self, place: Place, *, down: bool, at: float) -> None:
        """A contact comes or goes at time `at`."""
        (self._down.add if down else self._down.discard)(place)
        if self._listener is not None:
            self._listener(place, down, at)

    def tend(self, now: float) -> tuple[frozenset[Place], float | None]:
        """Nothing to look after."""
        return frozenset(), None

    def close(self) -> None:
        """Lamps dark, outputs off; nothing to release."""
        self._listener = None
        self.shown = dict.fromkeys(self.seats, DARK)
        self.driven = dict.fromkeys(self.driven, False)
