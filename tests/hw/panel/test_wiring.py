"""The pictures of the wiring are those of the board files."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hw.board import read_board
from hw.wiring import BOARDS, board_path, drawing

NAMES = sorted(path.stem for path in BOARDS.glob("*.toml"))


def test_every_board_that_ships_is_drawn() -> None:
    assert NAMES == ["rev_a", "rev_b", "rev_c"]


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_beside_a_board_file_is_drawn_from_it(name: str) -> None:
    beside = (BOARDS / f"{name}.svg").read_text(encoding="utf-8")
    assert beside == drawing(read_board(board_path(name))), f"run: python -m hw.wiring {name} > hw/boards/{name}.svg"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_every_seat_and_every_pin_once(name: str) -> None:
    board = read_board(board_path(name))
    picture = ET.fromstring(drawing(board))
    words = [one.text or "" for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    pins = [one for one in words if one.startswith(("GPIO", "line "))]
    assert len(pins) == sum(len(list(board.pins_on(chip))) for chip in board.chips)
    assert {fitting.words for fitting in board.fittings} <= {one.partition(", opens")[0] for one in words}
    assert [int(one) for one in words if one.isdigit()] == [seat.number for seat in board.seats]


def test_a_header_pin_is_shown_by_its_place_on_the_header() -> None:
    assert "GPIO4, header pin 7<" in drawing(read_board(board_path("rev_a")))


def test_words_from_a_board_file_cannot_break_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('name = "R&D <b>"\n')
    assert ET.fromstring(drawing(read_board(path)))[0].text == "R&D <b>"
