"""An office day played again in virtual time through the real engine: callers, agents and phones are a simple model.

The model, which is all that is not the engine's own decision:
1. Callers arrive when they did, hang up after their patience unless somebody talks to them, and talk as long as given.
2. An agent answers after their own delay. Whoever is taken off duty by the box goes on again after `confirms_after_s`.
3. Phones and lines never fail; sound comes with the answer; a last message is listened to for five seconds.
"""

import heapq
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.commands import Command
from appliance.acd.engine import Acd
from appliance.acd.events import Event
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.model import AgentState

MESSAGE_S = 5.0
ACTOR = "simulation"


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller: when (office time), how long they would wait (inf: for ever), how long they would talk."""

    arrival: ev.CallerArrived
    at: float
    patience_s: float = math.inf
    talk_s: float = 180.0


@dataclass(frozen=True, slots=True)
class Habits:
    """How agents behave, in seconds. `wraps_up_for_s` names only those who end their wrap-up before its time."""

    answers_after_s: Mapping[str, float] = field(default_factory=dict)
    wraps_up_for_s: Mapping[str, float] = field(default_factory=dict)
    usual_answer_s: float = 5.0
    confirms_after_s: float = 30.0


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """What is given of a day: `happenings` are configuration, duty and the agents' own calls, with their times."""

    callers: Sequence[Caller]
    happenings: Sequence[tuple[float, Event]]
    habits: Habits = Habits()
    ends_at: float = math.inf


class Simulation:
    """Plays one day. `ledger` is finished when `run` returns; wall time is office time plus `wall_shift`."""

    def __init__(self, day: OfficeDay, ledger: Ledger, wall_shift: float = 0.0) -> None:
        self.acd = Acd()
        self._day, self._ledger, self._wall_shift = day, ledger, wall_shift
        self._callers = {caller.arrival.contact: caller for caller in day.callers}
        self._order = itertools.count()
        self._coming: list[tuple[float, int, Event]] = []
        self._now = 0.0
        self._ringing: set[str] = set()
        self._talking: set[str] = set()
        self._answered: set[str] = set()

    def run(self) -> Ledger:
        """Play it to its end, or until nothing is left to happen."""
        for at, event in self._day.happenings:
            self._expect(at, event)
        for caller in self._day.callers:
            self._expect(caller.at, caller.arrival)
        while (at := self._next()) <= self._day.ends_at and at < math.inf:
            self._now = max(self._now, at)
            coming = self._take()
            if coming is not None:
                self._play(coming)
        end = self._day.ends_at if self._day.ends_at < math.inf else self._now
        self._ledger.finish(self.acd, end, end + self._wall_shift)
        return self._ledger

    def _expect(self, at: float, event: Event) -> None:
        if at < math.inf:
            heapq.heappush(self._coming, (at, next(self._order), event))

    def _next(self) -> float:
        """When something happens next; the day is over for timers once the last caller and happening are."""
        event_at = self._coming[0][0] if self._coming else math.inf
        deadline = self.acd.next_deadline()
        if deadline is None or (not self._coming and not self.acd.state.contacts and self._day.ends_at == math.inf):
            return event_at
        return min(event_at, max(deadline, self._now))

    def _take(self) -> Event | None:
        if not self._coming or self._coming[0][0] > self._now:
            return ev.Ticked()
        _, _, event = heapq.heappop(self._coming)
        return event if self._still_happens(event) else None

    def _still_happens(self, event: Event) -> bool:
        match event:
            case ev.OfferAccepted(offer):
                return offer in self._ringing
            case ev.CallerHungUp(contact):
                return contact not in self._answered
            case ev.OfferLegEnded(offer):
                return offer in self._talking
            case ev.WrapUpEnded(name):
                agent = self.acd.agent(name)
                usual = self._day.habits.wraps_up_for_s[name]
                return agent is not None and self._now >= agent.wrap_since + usual - 1e-6
            case _:
                return True

    def _play(self, event: Event) -> None:
        if isinstance(event, ev.OfferAccepted):
            self._ringing.discard(event.offer)
            self._talking.add(event.offer)
        elif isinstance(event, ev.OfferLegEnded):
            self._talking.discard(event.offer)
        elif isinstance(event, ev.CallerArrived):
            self._expect(self._now + self._callers[event.contact].patience_s, ev.CallerHungUp(event.contact))
        busy = {name for name in self._day.habits.wraps_up_for_s if not self._is_wrapping(name)}
        step = self._ledger.handle(self.acd, (event,), self._now, self._now + self._wall_shift)
        for command in step.commands:
            self._obey(command)
        for fact in step.facts:
            self._live_with(fact)
        for name in sorted(busy):
            if self._is_wrapping(name):
                usual = self._now + self._day.habits.wraps_up_for_s[name]
                self._expect(usual, ev.WrapUpEnded(name, ACTOR))

    def _is_wrapping(self, name: str) -> bool:
        agent = self.acd.agent(name)
        return agent is not None and agent.state is AgentState.WRAP_UP

    def _obey(self, command: Command) -> None:
        match command:
            case do.OpenOffer():
                habits = self._day.habits
                self._ringing.add(command.offer)
                after = habits.answers_after_s.get(command.agent, habits.usual_answer_s)
                self._expect(self._now + after, ev.OfferAccepted(command.offer))
            case do.Connect(contact, offer):
                self._expect(self._now, ev.Bridged(contact, offer))
            case do.WithdrawOffer(offer):
                self._ringing.discard(offer)
                if offer in self._talking:
                    self._expect(self._now, ev.OfferLegEnded(offer))
            case do.DismissCaller(contact):
                self._expect(self._now + MESSAGE_S, ev.CallerHungUp(contact))
            case _:
                pass  # what callers hear changes nothing here

    def _live_with(self, fact: story.Fact) -> None:
        if isinstance(fact, story.ContactAnswered):
            self._answered.add(fact.contact)
            self._expect(self._now + self._callers[fact.contact].talk_s, ev.OfferLegEnded(fact.offer))
        elif isinstance(fact, story.DutyChanged) and not fact.is_available and not fact.actor:
            self._expect(self._now + self._day.habits.confirms_after_s, ev.DutyOn(fact.agent, ACTOR))
