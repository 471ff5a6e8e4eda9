"""Business hours as facts: what an administrator sets, and what is answered when somebody asks (acd.md §3.7, D-11).

Minutes count from the midnight that begins the start day, as its clock on the wall shows them; 25:30 is half past one
in the night after. Wall times are seconds since 1970 UTC. No offset is ever stored: a schedule names its zone, and
`appliance.acd.timetable` asks the zone. A schedule that exists is sound but for two names, its zone and its country:
the timetable looks those up.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise

DAY_MIN = 24 * 60
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_WALL = 7258118400.0  # 2200-01-01, long after any zone data is worth something
LONGEST_RTC_GAP_S = 10 * 365 * 86400.0  # a box switched off for longer has no battery left either


class ScheduleError(ValueError):
    """The hours cannot be used as they stand; the sentence says what was asked, what was found, what would be right."""


class Trust(Enum):
    """Whether the wall clock may be believed (D-11)."""

    HIGH = "high"
    LOW = "low"


class Reason(Enum):
    """Why it is open or closed. A closed caller takes the chain HOLIDAY for that reason, else the chain CLOSED."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    MANUAL = "manual"
    LOW_TRUST = "low-trust"


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from minute `opens` to just before minute `closes`, which may lie in the next day but within 24 hours.

    Raises `ScheduleError` when it is empty, begins outside its day or is longer than a day.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < DAY_MIN:
            raise ScheduleError(f"the hours {self} begin outside their day; a time from 0:00 to 23:59 would be right")
        if self.closes == self.opens:
            raise ScheduleError(f"the hours {self} have no length; 0:00-24:00 would be the whole day")
        if not self.opens < self.closes <= self.opens + DAY_MIN:
            raise ScheduleError(
                f"the hours {self} are not between a moment and 24 hours long; two days need two entries"
            )

    def __str__(self) -> str:
        return f"{clock_text(self.opens)}-{clock_text(self.closes)}"


Day = tuple[Interval, ...]
Week = tuple[Day, Day, Day, Day, Day, Day, Day]
NEVER: Week = ((), (), (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class DatedHours:
    """The hours of one local day instead of all it would have had, holiday or not. No intervals: a day off (休業日)."""

    day: date
    intervals: Day = ()


@dataclass(frozen=True, slots=True)
class ManualHours:
    """The key (or `*60`) holds the queue open or closed until the wall time `expires`, which nobody may leave out.

    Raises `ScheduleError` when `expires` is no wall time.
    """

    is_open: bool
    expires: float

    def __post_init__(self) -> None:
        check_wall("a manual override is to end", self.expires)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a queue is open. `week` begins on Monday; `country` is "JP", "US" or "" for no public holidays.

    Raises `ScheduleError` when the intervals of one day overlap or a date is given twice. An interval over midnight
    belongs to its start day, also when the next day is closed; where it meets the next day's hours both are one.
    """

    zone: str
    week: Week
    dated: tuple[DatedHours, ...] = ()
    country: str = ""
    manual: ManualHours | None = None

    def __post_init__(self) -> None:
        if len(self.week) != len(DAYS):
            raise ScheduleError(f"a week of opening hours has 7 days, Monday first; {len(self.week)} were given")
        for name, intervals in zip(DAYS, self.week, strict=True):
            check_apart(name, intervals)
        for dated in self.dated:
            check_apart(str(dated.day), dated.intervals)
        days = sorted(dated.day for dated in self.dated)
        if twice := [day for day, following in pairwise(days) if day == following]:
            raise ScheduleError(
                f"the hours of {twice[0]} are given twice; one entry with all its intervals would be right"
            )


@dataclass(frozen=True, slots=True)
class Hours:
    """The answer at one instant. `until` is the wall time of the next opening or closing, None when none is known.

    `recheck` is when anything in this answer may next differ (also the reason alone, or a manual override that ends):
    one timer for it is enough. It is None when only news about the clock or the schedule can change the answer.
    """

    is_open: bool
    reason: Reason
    until: float | None
    recheck: float | None


def check_apart(day: str, intervals: Day) -> None:
    """Raise `ScheduleError` when two intervals of one day overlap; touching ones are one."""
    ordered = sorted(intervals, key=lambda interval: interval.opens)
    for first, second in pairwise(ordered):
        if second.opens < first.closes:
            raise ScheduleError(f"{day}: {first} and {second} overlap; one interval for both would be right")


def check_wall(asked: str, wall: float) -> None:
    """Raise `ScheduleError` when a trusted wall time is before 1970, after 2199 or no number."""
    if not 0 <= wall < LAST_WALL:
        raise ScheduleError(f"{asked} at wall time {wall}; seconds since 1970, up to the year 2199, would be right")


def clock_text(minute: int) -> str:
    """A minute of the day as people write it: 570 is 9:30, 1530 is 25:30."""
    return f"{minute // 60}:{minute % 60:02}"


def clock_trust(synchronised: bool, rtc: float | None, latest_known: float) -> Trust:
    """Believe the wall clock once NTP has set it since boot, or when a battery clock gave it and is plausible (D-11).

    `latest_known` is the newest wall time that certainly has passed: the journal's last stamp or the program's build.
    """
    plausible = rtc is not None and latest_known <= rtc <= latest_known + LONGEST_RTC_GAP_S
    return Trust.HIGH if synchronised or plausible else Trust.LOW
