"""Each night the calls of the day are added up, once, and an alarm says when they do not."""

import asyncio
import datetime
import zoneinfo
from pathlib import Path

import pytest

from appliance import incident as incidents
from appliance import nightly
from appliance.acd import events as ev
from appliance.errors import StorageError
from tests.support.desk_office import Box, running_box
from tests.support.recorded_day import recorded_day, write_database

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo")).timestamp()


class Bookkeeper:
    """Answers what it is told to and keeps the days it was asked about."""

    def __init__(self, *answers: str | StorageError) -> None:
        self.answers, self.days = list(answers), asyncio.Queue[str]()

    async def __call__(self, day: str) -> str:
        self.days.put_nowait(day)
        answer = self.answers.pop(0)
        if isinstance(answer, StorageError):
            raise answer
        return answer


async def midnight(box: Box, day: str) -> None:
    """A day begins."""
    box.desk.control.post(ev.DayBegan(day))
    await box.desk.control.settled()


async def shown(box: Box, text: str) -> None:
    """Wait until an alarm, or with "" none, says so; the office commits something at each look."""
    async with asyncio.timeout(5):
        while (text not in "".join(box.desk.alarms.sentences())) or (not text and box.desk.alarms.sentences()):
            box.desk.control.post(ev.PhoneFound("sato"))
            await box.desk.control.settled()


async def test_the_day_that_is_over_is_checked_once_and_its_alarm_outlives_the_desk(tmp_path: Path) -> None:
    """M-00, I-14: every night."""
    today = datetime.date(2040, 5, 2)  # later than whatever the machine's clock may have begun by itself
    first = Bookkeeper("", "The calls do not add up (M-00)")
    async with running_box(tmp_path) as box:
        await midnight(box, today.isoformat())
        watching = asyncio.create_task(nightly.watch(box.desk, first))
        assert await asyncio.wait_for(first.days.get(), 5) == "2040-05-01"
        await midnight(box, "2040-05-03")
        assert await asyncio.wait_for(first.days.get(), 5) == "2040-05-02"
        await shown(box, "2040-05-02: The calls do not add up (M-00)")
        watching.cancel()
    again = Bookkeeper("")
    async with running_box(tmp_path) as box:
        watching = asyncio.create_task(nightly.watch(box.desk, again))
        await shown(box, "2040-05-02: The calls do not add up (M-00)")
        assert again.days.empty()
        await midnight(box, "2040-05-04")
        assert await asyncio.wait_for(again.days.get(), 5) == "2040-05-03"
        await shown(box, "")
        watching.cancel()


async def test_a_day_that_cannot_be_checked_is_an_alarm_too(tmp_path: Path) -> None:
    check = Bookkeeper(StorageError("the journal cannot be read"))
    async with running_box(tmp_path) as box:
        await midnight(box, "2040-05-02")
        watching = asyncio.create_task(nightly.watch(box.desk, check))
        await shown(box, "is not known: the journal cannot be read")
        watching.cancel()


async def test_a_real_day_adds_up_in_a_process_of_its_own(tmp_path: Path) -> None:
    journal = recorded_day(30, hours=1.0)
    write_database(tmp_path / incidents.DATABASE, journal, lambda at: NOON + at - 1000)
    assert await nightly.in_another_process("2026-11-23", tmp_path, "Asia/Tokyo") == ""


async def test_a_box_without_a_journal_says_why_it_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"could not be added up: .*cannot be read"):
        await nightly.in_another_process("2026-11-23", tmp_path, "Asia/Tokyo")
