"""Who is rung next: the single place that opens offers, run once after each drained batch (D-01).

Rule: the global order is `Contact.key` over all queues (D-04); a caller is passed over only when nobody at all can be
rung for them, so passing over starves nobody (I-04, I-25). A race that may still grow stands in the same order.
"""

import heapq
from collections.abc import Collection

from appliance.acd import admission, eligible, offers, strategies
from appliance.acd.deadlines import Alarm
from appliance.acd.memory import Race
from appliance.acd.model import Contact, ContactState
from appliance.acd.office import Office, Place
from appliance.acd.settings import QueueSettings
from appliance.acd.strategies import Choice
from appliance.acd.why import MOST_KEPT, Why

_Head = tuple[Place, str, int]  # the place, its queue, its index in that queue's line, or _RACE
_RACE = -2
_Pick = tuple[Contact, Why]  # ring the agent whom that names for this caller


def dispatch(office: Office) -> None:
    """Ring whom can be rung for, in order; then decide about callers whom nobody could be rung for."""
    _ring(office)
    settled: dict[str, None] = {}
    while office.unsettled:
        unsettled, office.unsettled = dict.fromkeys(office.unsettled), []
        settled |= unsettled
        for name in unsettled:  # each once: who is sent on must be tried there before anything else is decided
            contact = office.state.contacts.get(name)
            if contact is not None:
                admission.settle(office, contact)
        if office.unsettled:
            _ring(office)  # somebody was sent on to another queue
    for name in settled:
        if (waiting := office.state.contacts.get(name)) is not None:
            admission.stay(office, waiting)


def _ring(office: Office) -> None:
    admission.turn_away(office)
    if office.is_staffing_stale:
        _note_staffing(office)
    if office.free:
        for contact, why in _picks(office):
            offers.open_offer(office, contact, why)
        if office.is_staffing_stale:
            _note_staffing(office)


def _note_staffing(office: Office) -> None:
    """Note since when a queue has nobody a caller could wait for; T-noagent starts once (R-23)."""
    office.is_staffing_stale = False
    for name, queue in office.queues.items():
        memory = office.state.queues[name]
        if eligible.is_staffed(office.state, queue, office.staffing):
            memory.unstaffed_since = None
        elif memory.unstaffed_since is None:
            memory.unstaffed_since = office.now
            for _, contact in office.waiting[name]:
                office.watch_waiting(office.state.contacts[contact])


def _picks(office: Office) -> list[_Pick]:
    """Walk the lines of all queues and the open races as one, by key, and let each queue's strategy pick."""
    picks: list[_Pick] = []
    hopeless: set[tuple[str, int]] = set()
    able = _able(office)
    heads = [head for queue in able if (head := _head(office, queue, 0)) is not None] + _races(office, able)
    heapq.heapify(heads)
    while heads and able:
        (_, name), line, index = heapq.heappop(heads)
        if line not in able:
            continue  # nobody left for this whole line
        queue, contact = office.queues[line], office.state.contacts[name]
        demand = (line, eligible.needed_level(queue, contact))
        if demand not in hopeless:
            found = _pick(office, queue, contact, able[line])
            if found:
                _take(able, [why.agent for _, why in found])
                picks += found
            elif not contact.declined and not contact.sticky_until and contact.race is None:
                hopeless.add(demand)  # nobody free has the skill: neither for the next who needs as much
        if line in able and (following := _head(office, line, index + 1)) is not None:
            heapq.heappush(heads, following)
    return picks


def _able(office: Office) -> dict[str, list[str]]:
    """The queues that have free members, with them; whoever is picked is taken from all of these."""
    free, able = office.free, {}
    for name, members in office.members.items():
        if not free.isdisjoint(members) and (found := eligible.members(office.state, office.queues[name], free)):
            able[name] = found
    return able


def _take(able: dict[str, list[str]], agents: Collection[str]) -> None:
    for queue, members in list(able.items()):
        if left := [one for one in members if one not in agents]:
            able[queue] = left
        else:
            del able[queue]


def _head(office: Office, queue: str, index: int) -> _Head | None:
    line = office.waiting[queue]
    return (line[index], queue, index) if 0 <= index < len(line) else None


def _races(office: Office, able: Collection[str]) -> list[_Head]:
    """Open races, in queues with free members, that may take one more agent now."""
    heads: list[_Head] = []
    for name in office.racing:
        contact = office.state.contacts[name]
        if contact.queue not in able or contact.state is not ContactState.OFFERING:
            continue
        if _room(office, office.queues[contact.queue], contact):
            heads.append(((contact.key, name), contact.queue, _RACE))
    return heads


def _room(office: Office, queue: QueueSettings, contact: Contact) -> int:
    """How many more phones may ring for this caller now."""
    if not eligible.is_race(queue) or contact.callback is not None:  # it holds one agent (I-21)
        return 0 if contact.ringing else 1
    cap = queue.ring_cap or len(queue.agents)
    room = max(0, cap - len(contact.ringing))
    if queue.strategy == "progressive":
        is_early = contact.race is not None and office.now < contact.race.joins_at
        return 0 if is_early else min(room, 1)
    return room


def _pick(office: Office, queue: QueueSettings, contact: Contact, able: list[str]) -> list[_Pick]:
    """The strategy's choice for this caller: one agent, or as many as the race has room for."""
    candidates = eligible.among(office.state, queue, contact, able)
    if not candidates:
        return []
    choice = Choice(office.state, queue, candidates)
    standings = strategies.ranking(choice)
    order = ranked = [one.agent for one in standings]
    if contact.last_agent in order and contact.last_agent not in contact.declined:
        order = [contact.last_agent, *(one for one in ranked if one != contact.last_agent)]  # F-08
    chosen = order[: _room(office, queue, contact)]
    excluded = eligible.exclusions(office.state, queue, contact, candidates)
    _begin(office, queue, contact, chosen)
    for agent in chosen:
        strategies.picked(choice, agent)
    kept = tuple(standings[:MOST_KEPT])
    return [
        (
            contact,
            Why(
                office.now,
                queue.queue,
                contact.contact,
                one,
                queue.strategy,
                ranked.index(one) + 1,
                len(ranked),
                kept,
                excluded,
                one == contact.last_agent,
            ),
        )
        for one in chosen
    ]


def _begin(office: Office, queue: QueueSettings, contact: Contact, chosen: list[str]) -> None:
    """A new pass when everybody was asked; a race for a queue that rings several; progressive waits before the next."""
    if contact.declined and any(agent in contact.declined for agent in chosen):
        contact.declined.clear()  # the pass is over, a new one begins
        contact.retry_at = 0.0
    if not eligible.is_race(queue) or contact.callback is not None:  # it holds one agent (I-21)
        return
    if contact.race is None:
        contact.race = Race(f"x{office.state.offers_made + 1}-{contact.contact}")
        office.racing.add(contact.contact)
    if queue.strategy == "progressive":
        contact.race.joins_at = office.now + queue.add_every_s
        office.deadlines.add(contact.race.joins_at, Alarm.JOIN, contact.contact)


def is_dispatchable(office: Office, contact: Contact) -> bool:
    """Whether an offer would be opened for this caller now; false for every caller after each dispatch (I-25)."""
    queue = office.queues.get(contact.queue)
    if queue is None or contact.state not in (ContactState.WAITING, ContactState.OFFERING):
        return False
    return bool(_room(office, queue, contact) and eligible.now_for(office.state, queue, contact, office.free))
