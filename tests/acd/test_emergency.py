"""The way back for the emergency centre, as the core remembers it (§3.10, D-12)."""

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.emergency import CALLS_BACK_S
from appliance.acd.model import LONG_AGO
from tests.acd.desk import Desk

PLACED = ev.EmergencyPlaced("line-1", "101", "119")


def phones(desk: Desk) -> dict[str, str]:
    return {way: back.phone for way, back in desk.acd.state.ways_back.items()}


def test_d12_the_phone_is_remembered_for_half_an_hour() -> None:
    desk = Desk("ann")
    desk.together(PLACED)
    assert desk.told(story.EmergencyPlaced) == [story.EmergencyPlaced(desk.now, "line-1", "101", "119")]
    desk.wait(1799.9)
    assert phones(desk) == {"line-1": "101"}
    desk.wait(0.2)
    assert phones(desk) == {}


def test_u02_everybody_sees_when_the_newest_emergency_call_left() -> None:
    desk = Desk("ann")
    assert desk.acd.view(desk.now).emergency_at == LONG_AGO
    desk.together(PLACED)
    first = desk.now
    desk.wait(100)
    assert desk.acd.view(desk.now).emergency_at == first
    desk.together(ev.EmergencyPlaced("carrier", "103", "110"))
    assert desk.acd.view(desk.now).emergency_at == first + 100
    desk.wait(CALLS_BACK_S)
    assert desk.acd.view(desk.now).emergency_at == LONG_AGO


def test_the_later_call_by_the_same_way_is_the_one_that_is_answered() -> None:
    desk = Desk("ann")
    desk.together(PLACED)
    desk.wait(CALLS_BACK_S - 10)
    desk.together(ev.EmergencyPlaced("line-1", "102", "110"), ev.EmergencyPlaced("carrier", "103", "110"))
    desk.wait(20)
    assert phones(desk) == {"line-1": "102", "carrier": "103"}
    desk.wait(CALLS_BACK_S)
    assert phones(desk) == {}


def test_it_is_remembered_over_a_reboot_for_what_is_left_of_the_time() -> None:
    """D-12, I-15: the clock of the machine begins anew."""
    desk = Desk("ann")
    desk.together(PLACED)
    desk.wait(600)
    desk.ready("ann")
    desk.now = 5.0
    desk.together(ev.PowerReturned(1.0))
    desk.wait(CALLS_BACK_S - 600 - 1)
    assert phones(desk) == {"line-1": "101"}
    desk.wait(2)
    assert phones(desk) == {}


def test_an_emergency_changes_nothing_about_who_is_on_duty_or_rung() -> None:
    """I-18, I-09."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.together(PLACED)
    desk.expect()
    desk.picks_up("ann")
    desk.expect("connect c1 with ann", "record c1 as rc1-1")
