"""Board files: the shipped one is right, and each mistake in one has its sentence."""

from pathlib import Path

import pytest

from hw.board import read_board
from hw.chips import ChipError, FoundChip, attach, missing
from hw.pins import BoardError

BOARDS = Path(__file__).parents[3] / "hw" / "boards"
REV_A = BOARDS / "rev_a.toml"
REV_B = BOARDS / "rev_b.toml"
EXPANDER = '[[chip]]\nid = "east"\nlabels = ["mcp23017"]\nlines = {}\n'
SEAT = "[[seat]]\nnumber = {}\nbutton = {}\nred = {}\ngreen = {}\nblue = {}\n"


def board(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rev_x.toml"
    path.write_text(text)
    return path


def test_the_shipped_board_has_six_seats_on_24_different_pins() -> None:
    shipped = read_board(REV_A)
    assert [seat.number for seat in shipped.seats] == [1, 2, 3, 4, 5, 6]
    assert len({pin for seat in shipped.seats for pin in (seat.button, seat.red, seat.green, seat.blue)}) == 24


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            SEAT.format(1, 4, 17, 27, 22) + SEAT.format(2, 10, 17, 11, 5),
            "rev_x.toml: red of seat 2 uses GPIO17, already taken by red of seat 1",
        ),
        (SEAT.format(1, 4, 4, 27, 22), "red of seat 1 uses GPIO4, already taken by button of seat 1"),
        (SEAT.format(1, 40, 17, 27, 22), "button of seat 1 is 40; the header has GPIO0 to GPIO27"),
        (SEAT.format(1, "true", 17, 27, 22), "button of seat 1 is True"),
        ("[[seat]]\nnumber = 1\nbutton = 4\n", "red of seat 1 is missing"),
        (SEAT.format(1, 4, 17, 27, 22) + SEAT.format(1, 5, 6, 7, 8), "seat 1 is there twice"),
        (SEAT.format(0, 4, 17, 27, 22), "a seat's number is 0"),
        (EXPANDER.format(16) + SEAT.format(1, 16, 1, 2, 3), "button of seat 1 is 16; east has lines 0 to 15"),
        (
            EXPANDER.format(16) + SEAT.format(1, 3, 3, 2, 1),
            "red of seat 1 uses line 3 of east, already taken by button",
        ),
        (
            EXPANDER.format(6) + SEAT.format(1, 0, 1, 2, 3) + SEAT.format(2, 4, 5, 1, 2),
            "chip east has 6 lines, its 2 seats need 8; 1 seats would fit",
        ),
        (EXPANDER.format(16) * 2, "chip east is there 2 times"),
        (EXPANDER.format(40), "chip east: lines is 40; 1 to 28 would be right"),
        (EXPANDER.format('"many"'), "lines is 'many'"),
        ('[[chip]]\nid = "east"\nlabels = "mcp23017"\n', "labels is 'mcp23017'; a list such as"),
        ('[[chip]]\nid = "east"\npwm = 1\n', "chip east: pwm is 1; true or false would be right"),
        ('[[chip]]\nlabel = "x"\n', "a \\[\\[chip\\]\\] table with an id would be right"),
        ('chip = "x"\n', "chip is 'x'"),
        (SEAT.format(1, 4, 17, 27, 22) + 'chip = "west"\n', "seat 1 hangs on chip 'west'; chips of this board: header"),
        ('lamp = "neon"\n', "lamp is 'neon'; common-cathode or common-anode would be right"),
        ('colour = "red"\n', "unknown key `colour`"),
        ("seat = 3\n", "a \\[\\[seat\\]\\] table for each seat would be right"),
        ("[[seat]\n", "not TOML"),
    ],
)
def test_a_mistake_in_a_board_file_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BoardError, match=sentence):
        read_board(board(tmp_path, text))


def test_a_board_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="cannot be read"):
        read_board(tmp_path / "none.toml")


# --- the chips of a machine

HEADER = FoundChip(0, "pinctrl-bcm2711", "fe200000.gpio", tuple(f"GPIO{line}" for line in range(58)))


