"""The shipped boards on simulated chips, and a finger and an eye for each of their seats and fittings."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hw.board import Board, Seat, read_board
from hw.fittings import Fitting, Spot
from hw.panel import Panel, open_panel
from tests.hil.inside.gpio_sim import Film, SimChip, chips

BOARDS = Path(__file__).parents[3] / "hw" / "boards"
HEADER = ("pinctrl-bcm2711", tuple(f"GPIO{line}" for line in range(58)))
EXPANDER = ("mcp23017", 16)


@dataclass(frozen=True, slots=True)
class Bench:
    """A board whose chips are the kernel's; nothing has opened them yet."""

    board_file: Path
    board: Board
    chips: dict[str, SimChip]

    def seat(self, number: int) -> tuple[SimChip, Seat]:
        """A seat and its chip."""
        seat = next(one for one in self.board.seats if one.number == number)
        return self.chips[seat.chip], seat

    def line(self, spot: Spot) -> tuple[SimChip, int]:
        """A contact's or an output's chip, and its line there."""
        fitting = self.fitting(spot)
        return self.chips[fitting.chip], int(dict(fitting.pins)[spot.use])

    def fitting(self, spot: Spot) -> Fitting:
        """Whose contact or output it is."""
        return next(one for one in self.board.fittings if (one.kind, one.name) == (spot.kind, spot.name))

    def touch(self, spot: Spot, down: bool) -> None:
        """A fitting's contact is as it is when it is meant (`down`), or as it rests."""
        chip, line = self.line(spot)
        (chip.press if down is not self.fitting(spot).opens else chip.release)(line)

    def is_lit(self, spot: Spot) -> bool:
        """Whether a fitting's output is on, as the kernel has it now."""
        chip, line = self.line(spot)
        return bool(chip.level(line)) is not self.fitting(spot).inverted

    def press(self, number: int) -> None:
        """The seat's contact closes."""
        chip, seat = self.seat(number)
        chip.press(int(seat.button))

    def release(self, number: int) -> None:
        """The seat's contact opens."""
        chip, seat = self.seat(number)
        chip.release(int(seat.button))

    async def push(self, number: int, held_s: float = 0.1) -> float:
        """A press of that length; the monotonic time of its release."""
        self.press(number)
        await asyncio.sleep(held_s)  # the finger stays
        self.release(number)
        return time.monotonic()

    def bounce(self, number: int, down: bool, length_s: float = 0.004) -> float:
        """The contact chatters for so long and then is as it should be; the longest time it rested meanwhile."""
        chip, seat = self.seat(number)
        line, began = int(seat.button), time.monotonic()
        looked, rest = began, 0.0
        while looked - began < length_s:
            for touch in (chip.press, chip.release):
                touch(line)
                now = time.monotonic()
                rest, looked = max(rest, now - looked), now
        (chip.press if down else chip.release)(line)
        return max(rest, time.monotonic() - looked)

    def rgb(self, number: int) -> tuple[int, int, int]:
        """The levels of the seat's lamp as the kernel has them now."""
        chip, seat = self.seat(number)
        return chip.level(int(seat.red)), chip.level(int(seat.green)), chip.level(int(seat.blue))

    def film_of(self, spot: Spot, every: float = 0.005) -> Film:
        """Something that watches a fitting's output."""
        chip, line = self.line(spot)
        return Film(chip, (line,), every)

    def film(self, number: int, every: float = 0.001) -> Film:
        """Something that watches the seat's lamp."""
        chip, seat = self.seat(number)
        return Film(chip, (int(seat.red), int(seat.green), int(seat.blue)), every)

    def open(self) -> Panel:
        """The real panel on it, everything there."""
        panel = open_panel(self.board_file, "gpio")
        assert panel.absences == ()
        return panel


@contextlib.contextmanager
def rev_a() -> Iterator[Bench]:
    """Six seats with dimmable lamps on a Raspberry Pi's header."""
    with chips(HEADER) as (header,):
        path = BOARDS / "rev_a.toml"
        yield Bench(path, read_board(path), {"header": header})


@contextlib.contextmanager
def rev_b(folder: Path) -> Iterator[Bench]:
    """Sixteen seats on four expanders of one label. The simulator names its devices itself: the board file follows."""
    with _made("rev_b", folder) as bench:
        yield bench


@contextlib.contextmanager
def rev_c(folder: Path) -> Iterator[Bench]:
    """Six seats on the header, and every kind of fitting on three expanders."""
    with _made("rev_c", folder) as bench:
        yield bench


@contextlib.contextmanager
def _made(name: str, folder: Path) -> Iterator[Bench]:
    text = (BOARDS / f"{name}.toml").read_text()
    wanted = read_board(BOARDS / f"{name}.toml").chips
    with chips(*(EXPANDER if one.device else HEADER for one in wanted)) as made:
        for one, chip in zip(wanted, made, strict=True):
            if one.device:
                text = text.replace(f'"{one.device}"', f'"{chip.device}"')
        path = folder / f"{name}.toml"
        path.write_text(text)
        yield Bench(path, read_board(path), {one.id: chip for one, chip in zip(wanted, made, strict=True)})
