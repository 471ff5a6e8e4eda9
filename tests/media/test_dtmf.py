"""Keys are heard at every limit the networks set, once each, and nothing else is taken for one (fxo §4.3)."""

import numpy as np
import pytest

from appliance.media import ulaw
from appliance.media.dtmf import KEYS, RATE, Detector, tones
from tests.bench.corpus import corpus
from tests.media.pressed import found, noise, pressed, silence, vowels


def line(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate([silence(0.0371), *parts, silence(0.08)])


def test_f24_every_key_is_heard_once_from_forty_milliseconds_on():
    for start in range(0, 51, 10):  # wherever the blocks fall
        for key in KEYS:
            assert found(np.concatenate([np.zeros(start), line(pressed(key, 0.040))])) == key
    assert found(line(pressed("5", 3.0))) == "5"


@pytest.mark.parametrize("milliseconds", [15, 23, 24])
def test_f24_24_milliseconds_are_no_key(milliseconds):
    for start in range(0, 51, 10):
        for key in KEYS:
            assert found(np.concatenate([np.zeros(start), line(pressed(key, milliseconds / 1000))])) == ""


@pytest.mark.parametrize("shift", [0.982, 0.985, 1.015, 1.018])
@pytest.mark.parametrize("key", "159D")
def test_f24_a_sender_may_be_1_8_percent_off(key, shift):
    assert found(line(pressed(key, shift=shift))) == key


@pytest.mark.parametrize("shift", [0.965, 0.97, 1.03, 1.035])
@pytest.mark.parametrize("key", "159D")
def test_f24_three_percent_off_is_no_key(key, shift):
    assert found(line(pressed(key, 0.5, shift=shift))) == ""


@pytest.mark.parametrize("twist", [-8.0, -5.0, 4.0, 5.0])
def test_f24_the_column_may_be_8_db_weaker_or_5_db_stronger_than_the_row(twist):
    dice = np.random.default_rng(8)
    for key in KEYS:
        assert found(line(pressed(key, twist_db=twist, phase=tuple(dice.uniform(0, 6.28, 2))))) == key


@pytest.mark.parametrize("level", [-6.1, -20.0, -27.0, -35.0])
def test_f24_loud_and_faint_keys_are_heard(level):
    assert "".join(found(line(pressed(key, row_db=level))) for key in KEYS) == KEYS


def test_f24_a_tone_alone_is_no_key():
    for hertz in (697, 941, 1209, 1633, 400, 1000):
        at = np.arange(RATE) / RATE
        assert found(line(8000 * np.sin(2 * np.pi * hertz * at))) == ""


def test_f24_keys_are_heard_in_noise_12_db_below():
    dice = np.random.default_rng(12)
    for key in KEYS * 2:
        audio = line(pressed(key))
        assert found(audio + noise(dice, len(audio), -15 + 3 - 12)) == key


def test_f24_the_same_key_twice_is_two_and_an_interruption_of_10_ms_is_none():
    for key in KEYS:
        assert found(line(pressed(key), silence(0.03), pressed(key))) == 2 * key
        held = pressed(key, 0.1)
        held[360:440] = 0
        assert found(line(held)) == key


def test_f24_another_key_without_a_pause_is_heard_too():
    assert found(line(pressed("1"), pressed("9"))) == "19"


def test_a_key_is_told_within_65_ms_of_its_beginning_however_the_samples_are_cut():
    audio = line(pressed("7", 0.2))
    linear = audio.astype(np.int16).tobytes()
    for piece in (1, 33, 80, 160, 4000):
        detector = Detector()
        told = [one for at in range(0, len(linear), 2 * piece) for one in detector.hear(linear[at : at + 2 * piece])]
        assert [one.digit for one in told] == ["7"]
        assert 0 < told[0].at - 0.0371 * RATE < 0.065 * RATE
        assert detector.sounding == ""


def test_f25_a_minute_of_vowels_is_no_key():
    assert len(found(vowels(np.random.default_rng(4), 60.0))) <= 1


def test_f25_ten_minutes_of_real_speech_hold_no_key():
    """All of it, and music, in tests/bench/bench_dtmf.py."""
    speech = [audio for _name, audio in corpus() if 8000 < len(audio) < 30 * 8000]
    if not speech:
        pytest.skip("no asterisk-core-sounds-*-wav is installed, and DESKBELL_CORPUS names no other speech")
    some = np.concatenate(speech)[: 600 * 8000]
    assert found(some) == ""


def test_what_is_sent_is_heard_and_keeps_its_times_and_levels():
    sent = tones(KEYS)
    assert len(sent) == 16 * 1600
    detector = Detector()
    heard = [press.digit for press in detector.hear(ulaw.decode(sent))]
    assert "".join(heard) == KEYS
    first = np.frombuffer(ulaw.decode(sent), np.int16)[:800].astype(float)
    assert not np.any(np.frombuffer(ulaw.decode(sent), np.int16)[800:1600])
    middle, at = first[200:600], np.arange(200, 600) / RATE
    levels = [
        20 * np.log10(abs(np.exp(-2j * np.pi * hertz * at) @ middle) * 2 / 400 / 32767) for hertz in (697.0, 1209.0)
    ]
    assert levels[0] == pytest.approx(-9.0, abs=0.5)
    assert levels[1] - levels[0] == pytest.approx(2.0, abs=0.5)
    assert np.max(np.abs(first[:8])) < 0.1 * np.max(np.abs(first)), "no click at the beginning"
    assert np.max(np.abs(first[-8:])) < 0.1 * np.max(np.abs(first)), "nor at the end"


def test_the_fastest_dialling_allowed_in_japan_is_heard():
    assert found(np.frombuffer(ulaw.decode(tones("0312345678", 0.05, 0.07)), np.int16).astype(float)) == "0312345678"


def test_a_key_no_telephone_has_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="'X' was to be sent"):
        tones("12X")
