"""Analogue lines as the page sees them: what they do, how they fare, what an examination found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineFigures:
    """How one analogue line fared since its process started. `erlangs` is its mean load.

    `hang_ups` counts calls by what told of their end (S1 to S7, or `us`); `false_alarms` are hints of a hang-up that
    was none. What was not measured yet is None.
    """

    calls: int
    erlangs: float
    answer_ms: int
    slowest_answer_ms: int
    underruns: int
    overruns: int
    false_alarms: int
    hang_ups: tuple[tuple[str, int], ...]
    erle_db: float | None
    drift_ppm: float | None


@dataclass(frozen=True, slots=True)
class LineView:
    """One analogue line: `state` of its state machine, `alarm` empty or a sentence. Half duplex carries no call out."""

    line: str
    state: str
    alarm: str
    number: str
    since: float
    figures: LineFigures | None = None
    is_half_duplex: bool = False


@dataclass(frozen=True, slots=True)
class LineFinding:
    """One thing that an examination of a line found, as a sentence in both languages; `what` is its word."""

    what: str
    is_well: bool
    ja: str
    en: str
