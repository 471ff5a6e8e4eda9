"""The office at work: the state, the indexes that make it fast, and what the present batch orders and tells.

Rule 1: agents change state only by `move`, through a row of `tables.py`. Rule 2: indexes are derived, never stored; a
fresh `Office` on a decoded state behaves exactly like the one that wrote it. Rule 3: `now` is the time of the batch.
"""

import bisect

from appliance.acd import load, story, strategies, tables
from appliance.acd.commands import Command
from appliance.acd.deadlines import Alarm, Deadlines, Entry
from appliance.acd.effects import Cause
from appliance.acd.model import Agent, AgentState, Contact, ContactState, Hears, Reach, State
from appliance.acd.settings import MenuSettings, QueueSettings
from appliance.acd.tables import Happening

Place = tuple[tuple[int, float, int], str]


class Office:
    """What every rule of the core works on. `unsettled` names waiting callers whose fate this batch must decide,
    `asked` agents who changed and whose prompt may be put by telephone."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.now = state.at
        self.commands: list[Command] = []
        self.facts: list[story.Fact] = []
        self.rows_taken: dict[str, int] = {}
        self.unsettled: list[str] = []
        self.asked: list[str] = []
        self.queues: dict[str, QueueSettings] = {}
        self.menus: dict[str, MenuSettings] = {}
        self.members: dict[str, frozenset[str]] = {}
        self.waiting: dict[str, list[Place]] = {}
        self.racing: set[str] = set()
        self.promised: set[str] = set()
        self.free: set[str] = set()
        self.staffing: set[str] = set()
        self.is_staffing_stale = True
        self.deadlines = Deadlines(self._is_live)
        self.reindex()

    def reindex(self) -> None:
        """Build every index anew from the state: at start, after a change of configuration, after a reboot."""
        state = self.state
        self.queues = {queue.queue: queue for queue in state.office.queues}
        self.members = {queue.queue: frozenset(queue.agents) for queue in state.office.queues}
        self.menus = {menu.menu: menu for menu in state.office.menus}
        self.free = {name for name, agent in state.agents.items() if agent.is_free}
        self.staffing = {name for name, agent in state.agents.items() if agent.is_staffing}
        self.waiting = {name: [] for name in self.queues}
        self.racing = {name for name, contact in state.contacts.items() if contact.race is not None}
        self.promised = {name for name, contact in state.contacts.items() if contact.callback is not None}
        self.is_staffing_stale = True
        self.deadlines.clear()
        for agent in state.agents.values():
            self.watch_agent(agent)
        for way, back in state.ways_back.items():
            self.deadlines.add(back.until, Alarm.WAY_BACK, way)
        for offer in state.offers.values():
            if offer.deadline:
                self.deadlines.add(offer.deadline, Alarm.OFFER, offer.offer)
        for contact in state.contacts.values():
            self._index_contact(contact)
        for coach in state.coaches.values():
            if coach.until:
                self.deadlines.add(coach.until, Alarm.COACH, coach.coach)

    def _index_contact(self, contact: Contact) -> None:
        for alarm in (Alarm.STICKY, Alarm.RELAX, Alarm.JOIN, Alarm.PAUSE, Alarm.HELD, Alarm.RING_HOLD):
            if when := _contact_deadline(contact, alarm):
                self.deadlines.add(when, alarm, contact.contact)
        if contact.state is ContactState.WAITING:
            self.line_up(contact)
            self.watch_waiting(contact)
        if contact.until:
            self.deadlines.add(contact.until, Alarm.AWAY, contact.contact)

    # -- who is meant

    def known_agent(self, name: str) -> Agent | None:
        """The agent; None, and told, when there is none of that name."""
        agent = self.state.agents.get(name)
        if agent is None:
            self.facts.append(story.NotKnown(self.now, "agent", name))
        return agent

    def knows_queue(self, name: str) -> bool:
        """Whether there is a queue of that name; told when there is none."""
        if name in self.state.queues:
            return True
        self.facts.append(story.NotKnown(self.now, "queue", name))
        return False

    def knows_leg(self, agent: Agent, leg: str) -> bool:
        """Whether the agent's phone has that call of its own; told when it has not."""
        if leg in agent.legs:
            return True
        self.facts.append(story.NotKnown(self.now, "call", f"{leg} of agent {agent.settings.agent}"))
        return False

    # -- agents

    def move(self, agent: Agent, happening: Happening, cause: Cause | None = None) -> bool:
        """Take the agent through the row that applies, tell what changed; False when the happening means nothing."""
        cause = cause or Cause(self.now)
        row = tables.find(agent, happening, cause)
        if row is None:
            return False
        self.count(row.id)
        status, was_available = agent.status, agent.is_available
        wrap_since, wrap_until = agent.wrap_since, agent.wrap_until
        agent.state = row.target
        for effect in row.effects:
            effect(agent, cause)
        if not row.by_person:
            agent.changed_by_itself_at = self.now
        load.note(agent, self.now)
        is_available = agent.is_available
        if was_available is not is_available:
            if is_available:
                strategies.joined(self.state, agent.settings.agent)
            self.facts.append(
                story.DutyChanged(self.now, agent.settings.agent, is_available, agent.reason, cause.actor)
            )
        if wrap_until and not agent.wrap_until:
            self._tell_wrap_up(agent, wrap_since, wrap_until)
        self.refresh(agent, status is not agent.status)
        return True

    def count(self, row: str) -> None:
        """Note that a row of §3.2 was taken: coverage for tests, nothing for the engine."""
        self.rows_taken[row] = self.rows_taken.get(row, 0) + 1

    def refresh(self, agent: Agent, status_changed: bool) -> None:
        """Bring the indexes up to date after an agent changed; `since` counts from a change of the shown status."""
        name = agent.settings.agent
        if status_changed:
            agent.since = self.now
        (self.free.add if agent.is_free else self.free.discard)(name)
        is_staffing = agent.is_staffing
        if is_staffing is not (name in self.staffing):
            (self.staffing.add if is_staffing else self.staffing.discard)(name)
            self.is_staffing_stale = True
        if agent.prompt or agent.is_nagged or agent.nag_at:
            self.asked.append(name)
        self.watch_agent(agent)

    def _tell_wrap_up(self, agent: Agent, since: float, until: float) -> None:
        spent = max(0.0, min(self.now, until) - since)
        self.facts.append(story.WrapUpFinished(self.now, agent.settings.agent, spent))

    def expire_wrap_up(self, agent: Agent) -> None:
        """The wrap-up clock ran out beneath a personal call (A-21): nothing is left of it when the call ends."""
        since, until = agent.wrap_since, agent.wrap_until
        agent.wrap_since, agent.wrap_until = 0.0, 0.0
        self._tell_wrap_up(agent, since, until)

    def watch_agent(self, agent: Agent) -> None:
        """Set the timers that the agent's fields say run."""
        if agent.wrap_until:
            self.deadlines.add(agent.wrap_until, Alarm.WRAP_UP, agent.settings.agent)
        if agent.state is AgentState.FREE and agent.reach is Reach.LOST:
            self.deadlines.add(agent.lost_until, Alarm.LOST, agent.settings.agent)
        if agent.nag_at:
            self.deadlines.add(agent.nag_at, Alarm.NAG, agent.settings.agent)

    # -- waiting callers

    def line_up(self, contact: Contact) -> None:
        """Put a waiting caller at the place its key says, in its queue's line."""
        line = self.waiting.get(contact.queue)
        if line is not None:
            bisect.insort(line, (contact.key, contact.contact))

    def leave_line(self, contact: Contact) -> None:
        """Take a caller out of its queue's line, if it stands there."""
        line, place = self.waiting.get(contact.queue, []), (contact.key, contact.contact)
        at = bisect.bisect_left(line, place)
        if at < len(line) and line[at] == place:
            del line[at]

    def end_race(self, contact: Contact) -> None:
        """Nobody rings for this caller at once with others any more."""
        if contact.race is not None:
            contact.race = None
            self.racing.discard(contact.contact)

    def watch_waiting(self, contact: Contact) -> None:
        """Set the timers that guarantee a waiting caller an exit: T-max, T-noagent, the retry gap (D-06)."""
        for when in self.waiting_deadlines(contact):
            self.deadlines.add(when, Alarm.WAITING, contact.contact)

    def waiting_deadlines(self, contact: Contact) -> list[float]:
        """Every moment at which a waiting caller must be looked at again."""
        when = [at for at in (contact.retry_at, contact.announce_at) if at]
        queue = self.queues.get(contact.queue)
        if queue is None or not contact.is_live:
            return when
        if queue.max_wait_s:
            when.append(contact.in_queue_since + queue.max_wait_s)
        grace = self.grace_ends(contact, queue)
        return when if grace is None else [*when, grace]

    def grace_ends(self, contact: Contact, queue: QueueSettings) -> float | None:
        """When T-noagent runs out for this caller; None while somebody is on duty for the queue."""
        unstaffed_since = self.state.queues[queue.queue].unstaffed_since
        if unstaffed_since is None:
            return None
        return max(unstaffed_since, contact.clock_from) + queue.no_agent_s

    # -- time

    def _is_live(self, entry: Entry) -> bool:
        when, alarm, whose = entry
        if alarm is Alarm.OFFER:
            offer = self.state.offers.get(whose)
            return offer is not None and offer.deadline == when
        if alarm in (Alarm.WRAP_UP, Alarm.LOST, Alarm.NAG):
            agent = self.state.agents.get(whose)
            return agent is not None and _agent_deadline(agent, alarm) == when
        if alarm is Alarm.WAY_BACK:
            back = self.state.ways_back.get(whose)
            return back is not None and back.until == when
        if alarm is Alarm.COACH:
            coach = self.state.coaches.get(whose)
            return coach is not None and coach.until == when
        contact = self.state.contacts.get(whose)
        if contact is None:
            return False
        if alarm is not Alarm.WAITING:
            return _contact_deadline(contact, alarm) == when
        return contact.state is ContactState.WAITING and when in self.waiting_deadlines(contact)


def _contact_deadline(contact: Contact, alarm: Alarm) -> float:
    if alarm is Alarm.STICKY:
        return contact.sticky_until
    if alarm is Alarm.RELAX:
        return contact.relaxes_at
    if alarm is Alarm.HELD:
        return contact.remind_at
    if alarm is Alarm.RING_HOLD:
        return contact.rings_until if contact.hears is Hears.RINGBACK else 0.0
    if alarm is Alarm.JOIN:
        return contact.race.joins_at if contact.race is not None else 0.0
    if alarm is Alarm.PAUSE:
        return contact.pause.next_at if contact.pause is not None else 0.0
    return contact.until


def _agent_deadline(agent: Agent, alarm: Alarm) -> float | None:
    if alarm is Alarm.WRAP_UP:
        return agent.wrap_until
    if alarm is Alarm.NAG:
        return agent.nag_at
    return agent.lost_until if agent.state is AgentState.FREE and agent.reach is Reach.LOST else None
