"""F07 to F12, F38: buffers, crystals, stalls and freezes (fxo §3.5)."""

import ast
from pathlib import Path

import pytest

from hw.modem.events import (
    Failed,
)
from hw.sim.party import CallerState
from hw.sim.sound import Spoken
from tests.hw.modem.virtual import VirtualLine

ROOT = Path(__file__).parents[3]


def test_f07_a_far_end_that_sends_only_dle_starves_nobody_under_the_chips_byte_budget():
    line = VirtualLine().ready()
    line.talking(voice=Spoken(lambda count: b"\x10" * count))
    line.play = Spoken(lambda count: b"\x10" * count)
    line.run(1.0)
    dry = line.core.stats(line.now).underruns
    line.run(29.0)
    assert line.core.stats(line.now).underruns == dry
    assert line.core.stats(line.now).overruns == 0
    line.hang_up()
    assert line.wrongs() == []


@pytest.mark.parametrize("size", [512, 1024, 2048, 8192])
def test_f08_any_depth_of_the_cards_buffer_gives_no_underrun_and_no_delay(size):
    line = VirtualLine().ready()
    line.fault("card.tx_fifo", size)
    line.talking()
    line.run(5.0)
    dry = line.core.stats(line.now).underruns
    line.levels.clear()
    line.run(20.0)
    assert line.core.stats(line.now).underruns - dry == 0
    assert max(line.levels) / 8 < 120
    line.hang_up()
    assert line.wrongs() == []


@pytest.mark.parametrize("stall", [0.05, 0.2, 1.0])
def test_f09_after_a_stall_of_ours_the_delay_is_what_it_was(stall):
    line = VirtualLine().ready()
    line.talking()
    line.run(2.0)
    usual = max(line.levels[-50:])
    line.is_paused = True
    line.run(stall)
    line.is_paused = False
    line.run(0.1)
    line.levels.clear()
    line.run(2.0)
    assert max(line.levels) <= usual + 80


@pytest.mark.parametrize("ppm", [-200.0, 200.0])
def test_f10_a_crystal_200_ppm_off_neither_dries_nor_overruns_the_card(ppm):
    line = VirtualLine(ppm=ppm).ready()
    line.talking()
    line.run(1800.0)
    stats = line.core.stats(line.now)
    assert (stats.underruns, stats.overruns) == (0, 0)
    line.hang_up()
    assert line.wrongs() == []


def test_f11_a_flood_of_underrun_and_overrun_reports_is_survived_and_counted_once_per_dry_spell():
    """The log and the alarm of such a flood: tests/lines/test_faults_calls.py; its CPU: tests/bench/bench_line.py."""
    line = VirtualLine().ready()
    party = line.talking()
    for _ in range(100):
        line.fault("card.event", text="u", count=10)
        line.fault("card.event", text="o", count=10)
        line.run(0.02)
    assert party.state is CallerState.CONNECTED
    assert line.ledger.underruns <= 2.0 / 0.05 + 1
    line.hang_up()
    assert not line.core.is_off_hook


@pytest.mark.parametrize("ms", [300, 1800, 3000, 0])
def test_f12_a_short_freeze_is_survived_a_long_one_ends_the_call_within_three_seconds(ms):
    line = VirtualLine().ready()
    line.talking()
    begun = line.now
    line.fault("card.freeze", ms)
    if 0 < ms < 2000:
        line.run(5.0)
        assert not any(isinstance(event, Failed) for event in line.events)
        line.hang_up()
    else:
        line.until(Failed)
        assert line.now - begun < 3.0
    assert not line.core.is_off_hook


def test_f38_nothing_of_the_line_card_asks_for_wall_time():
    """F38: a clock step cannot matter to code that knows monotonic time alone."""
    sources = [*(ROOT / "hw" / "modem").glob("*.py"), *(ROOT / "appliance" / "lines").glob("*.py")]
    assert len(sources) > 20
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "time":
                assert node.attr in ("monotonic", "sleep", "perf_counter"), source
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("time", "datetime"), source
            if isinstance(node, ast.Import):
                assert all(alias.name != "datetime" for alias in node.names), source
