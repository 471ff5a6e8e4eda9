"""How fast the core turns events into commands: the figures of the specification as a table. Never fails on a time.

Run: `python -m pytest tests/bench/bench_acd.py -s`. Targets: p99 0.5 ms with 20 agents and 100 waiting, 2 ms with 200
and 2,000; 50,000 events/s in the small case; no worse than n log n in waiting callers. Time is what the thread had of a
core: other programs of the machine are not counted.
"""

import gc
import time
from collections.abc import Iterator
from itertools import count

import pytest

from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.events import Event
from appliance.acd.model import AgentState, Phase
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings, Skill
from appliance.acd.strategies import STRATEGIES


class Office:
    """So many agents, all busy, and so many callers waiting in three queues; calls go on for ever."""

    def __init__(self, agents: int, waiting: int, strategy: str = "longest-idle") -> None:
        self.acd, self.now, self.calls = Acd(), 1000.0, count()
        names = tuple(f"a{number:03}" for number in range(agents))
        people = tuple(AgentSettings(name, name, "1", skills=(Skill("x", len(name)),)) for name in names)
        cut = {"ring_cap": 3, "skill": "x", "wrap_up_s": 0, "max_wait_s": 0}
        self.queues = tuple(
            QueueSettings(
                f"q{part}", "Q", "1", tuple(dict.fromkeys(names[part::3] + names[: agents // 4])), strategy, **cut
            )  # type: ignore[arg-type]
            for part in range(3)
        )
        self.handle(ev.Configured(OfficeSettings(people, self.queues)), ev.DayBegan("2026-11-23"))
        for _ in range(agents + waiting):
            self.handle(self.arrival())
        self.handle(*(ev.DutyOn(name, name) for name in names))
        for _ in range(20):
            for event in self.answers():
                self.handle(event)

    def handle(self, *events: Event) -> None:
        self.now += 0.01
        self.acd.handle_batch(events, self.now)
        self.acd.drain_facts()

    def arrival(self) -> ev.CallerArrived:
        number = next(self.calls)
        return ev.CallerArrived(f"c{number}", f"q{number % 3}", f"{number % 500}", "", "sip")

    def answers(self) -> list[Event]:
        """Every phone that rings is answered."""
        events: list[Event] = []
        for offer in list(self.acd.state.offers.values()):
            if offer.phase is Phase.OPEN:
                events += [ev.OfferAccepted(offer.offer), ev.Bridged(offer.contact, offer.offer)]
        return events

    def day(self) -> Iterator[Event]:
        """One agent after another ends a call and answers the next; one caller comes for each served, some give up."""
        while True:
            for name in list(self.acd.state.agents):
                agent = self.acd.state.agents[name]
                if agent.state is AgentState.BUSY:
                    yield ev.OfferLegEnded(agent.offer)
                yield from self.answers_of(name)
                yield self.arrival()

    def answers_of(self, name: str) -> Iterator[Event]:
        offer = self.acd.state.offers.get(self.acd.state.agents[name].offer)
        if offer is not None and offer.phase is Phase.OPEN:
            yield ev.OfferAlerted(offer.offer)
            yield ev.OfferAccepted(offer.offer)
            yield ev.Bridged(offer.contact, offer.offer)


def measured(office: Office, events: int) -> list[float]:
    """Milliseconds of each event, sorted; what the script does between them is not counted."""
    spent, day = [], office.day()
    gc.collect()
    for _ in range(events):
        event = next(day)
        office.now += 0.01
        began = time.thread_time_ns()
        office.acd.handle(event, office.now)
        spent.append((time.thread_time_ns() - began) / 1e6)
        office.acd.drain_facts()
    return sorted(spent)


def line(name: str, spent: list[float]) -> str:
    """Name, p50, p99, worst, events per second."""
    p50, p99 = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
    rate = 1000 * len(spent) / sum(spent)
    return f"  {name:44} {p50:8.3f} {p99:8.3f} {spent[-1]:8.3f} ms {rate:10,.0f}/s"


@pytest.mark.bench
@pytest.mark.timeout(0)
def test_event_to_commands() -> None:
    print("\n  event to commands                                 p50      p99    worst        events")
    for strategy in STRATEGIES:
        print(line(f"20 agents, 100 waiting, {strategy}", measured(Office(20, 100, strategy), 20_000)))
    for strategy in ("longest-idle", "most-idle", "simultaneous"):
        print(line(f"200 agents, 2,000 waiting, {strategy}", measured(Office(200, 2000, strategy), 10_000)))


@pytest.mark.bench
@pytest.mark.timeout(0)
def test_growth_with_waiting_callers() -> None:
    print("\n  20 agents and more and more callers               p50      p99    worst        events")
    for waiting in (100, 1_000, 10_000):
        print(line(f"{waiting:,} waiting", measured(Office(20, waiting), 10_000)))


@pytest.mark.bench
@pytest.mark.timeout(0)
def test_everybody_becomes_free_at_once() -> None:
    """R-49: 50 arrivals and 20 agents in one batch; and the self-check that production runs after each batch."""
    acd = Acd()
    names = tuple(f"a{number:02}" for number in range(20))
    queue = QueueSettings("q", "Q", "1", names, "longest-idle")
    acd.handle(ev.Configured(OfficeSettings(tuple(AgentSettings(one, one, "1") for one in names), (queue,))), 1.0)
    acd.handle_batch([ev.CallerArrived(f"c{n}", "q", "", "", "sip") for n in range(50)], 2.0)
    began = time.perf_counter()
    commands = acd.handle_batch([ev.DutyOn(one, one) for one in names], 3.0)
    print(
        f"\n  20 agents free at once, 50 waiting: {(time.perf_counter() - began) * 1000:.2f} ms, "
        f"{len(commands)} commands"
    )
    office, rounds = Office(20, 100), 2000
    began = time.perf_counter()
    for _ in range(rounds):
        assert office.acd.violations() == ()
    print(f"  self-check, 20 agents, 100 waiting: {(time.perf_counter() - began) / rounds * 1e6:.0f} µs")
