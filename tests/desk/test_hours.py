"""Queues open and close by the clock on the wall: once for each boundary, and never by a clock that lies."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.house import Held
from appliance.acd.schedule import Schedule, Trust
from appliance.acd.schedule_text import schedule_from_text
from appliance.acd.settings import CallbackSettings
from appliance.acd.view import Status
from appliance.api import Refusal
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.contacts import ContactSettings
from appliance.desk.desk import running_desk
from appliance.desk.hours import OpeningHours
from appliance.desk.settings import PanelSettings
from appliance.desk.wall_clock import SystemWallClock
from tests.support.desk_office import BOARD, Box, office, running_box, settings
from tests.support.fake_switch import FakeSwitch

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKDAYS = schedule_from_text("Asia/Tokyo", "mon-fri 9:00-18:00", "2026-11-25 closed", "JP")


def at(written: str, zone: ZoneInfo = TOKYO) -> float:
    """`2026-11-24 17:59:59` as seconds since 1970."""
    return datetime.fromisoformat(written).replace(tzinfo=zone).timestamp()


class Wall:
    """A wall clock that stands where it is put."""

    def __init__(self, wall: float, believed: Trust = Trust.HIGH) -> None:
        self.now, self.believed = wall, believed

    def wall(self) -> float:
        return self.now

    def trust(self) -> Trust:
        return self.believed


class Watched:
    """Opening hours with what they told; `goes` sets the clock and judges."""

    def __init__(
        self, tmp_path: Path, wall: Wall, schedule: Schedule = WEEKDAYS, acd: Acd | None = None, **queue: object
    ) -> None:
        plan = replace(settings(tmp_path, **queue), hours=(("front", schedule),), time_zone=schedule.zone)
        self.acd, self.alarms, self.wall = acd or Acd(), Alarms(), wall
        self.acd.handle(ev.Configured(plan.office), 1.0)
        self.days: list[str] = []
        self.posted: list[ev.Event] = []
        self.told: list[tuple[bool, str]] = []
        self.hours = OpeningHours(plan, self.acd, wall, self.alarms, self._post, Stands())

    def _post(self, event: ev.Event) -> None:
        self.acd.handle(event, 2.0)
        self.posted.append(event)
        if isinstance(event, ev.HoursChanged):
            self.told.append((event.is_open, event.reason))
        elif isinstance(event, ev.DayBegan):
            self.days.append(event.date)

    def goes(self, wall: float) -> float | None:
        self.wall.now = wall
        return self.hours.judge()


def test_a_boundary_is_told_once_and_the_next_look_comes_exactly_then(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    assert box.goes(at("2026-11-24 17:59:58")) == pytest.approx(2.0)
    assert box.told == []  # open is what the core believes of a new queue
    box.goes(at("2026-11-24 17:59:59.999"))
    assert box.told == []
    for late in (0, 0.5, 3600):
        box.goes(at("2026-11-24 18:00:00") + late)
    assert box.told == [(False, "closed")]
    assert box.acd.state.queues["front"].closed_for is not None


def test_a_closed_day_is_told_as_a_holiday_and_only_a_working_day_ends_it(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    box.goes(at("2026-11-24 20:00"))
    box.goes(at("2026-11-25 12:00"))  # 休業日
    box.goes(at("2026-11-26 09:00"))
    assert box.told == [(False, "closed"), (False, "holiday"), (True, "open")]


def test_r22_a_clock_set_back_a_little_at_the_boundary_closes_only_once(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    closing = at("2026-11-24 18:00:00")
    for step in (-1.0, 0.0, -1.5, -0.2, 0.1, 1.0):
        box.goes(closing + step)
    assert box.told == [(False, "closed")]


def test_r22_a_clock_set_by_an_hour_is_judged_anew_each_way(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    box.goes(at("2026-11-24 17:30"))
    box.goes(at("2026-11-24 18:30"))
    box.goes(at("2026-11-24 17:30"))
    box.goes(at("2026-11-24 17:59"))
    box.goes(at("2026-11-24 18:00"))
    assert box.told == [(False, "closed"), (True, "open"), (False, "closed")]


@pytest.mark.parametrize(("day", "begins"), [("2027-03-14", "2027-03-14 00:00"), ("2027-11-07", "2027-11-07 00:00")])
def test_r22_each_boundary_of_a_day_with_a_change_of_summer_time_is_told_once(
    tmp_path: Path, day: str, begins: str
) -> None:
    zone = ZoneInfo("America/New_York")
    box = Watched(tmp_path, Wall(0), schedule_from_text("America/New_York", "mon-sun 9:00-17:00"))
    start = at(begins, zone)
    box.goes(start)
    box.told.clear()
    flips = []
    for minute in range(26 * 60):
        before = len(box.told)
        box.goes(start + 60 * minute)
        if len(box.told) > before:
            flips.append(datetime.fromtimestamp(start + 60 * minute, zone).strftime("%Y-%m-%d %H:%M"))
    assert flips == [f"{day} 09:00", f"{day} 17:00"]


def test_r43_a_box_that_wakes_in_1970_is_open_and_says_so_until_its_clock_is_set(tmp_path: Path) -> None:
    """D-11: time has a trust level."""
    box = Watched(tmp_path, Wall(100.0, Trust.LOW))
    assert box.hours.judge() is None
    assert box.told == []
    assert box.days == []
    assert "clock is not set" in box.alarms.sentences()[0]
    box.wall.believed = Trust.HIGH
    box.goes(at("2026-11-24 20:00"))
    assert box.told == [(False, "closed")]
    assert box.days == ["2026-11-24"]
    assert box.alarms.sentences() == ()


def test_r43_a_closed_queue_opens_when_the_clock_is_not_believed_any_more(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    box.goes(at("2026-11-24 20:00"))
    again = Watched(tmp_path, Wall(100.0, Trust.LOW), acd=box.acd)  # a new desk after a power cut
    again.hours.judge()
    assert again.told == [(True, "low-trust")]


def test_a_desk_that_starts_again_tells_nothing_that_the_journal_knows(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    box.goes(at("2026-11-25 12:00"))
    assert box.told == [(False, "holiday")]
    again = Watched(tmp_path, Wall(at("2026-11-25 13:00")), acd=box.acd)
    again.hours.judge()
    assert again.told == []
    assert again.days == []


def test_midnight_in_the_offices_zone_begins_a_day_once(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    for written in ("2026-11-24 23:59:59", "2026-11-25 00:00:00", "2026-11-25 00:00:01", "2026-11-24 23:00:00"):
        box.goes(at(written))
    assert box.days == ["2026-11-24", "2026-11-25"]


def test_hours_held_by_a_person_are_let_go_when_their_time_is_over_and_not_before(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(at("2026-11-24 12:00")))
    box.acd.handle(ev.HoursHeld(Held.CLOSED, "page", at("2026-11-24 13:00")), 2.0)
    box.acd.handle(ev.HoursHeld(Held.OPEN, "page", at("2026-11-24 13:30"), queue="front"), 2.0)
    assert box.goes(at("2026-11-24 12:59:00")) == pytest.approx(60.0)
    assert not [event for event in box.posted if isinstance(event, ev.HoursHeld)]
    box.goes(at("2026-11-24 13:00"))
    box.goes(at("2026-11-24 13:30"))
    box.goes(at("2026-11-24 13:31"))
    assert [event for event in box.posted if isinstance(event, ev.HoursHeld)] == [
        ev.HoursHeld(Held.SCHEDULE, "expiry"),
        ev.HoursHeld(Held.SCHEDULE, "expiry", queue="front"),
    ]


def test_a_key_that_stays_in_its_position_and_a_clock_that_lies_let_nothing_go(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(at("2026-11-24 12:00"), Trust.LOW))
    box.acd.handle(ev.HoursHeld(Held.CLOSED, "page", at("2026-11-24 13:00")), 2.0)
    box.goes(at("2026-11-24 14:00"))
    box.wall.believed = Trust.HIGH
    box.acd.handle(ev.HoursHeld(Held.CLOSED, "key"), 2.0)
    box.goes(at("2026-12-24 14:00"))
    assert not [event for event in box.posted if isinstance(event, ev.HoursHeld)]


def test_hours_are_held_until_midnight_of_the_office_where_nobody_says_how_long(tmp_path: Path) -> None:
    zone = ZoneInfo("America/New_York")
    box = Watched(
        tmp_path, Wall(at("2027-03-13 18:00", zone)), schedule_from_text("America/New_York", "mon-sun 9:00-17:00")
    )
    assert box.hours.end_of_day() == at("2027-03-14 00:00", zone)
    box.wall.now = at("2027-03-14 00:00", zone)
    assert box.hours.end_of_day() == at("2027-03-15 00:00", zone) == box.wall.now + 23 * 3600  # summer time begins


async def test_the_page_closes_the_office_and_a_restart_remembers_until_when(tmp_path: Path) -> None:
    wall = Wall(at("2026-11-24 12:00"))
    async with box_at(tmp_path, wall) as box:
        await box.desk.office.hold_hours("closed", "page")
        assert (box.view.held, box.view.queues[0].is_open) == ("closed", False)
        turned_away = box.switch.rings("0311110001")
        assert (await box.switch.is_asked(wire.Play, leg=turned_away)).prompts == ("closed",)
        for held, queue, until in (("shut", "", None), ("closed", "nowhere", None), ("closed", "", wall.now - 1)):
            with pytest.raises(Refusal):
                await box.desk.office.hold_hours(held, "page", queue, until)
    async with box_at(tmp_path, wall) as box:
        assert box.view.queues[0].held_until == at("2026-11-25 00:00")
        await box.desk.office.hold_hours("schedule", "page")
        assert (box.view.held, box.view.queues[0].is_open) == ("", True)


async def test_u10_who_waits_while_the_office_closes_is_told_and_served(tmp_path: Path) -> None:
    async with box_at(tmp_path, Wall(at("2026-11-24 12:00"))) as box:
        await box.on_duty("sato")
        await box.talking()
        waiting = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        await box.desk.office.hold_hours("closing", "key")
        assert (await box.switch.is_asked(wire.Play, leg=waiting)).prompts == ("closing",)
        assert box.view.held == "closing"
        box.switch.hangs_up(waiting)
        await box.until(lambda view: view.held == "closed")
        assert len(box.view.calls) == 1


async def test_u11_a_notice_takes_everybody_off_duty_and_is_told(tmp_path: Path) -> None:
    async with box_at(tmp_path, Wall(at("2026-11-24 12:00"))) as box:
        await box.on_duty("sato")
        await box.desk.office.give_notice("fire", "page")
        assert (box.agent("sato").reason, box.view.notices) == ("evacuation", ("fire",))
        caller = box.switch.rings("0311110001")
        assert (await box.switch.is_asked(wire.Play, leg=caller)).prompts == ("evacuation",)
        await box.desk.office.give_notice("fire", "page", is_over=True)
        assert (box.agent("sato").status, box.view.notices) == (Status.OFF, ())


async def test_u11_a_notice_of_the_page_is_the_one_of_its_contact(tmp_path: Path) -> None:
    """A door that only tells callers something sends nobody off duty."""
    panel = PanelSettings(BOARD, "virtual", contacts=(ContactSettings("door", "closing", evacuates=False),))
    async with running_box(tmp_path, "sato", panel=panel) as box:
        assert box.desk.office.info.notices == ("door",)
        await box.desk.office.give_notice("door", "page")
        assert box.view.notices == ("door",)
        assert box.agent("sato").status is Status.AVAILABLE


@pytest.fixture
def _nobody_sets_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.desk.wall_clock._kernel_is_synchronised", lambda: False)


@pytest.mark.usefixtures("_nobody_sets_the_clock")
def test_a_battery_clock_is_believed_only_while_it_fits(tmp_path: Path) -> None:
    rtc, marker = tmp_path / "since_epoch", tmp_path / "synchronized"
    clock = SystemWallClock(time.time() - timedelta(days=1).total_seconds(), marker, rtc)
    assert clock.trust() is Trust.LOW
    rtc.write_text(f"{clock.wall():.0f}\n")
    assert clock.trust() is Trust.HIGH
    rtc.write_text(f"{clock.wall() - timedelta(days=2).total_seconds():.0f}\n")  # the wall clock is not from it
    assert clock.trust() is Trust.LOW
    rtc.write_text("no clock\n")
    assert clock.trust() is Trust.LOW
    marker.touch()
    assert clock.trust() is Trust.HIGH
    marker.unlink()
    assert clock.trust() is Trust.HIGH  # once set, believed until the desk ends


@pytest.mark.usefixtures("_nobody_sets_the_clock")
def test_a_battery_clock_before_the_last_call_is_not_believed(tmp_path: Path) -> None:
    rtc = tmp_path / "since_epoch"
    clock = SystemWallClock(4_000_000_000.0, tmp_path / "synchronized", rtc)
    rtc.write_text(f"{clock.wall():.0f}\n")
    assert clock.trust() is Trust.LOW


@asynccontextmanager
async def box_at(tmp_path: Path, wall: Wall, **queue: object) -> AsyncIterator[Box]:
    """A desk whose queue keeps office hours, with sato on duty."""
    plan = replace(settings(tmp_path), office=office(**queue), hours=(("front", WEEKDAYS),))
    async with AsyncExitStack() as stack:
        switch = await stack.enter_async_context(FakeSwitch(plan.switch_socket))
        desk = await stack.enter_async_context(running_desk(plan, wall))
        await asyncio.wait_for(desk.link.is_ready.wait(), 5)
        yield Box(plan, switch, desk)


async def test_an_arrival_is_judged_by_what_is_so_as_the_caller_comes(tmp_path: Path) -> None:
    wall = Wall(at("2026-11-24 17:59:00"))
    async with box_at(tmp_path, wall) as box:
        await box.on_duty("sato")
        first = box.switch.rings("0311110001")
        await box.offered("101")
        wall.now = at("2026-11-24 18:00:00")
        second = box.switch.rings("0311110002")  # before any timer can have looked
        assert (await box.switch.is_asked(wire.Play, leg=second)).prompts == ("closed",)
        box.switch.prompt_ends(second)
        await box.switch.is_asked(wire.Hangup, leg=second)
        assert not any(one.leg == first for one in box.switch.commands(wire.Hangup))  # an offer goes on (S-37)


async def test_s37_who_may_not_wait_after_closing_hears_the_message_once(tmp_path: Path) -> None:
    wall = Wall(at("2026-11-24 17:59:00"))
    async with box_at(tmp_path, wall, wait_after_closing=False) as box:
        await box.on_duty("sato")
        await box.talking()
        waiting = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        wall.now = at("2026-11-24 18:00:00")
        assert (await box.switch.is_asked(wire.Play, leg=waiting)).prompts == ("closed",)
        box.switch.prompt_ends(waiting)
        await box.switch.is_asked(wire.Hangup, leg=waiting)
        assert len(box.switch.commands(wire.Play)) == 1
        assert len(box.view.calls) == 1  # a connected caller is never touched (I-20)


def test_when_an_open_queue_will_close_is_told_where_callbacks_hang_on_it_and_again_only_when_that_moves(
    tmp_path: Path,
) -> None:
    """§3.8, 1: in the times of the core; a clock that is put right tells it anew."""
    box = Watched(tmp_path, Wall(0), callback=CallbackSettings(digit="2"))

    def told() -> list[float]:
        return [event.at for event in box.posted if isinstance(event, ev.ClosingExpected)]

    for minute in ("17:00", "17:00"):
        box.goes(at(f"2026-11-24 {minute}"))
    assert told() == [1000.0 + 3600]
    box.goes(at("2026-11-24 17:30"))  # the wall's clock went on by half an hour, the core's did not: it was put right
    assert told() == [1000.0 + 3600, 1000.0 + 1800]
    box.goes(at("2026-11-24 18:00"))
    box.goes(at("2026-11-26 09:00"))
    assert told()[2:] == [1000.0 + 9 * 3600]


def test_nobody_is_told_when_a_queue_without_callbacks_closes(tmp_path: Path) -> None:
    box = Watched(tmp_path, Wall(0))
    box.goes(at("2026-11-24 17:00"))
    assert [event for event in box.posted if isinstance(event, ev.ClosingExpected)] == []


class Stands(Clock):
    """Office time that stands."""

    def now(self) -> float:
        return 1000.0
