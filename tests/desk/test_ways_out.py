"""Which line or trunk carries a call out: the first that is free, the last line kept, an emergency call always."""

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.api import LineView
from appliance.desk.alarms import Alarms
from appliance.desk.legs import Legs
from appliance.desk.own_calls import OwnCalls
from appliance.desk.routing import Refusal, outside
from appliance.desk.settings import DeskSettings, LineSettings, OutboundSettings, RouteSettings
from appliance.desk.ways_out import MAKES_ROOM, Outgoing, Use, Way, WaysOut
from appliance.wire import EndCause, Origin
from tests.support.desk_office import settings

Said = TypeVar("Said", bound=wire.Message)
LINES = ("line-1", "line-2", "line-3")


class Outside:
    """Three lines, a trunk, and two doors out: `ways` for anybody, `calls` for phones."""

    def __init__(
        self, tmp_path: Path, *, by: tuple[str, ...] = LINES, keeps_line: bool = True, has_trunk: bool = True
    ) -> None:
        outbound = OutboundSettings(routes=(RouteSettings(("0",), by),), keeps_line=keeps_line)
        lines = tuple(LineSettings(line, "front") for line in LINES)
        self.plan: DeskSettings = replace(settings(tmp_path), lines=lines, outbound=outbound)
        if not has_trunk:
            self.plan = replace(self.plan, trunks=())
        self.states = dict.fromkeys(LINES, "idle")
        self.half_duplex: set[str] = set()
        self.said: list[wire.Message] = []
        self.posted: list[ev.Event] = []
        self.alarms = Alarms()
        self.ways = WaysOut(self.plan, self._views, self.said.append, self.alarms)
        acd = Acd()
        acd.handle(ev.Configured(self.plan.office), 1.0)
        self.calls = OwnCalls(self.plan, acd, Legs("m"), self.posted.append, self.said.append, self.ways)

    def _views(self) -> tuple[LineView, ...]:
        lines = self.states.items()
        return tuple(LineView(line, state, "", "", 0.0, None, line in self.half_duplex) for line, state in lines)

    def dial(self, leg: str, number: str = "0312345678") -> Way | Refusal:
        return self.ways.dial(Outgoing(leg, number, "a test"))

    def phone_calls(self, leg: str, number: str = "0312345678", phone: str = "101") -> None:
        call = wire.Incoming(leg, Origin.PHONE, phone, phone, "", number, 1.0)
        to = outside(number, self.plan, "a test")
        assert not isinstance(to, Refusal)
        self.calls.begin(call, to)

    @staticmethod
    def calls_contact(leg: str) -> str:
        return Legs("m").contact_of_leg(leg)

    def ends(self, leg: str, cause: EndCause, code: int = 0) -> None:
        event = wire.Ended(leg, cause, 1.0, code)
        self.ways.ended(leg)
        self.calls.ended(event)

    def all_said(self, kind: type[Said]) -> list[Said]:
        return [message for message in self.said if isinstance(message, kind)]


@pytest.fixture
def office(tmp_path: Path) -> Outside:
    return Outside(tmp_path)


def by(way: Way | Refusal) -> str:
    assert isinstance(way, Way), way
    return way.by


def test_calls_go_by_the_first_free_line_and_the_switch_dials_it(office: Outside) -> None:
    office.states["line-1"] = "talking"
    assert by(office.dial("x-1")) == "line-2"
    (dial,) = office.all_said(wire.Dial)
    assert (dial.leg, dial.to) == ("x-1", "sip:0312345678@127.0.0.1:5080;line=line-2")


def test_two_calls_in_one_instant_never_get_the_same_line(office: Outside) -> None:
    assert [by(office.dial(f"x-{n}")) for n in (1, 2)] == ["line-1", "line-2"]


def test_a_line_is_free_again_when_its_leg_has_ended(office: Outside) -> None:
    office.dial("x-1")
    office.ways.ended("x-1")
    assert by(office.dial("x-2")) == "line-1"


