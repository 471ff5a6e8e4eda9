"""A line that is not as its country's, or a card that holds little: hook flash, reversal, keys, voltage."""

from pathlib import Path

import numpy as np
import pytest

from appliance.lines.states import State
from appliance.media import ulaw
from appliance.media.progress import Answer
from hw.modem.procedures import LOOK_AT_LINE
from hw.sim.dialled import Fate
from hw.sim.eventlog import What
from tests.lines.calling import CallingLine
from tests.lines.test_calling import person

NUMBER = "0312345678"


def test_a_hook_flash_is_as_long_as_the_line_says(tmp_path: Path) -> None:
    line = CallingLine(tmp_path, flash_s=0.2).has(NUMBER, voice=person())
    attempt = line.calls()
    line.state(State.TALKING)
    line.presses(attempt, "R")
    line.run(1.5)
    (flash,) = [event for event in line.core.log.all() if event.what is What.FLASHED]
    assert float(flash.detail) == pytest.approx(200, abs=20)


@pytest.mark.parametrize(("code", "reversal", "is_answer"), [("US", "yes", True), ("JP", "no", False)])
def test_swapped_wires_are_an_answer_where_the_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, code: str, reversal: str, is_answer: bool
) -> None:
    caplog.set_level("INFO")
    line = CallingLine(tmp_path, code=code, reversal=reversal).has(NUMBER, Fate.NO_ANSWER)
    line.calls()
    line.state(State.PROGRESS)
    line.run(1.0)
    line.core.line.loop_drop(300, line.now)
    line.run(1.0)
    assert (line.line.state is State.TALKING) is is_answer
    assert (Answer.REVERSAL.value in caplog.text) is is_answer


@pytest.mark.parametrize("louder", [-6.0, 0.0, 2.0])
def test_digits_and_keys_are_as_loud_as_the_line_says_and_the_exchange_understands_them(
    tmp_path: Path, louder: float
) -> None:
    line = CallingLine(tmp_path, tones_db=louder).has(NUMBER, voice=person(), answer_after=0.5)
    attempt = line.calls()
    line.state(State.DIALING)
    dialled = loudest(line)
    line.state(State.TALKING)
    line.run(1.0)
    line.presses(attempt, "5")
    pressed = loudest(line)
    usual = 20 * np.log10(10 ** (-9 / 20) + 10 ** (-7 / 20))
    assert dialled == pytest.approx(usual + louder, abs=0.5)
    assert pressed == pytest.approx(usual + louder, abs=0.5)
    assert line.dialled == [NUMBER]


@pytest.mark.parametrize(("in_use_v", "is_in_use"), [(20.0, True), (8.0, False)])
def test_an_idle_line_of_few_volts_is_in_use_or_not_as_the_line_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_use_v: float, is_in_use: bool
) -> None:
    """Bench list B21: a weak adapter feeds what elsewhere another telephone off the hook leaves."""
    line = CallingLine(tmp_path, in_use_v=in_use_v)
    monkeypatch.setattr(line.core.line, "volts", lambda: 12.0)
    line.run(LOOK_AT_LINE + 10.0)
    assert ("in use, and not by us: 12.0 V" in line.line.alarm) is is_in_use


@pytest.mark.parametrize("card_ms", [80, 120])
def test_a_modem_is_given_no_more_sound_than_the_line_says(tmp_path: Path, card_ms: int) -> None:
    """Bench list B2: digits may lie in the card for as long as it holds them."""
    line = CallingLine(tmp_path, card_ms=card_ms).has(NUMBER, voice=person(), answer_after=0.5)
    line.calls()
    line.state(State.TALKING)
    assert line.line.talk is not None
    for _ in range(40):
        line.line.talk.ledger.ran_dry()
        line.run(0.2)
    assert line.line.talk.ledger.target == card_ms * 8
    assert line.dialled == [NUMBER]


def loudest(line: CallingLine) -> float:
    """The highest peak that is sent in the next second, dBFS."""
    peak = 1.0
    for _ in range(50):
        line.run(0.02)
        assert line.line.talk is not None
        sent = np.frombuffer(ulaw.decode(line.line.talk._last[1]), np.int16)  # noqa: SLF001 - what the card was given
        peak = max(peak, float(np.abs(sent.astype(float)).max(initial=0.0)))
    return 20 * np.log10(peak / 32767)
