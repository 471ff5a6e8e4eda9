"""The sounds that are shipped: one for each entry of the catalogue in both languages, playable without resampling."""

import tomllib
import wave
from pathlib import Path

import numpy as np
import pytest

PROMPTS = Path(__file__).parents[2] / "appliance" / "prompts"
CATALOG = tomllib.loads((PROMPTS / "catalog.toml").read_text(encoding="utf-8"))


def samples(path: Path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 8000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("prompt", CATALOG)
def test_every_prompt_is_there_and_can_be_heard(language, prompt):
    sound = samples(PROMPTS / language / f"{prompt}.wav")
    assert 0.1 < len(sound) / 8000 < 15  # a beep to a greeting
    assert 5_000 < np.abs(sound).max() < 25_000


def test_no_file_is_there_that_the_catalogue_does_not_name():
    assert {file.stem for file in PROMPTS.glob("*/*.wav")} == set(CATALOG)


def test_the_hold_music_has_no_seam_and_no_hole():
    music = samples(PROMPTS / "hold-music.wav")
    assert 20 <= len(music) / 8000 <= 30
    steps = np.abs(np.diff(music))
    assert abs(music[0] - music[-1]) <= steps.max()
    loudness = np.sqrt((music[: len(music) // 160 * 160].reshape(-1, 160) ** 2).mean(axis=1))
    assert loudness.min() > 500
    assert 20 * np.log10(np.sqrt((music**2).mean()) / 32768) == pytest.approx(-20, abs=0.5)
