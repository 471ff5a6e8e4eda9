"""Pins: what the panel hears and drives through gpiozero, gpiod and a real /dev/gpiochipN."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import gpiod
import pytest

from hw.panel import Panel, open_panel
from hw.panel_test import walk_through
from tests.hil.inside.gpio_sim import Film
from tests.hil.inside.panels import Bench, rev_a, rev_b

Edges = list[tuple[int, bool, float]]


@pytest.fixture
def header() -> Iterator[Bench]:
    with rev_a() as bench:
        yield bench


@pytest.fixture
def expanders(tmp_path: Path) -> Iterator[Bench]:
    with rev_b(tmp_path) as bench:
        yield bench


def listening(panel: Panel) -> Edges:
    """What the panel hears from now on: seat, down, when."""
    heard: Edges = []
    panel.listen(lambda seat, down, at: heard.append((seat, down, at)))
    return heard


async def until_heard(heard: Edges, count: int, timeout: float = 3.0) -> Edges:
    """The first `count` edges."""
    async with asyncio.timeout(timeout):
        while len(heard) < count:
            await asyncio.sleep(0.002)  # a thread of their own brings them
    return heard


async def test_both_edges_of_each_button_of_the_header_are_heard_with_their_seat_and_time(header: Bench) -> None:
    panel = header.open()
    for seat in panel.seats:
        heard = listening(panel)
        began = time.monotonic()
        header.press(seat)
        await until_heard(heard, 1)
        assert panel.is_down(seat)
        header.release(seat)
        await until_heard(heard, 2)
        assert [(where, down) for where, down, _ in heard] == [(seat, True), (seat, False)]
        assert began <= heard[0][2] <= heard[1][2] <= time.monotonic()
    panel.close()


async def test_line_3_of_one_expander_is_not_line_3_of_another(expanders: Bench) -> None:
    panel = expanders.open()
    heard = listening(panel)
    panel.light(6, (0.0, 1.0, 0.0))
    assert [number for number in panel.seats if any(expanders.rgb(number))] == [6]
    assert expanders.rgb(6) == (0, 1, 0)
    expanders.press(2)  # the second button of the first expander, at the offset of seat 6's on the second
    await until_heard(heard, 1)
    assert heard[0][:2] == (2, True)
    assert not panel.is_down(6)
    panel.close()


async def test_every_lamp_of_sixteen_seats_shows_each_colour_and_no_other_lamp_does(expanders: Bench) -> None:
    panel = expanders.open()
    for seat in panel.seats:
        for colour in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)):
            panel.light(seat, colour)
            assert expanders.rgb(seat) == colour
        panel.light(seat, (0.0, 0.0, 0.0))
    assert not any(any(expanders.rgb(seat)) for seat in panel.seats)
    panel.close()


async def test_sixteen_lamps_change_with_one_call_of_the_kernel_for_each_chip(
    expanders: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call is one transfer over I2C where the chip is an expander."""
    panel = expanders.open()
    calls: list[int] = []
    set_values = gpiod.LineRequest.set_values
    monkeypatch.setattr(
        gpiod.LineRequest,
        "set_values",
        lambda request, values: (calls.append(len(values)), set_values(request, values))[1],
    )
    for colour in ((1.0, 1.0, 1.0), (0.0, 1.0, 0.0)):
        panel.light_all(dict.fromkeys(panel.seats, colour))
        assert {expanders.rgb(seat) for seat in panel.seats} == {colour}
    assert calls == [12, 12, 12, 12, 8, 8, 8, 8]  # four seats of three lines a chip; then green stays as it is
    panel.close()


async def test_a_dimmed_lamp_is_lit_for_its_share_of_the_time(header: Bench, figure) -> None:
    panel = header.open()
    panel.light(1, (0.25, 1.0, 0.0))
    await asyncio.sleep(0.1)
    chip, seat = header.seat(1)
    reds = []
    ends = time.monotonic() + 1.0
    while time.monotonic() < ends:
        reds.append(chip.level(int(seat.red)))
        assert chip.level(int(seat.green)) == 1
        assert chip.level(int(seat.blue)) == 0
        await asyncio.sleep(0.0007)  # no multiple of the lamp's own period
    share = sum(reds) / len(reds)
    figure("a light asked for 25 % of the time", f"was on in {100 * share:.0f} % of {len(reds)} looks", "25 %")
    assert 0.1 < share < 0.45
    panel.close()


