"""Figures that one process of ours tells another: part of the seam (`appliance.wire`)."""

import msgspec


class LineFigures(msgspec.Struct, frozen=True):
    """How one analogue line fared since `since` (monotonic). `off_hook` is seconds.

    `hang_ups` counts by what told of them: S1 to S7, or `us`. `false_alarms` are hints of a hang-up that was none.
    """

    since: float
    calls: int = 0
    off_hook: float = 0.0
    answer_ms: int = 0
    slowest_answer_ms: int = 0
    underruns: int = 0
    overruns: int = 0
    false_alarms: int = 0
    hang_ups: tuple[tuple[str, int], ...] = ()
    erle_db: float | None = None
    drift_ppm: float | None = None
