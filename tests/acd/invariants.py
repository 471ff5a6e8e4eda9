"""The invariants of acd.md §3.9 that the core alone can keep, checked after every step of every script and machine."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Kind
from appliance.acd.commands import Command
from appliance.acd.dispatch import is_dispatchable
from appliance.acd.engine import Acd
from appliance.acd.events import Event
from appliance.acd.model import AgentState, Contact, ContactState, Intent, Phase, State
from appliance.acd.office import Office
from appliance.acd.selfcheck import violations
from appliance.acd.settings import QueueSettings

ENGINE_REASONS = {"declined", "no_answer", "unreachable", "removed", "away"}
BLAMED = {story.OfferOutcome.REJECTED: "declined", story.OfferOutcome.TIMEOUT: "no_answer"}
HOLDING = (Phase.OPEN, Phase.ACCEPTED)
DUTY_EVENTS = (ev.LegStarted, ev.LegConnected, ev.CallPlaced, ev.FarEndAnswered)


@dataclass
class Watch:
    """What must be remembered from step to step: places in the queue, arrivals, outcomes."""

    keys: dict[str, tuple[int, float, int]] = field(default_factory=dict)
    arrived_at: dict[str, float] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)
    ended: int = 0
    dials: dict[tuple[str, int], str] = field(default_factory=dict)
    told: dict[tuple[str, str], int] = field(default_factory=dict)
    been_to: dict[str, list[str]] = field(default_factory=dict)
    outcomes: dict[str, list[story.OfferOutcome]] = field(default_factory=dict)
    reload_every: int = 1


@dataclass(frozen=True, slots=True)
class Before:
    """What the batch found and the checks need: the offers there were, and who had declined whom."""

    offers: frozenset[str]
    declined: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, state: State) -> "Before":
        declined = {name: tuple(contact.declined) for name, contact in state.contacts.items()}
        return cls(frozenset(state.offers), declined)


def check(
    acd: Acd,
    before: Before,
    events: Sequence[Event],
    commands: Sequence[Command],
    facts: Sequence[story.Fact],
    watch: Watch,
) -> None:
    """All of them; `before` is what the batch found. An agent held for a callback was picked earlier."""
    offers_belong_to_agents(acd.state)
    callers_have_an_exit(acd)
    half_duplex_connects_nobody(acd.state)
    places_are_kept(acd.state, facts, watch)
    opened = [one for one in commands if not (isinstance(one, do.OpenOffer) and one.offer in before.offers)]
    nobody_is_rung_in_wrap_up(acd.state, opened)
    blame_is_exact(facts, events)
    nobody_is_overtaken(acd.state, opened)
    declined_means_others_first(acd, before, opened, facts)
    outcomes_are_single(facts, watch)
    contacts_are_conserved(acd.state, facts, watch)
    chains_end(acd.state, facts, watch)
    customers_are_dialled_for_agents(acd.state, commands, watch)
    places_told_never_get_worse(acd.state, commands, facts, watch)
    work_is_conserved(acd)
    if acd.state.seq % watch.reload_every == 0:
        a_reload_changes_nothing(acd)


def offers_belong_to_agents(state: State) -> None:
    """I-01, I-17: ringing means one open offer; busy means a live leg; anything else has neither."""
    for name, agent in state.agents.items():
        mine = [o for o in state.offers.values() if o.agent == name and not o.is_direct]
        opened = [o for o in mine if o.phase is Phase.OPEN]
        assert (agent.engaged_from > 0) == (agent.state in (AgentState.BUSY, AgentState.WRAP_UP))
        held = [o for o in mine if o.phase in (Phase.ACCEPTED, Phase.HANGING_UP)]
        passed = {o.offer for o in state.offers.values() if o.agent == name and o.is_direct}
        assert passed <= agent.legs.keys(), f"D-17 {name}: a direct call is among the agent's own"
        is_busy = agent.state in (AgentState.BUSY, AgentState.OFF_BUSY)
        assert len(opened) == (agent.state is AgentState.RINGING), f"I-01 {name} {agent.state} {opened}"
        assert bool(held or agent.legs) == is_busy, f"I-17 {name} {agent.state}"
        assert len(held) <= 1
        assert agent.intent is Intent.NONE or is_busy or opened, f"{name} waits for the end of nothing"
        assert agent.offer == next((o.offer for o in opened + held), "")
        assert (agent.wrap_until > 0) <= (agent.state in (AgentState.WRAP_UP, AgentState.BUSY))
        assert (agent.state is AgentState.WRAP_UP) <= (agent.wrap_until > 0)


def callers_have_an_exit(acd: Acd) -> None:
    """I-03, D-06, I-10: a human on the caller, or a timer that runs."""
    state = acd.state
    for contact in state.contacts.values():
        offer = state.offers.get(contact.offer)
        match contact.state:
            case ContactState.OFFERING:
                assert offer is not None
                assert contact.offer == contact.ringing[0]
                opened = [state.offers[one] for one in contact.ringing]
                assert all(one.phase is Phase.OPEN and one.deadline >= one.opened_at for one in opened)
                assert len(opened) == 1 or {one.race for one in opened} == {contact.race and contact.race.race}
            case ContactState.PLACING:
                assert contact.placed is not None
                assert offer is not None
                assert offer.is_outgoing
                assert offer.phase is Phase.ACCEPTED
                assert offer.deadline > 0 or not contact.prompt, "a notice nobody ends"
            case ContactState.CONNECTING:
                assert offer is not None
                assert offer.phase is Phase.ACCEPTED
                assert offer.deadline > 0
                assert all(state.offers[one].phase is Phase.OPEN for one in contact.ringing)
            case ContactState.CONNECTED:
                assert offer is not None
                assert offer.was_bridged
                assert contact.ringing == []  # I-10: the losers of a race ring no more
            case ContactState.CONSULTING:
                _is_asked_about(state, contact)
            case ContactState.TRANSFERRING:
                assert offer is not None
                assert offer.is_direct
                assert offer.phase is Phase.OPEN
                assert offer.deadline > 0
                assert contact.transfer is not None
                assert contact.transfer.target == offer.offer
                has_place = bool(contact.gives_back_to) or (contact.placed is not None and not contact.placed.queue)
                assert has_place, (
                    "D-16: who was passed on has a place to go back to; whom an agent called for themself has none"
                )
            case ContactState.AWAY:
                assert contact.until > 0
                assert contact.offer == ""
            case ContactState.FALLBACK:
                assert contact.until > 0 or contact.is_taken
                assert contact.offer == ""
            case ContactState.WAITING:
                _waits_for_something(acd, contact)


def _is_asked_about(state: State, contact: Contact) -> None:
    """S-18: an agent holds the caller, the target rings with a timer or talks."""
    offer, transfer = state.offers[contact.offer], contact.transfer
    assert offer.phase is Phase.ACCEPTED
    assert offer.was_bridged
    assert contact.held_since > 0
    assert transfer is not None
    assert transfer.source == contact.offer
    target = state.offers[transfer.target]
    assert target.is_direct
    assert (target.phase is Phase.OPEN and target.deadline > 0) or (target.phase is Phase.ACCEPTED)


def _waits_for_something(acd: Acd, contact: Contact) -> None:
    if not contact.is_live:
        assert contact.until > 0, "a promise expires"
        return
    queue = next(q for q in acd.state.office.queues if q.queue == contact.queue)
    here = [acd.state.agents[a] for a in queue.agents if a in acd.state.agents]
    is_staffed = any(agent.is_staffing and queue.queue not in agent.private for agent in here)
    assert not queue.is_group, "nobody waits in a ring group"
    assert is_staffed or acd.state.queues[contact.queue].unstaffed_since is not None
    assert is_staffed or acd.next_deadline() is not None, f"I-03 {contact}"
    assert contact.is_admitted
    assert contact.offer == ""


def places_are_kept(state: State, facts: Sequence[story.Fact], watch: Watch) -> None:
    """I-05: the key a contact got on arrival is the key it has for ever, unless a chain takes it away (keep_t_enq)."""
    moved = {fact.contact for fact in facts if isinstance(fact, story.ContactSentOn) and fact.kind == "queue"}
    chosen = {fact.contact for fact in facts if isinstance(fact, story.MenuChosen)}  # may merge with a promise
    for name, contact in state.contacts.items():
        has_merged = name in chosen and contact.key < watch.keys.get(name, contact.key)
        if (name in moved and contact.t_enq == state.at) or has_merged:
            watch.keys[name] = contact.key
        assert watch.keys.setdefault(name, contact.key) == contact.key, f"I-05 {name}"


def half_duplex_connects_nobody(state: State) -> None:
    """Whom the line cannot connect is asked, told or recorded by the box, and nobody is rung for them (fxo §1.5)."""
    for contact in state.contacts.values():
        if not contact.can_talk and contact.is_live:
            assert contact.state in (ContactState.MENU, ContactState.FALLBACK, ContactState.AWAY), contact
            assert contact.sent_to not in (Kind.USER, Kind.EXTERNAL), contact


def nobody_is_rung_in_wrap_up(state: State, commands: Sequence[Command]) -> None:
    """I-06, I-02: who is rung was free: on duty, reachable, nothing pending, no wrap-up running."""
    for command in commands:
        if isinstance(command, do.OpenOffer):
            agent = state.agents[command.agent]
            assert agent.state is AgentState.RINGING
            assert agent.wrap_until == 0
            assert agent.is_staffing, f"I-02 {agent}"


def blame_is_exact(facts: Sequence[story.Fact], events: Sequence[Event]) -> None:
    """I-07, I-08, I-09, D-03: off by itself exactly once per miss, on by a person only, never by one's own calls."""
    duty = [fact for fact in facts if isinstance(fact, story.DutyChanged)]
    ended = [f for f in facts if isinstance(f, story.OfferEnded) and not f.is_blameless]  # D-20: a race blames nobody
    misses = [(f.agent, BLAMED[f.outcome]) for f in ended if f.outcome in BLAMED]
    by_engine = [(f.agent, f.reason) for f in duty if not f.actor]
    assert [b for b in by_engine if b[1] in BLAMED.values()] == misses, f"I-07 {facts}"
    assert all(reason in ENGINE_REASONS for _, reason in by_engine)
    assert all(fact.actor for fact in duty if fact.is_available), "I-08"
    if events and all(isinstance(event, DUTY_EVENTS) for event in events):
        assert not duty, "I-09"


