"""Counting speech: how long somebody spoke, and how long it has been quiet (S-34)."""

import io

import numpy as np
import pytest

from appliance.media import wav
from appliance.media.speech import Speech, quiet_at_end_s, spoken_s

RATE = 8000


def voice(seconds: float, amplitude: float = 4000.0) -> bytes:
    """Somebody who says aah."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * 300 * t)).astype("<i2").tobytes()


def quiet(seconds: float, amplitude: float = 60.0) -> bytes:
    """A line on which nobody speaks: a little noise."""
    return np.random.default_rng(1).normal(0, amplitude, round(seconds * RATE)).astype("<i2").tobytes()


def heard(*pieces: bytes) -> Speech:
    speech = Speech()
    for piece in pieces:
        speech.feed(piece)
    return speech


def test_a_voice_counts_and_a_quiet_line_does_not() -> None:
    speech = heard(quiet(1.0), voice(2.0), quiet(3.0))
    assert speech.spoke_s == pytest.approx(2.3, abs=0.05)  # and the pause behind the last word
    assert speech.quiet_s == pytest.approx(3.0, abs=0.05)
    assert speech.heard_s == pytest.approx(6.0, abs=0.02)


def test_short_pauses_between_words_are_speech() -> None:
    assert heard(*[voice(0.3), quiet(0.2)] * 4).spoke_s == pytest.approx(2.0, abs=0.05)


def test_long_pauses_are_not() -> None:
    assert heard(*[voice(0.2), quiet(1.0)] * 3).spoke_s == pytest.approx(3 * 0.5, abs=0.1)


def test_who_never_speaks_is_quiet_from_the_beginning() -> None:
    speech = heard(quiet(4.0))
    assert (speech.spoke_s, speech.quiet_s) == (0.0, pytest.approx(4.0))


def test_pieces_of_any_length_make_the_same_sound() -> None:
    sound = quiet(0.5) + voice(1.0) + quiet(0.7)
    whole, pieces = heard(sound), heard(*(sound[at : at + 333] for at in range(0, len(sound), 333)))
    assert (whole.spoke_s, whole.quiet_s, whole.heard_s) == (pieces.spoke_s, pieces.quiet_s, pieces.heard_s)


def test_a_file_is_counted_from_its_samples_and_only_when_it_is_one_voice() -> None:
    sound = voice(3.0)
    assert spoken_s(io.BytesIO(wav.header(1, len(sound)) + sound)) == pytest.approx(3.0, abs=0.05)
    with pytest.raises(ValueError, match="this file has 2"):
        spoken_s(io.BytesIO(wav.header(2, 0)))


@pytest.mark.parametrize(
    ("pieces", "free"),
    [
        ([voice(2.0), quiet(3.0)], 2.7),  # the gap after the last word stays
        ([quiet(5.0)], 4.3),
        ([voice(5.0)], 0.0),
        ([voice(1.0), quiet(2.0), voice(0.3), quiet(0.2)], 0.0),
    ],
)
def test_what_may_be_cut_off_the_end_holds_no_word_and_not_the_gap_after_one(pieces, free):
    data = b"".join(pieces)
    found = quiet_at_end_s(io.BytesIO(wav.header(1, len(data)) + data), 4.0)
    assert found == pytest.approx(free, abs=0.05)
