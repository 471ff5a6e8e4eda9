"""Each strategy of §3.5 read aloud: whom it rings, what it remembers, what does not count (F-01 to F-10)."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings, Skill
from appliance.acd.story import Fact, OfferOpened
from appliance.acd.strategies import STRATEGIES
from appliance.acd.view import Status
from appliance.acd.why import Why
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


def test_f06_who_is_added_to_the_queue_while_on_duty_begins_with_the_least_of_the_others() -> None:
    desk = desk_with("fewest-calls", "ann")
    alone = desk.acd.state.office.queues[0]
    desk.together(ev.Configured(office("ann", "bob", queues=[alone])))
    desk.ready("bob")
    assert [serve(desk, f"c{number}") for number in range(3)] == ["ann", "ann", "ann"]
    desk.together(ev.Configured(office("ann", "bob", queues=[replace(alone, agents=("ann", "bob"))])))
    desk.dials("ann")
    assert serve(desk, "c3") == "bob"
    desk.ends_leg("ann")
    assert serve(desk, "c4") == "ann"  # three calls against four, not against one


# -- what an offer keeps of it


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_i22_ordering_values_are_written_and_read_again_as_the_same_figures(strategy: str) -> None:
    """A whole number in place of a fraction would be written otherwise than it is read."""
    desk = desk_with(strategy)
    for number in range(2):  # the second time somebody has no card left, a call more, a turn less
        serve(desk, f"c{number}")
    values = [value for fact in desk.told(OfferOpened) for one in _why(fact).standings for value in one.values]
    assert {type(value) for value in values} <= {float}


def _why(fact: Fact) -> Why:
    assert isinstance(fact, OfferOpened)
    assert fact.why is not None
    return fact.why
