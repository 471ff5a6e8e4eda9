"""When a schedule is open, computed from its zone's own clock: `Timetable.state_at` (acd.md §3.7, R-22, R-43).

An instant is open when the clock on the wall, read in the schedule's zone, stands inside an interval. From this rule
follow the others: an edge inside the hour that spring leaves out happens at the first instant after it, and both passes
of the hour that autumn repeats are alike. An edge within a repeated hour therefore happens in each pass.

Nothing here reads a clock or a file: wall time, zone and holidays are given. What was computed is remembered by
UTC day, so the answer depends on the arguments alone, whatever was asked before. A timetable belongs to one thread.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from appliance.acd.holidays import COUNTRIES, HolidayTable, holidays_of
from appliance.acd.schedule import (
    Day,
    Hours,
    ManualHours,
    Reason,
    Schedule,
    ScheduleError,
    Trust,
    check_wall,
)

DAY_S = 86400
LOOK_S = 6 * 3600
AHEAD_DAYS = 512  # at least so far is searched for the next opening or closing
BLOCK_DAYS = 128  # the search ends on a multiple of this, so that neighbouring questions search the same days
REMEMBERED_DAYS = 1024
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

Zones = Callable[[str], tzinfo]
"""Finds a zone by its IANA name, as `zoneinfo.ZoneInfo` does; raises KeyError, ValueError or OSError when unknown."""


class Piece(NamedTuple):
    """A stretch of time, from instant to instant, without a change: OPEN, CLOSED or HOLIDAY."""

    start: int
    end: int
    reason: Reason


def timetable_of(schedule: Schedule, zones: Zones) -> "Timetable":
    """The schedule with its names looked up. Raises `ScheduleError` when the zone or the country is unknown."""
    try:
        zone = zones(schedule.zone)
    except (KeyError, ValueError, OSError):
        raise ScheduleError(
            f"the opening hours are to be read in the time zone '{schedule.zone}', which is unknown here; "
            "an IANA name such as Asia/Tokyo or America/New_York would be right"
        ) from None
    try:
        return Timetable(schedule, zone, holidays_of(schedule.country))
    except KeyError:
        raise ScheduleError(
            f"the public holidays of '{schedule.country}' are asked for; {', '.join(COUNTRIES)} or none would be right"
        ) from None


class Timetable:
    """The opening hours of one schedule on the line of time. A changed schedule or zone data needs a new timetable."""

    def __init__(self, schedule: Schedule, zone: tzinfo, holidays: HolidayTable) -> None:
        self.schedule = schedule
        self._zone = zone
        self._holidays = holidays
        self._dated = {dated.day: dated.intervals for dated in schedule.dated}
        self._remembered: dict[int, tuple[Piece, ...]] = {}
        self._answer = Hours(False, Reason.CLOSED, None, None)
        self._answer_from = self._answer_to = 0.0

    def state_at(self, wall: float, trust: Trust) -> Hours:
        """Whether it is open at this wall time and why (§3.7). With a low-trust clock it is, but for a manual override.

        Raises `ScheduleError` when a trusted wall time is before 1970, after 2199 or no number.
        """
        manual = self.schedule.manual
        if manual is not None and wall < manual.expires:
            return self._while_manual(manual, trust)
        if trust is Trust.LOW:
            return Hours(True, Reason.LOW_TRUST, None, None)
        return self._by_calendar(wall)

    def next_boundary(self, wall: float) -> float | None:
        """The wall time of the next opening or closing under a trusted clock; None when none comes in the next year."""
        return self.state_at(wall, Trust.HIGH).until

    def _while_manual(self, manual: ManualHours, trust: Trust) -> Hours:
        """What holds until the override ends; the flip comes then, or later if the calendar agrees with it."""
        after = Hours(True, Reason.LOW_TRUST, None, None) if trust is Trust.LOW else self._by_calendar(manual.expires)
        until = after.until if after.is_open == manual.is_open else manual.expires
        return Hours(manual.is_open, Reason.MANUAL, until, manual.expires)

    def _by_calendar(self, wall: float) -> Hours:
        """What week, dates and holidays say; the answer is kept for as long as it holds."""
        if not self._answer_from <= wall < self._answer_to:
            check_wall("the hours are asked for", wall)
            self._look_up(int(wall))
        return self._answer

    def _look_up(self, instant: int) -> None:
        """Find the piece around the instant, the end of its reason and the next flip: the answer while it holds."""
        pieces = self._pieces_from(instant)
        here = next(pieces)
        flip = None
        recheck = end = here.end
        for piece in pieces:
            if recheck == end and piece.reason is here.reason:
                recheck = piece.end
            end = piece.end
            if _is_open(piece) is not _is_open(here):
                flip = float(piece.start)
                break
        if flip is None:
            recheck = min(recheck, _end_of_block(instant // DAY_S) * DAY_S)
        self._answer = Hours(_is_open(here), here.reason, flip, float(recheck))
        self._answer_from, self._answer_to = here.start, recheck

    def _pieces_from(self, instant: int) -> Iterator[Piece]:
        """The piece of the instant and those after it, up to the end of the search."""
        first = instant // DAY_S
        for day in range(first, _end_of_block(first) + AHEAD_DAYS):
            yield from (piece for piece in self._pieces_of(day) if piece.end > instant)

    def _pieces_of(self, utc_day: int) -> tuple[Piece, ...]:
        """The pieces of one UTC day, without a hole between them."""
        if utc_day not in self._remembered:
            if len(self._remembered) >= REMEMBERED_DAYS:
                self._remembered.clear()
            self._remembered[utc_day] = tuple(self._cut(utc_day))
        return self._remembered[utc_day]

    def _cut(self, utc_day: int) -> Iterator[Piece]:
        """Cut a UTC day where its offset changes, then at local midnight, then at the edges of the hours."""
        for start, end, offset in stretches(self._zone, utc_day * DAY_S, (utc_day + 1) * DAY_S):
            for day in range((start + offset) // DAY_S, (end - 1 + offset) // DAY_S + 1):
                midnight = day * DAY_S - offset
                yield from self._pieces_of_day(day, midnight, max(start, midnight), min(end, midnight + DAY_S))

    def _pieces_of_day(self, day: int, midnight: int, start: int, end: int) -> Iterator[Piece]:
        """The pieces of [start, end), which lies in one local day. Yesterday's hours may reach into it."""
        today, closed = self._hours_of(day)
        yesterday, _ = self._hours_of(day - 1)
        edges = [(midnight - DAY_S + hours.opens * 60, midnight - DAY_S + hours.closes * 60) for hours in yesterday]
        edges += [(midnight + hours.opens * 60, midnight + hours.closes * 60) for hours in today]
        at = start
        for opens, closes in sorted(edges):
            opens, closes = max(opens, at), min(closes, end)
            if opens >= closes:
                continue
            if at < opens:
                yield Piece(at, opens, closed)
            yield Piece(opens, closes, Reason.OPEN)
            at = closes
        if at < end:
            yield Piece(at, end, closed)

    def _hours_of(self, day: int) -> tuple[Day, Reason]:
        """The intervals that begin on a local day (days since 1970), and why it is closed outside them."""
        local = date.fromordinal(_EPOCH_ORDINAL + day)
        dated = self._dated.get(local)
        if dated is not None:
            return dated, Reason.CLOSED if dated else Reason.HOLIDAY
        if local in self._holidays.days:
            return (), Reason.HOLIDAY
        return self.schedule.week[local.weekday()], Reason.CLOSED


def stretches(zone: tzinfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """[start, end) cut where the zone's offset from UTC changes: (from, to, offset in seconds).

    A zone tells no list of its changes, so they are looked for every six hours; no zone changes twice within that.
    """
    begin, offset = start, offset_at(zone, start)
    for step in range(start, end, LOOK_S):
        last = min(step + LOOK_S, end) - 1
        if offset_at(zone, last) == offset:
            continue
        change = _first_change(zone, step - 1, last, offset)
        yield begin, change, offset
        begin, offset = change, offset_at(zone, change)
    yield begin, end, offset


def offset_at(zone: tzinfo, instant: int) -> int:
    """Seconds that the zone's clock is ahead of UTC at the instant."""
    ahead = datetime.fromtimestamp(instant, zone).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds())


def _first_change(zone: tzinfo, before: int, after: int, offset: int) -> int:
    """The first instant in (before, after] at which the offset is another one than `offset`."""
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _end_of_block(utc_day: int) -> int:
    return (utc_day // BLOCK_DAYS + 1) * BLOCK_DAYS


def _is_open(piece: Piece) -> bool:
    return piece.reason is Reason.OPEN