async def test_the_walk_of_panel_test_shows_every_colour_and_hears_every_button(header: Bench) -> None:
    """`deskbell panel-test` on real lines, with somebody at each seat who answers what they see."""
    panel, said = header.open(), []
    walk = asyncio.create_task(asyncio.to_thread(walk_through, panel, said.append, 0.08, 5.0))
    for seat in panel.seats:
        film = header.film(seat)
        assert await asyncio.to_thread(film.watch, 5.0, lambda levels: levels == (1, 1, 1), 0.03) is not None
        shown = iter(levels for _, levels in film.changes)
        assert all(colour in shown for colour in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)))  # in this order
        await header.push(seat)
    is_well = await walk
    assert is_well, [line for line in said if "well" in line]
    assert len([line for line in said if ": well: " in line]) == 6


async def test_dark_lamps_and_free_lines_are_left_behind(header: Bench) -> None:
    panel = header.open()
    panel.light(1, (1.0, 1.0, 1.0))
    panel.close()
    again = header.open()  # every line is free, or this says that something is using them
    assert header.rgb(1) == (0, 0, 0)
    again.close()


async def test_an_expander_that_vanishes_is_told_and_is_as_it_was_when_it_returns(expanders: Bench) -> None:
    panel = expanders.open()
    heard = listening(panel)
    panel.tend(time.monotonic())
    panel.light(5, (1.0, 0.0, 0.0))
    expanders.chips["east"].vanish()
    panel.light(5, (0.0, 1.0, 0.0))
    assert len(panel.absences) == 1
    assert "5, 6, 7, 8" in panel.absences[0]
    assert not panel.is_down(5)
    panel.light(1, (0.0, 0.0, 1.0))
    assert expanders.rgb(1) == (0, 0, 1)
    expanders.press(1)
    await until_heard(heard, 1)

    expanders.chips["east"].appear()
    moved, _ = panel.tend(time.monotonic() + 60.0)
    assert {5, 6, 7, 8} <= moved
    assert panel.absences == ()
    assert expanders.rgb(5) == (0, 1, 0)
    heard.clear()
    for seat in (5, 8, 2):
        expanders.press(seat)
        await until_heard(heard, 1)
        assert heard.pop()[:2] == (seat, True)
    panel.close()


HOLDER = """
import sys, time
from pathlib import Path
from hw.panel import open_panel
panel = open_panel(Path(sys.argv[1]), "gpio")
panel.light(1, (0.5, 0.25, 0.0))
print("lit", panel.absences, flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(header: Bench) -> Iterator[subprocess.Popen[str]]:
    """Another program that has the panel, seat 1 lit in a dim amber."""
    command = [sys.executable, "-c", HOLDER, str(header.board_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "lit ()\n"
        yield program
        program.kill()


async def test_who_has_a_line_already_is_named_and_the_panel_is_taken_when_they_are_gone(
    header: Bench, holder: subprocess.Popen[str]
) -> None:
    panel = open_panel(header.board_file, "gpio")
    (said,) = panel.absences
    assert f"line 17 of /dev/{header.chips['header'].gpiochip} is in use by deskbell" in said
    holder.kill()
    holder.wait()
    async with asyncio.timeout(5):
        while panel.absences:
            panel.tend(time.monotonic() + 60.0)
            await asyncio.sleep(0.02)  # the lines are let go of by a program that must be scheduled first
    panel.close()


async def test_a_lamp_that_dims_goes_dark_when_its_desk_is_killed(header: Bench, holder: subprocess.Popen[str]) -> None:
    chip, seat = header.seat(1)
    for line in (int(seat.red), int(seat.green)):
        chip.press(line)  # what hangs on a lamp's line pulls it down, a free one too
    film = Film(chip, (int(seat.red), int(seat.green)))
    assert await asyncio.to_thread(film.watch, 3.0, lambda levels: levels == (1, 1)) is not None
    holder.kill()
    film = Film(chip, (int(seat.red), int(seat.green)))
    assert await asyncio.to_thread(film.watch, 3.0, lambda levels: levels == (0, 0), 0.2) is not None
