"""The tone with which a call ended, read off its sound: frequencies and beat of an exchange that no plan knows (§2.8).

What is taken for one is one or two pure frequencies where exchanges have theirs, in even beats up to the very end, or
without a pause for long. Voices and music are not so pure or so even, keys and fax machines sound higher, a ringback
pauses longer, and nobody's holding tone goes on until somebody hangs up in call after call.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.media.cadence import FRAME, FRAME_S, FULL_SCALE, QUIET_DB, RATE, Meter, Plan, Runs, Sound, Tone

HERTZ: Final = (300.0, 680.0)
BEAT_S: Final = (0.1, 1.1)
"""How long a burst or a pause may be; the pauses of ringback are 2 s and more."""
CYCLES: Final = 4
BEATS_S: Final = 2.0
CONTINUOUS_S: Final = 4.0
LEARNT_DIAL_S: Final = 2.5
"""A continuous tone that was learnt must last so long: longer than one burst of any ringback."""
HEARD_S: Final = 8.0
NEWEST_S: Final = 3.0  # of it what is looked at for frequencies: the voice of who hung up is before that
SEGMENT: Final = 800
SIZE: Final = 8192
NEAR_HZ: Final = 25.0
SECOND_DB: Final = 10.0
SHARE: Final = 0.8
SLOW_S: Final = 0.3  # bursts as long as that are busy tone, shorter ones reorder


def hang_up_tone(pcm: bytes) -> Plan | None:
    """The tone that linear samples end with, silence after it left out; None when they plainly end with none."""
    whole = np.frombuffer(pcm, np.int16, len(pcm) // (2 * FRAME) * FRAME).reshape(-1, FRAME)
    energies = np.einsum("ij,ij->i", whole, whole, dtype=np.float64)  # not by a copy: a thread's heap would keep it
    loud = np.flatnonzero(energies > FRAME * FULL_SCALE * 10 ** (QUIET_DB / 10))
    if not len(loud):
        return None
    kept = slice(max(0, loud[-1] + 1 - round(HEARD_S / FRAME_S)), loud[-1] + 1)
    frames = whole[kept].astype(np.float64)
    levels = 10 * np.log10(np.maximum(energies[kept] / FRAME, 1e-9) / FULL_SCALE)
    newest = round(NEWEST_S / FRAME_S)
    frequencies = _frequencies(frames[-newest:], levels[-newest:])
    return _plan(frames, levels, frequencies) if frequencies else None


def is_same(one: Plan, other: Plan) -> bool:
    """Whether two plans are the same tone, as two calls of one exchange give it."""
    if len(one.frequencies) != len(other.frequencies) or len(one.cadence) != len(other.cadence):
        return False
    near = all(abs(a - b) <= 0.03 * b for a, b in zip(one.frequencies, other.frequencies, strict=True))
    return near and all(abs(a - b) <= max(0.05, 0.12 * b) for a, b in zip(one.cadence, other.cadence, strict=True))


def _frequencies(frames: NDArray[np.float64], levels: NDArray[np.float64]) -> tuple[float, ...]:
    """One or two frequencies that hold nearly all the sound there is in the last seconds; empty for anything else."""
    is_loud = levels > max(QUIET_DB, float(np.median(levels[levels > QUIET_DB])) - 6.0)
    runs = np.flatnonzero(np.convolve(is_loud, np.ones(SEGMENT // FRAME), "valid") == SEGMENT // FRAME)
    if not len(runs):
        return ()
    window, hertz = np.hanning(SEGMENT), np.fft.rfftfreq(SIZE, 1 / RATE)
    power = np.zeros(len(hertz))
    for at in runs:  # one by one: all at once are 15 MB, which each line's thread would keep
        power += np.abs(np.fft.rfft(frames[at : at + SEGMENT // FRAME].reshape(-1) * window, SIZE)) ** 2
    first = float(hertz[int(np.argmax(power))])
    rest = np.where(np.abs(hertz - first) <= NEAR_HZ, 0.0, power)
    second = float(hertz[int(np.argmax(rest))])
    has_second = float(np.max(rest)) > float(np.max(power)) * 10 ** (-SECOND_DB / 10)
    found = tuple(sorted((first, second))) if has_second else (first,)
    near = np.any([np.abs(hertz - one) <= NEAR_HZ for one in found], axis=0)
    is_pure = float(power[near].sum()) >= SHARE * float(power.sum())
    is_exchange = all(HERTZ[0] <= one <= HERTZ[1] for one in found)
    return tuple(round(one, 1) for one in found) if is_pure and is_exchange else ()


def _plan(frames: NDArray[np.float64], levels: NDArray[np.float64], frequencies: tuple[float, ...]) -> Plan | None:
    meter, runs, past = Meter(frequencies), Runs(), list[tuple[Sound, float]]()
    for frame, level in zip(frames, levels, strict=True):
        ended = runs.add(meter.judge(frame, float(frame @ frame), float(level)))
        past += [ended] if ended else []
    if runs.sound is Sound.TONE and runs.frames * FRAME_S >= CONTINUOUS_S:
        return Plan(Tone.DIAL, frequencies, least_s=LEARNT_DIAL_S)
    beats = _beats(past)
    if len(beats) < CYCLES or sum(map(sum, beats)) < BEATS_S:
        return None
    on, off = (round(float(np.median(part)), 2) for part in zip(*beats, strict=True))
    return Plan(Tone.BUSY if on >= SLOW_S else Tone.REORDER, frequencies, (on, off))


def _beats(past: list[tuple[Sound, float]]) -> list[tuple[float, float]]:
    """The whole cycles at the end that are all alike, newest first; the run that is under way counts for nothing."""
    if past and past[-1][0] is Sound.TONE:
        past = past[:-1]
    beats: list[tuple[float, float]] = []
    for place in range(len(past) - 1, 0, -2):
        (burst, on), (pause, off) = past[place - 1], past[place]
        first = beats[0] if beats else (on, off)
        is_beat = burst is Sound.TONE and pause is Sound.OFF and all(BEAT_S[0] <= s <= BEAT_S[1] for s in (on, off))
        if not is_beat or any(abs(a - b) > max(0.05, 0.12 * b) for a, b in zip((on, off), first, strict=True)):
            break
        beats.append((on, off))
    return beats
