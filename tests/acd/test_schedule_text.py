"""Opening hours as written by an administrator: what is understood, and the sentence for what is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.acd.schedule import DatedHours, Interval, Schedule, ScheduleError, clock_text
from appliance.acd.schedule_text import dated_from_text, interval_from_text, week_from_text


def test_the_week_is_read_as_written() -> None:
    mon, tue, _, _, fri, sat, sun = week_from_text("mon-fri 9:00-12:00 13:00-17:30; sat 10:00-14:00; fri 22:00-03:00")
    assert mon == tue == (Interval(540, 720), Interval(780, 1050))
    assert fri == (*mon, Interval(1320, 1620))
    assert sat == (Interval(600, 840),)
    assert sun == ()


def test_the_hours_of_a_day_are_put_in_order() -> None:
    assert week_from_text("mon 13:00-14:00; mon 9:00-12:00")[0] == (Interval(540, 720), Interval(780, 840))


def test_days_may_be_listed_wrapped_and_in_capitals() -> None:
    week = week_from_text(" FRI-Mon,wed 08:00-9:00 ;")
    assert [bool(day) for day in week] == [True, False, True, False, True, True, True]
    assert week_from_text("mon,mon-tue 8:00-9:00")[0] == (Interval(480, 540),), "a day named twice in one list is one"


@pytest.mark.parametrize(
    ("written", "opens", "closes"),
    [("0:00-24:00", 0, 1440), ("22:00-3:00", 1320, 1620), ("22:00-27:00", 1320, 1620), ("9:00-33:00", 540, 1980)],
)
def test_a_closing_time_may_lie_in_the_next_day(written: str, opens: int, closes: int) -> None:
    assert interval_from_text(written) == Interval(opens, closes)


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_every_interval_reads_back_as_it_is_written(opens: int, length: int) -> None:
    interval = Interval(opens, opens + length)
    assert interval_from_text(str(interval)) == interval
    if length < 1440:
        assert interval_from_text(f"{clock_text(opens)}-{clock_text((opens + length) % 1440)}") == interval


def test_dates_are_read_one_by_one_and_as_ranges() -> None:
    dated = dated_from_text("2026-12-30..2027-01-01 Closed; 2026-12-28 9:00-12:00 13:00-14:00")
    days = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1)]
    special = DatedHours(date(2026, 12, 28), (Interval(540, 720), Interval(780, 840)))
    assert dated == (*(DatedHours(day) for day in days), special)
    assert dated_from_text("") == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        (" ; ", "empty"),
        ("mon", "'mon' names days but no hours"),
        ("9:00-12:00", "'9:00-12:00' names days but no hours"),
        ("monday 9:00-12:00", "'monday' is not a day of the week"),
        ("mon- 9:00-12:00", "'mon-' is not a day of the week"),
        ("mon-wed-fri 9:00-12:00", "'mon-wed-fri' is not a day of the week"),
        ("mon 9-12", "'9-12' is not a pair of times; 9:00-17:30 would be right"),
        ("mon 9:00 - 12:00", "'9:00' is not a pair of times"),
        ("mon 9:00-12:60", "'9:00-12:60' has a time that no clock shows"),
        ("mon 24:00-25:00", "no clock shows"),
        ("mon 9:00-49:00", "closes after the next day"),
        ("mon 9:00-33:01", "two days need two entries"),
        ("mon 9:00-9:00", "9:00-9:00 have no length; 0:00-24:00 would be the whole day"),
        ("mon 9:00-12:00; mon 11:00-13:00", "mon: 9:00-12:00 and 11:00-13:00 overlap"),
        ("mon ９:00-12:00", "is not a pair of times"),
    ],
)
def test_a_week_that_cannot_be_read_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ScheduleError, match=sentence):
        Schedule("Asia/Tokyo", week_from_text(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-12-31", "says neither hours nor 'closed'"),
        ("2026-02-29 closed", "'2026-02-29' is not a date of the calendar"),
        ("20261231 closed", "'20261231' is not a date"),
        ("31.12.2026 closed", "is not a date"),
        ("2027-01-03..2026-12-29 closed", "is not a range"),
        ("2026-01-01..2036-01-01 closed", "is not a range"),
        ("2026-12-31 shut", "'shut' is not a pair of times"),
        ("2026-12-31 closed 9:00-12:00", "'closed' is not a pair of times"),
    ],
)
def test_dates_that_cannot_be_read_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ScheduleError, match=sentence):
        dated_from_text(text)