def test_the_last_free_line_is_kept_for_an_emergency_call(office: Outside) -> None:
    office.dial("x-1")
    office.dial("x-2")
    refusal = office.dial("x-3")
    assert isinstance(refusal, Refusal)
    assert refusal.code == 486
    assert by(office.dial("x-4", "119")) == "line-3"


def test_a_trunk_is_no_line_and_carries_what_the_lines_cannot(tmp_path: Path) -> None:
    office = Outside(tmp_path, by=("line-1", "carrier"))
    office.states.update({"line-1": "talking", "line-2": "fault", "line-3": "unknown"})
    assert [by(office.dial(f"x-{n}")) for n in range(3)] == ["carrier"] * 3
    assert office.all_said(wire.Dial)[0].to == "sip:0312345678@192.0.2.10:5060"


def test_the_office_may_use_its_last_line(tmp_path: Path) -> None:
    office = Outside(tmp_path, keeps_line=False)
    assert [by(office.dial(f"x-{n}")) for n in range(3)] == list(LINES)


def test_a_caller_on_a_line_takes_it_though_its_state_is_not_told_yet(office: Outside) -> None:
    office.ways.came_in("in-1", "line-1")
    assert by(office.dial("x-1")) == "line-2"


def test_all_lines_busy_is_said_on_the_page_until_one_can_be_dialled_again(office: Outside) -> None:
    for line in LINES:
        office.states[line] = "talking"
    assert isinstance(office.dial("x-1"), Refusal)
    assert "All lines were busy" in office.alarms.sentences()[0]
    office.states["line-1"] = "idle"
    office.ways.lines_changed()
    assert office.alarms.sentences(), "one free line is kept for emergencies: nothing can be dialled yet"
    office.states["line-2"] = "idle"
    office.ways.lines_changed()
    assert office.alarms.sentences() == ()


def test_what_no_rule_allows_is_refused_whoever_asks(office: Outside) -> None:
    refusal = office.dial("x-1", "12345")
    assert isinstance(refusal, Refusal)
    assert refusal.code == 403
    assert office.said == []


@pytest.mark.parametrize(
    ("uses", "ended"),
    [
        ({"in-1": Use.QUEUE, "in-2": Use.WAITING}, "x-own"),
        ({"in-1": Use.QUEUE, "in-2": Use.WAITING, "in-3": Use.QUEUE}, "in-2"),
        ({"in-1": Use.QUEUE, "in-2": Use.QUEUE, "in-3": Use.QUEUE}, "in-1"),
    ],
)
def test_an_emergency_call_ends_the_least_important_call_when_every_line_is_in_use(
    tmp_path: Path, uses: dict[str, Use], ended: str
) -> None:
    """R-44, I-18: a call that waits before one that talks, a phone's own before both."""
    office = Outside(tmp_path, keeps_line=False, has_trunk=False)
    office.ways.use_of = uses.__getitem__
    for number, leg in enumerate(uses, start=1):
        office.ways.came_in(leg, f"line-{number}")
    if len(uses) < 3:
        office.dial("x-own")
    office.states = dict.fromkeys(LINES, "talking")
    way = office.dial("x-119", "119")
    assert isinstance(way, Way)
    assert way.is_emergency
    assert office.all_said(wire.Hangup) == [wire.Hangup(ended, 503, tone=MAKES_ROOM)]
    dial = office.all_said(wire.Dial)[-1]
    assert (dial.to, dial.after) == (f"sip:119@127.0.0.1:5080;line={way.by};use=emergency", ended)


def test_a_free_trunk_carries_an_emergency_call_before_anybody_is_cut_off_and_a_line_does_when_it_fails(
    office: Outside,
) -> None:
    for number in range(3):
        office.ways.came_in(f"in-{number}", f"line-{number + 1}")
    office.phone_calls("in-7", "119")
    assert office.all_said(wire.Hangup) == []
    office.ends("x-in-7", EndCause.UNREACHABLE, 503)
    assert [order.leg for order in office.all_said(wire.Hangup)] == ["in-0"]
    assert [dial.to.rpartition("@")[2] for dial in office.all_said(wire.Dial)] == [
        "192.0.2.10:5060",
        "127.0.0.1:5080;line=line-1;use=emergency",
    ]


