"""The real panel on gpiozero's mock pins and the virtual one keep the same promise."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hw.board import read_board
from hw.panel import DARK, GpioPanel, Panel, PanelError, VirtualPanel, on_or_off, open_panel
from hw.pins import BoardError

REV_A = Path(__file__).parents[3] / "hw" / "boards" / "rev_a.toml"


class Finger:
    """Presses and releases buttons of either kind of panel, and looks at its lamps."""

    def __init__(self, panel: Panel, factory: MockFactory | None) -> None:
        self.panel, self.factory = panel, factory

    def touch(self, seat: int, down: bool, at: float) -> None:
        if isinstance(self.panel, VirtualPanel):
            self.panel.edge(seat, down=down, at=at)
        else:
            pin = self.factory.pin(self.pins(seat)[0])
            (pin.drive_low if down else pin.drive_high)()

    def sees(self, seat: int) -> tuple[float, ...]:
        if isinstance(self.panel, VirtualPanel):
            return self.panel.shown[seat]
        return tuple(round(self.factory.pin(pin).state, 3) for pin in self.pins(seat)[1:])

    @staticmethod
    def pins(seat: int) -> tuple[int, ...]:
        found = next(one for one in read_board(REV_A).seats if one.number == seat)
        return found.button, found.red, found.green, found.blue


@pytest.fixture(params=["gpio", "virtual"])
def finger(request: pytest.FixtureRequest) -> Iterator[Finger]:
    if request.param == "virtual":
        yield Finger(VirtualPanel((1, 2, 3, 4, 5, 6)), None)
        return
    factory = MockFactory(pin_class=MockPWMPin)
    panel = GpioPanel(read_board(REV_A), factory)
    yield Finger(panel, factory)
    panel.close()


def test_edges_of_a_button_are_reported_with_their_seat(finger: Finger) -> None:
    heard: list[tuple[int, bool]] = []
    finger.panel.listen(lambda seat, down, at: heard.append((seat, down)))
    finger.touch(2, True, 1.0)
    assert finger.panel.is_down(2)
    finger.touch(2, False, 1.1)
    assert heard == [(2, True), (2, False)]
    assert not finger.panel.is_down(2)


def test_every_bounce_is_reported_since_debouncing_is_one_layer_up(finger: Finger) -> None:
    heard: list[bool] = []
    finger.panel.listen(lambda seat, down, at: heard.append(down))
    for down in (True, False, True, False):
        finger.touch(1, down, 1.0)
    assert heard == [True, False, True, False]


def test_a_lamp_shows_its_colour_and_no_other_lamp_does(finger: Finger) -> None:
    finger.panel.light(3, (1.0, 0.4, 0.0))
    assert finger.sees(3) == (1.0, 0.4, 0.0)
    assert finger.sees(4) == DARK


def test_the_panel_has_the_seats_of_its_board(finger: Finger) -> None:
    assert finger.panel.seats == (1, 2, 3, 4, 5, 6)


def test_after_close_nothing_is_heard(finger: Finger) -> None:
    heard: list[int] = []
    finger.panel.listen(lambda seat, down, at: heard.append(seat))
    finger.touch(1, True, 1.0)
    pin = finger.factory.pin(4) if finger.factory is not None else None
    finger.panel.close()
    if pin is None:
        finger.touch(1, False, 1.1)
    else:
        pin.drive_high()
    assert heard == [1]


def test_a_common_anode_lamp_is_inverted(tmp_path: Path) -> None:
    text = REV_A.read_text().replace('lamp = "common-cathode"', 'lamp = "common-anode"')
    (tmp_path / "anode.toml").write_text(text)
    factory = MockFactory(pin_class=MockPWMPin)
    panel = GpioPanel(read_board(tmp_path / "anode.toml"), factory)
    panel.light(1, (1.0, 0.0, 0.0))
    assert [factory.pin(pin).state for pin in (17, 27, 22)] == [0.0, 1.0, 1.0]
    panel.close()


def test_pins_that_somebody_else_holds_are_a_sentence() -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    first = GpioPanel(read_board(REV_A), factory)
    with pytest.raises(PanelError, match="seat 1: its pins cannot be had"):
        GpioPanel(read_board(REV_A), factory)
    first.close()


def test_a_lamp_that_cannot_dim_shows_the_nearest_colour_and_never_darkness_for_a_light() -> None:
    assert on_or_off((1.0, 0.45, 0.0)) == (1.0, 1.0, 0.0)
    assert on_or_off((0.25, 0.11, 0.0)) == (1.0, 1.0, 0.0)
    assert on_or_off((1.0, 0.3, 0.5)) == (1.0, 0.0, 1.0)
    assert on_or_off((0.0, 0.02, 0.0)) == (0.0, 1.0, 0.0)
    assert on_or_off(DARK) == DARK


def test_a_virtual_panel_has_nothing_to_look_after() -> None:
    panel = open_panel(REV_A, "virtual")
    assert (panel.kind, panel.tend(0.0), panel.absences) == ("virtual", (frozenset(), None), ())


def test_an_unknown_mode_is_a_sentence() -> None:
    with pytest.raises(BoardError, match="auto, gpio or virtual"):
        open_panel(REV_A, "magic")
