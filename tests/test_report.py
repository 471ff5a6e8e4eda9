"""A day's report is counted in a process of its own, from the journal that the desk goes on writing."""

import datetime
import zoneinfo
from pathlib import Path

import pytest

from appliance import incident as incidents
from appliance import report
from appliance.api import Refusal
from appliance.errors import StorageError
from tests.support.desk_office import running_box
from tests.support.recorded_day import recorded_day, write_database

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo")).timestamp()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The state folder of a box that took forty calls on 2026-11-23."""
    journal = recorded_day(40, hours=1.0)
    write_database(tmp_path / incidents.DATABASE, journal, lambda at: NOON + at - 1000)
    return tmp_path


async def test_a_process_of_its_own_says_what_the_fold_says(kept: Path) -> None:
    told = await report.in_another_process("2026-11-23", "front", kept, "Asia/Tokyo")
    assert told == report.report_of("2026-11-23", kept, "Asia/Tokyo", "front")
    figures = {row.en: row.figures for row in told}
    assert dict(figures["contacts"])["N_off"] == "40"
    assert figures["conservation"] == (("", "0 (n=40)"),)


async def test_another_queue_and_another_day_have_nothing_to_tell(kept: Path) -> None:
    for day, queue in (("2026-11-24", "front"), ("2026-11-23", "attic")):
        figures = {row.en: row.figures for row in report.report_of(day, kept, "Asia/Tokyo", queue)}
        assert figures["service level"] == (("", "— (n=0)"),)


async def test_a_process_that_fails_hands_its_sentence_on(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        await report.in_another_process("2026-11-23", "", tmp_path / "nowhere", "Asia/Tokyo")


async def test_the_desk_hands_reports_on_and_refuses_what_there_is_not(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        office = box.desk.office
        with pytest.raises(Refusal, match="makes no reports"):
            await office.report("2026-11-23", "")
        asked: list[tuple[str, str]] = []

        async def reporter(day: str, queue: str) -> tuple[report.Metric, ...]:
            asked.append((day, queue))
            if queue:
                raise StorageError("the journal cannot be read")
            return (report.Metric("M-01", "サービスレベル", "service level", "a / b", (("", "1"),)),)

        office.reporter = reporter
        assert (await office.report("2026-11-23", ""))[0].id == "M-01"
        with pytest.raises(Refusal, match="There is no queue attic"):
            await office.report("2026-11-23", "attic")
        with pytest.raises(Refusal, match="'tomorrow' is no day"):
            await office.report("tomorrow", "")
        with pytest.raises(Refusal, match="the journal cannot be read"):
            await office.report("2026-11-23", "front")
        assert asked == [("2026-11-23", ""), ("2026-11-23", "front")]
