"""The shipped boards on simulated chips, and a finger and an eye for each of their seats."""

import asyncio
import contextlib
import importlib.util
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hw.board import Board, Seat, read_board
from hw.panel import Panel, open_panel
from tests.hil.inside.gpio_sim import Film, SimChip, chips

BOARDS = Path(__file__).parents[3] / "hw" / "boards"
HEADER = ("pinctrl-bcm2711", tuple(f"GPIO{line}" for line in range(58)))
EXPANDER = ("mcp23017", 16)
ADDRESSES = ("1-0020", "1-0021", "1-0022", "1-0023")


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

    def film(self, number: int, every: float = 0.001) -> Film:
        """Something that watches the seat's lamp."""
        chip, seat = self.seat(number)
        return Film(chip, (int(seat.red), int(seat.green), int(seat.blue)), every)

    def open(self) -> Panel:
        """The real panel on it, everything there."""
        driver = importlib.util.find_spec("_lgpio")
        assert driver is not None, (
            "this Python has no lgpio with a driver inside: every lamp of a real panel stays dark"
        )
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
    with chips(*(EXPANDER,) * len(ADDRESSES)) as made:
        text = (BOARDS / "rev_b.toml").read_text()
        for address, chip in zip(ADDRESSES, made, strict=True):
            assert f'"{address}"' in text
            text = text.replace(f'"{address}"', f'"{chip.device}"')
        path = folder / "rev_b.toml"
        path.write_text(text)
        board = read_board(path)
        yield Bench(path, board, {one.id: chip for one, chip in zip(board.chips, made, strict=True)})
