"""Business hours as told in acd.md §3.7: the week, dates, holidays, the key, the clock's trust and time's tricks."""

import random
from dataclasses import replace
from datetime import date, tzinfo
from zoneinfo import ZoneInfo

import pytest

from appliance.acd.schedule import (
    NEVER,
    DatedHours,
    Hours,
    Interval,
    ManualHours,
    Reason,
    Schedule,
    ScheduleError,
    Trust,
    clock_trust,
)
from appliance.acd.schedule_text import schedule_from_text
from appliance.acd.timetable import Timetable, timetable_of
from tests.acd.minutes import utc, wall_at

TOKYO, NEW_YORK = "Asia/Tokyo", "America/New_York"
OFFICE = "mon-fri 9:00-12:00 13:00-17:30; sat 10:00-14:00; fri 22:00-03:00"


class Asked:
    """A schedule and its zone's clock: `asked.reason("2026-11-24 09:00")`."""

    def __init__(self, schedule: Schedule) -> None:
        self.zone = schedule.zone
        self.timetable = timetable_of(schedule, ZoneInfo)

    def at(self, shown: str, fold: int = 0, trust: Trust = Trust.HIGH) -> Hours:
        return self.timetable.state_at(wall_at(self.zone, shown, fold), trust)

    def reason(self, shown: str, fold: int = 0) -> Reason:
        return self.at(shown, fold).reason

    def is_open(self, shown: str, fold: int = 0) -> bool:
        return self.at(shown, fold).is_open


def asked(zone: str, week: str, dates: str = "", country: str = "") -> Asked:
    return Asked(schedule_from_text(zone, week, dates, country))


def test_opening_is_inside_and_closing_is_outside() -> None:
    tuesday = asked(TOKYO, OFFICE)
    shown = ["08:59:59.9", "09:00", "11:59:59.9", "12:00", "13:00", "17:29", "17:30"]
    assert [tuesday.is_open(f"2026-11-24 {time}") for time in shown] == [False, True, True, False, True, True, False]


def test_the_answer_says_until_when_it_holds() -> None:
    office = asked(TOKYO, OFFICE)
    assert office.at("2026-11-24 09:30").until == wall_at(TOKYO, "2026-11-24 12:00")
    assert office.at("2026-11-24 12:30").until == wall_at(TOKYO, "2026-11-24 13:00")
    assert office.at("2026-11-28 20:00").until == wall_at(TOKYO, "2026-11-30 09:00")


def test_hours_over_midnight_belong_to_the_day_they_begin() -> None:
    office = asked(TOKYO, OFFICE)
    assert office.is_open("2026-11-28 02:59")
    assert not office.is_open("2026-11-28 03:00")
    assert not office.is_open("2026-11-27 02:00"), "Thursday has no night shift"
    friday_off = asked(TOKYO, OFFICE, "2026-11-27 closed")
    assert not friday_off.is_open("2026-11-28 02:00")
    saturday_off = asked(TOKYO, OFFICE, "2026-11-28 closed")
    assert saturday_off.is_open("2026-11-28 02:00"), "the night shift is Friday's"
    assert saturday_off.reason("2026-11-28 10:30") is Reason.HOLIDAY


def test_touching_hours_are_one_without_a_boundary_between() -> None:
    office = asked(TOKYO, "mon 9:00-12:00 12:00-24:00; tue 0:00-1:00")
    assert office.at("2026-11-23 09:00").until == wall_at(TOKYO, "2026-11-24 01:00")


def test_a_night_that_runs_into_the_next_days_hours_is_one_opening() -> None:
    office = asked(TOKYO, "mon 20:00-10:00; tue 9:00-12:00")
    assert office.at("2026-11-23 21:00").until == wall_at(TOKYO, "2026-11-24 12:00")


def test_always_open_has_no_boundary_and_asks_to_be_rechecked_some_day() -> None:
    hours = asked(TOKYO, "mon-sun 0:00-24:00").at("2026-11-23 03:00")
    assert (hours.is_open, hours.until) == (True, None)
    assert hours.recheck is not None
    assert hours.recheck > wall_at(TOKYO, "2026-11-24 00:00")


def test_an_opening_two_years_ahead_is_found_when_it_comes_near() -> None:
    office = Asked(Schedule(TOKYO, NEVER, (DatedHours(date(2028, 11, 24), (Interval(540, 600),)),)))
    hours, asked_at = office.at("2026-11-23 03:00"), []
    while hours.until is None:
        assert hours.recheck is not None
        asked_at.append(hours.recheck)
        hours = office.timetable.state_at(hours.recheck, Trust.HIGH)
    assert hours.until == wall_at(TOKYO, "2028-11-24 09:00")
    assert len(asked_at) < 10


