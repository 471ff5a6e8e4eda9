"""What a board has besides seats: read with a sentence for each mistake, driven as pins, gone and back."""

from collections import Counter
from pathlib import Path

import pytest
from gpiozero import LED
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hw.board import read_board
from hw.chips import FoundChip, attach, missing
from hw.fittings import RULES, Kind, Per, Spot
from hw.live_panel import LOOK_EVERY_S
from hw.panel import GpioPanel, Panel, PanelError, Place, VirtualPanel
from hw.pins import BoardError
from tests.hw.panel.test_live_panel import Machine

BOARDS = Path(__file__).parents[3] / "hw" / "boards"
REV_C = BOARDS / "rev_c.toml"
CHIPS = '[[chip]]\nid = "header"\n[[chip]]\nid = "office"\nlabels = ["mcp23017"]\nlines = {}\n'
SEAT = "[[seat]]\nnumber = 1\nbutton = 4\nred = 17\ngreen = 27\nblue = 22\n"
CONTACT = '[[contact]]\nname = "{}"\nchip = "office"\ninput = {}\n'

RED, KEY = Spot(Kind.STACK_LIGHT, "", "red"), Spot(Kind.CLOSING_KEY, "", "key")
FIRE, DOOR = Spot(Kind.CONTACT, "fire", "input"), Spot(Kind.CONTACT, "door", "input")
TALLY = Spot(Kind.RECORD_KEY, "3", "tally")

HEADER = FoundChip(0, "pinctrl-bcm2711", "x", ("",) * 28)
OFFICE = FoundChip(1, "mcp23017", "1-0024", ("",) * 16)
KEYS = FoundChip(2, "mcp23017", "1-0025", ("",) * 16)
SEATS = FoundChip(3, "mcp23017", "1-0026", ("",) * 16)


def board(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rev_x.toml"
    path.write_text(CHIPS.format(16) + SEAT + text if "[[chip]]" not in text else text)
    return path


# --- the file


def test_rev_c_has_every_kind_of_fitting_there_is_and_no_pin_twice() -> None:
    shipped = read_board(REV_C)
    assert Counter(one.kind for one in shipped.fittings) == {
        **{kind: 6 for kind in Kind if RULES[kind].per is Per.SEAT},
        Kind.STACK_LIGHT: 1, Kind.CLOSING_KEY: 1, Kind.CONTACT: 3, Kind.LIFELINE: 1,
    }  # fmt: skip
    assert len(shipped.seats) == 6
    for chip in shipped.chips:
        pins = [pin for _, pin in shipped.pins_on(chip)]
        assert len(pins) == len(set(pins)) > 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            CONTACT.format("fire", 3) + '[[lifeline]]\nname = "l1"\nchip = "office"\nin_use = 1\nrelay = 3\n',
            "rev_x.toml: relay of lifeline l1 uses line 3 of office, already taken by input of contact fire",
        ),
        (
            "[[piezo]]\nseat = 1\nsound = 17\n",
            "sound of piezo of seat 1 uses GPIO17, already taken by red of seat 1",
        ),
        (
            '[[stack_light]]\nchip = "office"\nred = 0\namber = 1\ngreen = 16\n',
            "green of stack light is 16; office has",
        ),
        ('[[stack_light]]\nchip = "office"\nred = 0\namber = 1\n', "green of stack light is missing"),
        ('[[lifeline]]\nname = "l1"\nrelay = 3\n', "in_use of lifeline l1 is missing"),
        ('[[stack_light]]\nchip = "attic"\n', "stack light hangs on chip 'attic'; chips of this board: header, office"),
        ("[[record_key]]\nseat = 7\nkey = 5\n", "a record key is of seat 7; seats of this board: 1"),
        ("[[seat_sensor]]\ninput = 5\n", "a sensor is of seat None; seats of this board: 1"),
        ('[[contact]]\nname = "Fire!"\ninput = 5\n', "a contact is named 'Fire!'; small letters, digits"),
        ("[[contact]]\ninput = 5\n", "a contact is named None"),
        (CONTACT.format("fire", 3) + CONTACT.format("fire", 4), "contact fire is there 2 times; once would be right"),
        ("[[closing_key]]\nkey = 5\n[[closing_key]]\nkey = 6\n", "closing key is there 2 times"),
        ("[[closing_key]]\nkey = 5\nbell = 6\n", "closing_key: unknown key `bell`; known here: chip, key, force, lamp"),
        ('[[contact]]\nname = "a"\ninput = 5\ninverted = true\n', "unknown key `inverted`"),
        ("[[closing_key]]\nkey = 5\nopens = 1\n", "closing key: opens is 1; true or false would be right"),
        ("closing_key = 3\n", "closing_key is 3; \\[\\[closing_key\\]\\] tables would be right"),
        ("contact = [3]\n", "contact is 3; a \\[\\[contact\\]\\] table would be right"),
        (
            CHIPS.format(2) + "".join(CONTACT.format(name, 0) for name in "abc"),
            "chip office has 2 lines, its contact a, contact b, contact c need 3",
        ),
    ],
)
def test_a_mistake_in_a_fitting_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    plain = "=" in text.partition("\n")[0]  # a key of the file itself stands before its tables
    path = board(tmp_path, text + CHIPS.format(16) if plain else text)
    with pytest.raises(BoardError, match=sentence):
        read_board(path)