def nobody_is_overtaken(state: State, commands: Sequence[Command]) -> None:
    """I-04: whoever was rung for a caller could not have been rung for an earlier one who still waits.

    Who was sent into this queue in this very batch may have come after that ring: they were not dispatchable before it.
    """
    queues = {queue.queue: queue for queue in state.office.queues}
    for command in commands:
        if not isinstance(command, do.OpenOffer) or _is_chosen(state, command.offer):
            continue
        key = state.contacts[command.contact].key
        for other in state.contacts.values():
            if other.state is ContactState.WAITING and other.key < key and other.entered_at != state.at:
                could = _could_ring(state, queues[other.queue], other, command.agent)
                assert not could, f"I-04 {other} {command}"


def _is_chosen(state: State, offer: str) -> bool:
    """F-45: a person chose this caller; that is excluded from I-04."""
    found = state.offers.get(offer)
    return found is not None and found.why is not None and found.why.strategy in ("taken", "assigned")


def _could_ring(state: State, queue: QueueSettings, contact: Contact, agent: str) -> bool:
    """Whether this agent, free, would be in NOW for the contact: the specification's words, not the engine's."""
    level = {one.skill: one.level for one in state.agents[agent].settings.skills}.get(queue.skill, 0)
    needed = contact.needs if contact.needs_for == queue.queue else queue.skill_min
    lacks_skill = queue.strategy == "skills" and queue.skill != "" and level < needed
    last = state.agents.get(contact.last_agent)
    is_awaited = last is not None and last.is_staffing and queue.queue not in last.private
    is_kept = is_awaited and contact.last_agent != agent and contact.last_agent not in contact.declined
    return (
        agent in queue.agents
        and queue.queue not in state.agents[agent].private
        and not (agent in contact.declined and state.at < contact.retry_at)
        and not lacks_skill
        and not (is_kept and state.at < contact.sticky_until)
    )


