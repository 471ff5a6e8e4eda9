"""Opening hours as an administrator writes them, read into the facts of `appliance.acd.schedule`.

    week    mon-fri 9:00-12:00 13:00-17:30; sat 10:00-14:00; fri 22:00-03:00
    dates   2026-12-29..2027-01-03 closed; 2026-12-28 9:00-12:00

Entries end with `;`. Days are single, lists (`mon,wed`) or ranges (`fri-mon` too); a day named twice gets the hours of
both entries. A closing time that is not after its opening time lies in the next day; 22:00-27:00 says the same.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from appliance.acd.schedule import DAY_MIN, DAYS, DatedHours, Interval, Schedule, ScheduleError, Week

LONGEST_RANGE_DAYS = 366
WEEK_EXAMPLE = "mon-fri 9:00-12:00 13:00-17:30; sat 10:00-14:00"
DATES_EXAMPLE = "2026-12-29..2027-01-03 closed; 2026-12-28 9:00-12:00"
_TIMES = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


def schedule_from_text(zone: str, week: str, dates: str = "", country: str = "") -> Schedule:
    """A schedule from its four texts. Raises `ScheduleError`; zone and country are looked up by the timetable."""
    return Schedule(zone, week_from_text(week), dated_from_text(dates), country)


def week_from_text(text: str) -> Week:
    """The hours of the week, Monday first. Raises `ScheduleError` when an entry cannot be read or nothing is open."""
    hours: dict[int, list[Interval]] = {day: [] for day in range(len(DAYS))}
    for entry in _entries(text):
        days, *times = entry.split()
        if not times:
            raise ScheduleError(f"'{entry}' names days but no hours; '{WEEK_EXAMPLE}' would be right")
        intervals = [interval_from_text(written) for written in times]
        for day in dict.fromkeys(_weekdays(days)):
            hours[day] += intervals
    if not any(hours.values()):
        raise ScheduleError(f"the opening hours of the week are empty; '{WEEK_EXAMPLE}' would be right")
    mon, tue, wed, thu, fri, sat, sun = (tuple(sorted(day, key=lambda each: each.opens)) for day in hours.values())
    return mon, tue, wed, thu, fri, sat, sun


def dated_from_text(text: str) -> tuple[DatedHours, ...]:
    """The dates with hours of their own, in the order of writing. Raises `ScheduleError` when one cannot be read."""
    dated: list[DatedHours] = []
    for entry in _entries(text):
        days, *times = entry.split()
        if not times:
            raise ScheduleError(f"'{entry}' says neither hours nor 'closed'; '{DATES_EXAMPLE}' would be right")
        closed = [written.lower() for written in times] == ["closed"]
        intervals = () if closed else tuple(interval_from_text(written) for written in times)
        dated += (DatedHours(day, intervals) for day in _dates(days))
    return tuple(dated)


def interval_from_text(written: str) -> Interval:
    """`9:00-17:30` as an interval; `22:00-3:00` and `22:00-27:00` end in the next day. Raises `ScheduleError`."""
    found = _TIMES.fullmatch(written)
    if not found:
        raise ScheduleError(f"'{written}' is not a pair of times; 9:00-17:30 would be right")
    hour, minute, last_hour, last_minute = (int(part) for part in found.groups())
    if minute > 59 or last_minute > 59 or hour > 23:
        raise ScheduleError(
            f"'{written}' has a time that no clock shows; hours 0 to 23 and minutes 0 to 59 would be right"
        )
    opens, closes = hour * 60 + minute, last_hour * 60 + last_minute
    if closes > 2 * DAY_MIN:
        raise ScheduleError(f"'{written}' closes after the next day; at most 48:00 would be right")
    return Interval(opens, closes + DAY_MIN if closes < opens else closes)


def _entries(text: str) -> Iterator[str]:
    return (entry.strip() for entry in text.split(";") if entry.strip())


def _weekdays(written: str) -> Iterator[int]:
    """The days, Monday 0, of `mon`, `mon-fri`, `fri-mon` or `mon,wed-thu`."""
    for part in written.split(","):
        first, dash, last = part.partition("-")
        start = _weekday(first, part)
        end = _weekday(last, part) if dash else start
        yield from ((start + step) % len(DAYS) for step in range((end - start) % len(DAYS) + 1))


def _weekday(name: str, written: str) -> int:
    if name.lower() not in DAYS:
        raise ScheduleError(
            f"'{written}' is not a day of the week; {', '.join(DAYS)} or a range such as mon-fri would be right"
        )
    return DAYS.index(name.lower())


def _dates(written: str) -> Iterator[date]:
    """The dates of `2026-12-31` or `2026-12-29..2027-01-03`, both ends included."""
    first, dots, last = written.partition("..")
    start = _date(first)
    end = _date(last) if dots else start
    if not 0 <= (end - start).days < LONGEST_RANGE_DAYS:
        raise ScheduleError(
            f"'{written}' is not a range from a first to a last day within a year; 2026-12-29..2027-01-03 is"
        )
    yield from (start + timedelta(days=step) for step in range((end - start).days + 1))


def _date(written: str) -> date:
    try:
        if len(written) == len("2026-12-31"):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise ScheduleError(f"'{written}' is not a date of the calendar; one such as 2026-12-31 would be right")
