"""Whom to ring among those who can be rung: the queue strategies of acd.md §3.5, by name.

A strategy orders the candidates by values, smallest first; ties break by (rank in the list, agent id). What it must
remember is a field of `QueueState` or `Agent`, never of this module, and changes only in the functions named after what
happened: `picked`, `turn_taken`, `answered`, `day_began`, `joined`. Ordering alone changes nothing, so that the page
may ask who is next (U-03).
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.acd import load, shuffle
from appliance.acd.eligible import level_of
from appliance.acd.model import AgentState, QueueState, State
from appliance.acd.settings import QueueSettings
from appliance.acd.why import Standing

Values = tuple[float, ...]


@dataclass(slots=True)
class Choice:
    """What a strategy decides from. `candidates` is NOW(q, c) in the administrator's order."""

    state: State
    queue: QueueSettings
    candidates: Sequence[str]

    @property
    def memory(self) -> QueueState:
        """What the queue remembers."""
        return self.state.queues[self.queue.queue]


Measure = Callable[[Choice], Sequence[Values]]


def fixed_order(choice: Choice) -> Sequence[Values]:
    """Lowest rank: rank 1, when free, always wins (F-01). Also the order in which a race is joined (F-07)."""
    return [()] * len(choice.candidates)


def round_robin(choice: Choice) -> Sequence[Values]:
    """Whose turn is next: those who had one lately are at the end of the rota (F-02)."""
    turn = _places(_rota(choice.queue, choice.memory))
    return [(turn[agent],) for agent in choice.candidates]


def longest_idle(choice: Choice) -> Sequence[Values]:
    """Idle since the earliest moment, over all queues (F-03)."""
    agents = choice.state.agents
    return [(agents[agent].idle_since,) for agent in choice.candidates]


def most_idle(choice: Choice) -> Sequence[Values]:
    """Least occupied over the last hour (F-06)."""
    agents = choice.state.agents
    team = [agents[agent] for agent in choice.queue.agents if agent in agents]
    asked = (agents[agent] for agent in choice.candidates)
    return [(share,) for share in load.occupancies(team, asked, choice.state.at)]


def skills(choice: Choice) -> Sequence[Values]:
    """Highest level first, then longest idle (F-05)."""
    agents = [choice.state.agents[agent] for agent in choice.candidates]
    return [(-float(level_of(one.settings, choice.queue.skill)), one.idle_since) for one in agents]


def random_deck(choice: Choice) -> Sequence[Values]:
    """Next in a shuffled deck; who cannot be rung keeps the card (F-04)."""
    place = _places(_deck(choice)[0])
    return [(place.get(agent, float(len(place))),) for agent in choice.candidates]


def _places(agents: Sequence[str]) -> dict[str, float]:
    return dict(zip(agents, map(float, range(len(agents))), strict=True))


def fewest_calls(choice: Choice) -> Sequence[Values]:
    """Fewest calls answered since midnight (F-06); who has not been here today stands with the least."""
    answered, least = choice.memory.answered, _least(choice.memory)
    return [(float(answered.get(agent, least)),) for agent in choice.candidates]


STRATEGIES: dict[str, Measure] = {
    "fixed-order": fixed_order,
    "round-robin": round_robin,
    "longest-idle": longest_idle,
    "most-idle": most_idle,
    "skills": skills,
    "random": random_deck,
    "fewest-calls": fewest_calls,
    "simultaneous": fixed_order,
    "progressive": fixed_order,
}


def ranking(choice: Choice) -> list[Standing]:
    """The candidates in the strategy's order. An unknown name is fixed order: no caller is lost to a misspelling."""
    values = STRATEGIES.get(choice.queue.strategy, fixed_order)(choice)
    standings = map(Standing, choice.candidates, values)
    return sorted(standings, key=_VALUES)  # stable, so ties stay in the administrator's order


_VALUES = operator.attrgetter("values")


# -- memory


def picked(choice: Choice, agent: str) -> None:
    """This agent is being rung: the card is played; with `rr_busy_to_end` the busy ones before them lose their turn."""
    strategy = choice.queue.strategy
    if strategy == "random":
        memory = choice.memory
        memory.deck, memory.seed = _deck(choice)
        if agent in memory.deck:
            memory.deck.remove(agent)
    elif strategy == "round-robin" and choice.queue.rr_busy_to_end:
        memory = choice.memory
        rota = _rota(choice.queue, memory)
        agents, free = choice.state.agents, (AgentState.FREE, AgentState.OFF)
        before = rota[: rota.index(agent)]
        busy = [one for one in before if one in agents and agents[one].state not in free]
        memory.rota = [one for one in rota if one not in busy] + busy


def turn_taken(queue: QueueSettings, memory: QueueState, agent: str) -> None:
    """The agent answered, declined or let it ring: to the end of the rota."""
    if agent in queue.agents:
        memory.rota = _rota(queue, memory)
        memory.rota.remove(agent)
        memory.rota.append(agent)


def answered(memory: QueueState, agent: str) -> None:
    """One more call since midnight."""
    if agent not in memory.answered:
        memory.answered[agent] = _least(memory)
    memory.answered[agent] += 1


def _least(memory: QueueState) -> int:
    """What whoever has not been here today stands with."""
    return min(memory.answered.values(), default=0)


def joined(state: State, agent: str) -> None:
    """The agent went on duty: a late joiner starts at the team's minimum, not at nothing."""
    for queue in state.office.queues:
        if agent in queue.agents:
            memory = state.queues[queue.queue]
            memory.answered.setdefault(agent, _least(memory))


def day_began(state: State) -> None:
    """Midnight: everybody who is on duty starts at nothing; the others when they come."""
    for queue in state.office.queues:
        here = [one for one in queue.agents if one in state.agents and state.agents[one].is_available]
        state.queues[queue.queue].answered = dict.fromkeys(here, 0)


def _rota(queue: QueueSettings, memory: QueueState) -> list[str]:
    """The queue's members by turn: the order remembered, then the new ones in the administrator's."""
    if len(memory.rota) == len(queue.agents) and set(memory.rota) == set(queue.agents):
        return memory.rota
    known = [agent for agent in memory.rota if agent in queue.agents]
    return known + [agent for agent in queue.agents if agent not in known]


def _deck(choice: Choice) -> tuple[list[str], int]:
    """The deck to draw from and its generator: a new one when no card that is left can be played."""
    memory = choice.memory
    if not set(memory.deck).isdisjoint(choice.candidates):
        return memory.deck, memory.seed
    seed = memory.seed or shuffle.first_seed(choice.state.office.seed, choice.queue.queue)
    return shuffle.shuffled(choice.queue.agents, seed)
