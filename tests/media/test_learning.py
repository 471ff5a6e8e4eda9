"""The tone that a call ended with is read off its sound, and what is no hang-up tone teaches nothing (fxo §2.8)."""

import tracemalloc

import numpy as np
import pytest

from appliance.media import dtmf, ulaw
from appliance.media.cadence import PLANS, Plan, Tone
from appliance.media.learning import hang_up_tone, is_same
from tests.bench.corpus import corpus
from tests.media.pressed import vowels
from tests.media.test_cadence import sounding, spoken

ODD = [
    Plan(Tone.BUSY, (480.0,), (0.3, 0.3)),
    Plan(Tone.REORDER, (360.0, 560.0), (0.15, 0.2)),
    Plan(Tone.BUSY, (625.0,), (0.75, 0.75)),
    Plan(Tone.BUSY, (400.0,), (0.35, 0.9)),
]
EVEN = [plan for plans in PLANS.values() for plan in plans if len(plan.cadence) == 2 and plan.tone is not Tone.HOWLER]


def heard(*parts: np.ndarray, noise_db: float = -38.0) -> Plan | None:
    audio = np.concatenate(parts)
    audio = audio + np.random.default_rng(2).normal(0, 32768 / 2**0.5 * 10 ** (noise_db / 20), len(audio))
    return hang_up_tone(ulaw.decode(ulaw.encode(np.clip(audio, -32768, 32767).astype(np.int16).tobytes())))


def talk(seed: int, seconds: float) -> np.ndarray:
    return vowels(np.random.default_rng(seed), seconds)


@pytest.mark.parametrize("plan", [*ODD, *EVEN], ids=lambda plan: f"{plan.frequencies}-{plan.cadence}")
@pytest.mark.parametrize("cut", [0, 1700])
def test_an_even_tone_after_a_voice_is_read_with_its_frequencies_and_its_beat(plan, cut):
    tone = spoken(plan, 7.0, -22.0)
    found = heard(talk(1, 4.0), tone[: len(tone) - cut])
    assert found is not None
    assert is_same(found, plan)
    assert found.frequencies == pytest.approx(plan.frequencies, abs=5.0)


def test_a_continuous_tone_is_read_when_it_lasted_four_seconds_and_counts_only_if_it_lasts_longer_than_a_ring():
    assert heard(talk(1, 3.0), sounding((380.0,), 3.5, -20)) is None
    found = heard(talk(1, 3.0), sounding((380.0,), 5.0, -20))
    assert found is not None
    assert (found.tone, found.cadence) == (Tone.DIAL, ())
    assert found.least_s > 2.0


def test_a_tone_followed_by_half_a_minute_of_silence_is_the_tone():
    found = heard(talk(1, 3.0), spoken(ODD[0], 8.0), np.zeros(8000 * 30), noise_db=-60.0)
    assert found is not None
    assert is_same(found, ODD[0])


RINGBACKS = {
    "JP": ((400.0,), (1.0, 2.0)),
    "US": ((440.0, 480.0), (2.0, 4.0)),
    "UK": ((400.0, 450.0), (0.4, 0.2, 0.4, 2.0)),
    "BE": ((425.0,), (1.0, 3.0)),
    "FR": ((440.0,), (1.5, 3.5)),
}


@pytest.mark.parametrize("code", RINGBACKS)
@pytest.mark.parametrize("cut", range(10))
def test_a_ringback_teaches_nothing_wherever_somebody_gave_up(code, cut):
    frequencies, cadence = RINGBACKS[code]
    cycle = np.concatenate([sounding(frequencies if n % 2 == 0 else (), s, -20) for n, s in enumerate(cadence)])
    rung = np.tile(cycle, 5)
    assert heard(rung[: len(rung) - cut * len(cycle) // 10]) is None


def test_voices_keys_fax_and_noise_teach_nothing():
    keys = np.frombuffer(ulaw.decode(dtmf.tones("5555555555555555")), np.int16).astype(float)
    fax = np.tile(np.concatenate([sounding((1100.0,), 0.5, -20), np.zeros(24000)]), 3)
    answer = sounding((2100.0,), 6.0, -20)
    assert [heard(talk(3, 20.0)), heard(keys), heard(fax), heard(answer), heard(np.zeros(80000))] == [None] * 5


def test_three_beats_or_uneven_ones_or_a_word_at_the_end_teach_nothing():
    beat = np.concatenate([sounding((480.0,), 0.3, -20), np.zeros(2400)])
    longer = np.concatenate([sounding((480.0,), 0.3, -20), np.zeros(4800)])
    assert heard(talk(1, 3.0), np.tile(beat, 3)) is None
    assert heard(talk(1, 3.0), beat, longer, beat, longer, beat, longer, beat, longer) is None
    assert heard(talk(1, 3.0), np.tile(beat, 8), talk(4, 1.0)) is None


def test_no_end_of_speech_or_music_anywhere_in_the_corpus_teaches_anything():
    ends = [
        (name, at, audio[max(0, at - 64000) : at]) for name, audio in corpus() for at in range(8000, len(audio), 32000)
    ]
    if not ends:
        pytest.skip("no package of speech and music is installed (tests/bench/corpus.py)")
    taught = [(name, at / 8000) for name, at, end in ends if hang_up_tone(end.astype(np.int16).tobytes()) is not None]
    assert taught == []


def test_looking_at_how_a_call_ended_needs_little_memory_for_a_lines_thread_keeps_what_it_once_used():
    """F35: four lines kept 14 MB each after their first call that ended with a tone."""
    pcm = np.random.default_rng(1).normal(0, 3000, 40 * 8000).astype(np.int16).tobytes()
    hang_up_tone(pcm)
    tracemalloc.start()
    hang_up_tone(pcm)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1.5e6
