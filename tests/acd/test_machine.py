"""A machine that does anything in any order, in virtual time: the invariants of §3.9 hold after every step.

The short profile runs with the other tests. The long one: `DESKBELL_MACHINE_STEPS=200 DESKBELL_MACHINE_RUNS=5000 pytest
tests/acd/test_machine.py`.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appliance.acd import events as ev
from appliance.acd.events import Event
from appliance.acd.model import Phase
from appliance.acd.settings import QueueSettings
from tests.acd.desk import Desk, arrives, copy_of, office
from tests.acd.invariants import same_but_counted

AGENTS = ("ann", "bob", "cay", "dan", "eve")
QUEUES = (
    QueueSettings("sales", "Sales", "100", ("ann", "bob", "cay"), ring_s=15, wrap_up_s=20),
    QueueSettings("help", "Help", "200", ("cay", "dan", "ann"), ring_s=20, wrap_up_s=0, max_waiting=2),
    QueueSettings("vip", "VIP", "300", ("eve", "bob"), max_wait_s=60, hold_when_busy=False, no_agent_s=5),
    QueueSettings("night", "Night", "400", ("dan",), wait_without_agents=False, max_wait_s=0, record=False),
)

agents = st.sampled_from(AGENTS)
queues = st.sampled_from([queue.queue for queue in QUEUES])
numbers = st.integers(0, 10_000)
PAST = 4  # how many ids of the past an event may name


class Office(RuleBasedStateMachine):
    """Callers, agents, phones and faults. Events are collected and posted one by one or as a batch."""

    @initialize()
    def open_office(self) -> None:
        self.desk = Desk(*AGENTS, queues=QUEUES)
        Desk.made.clear()
        self.callers = 0
        self.legs = 0
        self.batch: list[Event] | None = None

    def post(self, *events: Event) -> None:
        if self.batch is None:
            self.desk.together(*events)
        else:
            self.batch += events

    # -- batches and time

    @precondition(lambda self: self.batch is None)
    @rule()
    def collect(self) -> None:
        self.batch = []

    @precondition(lambda self: bool(self.batch))
    @rule()
    def drain(self) -> None:
        batch, self.batch = self.batch or [], None
        self.desk.together(*batch)

    @precondition(lambda self: self.batch is None)
    @rule(seconds=st.sampled_from([0.0, 0.01, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 15.0, 20.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.desk.wait(seconds)

    @rule(seconds=st.floats(0, 30, allow_nan=False))
    def clock_moves_before_anybody_ticks(self, seconds: float) -> None:
        self.desk.now += seconds

    @precondition(lambda self: self.batch is None)
    @rule()
    def woken_for_nothing(self) -> None:
        deadline = self.desk.acd.next_deadline()
        if deadline is None or deadline > self.desk.now:
            before = copy_of(self.desk.acd.state)
            assert self.desk.together(ev.Ticked()) == []
            assert same_but_counted(self.desk.acd.state, before), "I-16"

    # -- callers

    @rule(queue=queues, priority=st.sampled_from([0, 0, 0, 1]), returns=st.booleans())
    def caller_arrives(self, queue: str, priority: int, returns: bool) -> None:
        self.callers += 1
        self.post(arrives(f"c{self.callers}", queue, priority=priority, returns=returns))

    @precondition(lambda self: self.callers > 0)
    @rule(number=numbers)
    def caller_hangs_up(self, number: int) -> None:
        self.post(ev.CallerHungUp(self.some_contact(number)))

    @precondition(lambda self: self.callers > 0)
    @rule(number=numbers)
    def caller_returns(self, number: int) -> None:
        self.post(ev.CallerReturned(self.some_contact(number)))

    def some_contact(self, number: int) -> str:
        live = sorted(self.desk.acd.state.contacts)
        return live[number % len(live)] if live else f"c{self.callers}"

    # -- offers

    @precondition(lambda self: self.desk.acd.state.offers_made > 0)
    @rule(
        kind=st.sampled_from(
            [ev.OfferAccepted, ev.OfferAccepted, ev.OfferRejected, ev.OfferBusy, ev.OfferTimedOut, ev.OfferUnreachable]
        ),
        number=numbers,
    )
    def phone_says(self, kind: type[Event], number: int) -> None:
        self.post(kind(self.some_offer(number)))  # type: ignore[call-arg]

    @precondition(lambda self: self.desk.acd.state.offers_made > 0)
    @rule(number=numbers)
    def agent_leaves(self, number: int) -> None:
        self.post(ev.OfferLegEnded(self.some_offer(number)))

    @rule()
    def everybody_connecting_is_bridged(self) -> None:
        for offer in list(self.desk.acd.state.offers.values()):
            if offer.phase is Phase.ACCEPTED:
                self.post(ev.Bridged(offer.contact, offer.offer))

    def some_offer(self, number: int) -> str:
        live = sorted(self.desk.acd.state.offers)
        made = self.desk.acd.state.offers_made
        past = [f"o{made - back}" for back in range(min(PAST, made))]
        return (live * 3 + past)[number % (len(live) * 3 + len(past))]

    # -- agents

    @rule(agent=agents)
    def on_duty(self, agent: str) -> None:
        self.post(ev.DutyOn(agent, agent))

    @rule(agent=agents, later=st.booleans())
    def off_duty(self, agent: str, later: bool) -> None:
        self.post(ev.DutyOff(agent, agent, after_call=later))

    @rule(agent=agents)
    def stays_off(self, agent: str) -> None:
        self.post(ev.StayedOff(agent, agent))

    @rule(agent=agents)
    def ends_wrap_up(self, agent: str) -> None:
        self.post(ev.WrapUpEnded(agent, agent))

    @rule(agent=agents, outbound=st.booleans(), queue=st.sampled_from(["", "sales", "help"]))
    def own_call(self, agent: str, outbound: bool, queue: str) -> None:
        self.legs += 1
        self.post(ev.LegStarted(agent, f"l{self.legs}", outbound, queue if outbound else ""))

    @rule(agent=agents, number=numbers, ends=st.booleans())
    def own_call_goes_on(self, agent: str, number: int, ends: bool) -> None:
        found = self.desk.acd.agent(agent)
        legs = sorted(found.legs) if found is not None else []
        if legs:
            leg = legs[number % len(legs)]
            self.post(ev.LegEnded(agent, leg) if ends else ev.LegConnected(agent, leg))

    @rule(agent=agents, found=st.booleans())
    def phone_comes_or_goes(self, agent: str, found: bool) -> None:
        self.post(ev.PhoneFound(agent) if found else ev.PhoneLost(agent))

    # -- faults and changes

    @rule()
    def switch_dies(self) -> None:
        self.post(ev.SwitchLost())

    @rule(keep=st.integers(0, 3))
    def desk_restarts(self, keep: int) -> None:
        state = self.desk.acd.state
        offers = tuple(sorted(state.offers)[keep:])
        legs = tuple(sorted(leg for agent in state.agents.values() for leg in agent.legs)[keep:])
        self.post(ev.Restarted(offers, legs))

    @rule(gone=st.sets(agents, max_size=2))
    def agents_change(self, gone: set[str]) -> None:
        left = [agent for agent in AGENTS if agent not in gone]
        self.post(ev.Configured(office(*left, queues=QUEUES)))

    @invariant()
    def view_can_be_drawn(self) -> None:
        view = self.desk.acd.view(self.desk.now)
        assert len({caller.contact for caller in (*view.waiting, *view.calls)}) == len(view.waiting) + len(view.calls)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.refold()


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=int(os.environ.get("DESKBELL_MACHINE_RUNS", "60")),
    stateful_step_count=int(os.environ.get("DESKBELL_MACHINE_STEPS", "50")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
