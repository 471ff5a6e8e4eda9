"""Who hung up: every rule ends a call on its evidence, and on no less."""

import numpy as np
import pytest

from appliance.lines.supervision import FarEnd, Limits, Rule, Verdict
from appliance.media.cadence import PLANS, RATE
from hw.modem.events import Sign
from tests.media.pressed import vowels
from tests.media.test_cadence import sounding, spoken


def pcm(audio: np.ndarray) -> bytes:
    return np.clip(audio, -32768, 32767).astype(np.int16).tobytes()


def hear(far_end: FarEnd, audio: np.ndarray) -> Verdict | None:
    """As batches of 10 ms come."""
    samples = pcm(audio)
    verdicts = (far_end.hear(samples[at : at + 160]) for at in range(0, len(samples), 160))
    return next((verdict for verdict in verdicts if verdict is not None), None)


def quiet(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 10, round(seconds * RATE))


def voice(seconds: float) -> np.ndarray:
    return vowels(np.random.default_rng(2), seconds)[: round(seconds * RATE)]


BY_RULE = {
    "busy tone": Rule.BUSY,
    "reorder tone": Rule.BUSY,
    "dial tone": Rule.DIAL_TONE,
    "off-hook warning": Rule.HOWLER,
}
TONES = [(code, plan) for code, plans in PLANS.items() for plan in plans]


@pytest.mark.parametrize(("code", "plan"), TONES, ids=lambda one: one if isinstance(one, str) else one.tone.name)
def test_every_tone_of_a_country_ends_the_call_by_its_rule_within_six_seconds_of_it(code, plan):
    far_end = FarEnd(code)
    assert hear(far_end, voice(2.0)) is None
    verdict = hear(far_end, spoken(plan, 8.0))
    assert verdict is not None
    assert (verdict.rule, verdict.why) == (BY_RULE[plan.tone.value], plan.tone.value)
    assert verdict.at < 2.0 + 6.0
    assert str(verdict) == f"{plan.tone.value}, {verdict.rule.value}"


def announced(times: int) -> np.ndarray:
    """Special information tones, words, and that again."""
    sit = np.concatenate([sounding((hertz,), 0.33, -20) for hertz in (950.0, 1400.0, 1800.0)])
    return np.concatenate([np.concatenate([sit, quiet(0.3), voice(3.0), quiet(0.5)]) for _ in range(times)])


@pytest.mark.parametrize("noise_db", [None, -35.0])
def test_s4_an_announcement_of_the_exchange_ends_a_call_within_a_second_of_its_tones(noise_db):
    """fxo 2.8, S4: the caller hung up and the exchange says for ever why nobody is there."""
    far_end, said = FarEnd("JP"), announced(3)
    if noise_db is not None:
        said = said + np.random.default_rng(3).normal(0, 32768 / 2**0.5 * 10 ** (noise_db / 20), len(said))
    assert hear(far_end, voice(2.0)) is None
    verdict = hear(far_end, said)
    assert verdict is not None
    assert (verdict.rule, verdict.why) == (Rule.HOWLER, "special information tone")
    assert verdict.at < 2.0 + 1.05


@pytest.mark.parametrize("hertz", [(1800.0, 1400.0, 950.0), (950.0, 1800.0, 1400.0), (950.0, 1400.0, 950.0)])
def test_three_tones_that_do_not_rise_as_the_exchanges_do_end_no_call(hertz):
    said = np.concatenate([*(sounding((one,), 0.33, -20) for one in hertz), quiet(0.5), voice(3.0)])
    assert hear(FarEnd("JP"), said) is None


@pytest.mark.parametrize(("beat", "level_db", "ends"), [(0.1, -10, True), (0.2, -10, True), (0.1, -25, False)])
def test_s4_japans_howler_is_known_by_its_loudness_and_the_same_bursts_soft_are_not(beat, level_db, ends):
    """fxo 2.8, S4: high-level 400 Hz bursts."""
    bursts = np.concatenate([sounding((400.0,), beat, level_db), quiet(beat)] * 8)
    verdict = hear(FarEnd("JP"), bursts)
    assert (verdict is not None and verdict.rule is Rule.HOWLER) is ends


def busy(code: str, cycles: int) -> np.ndarray:
    plan = next(plan for plan in PLANS[code] if plan.tone.value == "busy tone")
    on, off = plan.cadence
    return np.concatenate([quiet(0.5), *([sounding(plan.frequencies, on, -20), quiet(off)] * cycles)])


def test_two_cycles_of_busy_are_enough_only_when_the_modem_hears_busy_too():
    alone, seconded = FarEnd("JP"), FarEnd("JP")
    seconded.sign(Sign.BUSY)
    beep = sounding((400.0,), 0.1, -20)
    assert hear(alone, np.concatenate([busy("JP", 2), beep])) is None
    verdict = hear(seconded, np.concatenate([busy("JP", 2), beep]))
    assert verdict is not None
    assert verdict.rule is Rule.BUSY


def test_a_second_of_dial_tone_is_enough_only_when_the_modem_hears_it_too():
    alone, seconded = FarEnd("US"), FarEnd("US")
    seconded.sign(Sign.DIAL_TONE)
    assert hear(alone, sounding((350.0, 440.0), 1.0, -20)) is None
    verdict = hear(seconded, sounding((350.0, 440.0), 1.0, -20))
    assert verdict is not None
    assert verdict.rule is Rule.DIAL_TONE
    assert verdict.at == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(("code", "plan"), [(code, plan) for code, plans in PLANS.items() for plan in plans])
