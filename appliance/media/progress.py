"""How an outgoing call fares, by ear: is there dial tone, does it ring, was it answered or refused (fxo §2.4, §4.1).

Two listeners, one after the other, both fed linear samples of 16 bit at 8000 Hz cut up anyhow; time is counted in
samples. An analogue line has no signal for an answer in most countries: what we say is evidence, named in `Answer`.
"""

import enum
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.media.cadence import FRAME, FRAME_S, PLANS, RATE, Detector, Meter, Sound, Tone

FRAME_BYTES: Final = 2 * FRAME
SPEECH_DB: Final = -38.0
SPEECH_FRAMES, SPEECH_WINDOW = 15, 25  # 300 ms in 500 ms
PURE_SHARE: Final = 0.9  # of a frame's energy near its two strongest frequencies: a tone, not a voice
NEAR_HZ: Final = 75.0

DIAL_WAIT_S: Final = 5.0
DIAL_S: Final = 0.4
SHARED_DIAL_S: Final = 0.7
"""Where busy tone has the dial tone's frequency: longer than one of its bursts."""
STUTTERS: Final = 4
STUTTER_S: Final = (0.06, 0.34)
GLARE_S: Final = 0.6
RANG_WAIT_S: Final = 1.5

SIT_HZ: Final = ((880.0, 1010.0), (1340.0, 1460.0), (1740.0, 1860.0))
SIT_S: Final = 0.2
ANSWER_TONE_HZ: Final = ((2080.0, 2120.0), (2205.0, 2245.0))
ANSWER_TONE_S: Final = 0.5
MERGED_S: Final = 0.08
"""A Japanese ringback swings 16 times a second: gaps so short are no gaps."""
LEAST_RING_S: Final = 0.3
STOPPED: Final = 1.3
"""Times its pause: a ringback that stays away so long has stopped."""
SILENT_ANSWER_S: Final = 3.0
"""More than that after it stopped, in silence: somebody lifted and says nothing."""


@dataclass(frozen=True, slots=True)
class Ringback:
    """One country's: frequencies in Hz and the longest pause in its cadence, seconds."""

    frequencies: tuple[float, ...]
    pause: float


RINGBACKS: Final = {
    "JP": Ringback((400.0,), 2.0),
    "US": Ringback((440.0, 480.0), 4.0),
    "CA": Ringback((440.0, 480.0), 4.0),
    "UK": Ringback((400.0, 450.0), 2.0),
    "DE": Ringback((425.0,), 4.0),
    "FR": Ringback((440.0,), 3.5),
    "IT": Ringback((425.0,), 4.0),
    "ES": Ringback((425.0,), 3.0),
    "NL": Ringback((425.0,), 4.0),
    "SE": Ringback((425.0,), 5.0),
    "BE": Ringback((425.0,), 3.0),
    "CH": Ringback((425.0,), 4.0),
    "DK": Ringback((425.0,), 4.0),
    "NO": Ringback((425.0,), 4.0),
    "FI": Ringback((425.0,), 4.0),
    "AT": Ringback((420.0,), 5.0),
    "AU": Ringback((413.0, 438.0), 2.0),
    "NZ": Ringback((400.0, 450.0), 2.0),
    "PL": Ringback((425.0,), 4.0),
    "IL": Ringback((414.0,), 3.0),
    "CL": Ringback((400.0,), 3.0),
}


class DialTone(enum.Enum):
    """What a line that was just taken gives."""

    HEARD = "dial tone"
    ABSENT = "no dial tone"
    ENGAGED = "busy tone instead of dial tone"
    GLARE = "a caller instead of dial tone"


class Answer(enum.Enum):
    """By what evidence a call counts as answered (fxo §2.4)."""

    REVERSAL = "the polarity was reversed"
    SPEECH = "somebody speaks"
    RINGBACK_STOPPED = "the ringing stopped"
    ANSWER_TONE = "a fax or modem answered"
    DIALLED = "an emergency call waits for no sign"


class Refused(enum.Enum):
    """Why a call failed."""

    BUSY = "busy tone"
    CONGESTED = "reorder tone"
    NO_SUCH_NUMBER = "special information tone"
    NO_ANSWER = "nobody answered in time"
    RELEASED = "dial tone again"


