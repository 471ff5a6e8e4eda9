"""Chips that are absent, go and come back: the panel stays whole, says so, and is right again when they return."""

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hw.board import read_board
from hw.chips import FoundChip
from hw.live_panel import LONGEST_RETRY_S, LOOK_EVERY_S, RETRY_S, LivePanel
from hw.panel import PanelError, open_panel

BOARDS = Path(__file__).parents[3] / "hw" / "boards"
NORTH = FoundChip(1, "mcp23017", "1-0020", ("",) * 16)
EAST = FoundChip(2, "mcp23017", "1-0021", ("",) * 16)
SOUTH = FoundChip(3, "mcp23017", "1-0022", ("",) * 16)
WEST = FoundChip(4, "mcp23017", "1-0023", ("",) * 16)


class GonePin(MockPWMPin):
    """A mock pin whose chip can be unplugged: then every look and every light is the kernel's error."""

    def _get_state(self) -> float:
        self.factory.check()
        return super()._get_state()

    def _set_state(self, value: float) -> None:
        self.factory.check()
        super()._set_state(value)


class Machine:
    """The chips that are plugged in, by number; pulling one out makes its pins fail."""

    def __init__(self, *chips: FoundChip) -> None:
        self.chips = {chip.number: chip for chip in chips}
        self.factories: dict[int, PluggedFactory] = {}
        self.looks = 0

    def find(self) -> tuple[FoundChip, ...]:
        self.looks += 1
        return tuple(self.chips.values())

    def factory(self, number: int) -> "PluggedFactory":
        self.factories[number] = PluggedFactory(self, number)
        return self.factories[number]

    def panel(self, board: str = "rev_b", **options: bool) -> LivePanel:
        return LivePanel(read_board(BOARDS / f"{board}.toml"), find=self.find, factory=self.factory, **options)


class PluggedFactory(MockFactory):
    def __init__(self, machine: Machine, number: int) -> None:
        super().__init__(pin_class=GonePin)
        self.machine, self.number = machine, number

    def check(self) -> None:
        if self.number not in self.machine.chips:
            raise OSError(19, "No such device")


def whole() -> Machine:
    return Machine(NORTH, EAST, SOUTH, WEST)


def test_with_every_expander_there_is_no_absence_and_each_seat_has_its_own_pins() -> None:
    machine = whole()
    panel = machine.panel()
    assert (panel.kind, panel.absences, len(panel.seats)) == ("gpio", (), 16)
    heard: list[tuple[int, bool]] = []
    panel.listen(lambda seat, down, at: heard.append((seat, down)))
    machine.factories[2].pin(4).drive_low()  # the second seat of east
    panel.light(16, (0.0, 1.0, 0.0))
    assert heard == [(6, True)]
    assert machine.factories[4].pin(14).state == 1
    panel.close()


def test_a_missing_expander_costs_its_own_seats_only_and_is_said() -> None:
    machine = Machine(NORTH, SOUTH, WEST)
    panel = machine.panel()
    panel.light_all({5: (1.0, 0.0, 0.0), 1: (1.0, 0.0, 0.0)})
    assert not panel.is_down(5)
    assert machine.factories[1].pin(1).state == 1
    (said,) = panel.absences
    assert said.startswith("The panel has no pins for seats 5, 6, 7, 8: no chip mcp23017 at 1-0021 is here for east")
    panel.close()


def test_a_chip_that_vanishes_is_noticed_without_any_lamp_changing_and_taken_when_it_returns() -> None:
    machine = whole()
    panel = machine.panel()
    heard: list[int] = []
    panel.listen(lambda seat, down, at: heard.append(seat))
    panel.light(5, (1.0, 0.0, 0.0))
    assert panel.tend(0.0)[0] == frozenset(range(1, 17))  # all of them came
    del machine.chips[2]
    moved, due = panel.tend(LOOK_EVERY_S)
    assert moved == {5, 6, 7, 8}
    assert "chip east is gone (OSError: [Errno 19] No such device)" in panel.absences[0]
    panel.light(5, (0.0, 1.0, 0.0))  # meanwhile the agent came on duty
    assert due is not None
    machine.chips[7] = FoundChip(7, "mcp23017", "1-0021", ("",) * 16)  # back under another number
    moved, _ = panel.tend(due + LOOK_EVERY_S)
    assert moved == {5, 6, 7, 8}
    assert panel.absences == ()
    assert [machine.factories[7].pin(line).state for line in (1, 2, 3)] == [0, 1, 0]
    machine.factories[7].pin(0).drive_low()
    assert heard == [5]
    panel.close()


