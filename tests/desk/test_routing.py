"""Where a call goes, for every way in and every thing a phone can dial."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.acd.settings import Consent
from appliance.desk.feature_codes import Dialled
from appliance.desk.routing import (
    Refusal,
    Route,
    ToFeature,
    ToOutside,
    ToPhone,
    ToQueue,
    arrival,
    masked,
    outside,
    route,
)
from appliance.desk.settings import DeskSettings, LineSettings, OutboundSettings, RouteSettings, TrunkSettings
from appliance.wire import Incoming, Origin
from tests.support.desk_office import settings

OUTSIDE = ToOutside("0312345678", ("carrier",))
EMERGENCY = ToOutside("119", ("line-1", "carrier"), is_emergency=True)


@pytest.fixture
def plan(tmp_path: Path) -> DeskSettings:
    return settings(tmp_path)


def call(called: str, origin: Origin = Origin.PHONE, origin_id: str = "101") -> Incoming:
    return Incoming("in-1", origin, origin_id, "0451112222", "", called, 1.0)


@pytest.mark.parametrize(
    ("called", "goes"),
    [
        ("200", ToQueue("front")),
        ("102", ToPhone("102")),
        ("119", EMERGENCY),
        ("0119", EMERGENCY),
        ("9119", EMERGENCY),
        ("0312345678", OUTSIDE),
    ],
)
def test_a_phone_reaches(plan: DeskSettings, called: str, goes: Route) -> None:
    assert route(call(called), plan) == goes


@pytest.mark.parametrize(("called", "code"), [("101", 486), ("0990123456", 403), ("", 403), ("*70", 403), ("11", 403)])
def test_a_phone_is_refused(plan: DeskSettings, called: str, code: int) -> None:
    refusal = route(call(called), plan)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_an_emergency_number_wins_over_a_phone_and_a_queue_of_that_number(plan: DeskSettings) -> None:
    """D-12, I-18: before everything."""
    queue = replace(plan.office.queues[0], number="119")
    plan = replace(plan, office=replace(plan.office, queues=(queue,)), outbound=OutboundSettings("carrier"))
    assert route(call("119"), plan) == EMERGENCY


def test_an_emergency_call_takes_any_line_or_trunk_that_goes_out(plan: DeskSettings) -> None:
    """I-18: any way out."""
    plan = replace(plan, outbound=OutboundSettings(""))
    assert route(call("119"), plan) == EMERGENCY


def test_an_emergency_call_that_nothing_carries_is_grave(plan: DeskSettings) -> None:
    plan = replace(plan, trunks=(TrunkSettings("carrier", "front"),), lines=())
    refusal = route(call("119"), plan)
    assert isinstance(refusal, Refusal)
    assert refusal.is_grave
    assert "EMERGENCY CALL 119 COULD NOT BE PLACED" in refusal.sentence


def test_an_allowed_call_without_a_trunk_is_503(plan: DeskSettings) -> None:
    refusal = route(call("0312345678"), replace(plan, outbound=OutboundSettings("", ("03",))))
    assert isinstance(refusal, Refusal)
    assert refusal.code == 503


def test_the_office_may_say_which_way_an_emergency_call_goes_first(plan: DeskSettings) -> None:
    plan = replace(plan, outbound=OutboundSettings(emergency_by=("carrier",)))
    assert route(call("119"), plan) == ToOutside("119", ("carrier", "line-1"), is_emergency=True)


def test_the_first_route_that_lists_a_number_carries_it(plan: DeskSettings) -> None:
    routes = (RouteSettings(("090", "080"), ("line-2", "line-1", "carrier")), RouteSettings(("0",), ("carrier",)))
    lines = (LineSettings("line-1", "front"), LineSettings("line-2", "front"))
    plan = replace(plan, lines=lines, outbound=OutboundSettings(routes=routes))
    assert outside("09011112222", plan, "a test") == ToOutside("09011112222", ("line-2", "line-1", "carrier"))
    assert outside("0312345678", plan, "a test") == ToOutside("0312345678", ("carrier",))
    for number in ("12345", "*67", "", "0312345678;line=2", "bob"):
        refusal = outside(number, plan, "a test")
        assert isinstance(refusal, Refusal)
        assert refusal.code == 403


def test_a_route_for_every_number_carries_no_feature_code(plan: DeskSettings) -> None:
    plan = replace(plan, outbound=OutboundSettings(routes=(RouteSettings(("",), ("line-1",)),)))
    assert outside("0312345678", plan, "a test") == ToOutside("0312345678", ("line-1",))
    assert isinstance(outside("*50", plan, "a test"), Refusal)


def test_a_line_goes_to_its_queue_whatever_was_dialled(plan: DeskSettings) -> None:
    assert route(call("119", Origin.LINE, "line-1"), plan) == ToQueue("front")
    assert isinstance(route(call("", Origin.LINE, "line-9"), plan), Refusal)


def test_a_trunk_goes_by_called_number_and_never_out_again(plan: DeskSettings) -> None:
    trunk = TrunkSettings("carrier", "", (("0355550000", "front"),), host="192.0.2.10:5060")
    plan = replace(plan, trunks=(trunk,))
    assert route(call("0355550000", Origin.TRUNK, "carrier"), plan) == ToQueue("front")
    for called in ("0312345678", "101", "119"):
        assert isinstance(route(call(called, Origin.TRUNK, "carrier"), plan), Refusal)
    assert isinstance(route(call("0355550000", Origin.TRUNK, "stranger"), plan), Refusal)


def test_a_trunk_with_a_default_queue_takes_every_number(plan: DeskSettings) -> None:
    assert route(call("0300000000", Origin.TRUNK, "carrier"), plan) == ToQueue("front")


def test_numbers_in_the_log_hide_their_end() -> None:
    assert masked("0312345678") == "031234****"
    assert masked("101") == "101"


def test_a_feature_code_is_one_before_it_could_be_a_number_outside(plan: DeskSettings) -> None:
    assert route(call("*523"), plan) == ToFeature(Dialled("*52", "3"))
    anything = replace(plan, outbound=OutboundSettings(trunk="carrier", allow=("",)))
    assert route(call("*59"), anything) == ToFeature(Dialled("*59"))


def test_what_callers_are_told_of_recording_is_said_by_the_way_they_came(plan: DeskSettings) -> None:
    """§3.11: a profile of each line and trunk, beside the queue's."""
    trunk = replace(plan.trunks[0], consent=Consent.BEEP)
    plan = replace(plan, lines=(LineSettings("line-1", "front", Consent.ASK),), trunks=(trunk,))

    def told(came: Incoming) -> Consent | None:
        return arrival(came, "c1", "front", plan).consent

    assert told(call("", Origin.LINE, "line-1")) is Consent.ASK
    assert told(call("200", Origin.TRUNK, "carrier")) is Consent.BEEP
    assert told(call("200", Origin.TRUNK, "another")) is None
    assert told(call("200")) is None


def test_t_ringhold_only_lines_ring_on_unanswered_each_as_long_as_it_may(plan: DeskSettings) -> None:
    plan = replace(plan, lines=(LineSettings("line-1", "front", ring_hold_s=7.0),))
    assert arrival(call("", Origin.LINE, "line-1"), "c1", "front", plan).ring_hold_s == 7.0
    assert arrival(call("200", Origin.TRUNK, "carrier"), "c1", "front", plan).ring_hold_s is None
    assert arrival(call("200"), "c1", "front", plan).ring_hold_s is None