class Checked(enum.Enum):
    """The end of a line's examination: nobody was called."""

    DONE = "the line was examined"


@dataclass(frozen=True, slots=True)
class Frame:
    """What one frame holds: its level in dBFS, whether it is a voice, and the strongest frequency if it is a tone."""

    level: float
    is_voice: bool
    hertz: float


_WINDOW: Final = np.hanning(FRAME)
_HERTZ: Final = np.fft.rfftfreq(512, 1 / RATE)


class Ear:
    """Cuts samples into frames and says what each holds; `tones` are the country's own call-progress tones."""

    def __init__(self, country: str) -> None:
        self.tones = Detector(country)
        self._rest = b""

    def frames(self, pcm: bytes) -> Iterator[tuple[bytes, NDArray[np.float64]]]:
        """The whole frames in what came, as bytes and as numbers."""
        self._rest += pcm
        while len(self._rest) >= FRAME_BYTES:
            frame, self._rest = self._rest[:FRAME_BYTES], self._rest[FRAME_BYTES:]
            yield frame, np.frombuffer(frame, np.int16).astype(np.float64)

    def judge(self, samples: NDArray[np.float64]) -> Frame:
        """What the frame holds that `tones` heard last."""
        return judged(samples, self.tones.level, is_tonal=self.tones.is_tonal)


def judged(samples: NDArray[np.float64], level: float, *, is_tonal: bool) -> Frame:
    """What a frame of that level holds; `is_tonal`: it is known for a tone already."""
    if level <= SPEECH_DB:
        return Frame(level, is_voice=False, hertz=0.0)
    power = np.abs(np.fft.rfft(samples * _WINDOW, 512)) ** 2
    first = float(_HERTZ[int(np.argmax(power))])
    near = np.abs(_HERTZ - first) <= NEAR_HZ
    second = float(_HERTZ[int(np.argmax(np.where(near, 0.0, power)))])
    near |= np.abs(_HERTZ - second) <= NEAR_HZ
    is_tone = is_tonal or float(power[near].sum()) > PURE_SHARE * float(power.sum())
    return Frame(level, is_voice=not is_tone, hertz=first if is_tone else 0.0)


class Sit:
    """Hears special information tones: three that rise, each long enough."""

    def __init__(self) -> None:
        self._place, self._run = 0, 0.0

    def hear(self, heard: Frame) -> bool:
        """Whether the third one was just heard to its length."""
        low, high = SIT_HZ[self._place]
        if low <= heard.hertz <= high:
            self._run += FRAME_S
            if self._run >= SIT_S and self._place == len(SIT_HZ) - 1:
                self._place, self._run = 0, 0.0
                return True
        elif self._run >= SIT_S:
            self._place, self._run = self._place + 1, 0.0
        elif heard.hertz and self._place and not self._run and not SIT_HZ[self._place - 1][0] <= heard.hertz <= high:
            self._place = 0
        elif heard.is_voice:
            self._place, self._run = 0, 0.0
        return False


class DialToneWatch:
    """Listens to a line that was just taken. `has_rung`: ringing was seen as we took it, so a caller may be there."""

    def __init__(self, country: str, has_rung: bool = False, wait_s: float = DIAL_WAIT_S) -> None:
        self._ear, self._wait = Ear(country), wait_s
        dial, busy = _frequencies(country, Tone.DIAL), _frequencies(country, Tone.BUSY)
        self._meter = Meter(dial)
        self._least = SHARED_DIAL_S if dial == busy else DIAL_S
        self.has_rung = has_rung
        self.seconds = 0.0
        self._run, self._gap, self._stutters, self._voiced = 0.0, 0.0, 0, 0.0

    def hear(self, pcm: bytes) -> DialTone | None:
        """The finding, once there is one."""
        for frame, samples in self._ear.frames(pcm):
            found = self._frame(frame, samples)
            if found is not None:
                return found
        return None

    def _frame(self, frame: bytes, samples: NDArray[np.float64]) -> DialTone | None:
        self.seconds += FRAME_S
        tone = self._ear.tones.hear(frame)
        if tone is Tone.DIAL or self._is_dial_tone(samples):
            return DialTone.HEARD
        if tone in (Tone.BUSY, Tone.REORDER):
            return DialTone.ENGAGED
        self._voiced = max(0.0, self._voiced + (FRAME_S if self._ear.judge(samples).is_voice else -FRAME_S / 2))
        if self._voiced >= GLARE_S:
            return DialTone.GLARE
        if self.has_rung and self.seconds >= RANG_WAIT_S and not self._run:
            return DialTone.GLARE
        return DialTone.ABSENT if self.seconds >= self._wait else None

    def _is_dial_tone(self, samples: NDArray[np.float64]) -> bool:
        """Continuous for long enough, or stuttering as where a message waits or a second dial tone is given."""
        sound = self._meter.judge(samples, float(samples @ samples), self._ear.tones.level)
        if sound is Sound.TONE:
            self._run, self._gap = self._run + FRAME_S, 0.0
            return self._run >= self._least
        if self._run:
            self._gap += FRAME_S
            if self._gap >= 2 * FRAME_S:  # one odd frame is a click
                low, high = STUTTER_S
                self._stutters = self._stutters + 1 if low <= self._run <= high else 0
                self._run = 0.0
        return self._stutters >= STUTTERS


