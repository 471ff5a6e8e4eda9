"""Call-progress tones found in linear audio: busy, reorder and dial tone by frequency and cadence (fxo §4.1, §4.2).

Frames of 20 ms. A frame is TONE when one or two sinusoids of the plan explain most of its energy, OFF when it is quiet
or 6 dB below the running tone (a fixed threshold fails in noise), else OTHER. Three cycles in tolerance are a finding.
"""

import enum
import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8000
FRAME: Final = 160
FRAME_S: Final = FRAME / RATE
FULL_SCALE: Final = 32768.0**2 / 2  # mean square of the loudest sine: 0 dBFS
QUIET_DB: Final = -43.0
PURE: Final = 0.65
DROP_DB: Final = 6.0
CYCLES: Final = 3
HIGH_HZ: Final = 1000.0
SPREAD: Final = (0.982, 1.0, 1.018)
"""Above HIGH_HZ two percent are more than half the width of a frame's spectrum: such a tone is looked for thrice."""


class Tone(enum.Enum):
    """What an exchange says by tone."""

    DIAL = "dial tone"
    BUSY = "busy tone"
    REORDER = "reorder tone"
    HOWLER = "off-hook warning"


@dataclass(frozen=True, slots=True)
class Plan:
    """One tone of one country: frequencies in Hz, and seconds on, off, on, off ...; no cadence means continuous.

    `cycles` is how many patterns make a finding; 0 leaves that to whoever listens. `least_s` is how long a continuous
    tone must last whatever the listener says: longer than one burst of the country's ringback on the same frequency.
    `least_db` is how loud a tone must be that is known by nothing else.
    """

    tone: Tone
    frequencies: tuple[float, ...]
    cadence: tuple[float, ...] = ()
    cycles: int = 0
    least_s: float = 0.0
    least_db: float = -99.0


def _plans(
    dial: tuple[float, ...], busy: tuple[float, ...], cadence: tuple[float, float], reorder: float, least_s: float = 0.0
) -> list[Plan]:
    """The usual three: continuous dial tone, busy, and reorder as a faster busy (0: the country has none)."""
    plans = [Plan(Tone.DIAL, dial, least_s=least_s)] if dial else []
    plans.append(Plan(Tone.BUSY, busy, cadence))
    return [*plans, Plan(Tone.REORDER, busy, (reorder, reorder))] if reorder else plans


_HOWLER: Final = Plan(Tone.HOWLER, (1400.0, 2060.0, 2450.0, 2600.0), (0.1, 0.1), 5)
_LOUD_HOWLERS: Final = tuple(
    Plan(Tone.HOWLER, (400.0,), (beat, beat), cycles, least_db=-15.0) for beat, cycles in ((0.1, 5), (0.2, 3))
)
"""Japan's: quick bursts of its one frequency, loud enough to be heard across a room. The beat is on the bench list."""

PLANS: Final[dict[str, list[Plan]]] = {
    "JP": [*_plans((400.0,), (400.0,), (0.5, 0.5), 0.0, least_s=1.3), *_LOUD_HOWLERS],
    "US": [*_plans((350.0, 440.0), (480.0, 620.0), (0.5, 0.5), 0.25), _HOWLER],
    "CA": [*_plans((350.0, 440.0), (480.0, 620.0), (0.5, 0.5), 0.25), _HOWLER],
    "UK": [
        *_plans((350.0, 440.0), (400.0,), (0.375, 0.375), 0.0),
        Plan(Tone.REORDER, (400.0,), (0.4, 0.35, 0.225, 0.525)),
    ],
    "DE": _plans((425.0,), (425.0,), (0.48, 0.48), 0.24, least_s=1.3),
    "FR": _plans((440.0,), (440.0,), (0.5, 0.5), 0.25, least_s=1.8),
    "IT": [*_plans((), (425.0,), (0.5, 0.5), 0.2), Plan(Tone.DIAL, (425.0,), (0.2, 0.2, 0.6, 1.0), 2)],
    "ES": [
        *_plans((425.0,), (425.0,), (0.2, 0.2), 0.0, least_s=1.8),
        Plan(Tone.REORDER, (425.0,), (0.2, 0.2, 0.2, 0.2, 0.2, 0.6), 2),
    ],
    "NL": _plans((425.0,), (425.0,), (0.5, 0.5), 0.25, least_s=1.3),
    "SE": [*_plans((425.0,), (425.0,), (0.25, 0.25), 0.0, least_s=1.3), Plan(Tone.REORDER, (425.0,), (0.25, 0.75))],
    "BE": _plans((425.0,), (425.0,), (0.5, 0.5), 0.167, least_s=1.3),
    "CH": _plans((425.0,), (425.0,), (0.5, 0.5), 0.2, least_s=1.3),
    "DK": _plans((425.0,), (425.0,), (0.5, 0.5), 0.2, least_s=1.3),
    "NO": _plans((425.0,), (425.0,), (0.5, 0.5), 0.2, least_s=1.3),
    "FI": _plans((425.0,), (425.0,), (0.3, 0.3), 0.2, least_s=1.3),  # docs/decisions/0023
    "AT": _plans((420.0,), (420.0,), (0.4, 0.4), 0.2, least_s=1.3),
    "AU": _plans((413.0, 438.0), (425.0,), (0.375, 0.375), 0.0),
    "NZ": _plans((400.0,), (400.0,), (0.5, 0.5), 0.25),
    "PL": _plans((425.0,), (425.0,), (0.5, 0.5), 0.0, least_s=1.3),
    "IL": _plans((414.0,), (414.0,), (0.5, 0.5), 0.25, least_s=1.3),
    "CL": _plans((400.0,), (400.0,), (0.5, 0.5), 0.2, least_s=1.3),
}


