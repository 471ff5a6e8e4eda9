"""A machine that does anything in any order, in virtual time: the invariants of §3.9 hold after every step.

The short profile runs with the other tests. The long one: `DESKBELL_MACHINE_STEPS=200 DESKBELL_MACHINE_RUNS=5000 pytest
tests/acd/test_machine.py`.
"""

import os
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appliance.acd import events as ev
from appliance.acd.events import Event
from appliance.acd.house import Held
from appliance.acd.model import ContactState, Phase
from appliance.acd.settings import Consent, OfficeSettings, QueueSettings
from tests.acd.chains import AGENT_FIRST, CUSTOMER_FIRST, FOR_HELP, FOR_NIGHT, FOR_VIP, news_of, news_of_dial, presses
from tests.acd.desk import Desk, arrives, copy_of, office
from tests.acd.invariants import same_but_counted
from tests.acd.placing import joining, placing
from tests.acd.talking import SUPERVISORS, beside, passed_on

AGENTS = ("ann", "bob", "cay", "dan", "eve")
QUEUES = (
    QueueSettings(
        "sales",
        "Sales",
        "100",
        ("ann", "bob", "cay"),
        ring_s=15,
        announce_position=True,
        announce_min_s=5,
        callback=AGENT_FIRST,
        wrap_up_s=20,
        pause_recording=True,
        consent=Consent.NOTICE,
        codes=(("1", "order"),),
        calls_out=True,
    ),
    QueueSettings(
        "help",
        "Help",
        "200",
        ("cay", "dan", "ann"),
        ring_s=20,
        wrap_up_s=0,
        max_waiting=2,
        voicemail_digit="9",
        callback=CUSTOMER_FIRST,
        announce_position=True,
        chains=FOR_HELP,
    ),
    QueueSettings(
        "vip", "VIP", "300", ("eve", "bob"), max_wait_s=60, hold_when_busy=False, no_agent_s=5, chains=FOR_VIP
    ),
    QueueSettings(
        "night", "Night", "400", ("dan",), wait_without_agents=False, max_wait_s=0, record=False, chains=FOR_NIGHT
    ),
    QueueSettings(
        "all", "All", "500", AGENTS, "simultaneous", ring_s=10, ring_cap=3, callback=CUSTOMER_FIRST, last_agent=True
    ),
    QueueSettings(
        "step",
        "Step",
        "600",
        ("bob", "cay", "dan"),
        "progressive",
        callback=AGENT_FIRST,
        add_every_s=3,
        ring_s=10,
        wrap_up_s=5,
    ),
    QueueSettings("door", "Door", "700", ("ann", "eve"), "simultaneous", is_group=True, ring_s=5),
    QueueSettings("turn", "Turn", "800", AGENTS, "round-robin", rr_busy_to_end=True, last_agent=True),
    QueueSettings("deck", "Deck", "900", AGENTS, "random", ring_s=10),
)

agents = st.sampled_from(AGENTS)
queues = st.sampled_from([queue.queue for queue in QUEUES])
numbers = st.integers(0, 10_000)
PAST = 4  # how many ids of the past an event may name
NO = [ev.OfferRejected, ev.OfferDoubted, ev.OfferBusy, ev.OfferTimedOut, ev.OfferUnreachable]
WISHES = [ev.DutyOn, ev.DutyOn, ev.DutyOff, ev.StayedOff, ev.WrapUpEnded]
FAULTS = [
    "privacy", "privacy", "privacy", "seat left", "healed", "phone lost", "phone found", "switch dies",
    "callers return", "callers return", "desk restarts", "agents change", "agent removed",
]  # fmt: skip


def staffed(*names: str) -> OfficeSettings:
    """The office with these agents, and its supervisors."""
    return replace(office(*names, queues=QUEUES), supervisors=SUPERVISORS)