def test_a_date_replaces_the_whole_local_day() -> None:
    office = asked(TOKYO, OFFICE, "2026-11-24 15:00-16:00; 2026-12-29..2027-01-03 closed")
    assert office.reason("2026-11-24 09:30") is Reason.CLOSED
    assert office.reason("2026-11-24 15:30") is Reason.OPEN
    assert office.reason("2026-12-30 09:30") is Reason.HOLIDAY
    assert office.at("2026-12-28 18:00").until == wall_at(TOKYO, "2027-01-04 09:00"), "over the end of the year"


def test_a_public_holiday_is_closed_unless_a_date_says_otherwise() -> None:
    office = asked(TOKYO, OFFICE, "2026-11-03 9:00-10:00", "JP")
    assert office.reason("2026-11-23 10:00") is Reason.HOLIDAY
    assert office.reason("2026-11-23 23:00") is Reason.HOLIDAY
    assert office.reason("2026-11-24 08:00") is Reason.CLOSED
    assert office.reason("2026-11-03 09:30") is Reason.OPEN
    assert office.reason("2026-11-03 10:30") is Reason.CLOSED
    assert asked(TOKYO, OFFICE).reason("2026-11-23 10:00") is Reason.OPEN


def test_the_reason_may_change_where_the_doors_do_not() -> None:
    hours = asked(TOKYO, OFFICE, "", "JP").at("2026-11-22 20:00")  # Sunday before Labor Thanksgiving Day
    assert hours == Hours(False, Reason.CLOSED, wall_at(TOKYO, "2026-11-24 09:00"), wall_at(TOKYO, "2026-11-23 00:00"))


def test_the_leap_day_is_a_day_like_any_other() -> None:
    office = asked(NEW_YORK, "tue 9:00-12:00; mon 23:00-1:00")
    assert office.is_open("2028-02-29 00:30")
    assert office.is_open("2028-02-29 09:00")
    assert office.at("2028-02-29 13:00").until == wall_at(NEW_YORK, "2028-03-06 23:00")
    assert asked(NEW_YORK, "mon-sun 9:00-12:00", "2028-02-29 closed").reason("2028-02-29 10:00") is Reason.HOLIDAY


def test_hours_run_through_the_end_of_the_year() -> None:
    party = asked(NEW_YORK, "thu 20:00-4:00")  # 2026-12-31 is a Thursday
    assert party.at("2026-12-31 23:59").until == wall_at(NEW_YORK, "2027-01-01 04:00")


def test_an_edge_in_the_hour_that_spring_leaves_out_happens_right_after_it() -> None:
    change = utc("2027-03-14 07:00")  # 02:00 becomes 03:00
    opening = asked(NEW_YORK, "sun 2:30-5:00")
    assert opening.at("2027-03-14 01:59").until == change
    assert opening.timetable.state_at(change, Trust.HIGH).is_open
    closing = asked(NEW_YORK, "sun 1:00-2:30")
    assert closing.at("2027-03-14 01:30").until == change
    assert not closing.timetable.state_at(change, Trust.HIGH).is_open


def test_hours_wholly_in_the_hour_that_spring_leaves_out_do_not_happen() -> None:
    office = asked(NEW_YORK, "sun 2:10-2:50")
    assert office.at("2027-03-14 01:00").until == wall_at(NEW_YORK, "2027-03-21 02:10")


def test_hours_that_are_just_the_hour_that_spring_leaves_out_do_not_happen() -> None:
    office = asked(NEW_YORK, "sun 2:00-3:00")
    assert office.at("2027-03-14 01:00").until == wall_at(NEW_YORK, "2027-03-21 02:00")


def test_both_passes_of_the_hour_that_autumn_repeats_are_alike() -> None:
    office = asked(NEW_YORK, "sun 1:30-5:00")
    for fold in (0, 1):
        assert not office.is_open("2026-11-01 01:29", fold)
        assert office.is_open("2026-11-01 01:30", fold)
        assert office.is_open("2026-11-01 01:59", fold)
    assert asked(NEW_YORK, "sun 0:00-5:00").at("2026-11-01 00:30").until == wall_at(NEW_YORK, "2026-11-01 05:00")