def test_a_spot_says_where_it_is() -> None:
    assert [str(spot) for spot in (RED, FIRE, TALLY)] == [
        "red of stack light", "input of contact fire", "tally of record key of seat 3",
    ]  # fmt: skip


def test_fittings_are_found_by_the_names_of_lines_too(tmp_path: Path) -> None:
    named = read_board(board(tmp_path, '[[contact]]\nname = "a"\nchip = "office"\ninput = "smoke"\n'))
    _, part = attach(named, named.chips[1], (HEADER, FoundChip(5, "mcp23017", "1-0024", ("", "", "smoke"))))
    assert part.fittings[0].pins == (("input", 2),)
    assert part.seats == ()
    assert "no line of that name" in missing(named, (HEADER, FoundChip(5, "mcp23017", "1-0024", ("", "x"))))[0]


# --- pins


def virtual() -> VirtualPanel:
    shipped = read_board(REV_C)
    return VirtualPanel(tuple(seat.number for seat in shipped.seats), shipped.fittings)


def real() -> tuple[GpioPanel, dict[str, MockFactory]]:
    factories = {chip.id: MockFactory(pin_class=MockPWMPin) for chip in read_board(REV_C).chips}
    return GpioPanel(read_board(REV_C), factories), factories


def test_a_real_and_a_virtual_panel_have_the_same_fittings() -> None:
    panel, _ = real()
    assert panel.fittings == virtual().fittings == read_board(REV_C).fittings
    panel.close()


def test_contacts_of_fittings_are_heard_by_their_place_and_one_that_opens_is_down_when_it_is_open() -> None:
    panel, factories = real()
    heard: list[tuple[Place, bool]] = []
    panel.listen(lambda place, down, at: heard.append((place, down)))
    office = factories["office"]
    office.pin(8).drive_low()
    assert panel.is_down(FIRE)  # its loop is not there: a cut wire is an alarm
    office.pin(7).drive_low()
    assert not panel.is_down(FIRE)
    office.pin(7).drive_high()
    assert heard == [(Spot(Kind.CONTACT, "earthquake", "input"), True), (FIRE, False), (FIRE, True)]
    panel.close()


def test_outputs_are_switched_each_by_itself_and_are_off_at_first_and_after_close() -> None:
    panel, factories = real()
    pins = [factories["office"].pin(line) for line in range(4)]
    assert [pin.state for pin in pins] == [0, 0, 0, 0]
    panel.drive(RED, True)
    assert [pin.state for pin in pins] == [1, 0, 0, 0]
    panel.close()
    assert pins[0].function == "input"


