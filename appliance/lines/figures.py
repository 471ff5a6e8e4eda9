"""How one line fares, in figures: how fast it answers, what its sound suffered, how callers left (fxo §5).

Told by the worker at each change of state and twice a second; nothing here asks for the time. Durations in seconds,
`now` is monotonic.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final, Protocol

from appliance.lines.states import OFF_HOOK, State
from appliance.wire_figures import LineFigures

LONG_ENOUGH: Final = 30.0  # seconds of sound before a drift in millionths means anything
RATE: Final = 8000
OURS: Final = "us"
"""Hang-ups of our side, beside the rules S1 to S7."""


@dataclass(frozen=True, slots=True)
class TalkFigures:
    """One seizure's sound so far. `erle` is how many dB the echo was lowered by; None where none was heard.

    `is_steady`: samples come without a gap, so that they tell how fast the card's clock runs.
    """

    samples: int = 0
    underruns: int = 0
    overruns: int = 0
    false_alarms: int = 0
    erle: float | None = None
    is_steady: bool = True


class Sounding(Protocol):
    """A talk, as far as its figures go."""

    @property
    def measured(self) -> TalkFigures:
        """The figures so far."""


class Figures:
    """All calls of one line since the process began."""

    def __init__(self, now: float) -> None:
        self._since = self._looked = now
        self._state = State.DOWN
        self._asked_at = self._sound_at = 0.0
        self._sound_from = 0
        self._sound: TalkFigures | None = None
        self._talk: Sounding | None = None
        self.last = TalkFigures()
        self._ended: Counter[str] = Counter()
        self._calls = self._underruns = self._overruns = self._false = 0
        self._answer = self._slowest = self._off_hook = 0.0
        self._erle: float | None = None
        self._drift: float | None = None

    def look(self, state: State, talk: Sounding | None, ended_by: str, now: float) -> bool:
        """Take in how the line stands now; True when a call has just ended."""
        if self._state in OFF_HOOK:
            self._off_hook += now - self._looked
        was, self._state, self._looked = self._state, state, now
        if state is State.ANSWERING and was is not state:
            self._asked_at = now
        if talk is not None:
            self._talk = talk
            self._hear(talk.measured, was, now)
            return False
        if self._talk is None:
            return False
        self._over(self._talk.measured, ended_by)
        return True

    def _hear(self, sound: TalkFigures, was: State, now: float) -> None:
        if self._sound is None:
            self._calls += 1
            self._sound_at, self._sound_from = now, sound.samples
            if was is State.ANSWERING:
                self._answer = now - self._asked_at
                self._slowest = max(self._slowest, self._answer)
        self._sound = sound
        lasted = now - self._sound_at
        if sound.is_steady and lasted >= LONG_ENOUGH:
            self._drift = 1e6 * ((sound.samples - self._sound_from) / RATE / lasted - 1)

    def _over(self, sound: TalkFigures, ended_by: str) -> None:
        rule = re.search(r"\bS[1-7]\b", ended_by)
        self._ended[rule[0] if rule else OURS] += 1
        self._underruns += sound.underruns
        self._overruns += sound.overruns
        self._false += sound.false_alarms
        self.last = sound
        self._erle = self._erle if sound.erle is None else sound.erle
        self._sound = self._talk = None

    def told(self) -> LineFigures:
        """The figures for whoever wants to show them; the call that goes on counts in."""
        sound = self._sound or TalkFigures()
        return LineFigures(
            since=self._since,
            calls=self._calls,
            off_hook=round(self._off_hook, 1),
            answer_ms=round(1000 * self._answer),
            slowest_answer_ms=round(1000 * self._slowest),
            underruns=self._underruns + sound.underruns,
            overruns=self._overruns + sound.overruns,
            false_alarms=self._false + sound.false_alarms,
            hang_ups=tuple(sorted(self._ended.items())),
            erle_db=self._erle if sound.erle is None else sound.erle,
            drift_ppm=None if self._drift is None else round(self._drift, 1),
        )
