"""How an outgoing call fares by ear: every country's tones at usual and bad levels, people, announcements, machines."""

import numpy as np
import pytest

from appliance.media.cadence import PLANS, Tone
from appliance.media.progress import RINGBACKS, Answer, DialTone, DialToneWatch, Progress, Refused

RATE = 8000
COUNTRIES = sorted(RINGBACKS)
RING_CADENCE = {
    "JP": (1, 2), "US": (2, 4), "CA": (2, 4), "UK": (0.4, 0.2, 0.4, 2.0), "DE": (1, 4), "FR": (1.5, 3.5), "IT": (1, 4),
    "ES": (1.5, 3), "NL": (1, 4), "BE": (1, 3), "CH": (1, 4), "DK": (1, 4), "NO": (1, 4), "FI": (1, 4), "SE": (1, 5),
    "AT": (1, 5), "AU": (0.4, 0.2, 0.4, 2), "NZ": (0.4, 0.2, 0.4, 2), "PL": (1, 4),
    "IL": (1, 3), "CL": (1, 3),
}  # fmt: skip


def sines(hertz: tuple[float, ...], seconds: float, level: float = -20.0) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return sum(np.sin(2 * np.pi * one * at) for one in hertz) * 32767 * 10 ** (level / 20) / len(hertz) ** 0.5


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE))


def beats(hertz: tuple[float, ...], cadence: tuple[float, ...], seconds: float, level: float = -20.0) -> np.ndarray:
    if not cadence:
        return sines(hertz, seconds, level)
    parts = [sines(hertz, on, level) if place % 2 == 0 else silence(on) for place, on in enumerate(cadence)]
    whole = np.concatenate(parts)
    return np.tile(whole, int(seconds * RATE / len(whole)) + 1)[: round(seconds * RATE)]


def ringback(country: str, seconds: float, level: float = -20.0) -> np.ndarray:
    heard = beats(RINGBACKS[country].frequencies, RING_CADENCE[country], seconds, level)
    if country == "JP":
        heard = heard * 0.5 * (1 + np.cos(2 * np.pi * 16 * np.arange(len(heard)) / RATE))
    return heard


def speech(seconds: float, level: float = -20.0, seed: int = 1) -> np.ndarray:
    """Syllables: gliding harmonics under a moving formant, with breath."""
    chance = np.random.default_rng(seed)
    out = []
    while sum(map(len, out)) < seconds * RATE:
        count = int(chance.uniform(0.12, 0.3) * RATE)
        pitch = chance.uniform(100, 220) * np.linspace(1, chance.uniform(0.8, 1.2), count)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        formant = np.linspace(chance.uniform(400, 900), chance.uniform(1200, 2200), count)
        voice = sum(np.sin(n * phase) * np.exp(-(((n * pitch - formant) / 500) ** 2)) for n in range(1, 18))
        voice = voice + chance.normal(0, 0.15, count)
        out += [voice * np.hanning(count) ** 0.3, np.zeros(int(chance.uniform(0.02, 0.1) * RATE))]
    whole = np.concatenate(out)[: round(seconds * RATE)]
    return whole / np.sqrt((whole**2).mean()) * 32768 / 2**0.5 * 10 ** (level / 20)


def pcm(*parts: np.ndarray, noise_db: float = -65.0, seed: int = 3) -> bytes:
    whole = np.concatenate(parts)
    hiss = np.random.default_rng(seed).normal(0, 32768 / 2**0.5 * 10 ** (noise_db / 20), len(whole))
    return (whole + hiss).clip(-32768, 32767).astype(np.int16).tobytes()


def told(listener: DialToneWatch | Progress, heard: bytes, piece: int = 170) -> tuple[object, float]:
    """The finding and the second of it."""
    for start in range(0, len(heard), 2 * piece):
        found = listener.hear(heard[start : start + 2 * piece])
        if found is not None:
            return found, listener.seconds
    return None, listener.seconds


def plan(country: str, tone: Tone) -> tuple[tuple[float, ...], tuple[float, ...]]:
    found = next(one for one in PLANS[country] if one.tone is tone)
    return found.frequencies, found.cadence


@pytest.mark.parametrize("level", [-10.0, -25.0, -35.0])
@pytest.mark.parametrize("country", COUNTRIES)
def test_dial_tone_is_heard_at_any_usual_level(country: str, level: float) -> None:
    heard = pcm(silence(0.5), beats(*plan(country, Tone.DIAL), 4.5, level))
    found, seconds = told(DialToneWatch(country), heard)
    assert found is DialTone.HEARD
    assert seconds < (1.4 if plan(country, Tone.DIAL)[1] == () else 5.0)


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_busy_tone_is_no_dial_tone(country: str) -> None:
    found, seconds = told(DialToneWatch(country), pcm(silence(0.3), beats(*plan(country, Tone.BUSY), 5.0)))
    assert found is DialTone.ENGAGED, seconds


