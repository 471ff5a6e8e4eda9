"""The walk through a panel: one press proves a seat, and everything that can be wrong with one is said."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hw.board import read_board
from hw.fittings import Fitting, Kind, Spot
from hw.panel import Colour, GpioPanel, VirtualPanel
from hw.panel_test import COLOURS, PULSES, main, walk_through

REV_A = Path(__file__).parents[3] / "hw" / "boards" / "rev_a.toml"
WHITE = COLOURS[-1][1]


class Answered(VirtualPanel):
    """A virtual panel with somebody in front of it: `answer` is done each time a lamp turns white."""

    def __init__(self, answer: Callable[["Answered", int], None]) -> None:
        super().__init__((1, 2))
        self.answer = answer
        self.colours: list[tuple[int, Colour]] = []

    def light(self, seat: int, colour: Colour) -> None:
        super().light(seat, colour)
        self.colours.append((seat, colour))
        if colour == WHITE:
            self.answer(self, seat)

    def press(self, seat: int, held_s: float) -> None:
        now = time.monotonic()
        self.edge(seat, down=True, at=now - held_s)
        self.edge(seat, down=False, at=now)


def said_of(answer: Callable[[Answered, int], None], patience_s: float = 5.0) -> tuple[bool, list[str], Answered]:
    panel, said = Answered(answer), []
    return walk_through(panel, said.append, 0.0, patience_s), said, panel


def test_a_short_press_at_each_seat_proves_the_board() -> None:
    well, said, panel = said_of(lambda panel, seat: panel.press(seat, 0.2))
    assert well
    assert said[1] == "seat 1: well: pressed for 0.20 s, 0 bounces; red, green, blue and white seen"
    assert said[-1] == "2 of 2 seats are well"
    shown = [colour for _, colour in COLOURS] + [(0.0, 0.0, 0.0)]
    assert panel.colours == [(seat, colour) for seat in (1, 2) for colour in shown]


def test_a_long_press_says_that_a_colour_was_missing() -> None:
    well, said, _ = said_of(lambda panel, seat: panel.press(seat, 1.5 if seat == 2 else 0.2))
    assert not well
    assert "seat 2: NOT WELL: pressed for 1.50 s, 0 bounces; the lamp did not show all colours" in said[3]
    assert said[-1] == "1 of 2 seats are well"


def test_a_press_at_another_seat_says_that_wires_are_swapped() -> None:
    _, said, _ = said_of(lambda panel, seat: panel.press(3 - seat, 0.2))
    assert said[1] == "seat 1: NOT WELL: the button of seat 2 answered; are their wires swapped?"


def test_a_seat_that_does_not_answer_is_said_after_a_while() -> None:
    well, said, _ = said_of(lambda panel, seat: None, patience_s=0.05)
    assert not well
    assert said[1] == "seat 1: NOT WELL: no press within 0.05 s"


def test_a_button_held_at_the_start_is_said_and_not_waited_for() -> None:
    panel, said = Answered(lambda panel, seat: panel.press(seat, 0.2)), []
    panel.edge(1, down=True, at=0.0)
    assert not walk_through(panel, said.append, 0.0, 5.0)
    assert said[0] == "seat 1: NOT WELL: its button is held, or its wire is shorted to ground"


def test_a_button_that_stays_down_is_stuck() -> None:
    _, said, _ = said_of(lambda panel, seat: panel.edge(seat, down=True, at=time.monotonic() - 10.5))
    assert "its button stayed down for 10 s; is it stuck?" in said[1] or "for 11 s" in said[1]


def test_the_walk_works_on_pins() -> None:
    factory = MockFactory(pin_class=MockPWMPin)

    class Touched(GpioPanel):
        """Real pins code on mock pins, with somebody in front of it who bounces."""

        def light(self, seat: int, colour: Colour) -> None:
            super().light(seat, colour)
            if colour == WHITE:
                button = factory.pin(read_board(REV_A).seats[seat - 1].button)
                button.drive_low()
                time.sleep(0.06)  # the finger: longer than a contact takes to settle
                for touch in (button.drive_high, button.drive_low, button.drive_high):
                    touch()

    said: list[str] = []
    assert walk_through(Touched(read_board(REV_A), factory), said.append, 0.0, 5.0)
    assert all("2 bounces" in line for line in said[1:-1:2])


def test_without_hardware_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hw.live_panel import LivePanel

    monkeypatch.setitem(LivePanel.__init__.__kwdefaults__, "find", tuple)
    assert main(["rev_a"]) == 2
    told = capsys.readouterr().err
    assert "The panel has no pins for seats 1, 2, 3, 4, 5, 6: no chip pinctrl-rp1 or" in told


def test_a_board_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rev_z"]) == 2
    assert "rev_z.toml: the board file cannot be read" in capsys.readouterr().err


# --- fittings

LIGHT, KEY = Fitting(Kind.STACK_LIGHT, "", (("red", 0), ("amber", 1), ("green", 2))), Spot(Kind.CLOSING_KEY, "", "key")


class Fitted(Answered):
    """A panel with a stack light and a closing key; `touch` is done each time an output comes on."""

    def __init__(self, touch: Callable[["Fitted", Spot], None]) -> None:
        super().__init__(lambda panel, seat: panel.press(seat, 0.2))
        self.fittings = (LIGHT, Fitting(Kind.CLOSING_KEY, "", (("key", 3), ("lamp", 4))))
        self.touch = touch
        self.lit: list[Spot] = []

    def drive(self, output: Spot, on: bool) -> None:
        super().drive(output, on)
        if on:
            self.lit.append(output)
            self.touch(self, output)


def turn(panel: Fitted, output: Spot, held_s: float = 0.2) -> None:
    """Answer the last output of a fitting with seat 2's button, and turn the key when its lamp comes on."""
    now = time.monotonic()
    if output.use in ("green", "lamp"):
        panel.press(2, held_s)
    if output.use == "lamp":
        panel.edge(KEY, down=True, at=now - 0.1)
        panel.edge(KEY, down=False, at=now)


