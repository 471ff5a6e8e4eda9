"""Who hung up? The evidence of one conversation on an analogue line, combined (fxo §2.8, rules S1 to S7).

Only what came from the line is judged, never what we send. Any one rule ends the call. The modem's own detectors end
nothing by themselves: they lower what our own have to find. Time is counted in samples received.
"""

import enum
import functools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from appliance.media.cadence import CYCLES, FRAME, FRAME_S, Detector, Plan, Tone
from appliance.media.progress import SPEECH_DB, Frame, Sit, judged
from hw.modem.events import Sign

FRAME_BYTES: Final = 2 * FRAME
STEADY_DB: Final = 2.0
SIT_LASTS: Final = 1.0  # three tones of a third of a second, of which the last is found before its end


class Rule(enum.Enum):
    """What may end a call. S6, the modem ending the stream, is the state machine's: no samples come with it."""

    LOOP_DROP = "S1"
    BUSY = "S2"
    DIAL_TONE = "S3"
    HOWLER = "S4"
    SILENCE = "S5"
    STREAM_ENDED = "S6"
    TOO_LONG = "S7"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much evidence is enough; seconds and dBFS. The defaults are fxo §2.8's."""

    speech_db: float = -38.0
    over_floor_db: float = 6.0
    """A voice is also so far above the line's own noise."""
    floor_rise_db: float = 3.0
    """A second: the noise is the quietest there was of late."""
    drop_confirmed: float = 0.4
    """Quiet seconds after a loop drop that make it a hang-up."""
    drop_forgotten: float = 3.0
    """A loop drop under speech so long ago was something else."""
    dial_tone: float = 1.5
    dial_tone_seconded: float = 0.8
    """When the modem hears it too."""
    cycles: int = CYCLES
    cycles_seconded: int = CYCLES - 1
    silence_peak_db: float = -50.0
    ghost: float = 1.5
    """So long after a person was connected to a caller who waited `ghost_after`, one cycle of a tone is enough."""
    ghost_after: float = 5.0
    recall: float = 20.0
    """So long after a hook flash of ours dial tone is the exchange's answer to it."""
    silence: float = 30.0
    """Only where nobody is on our side to notice."""
    mute: float = 60.0
    """Whoever is on our side is told of a silence so long; the call goes on."""
    longest_call: float = 4 * 3600.0