def declined_means_others_first(
    acd: Acd, before: Before, commands: Sequence[Command], facts: Sequence[story.Fact]
) -> None:
    """I-24: asked again only when nobody else could be. Who was passed on begins anew, excluding nobody (S-19)."""
    passed = {fact.contact for fact in facts if isinstance(fact, story.TransferEnded)}
    for command in commands:
        if not isinstance(command, do.OpenOffer) or command.contact not in before.declined.keys() - passed:
            continue
        declined = before.declined[command.contact]
        if command.agent in declined:
            queue = next(q for q in acd.state.office.queues if q.queue == command.queue)
            members = [acd.state.agents[a] for a in queue.agents if a in acd.state.agents and a not in declined]
            contact = acd.state.contacts[command.contact]
            free = [a for a in members if a.is_free and _could_ring(acd.state, queue, contact, a.settings.agent)]
            assert not free, f"I-24 {command} while {free}"


def outcomes_are_single(facts: Sequence[story.Fact], watch: Watch) -> None:
    """D-05: one outcome per offer; a timeout may be taken back by a late accept (R-05)."""
    for fact in facts:
        if isinstance(fact, story.OfferEnded):
            seen = watch.outcomes.setdefault(fact.offer, [])
            seen.append(fact.outcome)
            late = [story.OfferOutcome.TIMEOUT, story.OfferOutcome.ACCEPTED]
            assert len(seen) == 1 or seen == late, f"D-05 {fact} {seen}"
            assert fact.rang_s >= 0


