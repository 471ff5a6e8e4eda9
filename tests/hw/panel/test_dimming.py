"""When a dimmed line is switched, as a function of time; the program itself is proven on real lines (tests/hil)."""

import subprocess
import sys

import pytest

from hw import dimming
from hw.dimming import Dimmer, Pulses

PERIOD = 0.01


def film(pulses: Pulses, began: float, seconds: float, late: float = 0.0) -> list[tuple[float, int, bool]]:
    """Every switching within some time, done `late` after it was due."""
    seen, now = [], began
    while now < began + seconds:
        levels, due = pulses.turn(now)
        seen += [(round(now - began, 6), line, level) for line, level in levels.items()]
        if due is None:
            break
        assert due > now
        now = due + late
    return seen


def test_a_line_is_high_for_its_share_of_each_period() -> None:
    pulses = Pulses(PERIOD)
    assert pulses.set(17, 0.25) == {}
    assert film(pulses, 100.0, 2 * PERIOD) == [
        (0.0, 17, True),
        (0.0025, 17, False),
        (0.01, 17, True),
        (0.0125, 17, False),
    ]


def test_lines_go_high_together_and_low_each_in_its_time() -> None:
    pulses = Pulses(PERIOD)
    pulses.set(1, 0.6)
    pulses.set(2, 0.2)
    assert film(pulses, 0.5, PERIOD) == [(0.0, 1, True), (0.0, 2, True), (0.002, 2, False), (0.006, 1, False)]


@pytest.mark.parametrize(("share", "level"), [(0.0, False), (1.0, True)])
def test_a_line_that_is_dark_or_fully_lit_is_switched_once_and_nothing_is_due(share: float, level: bool) -> None:
    pulses = Pulses(PERIOD)
    pulses.set(1, 0.5)
    film(pulses, 7.0, PERIOD)
    assert pulses.set(1, share) == {1: level}
    assert pulses.turn(7.02) == ({}, None)


def test_a_line_that_goes_dark_while_it_is_high_is_not_touched_again() -> None:
    pulses = Pulses(PERIOD)
    pulses.set(1, 0.5)
    pulses.set(2, 0.7)
    pulses.turn(0.02)
    assert pulses.set(1, 0.0) == {1: False}
    assert pulses.turn(0.026) == ({}, pytest.approx(0.027))
    assert pulses.turn(0.027)[0] == {2: False}


def test_a_dropped_line_is_never_switched_again() -> None:
    pulses = Pulses(PERIOD)
    pulses.set(1, 0.5)
    pulses.set(2, 0.5)
    pulses.turn(0.02)
    pulses.drop(1)
    assert {line for _, line, _ in film(pulses, 0.021, 3 * PERIOD)} == {2}


def test_lateness_does_not_add_up_and_a_long_stop_is_not_made_up_for() -> None:
    pulses = Pulses(PERIOD)
    pulses.set(1, 0.5)
    highs = [at for at, _, level in film(pulses, 10.0, 0.1, late=0.0002) if level]
    assert highs == pytest.approx([index * PERIOD + (0.0002 if index else 0.0) for index in range(10)], abs=1e-5)
    levels, due = pulses.turn(20.0)
    assert (levels, due) == ({1: True}, pytest.approx(20.0 + PERIOD / 2))


def test_a_program_that_cannot_have_its_chip_says_so_and_the_next_light_is_an_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    dimmer = Dimmer("/dev/no-such-chip")
    dimmer._program.wait(20)
    with pytest.raises(OSError, match="Broken pipe"):
        dimmer.take(17)
    dimmer.close()
    dimmer.close()
    assert "dimming /dev/no-such-chip: " in capfd.readouterr().err


def test_the_program_needs_nothing_of_ours() -> None:
    """It is started by its file, wherever the desk's own working directory is."""
    done = subprocess.run(
        [sys.executable, "-I", dimming.__file__, "/dev/nothing"], cwd="/", capture_output=True, check=False
    )
    assert b"dimming /dev/nothing: " in done.stderr
    assert done.returncode == 1