class Sound(enum.Enum):
    """What one frame holds, for one set of frequencies."""

    TONE = "tone"
    OFF = "off"
    OTHER = "other"


class Meter:
    """Judges frames for one set of frequencies."""

    def __init__(self, frequencies: tuple[float, ...]) -> None:
        at = 2 * np.pi * np.arange(FRAME) / RATE
        near = [hertz * part for hertz in frequencies for part in (SPREAD if hertz > HIGH_HZ else (1.0,))]
        waves = [wave(at * hertz) for hertz in near for wave in (np.sin, np.cos)]
        basis, _ = np.linalg.qr(np.stack(waves, axis=1))
        self._basis: NDArray[np.float64] = basis
        self._running = QUIET_DB

    @property
    def level(self) -> float:
        """How loud the tone is that is heard now, or was last; dBFS."""
        return self._running

    def judge(self, frame: NDArray[np.float64], energy: float, level: float) -> Sound:
        """TONE, OFF or OTHER; `energy` is the frame's sum of squares and `level` its dBFS."""
        if level > QUIET_DB:
            fitted = self._basis.T @ frame
            if float(fitted @ fitted) > PURE * energy and level > self._running - DROP_DB:
                self._running = level if self._running <= QUIET_DB else 0.8 * self._running + 0.2 * level
                return Sound.TONE
        if level <= QUIET_DB or level < self._running - DROP_DB:
            self._running = max(QUIET_DB, self._running - 0.05)  # so that a quieter tone is found in the end
            return Sound.OFF
        return Sound.OTHER


class Runs:
    """Frames of one meter as runs of equal sound, single odd frames merged into their neighbours."""

    def __init__(self) -> None:
        self.sound = Sound.OFF
        self.frames = 0
        self._next = Sound.OFF
        self._next_frames = 0

    def add(self, sound: Sound) -> tuple[Sound, float] | None:
        """Take a frame; returns the run that it ended (its sound and seconds), or None."""
        if sound is self.sound:
            self.frames += self._next_frames + 1
            self._next_frames = 0
            return None
        if sound is not self._next or not self._next_frames:
            self.frames += self._next_frames
            self._next, self._next_frames = sound, 1
            return None
        ended = self.sound, self.frames * FRAME_S
        self.sound, self.frames, self._next_frames = sound, self._next_frames + 1, 0
        return ended