def test_the_walk_shows_each_output_of_a_fitting_and_has_each_contact_operated() -> None:
    panel, said = Fitted(turn), []
    assert walk_through(panel, said.append, 0.0, 5.0)
    assert [spot.use for spot in panel.lit] == ["red", "amber", "green", "lamp"]
    assert "stack light: well: red, amber, green seen" in said
    assert "closing key: operate its key, then put it back" in said
    assert "closing key: well: lamp seen; key there and back" in said
    assert said[-1] == "2 of 2 seats and 2 of 2 fittings are well"
    assert not any(panel.driven.get(spot) for spot in panel.lit)


def test_an_output_that_nobody_saw_and_a_contact_that_nobody_operated_are_not_well() -> None:
    def answer(panel: Fitted, output: Spot) -> None:
        if output.use in ("green", "lamp"):
            panel.press(2, 1.5 if output.use == "green" else 0.2)

    panel, said = Fitted(answer), []
    assert not walk_through(panel, said.append, 0.0, 0.2)
    assert "stack light: NOT WELL: red, amber, green not seen" in said
    assert "closing key: NOT WELL: its key did not change there and back within 0.2 s" in said
    assert said[-1] == "2 of 2 seats and 0 of 2 fittings are well"


def test_a_relay_that_holds_only_while_it_is_pulsed_is_pulsed() -> None:
    panel, said = Fitted(lambda panel, output: None), []
    panel.fittings = (Fitting(Kind.LIFELINE, "line-1", (("in_use", 0), ("relay", 1))),)
    assert not walk_through(panel, said.append, 0.0, 0.05)
    assert [spot.use for spot in panel.lit] == ["relay"] * PULSES
