"""Keys as a difficult line delivers them, and what the detector makes of them: for the tests and for the bench."""

import numpy as np

from appliance.media import ulaw
from appliance.media.dtmf import COLUMNS, KEYS, RATE, ROWS, Detector


def pressed(
    key: str,
    seconds: float = 0.05,
    row_db: float = -15.0,
    twist_db: float = 0.0,
    shift: float = 1.0,
    phase: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """One key without soft edges: `twist_db` is column minus row, `shift` multiplies both frequencies."""
    at = 2 * np.pi * shift * np.arange(round(seconds * RATE)) / RATE
    row, column = divmod(KEYS.index(key), 4)
    amplitude = 32767 * 10 ** (row_db / 20)
    low = np.sin(ROWS[row] * at + phase[0])
    return amplitude * (low + 10 ** (twist_db / 20) * np.sin(COLUMNS[column] * at + phase[1]))


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE))


def noise(dice: np.random.Generator, count: int, level_db: float) -> np.ndarray:
    """White noise; its RMS is that of a sine of `level_db` dBFS."""
    return dice.normal(0.0, 32767 / 2**0.5 * 10 ** (level_db / 20), count)


def found(audio: np.ndarray, detector: Detector | None = None, piece: int = 80) -> str:
    """The keys heard in linear audio that went through µ-law, fed as the card's batches come."""
    detector = detector or Detector()
    linear = ulaw.decode(ulaw.encode(np.clip(audio, -32768, 32767).astype(np.int16).tobytes()))
    return "".join(
        press.digit for at in range(0, len(linear), 2 * piece) for press in detector.hear(linear[at : at + 2 * piece])
    )


def vowels(dice: np.random.Generator, seconds: float) -> np.ndarray:
    """Something that wants to be taken for keys: gliding harmonics under formants, like a voice that never rests."""
    parts: list[np.ndarray] = []
    while sum(map(len, parts)) < seconds * RATE:
        count = int(dice.uniform(0.08, 0.45) * RATE)
        at = np.arange(count) / RATE
        pitch = dice.uniform(90, 300) * (1 + dice.uniform(-0.1, 0.1) * at / at[-1] + 0.01 * np.sin(2 * np.pi * 5 * at))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        formants = (dice.uniform(300, 950), dice.uniform(1000, 1700), dice.uniform(2200, 3000))
        sound = np.zeros(count)
        for harmonic in range(1, int(3400 / pitch.max()) + 1):
            near = sum(1 / (1 + ((harmonic * pitch.mean() - formant) / 70) ** 2) for formant in formants)
            sound += near * np.sin(harmonic * phase + dice.uniform(0, 2 * np.pi))
        sound *= dice.uniform(2000, 9000) / (np.abs(sound).max() + 1e-9) * np.hanning(count) ** 0.3
        parts += [sound, np.zeros(int(dice.uniform(0.0, 0.2) * RATE))]
    return np.concatenate(parts)