BY_TONE: Final = {
    Tone.BUSY: Rule.BUSY,
    Tone.REORDER: Rule.BUSY,
    Tone.DIAL: Rule.DIAL_TONE,
    Tone.HOWLER: Rule.HOWLER,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The far end is gone: by which rule, in words, how many seconds into the sound, and for how many of them."""

    rule: Rule
    why: str
    at: float
    gone_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.why}, {self.rule.value}"


class FarEnd:
    """One conversation; made when samples begin to flow.

    `attend` tells whether a person on our side would notice silence. `is_outgoing`: the first drop of the loop
    current may be the answer's reversal. `is_shared`: other telephones on the line may drop its voltage. `learnt` are
    tones of the line's own exchange. Raises KeyError for a country without tone plans.
    """

    def __init__(
        self, country: str, is_outgoing: bool = False, limits: Limits | None = None, is_shared: bool = False,
        learnt: tuple[Plan, ...] = (),
    ) -> None:  # fmt: skip
        self.is_attended = True
        self.false_alarms = 0
        self._attended_at, self._alone_at, self._flashed_at = -math.inf, 0.0, -math.inf
        self._is_shared = is_shared
        self._limits = limits or Limits()
        self._new_detector = functools.partial(Detector, country, learnt)
        self._detector = self._new_detector()
        self._rest = b""
        self._frames = 0
        self._cycles, self._dial_s = self._limits.cycles, self._limits.dial_tone
        self._drops_excused = int(is_outgoing)
        self._since_drop: float | None = None
        self._quiet = self._silent = self._mute = 0.0
        self._floor = self._level = self._limits.speech_db
        self._sit = Sit()
        self._silence_peak = 32767 * 10 ** (self._limits.silence_peak_db / 20)

    def attend(self, is_attended: bool) -> None:
        """Whether a person of ours hears the line now (S5).

        Somebody who is connected to a caller that waited shall not hear a busy tone: what was suspected in the last
        second and a half is enough then (U-09).
        """
        now = self._frames * FRAME_S
        if is_attended and not self.is_attended and now - self._alone_at >= self._limits.ghost_after:
            self._attended_at = now
        elif not is_attended and self.is_attended:
            self._alone_at = now
        self.is_attended, self._silent, self._mute = is_attended, 0.0, 0.0

    def flashed(self) -> None:
        """We made a hook flash: the exchange may give dial tone for another number now, and that is no hang-up."""
        self._flashed_at = self._frames * FRAME_S

    def is_mute(self) -> bool:
        """Whether a person of ours has heard nothing at all for a minute; told once for each (S5)."""
        if self._mute < self._limits.mute:
            return False
        self._mute = 0.0
        return True

    def mistaken(self) -> None:
        """The tone that was found is our own, come back: listen anew."""
        self._detector = self._new_detector()
        self.false_alarms += 1

    def missed(self, seconds: float) -> None:
        """Nothing was heard for so long: what comes now goes on with nothing that was heard before."""
        self._frames += round(seconds / FRAME_S)
        self._rest, self._detector = b"", self._new_detector()

    def sign(self, sign: Sign) -> None:
        """A signal of the modem's own detectors."""
        if sign is Sign.LOOP_DROP or (sign is Sign.VOLTAGE_DROP and not self._is_shared):
            self._dropped(sign)
        elif sign is Sign.BUSY:
            self._cycles = self._limits.cycles_seconded
        elif sign is Sign.DIAL_TONE:
            self._dial_s = self._limits.dial_tone_seconded

    def _dropped(self, sign: Sign) -> None:
        if sign is Sign.LOOP_DROP and self._drops_excused:
            self._drops_excused -= 1
            return
        self._since_drop, self._quiet = 0.0, 0.0

    def hear(self, pcm: bytes) -> Verdict | None:
        """Judge linear samples from the line; the verdict when the far end is gone."""
        self._rest += pcm
        while len(self._rest) >= FRAME_BYTES:
            frame, self._rest = self._rest[:FRAME_BYTES], self._rest[FRAME_BYTES:]
            verdict = self._frame(frame)
            if verdict is not None:
                return verdict
        return None

    def _frame(self, frame: bytes) -> Verdict | None:
        self._frames += 1
        is_ghost = (self._frames - 1) * FRAME_S - self._attended_at < self._limits.ghost
        tone = self._detector.hear(frame, 1 if is_ghost else self._cycles, self._dial_s)
        if is_ghost and tone is None:
            tone = self._detector.suspected()
        self._floor = min(self._detector.level, self._floor + self._limits.floor_rise_db * FRAME_S)
        is_recall = tone is Tone.DIAL and self._frames * FRAME_S - self._flashed_at < self._limits.recall
        if tone is not None and not is_recall:
            return self._verdict(BY_TONE[tone], tone.value, self._detector.lasted)
        if self._is_announcement(frame):
            return self._verdict(Rule.HOWLER, "special information tone", SIT_LASTS)
        if self._is_drop_confirmed():
            return self._verdict(Rule.LOOP_DROP, "loop current dropped", self._quiet)
        if self._is_silent_too_long():
            why = f"silence for {self._limits.silence:.0f} s with nobody on our side"
            return self._verdict(Rule.SILENCE, why, self._silent)
        if self._frames * FRAME_S >= self._limits.longest_call:
            return self._verdict(Rule.TOO_LONG, f"the call reached its limit of {self._limits.longest_call:.0f} s")
        return None

    def _verdict(self, rule: Rule, why: str, gone_s: float = 0.0) -> Verdict:
        return Verdict(rule, why, self._frames * FRAME_S, gone_s)

    def _is_announcement(self, frame: bytes) -> bool:
        """The exchange says why nobody is there any more, in a loop (S4): its tones come before its words.

        Only frames as loud as the one before are looked into: tones are steady, and hardly a voice is.
        """
        level, before = self._detector.level, self._level
        self._level = level
        is_steady = level > SPEECH_DB and abs(level - before) < STEADY_DB
        samples = np.frombuffer(frame, np.int16).astype(np.float64) if is_steady else None
        skipped = Frame(level, is_voice=False, hertz=0.0)
        return self._sit.hear(skipped if samples is None else judged(samples, level, is_tonal=self._detector.is_tonal))

    def _is_drop_confirmed(self) -> bool:
        if self._since_drop is None:
            return False
        self._since_drop += FRAME_S
        least = max(self._limits.speech_db, self._floor + self._limits.over_floor_db)
        is_speech = self._detector.level > least and not self._detector.is_tonal
        self._quiet = 0.0 if is_speech else self._quiet + FRAME_S
        if self._since_drop > self._limits.drop_forgotten:
            self._since_drop = None
            self.false_alarms += 1
        return self._quiet >= self._limits.drop_confirmed

    def _is_silent_too_long(self) -> bool:
        is_silent = self._detector.peak < self._silence_peak
        self._silent = self._silent + FRAME_S if is_silent and not self.is_attended else 0.0
        self._mute = self._mute + FRAME_S if is_silent and self.is_attended else 0.0
        return self._silent >= self._limits.silence