def test_an_emergency_call_never_ends_another_one(tmp_path: Path) -> None:
    """R-44: nor the call by which the centre calls back (`Translator._use_of`)."""
    office = Outside(tmp_path, has_trunk=False)
    for number in range(3):
        assert isinstance(office.dial(f"x-{number}", "119"), Way)
    refusal = office.dial("x-4", "110")
    assert isinstance(refusal, Refusal)
    assert refusal.is_grave
    assert office.all_said(wire.Hangup) == []


def test_a_line_that_did_not_carry_the_call_hands_it_to_the_next(office: Outside) -> None:
    office.phone_calls("in-7")
    office.ends("x-in-7", EndCause.UNREACHABLE, 503)
    dials = office.all_said(wire.Dial)
    assert [(dial.leg, dial.to.partition("=")[2]) for dial in dials] == [("x-in-7", "line-1"), ("x-in-7~2", "line-2")]
    office.calls.answered("x-in-7~2")
    placed, changed, answered = office.posted
    assert isinstance(placed, ev.CallPlaced)
    assert changed == ev.WayChanged(placed.contact, "line-2")
    assert isinstance(answered, ev.FarEndAnswered)


def test_a_busy_far_end_is_not_called_again_and_the_phone_hears_busy(office: Outside) -> None:
    office.phone_calls("in-7")
    office.ends("x-in-7", EndCause.BUSY, 486)
    assert len(office.all_said(wire.Dial)) == 1
    assert office.all_said(wire.Hangup) == [wire.Hangup("in-7", 486)]


def test_when_no_way_carried_the_call_the_phone_is_told(office: Outside) -> None:
    office.phone_calls("in-7")
    for leg in ("x-in-7", "x-in-7~2"):
        office.ends(leg, EndCause.UNREACHABLE, 503)
    office.ends("x-in-7~3", EndCause.UNREACHABLE, 503)
    assert len(office.all_said(wire.Dial)) == 3
    assert office.all_said(wire.Hangup) == [wire.Hangup("in-7", 503)]


def test_an_agent_whose_call_finds_all_lines_busy_is_not_on_a_call(office: Outside) -> None:
    office.states = dict.fromkeys(LINES, "talking")
    office.phone_calls("in-7")
    assert office.posted == [ev.CallNotPlaced(office.calls_contact("in-7"), "sato", "0312345678")]
    assert office.all_said(wire.Hangup) == [wire.Hangup("in-7", 486)]


def test_a_phone_that_hangs_up_ends_the_dialling(office: Outside) -> None:
    office.phone_calls("in-7")
    office.ends("in-7", EndCause.FAR)
    assert office.all_said(wire.Hangup) == [wire.Hangup("x-in-7")]
    contact = office.calls_contact("in-7")
    assert office.posted == [
        ev.CallPlaced(contact, "sato", "in-7", "0312345678", "", "line-1"),
        ev.CallFailed(contact, ev.GAVE_UP),
    ]


def test_the_call_of_a_phone_that_is_no_agents_is_bridged_as_soon_as_it_is_answered(office: Outside) -> None:
    office.phone_calls("in-7", phone="103")
    office.calls.answered("x-in-7")
    assert office.all_said(wire.Bridge) == [wire.Bridge("in-7", "x-in-7")]
    assert office.posted == []


def test_after_a_restart_of_the_desk_a_line_in_use_is_not_dialled(office: Outside) -> None:
    leg = wire.Leg("x-in-7", Origin.DIALLED, "", "101", "", "sip:0355556666@127.0.0.1:5080;line=line-1",
                   wire.LegState.UP, 1.0)  # fmt: skip
    office.ways.found(leg)
    assert by(office.dial("x-1")) == "line-2"


def dialled(called: str, leg: str = "x-in-7") -> wire.Leg:
    return wire.Leg(leg, Origin.DIALLED, "", "101", "", called, wire.LegState.RINGING, 1.0)