def test_hours_around_a_repeated_hour_close_once() -> None:
    office = asked(NEW_YORK, "sat 22:00-2:00")
    hours = office.at("2026-10-31 23:00")
    assert hours.until == wall_at(NEW_YORK, "2026-11-01 02:00") == utc("2026-11-01 07:00")


def test_a_day_that_a_country_leaves_out_gives_its_night_to_the_next() -> None:
    office = asked("Pacific/Apia", "fri 22:00-3:00")  # Samoa had no Friday, 30 December 2011
    assert office.is_open("2011-12-31 02:59")
    assert not office.is_open("2011-12-31 03:00")


def test_the_key_beats_week_dates_and_holidays_until_it_expires() -> None:
    expires = wall_at(TOKYO, "2026-11-24 11:00")
    plain = schedule_from_text(TOKYO, OFFICE, "", "JP")
    closed = Asked(replace(plain, manual=ManualHours(False, expires)))
    assert closed.at("2026-11-24 10:00") == Hours(False, Reason.MANUAL, expires, expires)
    assert closed.reason("2026-11-24 11:00") is Reason.OPEN
    opened = Asked(replace(plain, manual=ManualHours(True, expires)))
    assert opened.reason("2026-11-23 10:00") is Reason.MANUAL
    assert opened.is_open("2026-11-23 10:00")
    assert opened.at("2026-11-23 10:00").until == wall_at(TOKYO, "2026-11-24 12:00"), "open at the expiry anyway"
    assert opened.at("2026-11-23 10:00").recheck == expires


@pytest.mark.parametrize("booted", [0.0, 3.5, -1.0, wall_at(TOKYO, "2026-11-21 10:00")])
def test_a_clock_of_low_trust_means_open(booted: float) -> None:
    office = timetable_of(schedule_from_text(TOKYO, OFFICE, "", "JP"), ZoneInfo)
    assert office.state_at(booted, Trust.LOW) == Hours(True, Reason.LOW_TRUST, None, None)


def test_a_clock_of_low_trust_obeys_the_key() -> None:
    expires = wall_at(TOKYO, "2026-11-24 11:00")
    plain = schedule_from_text(TOKYO, OFFICE)
    closed = timetable_of(replace(plain, manual=ManualHours(False, expires)), ZoneInfo)
    assert closed.state_at(3.5, Trust.LOW) == Hours(False, Reason.MANUAL, expires, expires)
    assert closed.state_at(expires, Trust.LOW).reason is Reason.LOW_TRUST
    opened = timetable_of(replace(plain, manual=ManualHours(True, expires)), ZoneInfo)
    assert opened.state_at(3.5, Trust.LOW) == Hours(True, Reason.MANUAL, None, expires)


def test_the_clock_is_trusted_when_the_network_or_a_plausible_battery_clock_set_it() -> None:
    built = utc("2026-11-20 00:00")
    assert clock_trust(True, None, built) is Trust.HIGH
    assert clock_trust(False, built + 60, built) is Trust.HIGH
    assert clock_trust(False, None, built) is Trust.LOW
    assert clock_trust(False, 0.0, built) is Trust.LOW
    assert clock_trust(False, built - 1, built) is Trust.LOW
    assert clock_trust(False, utc("2099-01-01 00:00"), built) is Trust.LOW


@pytest.mark.parametrize("step", [-3600, 3600])
def test_a_step_of_the_clock_changes_only_what_the_new_time_says(step: int) -> None:
    schedule = schedule_from_text(TOKYO, OFFICE)
    used = timetable_of(schedule, ZoneInfo)
    for minute in range(0, 24 * 60, 10):
        wall = wall_at(TOKYO, "2026-11-27 00:00") + minute * 60
        used.state_at(wall, Trust.HIGH)
        fresh = timetable_of(schedule, ZoneInfo)
        assert used.state_at(wall + step, Trust.HIGH) == fresh.state_at(wall + step, Trust.HIGH)


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    draw = random.Random(7)
    shut = Schedule(TOKYO, NEVER, (DatedHours(date(2028, 5, 6), (Interval(540, 600),)),), "JP")
    office = schedule_from_text(NEW_YORK, OFFICE, "", "US")
    for schedule in (shut, office):
        used = timetable_of(schedule, ZoneInfo)
        for _ in range(40):
            wall = utc("2026-01-01 00:00") + draw.randrange(3 * 365 * 86400)
            fresh = timetable_of(schedule, ZoneInfo)
            assert used.state_at(wall, Trust.HIGH) == fresh.state_at(wall, Trust.HIGH)


