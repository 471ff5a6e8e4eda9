"""The slow truth about business hours: read the zone's clock at an instant, see whether it stands inside an interval.

Shares nothing with appliance.acd.timetable but the facts: it asks datetime and zoneinfo for every instant anew.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from appliance.acd.schedule import Interval, Reason, Schedule

MIDNIGHT = datetime.min.time()


def open_by_the_clock(schedule: Schedule, wall: float, holidays: frozenset[date] = frozenset()) -> bool:
    """Whether the clock on the wall of the schedule's zone stands inside an interval at this instant."""
    shown = shown_by_the_clock(schedule.zone, wall)
    yesterday = shown.date() - timedelta(days=1)
    return any(
        datetime.combine(day, MIDNIGHT) + timedelta(minutes=each.opens)
        <= shown
        < datetime.combine(day, MIDNIGHT) + timedelta(minutes=each.closes)
        for day in (yesterday, shown.date())
        for each in hours_of(schedule, day, holidays)
    )


def reason_by_the_clock(schedule: Schedule, wall: float, holidays: frozenset[date] = frozenset()) -> Reason:
    """Why it is open or closed at this instant, by the same reading of the clock."""
    if open_by_the_clock(schedule, wall, holidays):
        return Reason.OPEN
    day = shown_by_the_clock(schedule.zone, wall).date()
    for dated in schedule.dated:
        if dated.day == day:
            return Reason.CLOSED if dated.intervals else Reason.HOLIDAY
    return Reason.HOLIDAY if day in holidays else Reason.CLOSED


def hours_of(schedule: Schedule, day: date, holidays: frozenset[date]) -> tuple[Interval, ...]:
    """The intervals that begin on the day."""
    for dated in schedule.dated:
        if dated.day == day:
            return dated.intervals
    return () if day in holidays else schedule.week[day.weekday()]


def shown_by_the_clock(zone: str, wall: float) -> datetime:
    """What a clock on the wall of the zone shows."""
    return datetime.fromtimestamp(wall, ZoneInfo(zone)).replace(tzinfo=None)


def wall_at(zone: str, shown: str, fold: int = 0) -> float:
    """The wall time at which a zone's clock shows `2026-11-01 01:30`; `fold` 1 is the second time that it does."""
    return datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def utc(shown: str) -> float:
    """The wall time of an instant written in UTC."""
    return datetime.fromisoformat(shown).replace(tzinfo=UTC).timestamp()


@cache
def changes_of(zone: str, first: date, last: date) -> tuple[int, ...]:
    """The instants at which the zone's offset changes, found by looking at every quarter of an hour and then closer."""
    step, begin, end = 900, int(utc(f"{first} 00:00")), int(utc(f"{last} 00:00"))
    found = []
    for at in days_that_differ(zone, begin, end):
        quarters = range(at, at + 86400, step)
        quarter = next(t for t in quarters if offset(zone, t) != offset(zone, t + step))
        found.append(next(t for t in range(quarter, quarter + step + 1) if offset(zone, t) != offset(zone, quarter)))
    return tuple(found)


def days_that_differ(zone: str, begin: int, end: int) -> list[int]:
    """The days, by their first instant, over which the offset changes."""
    days = range(begin, end, 86400)
    offsets = [offset(zone, day) for day in days] + [offset(zone, end)]
    return [day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after]


def offset(zone: str, wall: int) -> timedelta | None:
    """How far the zone's clock is ahead of UTC."""
    return datetime.fromtimestamp(wall, ZoneInfo(zone)).utcoffset()
