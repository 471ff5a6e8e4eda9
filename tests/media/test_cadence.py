"""Busy, reorder and dial tone are found where they are, and nowhere else."""

import numpy as np
import pytest

from appliance.media import ulaw
from appliance.media.cadence import FRAME, PLANS, Detector, Plan, Tone

RATE = 8000
CADENCED = [(code, plan) for code, plans in PLANS.items() for plan in plans if plan.cadence]
CONTINUOUS = [(code, plan) for code, plans in PLANS.items() for plan in plans if not plan.cadence]


def sounding(frequencies: tuple[float, ...], seconds: float, level_db: float) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    amplitude = 32767 * 10 ** (level_db / 20) / max(1, len(frequencies)) ** 0.5
    return sum((amplitude * np.sin(2 * np.pi * f * at) for f in frequencies), np.zeros(len(at)))


def spoken(plan: Plan, seconds: float, level_db: float = -25.0, stretch: float = 1.0, shift: float = 1.0) -> np.ndarray:
    """The plan's tone for so long, after an odd bit of silence."""
    frequencies, level_db = tuple(f * shift for f in plan.frequencies), max(level_db, plan.least_db + 3.0)
    parts = [np.zeros(1237)]
    while sum(map(len, parts)) < seconds * RATE:
        for place, length in enumerate(plan.cadence or (1.0,)):
            parts.append(sounding(frequencies if place % 2 == 0 else (), length * stretch, level_db))
    return np.concatenate(parts)


def found(code: str, audio: np.ndarray) -> tuple[Tone | None, float]:
    """The first tone found and after how many seconds, through µ-law as on a line."""
    detector = Detector(code)
    linear = ulaw.decode(ulaw.encode(np.clip(audio, -32768, 32767).astype(np.int16).tobytes()))
    for start in range(0, len(linear) - 2 * FRAME + 1, 2 * FRAME):
        tone = detector.hear(linear[start : start + 2 * FRAME])
        if tone is not None:
            return tone, start / 2 / RATE
    return None, len(audio) / RATE


@pytest.mark.parametrize(("code", "plan"), CADENCED, ids=lambda one: one if isinstance(one, str) else one.tone.name)
@pytest.mark.parametrize("noise_db", [None, -35.0])
def test_a_countrys_busy_and_reorder_are_found_within_six_seconds_also_at_10_db_of_noise(code, plan, noise_db):
    audio = spoken(plan, 8.0)
    if noise_db is not None:
        audio = audio + np.random.default_rng(3).normal(0, 32768 / 2**0.5 * 10 ** (noise_db / 20), len(audio))
    tone, seconds = found(code, audio)
    assert tone is plan.tone
    assert seconds < 6.0


@pytest.mark.parametrize(("stretch", "shift"), [(0.9, 1.0), (1.1, 1.0), (1.0, 1.02), (1.0, 0.98)])
def test_an_exchange_may_be_a_tenth_off_in_time_and_two_percent_in_pitch(stretch, shift):
    for code in ("JP", "US"):
        plan = next(plan for plan in PLANS[code] if plan.tone is Tone.BUSY)
        assert found(code, spoken(plan, 8.0, stretch=stretch, shift=shift))[0] is Tone.BUSY


@pytest.mark.parametrize("stretch", [0.9, 1.0, 1.1])
@pytest.mark.parametrize(("code", "plan"), CADENCED, ids=lambda one: one if isinstance(one, str) else one.tone.name)
def test_no_tone_is_taken_for_a_sibling_of_the_same_country_when_the_exchange_is_a_tenth_off_in_time(
    code, plan, stretch
):
    """fxo 4.2. Finland's reorder was 0.25 s beside a busy tone of 0.3 s, and nothing could tell them apart."""
    assert found(code, spoken(plan, 9.0, stretch=stretch))[0] is plan.tone


def test_of_two_tones_whose_tolerances_overlap_the_nearer_one_is_found():
    near = (Plan(Tone.BUSY, (600.0,), (0.3, 0.3)), Plan(Tone.REORDER, (600.0,), (0.24, 0.24)))
    for wanted in near:
        detector, audio = Detector("JP", near), spoken(wanted, 6.0).astype(np.int16).tobytes()
        tones = [detector.hear(audio[at : at + 2 * FRAME]) for at in range(0, len(audio) - 2 * FRAME, 2 * FRAME)]
        assert {tone for tone in tones if tone is not None} == {wanted.tone}


@pytest.mark.parametrize("shift", [0.98, 0.99, 1.01, 1.02])
@pytest.mark.parametrize("code", ["US", "CA"])
def test_an_off_hook_warning_two_percent_off_in_pitch_is_found_though_that_is_50_hz_in_its_highest_tone(code, shift):
    plan = next(plan for plan in PLANS[code] if plan.tone is Tone.HOWLER)
    assert found(code, spoken(plan, 4.0, shift=shift))[0] is Tone.HOWLER


@pytest.mark.parametrize(("code", "plan"), CONTINUOUS, ids=lambda one: one if isinstance(one, str) else one.tone.name)
def test_dial_tone_is_found_after_a_second_and_a_half(code, plan):
    tone, seconds = found(code, spoken(plan, 4.0))
    assert tone is Tone.DIAL
    assert 1.4 < seconds < 2.0


RINGBACK = {"JP": ((400.0,), 1.0, 2.0), "US": ((440.0, 480.0), 2.0, 4.0), "DE": ((425.0,), 1.0, 4.0)}


@pytest.mark.parametrize("code", RINGBACK)
def test_ringback_is_neither_busy_nor_dial_tone(code):
    frequencies, on, off = RINGBACK[code]
    cycle = np.concatenate([sounding(frequencies, on, -20), sounding((), off, -20)])
    assert found(code, np.tile(cycle, 6))[0] is None


@pytest.mark.parametrize("code", PLANS)
def test_a_minute_of_something_like_a_voice_is_no_tone(code):
    dice = np.random.default_rng(7)
    voice = []
    while sum(map(len, voice)) < 60 * RATE:
        at = np.arange(int(dice.uniform(0.08, 0.4) * RATE)) / RATE
        pitch = dice.uniform(90, 250) * (1 + 0.05 * np.sin(2 * np.pi * 4 * at))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        voice += [
            3000 * sum(np.sin(k * phase) / k for k in range(1, 12)),
            np.zeros(int(dice.uniform(0.02, 0.5) * RATE)),
        ]
    assert found(code, np.concatenate(voice))[0] is None