def test_what_is_known_of_a_far_opening_does_not_depend_on_earlier_questions() -> None:
    schedule = Schedule(TOKYO, NEVER, (DatedHours(date(2028, 11, 24), (Interval(540, 600),)),))
    used = timetable_of(schedule, ZoneInfo)
    for day in range(0, 900, 5):
        wall = utc("2026-06-01 00:00") + day * 86400
        assert used.state_at(wall, Trust.HIGH) == timetable_of(schedule, ZoneInfo).state_at(wall, Trust.HIGH)


def test_a_far_wall_time_is_refused_with_a_sentence() -> None:
    office = timetable_of(schedule_from_text(TOKYO, OFFICE), ZoneInfo)
    for wall in (-1.0, float("nan"), float("inf"), 1e12):
        with pytest.raises(ScheduleError, match="up to the year 2199"):
            office.state_at(wall, Trust.HIGH)
        with pytest.raises(ScheduleError, match="override is to end at wall time"):
            ManualHours(True, wall)


@pytest.mark.parametrize("zone", ["Asia/Tokio", "", "America", "../etc/passwd", "+09:00"])
def test_an_unknown_zone_is_refused_with_a_sentence(zone: str) -> None:
    with pytest.raises(ScheduleError, match="an IANA name such as Asia/Tokyo"):
        timetable_of(schedule_from_text(zone, OFFICE), ZoneInfo)


def test_an_unknown_country_is_refused_with_a_sentence() -> None:
    with pytest.raises(ScheduleError, match="holidays of 'FR' are asked for; JP, US or none would be right"):
        timetable_of(schedule_from_text(TOKYO, OFFICE, "", "FR"), ZoneInfo)


def test_hours_of_one_day_that_overlap_are_refused() -> None:
    with pytest.raises(ScheduleError, match="tue: 9:00-12:00 and 11:59-13:00 overlap"):
        schedule_from_text(TOKYO, "tue 11:59-13:00 9:00-12:00")
    with pytest.raises(ScheduleError, match="2026-11-24: 22:00-27:00 and 23:00-24:00 overlap"):
        schedule_from_text(TOKYO, OFFICE, "2026-11-24 22:00-3:00 23:00-24:00")


def test_the_hours_of_a_day_may_be_given_in_any_order() -> None:
    office = asked(TOKYO, OFFICE, "2026-11-24 22:00-2:00 13:00-14:00 9:00-12:00")
    assert [office.is_open(f"2026-11-24 {time}") for time in ("10:00", "12:30", "13:30", "23:00")] == [
        True, False, True, True,
    ]  # fmt: skip
    assert office.at("2026-11-24 10:00").until == wall_at(TOKYO, "2026-11-24 12:00")


def test_a_date_given_twice_is_refused() -> None:
    with pytest.raises(ScheduleError, match="2026-12-31 are given twice"):
        schedule_from_text(TOKYO, OFFICE, "2026-12-29..2027-01-03 closed; 2026-12-31 9:00-12:00")


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [
        (540, 540, "9:00-9:00 have no length"),
        (540, 539, "not between a moment and 24 hours"),
        (0, 1441, "not between a moment and 24 hours"),
        (-1, 60, "begin outside their day"),
        (1440, 1500, "24:00-25:00 begin outside their day"),
    ],
)
def test_an_interval_is_longer_than_nothing_and_at_most_a_day(opens: int, closes: int, sentence: str) -> None:
    with pytest.raises(ScheduleError, match=sentence):
        Interval(opens, closes)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ScheduleError, match="7 days, Monday first; 1 were given"):
        Schedule(TOKYO, ((Interval(0, 60),),))  # type: ignore[arg-type]


def test_the_next_boundary_is_an_instant_between_two_states() -> None:
    office: Timetable = timetable_of(schedule_from_text(TOKYO, OFFICE), ZoneInfo)
    wall, states = wall_at(TOKYO, "2026-11-23 00:00"), []
    while (boundary := office.next_boundary(wall)) is not None and len(states) < 13:
        states.append(office.state_at(boundary, Trust.HIGH).is_open)
        wall = boundary
    assert states == [True, False] * 6 + [True]


def test_the_zone_is_asked_for_by_its_name_and_nothing_else_is_read() -> None:
    named: list[str] = []

    def zones(name: str) -> tzinfo:
        named.append(name)
        return ZoneInfo(name)

    timetable_of(schedule_from_text(TOKYO, OFFICE), zones).state_at(0.0, Trust.HIGH)
    assert named == [TOKYO]
