"""The tables of lamps and presses: every state has a lamp, every press its meaning."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd.view import AgentView, Status
from appliance.desk.lamps import PATTERNS
from appliance.desk.panel_logic import (
    BEFORE_RING_S,
    GUARD_S,
    PRESSES,
    REASONS,
    PressKind,
    meaning_of,
    pattern_of,
    step_told,
)

SHORT, LONG = PressKind.SHORT, PressKind.LONG


def agent(status: Status, **fields: object) -> AgentView:
    return AgentView("sato", "佐藤", "101", 1, status, 0.0, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("pending", ["", "off", "on"])
def test_every_status_has_a_lamp_of_its_own(status: Status, pending: str) -> None:
    """U-01: the lamp tells the status."""
    shown = pattern_of(agent(status, pending=pending, wrap_until=100.0), 0.0)
    assert shown.id.startswith(status.value)
    assert shown.ja
    assert shown.en


def test_a_seat_without_an_agent_is_dark() -> None:
    assert pattern_of(None, 0.0).id == "dark"


def test_recording_shows_on_the_lamp_of_the_call() -> None:
    assert pattern_of(agent(Status.ON_CALL, recording=True), 0.0).id == "recording"


def test_the_last_five_seconds_of_wrap_up_look_different() -> None:
    wrapping = agent(Status.WRAP_UP, wrap_until=100.0)
    assert pattern_of(wrapping, 94.9).id == "wrap_up"
    assert pattern_of(wrapping, 95.0).id == "wrap_up_ending"


def test_privacy_shows_before_the_hint_and_the_hint_only_where_it_is_wanted() -> None:
    following = agent(Status.AVAILABLE, next_up=("front",))
    assert pattern_of(following, 0.0).id == "available"
    assert pattern_of(following, 0.0, hints_next=True).id == "available_next"
    private = agent(Status.AVAILABLE, next_up=("front",), is_private_everywhere=True)
    assert pattern_of(private, 0.0, hints_next=True).id == "available_private"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"paused": True, "recording": False, "pending": "off"}, "paused"),
        ({"coach": "mori", "pending": "off"}, "coached"),
        ({"coach": "mori", "recording": True}, "coached_recording"),
        ({"coach": "mori", "paused": True}, "paused"),
        ({"help_asked": True, "paused": True}, "help_asked"),
        ({"held_since": 5.0, "recording": True, "coach": "mori"}, "held"),
        ({"held_since": 5.0, "is_held_long": True, "paused": True}, "held_long"),
        ({"held_since": 5.0, "help_asked": True}, "help_asked"),
        ({"pending": "off", "recording": True}, "recording_pending"),
    ],
)
def test_what_goes_on_beside_a_call_is_shown_before_what_follows_it(fields: dict[str, object], shown: str) -> None:
    assert pattern_of(agent(Status.ON_CALL, **fields), 0.0).id == shown


@pytest.mark.parametrize("status", list(Status))
def test_a_colleague_who_calls_for_help_is_shown_before_everything(status: Status) -> None:
    assert pattern_of(agent(status, helps="suzuki", help_asked=True), 0.0).id == "help_called"


def test_an_empty_seat_asks_only_while_its_agent_is_available() -> None:
    asking = {status for status in Status if pattern_of(agent(status), 0.0, is_missed=True).id == "available_away"}
    assert asking == {Status.AVAILABLE}


def test_every_lamp_of_the_table_is_shown_for_some_agent() -> None:
    shown = {"dark"} | {
        pattern_of(
            agent(
                status, pending=pending, recording=flag, is_private_everywhere=flag, next_up=("front",), wrap_until=ends
            ),
            0.0,
            hints_next=True,
        ).id
        for status in Status
        for pending in ("", "off")
        for flag in (False, True)
        for ends in (1.0, 60.0)
    }
    missed = pattern_of(agent(Status.AVAILABLE, next_up=("front",)), 0.0, hints_next=True, is_missed=True)
    beside = {
        "held",
        "held_long",
        "paused",
        "coached",
        "coached_recording",
        "help_asked",
        "help_called",
    }  # shown by tests of their own
    told = {step_told(agent(Status.OFF), agent(Status.OFF, reason=reason)) for reason in REASONS}
    steps = {pattern.id for pattern in told if pattern is not None}
    assert shown | beside | steps | {"available", missed.id} == set(PATTERNS)


def test_a_step_is_told_by_as_many_flashes_and_only_to_who_stays_off_duty() -> None:
    """S-M2: one blink per step."""
    off, lunch = agent(Status.OFF, reason="break"), agent(Status.OFF, reason="lunch")
    told = step_told(off, lunch)
    assert told is not None
    assert [step[:3] for step in told.steps].count((1.0, 0.45, 0.0)) == 2
    assert step_told(lunch, lunch) is None
    assert step_told(None, lunch) is None
    assert step_told(agent(Status.AVAILABLE), lunch) is None
    assert step_told(off, agent(Status.OFF, reason="declined")) is None
    assert step_told(off, replace(lunch, agent="suzuki")) is None


@pytest.mark.parametrize(
    ("view", "press", "event"),
    [
        (agent(Status.OFF), SHORT, ev.DutyOn("sato", "button")),
        (agent(Status.OFF, reason="self"), LONG, ev.DutyOff("sato", "button", "break")),
        (agent(Status.OFF, reason="break"), LONG, ev.DutyOff("sato", "button", "lunch")),
        (agent(Status.OFF, reason="left"), LONG, ev.DutyOff("sato", "button", "break")),
        (agent(Status.OFF_PROMPT), SHORT, ev.DutyOn("sato", "button")),
        (agent(Status.OFF_PROMPT), LONG, ev.StayedOff("sato", "button")),
        (agent(Status.AVAILABLE), SHORT, ev.DutyOff("sato", "button")),
        (agent(Status.AVAILABLE), LONG, ev.DutyOff("sato", "button", "break")),
        (agent(Status.RINGING, offer="o1"), SHORT, ev.DutyOff("sato", "button", after_call=True)),
        (agent(Status.RINGING, offer="o1", pending="off"), SHORT, ev.DutyOn("sato", "button")),
        (agent(Status.RINGING, offer="o1"), LONG, ev.OfferRejected("o1")),
        (agent(Status.ON_CALL), SHORT, ev.DutyOff("sato", "button", after_call=True)),
        (agent(Status.ON_CALL, pending="off"), SHORT, ev.DutyOn("sato", "button")),
        (agent(Status.ON_CALL), LONG, ev.HelpAsked("sato", "button")),
        (agent(Status.OFF_ON_CALL), LONG, None),
        (agent(Status.OFF_ON_CALL), SHORT, ev.DutyOn("sato", "button")),
        (agent(Status.OFF_ON_CALL, pending="on"), SHORT, ev.DutyOff("sato", "button")),
        (agent(Status.WRAP_UP), SHORT, ev.WrapUpEnded("sato", "button")),
        (agent(Status.WRAP_UP), LONG, ev.DutyOff("sato", "button")),
        (agent(Status.UNREACHABLE), SHORT, None),
        (agent(Status.UNREACHABLE), LONG, ev.DutyOff("sato", "button")),
        (None, SHORT, None),
    ],
)
def test_a_press_means(view: AgentView | None, press: PressKind, event: ev.Event | None) -> None:
    """S-M2: the table of presses."""
    assert meaning_of(press, view, began=1000.0) == event


def test_a_press_just_after_the_box_changed_something_is_ignored() -> None:
    """T-guard, R-07: it was meant for what was there."""
    changed = agent(Status.OFF_PROMPT, changed_by_itself_at=10.0)
    assert meaning_of(SHORT, changed, 9.9) is None  # the finger was on its way before
    assert meaning_of(SHORT, changed, 10.0 + GUARD_S - 0.01) is None
    assert meaning_of(SHORT, changed, 10.0 + GUARD_S) == ev.DutyOn("sato", "button")


def test_a_press_at_the_start_of_ringing_means_what_was_seen_before() -> None:
    """R-08: it meant off duty."""
    ringing = agent(Status.RINGING, offer="o1", ringing_since=10.0, changed_by_itself_at=10.0)
    assert meaning_of(SHORT, ringing, 9.8) == ev.DutyOff("sato", "button")
    assert meaning_of(SHORT, ringing, 10.0 + BEFORE_RING_S - 0.01) == ev.DutyOff("sato", "button")
    assert meaning_of(SHORT, ringing, 10.0 + BEFORE_RING_S) is None
    assert meaning_of(SHORT, ringing, 10.0 + GUARD_S) == ev.DutyOff("sato", "button", after_call=True)


def test_every_status_says_what_its_presses_do_in_both_languages() -> None:
    assert set(PRESSES) == set(Status)
    assert all(row.short_ja and row.short_en and row.long_ja and row.long_en for row in PRESSES.values())
