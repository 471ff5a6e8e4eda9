"""Every row of §3.2 is taken by a script of its own: start, step, what the chip shows then."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from appliance.acd import events as ev
from appliance.acd import tables
from appliance.acd.model import AgentState, Phase
from appliance.acd.settings import QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import QUEUE, Desk, office

Script = Callable[[Desk], None]


def off(desk: Desk) -> None:
    """5: Ann is off duty, as everybody is at first (D-03)."""


def free(desk: Desk) -> None:
    desk.ready("ann")


def ringing(desk: Desk) -> None:
    desk.ready("ann")
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1")


def ringing_wants_off(desk: Desk) -> None:
    ringing(desk)
    desk.off("ann", later=True)


def talking(desk: Desk) -> None:
    ringing(desk)
    desk.talks("ann")


def talking_wants_off(desk: Desk) -> None:
    talking(desk)
    desk.off("ann")


def wrapping(desk: Desk) -> None:
    talking(desk)
    desk.leaves("ann")


def wrapping_on_the_phone(desk: Desk) -> None:
    wrapping(desk)
    desk.dials("ann")


def asked(desk: Desk) -> None:
    ringing(desk)
    desk.rejects("ann")


def timed_out(desk: Desk) -> None:
    ringing(desk)
    desk.wait(20)


def off_on_the_phone(desk: Desk) -> None:
    desk.dials("ann")


def asked_on_the_phone(desk: Desk) -> None:
    asked(desk)
    desk.dials("ann")


def off_on_the_phone_wants_on(desk: Desk) -> None:
    off_on_the_phone(desk)
    desk.ready("ann")


def busy_phone(desk: Desk) -> None:
    ringing(desk)
    desk.is_busy("ann")


def lost(desk: Desk) -> None:
    desk.ready("ann")
    desk.loses_phone("ann")


def everybody_rings(desk: Desk) -> None:
    ring_all = QueueSettings(QUEUE, "Sales", "100", ("ann",), "simultaneous", no_agent_s=300)
    desk.together(ev.Configured(office("ann", queues=[ring_all])))


def racing(desk: Desk) -> None:
    everybody_rings(desk)
    ringing(desk)


def racing_wants_off(desk: Desk) -> None:
    racing(desk)
    desk.off("ann", later=True)


def missed_three_races(desk: Desk) -> None:
    racing(desk)
    desk.wait(64.5)
    assert desk.agent("ann").prompt == "missed_races"
    desk.hangs_up("c1")


def missed_a_race(desk: Desk) -> None:
    racing(desk)
    desk.wait(20)
    assert desk.status("ann") is Status.AVAILABLE


def goes_private(desk: Desk) -> None:
    desk.together(ev.PrivacyChanged("ann", QUEUE, on=True, actor="ann"))


@dataclass(frozen=True)
class Case:
    start: Script
    step: Script
    shows: Status


CASES: dict[str, Case] = {
    "A-01": Case(free, lambda d: d.caller("c1"), Status.RINGING),
    "A-02": Case(free, lambda d: d.off("ann"), Status.OFF),
    "A-02b": Case(free, lambda d: d.off("ann", later=True), Status.OFF),
    "A-03": Case(free, lambda d: d.is_called("ann"), Status.ON_CALL),
    "A-03b": Case(free, lambda d: d.dials("ann", queue=QUEUE), Status.ON_CALL),
    "A-04": Case(ringing, lambda d: d.picks_up("ann"), Status.ON_CALL),
    "A-05": Case(ringing, lambda d: d.rejects("ann"), Status.OFF_PROMPT),
    "A-06": Case(ringing, lambda d: d.wait(20), Status.OFF_PROMPT),
    "A-07": Case(busy_phone, lambda d: d.dials("ann"), Status.ON_CALL),
    "A-08": Case(ringing, lambda d: d.gives_no_sign("ann"), Status.UNREACHABLE),
    "A-08b": Case(ringing_wants_off, lambda d: d.gives_no_sign("ann"), Status.OFF),
    "A-09": Case(ringing, lambda d: d.hangs_up("c1"), Status.AVAILABLE),
    "A-09b": Case(ringing_wants_off, lambda d: d.hangs_up("c1"), Status.OFF),
    "A-10": Case(ringing, lambda d: d.off("ann"), Status.OFF),
    "A-11": Case(ringing, lambda d: d.off("ann", later=True), Status.RINGING),
    "A-11b": Case(talking, lambda d: d.off("ann"), Status.ON_CALL),
    "A-11c": Case(talking, lambda d: d.off("ann", later=True), Status.ON_CALL),
    "A-12": Case(ringing, lambda d: d.dials("ann"), Status.ON_CALL),
    "A-12b": Case(ringing, lambda d: d.dials("ann", queue=QUEUE), Status.ON_CALL),
    "A-13": Case(talking, lambda d: d.leaves("ann"), Status.WRAP_UP),
    "A-14": Case(talking_wants_off, lambda d: d.leaves("ann"), Status.OFF),
    "A-15": Case(wrapping_on_the_phone, lambda d: (d.wait(31), d.ends_leg("ann"))[0], Status.AVAILABLE),
    "A-15b": Case(wrapping_on_the_phone, lambda d: d.ends_leg("ann"), Status.WRAP_UP),
    "A-16": Case(talking_wants_off, lambda d: d.ready("ann"), Status.ON_CALL),
    "A-16b": Case(ringing_wants_off, lambda d: d.ready("ann"), Status.RINGING),
    "A-17": Case(wrapping, lambda d: d.wait(30), Status.AVAILABLE),
    "A-18": Case(wrapping, lambda d: d.ends_wrap_up("ann"), Status.AVAILABLE),
    "A-18b": Case(wrapping, lambda d: d.ready("ann"), Status.AVAILABLE),
    "A-19": Case(wrapping, lambda d: d.off("ann"), Status.OFF),
    "A-19b": Case(wrapping, lambda d: d.off("ann", later=True), Status.OFF),
    "A-20": Case(wrapping, lambda d: d.dials("ann", queue=QUEUE), Status.ON_CALL),
    "A-20b": Case(wrapping_on_the_phone, lambda d: d.dials("ann", "out2", queue=QUEUE), Status.ON_CALL),
    "A-21": Case(wrapping, lambda d: d.dials("ann"), Status.ON_CALL),
    "A-22": Case(off, lambda d: d.ready("ann"), Status.AVAILABLE),
    "A-23": Case(asked, lambda d: d.stays_off("ann"), Status.OFF),
    "A-23b": Case(asked, lambda d: d.off("ann"), Status.OFF),
    "A-23c": Case(asked, lambda d: d.off("ann", later=True), Status.OFF),
    "A-23d": Case(asked_on_the_phone, lambda d: d.stays_off("ann"), Status.OFF_ON_CALL),
    "A-24": Case(off, lambda d: d.dials("ann"), Status.OFF_ON_CALL),
    "A-24b": Case(off, lambda d: d.dials("ann", queue=QUEUE), Status.OFF_ON_CALL),
    "A-25": Case(off_on_the_phone, lambda d: d.ends_leg("ann"), Status.OFF),
    "A-25b": Case(off_on_the_phone_wants_on, lambda d: d.ends_leg("ann"), Status.AVAILABLE),
    "A-26": Case(off_on_the_phone, lambda d: d.ready("ann"), Status.OFF_ON_CALL),
    "A-26b": Case(off_on_the_phone_wants_on, lambda d: d.off("ann"), Status.OFF_ON_CALL),
    "A-26c": Case(off_on_the_phone_wants_on, lambda d: d.off("ann", later=True), Status.OFF_ON_CALL),
    "A-27": Case(lost, lambda d: d.wait(60), Status.OFF_PROMPT),
    "U-04": Case(free, lambda d: d.together(ev.SeatLeft("ann")) and None, Status.OFF_PROMPT),
    "A-30": Case(talking_wants_off, lambda d: d.together(ev.Restarted()) and None, Status.OFF),
    "A-30b": Case(wrapping_on_the_phone, lambda d: d.together(ev.SwitchLost()) and None, Status.WRAP_UP),
    "A-30c": Case(talking, lambda d: d.together(ev.SwitchLost()) and None, Status.AVAILABLE),
    "A-30d": Case(off_on_the_phone_wants_on, lambda d: d.together(ev.Restarted()) and None, Status.AVAILABLE),
    "A-30e": Case(off_on_the_phone, lambda d: d.together(ev.Restarted()) and None, Status.OFF),
    "A-28": Case(ringing, goes_private, Status.AVAILABLE),
    "A-28b": Case(ringing_wants_off, goes_private, Status.OFF),
    "D-20": Case(racing, lambda d: d.wait(20), Status.AVAILABLE),
    "D-20b": Case(racing_wants_off, lambda d: d.wait(20), Status.OFF),
    "D-20c": Case(racing, lambda d: d.rejects("ann"), Status.AVAILABLE),
    "D-20d": Case(racing_wants_off, lambda d: d.rejects("ann"), Status.OFF),
    "D-20f": Case(missed_three_races, lambda d: d.ready("ann"), Status.AVAILABLE),
    "D-20g": Case(missed_three_races, lambda d: d.stays_off("ann"), Status.OFF),
    "R-05b": Case(missed_a_race, lambda d: d.picks_up("ann"), Status.ON_CALL),
    "R-05": Case(timed_out, lambda d: d.picks_up("ann"), Status.ON_CALL),
}


@pytest.mark.parametrize("row", tables.ROWS, ids=lambda row: row.id)
def test_row_is_taken_by_its_script_and_shows_what_it_should(row: tables.Row) -> None:
    """A-01 to A-28, A-30: each row of the table by its script."""
    case = CASES[row.id]
    desk = Desk("ann")
    case.start(desk)
    taken = desk.acd.rows_taken.get(row.id, 0)
    case.step(desk)
    assert desk.acd.rows_taken.get(row.id, 0) == taken + 1
    assert desk.status("ann") is case.shows
    assert desk.acd.state.agents["ann"].state is row.target


def test_row_ids_are_unique_and_name_every_transition_of_the_specification() -> None:
    ids = [row.id for row in tables.ROWS]
    assert len(ids) == len(set(ids))
    numbers = {row_id[:4] for row_id in ids}
    missing = {f"A-{number:02}" for number in range(1, 31)} - numbers
    assert missing == {"A-29"}  # it removes the agent and has no target


def test_d02_off_duty_and_ringing_or_in_wrap_up_cannot_be_written_down() -> None:
    assert [state.value for state in AgentState] == ["free", "ringing", "busy", "wrap_up", "off", "off_busy"]
    for name, case in CASES.items():
        desk = Desk("ann")
        case.start(desk)
        case.step(desk)
        ann = desk.acd.state.agents["ann"]
        assert not (ann.wrap_until and not ann.is_available), name
        opened = [offer for offer in desk.acd.state.offers.values() if offer.phase is Phase.OPEN]
        assert not (opened and not ann.is_available), name


def test_a29_a_removed_agent_is_gone_at_once_when_idle() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.together(ev.Configured(office("bob")))
    assert [agent.agent for agent in desk.acd.view(desk.now).agents] == ["bob"]
    assert desk.acd.rows_taken["A-29"] == 1


def test_a29_a_removed_agent_is_no_longer_rung_and_the_caller_goes_on() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.caller("c1")
    desk.together(ev.Configured(office("bob")))
    desk.expect("stop ann: agent_removed", "hold c1", "ring bob for c1")


def test_a29_a_removed_agent_finishes_the_conversation_first() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.caller("c1")
    desk.talks("ann")
    desk.together(ev.Configured(office("bob")))
    assert desk.status("ann") is Status.ON_CALL
    desk.leaves("ann")
    desk.expect("release c1: agent_left")
    assert desk.acd.agent("ann") is None


def test_a_removed_agent_who_is_named_again_during_the_call_stays() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.together(ev.Configured(office("bob")))
    desk.together(ev.Configured(office("ann", "bob")))
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP
