"""What agents live through: S-05, S-06, S-11 to S-15, D-02, D-03, S-M2's guard, reach and T-lost."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.settings import QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk


def rung(*agents: str, **times: float) -> Desk:
    desk = Desk(*agents, **times)
    desk.ready(*agents)
    desk.caller("c1")
    return desk


def on_call(*agents: str, **times: float) -> Desk:
    desk = rung(*agents, **times)
    desk.talks(agents[0])
    return desk


def in_wrap_up(*agents: str, **times: float) -> Desk:
    desk = on_call(*agents, **times)
    desk.leaves(agents[0])
    return desk


def test_everybody_comes_off_duty() -> None:
    desk = Desk("ann")
    assert desk.status("ann") is Status.OFF


def test_s05_a_reject_takes_the_agent_off_duty_in_every_queue_with_a_prompt() -> None:
    queues = [QueueSettings(name, name, "1", ("ann",)) for name in ("sales", "help")]
    desk = Desk("ann", queues=queues)
    desk.ready("ann")
    desk.caller("s1", "sales")
    desk.caller("h1", "help")
    desk.rejects("ann")
    desk.expect("stop ann: declined", "hold s1")
    ann = desk.agent("ann")
    assert (ann.status, ann.reason, ann.prompt) == (Status.OFF_PROMPT, "declined", "declined")


def test_s05_no_answer_takes_the_agent_off_duty_with_its_own_reason() -> None:
    desk = rung("ann", ring_s=15)
    desk.wait(15)
    desk.expect("stop ann: no_answer", "hold c1")
    ann = desk.agent("ann")
    assert (ann.status, ann.reason, ann.prompt) == (Status.OFF_PROMPT, "no_answer", "no_answer")


def test_the_switchs_own_ring_timer_means_the_same() -> None:
    desk = rung("ann")
    desk.together(ev.OfferTimedOut("o1"))
    desk.expect("stop ann: no_answer", "hold c1")
    assert desk.agent("ann").prompt == "no_answer"
    desk.together(ev.OfferTimedOut("o1"))
    desk.expect()


def test_s05_a_caller_who_gives_up_is_nobodys_miss() -> None:
    desk = rung("ann")
    desk.hangs_up("c1")
    desk.expect("stop ann: caller_gone")
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.agent("ann").prompt == ""


def test_s06_going_on_duty_answers_the_prompt_and_rings_at_once() -> None:
    desk = rung("ann")
    desk.rejects("ann")
    desk.wait(2)
    desk.ready("ann")
    desk.expect("ring ann for c1")
    assert (desk.agent("ann").prompt, desk.agent("ann").reason) == ("", "")


def test_s06_staying_off_clears_the_prompt_and_nothing_else() -> None:
    desk = rung("ann")
    desk.rejects("ann")
    desk.stays_off("ann")
    assert (desk.status("ann"), desk.agent("ann").reason) == (Status.OFF, "declined")


def test_s06_the_prompt_survives_an_outbound_call() -> None:
    desk = rung("ann")
    desk.rejects("ann")
    desk.dials("ann")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.OFF_ON_CALL, "declined")
    desk.ends_leg("ann")
    assert desk.status("ann") is Status.OFF_PROMPT


def test_going_on_duty_during_a_call_waits_for_its_end() -> None:
    desk = rung("ann")
    desk.rejects("ann")
    desk.dials("ann")
    desk.ready("ann")
    assert (desk.agent("ann").pending, desk.agent("ann").prompt) == ("on", "")
    desk.wait(2)
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")


def test_d03_only_a_person_puts_an_agent_on_duty() -> None:
    desk = rung("ann")
    desk.rejects("ann")
    desk.wait(3600)
    desk.finds_phone("ann")
    assert desk.status("ann") is Status.OFF_PROMPT


def test_a07_a_486_explained_by_a_call_of_their_own_is_no_blame() -> None:
    desk = rung("ann", "bob")
    desk.is_busy("ann")
    desk.expect()
    desk.wait(0.4)
    desk.dials("ann")
    desk.expect("hold c1", "ring bob for c1")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.ON_CALL, "")


def test_a07_a_486_without_an_explanation_is_a_reject_after_half_a_second() -> None:
    desk = rung("ann")
    desk.is_busy("ann")
    desk.wait(0.49)
    assert desk.status("ann") is Status.RINGING
    desk.is_busy("ann")  # said twice does not begin again
    desk.wait(0.01)
    desk.expect("stop ann: declined", "hold c1")
    assert desk.status("ann") is Status.OFF_PROMPT


def test_a08_an_unreachable_phone_is_not_blamed_and_not_rung_until_it_is_found() -> None:
    desk = rung("ann", "bob")
    desk.gives_no_sign("ann")
    desk.expect("stop ann: unreachable", "hold c1", "ring bob for c1")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.UNREACHABLE, "")
    desk.rejects("bob")
    desk.finds_phone("ann")
    desk.expect("ring ann for c1")


def test_a_phone_lost_while_it_rings_was_not_ignored() -> None:
    desk = rung("ann")
    desk.loses_phone("ann")
    desk.wait(20)
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.UNREACHABLE, "")


def test_a27_a_phone_lost_for_a_minute_takes_the_agent_off_duty_with_a_prompt() -> None:
    """T-lost: a minute."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.loses_phone("ann")
    desk.wait(59.9)
    assert desk.status("ann") is Status.UNREACHABLE
    desk.wait(0.1)
    ann = desk.agent("ann")
    assert (ann.status, ann.reason, ann.prompt) == (Status.OFF_PROMPT, "unreachable", "unreachable")