class Detector:
    """All tones of one country, and those that a line learnt. Raises KeyError for a country without plans."""

    def __init__(self, country: str, learnt: tuple[Plan, ...] = ()) -> None:
        self._plans = [*PLANS[country], *learnt]
        self._meters = {plan.frequencies: Meter(plan.frequencies) for plan in self._plans}
        self._runs = {frequencies: Runs() for frequencies in self._meters}
        longest = max((plan.cycles or CYCLES) * len(plan.cadence) for plan in self._plans)
        self._past = {frequencies: deque[tuple[Sound, float]](maxlen=longest) for frequencies in self._meters}
        self.level = -math.inf
        self.peak = 0.0
        self.is_tonal = False
        self.lasted = 0.0
        """Seconds since the tone began that was found last."""

    def hear(self, pcm: bytes, cycles: int = CYCLES, dial_s: float = 1.5) -> Tone | None:
        """Judge one frame of 160 linear samples; a tone when its `cycles` are complete or dial tone lasted `dial_s`."""
        frame = np.frombuffer(pcm, np.int16).astype(np.float64)
        energy = float(frame @ frame)
        self.level = 10 * math.log10(max(energy / FRAME, 1e-9) / FULL_SCALE)
        self.peak = float(np.abs(frame).max())
        self.is_tonal = False
        found: Tone | None = None
        for frequencies, meter in self._meters.items():
            sound = meter.judge(frame, energy, self.level)
            self.is_tonal = self.is_tonal or sound is Sound.TONE
            runs = self._runs[frequencies]
            ended = runs.add(sound)
            if ended:
                self._past[frequencies].append(ended)
                found = found or self._cadenced(frequencies, cycles)
            elif runs.sound is Sound.TONE and runs.frames * FRAME_S >= dial_s:
                found = found or self._continuous(frequencies, runs.frames * FRAME_S)
        return found

    def suspected(self) -> Tone | None:
        """A tone of which the newest whole cycle was heard, and nothing since."""
        for frequencies, runs in self._runs.items():
            past = [*self._past[frequencies], (runs.sound, runs.frames * FRAME_S)]
            for plan in self._plans:
                recent = past[-len(plan.cadence) - 1 :]
                if plan.frequencies == frequencies and plan.cadence and _is_under_way(recent, plan.cadence):
                    self.lasted = sum(seconds for _, seconds in recent)
                    return plan.tone
        return None

    def _cadenced(self, frequencies: tuple[float, ...], cycles: int) -> Tone | None:
        past = list(self._past[frequencies])
        fitting = [
            (misfit, plan)
            for plan in self._plans
            if plan.frequencies == frequencies
            and plan.cadence
            and self._meters[frequencies].level >= plan.least_db
            and (misfit := _misfit(past, plan.cadence, plan.cycles or cycles)) is not None
        ]  # fmt: skip
        if not fitting:
            return None
        _, plan = min(fitting, key=lambda one: one[0])  # tolerances of two tones overlap where they are alike
        newest = past[-(plan.cycles or cycles) * len(plan.cadence) :]
        self.lasted = sum(seconds for _, seconds in newest) + self._runs[frequencies].frames * FRAME_S
        self._past[frequencies].clear()
        return plan.tone

    def _continuous(self, frequencies: tuple[float, ...], seconds: float) -> Tone | None:
        plans = (plan for plan in self._plans if plan.frequencies == frequencies and not plan.cadence)
        self.lasted = seconds
        return next((plan.tone for plan in plans if seconds >= plan.least_s), None)


def _misfit(past: list[tuple[Sound, float]], cadence: tuple[float, ...], cycles: int) -> float | None:
    """How many seconds the newest runs are off `cycles` whole cycles of the cadence, wherever in it they begin.

    None where any of them is none of its steps.
    """
    wanted = cycles * len(cadence)
    if len(past) < wanted or past[-1][0] is not Sound.OFF:
        return None
    newest = past[-wanted:]
    return min(
        (
            sum(abs(seconds - cadence[(turn + place) % len(cadence)]) for place, (_, seconds) in enumerate(newest))
            / wanted
            for turn in range(0, len(cadence), 2)
            if all(_is_step(run, cadence, turn + place) for place, run in enumerate(newest))
        ),
        default=None,
    )


def _is_under_way(recent: list[tuple[Sound, float]], cadence: tuple[float, ...]) -> bool:
    """Whether a whole cycle was heard and the run after it is not too long for it to go on."""
    wanted = len(cadence)
    if len(recent) <= wanted:
        return False
    *cycle, (sound, seconds) = recent
    return any(
        all(_is_step(run, cadence, turn + place) for place, run in enumerate(cycle))
        and sound is (Sound.OFF if (turn + wanted) % 2 else Sound.TONE)
        and seconds <= 1.15 * cadence[(turn + wanted) % wanted]
        for turn in range(wanted)
    )


def _is_step(run: tuple[Sound, float], cadence: tuple[float, ...], place: int) -> bool:
    sound, seconds = run
    wanted = cadence[place % len(cadence)]
    expected = Sound.OFF if place % 2 else Sound.TONE
    return sound is expected and abs(seconds - wanted) <= max(0.050, 0.15 * wanted)
