"""`deskbell panel-test BOARD`: prove a board's lamps and buttons by hand and eye, with no phone system running.

Seat by seat the lamp goes red, green, blue, white and stays white; whoever stands there answers with the seat's own
button: a short press for "I saw all four", a long one for "something was wrong". So one press proves button and lamp.
"""

import argparse
import queue
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from hw import debounce
from hw.debounce import Contact, Kind, Press
from hw.errors import HardwareError
from hw.panel import DARK, Colour, Panel, open_panel
from hw.wiring import board_path

Edge: TypeAlias = tuple[int, bool, float]
"""Seat, whether the button is down now, and when."""

COLOURS: Final[tuple[tuple[str, Colour], ...]] = (
    ("red", (1.0, 0.0, 0.0)),
    ("green", (0.0, 1.0, 0.0)),
    ("blue", (0.0, 0.0, 1.0)),
    ("white", (1.0, 1.0, 1.0)),
)
SHOW_S: Final = 0.6
"""How long each colour is shown."""

PATIENCE_S: Final = 30.0
"""How long a seat is waited for."""


@dataclass(frozen=True, slots=True)
class SeatResult:
    """What a seat did: `is_well` when button and lamp are proven, `saw` in words."""

    seat: int
    is_well: bool
    saw: str


class Walk:
    """One walk through a panel, on the thread that calls; edges may come from any thread."""

    def __init__(
        self, panel: Panel, say: Callable[[str], None], show_s: float = SHOW_S, patience_s: float = PATIENCE_S
    ) -> None:
        self._panel, self._say, self._show_s, self._patience_s = panel, say, show_s, patience_s
        self._edges: queue.SimpleQueue[Edge] = queue.SimpleQueue()
        self._contacts: dict[int, Contact] = {}
        self._bounces = 0

    def run(self) -> tuple[SeatResult, ...]:
        """Walk through every seat, saying what is seen."""
        held = self._begin()
        results = []
        for seat in self._panel.seats:
            result = SeatResult(seat, False, held[seat]) if seat in held else self._seat(seat)
            self._say(f"seat {seat}: {'well' if result.is_well else 'NOT WELL'}: {result.saw}")
            results.append(result)
        return tuple(results)

    def _begin(self) -> dict[int, str]:
        """Begin to listen; the seats whose buttons are held already, with what to say of them."""
        self._panel.listen(lambda seat, down, at: self._edges.put((seat, down, at)))
        held = {}
        for seat in self._panel.seats:
            self._contacts[seat], press = debounce.at_start(self._panel.is_down(seat), time.monotonic())
            if press is not None:
                held[seat] = "its button is held, or its wire is shorted to ground"
        return held

    def _seat(self, seat: int) -> SeatResult:
        self._say(f"seat {seat}: red, green, blue, white. Press its button: short if you saw them, long if not")
        for _, colour in COLOURS:
            self._panel.light(seat, colour)
            time.sleep(self._show_s)  # for the eye; edges queue up meanwhile
        found, press = self._next_press()
        self._panel.light(seat, DARK)
        if press is None:
            return SeatResult(seat, False, f"no press within {self._patience_s:g} s")
        if found != seat:
            return SeatResult(seat, False, f"the button of seat {found} answered; are their wires swapped?")
        return SeatResult(seat, *_judged(press, self._bounces))

    def _next_press(self) -> tuple[int, Press | None]:
        """The first press of any button, with its seat; None when patience is at its end."""
        self._bounces, ends = 0, time.monotonic() + self._patience_s
        while True:
            dues = [due for contact in self._contacts.values() if (due := debounce.deadline(contact)) is not None]
            try:
                seat, down, at = self._edges.get(timeout=max(0.0, min([ends, *dues]) - time.monotonic()))
            except queue.Empty:
                now = time.monotonic()
                if now >= ends:
                    return 0, None
                for seat, contact in self._contacts.items():
                    self._contacts[seat], press = debounce.settle(contact, now)
                    if press is not None:
                        return seat, press
                continue
            self._bounces += 1
            self._contacts[seat], press = debounce.edge(self._contacts[seat], down, at)
            if press is not None:
                return seat, press


def _judged(press: Press, edges: int) -> tuple[bool, str]:
    """Whether a seat is well by the press that answered, and what was seen of it."""
    if press.kind is Kind.STUCK:
        return False, f"its button stayed down for {press.held_s:.0f} s; is it stuck?"
    seen = f"pressed for {press.held_s:.2f} s, {max(0, edges - 2)} bounces"
    if press.kind is Kind.LONG:
        return False, f"{seen}; the lamp did not show all colours, look at its wires and at `lamp` in the board's file"
    return True, f"{seen}; red, green, blue and white seen"


def walk_through(
    panel: Panel, say: Callable[[str], None], show_s: float = SHOW_S, patience_s: float = PATIENCE_S
) -> bool:
    """Walk through a panel and close it; whether every seat is well and nothing is absent."""
    try:
        for sentence in panel.absences:
            say(sentence)
        results = Walk(panel, say, show_s, patience_s).run()
    finally:
        panel.close()
    well = sum(result.is_well for result in results)
    say(f"{well} of {len(results)} seats are well")
    return well == len(results) and not panel.absences


def main(arguments: list[str] | None = None) -> int:
    """The command: 0 when every seat is well, 1 when not, 2 when there is no panel to test."""
    parser = argparse.ArgumentParser(prog="deskbell panel-test", description="Walk through every lamp and button.")
    parser.add_argument("board", nargs="?", default="rev_a", help="a board under hw/boards, or a file (%(default)s)")
    parser.add_argument("--seconds", type=float, default=PATIENCE_S, help="how long a seat is waited for (%(default)g)")
    asked = parser.parse_args(arguments)
    try:
        panel = open_panel(board_path(asked.board), "gpio")
    except HardwareError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if panel.kind == "virtual":
        print("There is nothing to walk through:", *panel.absences, sep="\n  ", file=sys.stderr)
        return 2
    return 0 if walk_through(panel, print, patience_s=asked.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
