"""T-nag: who was taken off duty is asked by telephone, once, and left in peace by any answer (S-06)."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd.model import AgentState
from appliance.acd.nag import LASTS_S
from appliance.acd.view import Status
from tests.acd.desk import Desk, office

NAG_S = 10.0


def desk_that_asks(*agents: str, nag_s: float = NAG_S) -> Desk:
    desk = Desk(*agents)
    desk.together(ev.Configured(replace(office(*agents), nag_s=nag_s)))
    desk.ready(*agents)
    return desk


def declined(*agents: str, nag_s: float = NAG_S) -> Desk:
    desk = desk_that_asks(*agents, nag_s=nag_s)
    desk.caller("c1")
    desk.rejects(agents[0])
    return desk


def asked(*agents: str) -> Desk:
    """The phone of the first one rings with the question, the other one has the caller."""
    desk = declined(*agents)
    desk.talks("bob")
    desk.wait(NAG_S)
    return desk


def picked_up() -> Desk:
    desk = asked("ann", "bob")
    desk.is_called("ann", "n1")
    return desk


def test_t_nag_who_declined_is_asked_by_telephone_ten_seconds_later() -> None:
    desk = declined("ann", "bob")
    desk.wait(NAG_S - 0.1)
    desk.expect()
    desk.wait(0.1)
    desk.expect("ask ann by telephone as n1")
    assert desk.status("ann") is Status.OFF_PROMPT


def test_t_nag_nobody_is_asked_where_the_office_does_not_want_it() -> None:
    desk = declined("ann", "bob", nag_s=0)
    desk.wait(19)
    desk.expect()


def test_t_nag_a_configuration_that_wants_nobody_asked_any_more_is_obeyed_at_once() -> None:
    desk = declined("ann", "bob")
    desk.wait(NAG_S / 2)
    desk.together(ev.Configured(replace(office("ann", "bob"), nag_s=0)))
    desk.wait(NAG_S)
    desk.expect()


def test_t_nag_a_configuration_that_changes_something_else_postpones_nothing() -> None:
    desk = declined("ann", "bob")
    desk.wait(NAG_S / 2)
    desk.together(ev.Configured(replace(office("ann", "bob"), nag_s=NAG_S, lost_s=50)))
    desk.wait(NAG_S / 2)
    desk.expect("ask ann by telephone as n1")


def test_t_nag_who_went_off_duty_by_themself_is_not_asked() -> None:
    desk = desk_that_asks("ann")
    desk.off("ann")
    desk.wait(60)
    desk.expect()


def test_t_nag_pressing_1_goes_on_duty_when_the_receiver_is_down() -> None:
    """A-24, A-26, A-25: what waits does not ring a phone that is still on the question."""
    desk = picked_up()
    assert desk.status("ann") is Status.OFF_ON_CALL
    desk.caller("c2")
    desk.together(ev.DutyOn("ann", "phone"))
    desk.expect("stop asking n1: now_on_duty")
    desk.ends_leg("ann", "n1")
    desk.expect("ring ann for c2")


def test_t_nag_pressing_2_stays_off_and_answers_the_prompt_everywhere() -> None:
    desk = picked_up()
    desk.together(ev.StayedOff("ann", "phone"))
    desk.expect("stop asking n1: now_off_duty")
    desk.ends_leg("ann", "n1")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.OFF, "")


def test_t_nag_who_hangs_up_without_a_word_is_not_asked_again() -> None:
    desk = picked_up()
    desk.ends_leg("ann", "n1")
    assert desk.status("ann") is Status.OFF_PROMPT
    desk.wait(19)
    desk.expect()


def test_t_nag_a_question_that_nobody_picks_up_is_over_and_told_as_nothing_unknown() -> None:
    desk = asked("ann", "bob")
    facts = len(desk.facts)
    desk.ends_leg("ann", "n1")
    assert desk.facts[facts:] == []
    assert desk.status("ann") is Status.OFF_PROMPT
    desk.wait(60)
    desk.expect()


@pytest.mark.parametrize(
    "answer", [ev.DutyOn("ann", "page"), ev.StayedOff("ann", "button"), ev.DutyOff("ann", "page", "lunch")]
)
def test_t_nag_an_answer_anywhere_stops_the_ringing(answer: ev.Event) -> None:
    """D-03: the lamp, the page and the phone ask the same question; whatever they are told ends all of them."""
    desk = asked("ann", "bob")
    desk.together(answer)
    said = "now_on_duty" if isinstance(answer, ev.DutyOn) else "now_off_duty"
    desk.expect(f"stop asking n1: {said}")
    assert desk.agent("ann").prompt == ""


def test_t_nag_the_question_is_taken_from_the_phone_before_the_next_call_rings_it() -> None:
    desk = asked("ann", "bob")
    desk.caller("c2")
    desk.together(ev.DutyOn("ann", "page"))
    desk.expect("stop asking n1: now_on_duty", "ring ann for c2")


def test_t_nag_an_answer_in_time_lets_the_phone_be_quiet() -> None:
    desk = declined("ann", "bob")
    desk.wait(NAG_S / 2)
    desk.stays_off("ann")
    desk.wait(NAG_S)
    desk.expect()


def test_t_nag_the_next_prompt_is_a_question_of_its_own() -> None:
    desk = asked("ann", "bob")
    desk.ready("ann")
    desk.caller("c2")
    desk.rejects("ann")
    desk.wait(NAG_S)
    desk.expect("ask ann by telephone as n2")


def test_t_nag_a_phone_in_use_is_asked_when_it_was_down_as_long() -> None:
    desk = declined("ann", "bob")
    desk.talks("bob")
    desk.wait(NAG_S / 2)
    desk.dials("ann")
    desk.wait(60)
    desk.expect()
    desk.ends_leg("ann")
    desk.wait(NAG_S - 1)
    desk.expect()
    desk.wait(1)
    desk.expect("ask ann by telephone as n1")


def test_t_nag_who_dials_while_it_rings_is_left_in_peace() -> None:
    desk = asked("ann", "bob")
    desk.dials("ann")
    desk.expect("stop asking n1")
    assert desk.agent("ann").prompt == "declined"


def test_t_nag_a_lost_phone_is_asked_once_it_is_found() -> None:
    """A-27: off duty because the phone was away; it cannot ring before it is back."""
    desk = desk_that_asks("ann")
    desk.loses_phone("ann")
    desk.wait(100)
    assert desk.agent("ann").prompt == "unreachable"
    desk.expect()
    desk.finds_phone("ann")
    desk.wait(NAG_S)
    desk.expect("ask ann by telephone as n1")


def test_t_nag_a_phone_that_blinks_is_asked_no_later() -> None:
    """Lost and found in one batch: nothing has changed."""
    desk = declined("ann", "bob")
    desk.wait(NAG_S / 2)
    desk.together(ev.PhoneLost("ann"), ev.PhoneFound("ann"))
    desk.wait(NAG_S / 2)
    desk.expect("ask ann by telephone as n1")


def test_t_nag_an_empty_seat_is_not_rung() -> None:
    """U-04: the sensor knows that nobody would hear it."""
    desk = desk_that_asks("ann")
    desk.together(ev.SeatLeft("ann"))
    desk.wait(60)
    desk.expect()
    assert desk.agent("ann").prompt == "away"


def test_t_nag_who_missed_races_is_on_duty_and_is_not_rung() -> None:
    """D-20: that prompt took nobody off duty."""
    desk = desk_that_asks("ann", "bob")
    agent = desk.acd.agent("ann")
    assert agent is not None
    agent.prompt, agent.prompt_since = "missed_races", desk.now
    desk.finds_phone("ann")
    desk.wait(60)
    desk.expect()
    Desk.made.remove(desk)  # a state that no journal made


def test_t_nag_the_question_is_over_after_a_while() -> None:
    desk = picked_up()
    desk.wait(LASTS_S - 1)
    desk.expect()
    desk.wait(1)
    desk.expect("stop asking n1")
    desk.ends_leg("ann", "n1")
    assert desk.status("ann") is Status.OFF_PROMPT


def test_t_nag_a_switch_that_died_asks_no_more() -> None:
    desk = asked("ann", "bob")
    desk.together(ev.SwitchLost())
    desk.wait(60)
    desk.expect()
    assert desk.agent("ann").prompt == "declined"


def test_t_nag_the_question_counts_on_after_a_reboot() -> None:
    """I-15, A-30: the clock began anew, what was left of the ten seconds did not."""
    desk = declined("ann", "bob")
    desk.wait(NAG_S - 3)
    desk.hangs_up("c1")
    desk.now = 5.0
    desk.together(ev.PhoneFound("bob"))
    desk.wait(2.9)
    desk.expect()
    desk.wait(0.2)
    desk.expect("ask ann by telephone as n1")


def test_t_nag_a_desk_that_comes_back_knows_that_the_phone_asks() -> None:
    """A-30: the question's leg lives, so the agent is on it still; a dead one is over."""
    desk = picked_up()
    desk.together(ev.Restarted((desk.last_offer["bob"],), legs=("n1",)))
    assert desk.status("ann") is Status.OFF_ON_CALL
    desk.together(ev.DutyOn("ann", "phone"))
    desk.expect("stop asking n1: now_on_duty")
    desk.ends_leg("ann", "n1")
    agent = desk.acd.agent("ann")
    assert agent is not None
    assert agent.state is AgentState.FREE
