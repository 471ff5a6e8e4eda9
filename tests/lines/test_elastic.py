"""The pipe between two clocks: exact counts, no silence, bounded delay, drift taken up by single samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.lines.elastic import RATE, Elastic
from tests.lines.fake_switch import tone
from tests.lines.running import silent_frames

SINE = np.frombuffer(tone(500, 60.0), np.int16)


def flow(
    pipe: Elastic, pushes: list[tuple[float, int]], pulls: list[tuple[float, int]]
) -> tuple[np.ndarray, list[int]]:
    """Push a sine and pull, in the order of time; what came out and the level after each pull."""
    came, levels, at = [], [], 0
    for _, count, is_push in sorted([(t, n, True) for t, n in pushes] + [(t, n, False) for t, n in pulls]):
        if is_push:
            pipe.push(SINE[at : at + count].tobytes())
            at += count
        else:
            came.append(np.frombuffer(pipe.pull(count), np.int16))
            levels.append(pipe.level)
    return np.concatenate(came), levels


@pytest.mark.parametrize("batch", [80, 160])
@pytest.mark.parametrize("ppm", [-1000, 0, 1000])
def test_a_minute_of_clocks_ten_times_worse_than_crystals_gives_no_silence_no_repeat_and_a_bounded_delay(ppm, batch):
    pipe = Elastic()
    card = batch / RATE * (1 + ppm / 1e6)
    pushes = [(n * card, batch) for n in range(round(59 / card))]
    came, levels = flow(pipe, pushes, [(0.005 + n * 0.02, 160) for n in range(2900)])
    sound = came[int(np.argmax(came != 0)) :]
    assert silent_frames(sound) == 0
    assert pipe.repeats == 0
    assert max(levels) <= 65 * RATE // 1000
    assert int(np.max(np.abs(np.diff(sound.astype(int))))) < 3500, (
        "a slip is no click: twice the sine's own step at most"
    )
    assert (pipe.slips > 0) is (ppm != 0)


def test_a_stall_is_bridged_by_repeating_and_its_delay_is_given_back():
    pipe = Elastic()
    on_time = [(n * 0.01, 80) for n in range(200)]
    late = [(2.1, 80)] * 10 + [(2.1 + n * 0.01, 80) for n in range(500)]
    came, levels = flow(pipe, on_time + late, [(0.005 + n * 0.02, 160) for n in range(340)])
    sound = came[int(np.argmax(came != 0)) :]
    assert silent_frames(sound) == 0
    assert pipe.repeats > 0
    assert pipe.cuts == 1
    assert max(levels[-100:]) <= 65 * RATE // 1000


def test_too_much_at_once_is_dropped():
    pipe = Elastic()
    flow(pipe, [(0.0, 800)], [(1.0, 160)])
    pipe.push(SINE[:8000].tobytes())
    assert pipe.level <= 120 * RATE // 1000


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2000)), max_size=60))
def test_a_pull_gives_exactly_what_was_asked_whatever_was_pushed(steps):
    pipe = Elastic()
    for is_push, count in steps:
        if is_push:
            pipe.push(SINE[:count].tobytes())
        else:
            assert len(pipe.pull(count)) == 2 * count


def test_a_cleared_pipe_forgets_what_another_leg_said():
    pipe = Elastic()
    pipe.push(SINE[:800].tobytes())
    pipe.pull(160)
    pipe.clear()
    assert pipe.pull(160) == bytes(320)
