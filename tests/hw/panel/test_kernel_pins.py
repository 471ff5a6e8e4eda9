"""Our pins for gpiozero on chips without a kernel under them; on real lines they are proven by tests/hil."""

import threading
from pathlib import Path

import gpiod
import pytest

from hw.board import read_board
from hw.live_panel import LivePanel
from tests.support.dumb_chips import DumbChip, chips_of

REV_B = Path(__file__).parents[3] / "hw" / "boards" / "rev_b.toml"


def test_sixteen_buttons_and_lamps_need_one_sleeping_thread_for_each_chip(monkeypatch: pytest.MonkeyPatch) -> None:
    """gpiozero's own buttons have a thread each, which wakes ten times a second."""
    monkeypatch.setattr(gpiod, "Chip", DumbChip)
    board, before = read_board(REV_B), set(threading.enumerate())
    panel = LivePanel(board, find=lambda: chips_of(board))
    assert panel.absences == ()
    panel.light_all(dict.fromkeys(panel.seats, (0.0, 0.0, 1.0)))
    names = sorted(one.name for one in set(threading.enumerate()) - before)
    assert names == [f"edges of /dev/gpiochip{number}" for number in range(4)]
    panel.close()
    assert set(threading.enumerate()) <= before
