#!/usr/bin/env python3
"""Make the holiday tables of appliance/acd/holidays: `make.py` writes them, `make.py --check` compares them.

Run once by a maintainer, in a throw-away virtual environment with `pip install holidays==0.109 jpholiday==1.0.3`; the
results are committed and the box carries neither package. Japan's days must be the same in both packages, or nothing is
written. Equinox days beyond the next year are computed, not yet decreed: make the tables again each February.
"""

import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import holidays
import jpholiday

PINS = {"holidays": "0.109", "jpholiday": "1.0.3"}
FIRST, LAST = 2026, 2046
YEARS = range(FIRST, LAST + 1)
LANGUAGES = {"JP": {"ja": "ja", "en": "en_US"}, "US": {"en": "en_US"}}  # ours: the package's
TABLES = Path(__file__).resolve().parents[2] / "appliance" / "acd" / "holidays"
HEAD = """\
# Public holidays of {country}, substitute and observed days included. Made by image-build/holidays/make.py.
made_with = "holidays {version}"
country = "{country}"
first_year = {first}
last_year = {last}

[days]
"""


def days_of(country: str) -> dict[date, dict[str, str]]:
    """Every public holiday of the country in our years, with its name by language."""
    days: dict[date, dict[str, str]] = {}
    for ours, theirs in LANGUAGES[country].items():
        for day, name in holidays.country_holidays(country, years=YEARS, language=theirs).items():
            if day.year in YEARS:
                days.setdefault(day, {})[ours] = name
    return dict(sorted(days.items()))


def disagreement() -> str:
    """What two independent packages say differently about Japan; empty when they agree."""
    one = set(days_of("JP"))
    other = {date(*day.timetuple()[:3]) for year in YEARS for day, _ in jpholiday.year_holidays(year)}
    return ", ".join(str(day) for day in sorted(one ^ other))


def table(country: str) -> str:
    """The country's table as TOML; names hold no quotes or backslashes in either language, which is checked."""
    lines = [HEAD.format(country=country, version=PINS["holidays"], first=FIRST, last=LAST)]
    for day, names in days_of(country).items():
        assert not any(set(name) & {'"', "\\"} for name in names.values()), names
        spoken = ", ".join(f'{language} = "{name}"' for language, name in names.items())
        lines.append(f"{day} = {{ {spoken} }}\n")
    return "".join(lines)


def main() -> int:
    """Write or compare the tables; 1 with a sentence when something differs."""
    for package, pinned in PINS.items():
        if version(package) != pinned:
            print(f"{package} {version(package)} is installed; the tables are made with {pinned}", file=sys.stderr)
            return 1
    if different := disagreement():
        print(f"holidays and jpholiday differ about Japan on {different}: find out who is right first", file=sys.stderr)
        return 1
    stale = []
    for country in LANGUAGES:
        path, text = TABLES / f"{country.lower()}.toml", table(country)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
    if stale:
        print(f"{', '.join(stale)} differ from what {PINS} make: run make.py and look at the change", file=sys.stderr)
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
