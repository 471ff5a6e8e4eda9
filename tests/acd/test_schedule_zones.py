"""Business hours against a clock on the wall, in every time zone there is (C-14, R-22).

The short profile finds every change of every zone from 2026 to 2028 and looks closely at each change of each clock
(zones whose clocks show the same all the time count once). The long one looks at every zone, at every minute for a day
around each change: `DESKBELL_ZONES=every-minute pytest --timeout=3600 tests/acd/test_schedule_zones.py`.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.acd.holidays import holidays_of
from appliance.acd.schedule import DatedHours, Day, Interval, Schedule, Trust, Week
from appliance.acd.timetable import Timetable, stretches, timetable_of
from tests.acd.minutes import changes_of, offset, open_by_the_clock, reason_by_the_clock, shown_by_the_clock, utc

FIRST, LAST = date(2026, 1, 1), date(2029, 1, 1)
EVERY_MINUTE = os.environ.get("DESKBELL_ZONES") == "every-minute"
ZONES = sorted(available_timezones())
# Changes of 30 minutes, 45-minute offsets, two hours, at midnight, across midnight, in Ramadan, southern, none at all.
TRICKY = [
    "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Antarctica/Troll", "Africa/Cairo",
    "America/Havana", "Asia/Beirut", "Atlantic/Azores", "Africa/Casablanca", "America/Santiago", "America/Nuuk",
    "America/St_Johns", "Europe/Dublin", "Asia/Kathmandu",
]  # fmt: skip


def around(before: int, after: int) -> list[Day]:
    """Days whose hours have edges before, at, within and after a clock's jump from minute `before` to `after`."""
    low, high = sorted((before, after))
    middle = (low + high) // 2
    pairs = [
        (low - 90, middle), (middle, high + 90), (low, high), (low - 30, high + 30), (low - 600, low),
        (high, high + 600), (middle - 5, middle + 5), (low - 1, low + 1), (high - 1, high + 1), (middle, middle + 1440),
    ]  # fmt: skip
    return [(Interval(opens % 1440, opens % 1440 + closes - opens),) for opens, closes in pairs]


def daily(zone: str, hours: Day) -> Schedule:
    return Schedule(zone, (hours, hours, hours, hours, hours, hours, hours))