@pytest.mark.parametrize("country", COUNTRIES)
def test_silence_is_no_dial_tone(country: str) -> None:
    found, seconds = told(DialToneWatch(country), pcm(silence(6.0), noise_db=-48.0))
    assert (found, round(seconds, 1)) == (DialTone.ABSENT, 5.0)


def test_a_late_dial_tone_and_a_stuttering_one_are_dial_tones() -> None:
    assert told(DialToneWatch("JP"), pcm(silence(3.0), sines((400.0,), 2.0)))[0] is DialTone.HEARD
    stuttering = beats((350.0, 440.0), (0.1, 0.1), 1.0)
    assert told(DialToneWatch("US"), pcm(silence(0.5), stuttering, sines((350.0, 440.0), 1.0)))[0] is DialTone.HEARD
    second = beats((400.0,), (0.2, 0.2), 3.0)
    assert told(DialToneWatch("JP"), pcm(silence(0.5), second))[0] is DialTone.HEARD


@pytest.mark.parametrize("country", ["JP", "US", "UK", "DE"])
def test_a_caller_who_came_in_as_the_line_was_taken_is_glare(country: str) -> None:
    """R-39 partly: who came in is heard and told; the other line is the desk's to try."""
    assert told(DialToneWatch(country), pcm(silence(0.3), speech(4.0)))[0] is DialTone.GLARE
    found, seconds = told(DialToneWatch(country, has_rung=True), pcm(silence(4.0)))
    assert found is DialTone.GLARE, "somebody who rang and says nothing"
    assert seconds < 2.0


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_voice_after_ringing_is_an_answer_within_a_second(country: str) -> None:
    rung = ringback(country, 7.0)
    found, seconds = told(Progress(country, 120.0), pcm(silence(0.5), rung, silence(0.4), speech(3.0)))
    assert found is Answer.SPEECH
    assert seconds < 0.5 + 7.0 + 0.4 + 1.2


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("level", [-12.0, -30.0])
def test_a_ringing_that_goes_on_is_never_an_answer_and_ends_at_the_limit(country: str, level: float) -> None:
    listener = Progress(country, 60.0)
    found, seconds = told(listener, pcm(silence(0.5), ringback(country, 62.0, level)))
    assert (found, round(seconds)) == (Refused.NO_ANSWER, 60)
    assert listener.rings >= 8


@pytest.mark.parametrize("country", COUNTRIES)
def test_busy_and_reorder_are_refusals(country: str) -> None:
    for tone, refused in ((Tone.BUSY, Refused.BUSY), (Tone.REORDER, Refused.CONGESTED)):
        if any(one.tone is tone for one in PLANS[country]):
            found, seconds = told(Progress(country, 120.0), pcm(silence(1.0), beats(*plan(country, tone), 9.0)))
            assert found is refused
            assert seconds < 8.0


@pytest.mark.parametrize("country", ["JP", "US", "DE"])
def test_whoever_lifts_and_says_nothing_has_answered_when_the_ringing_stays_away(country: str) -> None:
    pause = RINGBACKS[country].pause
    found, seconds = told(Progress(country, 120.0), pcm(ringback(country, 1.0), silence(1.3 * pause + 5.0)))
    assert found is Answer.RINGBACK_STOPPED
    assert seconds < 1.0 + 1.3 * pause + 4.0


def test_an_announcement_after_information_tones_is_no_such_number() -> None:
    for three in ((950.0, 1400.0, 1800.0), (913.8, 1370.6, 1776.7)):
        heard = pcm(silence(0.5), *(sines((hertz,), 0.33) for hertz in three), speech(3.0))
        assert told(Progress("US", 120.0), heard)[0] is Refused.NO_SUCH_NUMBER


def test_a_fax_machine_has_answered() -> None:
    assert told(Progress("JP", 120.0), pcm(ringback("JP", 3.0), sines((2100.0,), 2.0)))[0] is Answer.ANSWER_TONE


def test_a_line_noise_of_clicks_and_hum_is_no_answer() -> None:
    chance = np.random.default_rng(5)
    clicks = np.zeros(30 * RATE)
    clicks[chance.integers(0, len(clicks), 60)] = 20000
    heard = pcm(ringback("JP", 30.0) + clicks + sines((50.0,), 30.0, -40.0), noise_db=-45.0)
    assert told(Progress("JP", 120.0), heard)[0] is None
