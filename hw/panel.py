"""The panel on the desks: a button and an RGB lamp for each seat of a board.

`GpioPanel` drives real pins through gpiozero, `VirtualPanel` has none; both keep the same promise (`Panel`) and pass
the same tests. A panel reports raw edges, bounces included: `hw.debounce` makes presses of them one layer up.

Threads: gpiozero reports edges on threads of its own, so a listener must be thread-safe. Times are monotonic seconds.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

from hw.board import Board, BoardError, Chip, Seat, read_board
from hw.errors import HardwareError

Listener: TypeAlias = Callable[[int, bool, float], None]
"""Called with seat, whether the button is down now, and when."""

Colour: TypeAlias = tuple[float, float, float]
"""Red, green and blue brightness, 0 to 1."""

DARK: Colour = (0.0, 0.0, 0.0)


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

    def listen(self, listener: Listener) -> None:
        """Report every edge of every button from now on; one listener at a time."""
        ...

    def is_down(self, seat: int) -> bool:
        """Whether the seat's button is closed at this moment."""
        ...

    def light(self, seat: int, colour: Colour) -> None:
        """Show a colour on the seat's lamp until told otherwise."""
        ...

    @property
    def absences(self) -> tuple[str, ...]:
        """A sentence for each part of the panel that should be here and is not."""
        ...

    def tend(self, now: float) -> tuple[frozenset[int], float | None]:
        """Look after pins that may go and come: the seats whose pins did, and when to look again (None: never)."""
        ...

    def close(self) -> None:
        """Lamps dark, pins released."""
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
        return VirtualPanel(tuple(seat.number for seat in board.seats))
    return LivePanel(board, needs_gpio=mode == "gpio")


def on_or_off(colour: Colour) -> Colour:
    """The nearest colour of a lamp that cannot dim; anything but dark stays visible."""
    most = max(colour)
    red, green, blue = (1.0 if part > 0.0 and part >= 0.4 * most else 0.0 for part in colour)
    return red, green, blue


class GpioPanel:
    """Buttons to ground with the chip's pull-ups, RGB lamps by PWM."""

    kind = "gpio"
    absences: tuple[str, ...] = ()

    def __init__(self, board: Board, factory: object | Mapping[str, object]) -> None:
        """Take every pin of the board, all of them offsets, from gpiozero's pin factories.

        `factory` is the one for every chip, or one for each chip by its id. Raises PanelError when a pin cannot be had.
        """
        from gpiozero import Button

        each = factory if isinstance(factory, Mapping) else {chip.id: factory for chip in board.chips}
        self._factories: dict[str, object] = dict(each)
        self._listener: Listener | None = None
        self._buttons: dict[int, Button] = {}
        self._lamps: dict[int, object] = {}
        self._chips = {seat.number: board.chip_of(seat) for seat in board.seats}
        try:
            for seat in board.seats:
                self._take(seat, board.chip_of(seat), common_anode=board.common_anode)
        except BaseException:
            self.close()
            raise

    @property
    def seats(self) -> tuple[int, ...]:
        """The seats there are."""
        return tuple(self._buttons)

    def listen(self, listener: Listener) -> None:
        """Report every edge; the listener is called on gpiozero's threads."""
        self._listener = listener

    def is_down(self, seat: int) -> bool:
        """Whether the seat's button is closed at this moment."""
        return bool(self._buttons[seat].is_pressed)

    def light(self, seat: int, colour: Colour) -> None:
        """Set the lamp's duty cycles; a chip that cannot dim shows the nearest colour it has."""
        shown = colour if self._chips[seat].pwm else on_or_off(colour)
        self._lamps[seat].value = shown  # type: ignore[attr-defined]

    def tend(self, now: float) -> tuple[frozenset[int], float | None]:
        """Nothing to look after: whoever opened these pins does."""
        return frozenset(), None

    def close(self) -> None:
        """Lamps dark, pins released; a second time does nothing."""
        self._listener = None
        for device in (*self._lamps.values(), *self._buttons.values()):
            with contextlib.suppress(Exception):  # a chip that is gone must not keep the desk from stopping
                device.close()
        self._lamps.clear()
        self._buttons.clear()
        for factory in self._factories.values():
            with contextlib.suppress(Exception):
                factory.close()  # type: ignore[attr-defined]

    def _take(self, seat: Seat, chip: Chip, *, common_anode: bool) -> None:
        from gpiozero import RGBLED, Button

        factory, lit_high = self._factories[chip.id], not common_anode
        try:
            lamp = RGBLED(seat.red, seat.green, seat.blue, active_high=lit_high, pwm=chip.pwm, pin_factory=factory)
            self._lamps[seat.number] = lamp
            button = Button(seat.button, pull_up=True, bounce_time=None, pin_factory=factory)
        except Exception as wrong:  # gpiozero, lgpio and the kernel have error trees of their own
            raise PanelError(
                f"seat {seat.number}: its pins cannot be had ({wrong}); is something using them?"
            ) from wrong
        button.when_pressed = lambda: self._edge(seat.number, down=True)
        button.when_released = lambda: self._edge(seat.number, down=False)
        self._buttons[seat.number] = button

    def _edge(self, seat: int, *, down: bool) -> None:
        if (listener := self._listener) is not None:
            listener(seat, down, time.monotonic())


class VirtualPanel:
    """A panel without pins: `edge` is the finger, `shown` is the eye."""

    kind = "virtual"
    absences: tuple[str, ...] = ()

    def __init__(self, seats: tuple[int, ...]) -> None:
        self._seats = seats
        self._listener: Listener | None = None
        self._down = dict.fromkeys(seats, False)
        self.shown: dict[int, Colour] = dict.fromkeys(seats, DARK)

    @property
    def seats(self) -> tuple[int, ...]:
        """The seats there are."""
        return self._seats

    def listen(self, listener: Listener) -> None:
        """Report every edge from now on."""
        self._listener = listener

    def is_down(self, seat: int) -> bool:
        """Whether the finger is on the seat's button."""
        return self._down[seat]

    def light(self, seat: int, colour: Colour) -> None:
        """Remember the colour."""
        self.shown[seat] = colour

    def edge(self, seat: int, *, down: bool, at: float) -> None:
        """The contact of a seat's button closes or opens at time `at`."""
        self._down[seat] = down
        if self._listener is not None:
            self._listener(seat, down, at)

    def tend(self, now: float) -> tuple[frozenset[int], float | None]:
        """Nothing to look after."""
        return frozenset(), None

    def close(self) -> None:
        """Lamps dark; nothing to release."""
        self._listener = None
        self.shown = dict.fromkeys(self._seats, DARK)
