"""Who is rung next: the single place that opens offers, run once after each drained batch (D-01).

Rule: the global order is `Contact.key` over all queues (D-04); a caller is passed over only when nobody at all can be
rung for them, so passing over starves nobody (I-04, I-25).
"""

import heapq

from appliance.acd import contacts, offers
from appliance.acd.model import Contact, ContactState
from appliance.acd.office import Office, Place
from appliance.acd.strategies import Choice, strategy

_Head = tuple[Place, str, int]  # the place, its queue, its index in that queue's line


def dispatch(office: Office) -> None:
    """Ring whom can be rung for, in order; then decide about callers whom nobody could be rung for."""
    if office.is_staffing_stale:
        _note_staffing(office)
    if office.free:
        for contact, agent in _pairs(office):
            offers.open_offer(office, contact, office.state.agents[agent])
        if office.is_staffing_stale:
            _note_staffing(office)
    unsettled, office.unsettled = office.unsettled, []
    for name in unsettled:
        contact_now = office.state.contacts.get(name)
        if contact_now is not None:
            contacts.settle(office, contact_now)


def _note_staffing(office: Office) -> None:
    """Note since when a queue has nobody a caller could wait for; T-noagent starts once (R-23)."""
    office.is_staffing_stale = False
    for name, queue in office.queues.items():
        memory = office.state.queues[name]
        is_staffed = any(agent in office.staffing for agent in queue.agents)
        if is_staffed:
            memory.unstaffed_since = None
        elif memory.unstaffed_since is None:
            memory.unstaffed_since = office.now
            for _, contact in office.waiting[name]:
                office.watch_waiting(office.state.contacts[contact])


def _pairs(office: Office) -> list[tuple[Contact, str]]:
    """Walk the lines of all queues as one, by key, and give each caller the agent their queue's strategy picks."""
    free = set(office.free)
    pairs: list[tuple[Contact, str]] = []
    heads = [head for queue in office.queues if (head := _head(office, queue, 0)) is not None]
    heapq.heapify(heads)
    while heads and free:
        (_, name), queue, index = heapq.heappop(heads)
        if not any(agent in free for agent in office.queues[queue].agents):
            continue  # nobody left for this whole line
        contact = office.state.contacts[name]
        candidates = now_for(office, contact, free)
        if candidates:
            agent = _pick(office, contact, candidates)
            free.discard(agent)
            pairs.append((contact, agent))
        following = _head(office, queue, index + 1)
        if following is not None:
            heapq.heappush(heads, following)
    return pairs


def _head(office: Office, queue: str, index: int) -> _Head | None:
    line = office.waiting[queue]
    return (line[index], queue, index) if index < len(line) else None


def now_for(office: Office, contact: Contact, free: set[str]) -> list[str]:
    """NOW(q, c) in the administrator's order: who declined comes last of all, and only after the retry gap (§3.5)."""
    candidates = [agent for agent in office.queues[contact.queue].agents if agent in free]
    if not contact.declined:
        return candidates
    fresh = [agent for agent in candidates if agent not in contact.declined]
    if fresh:
        return fresh
    return candidates if office.now >= contact.retry_at else []


def _pick(office: Office, contact: Contact, candidates: list[str]) -> str:
    queue, memory = office.queues[contact.queue], office.state.queues[contact.queue]
    agent = strategy(queue.strategy)(Choice(queue, memory, contact, candidates, office.now))
    if agent in contact.declined:
        contact.declined.clear()  # the pass is over, a new one begins
        contact.retry_at = 0.0
    return agent


def is_dispatchable(office: Office, contact: Contact) -> bool:
    """Whether an offer would be opened for this caller now; false for every caller after each dispatch (I-25)."""
    if contact.state is not ContactState.WAITING or contact.queue not in office.queues:
        return False
    return bool(now_for(office, contact, office.free))
