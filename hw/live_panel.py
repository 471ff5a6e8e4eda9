"""A panel whose chips may be absent: what is there is driven, what is not is virtual, said, and taken when it returns.

Rules: one part for each chip of the board. A chip that is not here is looked for every `RETRY_S`, and a part whose pins
cannot be had is tried again with a growing pause. Its lamps are remembered and lit when it is back; its buttons read as
released meanwhile.

Threads: everything but the edges (see `hw.panel`) happens on the thread that calls. Times are monotonic seconds.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from hw.board import Board
from hw.chips import ChipError, FoundChip, attach, find_chips
from hw.errors import HardwareError
from hw.fittings import Fitting, Spot
from hw.panel import DARK, Colour, GpioPanel, Listener, Place, places_of
from hw.pins import Chip

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 2.0
"""A chip that is gone shows it when its buttons are read, this often."""

RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 30.0
"""Pins of a chip that is here are another program's: trying to take them starts one of our own where lamps dim."""


@dataclass(slots=True)
class _Part:
    """One chip and what hangs on it; `pins` is None while it is absent."""

    chip: Chip
    seats: tuple[int, ...]
    fittings: tuple[Fitting, ...]
    pins: GpioPanel | None = None
    why: str = ""
    pause: float = RETRY_S
    due: float = 0.0

    @property
    def places(self) -> tuple[Place, ...]:
        """The contacts on the chip."""
        return places_of(self.seats, self.fittings)

    @property
    def words(self) -> str:
        """What hangs on it: `seats 1, 2, closing key`."""
        seats = f"seats {', '.join(map(str, self.seats))}" if self.seats else ""
        return ", ".join(filter(None, (seats, *(one.words for one in self.fittings))))


def _kernel_factory(number: int) -> object:
    from hw.kernel_pins import kernel_factory  # only where there is a chip: gpiozero takes a moment to import

    return kernel_factory(number)


