"""What a line has learnt of its exchange: tones with which its calls end and that no plan of its country has (§2.8).

Learnt from calls that came in and of which it is certain that the caller was gone: somebody of ours hung up on a tone,
the loop dropped after one, or it was followed by long silence. A tone that ended `ENOUGH` calls is a hang-up from then
on. Kept in a file per line; the line doctor shows it and can have it forgotten. Thread-safe.
"""

import json
import logging
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from appliance.lines.outgoing import Found
from appliance.lines.talk import Talk
from appliance.media.cadence import Plan, Tone
from appliance.media.learning import hang_up_tone, is_same

logger = logging.getLogger(__name__)

ENOUGH: Final = 3
KEPT: Final = 8  # tones, the most frequent ones
CERTAIN: Final = ("the other side hung up", "S1)", "S5)")
"""How the line's own sentence of why a call is over ends when a tone before it was the caller's hanging up."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One tone, and how many calls ended with it."""

    plan: Plan
    times: int = 1

    def __str__(self) -> str:
        plan = self.plan
        beat = "/".join(f"{one:.2f} s" for one in plan.cadence) or "without a pause"
        return f"{'+'.join(f'{one:.0f}' for one in plan.frequencies)} Hz {beat}, {self.times}x"


class Learnt:
    """The lessons of one line. `folder` None: they last as long as the process."""

    def __init__(self, folder: Path | None, line: str) -> None:
        self._file, self._line = folder / f"{line}.json" if folder is not None else None, line
        self._lock = threading.Lock()
        self._lessons = self._read()

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The tones that count as hang-ups."""
        return tuple(lesson.plan for lesson in self._lessons if lesson.times >= ENOUGH)

    def call_ended(self, talk: Talk, why: str) -> None:
        """A call is over, `why` in the words of the line: learn from what it ended with, if that is certain."""
        if not talk.came_in or not why.endswith(CERTAIN):
            return
        heard = hang_up_tone(talk.recent)
        if heard is not None:
            self._learn(heard)

    def _learn(self, heard: Plan) -> None:
        with self._lock:
            known = next((one for one in self._lessons if is_same(heard, one.plan)), None)
            lesson = Lesson(heard) if known is None else replace(known, times=known.times + 1)
            others = [one for one in self._lessons if one is not known]
            self._lessons = sorted((lesson, *others), key=lambda one: -one.times)[:KEPT]
            self._write()
        counts = "a hang-up from now on" if lesson.times == ENOUGH else f"{ENOUGH} calls make it a hang-up"
        logger.info("Line %s: a call ended with a tone that no plan has: %s; %s", self._line, lesson, counts)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._lessons = []
            self._write()
        logger.warning("Line %s: the tones it had learnt are forgotten", self._line)

    def found(self) -> tuple[Found, ...]:
        """For the line doctor: what was learnt, what is not certain yet included; nothing when there is none."""
        lessons = self._lessons
        certain = sum(lesson.times >= ENOUGH for lesson in lessons)
        return (Found("learnt_tones", True, certain, "; ".join(map(str, lessons))),) if lessons else ()

    def _read(self) -> list[Lesson]:
        if self._file is None or not self._file.exists():
            return []
        try:
            return [_lesson(one) for one in json.loads(self._file.read_text())]
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            logger.warning("Line %s: what it had learnt cannot be read and is begun anew: %s", self._line, wrong)
            return []

    def _write(self) -> None:
        if self._file is None:
            return
        told = [{**asdict(one.plan), "tone": one.plan.tone.name, "times": one.times} for one in self._lessons]
        new = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(told))
            new.replace(self._file)
        except OSError as wrong:
            logger.warning("Line %s: what it has learnt cannot be kept: %s", self._line, wrong)


def _lesson(told: dict[str, object]) -> Lesson:
    frequencies, cadence = (tuple(float(one) for one in list(told[name])) for name in ("frequencies", "cadence"))  # type: ignore[call-overload]
    least_s, times = float(str(told["least_s"])), int(str(told["times"]))
    return Lesson(Plan(Tone[str(told["tone"])], frequencies, cadence, least_s=least_s), times)