def schedules_around(zone: str, change: int) -> Iterator[Schedule]:
    """Schedules with edges wherever they could go wrong at this change of the zone's clock."""
    before, after = shown_by_the_clock(zone, change - 1) + timedelta(seconds=1), shown_by_the_clock(zone, change)
    first = before.hour * 60 + before.minute
    for hours in around(first, first + int((after - before).total_seconds()) // 60):
        yield daily(zone, hours)


def moments_around(schedule: Schedule, change: int) -> list[int]:
    """The instants worth looking at: the change, every edge by the offset before and after, the second before."""
    if EVERY_MINUTE:
        return list(range(change - 86400, change + 86400, 60))
    shown = [shown_by_the_clock(schedule.zone, at) for at in (change - 1, change)]
    seconds = [(change - 1, shown[0]), (change, shown[1])]
    edges = [edge % 1440 * 60 for hours in schedule.week[0] for edge in (hours.opens, hours.closes)]
    moments = {change}
    for at, clock in seconds:
        since_midnight = clock.hour * 3600 + clock.minute * 60 + clock.second
        moments |= {at + edge - since_midnight + day * 86400 for edge in edges for day in (-1, 0, 1)}
    return sorted(moment + beside for moment in moments for beside in (-1, 0))


def clocks() -> list[str]:
    """A zone for each clock that changes; in the long profile every zone that does."""
    shown = {}
    for zone in ZONES:
        if changes := changes_of(zone, FIRST, LAST):
            clock = tuple((at, offset(zone, at - 1), offset(zone, at)) for at in changes)
            shown.setdefault(zone if EVERY_MINUTE else clock, zone)
    return list(shown.values())


def test_every_change_of_every_clock_leaves_the_hours_as_the_clock_on_the_wall_shows_them() -> None:
    for zone in clocks():
        for change in changes_of(zone, FIRST, LAST):
            for schedule in schedules_around(zone, change):
                compare(schedule, moments_around(schedule, change))


def test_the_zone_data_knows_the_clocks_and_changes_of_these_years() -> None:
    assert len(clocks()) >= 25
    assert sum(len(changes_of(zone, FIRST, LAST)) for zone in ZONES) > 1000


def compare(schedule: Schedule, moments: list[int]) -> None:
    """The timetable says at each moment what the clock says."""
    timetable = timetable_of(schedule, ZoneInfo)
    wrong = [at for at in moments if timetable.state_at(at, Trust.HIGH).is_open is not open_by_the_clock(schedule, at)]
    shown = [f"{shown_by_the_clock(schedule.zone, at)} ({at})" for at in wrong]
    assert not wrong, f"{schedule.zone} {schedule.week[0][0]}: wrong at {shown}"


def test_every_change_of_every_zone_is_found_to_the_second() -> None:
    for zone in ZONES:
        changes = changes_of(zone, FIRST, LAST)
        for change in changes:
            day = change // 86400 * 86400
            cuts = [start for start, _, _ in stretches(ZoneInfo(zone), day, day + 86400)]
            assert change in cuts, f"{zone} changes at {change}, found {cuts}"


def test_every_zone_opens_at_nine_and_closes_at_five_by_its_own_clock() -> None:
    for zone in ZONES:
        timetable = timetable_of(daily(zone, (Interval(540, 1020),)), ZoneInfo)
        wall = utc("2026-12-31 12:00")
        for _ in range(4):
            boundary = timetable.next_boundary(wall)
            assert boundary is not None
            assert wall < boundary <= wall + 86400
            shown = shown_by_the_clock(zone, boundary)
            assert (shown.hour, shown.minute) == (
                (9, 0) if timetable.state_at(boundary, Trust.HIGH).is_open else (17, 0)
            )
            wall = boundary


times = st.integers(0, 1439)


@st.composite
def days(draw: st.DrawFn) -> Day:
    """The hours of one day: up to three intervals that do not overlap, the last perhaps over midnight."""
    edges = sorted(draw(st.lists(times, max_size=6, unique=True)))
    hours = [Interval(opens, closes) for opens, closes in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2:
        hours.append(Interval(edges[-1], edges[-1] + draw(st.integers(1, 1440))))
    return tuple(hours)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Schedule, int]:
    """A schedule and an instant: any in three years, or one shortly before the zone's clock jumps."""
    zone = draw(st.sampled_from(TRICKY))
    week: Week = draw(st.tuples(*[days()] * 7))
    anywhere = st.integers(int(utc(f"{FIRST} 00:00")), int(utc(f"{LAST} 00:00")))
    jumps = [change - 12 * 3600 for change in changes_of(zone, FIRST, LAST)]
    start = draw(st.one_of(anywhere, st.sampled_from(jumps)) if jumps else anywhere)
    here = shown_by_the_clock(zone, start).date()
    dates = draw(st.lists(st.integers(-1, 2), max_size=2, unique=True))
    dated = tuple(DatedHours(here + timedelta(days=ahead), draw(days())) for ahead in dates)
    return Schedule(zone, week, dated, draw(st.sampled_from(["", "JP", "US"]))), start // 60 * 60


@settings(max_examples=2000 if EVERY_MINUTE else 60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situations())
def test_any_schedule_says_at_every_minute_of_a_day_what_the_clock_on_the_wall_says(
    situation: tuple[Schedule, int],
) -> None:
    schedule, start = situation
    holidays = frozenset(holidays_of(schedule.country).days)
    timetable = timetable_of(schedule, ZoneInfo)
    expected = [reason_by_the_clock(schedule, at, holidays) for at in range(start, start + 86400, 60)]
    answers = [timetable.state_at(at, Trust.HIGH) for at in range(start, start + 86400, 60)]
    assert [answer.reason for answer in answers] == expected
    for number, answer in enumerate(answers):
        until = next((later for later in range(number, 1440) if answers[later].is_open is not answer.is_open), None)
        recheck = next((later for later in range(number, 1440) if answers[later].reason is not answer.reason), None)
        assert within_the_day(answer.until, start) == until
        assert within_the_day(answer.recheck, start) == recheck


def within_the_day(wall: float | None, start: int) -> int | None:
    """The minute of the examined day, or None when the instant is unknown or lies after it."""
    return None if wall is None or wall >= start + 86400 else int(wall - start) // 60


@settings(max_examples=300 if EVERY_MINUTE else 40, deadline=None)
@given(situations())
def test_between_now_and_the_next_boundary_nothing_opens_or_closes(situation: tuple[Schedule, int]) -> None:
    schedule, start = situation
    holidays = frozenset(holidays_of(schedule.country).days)
    timetable: Timetable = timetable_of(schedule, ZoneInfo)
    is_open, boundary = timetable.state_at(start, Trust.HIGH).is_open, timetable.next_boundary(start)
    end = start + 10 * 86400 if boundary is None else int(boundary)
    for at in range(start, end, 60 if EVERY_MINUTE else 1260):
        assert open_by_the_clock(schedule, at, holidays) is is_open
    if boundary is not None:
        assert open_by_the_clock(schedule, end - 1, holidays) is is_open
        assert open_by_the_clock(schedule, end, holidays) is not is_open
