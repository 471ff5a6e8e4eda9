"""Who can be rung for whom: NOW and SOON of §3.1 as pure questions about the state, and the reason for every "no".

Rule: dispatch, the self-check (I-25) and "why did it ring me?" (U-13) all ask here, so they cannot disagree.
"""

from collections.abc import Collection
from functools import lru_cache
from itertools import filterfalse, islice

from appliance.acd.model import Agent, AgentState, Contact, Reach, State
from appliance.acd.settings import AgentSettings, QueueSettings
from appliance.acd.why import MOST_KEPT, Exclusion

_ENGAGED = {
    AgentState.OFF: "off",
    AgentState.OFF_BUSY: "off",
    AgentState.RINGING: "ringing",
    AgentState.BUSY: "busy",
    AgentState.WRAP_UP: "wrap_up",
}


def is_race(queue: QueueSettings) -> bool:
    """Whether the queue rings several agents at once for one caller (F-07)."""
    return queue.strategy in ("simultaneous", "progressive")


def first_ring(queue: QueueSettings) -> int:
    """How many phones ring first for a new caller."""
    if queue.strategy == "simultaneous":
        return queue.ring_cap or len(queue.agents)
    return 1


def level_of(agent: AgentSettings, skill: str) -> int:
    """The agent's level in a skill, 0 without it."""
    for one in agent.skills:
        if one.skill == skill:
            return one.level
    return 0


def members(state: State, queue: QueueSettings, free: Collection[str]) -> list[str]:
    """The queue's members who are free and take its calls, in the administrator's order."""
    agents, name = state.agents, queue.queue
    return [one for one in filter(free.__contains__, queue.agents) if name not in agents[one].private]


def now_for(state: State, queue: QueueSettings, contact: Contact, free: Collection[str]) -> list[str]:
    """NOW(q, c) in the administrator's order: who declined comes last of all, and only after the retry gap (§3.5).

    While the last agent is waited for, nobody else can be rung (F-08); a race takes nobody twice in one pass.
    """
    return among(state, queue, contact, members(state, queue, free))


def among(state: State, queue: QueueSettings, contact: Contact, able: list[str]) -> list[str]:
    """Those of the queue's free members who can be rung for this caller."""
    able = _with_skill(state, queue, contact, able)
    if not able:
        return able
    if contact.last_agent and (last := _awaited(state, queue, contact)) is not None:
        return [last] if last in able else []
    if not contact.declined:
        return able
    fresh = [agent for agent in able if agent not in contact.declined]
    if fresh:
        return fresh
    return able if state.at >= contact.retry_at and not contact.ringing else []


def _with_skill(state: State, queue: QueueSettings, contact: Contact, able: list[str]) -> list[str]:
    if queue.strategy != "skills" or not queue.skill:
        return able
    needed = needed_level(queue, contact)
    return [one for one in able if level_of(state.agents[one].settings, queue.skill) >= needed]


def needed_level(queue: QueueSettings, contact: Contact) -> int:
    """The level this caller is waiting for now; one who came under another strategy waits for the full one."""
    return contact.needs if contact.needs_for == queue.queue else queue.skill_min


def has_full_skill(state: State, queue: QueueSettings, agent: str) -> bool:
    """Whether the agent would do for a caller who has just come."""
    if queue.strategy != "skills" or not queue.skill:
        return True
    return level_of(state.agents[agent].settings, queue.skill) >= queue.skill_min


def _awaited(state: State, queue: QueueSettings, contact: Contact) -> str | None:
    """The last agent, while they are the only one to ring: free now, or here and waited for (F-08)."""
    name = contact.last_agent
    if not queue.last_agent or name in contact.declined or name not in queue.agents:
        return None
    agent = state.agents.get(name)
    if agent is None or not can_be_waited_for(agent, queue.queue):
        return None
    return name if contact.sticky_until and state.at < contact.sticky_until else None


def can_be_waited_for(agent: Agent, queue: str) -> bool:
    """NOW or SOON for this queue (§3.1)."""
    return agent.is_staffing and queue not in agent.private


def is_staffed(state: State, queue: QueueSettings, staffing: Collection[str]) -> bool:
    """Whether anybody is in NOW or SOON; `staffing` names the agents who are for their other queues."""
    return any(one in staffing and queue.queue not in state.agents[one].private for one in queue.agents)


def exclusions(
    state: State, queue: QueueSettings, contact: Contact, candidates: Collection[str]
) -> tuple[Exclusion, ...]:
    """Why the queue's other members cannot be rung for this caller (U-13), the first `MOST_KEPT` of them."""
    others = tuple(islice(filterfalse(candidates.__contains__, queue.agents), MOST_KEPT))
    agents, is_free = state.agents, AgentState.FREE
    reasons = [
        _reason(state, queue, contact, one)
        if (agent := agents.get(one)) is None or agent.state is is_free or agent.private or agent.is_leaving
        else _ENGAGED[agent.state]
        for one in others
    ]
    return tuple(map(_exclusion, others, reasons))


@lru_cache(maxsize=4096)
def _exclusion(agent: str, reason: str) -> Exclusion:
    """The same few are told with every offer: no need to make them anew."""
    return Exclusion(agent, reason)


def _reason(state: State, queue: QueueSettings, contact: Contact, name: str) -> str:
    agent = state.agents.get(name)
    if agent is None:
        return "unknown"
    if agent.is_leaving:
        return "leaving"
    if queue.queue in agent.private:
        return "private"
    if agent.state is not AgentState.FREE:
        return _ENGAGED[agent.state]
    if agent.reach is not Reach.OK:
        return "unreachable"
    if not _with_skill(state, queue, contact, [name]):
        return "skill"
    if name in contact.declined:
        return "declined"
    return "not_last_agent" if contact.last_agent and contact.last_agent != name else "other_caller"
