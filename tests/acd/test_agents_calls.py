"""Own calls and wrap-up as agents live through them: S-11 to S-15."""

import pytest

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


def test_s11_dialling_while_available_is_on_call_and_nothing_rings() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.dials("ann")
    assert (desk.status("ann"), desk.agent("ann").outbound) == (Status.ON_CALL, True)
    desk.caller("c1")
    desk.expect("hold c1")


@pytest.mark.parametrize(
    ("queue", "connected", "after"),
    [
        ("sales", True, Status.WRAP_UP),
        ("sales", False, Status.AVAILABLE),  # D-14
        ("", True, Status.AVAILABLE),
    ],
)
def test_s11_only_a_connected_call_for_the_queue_earns_wrap_up(queue: str, connected: bool, after: Status) -> None:
    """D-14: a call that did not connect earns none."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.dials("ann", queue=queue)
    if connected:
        desk.connects("ann")
    desk.ends_leg("ann")
    assert desk.status("ann") is after


def test_s12_dialling_off_duty_stays_off_duty_without_wrap_up() -> None:
    desk = Desk("ann")
    desk.dials("ann", queue="sales")
    assert desk.status("ann") is Status.OFF_ON_CALL
    desk.connects("ann")
    desk.ends_leg("ann")
    assert desk.status("ann") is Status.OFF
    desk.ready("ann")
    assert desk.status("ann") is Status.AVAILABLE


def test_a_second_leg_keeps_the_agent_busy_until_it_ends_too() -> None:
    desk = on_call("ann")
    desk.dials("ann")
    desk.leaves("ann")
    assert desk.status("ann") is Status.ON_CALL
    desk.wait(5)
    desk.ends_leg("ann")
    assert desk.status("ann") is Status.WRAP_UP
    assert desk.agent("ann").wrap_until == desk.now + 30


def test_s13_no_queue_rings_during_wrap_up_and_the_next_call_follows_it() -> None:
    """T-wrap, D-08: it is the agent's."""
    queues = [
        QueueSettings("sales", "Sales", "1", ("ann",), wrap_up_s=30),
        QueueSettings("help", "Help", "2", ("ann",)),
    ]
    desk = Desk("ann", queues=queues)
    desk.ready("ann")
    desk.caller("s1", "sales")
    desk.talks("ann")
    desk.caller("h1", "help")
    desk.leaves("ann")
    desk.expect("release s1: agent_left")
    assert desk.agent("ann").wrap_until == desk.now + 30
    desk.wait(29.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("ring ann for h1")


def test_s13_without_wrap_up_seconds_the_agent_is_free_at_once() -> None:
    desk = in_wrap_up("ann", wrap_up_s=0)
    assert desk.status("ann") is Status.AVAILABLE


def test_s14_ending_wrap_up_frees_the_agent_at_once_and_twice_means_once() -> None:
    desk = in_wrap_up("ann")
    desk.wait(12)
    desk.caller("c2")
    desk.ends_wrap_up("ann")
    desk.expect("ring ann for c2")
    desk.hangs_up("c2")
    desk.ends_wrap_up("ann")
    assert desk.status("ann") is Status.AVAILABLE
    (wrap_up,) = desk.told(story.WrapUpFinished)
    assert wrap_up == story.WrapUpFinished(desk.now, "ann", 12)


def test_s15_going_off_duty_ends_wrap_up_and_stays_off() -> None:
    desk = in_wrap_up("ann")
    desk.wait(7)
    desk.off("ann")
    assert (desk.status("ann"), desk.agent("ann").wrap_until) == (Status.OFF, 0)
    assert desk.told(story.WrapUpFinished) == [story.WrapUpFinished(desk.now, "ann", 7)]
    desk.wait(60)
    assert desk.status("ann") is Status.OFF


def test_s15_dialling_from_the_queues_number_ends_wrap_up_and_earns_a_new_one() -> None:
    desk = in_wrap_up("ann")
    desk.wait(10)
    desk.dials("ann", queue="sales")
    assert desk.told(story.WrapUpFinished) == [story.WrapUpFinished(desk.now, "ann", 10)]
    desk.connects("ann")
    desk.wait(5)
    desk.ends_leg("ann")
    assert desk.agent("ann").wrap_until == desk.now + 30


def test_s15_a_personal_call_lets_wrap_up_keep_counting() -> None:
    desk = in_wrap_up("ann")
    ends = desk.agent("ann").wrap_until
    desk.dials("ann")
    desk.connects("ann")
    desk.wait(10)
    desk.ends_leg("ann")
    assert (desk.status("ann"), desk.agent("ann").wrap_until) == (Status.WRAP_UP, ends)


def test_s15_wrap_up_that_ran_out_during_a_personal_call_lasted_its_time() -> None:
    desk = in_wrap_up("ann", wrap_up_s=30)
    desk.dials("ann")
    desk.wait(100)
    desk.ends_leg("ann")
    assert desk.status("ann") is Status.AVAILABLE
    assert [fact.lasted_s for fact in desk.told(story.WrapUpFinished) if isinstance(fact, story.WrapUpFinished)] == [30]


def test_off_after_the_call_means_no_wrap_up() -> None:
    desk = on_call("ann")
    desk.off("ann", later=True)
    assert (desk.status("ann"), desk.agent("ann").pending) == (Status.ON_CALL, "off")
    desk.leaves("ann")
    assert (desk.status("ann"), desk.agent("ann").reason) == (Status.OFF, "self")
    assert desk.agent("ann").pending == ""


def test_off_after_the_call_while_ringing_and_the_caller_gives_up() -> None:
    desk = rung("ann")
    desk.off("ann", later=True)
    desk.hangs_up("c1")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.OFF, "")


def test_a_call_that_came_to_nothing_does_not_cost_the_idle_place_and_a_conversation_does() -> None:
    desk = rung("ann")
    idle_since = desk.acd.state.agents["ann"].idle_since
    desk.wait(3)
    desk.hangs_up("c1")
    assert desk.acd.state.agents["ann"].idle_since == idle_since
    desk.dials("ann")
    desk.ends_leg("ann")
    assert desk.acd.state.agents["ann"].idle_since == idle_since
    desk.dials("ann")
    desk.connects("ann")
    desk.ends_leg("ann")
    assert desk.acd.state.agents["ann"].idle_since == desk.now


def test_a_conversation_without_wrap_up_starts_the_idle_clock_anew() -> None:
    desk = on_call("ann", wrap_up_s=0)
    desk.wait(60)
    desk.leaves("ann")
    assert desk.acd.state.agents["ann"].idle_since == desk.now


def test_a_wrap_up_that_ran_out_before_anybody_ticked_is_over_when_the_call_ends() -> None:
    desk = in_wrap_up("ann", wrap_up_s=30)
    desk.dials("ann")
    desk.now += 100
    desk.ends_leg("ann")
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.told(story.WrapUpFinished) == [story.WrapUpFinished(desk.now, "ann", 30)]