def test_a_verdict_by_tone_says_for_how_long_the_tone_was_there_and_never_that_it_began_under_the_voice(code, plan):
    said = np.tile(sounding((200.0, 500.0, 830.0), 0.5, -15), 4)
    verdict = hear(FarEnd(code), np.concatenate([said, spoken(plan, 12.0, -20)]))
    assert verdict is not None
    began = (len(said) + 1237) / 8000  # `spoken` begins with so much silence
    assert 1.0 <= verdict.gone_s <= verdict.at - began + 0.06
    assert verdict.gone_s > 0.5 * (verdict.at - began), "most of the tone is known to be one"


@pytest.mark.parametrize("sign", [Sign.LOOP_DROP, Sign.VOLTAGE_DROP])
def test_a_loop_drop_is_a_hang_up_after_400_ms_without_a_voice(sign):
    far_end = FarEnd("JP")
    assert hear(far_end, voice(1.0)) is None
    far_end.sign(sign)
    verdict = hear(far_end, quiet(1.0))
    assert verdict is not None
    assert verdict.rule is Rule.LOOP_DROP
    assert verdict.at == pytest.approx(1.4, abs=0.05)


def test_a_loop_drop_under_a_voice_that_goes_on_is_forgotten():
    far_end = FarEnd("JP")
    far_end.sign(Sign.LOOP_DROP)
    talk = np.tile(sounding((200.0, 500.0, 830.0), 0.35, -15), 10)
    assert hear(far_end, talk) is None
    assert hear(far_end, quiet(2.0)) is None


def test_the_first_loop_drop_of_an_outgoing_call_is_the_answer_and_the_second_its_end():
    far_end = FarEnd("JP", is_outgoing=True)
    far_end.sign(Sign.LOOP_DROP)
    assert hear(far_end, quiet(1.0)) is None
    far_end.sign(Sign.LOOP_DROP)
    verdict = hear(far_end, quiet(1.0))
    assert verdict is not None
    assert verdict.rule is Rule.LOOP_DROP


def test_silence_ends_a_call_after_30_seconds_only_where_nobody_would_notice():
    attended, unattended = FarEnd("JP"), FarEnd("JP")
    unattended.is_attended = False
    assert hear(attended, quiet(60.0)) is None
    assert hear(unattended, np.concatenate([quiet(29.0), voice(1.0), quiet(29.0)])) is None
    verdict = hear(unattended, quiet(2.0))
    assert verdict is not None
    assert verdict.rule is Rule.SILENCE


def test_a_call_has_a_longest_length():
    verdict = hear(FarEnd("JP", limits=Limits(longest_call=3.0)), voice(4.0))
    assert verdict is not None
    assert (verdict.rule, verdict.at) == (Rule.TOO_LONG, pytest.approx(3.0))
    assert Limits().longest_call == 4 * 3600


def music(seconds: float) -> np.ndarray:
    """Notes of a tempered scale round 400 Hz with overtones, of lengths that come near every cadence."""
    dice = np.random.default_rng(9)
    notes: list[np.ndarray] = []
    while sum(map(len, notes)) < seconds * RATE:
        at = np.arange(round(float(dice.choice([0.25, 0.375, 0.5])) * RATE)) / RATE
        hertz = 440 * 2 ** (int(dice.integers(-9, 6)) / 12)
        fading = 6000 * np.exp(-3 * at)
        notes += [fading * sum(np.sin(2 * np.pi * hertz * k * at) / k for k in (1, 2, 3))]
        notes += [np.zeros(round(float(dice.choice([0.0, 0.25, 0.5])) * RATE))]
    return np.concatenate(notes)


@pytest.mark.parametrize("code", PLANS)
def test_a_voice_music_and_noise_for_a_minute_end_no_call(code):
    far_end = FarEnd(code)
    noise = np.random.default_rng(6).normal(0, 500, 10 * RATE)
    assert hear(far_end, np.concatenate([voice(25.0), music(25.0), noise])) is None


RINGBACK = {
    "JP": ((400.0,), (1.0, 2.0), 16.0),
    "US": ((440.0, 480.0), (2.0, 4.0), 0.0),
    "UK": ((400.0, 450.0), (0.4, 0.2, 0.4, 2.0), 0.0),
    "DE": ((425.0,), (1.0, 4.0), 0.0),
    "FR": ((440.0,), (1.5, 3.5), 0.0),
    "ES": ((425.0,), (1.5, 3.0), 0.0),
    "BE": ((425.0,), (1.0, 3.0), 0.0),
    "CH": ((425.0,), (1.0, 4.0), 0.0),
    "SE": ((425.0,), (1.0, 5.0), 0.0),
    "AT": ((420.0,), (1.0, 5.0), 0.0),
    "AU": ((413.0, 438.0), (0.4, 0.2, 0.4, 2.0), 0.0),
    "NZ": ((400.0, 450.0), (0.4, 0.2, 0.4, 2.0), 0.0),
    "IL": ((414.0,), (1.0, 3.0), 0.0),
    "CL": ((400.0,), (1.0, 3.0), 0.0),
}


@pytest.mark.parametrize("code", RINGBACK)
def test_ringback_ends_no_call(code):
    frequencies, cadence, modulation = RINGBACK[code]
    parts = [sounding(frequencies if place % 2 == 0 else (), long, -20) for place, long in enumerate(cadence)]
    if modulation:
        parts[0] *= 0.5 * (1 + np.cos(2 * np.pi * modulation * np.arange(len(parts[0])) / RATE))
    far_end = FarEnd(code)
    far_end.sign(Sign.DIAL_TONE)  # even when the modem takes it for one
    assert hear(far_end, np.tile(np.concatenate(parts), 8)) is None