class LivePanel:
    """Every seat and fitting of a board, each on real pins while its chip is there."""

    def __init__(
        self,
        board: Board,
        *,
        needs_gpio: bool = True,
        find: Callable[[], tuple[FoundChip, ...]] = find_chips,
        factory: Callable[[int], object] | None = None,
    ) -> None:
        """Open what is there. `factory` makes the pin factory of a chip number; absent chips raise nothing."""
        self._board, self._needs_gpio, self._find = board, needs_gpio, find
        self._factory = factory or _kernel_factory
        self._listener: Listener | None = None
        self._shown: dict[int, Colour] = dict.fromkeys((seat.number for seat in board.seats), DARK)
        self._driven: dict[Spot, bool] = {spot: False for one in board.fittings for spot in one.outputs}
        self._moved: set[Place] = set()
        self._has_any = False
        self._parts = tuple(
            _Part(chip, tuple(seat.number for seat in board.seats_on(chip)), board.fittings_on(chip))
            for chip in board.chips
            if board.seats_on(chip) or board.fittings_on(chip)
        )
        self._part_at: dict[Place, _Part] = {
            place: part
            for part in self._parts
            for place in (*part.places, *(spot for one in part.fittings for spot in one.outputs))
        }
        found = find()
        for part in self._parts:
            self._open(part, found)

    @property
    def kind(self) -> str:
        """`gpio` while any chip is there, else `virtual`."""
        return "gpio" if any(part.pins for part in self._parts) else "virtual"

    @property
    def seats(self) -> tuple[int, ...]:
        """The seats there are, absent ones too."""
        return tuple(self._shown)

    @property
    def fittings(self) -> tuple[Fitting, ...]:
        """The fittings there are, absent ones too."""
        return self._board.fittings

    @property
    def absences(self) -> tuple[str, ...]:
        """A sentence for each chip that should be here; none where a machine without any GPIO is all right."""
        if not self._needs_gpio and not self._has_any:
            return ()
        cure = "" if self._needs_gpio or self.kind == "gpio" else "; panel.mode virtual says that there is no panel"
        return tuple(
            f"The panel has no pins for {part.words}: {part.why}{cure}" for part in self._parts if part.pins is None
        )

    def listen(self, listener: Listener) -> None:
        """Report every edge; the listener is called on gpiozero's threads."""
        self._listener = listener
        for part in self._parts:
            if part.pins is not None:
                part.pins.listen(listener)

    def is_down(self, place: Place) -> bool:
        """Whether a contact is down; an absent one is not."""
        part = self._part_at[place]
        try:
            return part.pins is not None and part.pins.is_down(place)
        except Exception as wrong:
            self._lose(part, wrong)
            return False

    def is_here(self, place: Place) -> bool:
        """Whether the contact's chip is there."""
        return self._part_at[place].pins is not None

    def dims(self, seat: int) -> bool:
        """Whether the seat's chip has PWM, there or not."""
        return self._part_at[seat].chip.pwm

    def light(self, seat: int, colour: Colour) -> None:
        """Show a colour, or remember it until the lamp is there."""
        self.light_all({seat: colour})

    def light_all(self, lamps: Mapping[int, Colour]) -> None:
        """Show colours, or remember them until the lamps are there; a chip at a time."""
        self._shown.update(lamps)
        for part in self._parts:
            if mine := {seat: lamps[seat] for seat in part.seats if seat in lamps}:
                self._try(part, partial(GpioPanel.light_all, lamps=mine))

    def drive(self, output: Spot, on: bool) -> None:
        """Switch an output, or remember it until the output is there."""
        self._driven[output] = on
        self._try(self._part_at[output], lambda pins: pins.drive(output, on))

    def tend(self, now: float) -> tuple[frozenset[Place], float | None]:
        """Look whether chips went or came; the places whose pins did, and when to look again."""
        due = [part for part in self._parts if now >= part.due]
        found = self._find() if any(part.pins is None for part in due) else ()
        for part in due:
            if part.pins is None:
                self._open(part, found)
            part.due = now + (part.pause if part.pins is None else LOOK_EVERY_S)
            self._try(part, GpioPanel.look)
        moved, self._moved = frozenset(self._moved), set()
        return moved, min((part.due for part in self._parts), default=None)

    def close(self) -> None:
        """Lamps dark, pins released."""
        self._listener = None
        for part in self._parts:
            if part.pins is not None:
                part.pins.close()
                part.pins = None

    def _try(self, part: _Part, what: Callable[[GpioPanel], None]) -> None:
        """Do something with a part's pins if they are there; pins that fail are let go of."""
        if part.pins is None:
            return
        try:
            what(part.pins)
        except Exception as wrong:  # gpiozero has an error tree of its own; the kernel says OSError
            self._lose(part, wrong)

    def _open(self, part: _Part, found: tuple[FoundChip, ...]) -> None:
        """Take the part's pins if its chip was found; otherwise `why` says why not, and `pause` when to try again."""
        self._has_any = self._has_any or bool(found)
        try:
            there, board = attach(self._board, part.chip, found)
            part.pins = GpioPanel(board, self._factory(there.number))
        except ChipError as wrong:
            part.why, part.pause = str(wrong), RETRY_S
            return
        except HardwareError as wrong:
            part.why, part.pause = str(wrong), min(2 * part.pause, LONGEST_RETRY_S)
            return
        if part.why:
            logger.info("Chip %s of the panel is back", part.chip.id)
        part.why, part.pause = "", RETRY_S
        if self._listener is not None:
            part.pins.listen(self._listener)
        self.light_all({seat: self._shown[seat] for seat in part.seats})
        for spot in (spot for one in part.fittings for spot in one.outputs):
            self.drive(spot, self._driven[spot])
        self._moved.update(part.places)

    def _lose(self, part: _Part, wrong: Exception) -> None:
        """The part's pins fail: let go of them. The next `tend` tries again."""
        if part.pins is None:
            return
        part.why = f"chip {part.chip.id} is gone ({type(wrong).__name__}: {wrong})"
        part.pins.close()
        part.pins, part.due = None, part.due - LOOK_EVERY_S + RETRY_S
        self._moved.update(part.places)
