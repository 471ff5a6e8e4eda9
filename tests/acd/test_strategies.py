"""Each strategy of §3.5 read aloud: whom it rings, what it remembers, what does not count (F-01 to F-10)."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd import last_agent
from appliance.acd.model import Contact
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings, Skill
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives, office

ABC = ("ann", "bob", "cay")


def desk_with(strategy: str, *agents: str, **options: float | str | bool) -> Desk:
    """One queue "sales" with this strategy, nobody in wrap-up, everybody on duty in this order, a second apart."""
    people = agents or ABC
    settings = {"wrap_up_s": 0, **options}
    desk = Desk(*people, queues=[QueueSettings("sales", "Sales", "100", people, strategy, **settings)])  # type: ignore[arg-type]
    for agent in people:
        desk.ready(agent)
        desk.wait(1)
    return desk


def serve(desk: Desk, contact: str, seconds: float = 10) -> str:
    """A caller comes, somebody talks with them and hangs up; who was it?"""
    desk.caller(contact)
    offer = desk.acd.state.contacts[contact].offer
    agent = desk.acd.state.offers[offer].agent
    desk.talks(agent)
    desk.wait(seconds)
    desk.leaves(agent)
    desk.wait(1)
    return agent


# -- round robin


def test_f02_round_robin_goes_round_and_the_one_who_answered_is_last() -> None:
    desk = desk_with("round-robin")
    assert [serve(desk, f"c{n}") for n in range(5)] == ["ann", "bob", "cay", "ann", "bob"]


def test_f02_a_reject_and_a_missed_call_cost_the_turn_too() -> None:
    desk = desk_with("round-robin")
    desk.caller("c1")
    desk.rejects("ann")
    desk.expect("stop ann: declined", "hold c1", "ring bob for c1")
    desk.wait(20)
    desk.expect("stop bob: no_answer", "ring cay for c1")
    desk.talks("cay")
    desk.leaves("cay")
    desk.ready(*ABC)
    assert [serve(desk, f"d{n}") for n in range(3)] == ["ann", "bob", "cay"]


def test_f02_a_withdrawn_offer_costs_no_turn() -> None:
    desk = desk_with("round-robin")
    desk.caller("c1")
    desk.hangs_up("c1")
    assert serve(desk, "c2") == "ann"


def test_f02_a_busy_agent_keeps_the_turn() -> None:
    desk = desk_with("round-robin")
    desk.dials("ann")
    assert serve(desk, "c1") == "bob"
    desk.ends_leg("ann")
    assert serve(desk, "c2") == "ann"


def test_f02_with_the_switch_a_busy_agent_goes_to_the_end() -> None:
    desk = desk_with("round-robin", rr_busy_to_end=True)
    desk.dials("ann")
    assert serve(desk, "c1") == "bob"
    desk.ends_leg("ann")
    assert [serve(desk, "c2"), serve(desk, "c3"), serve(desk, "c4")] == ["cay", "ann", "bob"]


def test_f02_an_edit_of_the_list_keeps_the_relative_order_and_new_ones_come_last() -> None:
    desk = desk_with("round-robin")
    serve(desk, "c1")
    people = ("dan", "cay", "ann", "bob")
    desk.together(
        ev.Configured(
            office(*people, queues=[QueueSettings("sales", "Sales", "1", people, "round-robin", wrap_up_s=0)])
        )
    )
    desk.ready("dan")
    assert [serve(desk, f"d{n}") for n in range(4)] == ["bob", "cay", "ann", "dan"]


# -- longest idle


def test_f03_the_longest_idle_is_rung_first_over_all_queues() -> None:
    queues = [
        QueueSettings("sales", "Sales", "100", ABC, "longest-idle", wrap_up_s=0),
        QueueSettings("help", "Help", "200", ("ann",), wrap_up_s=0),
    ]
    desk = Desk(*ABC, queues=queues)
    for agent in ABC:
        desk.ready(agent)
        desk.wait(1)
    desk.caller("h1", "help")
    desk.talks("ann")
    desk.leaves("ann")
    desk.caller("c1")
    desk.expect("ringback c1", "ring bob for c1")


def test_f03_the_clock_starts_at_the_end_of_wrap_up() -> None:
    desk = desk_with("longest-idle", "ann", "bob", wrap_up_s=30)
    serve(desk, "c1", seconds=5)  # ann, in wrap-up for 30 s
    assert serve(desk, "c2", seconds=5) == "bob"  # his wrap-up ends after hers
    desk.wait(60)
    assert serve(desk, "c3") == "ann"


def test_f03_a_withdrawn_offer_does_not_reset_the_clock_and_going_off_and_on_does() -> None:
    desk = desk_with("longest-idle")
    desk.caller("c1")
    desk.hangs_up("c1")
    desk.caller("c2")
    desk.expect("ringback c2", "ring ann for c2")
    desk.hangs_up("c2")
    desk.off("ann")
    desk.ready("ann")
    desk.caller("c3")
    desk.expect("ringback c3", "ring bob for c3")


@pytest.mark.parametrize(("resets", "first"), [(True, "bob"), (False, "ann")])
def test_f03_an_outgoing_call_resets_the_clock_unless_switched_off(resets: bool, first: str) -> None:
    people = tuple(AgentSettings(name, name, "1") for name in ABC)
    queue = QueueSettings("sales", "Sales", "100", ABC, "longest-idle", wrap_up_s=0)
    desk = desk_with("longest-idle")
    desk.together(ev.Configured(OfficeSettings(people, (queue,), outbound_resets_idle=resets)))
    desk.dials("ann")
    desk.connects("ann")
    desk.ends_leg("ann")
    assert serve(desk, "c1") == first


# -- most idle


def test_f06_the_least_occupied_of_the_last_hour_is_rung_first() -> None:
    desk = desk_with("most-idle", "ann", "bob")
    assert serve(desk, "c1", seconds=600) == "ann"
    assert [serve(desk, f"d{n}", seconds=100) for n in range(5)] == ["bob"] * 5
    desk.wait(2400)
    serve(desk, "e1", seconds=30)  # bob: 530 s in all
    desk.wait(1000)  # ann's call is more than an hour ago, bob's last one is not
    assert serve(desk, "c9") == "ann"


def test_f06_direct_calls_and_wrap_up_count_as_work() -> None:
    desk = desk_with("most-idle", "ann", "bob")
    desk.dials("ann")
    desk.wait(60)
    desk.ends_leg("ann")
    assert serve(desk, "c1", seconds=1) == "bob"


def test_f06_a_newcomer_is_not_flooded() -> None:
    desk = desk_with("most-idle", "ann", "bob", "cay")
    desk.off("cay")
    for n in range(6):
        serve(desk, f"c{n}", seconds=200)
    desk.ready("cay")
    served = [serve(desk, f"d{n}", seconds=200) for n in range(6)]
    assert 1 <= served.count("cay") <= 4


# -- skills


def skilled(**options: float) -> Desk:
    people = (
        AgentSettings("ann", "Ann", "101", skills=(Skill("german", 1),)),
        AgentSettings("bob", "Bob", "102", skills=(Skill("german", 3), Skill("french", 9))),
        AgentSettings("cay", "Cay", "103"),
    )
    values = {"skill_min": 3, "skill_floor": 1, "relax_s": 10, "wrap_up_s": 0, "no_agent_s": 100, **options}
    queue = QueueSettings("sales", "Sales", "100", ABC, "skills", skill="german", **values)  # type: ignore[arg-type]
    desk = Desk(*ABC)
    desk.together(ev.Configured(OfficeSettings(people, (queue,))))
    return desk


def test_f05_the_most_skilled_goes_first_and_who_lacks_the_skill_is_never_rung() -> None:
    desk = skilled(skill_min=1)
    desk.ready(*ABC)
    desk.caller("c1")
    desk.expect("ringback c1", "ring bob for c1")
    desk.caller("c2")
    desk.expect("ringback c2", "ring ann for c2")
    desk.caller("c3")
    desk.expect("hold c3")


def test_f05_the_demand_gives_way_one_level_at_a_time_down_to_the_floor() -> None:
    desk = skilled()
    desk.ready("ann", "cay")
    desk.caller("c1")
    desk.expect("hold c1")
    desk.wait(19.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("ring ann for c1")
    desk.rejects("ann")
    desk.wait(50)  # the floor holds: cay has no german
    assert desk.status("cay") is Status.AVAILABLE


def test_f05_who_can_only_be_served_by_a_specialist_does_not_hold_up_the_others() -> None:
    queues = [
        QueueSettings("sales", "Sales", "1", ("ann", "bob"), "skills", skill="german", skill_min=3, skill_floor=3),
        QueueSettings("help", "Help", "2", ("ann",)),
    ]
    people = (AgentSettings("ann", "Ann", "101"), AgentSettings("bob", "Bob", "102", skills=(Skill("german", 3),)))
    desk = Desk("ann")
    desk.together(ev.Configured(OfficeSettings(people, tuple(queues))))
    desk.ready("ann")
    desk.together(arrives("s1"), arrives("s2"), arrives("h1", "help"))
    desk.expect("ringback h1", "ring ann for h1", "hold s1", "hold s2")


def test_f05_callers_from_before_the_skills_strategy_do_not_hide_who_needs_no_skill() -> None:
    people = (AgentSettings("ann", "Ann", "101"),)
    plain = QueueSettings("sales", "S", "1", ("ann",))
    asked = QueueSettings("sales", "S", "1", ("ann",), "skills", skill="german", skill_min=3, skill_floor=0)
    desk = Desk("ann")
    desk.together(ev.Configured(OfficeSettings(people, (plain,))), arrives("c1"))
    lower = replace(asked, skill_min=0)
    desk.together(ev.Configured(OfficeSettings(people, (lower,))), arrives("c2"))
    desk.together(ev.Configured(OfficeSettings(people, (asked,))), ev.DutyOn("ann", "ann"))
    desk.expect("ring ann for c2")


# -- random deck


def test_f04_every_deck_has_everybody_once_and_the_same_seed_the_same_order() -> None:
    first, again = desk_with("random"), desk_with("random")
    served = [serve(first, f"c{n}") for n in range(30)]
    assert served == [serve(again, f"c{n}") for n in range(30)]
    decks = [tuple(served[at : at + 3]) for at in range(0, 30, 3)]
    assert all(sorted(deck) == list(ABC) for deck in decks)
    assert len(set(decks)) > 2


def test_f04_who_cannot_be_rung_keeps_the_card() -> None:
    desk = desk_with("random")
    desk.dials("bob")
    served = [serve(desk, "c1"), serve(desk, "c2")]
    desk.ends_leg("bob")
    assert [*sorted(served), serve(desk, "c3")] == ["ann", "cay", "bob"]


# -- fewest calls


def test_f06_who_answered_least_today_is_rung_first_and_midnight_begins_anew() -> None:
    desk = desk_with("fewest-calls", "ann", "bob")
    desk.together(ev.DayBegan("2026-11-23"))
    desk.dials("bob")
    serve(desk, "c1")
    serve(desk, "c2")
    desk.ends_leg("bob")
    assert [serve(desk, f"d{n}") for n in range(3)] == ["bob", "bob", "ann"]
    desk.together(ev.DayBegan("2026-11-23"))  # told again: still the same day
    assert serve(desk, "e1") == "bob"
    desk.together(ev.DayBegan("2026-11-24"))
    assert [serve(desk, f"f{n}") for n in range(2)] == ["ann", "bob"]


def test_f06_a_late_joiner_starts_at_the_teams_minimum() -> None:
    desk = desk_with("fewest-calls")
    desk.off("cay")
    desk.together(ev.DayBegan("2026-11-24"))
    for n in range(4):
        serve(desk, f"c{n}")
    desk.ready("cay")
    served = [serve(desk, f"d{n}") for n in range(6)]
    assert served.count("cay") == 2  # everybody has two each, not she the first two and more


# -- last agent


def test_f08_the_last_agent_goes_first() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring bob for c2")


def test_f08_a_busy_last_agent_is_waited_for_no_longer_than_t_sticky() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    serve(desk, "c1")
    desk.dials("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("hold c2")
    desk.wait(19.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("ring bob for c2")


def test_f08_without_waiting_a_free_last_agent_is_still_preferred() -> None:
    desk = desk_with("fixed-order", last_agent=True, sticky_s=0)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring bob for c2")
    desk.dials("cay")
    desk.together(ev.CallerArrived("c3", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c3", "ring ann for c3")


def test_f08_a_last_agent_who_comes_free_in_time_gets_the_call() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.dials("bob")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.wait(10)
    desk.ends_leg("bob")
    desk.expect("ring bob for c2")


@pytest.mark.parametrize("event", [ev.DutyOff("ann", "ann"), ev.PrivacyChanged("ann", "sales", on=True)])
def test_f08_off_duty_or_private_is_not_waited_for(event: ev.Event) -> None:
    desk = desk_with("fixed-order", last_agent=True)
    serve(desk, "c1")
    desk.together(event)
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring bob for c2")


def test_f08_who_declined_is_not_preferred_any_more() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.rejects("bob")
    desk.expect("stop bob: declined", "hold c2", "ring ann for c2")


def test_f08_is_forgotten_after_ninety_days_and_bounded() -> None:
    desk = desk_with("fixed-order", last_agent=True)
    desk.together(ev.DayBegan("2026-01-01"))
    desk.off("ann")
    serve(desk, "c1")
    desk.ready("ann")
    desk.together(ev.DayBegan("2026-04-01"))
    assert desk.acd.state.last_talks["555-c1"].agent == "bob"
    desk.together(ev.DayBegan("2026-04-02"))
    assert desk.acd.state.last_talks == {}
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring ann for c2")


def test_f08_remembers_so_many_callers_and_drops_the_oldest() -> None:
    desk = desk_with("fixed-order", "ann")
    serve(desk, "c1")
    serve(desk, "c2")
    (contact, other) = (Contact(name, "sales", name, "", "sip", 0, False, 0.0, 1) for name in ("555-c1", "x"))
    last_agent.remember(desk.acd.state, contact, "ann")  # again: no longer the oldest
    for n in range(last_agent.MOST_KEPT - 2):
        last_agent.remember(desk.acd.state, replace(other, number=str(n)), "ann")
    assert len(desk.acd.state.last_talks) == last_agent.MOST_KEPT
    last_agent.remember(desk.acd.state, other, "ann")
    assert ("555-c1" in desk.acd.state.last_talks, "555-c2" in desk.acd.state.last_talks) == (True, False)
    last_agent.remember(desk.acd.state, replace(other, number=""), "ann")
    assert "" not in desk.acd.state.last_talks
    desk.journal.clear()
    desk.made.clear()  # nobody journalled what was written here by hand


# -- privacy, ageing, groups


def test_a28_a_private_agent_is_not_rung_for_that_queue_and_not_waited_for() -> None:
    desk = desk_with("fixed-order", "ann", "bob", no_agent_s=20)
    desk.together(ev.PrivacyChanged("ann", "sales", on=True, actor="ann"))
    desk.caller("c1")
    desk.expect("ringback c1", "ring bob for c1")
    desk.together(ev.PrivacyChanged("bob", "sales", on=True, actor="bob"))
    desk.expect("stop bob: private", "hold c1")
    assert desk.agent("bob").is_private_everywhere
    assert (desk.status("bob"), desk.agent("bob").prompt) == (Status.AVAILABLE, "")
    desk.wait(20)
    desk.expect("dismiss c1: no_agent")


def test_a28_privacy_lifted_rings_at_once() -> None:
    desk = desk_with("fixed-order", "ann")
    desk.together(ev.PrivacyChanged("ann", "sales", on=True))
    desk.caller("c1")
    desk.together(ev.PrivacyChanged("ann", "sales", on=False))
    desk.expect("ring ann for c1")
    assert not desk.agent("ann").is_private_everywhere


def test_a28_privacy_of_one_queue_is_none_of_another() -> None:
    queues = [QueueSettings(name, name, "1", ("ann",)) for name in ("sales", "help")]
    desk = Desk("ann", queues=queues)
    desk.ready("ann")
    desk.together(ev.PrivacyChanged("ann", "sales", on=True), ev.PrivacyChanged("ann", "nowhere", on=True))
    assert (desk.agent("ann").private, desk.agent("ann").is_private_everywhere) == (("sales",), False)
    desk.caller("h1", "help")
    desk.expect("ringback h1", "ring ann for h1")
    desk.together(ev.PrivacyChanged("ann", "sales", on=False))
    desk.expect()


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
