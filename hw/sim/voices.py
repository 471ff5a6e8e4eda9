"""What far ends sound like: people, announcements, music, fax machines, pages of noise (specs: fxo §3.3).

Everything is made, not recorded, and the same seed makes the same sound: free to ship and to repeat. Levels are dBFS.
"""

import numpy as np
import numpy.typing as npt

from hw.sim.sound import RATE, Chain, Recording, Silence, Sound, amplitude, sine
from hw.sim.ulaw import encode

_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
_SCALE = (262, 294, 330, 349, 392, 400, 440, 494, 523, 587, 659, 698, 784, 880)  # 400 and 440 are busy tones' own


def babble(seconds: float, seed: int = 1, level: float = -20.0, loop: bool = True) -> Recording:
    """A voice: syllables of gliding pitch under formants, with pauses between words."""
    chance = np.random.default_rng(seed)
    parts: list[npt.NDArray[np.float64]] = []
    while sum(map(len, parts)) < seconds * RATE:
        parts.append(_syllable(chance))
        if chance.random() < 0.35:
            parts.append(np.zeros(int(chance.uniform(0.05, 0.4) * RATE)))
    whole = np.concatenate(parts)[: round(seconds * RATE)]
    loud = np.abs(whole).max() or 1.0
    return Recording(encode(whole / loud * amplitude(level + 9)), loop)


def _syllable(chance: np.random.Generator) -> npt.NDArray[np.float64]:
    count = int(chance.uniform(0.08, 0.35) * RATE)
    pitch = chance.uniform(90, 240) * np.linspace(1, chance.uniform(0.8, 1.25), count)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = _VOWELS[chance.integers(len(_VOWELS))]
    voice = np.zeros(count)
    for harmonic in range(1, 30):
        hertz = harmonic * float(pitch.mean())
        if hertz < 3600:
            near = sum(1 / (1 + ((hertz - formant) / 90) ** 2) for formant in formants)
            voice += near * np.sin(harmonic * phase) / harmonic**0.3
    return voice * np.hanning(count)


def music(seconds: float, seed: int = 1, level: float = -18.0, loop: bool = True) -> Recording:
    """Notes in twos and threes at an even beat, the exchanges' own 400 and 440 Hz among them."""
    chance = np.random.default_rng(seed)
    parts = []
    for _ in range(round(seconds * 2)):
        count = RATE // 2
        notes = chance.choice(_SCALE, size=int(chance.integers(1, 4)), replace=False)
        chord = sine([float(note) for note in notes], level - 6, count)
        chord += 0.3 * sine([2.0 * note for note in notes], level - 6, count)
        parts.append(chord * np.exp(-3 * np.arange(count) / RATE))
    return Recording(encode(np.concatenate(parts)), loop)


def singing(seconds: float, hertz: float = 400.0, level: float = -16.0, seed: int = 1) -> Recording:
    """One held note after another with vibrato, round about `hertz`: the nearest a person comes to busy tone."""
    chance = np.random.default_rng(seed)
    parts = []
    for _ in range(round(seconds)):
        count = int(chance.uniform(0.45, 0.55) * RATE)
        moment = np.arange(count) / RATE
        wobble = hertz * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * moment))
        phase = 2 * np.pi * np.cumsum(wobble) / RATE
        note = sum(np.sin(harmonic * phase) / harmonic for harmonic in (1, 2, 3, 4))
        parts += [note * np.hanning(count) * amplitude(level), np.zeros(int(chance.uniform(0.4, 0.6) * RATE))]
    return Recording(encode(np.concatenate(parts)), loop=True)


def fax_calling(level: float = -15.0) -> Recording:
    """A fax machine that dialled: 1100 Hz, half a second every three and a half."""
    return Recording(encode(np.concatenate([sine([1100.0], level, RATE // 2), np.zeros(3 * RATE)])), loop=True)


def fax_answering(level: float = -15.0) -> Sound:
    """A fax machine that was called: 2100 Hz for three seconds, then its warble."""
    warble = [sine([hertz], level, RATE // 10) for hertz in (1650.0, 1850.0) * 5]
    return Chain(
        Recording(encode(sine([2100.0], level, 3 * RATE))), Recording(encode(np.concatenate(warble)), loop=True)
    )


def information_tones(level: float = -15.0) -> Recording:
    """950, 1400, 1800 Hz, a third of a second each: the number cannot be reached."""
    parts = [sine([hertz], level, round(0.33 * RATE)) for hertz in (950.0, 1400.0, 1800.0)]
    return Recording(encode(np.concatenate(parts)))


def announcement(seed: int = 5) -> Sound:
    """A sentence, once, and the pause after it."""
    return Chain(babble(4.0, seed, loop=False), Silence(1.0))
