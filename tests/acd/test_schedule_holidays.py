"""The holiday tables against what the calendars of Japan and the United States say (acd.md §3.7, parts.md §1.5)."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from appliance.acd.holidays import COUNTRIES, NO_HOLIDAYS, holidays_of, read_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("JP", "2026-01-01", "元日"),
        ("JP", "2026-05-06", "振替休日"),  # 3 May is a Sunday and the two days after it are holidays themselves
        ("JP", "2026-09-21", "敬老の日"),
        ("JP", "2026-09-22", "国民の休日"),  # between two holidays
        ("JP", "2026-09-23", "秋分の日"),
        ("JP", "2027-03-22", "振替休日"),  # 21 March 2027, the equinox, is a Sunday
        ("JP", "2029-02-12", "振替休日"),
        ("JP", "2032-09-21", "国民の休日"),
        ("US", "2026-07-03", "Independence Day (observed)"),  # the Fourth is a Saturday
        ("US", "2027-07-05", "Independence Day (observed)"),  # the Fourth is a Sunday
        ("US", "2027-12-31", "New Year's Day (observed)"),  # of 2028, in the year before
        ("US", "2026-11-26", "Thanksgiving Day"),
        ("US", "2027-06-18", "Juneteenth National Independence Day (observed)"),
    ],
)
def test_a_holiday_is_known_by_its_day_and_name(country: str, day: str, name: str) -> None:
    assert name in holidays_of(country).days[date.fromisoformat(day)].values()


@pytest.mark.parametrize(
    ("country", "day"),
    [("JP", "2026-09-24"), ("JP", "2027-09-21"), ("JP", "2026-12-31"), ("US", "2026-11-27"), ("US", "2026-05-06")],
)
def test_a_working_day_is_none(country: str, day: str) -> None:
    assert date.fromisoformat(day) not in holidays_of(country).days


def test_japan_has_seventeen_holidays_in_2027() -> None:
    assert sum(day.year == 2027 for day in holidays_of("JP").days) == 17


def test_the_fixed_holidays_stand_in_every_year() -> None:
    japan, states = holidays_of("JP").days, holidays_of("US").days
    for year in range(2026, 2047):
        fixed = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)]
        assert all(date(year, month, day) in japan for month, day in fixed)
        assert all(date(year, month, day) in states for month, day in [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)])


def test_a_japanese_holiday_on_a_sunday_frees_the_next_day_that_is_none() -> None:
    japan = holidays_of("JP").days
    for day in japan:
        if day.weekday() == 6:
            following = day + timedelta(days=1)
            while following in japan and "振替休日" not in japan[following].values():
                following += timedelta(days=1)
            assert following in japan, f"{day} is a Sunday and has no substitute"


def test_every_table_covers_its_twenty_one_years_and_names_every_day_in_english() -> None:
    for country in COUNTRIES:
        table = holidays_of(country)
        assert (table.country, table.first_year, table.last_year) == (country, 2026, 2046)
        assert {day.year for day in table.days} == set(range(2026, 2047))
        assert all(names["en"] for names in table.days.values())
        assert table.covers(date(2046, 12, 31))
        assert not table.covers(date(2047, 1, 1))


def test_no_country_has_no_holidays_and_another_is_unknown() -> None:
    assert holidays_of("") is NO_HOLIDAYS
    with pytest.raises(KeyError):
        holidays_of("../jp")


def test_a_text_that_is_no_table_is_refused() -> None:
    for text in ("", "country = 'JP'", "days = {}", "[days]\n2026-02-30 = { en = 'x' }", "]"):
        with pytest.raises((KeyError, ValueError)):
            read_table(text)


def test_the_tables_are_found_from_any_folder(tmp_path: Path) -> None:
    program = "from appliance.acd.holidays import holidays_of; print(len(holidays_of('JP').days))"
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert int(run.stdout) == len(holidays_of("JP").days)