def test_a27_a_phone_found_in_time_changes_nothing() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.loses_phone("ann")
    desk.wait(59)
    desk.finds_phone("ann")
    desk.wait(60)
    assert desk.status("ann") is Status.AVAILABLE


def test_a27_waits_for_the_call_to_end() -> None:
    desk = on_call("ann", wrap_up_s=0)
    desk.loses_phone("ann")
    desk.wait(70)
    assert desk.agent("ann").contact == "c1"
    desk.leaves("ann")
    desk.wait(0)
    assert (desk.status("ann"), desk.agent("ann").reason) == (Status.OFF_PROMPT, "unreachable")


def test_going_on_duty_at_a_lost_phone_shows_why_nothing_rings_for_a_whole_minute() -> None:
    desk = Desk("ann")
    desk.loses_phone("ann")
    desk.wait(300)
    desk.ready("ann")
    assert desk.status("ann") is Status.UNREACHABLE
    desk.wait(59)
    assert desk.status("ann") is Status.UNREACHABLE
    desk.wait(1)
    assert desk.status("ann") is Status.OFF_PROMPT


def test_the_actor_and_reason_of_a_duty_change_are_told() -> None:
    desk = rung("ann")
    desk.off("ann", later=True)
    desk.talks("ann")
    desk.leaves("ann")
    on, off = desk.told(story.DutyChanged)
    assert on == story.DutyChanged(1000.0, "ann", is_available=True, reason="", actor="ann")
    assert off == story.DutyChanged(desk.now, "ann", is_available=False, reason="self", actor="ann")


def test_staying_off_answers_a_prompt_and_takes_back_no_other_wish() -> None:
    desk = rung("ann")
    desk.rejects("ann")
    desk.dials("ann")
    desk.ready("ann")
    desk.stays_off("ann")
    assert desk.agent("ann").pending == "on"


def test_the_guard_starts_with_a_change_by_itself_and_not_with_the_persons_own() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    assert desk.agent("ann").changed_by_itself_at < 0
    desk.wait(5)
    desk.caller("c1")
    assert desk.agent("ann").changed_by_itself_at == desk.agent("ann").ringing_since == desk.now
    desk.wait(3)
    desk.off("ann")
    assert desk.agent("ann").changed_by_itself_at == desk.now - 3


def test_since_counts_from_the_change_of_the_shown_status() -> None:
    desk = rung("ann")
    desk.wait(4)
    desk.picks_up("ann")
    answered_at = desk.now
    desk.wait(1)
    desk.off("ann", later=True)
    assert desk.agent("ann").since == answered_at


@pytest.mark.parametrize("name", ["nobody", ""])
def test_events_that_name_an_unknown_agent_mean_nothing(name: str) -> None:
    desk = Desk("ann")
    for step in (desk.ready, desk.off, desk.stays_off, desk.ends_wrap_up, desk.finds_phone, desk.loses_phone):
        step(name)
    desk.dials(name)
    desk.connects(name)
    desk.ends_leg(name)
    assert set(desk.acd.state.agents) == {"ann"}