class Progress:
    """Listens from the last digit until the call is answered or has failed; `limit_s` is the country's patience."""

    def __init__(self, country: str, limit_s: float) -> None:
        self._ear, self._limit = Ear(country), limit_s
        ringback = RINGBACKS[country]
        self._ringback, self._pause = Meter(ringback.frequencies), ringback.pause
        self._voice: deque[bool] = deque(maxlen=SPEECH_WINDOW)
        self.seconds = 0.0
        self.rings = 0
        self._ring_run, self._away, self._other = 0.0, 0.0, 0.0
        self._sit, self._answer_run = Sit(), 0.0

    def hear(self, pcm: bytes) -> Answer | Refused | None:
        """The finding, once there is one."""
        for frame, samples in self._ear.frames(pcm):
            found = self._frame(frame, samples)
            if found is not None:
                return found
        return None

    def _frame(self, frame: bytes, samples: NDArray[np.float64]) -> Answer | Refused | None:
        self.seconds += FRAME_S
        tone = self._ear.tones.hear(frame)
        if tone is not None:
            return _BY_TONE[tone]
        heard = self._ear.judge(samples)
        self._follow_ringback(samples, heard)
        if self._sit.hear(heard):
            return Refused.NO_SUCH_NUMBER
        if self._is_answer_tone(heard):
            return Answer.ANSWER_TONE
        self._voice.append(heard.is_voice)
        if sum(self._voice) >= SPEECH_FRAMES:
            return Answer.SPEECH
        if self._has_stopped():
            return Answer.RINGBACK_STOPPED
        return Refused.NO_ANSWER if self.seconds >= self._limit else None

    def _follow_ringback(self, samples: NDArray[np.float64], heard: Frame) -> None:
        sound = self._ringback.judge(samples, float(samples @ samples), self._ear.tones.level)
        if sound is Sound.TONE:
            self._ring_run += FRAME_S + (self._away if self._away <= MERGED_S and self._ring_run else 0.0)
            self._away = self._other = 0.0
            return
        self._away += FRAME_S
        self._other += FRAME_S if heard.is_voice else 0.0
        if self._away > MERGED_S and self._ring_run:
            self.rings += int(self._ring_run >= LEAST_RING_S)
            self._ring_run = 0.0

    def _has_stopped(self) -> bool:
        """It rang and does not ring any more: with something to hear soon, in silence a while later."""
        if not self.rings or self._ring_run:
            return False
        patience = STOPPED * self._pause + (0.0 if self._other >= 5 * FRAME_S else SILENT_ANSWER_S)
        return self._away >= patience

    def _is_answer_tone(self, heard: Frame) -> bool:
        is_one = any(low <= heard.hertz <= high for low, high in ANSWER_TONE_HZ)
        self._answer_run = self._answer_run + FRAME_S if is_one else 0.0
        return self._answer_run >= ANSWER_TONE_S


_BY_TONE: Final = {
    Tone.BUSY: Refused.BUSY,
    Tone.REORDER: Refused.CONGESTED,
    Tone.DIAL: Refused.RELEASED,
    Tone.HOWLER: Refused.RELEASED,
}


def _frequencies(country: str, tone: Tone) -> tuple[float, ...]:
    return next((plan.frequencies for plan in PLANS[country] if plan.tone is tone), ())