def contacts_are_conserved(state: State, facts: Sequence[story.Fact], watch: Watch) -> None:
    """I-14 and I-15: each arrival is in the house or ended once, and its durations add up."""
    for fact in facts:
        if isinstance(fact, story.ContactArrived | story.CallPlaced):
            assert fact.contact not in watch.arrived_at
            watch.arrived_at[fact.contact] = fact.at
            watch.inside.add(fact.contact)
        if isinstance(fact, story.ContactEnded):
            watch.inside.remove(fact.contact)  # KeyError: it had ended before
            watch.ended += 1
            lived = fact.at - watch.arrived_at[fact.contact]
            assert fact.waited_s >= 0
            assert fact.talked_s >= 0
            assert fact.waited_s + fact.talked_s <= lived + 1e-6, f"I-15 {fact}"
    assert watch.inside == set(state.contacts), "I-14"
    assert state.arrivals == watch.ended + len(watch.inside)


def chains_end(state: State, facts: Sequence[story.Fact], watch: Watch) -> None:
    """I-27: at most five hops for one contact, numbered one by one, and nowhere twice."""
    for fact in facts:
        if isinstance(fact, story.ContactSentOn):
            been = watch.been_to.setdefault(fact.contact, [])
            been.append(f"{fact.kind}:{fact.to}")
            assert len(been) == fact.hop <= 5, f"I-27 {been}"
            assert len(set(been)) == len(been), f"I-27 {been}"
    for name, contact in state.contacts.items():
        assert contact.hops == len(watch.been_to.get(name, []))


def places_told_never_get_worse(
    state: State, commands: Sequence[Command], facts: Sequence[story.Fact], watch: Watch
) -> None:
    """I-23, S-38: better or the same, and to nobody for whom a phone rings; who talked in between waits anew."""
    talked = {fact.contact for fact in facts if isinstance(fact, story.ContactAnswered)}
    watch.told = {key: place for key, place in watch.told.items() if key[0] not in talked}
    for command in commands:
        if isinstance(command, do.AnnouncePosition):
            contact = state.contacts[command.contact]
            told = watch.told.setdefault((contact.contact, contact.queue), command.position)
            assert 1 <= command.position <= told, f"I-23 {command} after {told}"
            assert contact.state is ContactState.WAITING, f"S-38 {contact}"
            watch.told[contact.contact, contact.queue] = command.position


def customers_are_dialled_for_agents(state: State, commands: Sequence[Command], watch: Watch) -> None:
    """I-21: each dial in progress has an agent of its own held for it. R-28: no attempt is dialled by two numbers."""
    for contact in state.contacts.values():
        if contact.state in (ContactState.DIALLING, ContactState.CONFIRMING):
            held = [o for o in state.offers.values() if o.contact == contact.contact and o.phase in HOLDING]
            assert held, f"I-21 {contact}"
            assert contact.until > 0
        assert contact.is_live or contact.callback is not None
        assert contact.state is not ContactState.RESTING or not contact.is_live
    for command in commands:
        if isinstance(command, do.DialCustomer):
            dial = watch.dials.setdefault((command.contact, command.attempt), command.number)
            assert dial == command.number, f"R-28 {command}"


def work_is_conserved(acd: Acd) -> None:
    """I-25, S-32: after dispatch nobody waits beside somebody who could be rung for them."""
    office = Office(acd.state)
    assert not [c for c in acd.state.contacts.values() if is_dispatchable(office, c)], "I-25"
    assert violations(acd.state) == ()


def a_reload_changes_nothing(acd: Acd) -> None:
    """I-22: a decoded checkpoint is the same state and wants waking at the same time."""
    again = Acd(msgspec.msgpack.decode(msgspec.msgpack.encode(acd.state), type=State))
    assert again.state == acd.state
    assert again.next_deadline() == acd.next_deadline()


def same_but_counted(state: State, before: State) -> bool:
    """I-16: nothing but the batch counter and the time of the batch is different."""
    return _without_count(state) == _without_count(before)


def _without_count(state: State) -> State:
    plain = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State)
    plain.seq, plain.at = 0, 0.0
    return plain