def test_a_lamp_that_cannot_be_lit_costs_its_chip_and_nothing_else() -> None:
    machine = whole()
    panel = machine.panel()
    del machine.chips[3]
    panel.light(9, (1.0, 0.0, 0.0))
    panel.light(1, (1.0, 0.0, 0.0))
    assert len(panel.absences) == 1
    assert machine.factories[1].pin(1).state == 1
    panel.close()


def pauses_of(panel: LivePanel, count: int) -> list[float]:
    """How long the panel waits each time before it looks again."""
    now, pauses = 0.0, []
    for _ in range(count):
        _, due = panel.tend(now)
        assert due is not None
        pauses.append(due - now)
        now = due
    return pauses


def test_absent_chips_are_looked_for_every_second_all_at_once() -> None:
    machine = Machine()
    panel = machine.panel("rev_b")
    assert machine.looks == 1
    assert pauses_of(panel, 8) == [RETRY_S] * 8
    assert machine.looks == 1 + 8
    panel.tend(7.9 * RETRY_S)
    assert machine.looks == 1 + 8
    machine.chips[2] = EAST
    assert panel.tend(8 * RETRY_S)[0] == {5, 6, 7, 8}


def test_pins_of_another_program_are_tried_less_and_less_often() -> None:
    def busy(number: int) -> object:
        raise PanelError(f"gpiochip{number} cannot be opened (busy)")

    panel = LivePanel(read_board(BOARDS / "rev_b.toml"), find=whole().find, factory=busy)
    pauses = pauses_of(panel, 8)
    assert RETRY_S < pauses[0] < pauses[1] < pauses[2]
    assert pauses[-1] == LONGEST_RETRY_S


def test_a_chip_whose_pins_are_busy_is_an_absence_until_they_are_free() -> None:
    machine, busy = whole(), [True]

    def factory(number: int) -> PluggedFactory:
        if busy[0] and number == 2:
            raise PanelError("gpiochip2 cannot be opened (busy)")
        return machine.factory(number)

    panel = LivePanel(read_board(BOARDS / "rev_b.toml"), find=machine.find, factory=factory)
    assert "gpiochip2 cannot be opened (busy)" in panel.absences[0]
    busy[0] = False
    panel.tend(0.0)
    assert panel.absences == ()
    panel.close()


@pytest.mark.parametrize(("needs_gpio", "absences"), [(True, 1), (False, 0)])
def test_a_machine_without_any_gpio_is_an_absence_only_where_gpio_is_wanted(needs_gpio: bool, absences: int) -> None:
    panel = Machine().panel("rev_a", needs_gpio=needs_gpio)
    assert panel.kind == "virtual"
    assert len(panel.absences) == absences


def test_where_gpio_is_not_insisted_on_a_chip_that_was_there_once_is_missed() -> None:
    machine = whole()
    panel = machine.panel(needs_gpio=False)
    machine.chips.clear()
    panel.tend(LOOK_EVERY_S)
    assert len(panel.absences) == 4
    panel.close()


def test_a_machine_whose_chips_are_all_others_is_told_how_to_do_without_a_panel() -> None:
    panel = Machine(FoundChip(0, "INT34C6:00", "INT34C6:00", ("",) * 300)).panel("rev_a", needs_gpio=False)
    assert panel.absences[0].endswith("; panel.mode virtual says that there is no panel")


@pytest.mark.parametrize("mode", ["auto", "gpio"])
def test_a_machine_without_a_chip_still_gets_a_panel(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setitem(LivePanel.__init__.__kwdefaults__, "find", tuple)
    panel = open_panel(BOARDS / "rev_a.toml", mode)
    assert panel.seats == (1, 2, 3, 4, 5, 6)
    assert len(panel.absences) == (mode == "gpio")


def test_a_seat_dims_as_its_chip_does_there_or_not() -> None:
    assert whole().panel().dims(1) is False
    assert Machine().panel("rev_a").dims(1) is True
