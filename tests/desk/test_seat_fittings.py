"""What a seat may have besides its button, at work: the sensor that misses somebody, the key that stops recording."""

import pytest

from appliance.acd import events as ev
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.desk.fittings import ANSWER_S, AWAY_S
from tests.support.fittings_bench import (
    RECORD,
    SENSOR,
    TALLY,
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench().start()


# --- seats (U-04)


def test_an_empty_seat_asks_after_ninety_seconds_and_then_its_agent_is_off_duty(bench: Bench) -> None:
    """U-04: the seat sensor."""
    bench.shows(Status.AVAILABLE)
    bench.touch(SENSOR, False)
    bench.wait(AWAY_S - 1.0)
    assert not bench.fittings.is_missed(1)
    bench.wait(1.0)
    assert bench.fittings.is_missed(1)
    bench.wait(ANSWER_S - 1.0)
    assert bench.said() == []
    bench.wait(60.0)
    assert bench.said() == [ev.SeatLeft("sato")]
    bench.shows(Status.OFF_PROMPT)
    assert not bench.fittings.is_missed(1)
    bench.wait(600.0)
    assert bench.said() == []


def test_who_sits_down_again_or_touches_the_button_was_only_asked(bench: Bench) -> None:
    """U-04: the seat sensor."""
    bench.shows(Status.AVAILABLE)
    bench.touch(SENSOR, False)
    bench.wait(AWAY_S + 1.0)
    bench.touch(SENSOR, True)
    assert not bench.fittings.is_missed(1)
    bench.touch(SENSOR, False)
    bench.wait(AWAY_S + 1.0)
    bench.fittings.touched(1, bench.now)
    bench.wait(AWAY_S - 1.0)
    assert not bench.fittings.is_missed(1)
    assert bench.said() == []


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.AVAILABLE])
def test_only_who_is_available_and_idle_is_missed(bench: Bench, status: Status) -> None:
    bench.shows(status)
    bench.touch(SENSOR, False)
    bench.wait(600.0)
    assert bench.said() == []
    bench.shows(Status.AVAILABLE)  # idle from now on: the clock begins here
    bench.wait(AWAY_S - 1.0)
    assert not bench.fittings.is_missed(1)


def test_a_sensor_that_is_absent_misses_nobody(bench: Bench) -> None:
    bench.shows(Status.AVAILABLE)
    bench.panel.absent.add(SENSOR)
    bench.fittings.look(SENSOR, bench.now)
    bench.wait(600.0)
    assert bench.said() == []


# --- the recording key (U-05)


def test_the_recording_is_paused_while_the_key_is_held_and_goes_on_when_it_is_let_go(bench: Bench) -> None:
    """U-05: the recording key."""
    bench.shows(Status.ON_CALL)
    bench.touch(RECORD, True)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=True)]
    bench.wait(60.0)
    assert bench.said() == []
    bench.touch(RECORD, False)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=False)]


def test_the_tally_is_lit_by_what_is_committed_and_not_by_the_key(bench: Bench) -> None:
    """U-05, D-07: the tally."""
    bench.shows(Status.ON_CALL)
    bench.touch(RECORD, True)
    assert not bench.is_lit(TALLY)
    bench.view = OfficeView(9, 0.0, (AgentView("sato", "", "101", 1, Status.ON_CALL, 0.0, paused=True),))
    bench.turn()
    assert bench.is_lit(TALLY)


def test_a_key_whose_chip_goes_while_it_is_held_counts_as_let_go(bench: Bench) -> None:
    bench.shows(Status.ON_CALL)
    bench.touch(RECORD, True)
    bench.said()
    bench.panel.absent.add(RECORD)
    bench.fittings.look(RECORD, bench.now)
    bench.wait(5.0)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=False)]


def test_a_key_that_is_held_when_the_box_starts_pauses_nothing_until_it_was_let_go() -> None:
    bench = Bench()
    bench.panel.edge(RECORD, down=True, at=0.0)
    bench.start()
    bench.shows(Status.ON_CALL)
    bench.wait(60.0)
    assert bench.said() == []
    bench.touch(RECORD, False)
    bench.said()
    bench.touch(RECORD, True)
    assert bench.said() == [ev.RecordingPauseAsked("sato", "record key", paused=True)]


def test_a_key_that_is_found_at_rest_is_no_news() -> None:
    bench = Bench()
    bench.view = OfficeView(1, 0.0, (AgentView("sato", "", "101", 1, Status.ON_CALL, 0.0),))
    bench.start()
    bench.wait(5.0)
    assert bench.said() == []


def test_the_key_of_a_seat_without_an_agent_means_nothing(bench: Bench) -> None:
    bench.touch(RECORD, True)
    assert bench.said() == []
