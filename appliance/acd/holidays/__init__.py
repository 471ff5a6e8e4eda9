"""The public holidays of a country as a table: which days are closed by themselves (acd.md §3.7).

The tables beside this file are data of the program, made by image-build/holidays/make.py and read once, when somebody
first asks. Outside their years no holiday is known: `covers` says so, and whoever shows the hours should say it too.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

COUNTRIES = ("JP", "US")


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """A country's holidays: `days` holds the names of each by language ("en" always, "ja" for Japan)."""

    country: str
    first_year: int
    last_year: int
    days: Mapping[date, Mapping[str, str]]

    def covers(self, day: date) -> bool:
        """Whether the table knows the year: "no holiday" outside it means only that nobody has told us."""
        return self.first_year <= day.year <= self.last_year


NO_HOLIDAYS = HolidayTable("", date.min.year, date.max.year, {})


@cache
def holidays_of(country: str) -> HolidayTable:
    """The table of "JP" or "US", or the empty one for "". Raises KeyError for any other name."""
    if not country:
        return NO_HOLIDAYS
    if country not in COUNTRIES:
        raise KeyError(country)
    source = files("appliance.acd.holidays") / f"{country.lower()}.toml"
    return read_table(source.read_text(encoding="utf-8"))


def read_table(text: str) -> HolidayTable:
    """A table from its TOML text. Raises KeyError or ValueError when the text is not one of ours."""
    read = tomllib.loads(text)
    days = {date.fromisoformat(day): names for day, names in read["days"].items()}
    return HolidayTable(read["country"], read["first_year"], read["last_year"], days)
