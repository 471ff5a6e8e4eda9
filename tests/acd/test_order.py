"""Who of the callers goes first: ageing priorities (F-10), ring groups beside queues, and who is rung next (U-03)."""

from appliance.acd import events as ev
from appliance.acd.settings import OfficeSettings, QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk
from tests.acd.test_strategies import ABC, desk_with


def test_f10_with_ageing_a_step_of_priority_is_worth_so_much_waiting() -> None:
    desk = desk_with("fixed-order", "ann")
    settings = OfficeSettings(desk.acd.state.office.agents, desk.acd.state.office.queues, ageing_s=60)
    desk.together(ev.Configured(settings))
    desk.off("ann")
    desk.caller("old")
    desk.wait(10)
    desk.caller("vip", priority=1)
    desk.wait(5)
    desk.caller("new")
    assert desk.waiting() == ["vip", "old", "new"]
    desk.wait(3)
    desk.together(*(ev.DutyOn("ann", "ann"),))
    desk.expect("ring ann for vip")


def test_f10_nobody_starves_behind_priority_with_ageing() -> None:
    desk = desk_with("fixed-order", "ann", no_agent_s=1000)
    settings = OfficeSettings(desk.acd.state.office.agents, desk.acd.state.office.queues, ageing_s=60)
    desk.together(ev.Configured(settings))
    desk.off("ann")
    desk.caller("old")
    desk.wait(61)
    desk.caller("vip", priority=1)
    assert desk.waiting() == ["old", "vip"]


def group(strategy: str = "fixed-order", **options: float) -> Desk:
    desk = Desk(*ABC, queues=[QueueSettings("door", "Door", "9", ABC, strategy, is_group=True, **options)])  # type: ignore[arg-type]
    desk.ready("ann", "bob")
    return desk


def test_a_ring_group_tries_everybody_once_sends_nobody_off_duty_and_lets_nobody_wait() -> None:
    desk = group(ring_s=15)
    desk.caller("c1", "door")
    desk.expect("ringback c1", "ring ann for c1")
    desk.wait(15)
    desk.expect("stop ann: no_answer", "ring bob for c1")  # and still ringback
    desk.rejects("bob")
    desk.expect("stop bob: declined", "dismiss c1: no_answer")
    assert (desk.status("ann"), desk.status("bob")) == (Status.AVAILABLE, Status.AVAILABLE)
    assert (desk.agent("ann").prompt, desk.agent("bob").prompt) == ("", "")


def test_a_ring_group_rings_all_at_once_and_misses_raise_no_prompt() -> None:
    desk = group("simultaneous", ring_s=15)
    for n in range(4):
        desk.caller(f"c{n}", "door")
        desk.wait(15)
    desk.expect("stop ann: no_answer", "stop bob: no_answer", "dismiss c3: no_answer")
    assert desk.agent("ann").prompt == ""


def test_a_ring_group_says_busy_or_nobody_there() -> None:
    desk = group()
    desk.dials("ann", "l1")
    desk.dials("bob", "l2")
    desk.caller("c1", "door")
    desk.expect("dismiss c1: busy")
    desk.off("ann")
    desk.off("bob")
    desk.caller("c2", "door")
    desk.expect("dismiss c2: no_agent")


# -- next up


def test_u03_next_up_shows_whom_the_next_caller_of_each_queue_would_ring_and_asking_changes_nothing() -> None:
    queues = [
        QueueSettings("sales", "Sales", "1", ("ann", "bob"), "random"),
        QueueSettings("help", "Help", "2", ("bob", "cay"), "simultaneous", ring_cap=2),
    ]
    desk = Desk(*ABC, queues=queues)
    desk.ready(*ABC)
    shown = {agent.agent: agent.next_up for agent in desk.acd.view(desk.now).agents}
    assert shown == {agent.agent: agent.next_up for agent in desk.acd.view(desk.now).agents}
    assert shown["cay"] == ("help",)
    (first,) = [agent for agent, queues_ in shown.items() if "sales" in queues_]
    desk.caller("c1", "sales")
    desk.expect("ringback c1", f"ring {first} for c1")


def test_u03_nobody_is_next_up_when_nobody_is_free() -> None:
    desk = desk_with("fixed-order", "ann")
    assert desk.agent("ann").next_up == ("sales",)
    desk.dials("ann")
    assert desk.agent("ann").next_up == ()
