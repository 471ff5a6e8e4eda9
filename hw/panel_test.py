"""`deskbell panel-test BOARD`: prove a board's lamps and buttons by hand and eye, with no phone system running.

Seat by seat the lamp goes red, green, blue, white and stays white; whoever stands there answers with the seat's own
button: a short press for "I saw all four", a long one for "something was wrong". So one press proves button and lamp.
Then fitting by fitting: its outputs go on one after another (any seat's button answers), its contacts are operated.
"""

import argparse
import queue
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from hw import debounce
from hw.debounce import Contact, Kind, Press
from hw.errors import HardwareError
from hw.fittings import RULES, Fitting, Spot
from hw.panel import DARK, Colour, Panel, Place, open_panel, places_of
from hw.wiring import board_path

Edge: TypeAlias = tuple[Place, bool, float]
"""Where, whether the contact is down now, and when."""

COLOURS: Final[tuple[tuple[str, Colour], ...]] = (
    ("red", (1.0, 0.0, 0.0)),
    ("green", (0.0, 1.0, 0.0)),
    ("blue", (0.0, 0.0, 1.0)),
    ("white", (1.0, 1.0, 1.0)),
)
SHOW_S: Final = 0.6
"""How long each colour is shown."""

PATIENCE_S: Final = 30.0
"""How long a seat or a contact is waited for."""

SEEN: Final = (Kind.SHORT, Kind.DOUBLE)
"""What says "I saw it"."""

PULSES: Final = 10
"""How many pulses the relay gets that holds only while it is pulsed."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a seat or a fitting did: `is_well` when it is proven, `saw` in words."""

    words: str
    is_well: bool
    saw: str


class Walk:
    """One walk through a panel, on the thread that calls; edges may come from any thread."""

    def __init__(
        self, panel: Panel, say: Callable[[str], None], show_s: float = SHOW_S, patience_s: float = PATIENCE_S
    ) -> None:
        self._panel, self._say, self._show_s, self._patience_s = panel, say, show_s, patience_s
        self._edges: queue.SimpleQueue[Edge] = queue.SimpleQueue()
        self._contacts: dict[Place, Contact] = {}
        self._bounces = 0

    def run(self) -> tuple[Result, ...]:
        """Walk through every seat and every fitting, saying what is seen."""
        held = self._begin()
        results = []
        for seat in self._panel.seats:
            words = f"seat {seat}"
            results.append(self._tell(Result(words, *((False, held[seat]) if seat in held else self._seat(seat)))))
        results += [self._tell(Result(one.words, *self._fitting(one))) for one in self._panel.fittings]
        return tuple(results)

    def _tell(self, result: Result) -> Result:
        self._say(f"{result.words}: {'well' if result.is_well else 'NOT WELL'}: {result.saw}")
        return result

    def _begin(self) -> dict[Place, str]:
        """Begin to listen; the seats whose buttons are held already, with what to say of them."""
        self._panel.listen(lambda place, down, at: self._edges.put((place, down, at)))
        held: dict[Place, str] = {}
        for place in places_of(self._panel.seats, self._panel.fittings):
            self._contacts[place], press = debounce.at_start(self._panel.is_down(place), time.monotonic())
            if press is not None:
                held[place] = "its button is held, or its wire is shorted to ground"
        return held

    # --- seats

    def _seat(self, seat: int) -> tuple[bool, str]:
        self._say(f"seat {seat}: red, green, blue, white. Press its button: short if you saw them, long if not")
        for _, colour in COLOURS:
            self._panel.light(seat, colour)
            time.sleep(self._show_s)  # for the eye; edges queue up meanwhile
        found, press = self._next_press()
        self._panel.light(seat, DARK)
        if press is None:
            return False, f"no press within {self._patience_s:g} s"
        if found != seat:
            return False, f"the button of seat {found} answered; are their wires swapped?"
        return _judged(press, self._bounces)

    def _next_press(self) -> tuple[int, Press | None]:
        """The first press of any seat's button, with its seat; None when patience is at its end."""
        self._bounces, ends = 0, time.monotonic() + self._patience_s
        while (news := self._next_news(ends)) is not None:
            place, press = news
            if press is not None and isinstance(place, int):
                return place, press
        return 0, None

    def _next_news(self, ends: float) -> tuple[Place, Press | None] | None:
        """What the next edge or settling at any place made of it; None once it is `ends`."""
        while True:
            dues = [due for contact in self._contacts.values() if (due := debounce.deadline(contact)) is not None]
            try:
                place, down, at = self._edges.get(timeout=max(0.0, min([ends, *dues]) - time.monotonic()))
            except queue.Empty:
                now = time.monotonic()
                if now >= ends:
                    return None
                for place, contact in self._contacts.items():
                    self._contacts[place], press = debounce.settle(contact, now)
                    if self._contacts[place] != contact:
                        return place, press
                continue
            self._bounces += 1
            self._contacts[place], press = debounce.edge(self._contacts[place], down, at)
            return place, press

    # --- fittings

    def _fitting(self, fitting: Fitting) -> tuple[bool, str]:
        """Every output is shown and answered by a seat's button, every contact is to be operated."""
        seen = []
        if fitting.outputs:
            well, words = self._show(fitting)
            if not well:
                return False, words
            seen.append(words)
        for spot in fitting.inputs:
            self._say(f"{fitting.words}: operate its {spot.use}, then put it back")
            if not self._is_operated(spot):
                return False, f"its {spot.use} did not change there and back within {self._patience_s:g} s"
            seen.append(f"{spot.use} there and back")
        return True, "; ".join(seen)

    def _show(self, fitting: Fitting) -> tuple[bool, str]:
        uses = ", ".join(spot.use for spot in fitting.outputs)
        self._say(f"{fitting.words}: {uses}. Press any seat's button: short if you saw or heard it, long if not")
        for spot in fitting.outputs:
            for _ in range(PULSES if spot.use in RULES[fitting.kind].pulsed else 1):
                self._panel.drive(spot, True)
                time.sleep(self._show_s)
                self._panel.drive(spot, False)
                time.sleep(self._show_s / 4)
        if not self._panel.seats:
            return True, f"{uses} shown (this board has no seat whose button could answer)"
        _, press = self._next_press()
        if press is None:
            return False, f"no press within {self._patience_s:g} s"
        return press.kind in SEEN, f"{uses} {'seen' if press.kind in SEEN else 'not seen'}"

    def _is_operated(self, spot: Spot) -> bool:
        """Whether a contact was seen to settle at both levels before patience ends."""
        levels, ends = {self._contacts[spot].down}, time.monotonic() + self._patience_s
        while len(levels) < 2 or self._contacts[spot].down is not self._contacts[spot].raw:
            if self._next_news(ends) is None:
                return False
            levels.add(self._contacts[spot].down)
        return True


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
        is_whole = not panel.absences  # of a panel that is closed everything is absent
    finally:
        panel.close()
    seats, fittings = results[: len(panel.seats)], results[len(panel.seats) :]
    counts = [f"{_well(seats)} of {len(seats)} seats"] if seats else []
    counts += [f"{_well(fittings)} of {len(fittings)} fittings"] if fittings else []
    say(f"{' and '.join(counts)} are well")
    return is_whole and _well(results) == len(results)


def _well(results: Sequence[Result]) -> int:
    return sum(result.is_well for result in results)


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