def restarted(tmp_path: Path, before: Outside, first: str = "in-7", *, has_trunk: bool = True) -> Outside:
    """A new desk that finds, in the switch's snapshot, what the last dial of the old one left there."""
    after = Outside(tmp_path, has_trunk=has_trunk)
    last = before.all_said(wire.Dial)[-1]
    number = last.to.removeprefix("sip:").partition("@")[0]
    second = dialled(last.to, last.leg)
    after.ways.found(second)
    after.calls.found(wire.Leg(first, Origin.PHONE, "101", "101", "", number, wire.LegState.RINGING, 1.0), second)
    return after


def test_after_a_restart_of_the_desk_an_emergency_call_on_a_line_is_not_ended_for_another(tmp_path: Path) -> None:
    before = Outside(tmp_path, has_trunk=False)
    before.phone_calls("in-7", "119")
    after = restarted(tmp_path, before, has_trunk=False)
    after.states = dict.fromkeys(LINES, "talking")
    refusal = after.dial("x-110", "110")
    assert isinstance(refusal, Refusal)
    assert refusal.is_grave
    assert after.all_said(wire.Hangup) == []


@pytest.mark.parametrize(("number", "is_emergency"), [("119", True), ("0355556666", False)])
def test_after_a_restart_of_the_desk_a_call_by_a_trunk_is_known_with_what_it_is(
    tmp_path: Path, number: str, is_emergency: bool
) -> None:
    before = Outside(tmp_path, by=("carrier",))
    before.states = dict.fromkeys(LINES, "talking")
    before.phone_calls("in-7", number)
    way = restarted(tmp_path, before).ways.of("x-in-7")
    assert way is not None
    assert (way.by, way.number, way.is_line, way.is_emergency) == ("carrier", number, False, is_emergency)


def test_a_leg_to_a_phone_of_the_house_is_no_way_out(office: Outside) -> None:
    office.ways.found(dialled("sip:102@deskbell"))
    office.ways.found(dialled("200", "in-8"))
    assert office.ways.of("x-in-7") is None
    assert office.ways.of("in-8") is None


def test_after_a_restart_of_the_desk_the_next_attempt_is_a_new_leg_by_another_way(tmp_path: Path) -> None:
    """The switch remembers names: `x-in-7~2` was used before the restart and is not again."""
    before = Outside(tmp_path)
    before.phone_calls("in-7")
    before.ends("x-in-7", EndCause.UNREACHABLE, 503)
    after = restarted(tmp_path, before)
    after.states["line-1"] = "fault"
    after.ends("x-in-7~2", EndCause.UNREACHABLE, 503)
    assert [(dial.leg, dial.to.partition("=")[2]) for dial in after.all_said(wire.Dial)] == [("x-in-7~3", "line-3")]


def test_f36_a_half_duplex_line_is_no_way_out_and_not_counted_as_one(office: Outside) -> None:
    office.half_duplex = {"line-1", "line-2"}
    assert by(office.dial("x-1")) == "line-3", "of an only line that can be talked on none is kept"
    refusal = office.dial("x-2")
    assert isinstance(refusal, Refusal)
    assert "half duplex, and so no way out: line-1, line-2" in refusal.sentence


def test_f36_an_emergency_call_never_takes_a_half_duplex_line_nor_ends_the_caller_on_one(tmp_path: Path) -> None:
    office = Outside(tmp_path, has_trunk=False)
    office.half_duplex = {"line-1"}
    office.states = {"line-1": "talking", "line-2": "talking", "line-3": "fault"}
    office.ways.came_in("in-1", "line-1")
    office.ways.came_in("in-2", "line-2")
    assert by(office.dial("x-1", "119")) == "line-2"
    assert [order.leg for order in office.all_said(wire.Hangup)] == ["in-2"]


def test_f36_with_half_duplex_lines_only_an_emergency_call_is_refused_and_says_so(tmp_path: Path) -> None:
    office = Outside(tmp_path, has_trunk=False)
    office.half_duplex = set(LINES)
    refusal = office.dial("x-1", "119")
    assert isinstance(refusal, Refusal)
    assert refusal.is_grave
    assert refusal.sentence.startswith("EMERGENCY CALL 119 COULD NOT BE PLACED")
    assert "half duplex" in refusal.sentence
    assert not office.all_said(wire.Dial)
