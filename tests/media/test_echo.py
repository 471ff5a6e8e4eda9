"""The echo of what we send is taken out of what the line says, and nothing else is (fxo §2.7)."""

import numpy as np
import pytest

from appliance.media import echo, ulaw
from appliance.media.echo import FRAME, LONGEST, RATE, EchoPath, EchoUnavailable, Speex, Untouched, bulk_delay

HYBRID_DB = -12.0


def speech(seed: int, seconds: float, level_db: float = -20.0) -> np.ndarray:
    """Noise with the colour and the rhythm of a voice."""
    dice = np.random.default_rng(seed)
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(dice.normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    coloured = np.fft.irfft(spectrum * (hertz > 150) / (1 + (hertz / 700) ** 2), count)
    syllables = 0.25 + np.abs(np.sin(2 * np.pi * 2.1 * np.arange(count) / RATE + seed))
    voiced = coloured * syllables
    return voiced / np.sqrt(np.mean(voiced**2)) * 32767 / 2**0.5 * 10 ** (level_db / 20)


def line(far: np.ndarray, delay: int) -> np.ndarray:
    """What comes back: a hybrid 12 dB down with a dispersed tail of 4 ms, after so many samples."""
    tail = np.array([1.0, -0.45, 0.3, -0.2, 0.12, 0.1, -0.07, 0.05, *[0.03 * (-1) ** k for k in range(24)]])
    tail *= 10 ** (HYBRID_DB / 20) / np.sqrt(np.sum(tail**2))
    return np.concatenate([np.zeros(delay), np.convolve(far, tail)])[: len(far)]


def wired(audio: np.ndarray) -> np.ndarray:
    """Through the µ-law of the card."""
    linear = ulaw.decode(ulaw.encode(np.clip(audio, -32768, 32767).astype(np.int16).tobytes()))
    return np.frombuffer(linear, np.int16)


def through(path: EchoPath, near: np.ndarray, far: np.ndarray, batch: int = 80) -> np.ndarray:
    out = [
        path.cancel(near[at : at + batch].tobytes(), far[at : at + batch].tobytes())
        for at in range(0, len(near), batch)
    ]
    return np.frombuffer(b"".join(out), np.int16)


def power_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples.astype(float) ** 2) + 1e-9))


def erle(near: np.ndarray, out: np.ndarray, begin: float, end: float) -> float:
    part = slice(round(begin * RATE), round(end * RATE))
    return power_db(near[part]) - power_db(out[part])


@pytest.mark.parametrize("delay", [0, 40, 160, 240, 300])
def test_f37_after_a_second_of_single_talk_the_echo_is_20_db_down(delay):
    far = wired(speech(1, 5.0))
    near = wired(line(far, delay))
    out = through(EchoPath(Speex()), near, far)
    assert erle(near, out, 1.0, 2.0) >= 20.0
    assert erle(near, out, 2.0, 5.0) >= 20.0


def test_f37_an_echo_later_than_the_tail_is_found_and_cancelled_too():
    far = wired(speech(3, 5.0))
    near = wired(line(far, 1500))
    path = EchoPath(Speex())
    out = through(path, near, far)
    assert path.shift == pytest.approx(1500, abs=80)
    assert erle(near, out, 2.5, 5.0) >= 20.0


@pytest.mark.parametrize("voices", [(4, 5), (1, 2), (6, 7)])
def test_f37_double_talk_makes_nothing_diverge_and_leaves_the_voice_as_it_was(voices):
    far = wired(speech(voices[0], 8.0))
    echoed, voice = line(far, 160), np.zeros(8 * RATE)
    voice[3 * RATE : 5 * RATE] = speech(voices[1], 2.0, -22.0)
    near = wired(echoed + voice)
    out = through(EchoPath(Speex()), near, far)
    alone = through(EchoPath(Speex()), wired(voice), np.zeros(len(far), np.int16))
    spoken = slice(3 * RATE, 5 * RATE)
    left = out[spoken].astype(float) - alone[spoken]
    assert power_db(left) < power_db(echoed[spoken]) - 10.0, "but for a tenth of the echo the voice is as it was"
    assert erle(near, out, 5.0, 5.5) >= 18.0, "and right after it the echo is gone"
    assert erle(near, out, 5.5, 8.0) >= 20.0


def test_f37_a_voice_alone_passes_without_silence_or_loss():
    voice = wired(speech(6, 3.0))
    out = through(EchoPath(Speex()), voice, np.zeros(len(voice), np.int16))
    assert len(out) == len(voice)
    assert power_db(out) == pytest.approx(power_db(voice), abs=1.0)  # the canceller takes hum below 100 Hz out
    frames = out[: len(out) // 160 * 160].reshape(-1, 160).astype(float)
    assert np.min(np.sqrt(np.mean(frames**2, axis=1))) > 30


@pytest.mark.parametrize("batch", [1, 37, 80, 160, 333])
def test_never_more_than_8_ms_stay_inside_whatever_the_batches(batch):
    path = EchoPath(Untouched())
    near = np.arange(4000, dtype=np.int16)
    given = taken = 0
    out = b""
    for at in range(0, len(near), batch):
        piece = near[at : at + batch].tobytes()
        out += path.cancel(piece, bytes(len(piece)))
        given, taken = given + len(piece) // 2, len(out) // 2
        assert 0 <= given - taken < FRAME
    assert out == near.tobytes()[: len(out)], "in order, none lost, none added"


def test_the_delay_is_found_to_the_sample_and_silence_or_a_strange_voice_has_none():
    far = wired(speech(7, 1.0))
    for delay in (0, 80, 731, LONGEST - 200):
        assert bulk_delay(wired(line(far, delay) + speech(8, 1.0, -50.0)), far) == pytest.approx(delay, abs=2)
    assert bulk_delay(wired(speech(9, 1.0)), far) is None
    assert bulk_delay(np.zeros(RATE, np.int16), far) is None


def test_a_missing_library_is_refused_in_a_sentence():
    with pytest.raises(EchoUnavailable, match="install the Debian package libspeexdsp1"):
        Speex(library="libnothing.so.9")


def test_unequal_batches_and_frames_are_our_own_mistake():
    with pytest.raises(ValueError, match="160 of near"):
        EchoPath(Untouched()).cancel(bytes(160), bytes(80))
    for near, far in ((79, 64), (64, 128), (80, 80)):
        with pytest.raises(ValueError, match="the same multiple of 64 would be right"):
            Speex().frames(np.zeros(near, np.int16), np.zeros(far, np.int16))


def test_the_canceller_there_is_is_speexs():
    assert isinstance(echo.canceller(), Speex)
