"""The self-test's measurements beside each other, at 1, 10 and 40 conversations: `./deskbell bench`.

Times are shown and never asserted; what must hold (sound at every ear, no process dead) is.
"""

import os

import pytest

from appliance.selftest.figures import Figure, Report
from appliance.selftest.report import run

PAIRS = (1, 10, 40)

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]


async def test_the_box_at_one_ten_and_forty_conversations() -> None:
    busy = os.getloadavg()[0]
    reports = [await run(pairs) for pairs in PAIRS]
    print(f"\n\nthe box ({os.cpu_count()} cores, load average at the start {busy:.1f})\n{table(reports)}\n")
    wrong = [
        f"{report.pairs}: {fact.name}: {fact.found}" for report in reports for fact in report.facts if not fact.is_so
    ]
    assert not wrong, "\n".join(wrong)


def table(reports: list[Report]) -> str:
    """One row for each figure: its medians, and in brackets how many times the one of the first report."""
    first, *_ = reports
    names = list(dict.fromkeys(figure.name for report in reports for figure in report.figures))
    head = "".join(f"{report.pairs:>9} pair{'s' if report.pairs > 1 else ' '}   " for report in reports)
    rows = [f"{'':<46}{head}{'goal':>8}"]
    for name in names:
        cells = "".join(_cell(_figure(report, name), _figure(first, name)) for report in reports)
        found = next(figure for report in reversed(reports) if (figure := _figure(report, name)))
        rows.append(
            f"{name:<42}{found.unit:<4}{cells}{f'{found.goal:g}' if found.goal else '':>8}  {_verdict(reports, name)}"
        )
    return "\n".join(rows)


def _figure(report: Report, name: str) -> Figure | None:
    return next((figure for figure in report.figures if figure.name == name), None)


def _cell(figure: Figure | None, first: Figure | None) -> str:
    if figure is None:
        return f"{'-':>17}"
    ratio = f"({figure.median / first.median:.2f})" if first is not None and first.median else ""
    return f"{figure.median:>9.4g} {ratio:>7}"


def _verdict(reports: list[Report], name: str) -> str:
    over = [str(report.pairs) for report in reports if (one := _figure(report, name)) and one.verdict == "over"]
    return f"over at {', '.join(over)}" if over else ""