def expander(number: int, device: str, *names: str) -> FoundChip:
    return FoundChip(number, "mcp23017", device, names or ("",) * 16)


def test_rev_b_has_sixteen_seats_whole_on_four_expanders_told_apart_by_their_addresses() -> None:
    board = read_board(REV_B)
    assert [seat.number for seat in board.seats] == list(range(1, 17))
    found = (HEADER, *(expander(9 - place, f"1-{0x20 + place:04x}") for place in range(4)))
    attached = [attach(board, chip, found) for chip in board.chips]
    assert [there.number for there, _ in attached] == [9, 8, 7, 6]
    assert [len(part.seats) for _, part in attached] == [4, 4, 4, 4]
    assert not any(chip.pwm for chip in board.chips)


def test_each_expander_that_is_not_there_is_told_by_itself() -> None:
    found = (HEADER, expander(5, "1-0021"), expander(6, "1-0023"))
    north, south = missing(read_board(REV_B), found)
    assert north.startswith("no chip mcp23017 at 1-0020 is here for north; gpiochip0 is pinctrl-bcm2711")
    assert south.startswith("no chip mcp23017 at 1-0022 is here for south; ")
    assert missing(read_board(REV_A), found) == ()


def test_rev_a_is_the_header_on_every_raspberry_pi_whatever_else_there_is() -> None:
    board = read_board(REV_A)
    for label in ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"):
        header = FoundChip(4, label, "x", HEADER.names)
        there, part = attach(board, board.chips[0], (expander(0, "1-0020"), header))
        assert (there.number, part) == (4, board)


def test_a_chip_can_be_named_by_its_number(tmp_path: Path) -> None:
    named = read_board(board(tmp_path, "chip = 3\n" + SEAT.format(1, 4, 17, 27, 22)))
    there, _ = attach(named, named.chips[0], (HEADER, FoundChip(3, "gpio-sim", "gpio-sim.0", ("",) * 28)))
    assert there.label == "gpio-sim"


def by_name(tmp_path: Path) -> Path:
    seat = '[[seat]]\nnumber = 1\nbutton = "b1"\nred = "r1"\ngreen = "g1"\nblue = 3\n'
    return board(tmp_path, EXPANDER.format(16) + seat)


def test_lines_are_found_by_the_names_that_the_kernel_gives_them_and_so_is_the_chip(tmp_path: Path) -> None:
    named = read_board(by_name(tmp_path))
    nameless, right = expander(1, "1-0020"), expander(2, "1-0021", "g1", "", "r1", "", "b1")
    there, part = attach(named, named.chips[0], (nameless, right))
    assert there is right
    (seat,) = part.seats
    assert (seat.button, seat.red, seat.green, seat.blue) == (4, 2, 0, 3)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ((), "no chip mcp23017 is here for east; this machine has no GPIO chip"),
        ((HEADER,), "no chip mcp23017 is here for east; gpiochip0 is pinctrl-bcm2711 \\(fe200000.gpio\\)"),
        (
            (expander(1, "1-0020", "b1", "r1", "x", "y"),),
            "green of seat 1 is line g1 of east; gpiochip1 has no line of",
        ),
        ((expander(1, "1-0020", "b1", "r1", "g1"),), "blue of seat 1 is line 3 of east; gpiochip1 has 3 lines only"),
        (
            (expander(1, "1-0020", "b1", "r1", "x", "g1"),),
            "blue of seat 1 uses line 3 of east, which is line 3, already that of green of seat 1",
        ),
        (
            (expander(1, "1-0020", "b1", "r1", "g1", ""), expander(2, "1-0021", "b1", "r1", "g1", "")),
            "chip east could be gpiochip1 \\(1-0020\\), gpiochip2 \\(1-0021\\); `device` in the board's file",
        ),
    ],
)
def test_what_a_machine_lacks_for_a_board_is_a_sentence(
    tmp_path: Path, found: tuple[FoundChip, ...], sentence: str
) -> None:
    named = read_board(by_name(tmp_path))
    with pytest.raises(ChipError, match=sentence):
        attach(named, named.chips[0], found)
