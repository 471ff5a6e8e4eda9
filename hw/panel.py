"""The panel on the desks: a button and an RGB lamp for each seat of a board.

`GpioPanel` drives real pins through gpiozero, `VirtualPanel` has none; both keep the same promise (`Panel`) and pass
the same tests. A panel reports raw edges, bounces included: `hw.debounce` makes presses of them one layer up.

Threads: gpiozero reports edges on threads of its own, so a listener must be thread-safe. Times are monotonic seconds.
"""

import contextlib
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from hw.board import Board, BoardError, Seat, read_board
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

    def close(self) -> None:
        """Lamps dark, pins released."""
        ...


def open_panel(board_file: Path, mode: str = "auto") -> Panel:
    """The panel of a board: `gpio`, `virtual`, or `auto` (gpio where this machine has a chip, else virtual).

    Raises BoardError for a bad board file in every mode, PanelError when `gpio` is asked for and cannot be had.
    """
    board = read_board(board_file)
    if mode == "virtual" or (mode == "auto" and not _has_chip(board)):
        return VirtualPanel(tuple(seat.number for seat in board.seats))
    if mode not in ("auto", "gpio"):
        raise BoardError(f"panel mode is {mode!r}; auto, gpio or virtual would be right")
    try:
        return GpioPanel(board, _lgpio_factory(board))
    except PanelError:
        if mode == "gpio":
            raise
        return VirtualPanel(tuple(seat.number for seat in board.seats))


class GpioPanel:
    """Buttons to ground with the chip's pull-ups, RGB lamps by PWM."""

    kind = "gpio"

    def __init__(self, board: Board, factory: object) -> None:
        """Take every pin of the board from a gpiozero pin factory. Raises PanelError when one cannot be had."""
        from gpiozero import Button

        self._factory = factory
        self._listener: Listener | None = None
        self._buttons: dict[int, Button] = {}
        self._lamps: dict[int, object] = {}
        try:
            for seat in board.seats:
                self._take(seat, board.common_anode)
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
        """Set the lamp's duty cycles."""
        self._lamps[seat].value = colour  # type: ignore[attr-defined]

    def close(self) -> None:
        """Lamps dark, pins released; a second time does nothing."""
        self._listener = None
        for device in (*self._lamps.values(), *self._buttons.values()):
            with contextlib.suppress(Exception):  # a chip that is gone must not keep the desk from stopping
                device.close()
        self._lamps.clear()
        self._buttons.clear()
        with contextlib.suppress(Exception):
            self._factory.close()  # type: ignore[attr-defined]

    def _take(self, seat: Seat, common_anode: bool) -> None:
        from gpiozero import RGBLED, Button
        from gpiozero.exc import GPIOZeroError

        try:
            lamp = RGBLED(
                seat.red, seat.green, seat.blue, active_high=not common_anode, pwm=True, pin_factory=self._factory
            )
            self._lamps[seat.number] = lamp
            button = Button(seat.button, pull_up=True, bounce_time=None, pin_factory=self._factory)
        except GPIOZeroError as wrong:
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

    def close(self) -> None:
        """Lamps dark; nothing to release."""
        self._listener = None
        self.shown = dict.fromkeys(self._seats, DARK)


def _has_chip(board: Board) -> bool:
    chips = [f"gpiochip{board.chip}"] if board.chip is not None else ["gpiochip0", "gpiochip4"]
    return any(Path("/dev", chip).exists() for chip in chips)


def _lgpio_factory(board: Board) -> object:
    """gpiozero's lgpio factory on the board's chip. Raises PanelError when there is no library, chip or permission."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from gpiozero.pins.lgpio import LGPIOFactory

            return LGPIOFactory(chip=board.chip)
    except Exception as wrong:  # lgpio raises its own error class, which only exists where lgpio does
        raise PanelError(f"no GPIO here ({type(wrong).__name__}: {wrong}); panel mode virtual needs none") from wrong