class Office(RuleBasedStateMachine):
    """Callers, agents, phones and faults. Events are collected and posted one by one or as a batch."""

    @initialize()
    def open_office(self) -> None:
        self.desk = Desk(*AGENTS, queues=QUEUES)
        Desk.made.clear()
        self.callers = 0
        self.legs = 0
        self.batch: list[Event] | None = None
        self.desk.together(ev.Configured(staffed(*AGENTS)))
        self.everybody_comes_to_work()

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

    @rule(seconds=st.sampled_from([0.0, 0.001, 0.2, 1.0, 12.3]))
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
        call = arrives(f"c{self.callers}", queue, priority=priority, returns=returns)
        self.post(replace(call, number=f"035550{self.callers % 7}", can_talk=self.callers % 8 != 0))

    @rule(number=numbers)
    def caller_hangs_up(self, number: int) -> None:
        self.post(ev.CallerHungUp(self.some_contact(number)))

    @rule(number=numbers)
    def a_chain_goes_on(self, number: int) -> None:
        on_the_way = [c for c in self.desk.acd.state.contacts.values() if c.state is ContactState.FALLBACK]
        if on_the_way:
            self.post(news_of(on_the_way[number % len(on_the_way)], number))

    @rule(number=numbers, other=numbers)
    def caller_presses_keys(self, number: int, other: int) -> None:
        self.post(*presses(self.some_contact(number), other))

    @rule(number=numbers, other=numbers)
    def customer_is_called_back(self, number: int, other: int) -> None:
        contacts = self.desk.acd.state.contacts.values()
        dials = [one for one in contacts if one.state in (ContactState.DIALLING, ContactState.CONFIRMING)]
        if dials:
            self.post(news_of_dial(dials[number % len(dials)], other))

    @rule(number=numbers, dark_s=st.sampled_from([60.0, 60.0, 4000.0]))
    def seldom_the_power_is_cut(self, number: int, dark_s: float) -> None:
        if number % 7 == 0:
            self.post(ev.PowerReturned(dark_s))

    @rule(number=numbers)
    def promise_is_cancelled(self, number: int) -> None:
        self.post(ev.CallbackCancelled(self.some_contact(number), "admin"))

    @rule(queue=queues, is_open=st.sampled_from([True, True, False]), reason=st.sampled_from(["closed", "holiday"]))
    def queue_opens_or_closes(self, queue: str, is_open: bool, reason: str) -> None:
        self.post(ev.HoursChanged(queue, is_open, reason))

    @rule(
        held=st.sampled_from([Held.SCHEDULE, Held.SCHEDULE, *Held]),
        queue=st.sampled_from(["", "sales"]),
        forced=st.booleans(),
    )
    def a_person_holds_the_hours(self, held: Held, queue: str, forced: bool) -> None:
        self.post(ev.HoursHeld(held, "key", queue=queue, forced=forced))

    @rule(number=numbers, is_over=st.booleans())
    def a_notice_is_given(self, number: int, is_over: bool) -> None:
        if is_over:
            self.post(ev.NoticeCleared("fire", "contact"))
        elif number % 5 == 0:
            self.post(ev.NoticeRaised("fire", "contact", evacuates=number % 2 == 0))

    def some_contact(self, number: int) -> str:
        live = sorted(self.desk.acd.state.contacts)
        return live[number % len(live)] if live else f"c{self.callers}"

    # -- offers

    @precondition(lambda self: self.batch is None)
    @rule(queue=queues, stage=st.integers(1, 4))
    def a_call_goes_well(self, queue: str, stage: int) -> None:
        """A whole call up to a stage, because chance alone seldom gets that far."""
        self.caller_arrives(queue, 0, returns=stage % 2 == 0)
        contact = self.desk.acd.contact(f"c{self.callers}")
        offer = contact.offer if contact is not None else ""
        steps = [ev.OfferAccepted(offer), ev.Bridged(f"c{self.callers}", offer), ev.OfferLegEnded(offer)]
        for step in steps[: stage if offer else 0]:
            self.post(step)

    @rule(number=numbers, misses=st.sampled_from([False, False, False, True]))
    def phone_is_answered(self, number: int, misses: bool) -> None:
        offer = self.some_offer(number, *(Phase if misses else (Phase.OPEN, Phase.TIMED_OUT)))
        self.post(ev.OfferAccepted(offer))

    @rule()
    def they_hear_each_other(self) -> None:
        for offer in list(self.desk.acd.state.offers.values()):
            if offer.phase is Phase.ACCEPTED:
                self.post(ev.Bridged(offer.contact, offer.offer))

    @rule(kind=st.sampled_from(NO), number=numbers, misses=st.sampled_from([False, False, False, True]))
    def phone_says_no(self, kind: type[Event], number: int, misses: bool) -> None:
        self.post(kind(self.some_offer(number, *(Phase if misses else (Phase.OPEN,)))))  # type: ignore[call-arg]

    @rule(number=numbers, misses=st.sampled_from([False, False, False, True]))
    def agent_leaves(self, number: int, misses: bool) -> None:
        phases = tuple(Phase) if misses else (Phase.ACCEPTED, Phase.HANGING_UP)
        self.post(ev.OfferLegEnded(self.some_offer(number, *phases)))

    def some_offer(self, number: int, *phases: Phase) -> str:
        """A remembered offer in one of these phases, or one of the last few ever made."""
        live = sorted(offer.offer for offer in self.desk.acd.state.offers.values() if offer.phase in phases)
        made = self.desk.acd.state.offers_made
        some = live or [f"o{max(0, made - back)}" for back in range(PAST)]
        return some[number % len(some)]

    # -- agents

    @rule()
    def everybody_comes_to_work(self) -> None:
        for agent in AGENTS:
            self.post(ev.PhoneFound(agent), ev.DutyOn(agent, agent))

    @rule(agent=agents, wish=st.sampled_from(WISHES), number=numbers)
    def agent_wishes(self, agent: str, wish: type[Event], number: int) -> None:
        later = number % 2 == 0
        self.post(ev.DutyOff(agent, agent, after_call=later) if wish is ev.DutyOff else wish(agent, agent))  # type: ignore[call-arg]

    @rule(number=numbers)
    def a_call_is_placed(self, number: int) -> None:
        self.callers += 1
        state = self.desk.acd.state
        self.post(*(joining(state, number) if number % 9 == 0 else placing(state, number, f"p{self.callers}")))

    @rule(agent=agents, outbound=st.booleans(), queue=st.sampled_from(["", "sales", "help"]))
    def own_call(self, agent: str, outbound: bool, queue: str) -> None:
        self.legs += 1
        self.post(ev.LegStarted(agent, f"l{self.legs}", outbound, queue if outbound else ""))

    @rule(number=numbers, kinds=st.sampled_from([(ev.LegConnected,), (ev.LegEnded,), (ev.LegConnected, ev.LegEnded)]))
    def own_call_goes_on(self, number: int, kinds: tuple[type[Event], ...]) -> None:
        legs = [(name, leg) for name, agent in sorted(self.desk.acd.state.agents.items()) for leg in agent.legs]
        if legs:
            self.post(*(kind(*legs[number % len(legs)]) for kind in kinds))

    # -- conversations

    @rule(number=numbers)
    def something_beside_a_talk(self, number: int) -> None:
        self.post(*beside(self.desk.acd.state, number))

    @rule(number=numbers)
    def a_caller_is_passed_on(self, number: int) -> None:
        self.legs += 1
        self.post(*passed_on(self.desk.acd.state, number, self.legs))

    # -- faults and changes, seldom

    @rule(fault=st.sampled_from(FAULTS), agent=agents, number=numbers)
    def something_breaks_or_changes(self, fault: str, agent: str, number: int) -> None:
        match fault:
            case "privacy":
                self.post(ev.PrivacyChanged(agent, QUEUES[number % len(QUEUES)].queue, on=number % 3 == 0, actor=agent))
            case "seat left":
                self.post(ev.SeatLeft(agent))
            case "healed":
                self.post(ev.Healed(()))  # healing a healthy office changes nothing that anybody sees
            case "phone lost":
                self.post(ev.PhoneLost(agent))
            case "phone found":
                self.post(ev.PhoneFound(agent))
            case "switch dies":
                self.post(ev.SwitchLost())
            case "callers return":
                self.post(*(ev.CallerReturned(contact) for contact in sorted(self.desk.acd.state.contacts)[:3]))
            case "desk restarts":
                self.post(self.restart(number % 3))
            case "agents change":
                left = [name for name in AGENTS if name != agent]
                self.post(ev.Configured(staffed(*left)), ev.Configured(staffed(*AGENTS)))
            case "agent removed":
                left = [name for name in AGENTS if name != agent]
                self.post(ev.Configured(staffed(*left)))

    def restart(self, lost: int) -> ev.Restarted:
        state = self.desk.acd.state
        legs = sorted(leg for agent in state.agents.values() for leg in agent.legs)
        return ev.Restarted(tuple(sorted(state.offers)[lost:]), tuple(legs[lost:]))

    @invariant()
    def view_can_be_drawn(self) -> None:
        view = self.desk.acd.view(self.desk.now)
        assert len({caller.contact for caller in (*view.waiting, *view.calls)}) == len(view.waiting) + len(view.calls)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.refold()


TestOffice = Office.TestCase
# The ordinary run tries the same offices every time; asked for more, it looks for new ones.
TestOffice.settings = settings(
    derandomize="DESKBELL_MACHINE_RUNS" not in os.environ,
    max_examples=int(os.environ.get("DESKBELL_MACHINE_RUNS", "60")),
    stateful_step_count=int(os.environ.get("DESKBELL_MACHINE_STEPS", "50")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
