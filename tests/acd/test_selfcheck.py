"""The self-check names what must never be, and healing puts it right so that no caller is lost (I-17, I-25, M-22)."""

from collections.abc import Callable

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.engine import Acd
from appliance.acd.model import AgentState, ContactState, State
from appliance.acd.office import Office
from appliance.acd.selfcheck import violations
from appliance.acd.settings import QueueSettings
from appliance.acd.tables import Happening
from tests.acd.desk import Desk, arrives, copy_of

AB = ("ann", "bob")


def busy_office() -> State:
    """Ann talks with c1; bob is rung for c2; c3 waits."""
    desk = Desk(*AB)
    desk.ready(*AB)
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    desk.caller("c3")
    assert violations(desk.acd.state) == ()
    return copy_of(desk.acd.state)


def agent_without_leg(state: State) -> None:
    state.agents["ann"].offer = ""
    del state.offers["o1"]


def agent_rings_nothing(state: State) -> None:
    state.agents["bob"].offer = ""
    del state.offers["o2"]


def caller_with_lost_offer(state: State) -> None:
    state.contacts["c2"].ringing.clear()


def waits_beside_a_free_agent(state: State) -> None:
    office = Office(state)
    office.move(state.agents["bob"], Happening.WITHDRAWN)
    state.agents["bob"].offer = ""
    state.offers.clear()
    state.contacts.pop("c1")
    state.contacts.pop("c2")
    office.move(state.agents["ann"], Happening.LEGS_LOST)
    state.agents["ann"].offer = ""


def leg_of_an_idle_agent(state: State) -> None:
    state.agents["bob"].state = AgentState.FREE


def offer_without_contact(state: State) -> None:
    del state.contacts["c2"]


def away_for_ever(state: State) -> None:
    contact = state.contacts["c3"]
    contact.state, contact.until = ContactState.AWAY, 0.0


BREAKS: list[tuple[Callable[[State], None], str]] = [
    (agent_without_leg, "I-17: agent ann is busy without a live leg"),
    (agent_without_leg, "I-03: contact c1 is connected with nobody"),
    (agent_rings_nothing, "I-01: agent bob is ringing with 0 open offers"),
    (agent_rings_nothing, "I-03: contact c2 is offering and nobody is rung"),
    (caller_with_lost_offer, "I-03: contact c2 is offering and nobody is rung"),
    (waits_beside_a_free_agent, "I-25: contact c3 waits beside a free agent"),
    (leg_of_an_idle_agent, "I-01: agent bob is free with 1 open offers"),
    (offer_without_contact, "I-03: offer o2 is for contact c2, which is gone"),
    (away_for_ever, "I-03: contact c3 is away for ever"),
]


@pytest.mark.parametrize(("harm", "sentence"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_must_never_be_is_named(harm: Callable[[State], None], sentence: str) -> None:
    state = busy_office()
    harm(state)
    assert sentence in violations(state)


@pytest.mark.parametrize("harm", sorted({harm for harm, _ in BREAKS}, key=lambda harm: harm.__name__))
def test_healing_puts_it_right_tells_it_and_counts_it(harm: Callable[[State], None]) -> None:
    state = busy_office()
    harm(state)
    acd, found = Acd(state), violations(state)
    acd.handle(ev.Healed(found), state.at + 1)
    assert acd.violations() == ()
    assert state.healed == len(found)
    told = [fact.violation for fact in acd.drain_facts() if isinstance(fact, story.Healed)]
    assert told == list(found)
    assert [name for name, one in state.contacts.items() if one.state is ContactState.WAITING] in (
        [],
        ["c3"],
        ["c2", "c3"],
    )


def test_healing_a_healthy_office_changes_nothing_but_the_count_of_batches() -> None:
    state = busy_office()
    before = copy_of(state)
    assert Acd(state).handle(ev.Healed(()), state.at) == []
    before.seq += 1
    assert state == before


def test_a_healed_caller_is_rung_for_again() -> None:
    state = busy_office()
    agent_rings_nothing(state)
    commands = Acd(state).handle(ev.Healed(violations(state)), state.at + 1)
    assert "OpenOffer" in [type(command).__name__ for command in commands]


def test_an_index_that_lost_somebody_is_seen_and_built_anew() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    acd = desk.acd
    acd._office.free.discard("ann")  # a fault of ours: the state says free, the index does not
    acd.handle(arrives("c1"), desk.now)
    assert acd.violations() == ("I-25: contact c1 waits beside a free agent",)
    commands = acd.handle(ev.Healed(acd.violations()), desk.now)
    assert "OpenOffer" in [type(command).__name__ for command in commands]
    assert acd.violations() == ()
    Desk.made.clear()  # a fold has no faults of ours in it


def test_the_check_sees_a_caller_whom_skills_and_privacy_keep_waiting_as_well_served() -> None:
    desk = Desk("ann", queues=[QueueSettings("sales", "S", "1", ("ann",), "skills", skill="german")])
    desk.ready("ann")
    desk.caller("c1")
    assert desk.waiting() == ["c1"]
    assert violations(desk.acd.state) == ()
