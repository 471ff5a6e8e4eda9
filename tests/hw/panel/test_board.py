"""Board files: the shipped one is right, and each mistake in one has its sentence."""

from pathlib import Path

import pytest

from hw.board import BoardError, read_board

REV_A = Path(__file__).parents[3] / "hw" / "boards" / "rev_a.toml"
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
