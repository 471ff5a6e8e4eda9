"""The journal folded into what reports need: contacts, segments, offers, and how agents spent their time (D-10).

Rules:
1. The seam is the fold itself: `Ledger.handle` drives an engine batch by batch and notes what it made of each.
2. Durations are monotonic; wall time only says to which interval something belongs. It never goes back here: an
   interval that is over stays over, whatever the clock does.
3. A contact counts by its first bridge: whoever was bridged once is answered, whatever came after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import metrics_entries as entry
from appliance.acd import story
from appliance.acd.commands import Command
from appliance.acd.engine import Acd
from appliance.acd.events import Event
from appliance.acd.expected_wait import OVER
from appliance.acd.model import Agent, State

DAY_S = 86400.0

_QUIET = (
    ev.CallerArrived,
    ev.CallerHungUp,
    ev.OfferAlerted,
    ev.OfferAccepted,
    ev.Bridged,
    ev.RecordingBegan,
    ev.RecordingEnded,
)
"""Events that change nobody's duty, prompt or phone unless a fact says so."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the engine made of one batch."""

    commands: Sequence[Command]
    facts: Sequence[story.Fact]


@dataclass(slots=True)
class Ledger:
    """Everything noted so far. `edges` are wall times, ascending, at which callers inside are counted for M-00."""

    edges: list[float] = field(default_factory=list)
    at: float = 0.0
    wall: float = 0.0
    contacts: dict[str, entry.Contact] = field(default_factory=dict)
    segments: list[entry.Segment] = field(default_factory=list)
    offers: dict[str, entry.Offer] = field(default_factory=dict)
    stretches: list[entry.Stretch] = field(default_factory=list)
    auto_offs: list[entry.AutoOff] = field(default_factory=list)
    confirmed: list[entry.Confirmed] = field(default_factory=list)
    ghosts: list[entry.Ghost] = field(default_factory=list)
    promises: dict[str, entry.Promise] = field(default_factory=dict)
    announced: dict[str, entry.Announced] = field(default_factory=dict)
    unanswered: dict[str, float] = field(default_factory=dict)
    ring_holds: list[entry.Stretch] = field(default_factory=list)
    healed: list[float] = field(default_factory=list)
    passed_on: list[entry.PassedOn] = field(default_factory=list)
    inside: dict[float, dict[str, int]] = field(default_factory=dict)
    shifts: dict[str, entry.Shift] = field(default_factory=dict)
    talking: dict[str, entry.Segment] = field(default_factory=dict)
    wrapping: dict[str, entry.Segment] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def handle(self, acd: Acd, events: Sequence[Event], at: float, wall: float) -> Step:
        """Let the engine handle one batch and note it. `at` office time, `wall` seconds since 1970."""
        while self.edges and wall >= self.edges[0]:
            self._count_inside(acd.state, self.edges.pop(0))
        commands = acd.handle_batch(events, at)
        facts = acd.drain_facts()
        self.at, self.wall = at, max(wall, self.wall)
        for event in events:
            if isinstance(event, ev.CallerArrived) and event.returns:
                self.unanswered[event.contact] = at
        for fact in facts:
            self._note(fact)
        for command in commands:
            self._note_order(command)
        self._follow_talk(acd.state)
        is_loud = any(not isinstance(event, _QUIET) for event in events)
        if is_loud or any(isinstance(fact, story.DutyChanged) for fact in facts):
            self._follow_agents(acd.state)
        return Step(commands, facts)

    def begin(self, state: State, wall: float) -> None:
        """Start in the middle of an office's life: who is inside, or on duty, was so until here."""
        self.at, self.wall = state.at, wall
        self._follow_agents(state)
        for ringing in state.offers.values():
            if ringing.is_direct:
                continue  # a transfer's is no offer of a queue
            opened = wall - (state.at - ringing.opened_at)
            self.offers[ringing.offer] = entry.Offer(
                ringing.offer, ringing.contact, ringing.agent, ringing.queue, opened
            )
        for live in state.contacts.values():
            arrived = wall - (state.at - live.t_enq)
            known = entry.Contact(live.contact, live.queue, live.number, live.origin, live.t_enq, arrived)
            known.placed_by = live.placed.agent if live.placed is not None else ""
            self.contacts[live.contact] = known
            if live.callback is not None and not live.is_live:
                known.left = entry.Exit.CALLBACK
                self._promise_of(known)
            held = state.offers.get(live.offer)
            if held is not None and held.was_bridged:
                known.left, known.waited_s = entry.Exit.ANSWERED, live.waited_s
                if self._is_for_queue(known, held.agent):
                    self._open_segment(known, held.agent, held.offer)

    def finish(self, acd: Acd, at: float, wall: float) -> None:
        """Close the books at this moment: what is still going on counts so far. Call it once, last."""
        self.at, self.wall = at, max(wall, self.wall)
        while self.edges:
            self._count_inside(acd.state, self.edges.pop(0))
        for contact in self.contacts.values():
            if contact.left is None and not contact.has_ended:
                contact.waited_s = at - contact.at
        for segment in self.talking.values():
            self._spent(segment.agent, entry.Doing.TALKING, at - segment.at - segment.held_s)
        for agent in acd.state.agents.values():
            if agent.wrap_until:
                self._spent(agent.settings.agent, entry.Doing.WRAPPING, at - agent.wrap_since)
        for name in tuple(self.shifts):
            self._end_shift(name)

    # -- facts

    def _note(self, fact: story.Fact) -> None:
        match fact:
            case story.ContactArrived():
                self._arrived(fact)
            case story.CallPlaced():
                call = entry.Contact(fact.contact, fact.queue, fact.number, fact.way, fact.at, self.wall)
                call.placed_by = fact.agent
                self.contacts[fact.contact] = call
            case story.MenuChosen() | story.WayChanged() | story.ContactAnswered() | story.ContactEnded():
                self._went_on(fact)
            case story.OfferOpened():
                self.offers[fact.offer] = entry.Offer(fact.offer, fact.contact, fact.agent, fact.queue, self.wall)
            case story.OfferEnded():
                self._offer_ended(fact)
            case story.LateAnswer():
                self._late_answer(fact)
            case story.DutyChanged(actor="", is_available=False):
                self.auto_offs.append(entry.AutoOff(fact.agent, self.wall, fact.reason))
            case story.WrapUpFinished():
                self._wrapped(fact)
            case story.CallbackPromised() | story.CallbackDialled():
                self._called_back(fact)
            case story.Healed():
                self.healed.append(self.wall)
            case _ if isinstance(fact, story.PassingFact):
                self._passed_on(fact)

    def _went_on(self, fact: story.MenuChosen | story.WayChanged | story.ContactAnswered | story.ContactEnded) -> None:
        match fact:
            case story.WayChanged():
                self.contacts[fact.contact].origin = fact.way  # M-21: the line that was used
            case story.MenuChosen():
                self.contacts[fact.contact].queue = fact.queue  # who never left the menu is counted under its name
            case story.ContactAnswered():
                self._answered(fact)
            case story.ContactEnded():
                self._ended(fact)

    def _arrived(self, fact: story.ContactArrived) -> None:
        contact = entry.Contact(fact.contact, fact.queue, fact.number, fact.origin, fact.at, self.wall)
        self.contacts[fact.contact] = contact
        if fact.number:
            contact.is_repeat = self.wall - self.seen.get(fact.number, -DAY_S * 2) <= DAY_S
            self.seen[fact.number] = self.wall

    def _answered(self, fact: story.ContactAnswered) -> None:
        contact = self.contacts[fact.contact]
        if contact.left is None:
            contact.left, contact.waited_s = entry.Exit.ANSWERED, fact.waited_s
        promise, told = self.promises.get(fact.contact), self.announced.get(fact.contact)
        if promise is not None and not promise.ended:
            promise.ended, promise.after_s = "connected", fact.at - promise.at
        elif told is not None and not told.is_served:
            told.is_served, told.waited_s = True, fact.at - told.at
        if self._is_for_queue(contact, fact.agent):
            self._open_segment(contact, fact.agent, fact.offer)

    def _is_for_queue(self, contact: entry.Contact, agent: str) -> bool:
        """Whether it is an agent's time for a queue: a caller may be passed to somebody who is no agent, and a call
        that is placed personally or off duty is the agent's own (M-12)."""
        shift = self.shifts.get(agent)
        if contact.placed_by != agent:
            return shift is not None
        return shift is not None and shift.is_on_duty and bool(contact.queue)

    def _open_segment(self, contact: entry.Contact, agent: str, offer: str) -> None:
        contact.segments += 1
        segment = entry.Segment(contact.contact, agent, offer, contact.queue, self.at, self.wall)
        self.segments.append(segment)
        self.talking[offer] = segment
        if (before := self.wrapping.pop(agent, None)) is not None:
            before.is_over = True

    def _passed_on(self, fact: story.PassingFact) -> None:
        segment = self.talking.get(fact.offer) if isinstance(fact, story.CallerTakenBack) else None
        if isinstance(fact, story.TransferBegan | story.TransferEnded):
            way = fact.how if isinstance(fact, story.TransferEnded) else "attended" if fact.ask_first else "blind"
            self.passed_on.append(entry.PassedOn(self.contacts[fact.contact].queue, self.wall, way))
        elif isinstance(fact, story.CallerTakenBack) and segment is not None:
            segment.held_s += fact.held_s
            self._spent(fact.agent, entry.Doing.HOLDING, fact.held_s)

    def _ended(self, fact: story.ContactEnded) -> None:
        contact = self.contacts[fact.contact]
        contact.has_ended, contact.ended_wall, contact.ended_at, contact.why = True, self.wall, fact.at, fact.why
        contact.talked_s = fact.talked_s
        self._line_answered(fact.contact)
        if (promise := self.promises.get(fact.contact)) is not None and not promise.ended:
            promise.ended = fact.why
        if contact.left is None:
            contact.left, contact.waited_s = entry.EXITS.get(fact.outcome.value), fact.waited_s
            if fact.why == "after_accept":
                self.ghosts.append(entry.Ghost(fact.contact, contact.queue, self.wall))

    def _offer_ended(self, fact: story.OfferEnded) -> None:
        offer = self.offers[fact.offer]
        offer.outcome, offer.is_blameless = fact.outcome, fact.is_blameless
        if fact.outcome is story.OfferOutcome.ACCEPTED:
            self._spent(fact.agent, entry.Doing.RINGING_ANSWERED, fact.rang_s)

    def _late_answer(self, fact: story.LateAnswer) -> None:
        offer = self.offers.get(fact.offer)
        if offer is not None and self.contacts[offer.contact].has_ended:
            self.ghosts.append(entry.Ghost(offer.contact, offer.queue, self.wall))

    def _wrapped(self, fact: story.WrapUpFinished) -> None:
        self._spent(fact.agent, entry.Doing.WRAPPING, fact.lasted_s)
        if (segment := self.wrapping.pop(fact.agent, None)) is not None:
            segment.wrapped_s, segment.is_over = fact.lasted_s, True

    def _called_back(self, fact: story.CallbackPromised | story.CallbackDialled) -> None:
        contact = self.contacts[fact.contact]
        if isinstance(fact, story.CallbackDialled):
            self._promise_of(contact).attempts += 1
            return
        self.promises[fact.contact] = entry.Promise(fact.contact, fact.queue, self.wall, fact.at)
        if contact.left is None:
            contact.left, contact.waited_s = entry.Exit.CALLBACK, fact.at - contact.at

    def _promise_of(self, contact: entry.Contact) -> entry.Promise:
        """One made before, or taken over by the customer who rang in and gave up, counts from their arrival."""
        promise = entry.Promise(contact.contact, contact.queue, contact.wall, contact.at)
        return self.promises.setdefault(contact.contact, promise)

    # -- orders

    def _note_order(self, command: Command) -> None:
        match command:
            case do.AnnouncePosition(contact, _, minutes) if minutes not in (None, OVER):
                self.announced.setdefault(contact, entry.Announced(contact, self.at, 60.0 * (minutes or 0)))
            case do.HoldCaller(contact) | do.Connect(contact, _) | do.SayToCaller(contact, _, _):
                self._line_answered(contact)
            case _:
                pass

    def _line_answered(self, contact: str) -> None:
        """Until here an analogue line rang on and cost its caller nothing (U-15)."""
        if (since := self.unanswered.pop(contact, None)) is not None:
            self.ring_holds.append(entry.Stretch("", entry.Doing.HOLDING, self.wall, self.at - since))

    # -- what the engine's state says between facts

    def _count_inside(self, state: State, edge: float) -> None:
        here = self.inside.setdefault(edge, {})
        for name in state.contacts:
            contact = self.contacts[name]
            if not contact.placed_by:
                here[contact.queue] = here.get(contact.queue, 0) + 1

    def _follow_talk(self, state: State) -> None:
        """A segment lives as long as the contact is with that offer; then wrap-up, if any is owed, belongs to it."""
        for segment in tuple(self.talking.values()):
            live = state.contacts.get(segment.contact)
            if live is None or live.offer != segment.offer:
                del self.talking[segment.offer]
                segment.talked_s = max(0.0, self.at - segment.at - segment.held_s)
                self._spent(segment.agent, entry.Doing.TALKING, segment.talked_s)
                self.wrapping[segment.agent] = segment
        for name, segment in tuple(self.wrapping.items()):
            if not _may_wrap_up(state.agents.get(name), segment):
                del self.wrapping[name]
                segment.is_over = True

    def _follow_agents(self, state: State) -> None:
        for name in self.shifts.keys() - state.agents.keys():
            self._end_shift(name)
        for name, agent in state.agents.items():
            shift = self.shifts.get(name)
            if shift is not None and shift.is_still(agent):
                continue
            if shift is not None:
                if shift.prompt_since and not agent.prompt:
                    self.confirmed.append(entry.Confirmed(name, self.wall, self.at - shift.prompt_since))
                self._end_shift(name)
            self.shifts[name] = entry.Shift.of(agent, self.at)

    def _end_shift(self, name: str) -> None:
        shift = self.shifts.pop(name)
        lasted = max(0.0, self.at - shift.at)
        if shift.is_signed_in:
            self._spent(name, entry.Doing.SIGNED_IN, lasted)
        if shift.is_on_duty:
            self._spent(name, entry.Doing.ON_DUTY, lasted)
        else:
            self._spent(name, entry.Doing.OFF, lasted, shift.reason)

    def _spent(self, agent: str, doing: entry.Doing, lasted_s: float, why: str = "") -> None:
        if lasted_s > 0:
            self.stretches.append(entry.Stretch(agent, doing, self.wall, lasted_s, why))


def _may_wrap_up(agent: Agent | None, segment: entry.Segment) -> bool:
    if agent is None:
        return False
    is_on = agent.offer == segment.offer or segment.offer in agent.legs
    return bool(agent.wrap_until or agent.owed_wrap_s or is_on)
