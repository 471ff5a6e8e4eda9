"""Who gets how many calls over a long day: each strategy against what it promises, with chance from a fixed seed."""

import random
from collections import Counter

import pytest

from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.model import AgentState
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings, Skill
from appliance.acd.strategies import STRATEGIES

AGENTS = tuple(f"a{number}" for number in range(6))
CALLS = 3000


def served(strategy: str, seed: int = 7, load: float = 0.5, **options: bool) -> tuple[Counter[str], Counter[str]]:
    """Calls and talking seconds of each agent: Poisson arrivals, exponential talks, nobody ever declines.

    Everybody is served in the order they came, or it fails.
    """
    chance = random.Random(seed)
    people = tuple(AgentSettings(one, one, "1", skills=(Skill("x", rank // 2 + 1),)) for rank, one in enumerate(AGENTS))
    queue = QueueSettings("q", "Q", "1", AGENTS, strategy, wrap_up_s=0, skill="x", max_wait_s=0, **options)  # type: ignore[arg-type]
    acd, now = Acd(), 1000.0
    acd.handle(ev.Configured(OfficeSettings(people, (queue,))), now)
    for agent in AGENTS:
        acd.handle(ev.DutyOn(agent, agent), now)
    calls: Counter[str] = Counter(dict.fromkeys(AGENTS, 0))
    talked: Counter[str] = Counter()
    ends: dict[str, float] = {}
    arrival, last_served = now, 0.0
    while sum(calls.values()) < CALLS:
        leaving = min(ends, key=ends.__getitem__, default="")
        if leaving and ends[leaving] < arrival:
            now = ends.pop(leaving)
            acd.handle(ev.OfferLegEnded(leaving), now)
        else:
            now = arrival
            arrival += chance.expovariate(load * len(AGENTS) / 100)
            acd.handle(ev.CallerArrived(f"c{now}", "q", "", "", "sip"), now)
        for name, agent in acd.state.agents.items():
            if agent.state is AgentState.RINGING:
                offer = acd.state.offers[agent.offer]
                came = acd.state.contacts[offer.contact].t_enq
                assert came >= last_served, "somebody was overtaken"
                last_served = came
                acd.handle_batch((ev.OfferAccepted(offer.offer), ev.Bridged(offer.contact, offer.offer)), now)
                if agent.state is AgentState.BUSY:
                    calls[name] += 1
                    talk = chance.expovariate(1 / 100)
                    talked[name] += int(talk)
                    ends[offer.offer] = now + talk
        acd.drain_facts()
    return calls, talked


@pytest.mark.parametrize("strategy", ["round-robin", "longest-idle", "random", "fewest-calls"])
def test_fair_strategies_give_everybody_a_like_number_of_calls(strategy: str) -> None:
    calls, _ = served(strategy)
    assert max(calls.values()) - min(calls.values()) <= CALLS / len(AGENTS) * 0.12, calls


def test_fewest_calls_is_even_to_the_call() -> None:
    calls, _ = served("fewest-calls", load=0.3)
    assert max(calls.values()) - min(calls.values()) <= 5, calls


def test_most_idle_evens_out_the_time_and_not_the_number() -> None:
    _, talked = served("most-idle")
    _, by_order = served("fixed-order")
    assert max(talked.values()) / min(talked.values()) < 1.1, talked
    assert max(by_order.values()) / min(by_order.values()) > 1.3


@pytest.mark.parametrize("strategy", ["fixed-order", "simultaneous", "progressive"])
def test_fixed_order_prefers_the_first_of_the_list(strategy: str) -> None:
    calls, _ = served(strategy)
    assert [agent for agent, _ in calls.most_common()] == list(AGENTS)


def test_skills_prefer_the_best_and_are_fair_among_equals() -> None:
    calls, _ = served("skills")
    levels = [calls[AGENTS[at]] + calls[AGENTS[at + 1]] for at in (0, 2, 4)]
    assert levels == sorted(levels)
    assert abs(calls["a4"] - calls["a5"]) < 0.1 * calls["a4"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_i04_a_long_day_overtakes_nobody_whatever_the_strategy(strategy: str) -> None:
    calls, _ = served(strategy, seed=11, load=0.95)
    assert sum(calls.values()) == CALLS
    assert min(calls.values()) > 0, "somebody was never rung"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_i04_callers_are_served_in_the_order_they_came_whatever_the_strategy(strategy: str) -> None:
    acd = Acd()
    queue = QueueSettings("q", "Q", "1", AGENTS, strategy, wrap_up_s=0)
    people = tuple(AgentSettings(one, one, "1") for one in AGENTS)
    acd.handle(ev.Configured(OfficeSettings(people, (queue,))), 0.0)
    acd.handle_batch([ev.CallerArrived(f"c{n:03}", "q", "", "", "sip") for n in range(50)], 1.0)
    order = []
    for step in range(50):
        acd.handle(ev.DutyOn("a0", "a0"), 2.0 + step)
        offer = acd.state.offers[acd.state.agents["a0"].offer]
        order.append(offer.contact)
        events = (ev.OfferAccepted(offer.offer), ev.Bridged(offer.contact, offer.offer), ev.DutyOff("a0", "a0"))
        acd.handle_batch((*events, ev.OfferLegEnded(offer.offer)), 2.0 + step)
    assert order == [f"c{n:03}" for n in range(50)]