def test_an_inverted_output_is_low_when_it_is_on(tmp_path: Path) -> None:
    text = "[[piezo]]\nseat = 1\nsound = 5\ninverted = true\n"
    factory = MockFactory(pin_class=MockPWMPin)
    panel = GpioPanel(read_board(board(tmp_path, text)), factory)
    assert factory.pin(5).state == 1
    panel.drive(Spot(Kind.PIEZO, "1", "sound"), True)
    assert factory.pin(5).state == 0
    panel.close()


def test_pins_of_a_fitting_that_somebody_holds_are_a_sentence(tmp_path: Path) -> None:
    path = board(tmp_path, CONTACT.format("fire", 5))
    factory = MockFactory(pin_class=MockPWMPin)
    taken = LED(5, pin_factory=factory)
    with pytest.raises(PanelError, match="contact fire: its pins cannot be had"):
        GpioPanel(read_board(path), factory)
    taken.close()


def test_a_virtual_panel_keeps_what_was_driven_and_who_is_down() -> None:
    panel: Panel = virtual()
    assert isinstance(panel, VirtualPanel)
    panel.drive(TALLY, True)
    panel.edge(DOOR, down=True, at=1.0)
    assert panel.driven[TALLY]
    assert panel.is_down(DOOR)
    panel.close()
    assert not panel.driven[TALLY]


# --- absence


def test_a_chip_of_fittings_that_goes_costs_only_them_and_returns_as_it_should_be_by_now() -> None:
    machine = Machine(HEADER, OFFICE, KEYS, SEATS)
    panel = machine.panel("rev_c")
    panel.tend(0.0)
    panel.drive(RED, True)
    assert machine.factories[1].pin(0).state == 1
    machine.factories[1].pin(4).drive_low()
    assert panel.is_down(KEY)
    del machine.chips[1]
    moved, due = panel.tend(LOOK_EVERY_S)
    assert KEY in moved
    assert 1 not in moved
    assert not panel.is_down(KEY)
    assert not panel.is_down(FIRE)  # what is not there has not opened
    (said,) = panel.absences
    assert said.startswith(
        "The panel has no pins for stack light, closing key, contact fire, contact earthquake, contact door, "
        "lifeline line-1: chip office is gone (OSError"
    )
    panel.drive(RED, False)
    panel.drive(Spot(Kind.STACK_LIGHT, "", "green"), True)
    machine.chips[9] = FoundChip(9, "mcp23017", "1-0024", ("",) * 16)
    assert due is not None
    moved, _ = panel.tend(due + LOOK_EVERY_S)
    assert KEY in moved
    assert panel.absences == ()
    assert [machine.factories[9].pin(line).state for line in range(3)] == [0, 0, 1]
    panel.close()


def test_a_chip_that_has_only_outputs_is_looked_after_as_well(tmp_path: Path) -> None:
    path = board(tmp_path, '[[stack_light]]\nchip = "office"\nred = 0\namber = 1\ngreen = 2\n')
    machine = Machine(HEADER, OFFICE)
    panel = machine.panel(str(path.with_suffix("")))
    panel.tend(0.0)
    del machine.chips[1]
    panel.tend(LOOK_EVERY_S)
    assert panel.absences[0].startswith("The panel has no pins for stack light: ")
    panel.close()


def test_whether_a_contact_can_be_read_follows_its_chip() -> None:
    machine = Machine(HEADER, OFFICE, SEATS)
    panel = machine.panel("rev_c")
    sensor = Spot(Kind.SEAT_SENSOR, "1", "input")
    assert (panel.is_here(KEY), panel.is_here(Spot(Kind.RECORD_KEY, "1", "key"))) == (True, False)
    assert panel.is_here(sensor)
    del machine.chips[3]
    assert not panel.is_down(sensor)
    assert not panel.is_here(sensor)
    panel.close()
