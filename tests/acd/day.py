"""A day of a random but plausible office, step by step, weighted by what people do (test_random_days.py)."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from appliance.acd import events as ev
from appliance.acd.chains import Destination, Kind
from appliance.acd.engine import Acd
from appliance.acd.events import Event
from appliance.acd.house import Held
from appliance.acd.metrics import conservation
from appliance.acd.metrics_counts import Interval, count
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.model import Agent, AgentState, ContactState, Intent, Offer, Phase
from appliance.acd.settings import Consent, MenuSettings, OfficeSettings, QueueSettings, Skill, SupervisorSettings
from appliance.acd.talk import Mode
from tests.acd.chains import (
    AGENT_FIRST,
    CUSTOMER_FIRST,
    FOR_HELP,
    FOR_NIGHT,
    FOR_VIP,
    news_of,
    news_of_dial,
    presses,
)
from tests.acd.desk import Desk, arrives, office
from tests.acd.placing import joining, placing

AGENTS = tuple(f"a{number:02}" for number in range(20))
SKILLED = {"skill": "german", "skill_min": 3, "skill_floor": 1, "relax_s": 10}
ONE_BY_ONE = ("fixed-order", "round-robin", "longest-idle", "most-idle", "skills", "random", "fewest-calls")
RACES = ("simultaneous", "progressive")


def queues(day: int) -> tuple[QueueSettings, ...]:
    """Every day another mixture of strategies, so that all of them meet all others."""
    one, other = ONE_BY_ONE[day % 7], ONE_BY_ONE[(day * 3 + 1) % 7]
    sales = QueueSettings(
        "sales",
        "Sales",
        "1",
        AGENTS[:12],
        one,
        ring_s=15,
        wrap_up_s=20,
        last_agent=True,
        pause_recording=True,
        consent=tuple(Consent)[day % 4],
        codes=(("1", "order"),),
        calls_out=True,
        callback=(None, AGENT_FIRST, CUSTOMER_FIRST)[day % 3],
        **SKILLED,
    )
    help_ = QueueSettings(
        "help",
        "Help",
        "2",
        AGENTS[8:],
        other,
        ring_s=20,
        max_waiting=6,
        announce_position=True,
        voicemail_digit="9",
        callback=CUSTOMER_FIRST,
        rr_busy_to_end=True,
        chains=FOR_HELP,
    )
    vip = QueueSettings(
        "vip", "VIP", "3", AGENTS[::3], RACES[day % 2], ring_s=6, wrap_up_s=0, max_wait_s=120, ring_cap=day % 4,
        add_every_s=3, hold_when_busy=False, last_agent=True, chains=FOR_VIP if day % 2 else (),
    )  # fmt: skip
    night = QueueSettings("night", "Night", "4", AGENTS[:2], wait_without_agents=False, no_agent_s=5, chains=FOR_NIGHT)
    door = QueueSettings("door", "Door", "5", AGENTS[4:9], RACES[0] if day % 2 else one, ring_s=8, is_group=True)
    return sales, help_, vip, night, door


MENUS = (
    MenuSettings(
        "menu:main", "Main", "", "menu_choose",
        (("1", (Destination(Kind.QUEUE, "sales"), Destination(Kind.VOICEMAIL, "front"))), ("2", FOR_HELP[1].steps)),
        (Destination(Kind.QUEUE, "door"),),
    ),
)  # fmt: skip

SHAPES = [queue.queue for queue in queues(0)]
T = TypeVar("T")


class Day:
    """Chance, weighted by what people do in each situation. Only `random()` is used: the same on every Python."""

    def __init__(self, seed: int) -> None:
        self.queues = queues(seed)
        self.desk = Desk(*AGENTS, queues=self.queues)
        self.desk.watch.reload_every = 7
        self.chance = random.Random(seed)
        self.callers = 0
        self.legs = 0
        self.desk.together(ev.Configured(self.office(*AGENTS)))
        self.actions: list[tuple[float, Callable[[], Sequence[Event]]]] = [
            (4, self.somebody_calls),
            (1.5, self.somebody_gives_up),
            (2, self.a_chain_goes_on),
            (0.6, self.a_caller_presses_a_key),
            (2, self.a_customer_is_called_back),
            (0.1, self.a_queue_opens_or_closes),
            (0.05, self.a_person_holds_the_house),
            (1.5, self.something_beside_a_talk),
            (14, self.a_phone_acts),
            (7, self.an_agent_acts),
            (4, self.an_own_call_goes_on),
            (1, self.somebody_is_asked),
            (3, self.a_call_is_placed),
            (5, self.a_caller_is_passed_on),
            (0.6, self.something_breaks),
            (0.7, self.something_late_arrives),
        ]

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.desk.wait(self.chance.random() ** 9 * 30)
            self.desk.now += 0.0 if self.chance.random() < 0.9 else self.chance.random() * 2
            events = list(self.act())
            while self.chance.random() < 0.2:
                events += self.act()
            if events:
                self.desk.together(*events)

    def act(self) -> Sequence[Event]:
        at = self.chance.random() * sum(weight for weight, _ in self.actions)
        for weight, action in self.actions:
            at -= weight
            if at < 0:
                return action()
        return ()

    def one_of(self, things: Sequence[T]) -> T:
        return things[int(self.chance.random() * len(things))]

    def offers(self, *phases: Phase) -> list[Offer]:
        return [offer for offer in self.desk.acd.state.offers.values() if offer.phase in phases]

    def office(self, *agents: str) -> OfficeSettings:
        """Everybody speaks some German, and priority grows with the wait on every other day."""
        plain = office(*agents, queues=self.queues)
        people = tuple(replace(one, skills=(Skill("german", int(one.agent[1:]) % 5),)) for one in plain.agents)
        supervisors = (
            SupervisorSettings("eve", "Eve", "901"),
            SupervisorSettings("fay", "Fay", "902", ("sales", "vip")),
        )
        also = {"ageing_s": 30.0 * (len(agents) % 2), "nag_s": 8.0 * (len(agents) % 3)}
        return replace(plain, agents=people, supervisors=supervisors, menus=MENUS, **also)

    def is_conserved(self) -> str:
        """M-00 of every stretch of the day, told as at night; "" when all of them add up."""
        first, last = self.desk.journal[0][1], self.desk.journal[-1][1] + 1
        slots = Interval(first, last).slots((last - first) / 3)
        acd, ledger = Acd(), Ledger(sorted({edge for slot in slots for edge in (slot.start, slot.end)}))
        for events, at in self.desk.journal:
            ledger.handle(acd, events, at, at)
        ledger.finish(acd, last, last)
        return " ".join(filter(None, (conservation(count(ledger, slot)) for slot in slots)))

    # -- what may happen

    def somebody_calls(self) -> Sequence[Event]:
        if len(self.desk.acd.state.contacts) > 30:
            return ()
        self.callers += 1
        urgent = int(self.chance.random() < 0.1)
        call = arrives(
            f"c{self.callers}",
            self.one_of([*SHAPES, *SHAPES, "menu:main"]),
            priority=urgent,
            returns=self.chance.random() < 0.3,
        )
        held_s = 15.0 if self.callers % 7 == 0 else None
        return [replace(call, number=f"035550{self.callers % 9}", can_talk=self.callers % 20 != 0, ring_hold_s=held_s)]

    def somebody_gives_up(self) -> Sequence[Event]:
        state = self.desk.acd.state
        contacts = [offer.contact for offer in self.offers(Phase.OPEN)] * 3 + list(state.contacts)
        contacts += [name for name, one in state.contacts.items() if one.transfer is not None] * 20
        return [ev.CallerHungUp(self.one_of(contacts))] if contacts else ()

    def a_chain_goes_on(self) -> Sequence[Event]:
        contacts = self.desk.acd.state.contacts.values()
        on_the_way = [contact for contact in contacts if contact.state is ContactState.FALLBACK]
        return [news_of(self.one_of(on_the_way), int(self.chance.random() * 1000))] if on_the_way else ()

    def a_caller_presses_a_key(self) -> Sequence[Event]:
        contacts = list(self.desk.acd.state.contacts)
        return presses(self.one_of(contacts), int(self.chance.random() * 1000)) if contacts else ()

    def a_customer_is_called_back(self) -> Sequence[Event]:
        contacts = self.desk.acd.state.contacts.values()
        dials = [contact for contact in contacts if contact.state in (ContactState.DIALLING, ContactState.CONFIRMING)]
        return [news_of_dial(self.one_of(dials), int(self.chance.random() * 1000))] if dials else ()

    def a_queue_opens_or_closes(self) -> Sequence[Event]:
        queue, is_open = self.one_of(SHAPES), self.chance.random() < 0.7
        if self.chance.random() < 0.3:
            return [ev.ClosingExpected(queue, self.one_of([0.0, self.desk.now + 60.0, self.desk.now + 3600.0]))]
        return [ev.HoursChanged(queue, is_open, self.one_of(["holiday", "closed"]))]

    def a_person_holds_the_house(self) -> Sequence[Event]:
        """The key switch, mostly let go again, and now and then a notice."""
        if self.desk.acd.state.house.notices:
            return [ev.NoticeCleared("fire", "contact")]
        if self.chance.random() < 0.1:
            return [ev.NoticeRaised("fire", "contact", evacuates=self.chance.random() < 0.5)]
        held = self.one_of([Held.SCHEDULE, Held.SCHEDULE, Held.SCHEDULE, *Held])
        queue = self.one_of(["", "", *SHAPES])
        return [ev.HoursHeld(held, "key", queue=queue, forced=self.chance.random() < 0.2)]

    def something_beside_a_talk(self) -> Sequence[Event]:
        """Recordings begin, are paused and fail; supervisors come, change their mind, take over and go."""
        state = self.desk.acd.state
        talks = [offer for offer in self.offers(Phase.ACCEPTED) if offer.was_bridged]
        if not talks:
            return ()
        offer = self.one_of(talks)
        contact = state.contacts.get(offer.contact)
        named = contact.recording if contact is not None else ""
        mode = self.one_of(list(Mode))
        coach = self.one_of([*state.coaches, "k0"])
        return self.one_of(
            [
                [ev.RecordingBegan(offer.contact, named)],
                [ev.RecordingPauseAsked(offer.agent, offer.agent)],
                [ev.RecordingPauseAsked(offer.agent, "key", self.chance.random() < 0.5)],
                [ev.RecordingEnded(offer.contact, named)],
                [ev.CoachAsked(self.one_of(["eve", "fay"]), offer.agent, mode)],
                [ev.CoachAsked("eve", offer.agent, mode, leg="in-1")],
                [ev.CoachAnswered(coach)],
                [ev.CoachAnswered(coach)],
                [ev.CoachModeAsked(coach, mode)],
                [ev.CoachLeft(coach)],
                [ev.HelpAsked(offer.agent, offer.agent)],
                [ev.CallNoted(offer.contact, f"note {self.legs}", offer.agent)],
                [ev.CallCoded("1", offer.agent, agent=offer.agent)],
                *self.about_a_call(),
            ]
        )

    def about_a_call(self) -> list[list[Event]]:
        """What agents in wrap-up ask for, and callers who are served out of turn."""
        state = self.desk.acd.state
        wrapping = [name for name, one in state.agents.items() if one.state is AgentState.WRAP_UP]
        waiting = [name for name, one in state.contacts.items() if one.state is ContactState.WAITING]
        agent = self.one_of(wrapping) if wrapping else self.one_of(AGENTS)
        assigned = [ev.CallAssigned(self.one_of(waiting), self.one_of(AGENTS), "eve", "vip")] if waiting else []
        return [[ev.WrapUpExtensionAsked(agent, agent)], [ev.NextCallWanted(agent, agent)], [*assigned]]

    def a_phone_acts(self) -> Sequence[Event]:
        offers = list(self.desk.acd.state.offers.values())
        if not offers:
            return ()
        offer = self.one_of(offers)
        match offer.phase:
            case Phase.OPEN:
                answers = [ev.OfferAccepted] * 6
                answers += [ev.OfferAlerted, ev.OfferDoubted, ev.OfferRejected, ev.OfferBusy, ev.OfferUnreachable]
                if offer.race and self.chance.random() < 0.5:  # a race is often nobody's business
                    is_going = self.desk.acd.state.agents[offer.agent].intent is Intent.OFF
                    return [ev.OfferRejected(offer.offer)] if is_going else ()
                answer = self.one_of(answers)(offer.offer)
                lifted = ev.LegStarted(offer.agent, f"b{self.callers}", outbound=True)
                return [answer, lifted] if isinstance(answer, ev.OfferBusy) and self.chance.random() < 0.5 else [answer]
            case Phase.ACCEPTED if not offer.was_bridged and self.chance.random() < 0.8:
                return [ev.Bridged(offer.contact, offer.offer), ev.RecordingBegan(offer.contact, "")]
            case Phase.ACCEPTED if offer.was_bridged and self.chance.random() < 0.7:
                return ()  # they go on talking
            case Phase.TIMED_OUT:
                again = [ev.DutyOn(offer.agent, offer.agent)] if self.chance.random() < 0.3 else []
                return [*again, ev.OfferAccepted(offer.offer)]
            case _:
                return [ev.OfferLegEnded(offer.offer)]

    def an_agent_acts(self) -> Sequence[Event]:
        agents = list(self.desk.acd.state.agents.values())
        resting = (AgentState.FREE, AgentState.OFF)
        engaged = [agent for agent in agents if agent.state not in resting or agent.prompt == "missed_races"]
        wrapping = [agent for agent in agents if agent.state is AgentState.WRAP_UP]
        if wrapping and self.chance.random() < 0.3:
            engaged = wrapping
        agent = self.one_of(engaged if engaged and self.chance.random() < 0.6 else agents)
        name = agent.settings.agent
        if agent.prompt == "missed_races" and agent.state is AgentState.FREE:
            return [self.one_of([ev.StayedOff, ev.DutyOn])(name, name)]
        self.legs += 1
        dials = [ev.LegStarted(name, f"l{self.legs}", True, queue) for queue in ("", "sales")]
        called = ev.LegStarted(name, f"l{self.legs}", False)
        off, later = ev.DutyOff(name, name), ev.DutyOff(name, name, "lunch", after_call=True)
        privacy = ev.PrivacyChanged(name, self.one_of(SHAPES), self.chance.random() < 0.6, name)
        if agent.state is AgentState.RINGING and self.chance.random() < (0.4 if agent.intent is Intent.OFF else 0.2):
            queue = self.desk.acd.state.offers[agent.offer].queue
            return [ev.PrivacyChanged(name, queue, on=True, actor=name)]
        if agent.private and self.chance.random() < 0.5:
            return [ev.PrivacyChanged(name, agent.private[0], on=False, actor=name)]
        if agent.state is AgentState.RINGING and self.chance.random() < 0.7:
            return [ev.DutyOn(name, name) if agent.intent is Intent.OFF else later]
        ended = ev.WrapUpEnded(name, name)
        if agent.state is AgentState.WRAP_UP and self.chance.random() < 0.8:
            return [self.one_of([called, called, *dials, *dials, ended, ev.DutyOn(name, name), off, later])]
        wishes: list[Event] = [ev.DutyOn(name, name)] * self.zeal(agent)
        wishes += [privacy, *dials, called, later, off, ended, ev.SeatLeft(name), ev.StayedOff(name, name)]
        return [self.one_of(wishes)]

    @staticmethod
    def zeal(agent: Agent) -> int:
        """Most people who are off duty come back."""
        return 20 if agent.state is AgentState.OFF else 2

    def a_caller_is_passed_on(self) -> Sequence[Event]:
        """Mostly by whoever has the caller, sometimes in two ways at once."""
        contacts = self.desk.acd.state.contacts.values()
        passing = [one for one in contacts if one.transfer is not None and one.state is not ContactState.CONSULTING]
        if passing and self.chance.random() < 0.2:
            return [ev.CallerHungUp(self.one_of(passing).contact)]  # while the target rings, or just as it answers
        having = (ContactState.CONNECTED, ContactState.CONSULTING, ContactState.CONSULTING)
        found = [one for one in contacts if one.state in having]
        if not found:
            return ()
        consulting = [one for one in found if one.state is ContactState.CONSULTING]
        contact = self.one_of(consulting if consulting and self.chance.random() < 0.5 else found)
        self.legs += 1
        call = (contact.contact, contact.offer)
        target = self.desk.acd.offer(contact.transfer.target) if contact.transfer is not None else None
        if target is not None and target.phase is Phase.OPEN and self.chance.random() < 0.5:
            return [ev.OfferAccepted(target.offer)]
        if target is not None and target.phase is Phase.ACCEPTED and self.chance.random() < 0.4:
            return [ev.TransferCompleted(*call)]
        if contact.state is ContactState.CONSULTING and self.chance.random() < 0.7:
            tired = [ev.CallerHungUp(contact.contact)]
            taken_back: list[Event] = [ev.TransferCancelled(*call)]
            return self.one_of([tired, [ev.TransferCompleted(*call)], taken_back, taken_back])
        own = ev.LegStarted(contact.agent, f"l{self.legs}", True), ev.LegStarted("a03", f"x{self.legs}", False)
        joined = ev.ConsultJoined(*call, Kind.USER, "104", f"x{self.legs}", f"l{self.legs}", self.chance.random() < 0.5)
        to: list[tuple[Kind, str]] = [
            (Kind.USER, f"10{int(self.chance.random() * 9) + 1}"),
            (Kind.USER, f"10{int(self.chance.random() * 9) + 1}"),
            (Kind.EXTERNAL, "0312345678"),
            (Kind.QUEUE, self.one_of(SHAPES)),
            (Kind.VOICEMAIL, "104"),
        ]
        asked = ev.TransferAsked(*call, *self.one_of(to), ask_first=self.chance.random() < 0.6)
        held = [ev.CallerHeld(*call, is_held=self.chance.random() < 0.5)]
        return self.one_of([held, [asked], [asked], [asked], [*own, joined]])

    def an_own_call_goes_on(self) -> Sequence[Event]:
        agents = self.desk.acd.state.agents.items()
        legs = [(name, leg) for name, agent in agents for leg in agent.legs]
        if not legs:
            return ()
        beneath = [(name, leg) for name, agent in agents if agent.wrap_until for leg in agent.legs]
        if beneath and self.chance.random() < 0.5:  # a wrap-up that runs on
            return [self.one_of([*(ev.LegEnded(*leg) for leg in beneath), ev.SwitchLost()])]
        kind = self.one_of([ev.LegConnected, ev.LegEnded, ev.LegEnded])
        return [kind(*self.one_of(legs))]

    def somebody_is_asked(self) -> Sequence[Event]:
        """T-nag: a phone asks who was taken off duty; picked up, answered or let ring."""
        asked = [(name, agent) for name, agent in self.desk.acd.state.agents.items() if agent.nag]
        if not asked:
            return ()
        name, agent = self.one_of(asked)
        picked_up = ev.LegStarted(name, agent.nag, outbound=False)
        answers: list[Event] = [ev.DutyOn(name, "phone"), ev.StayedOff(name, "phone"), ev.LegEnded(name, agent.nag)]
        return [self.one_of(answers)] if agent.nag in agent.legs else [self.one_of([picked_up, picked_up, answers[-1]])]

    def a_call_is_placed(self) -> Sequence[Event]:
        self.legs += 1
        number, state = int(self.chance.random() * 10_000), self.desk.acd.state
        return joining(state, number) if number % 9 == 0 else placing(state, number, f"p{self.legs}")

    def something_breaks(self) -> Sequence[Event]:
        state = self.desk.acd.state
        agent = self.one_of(AGENTS)
        legs = [leg for found in state.agents.values() for leg in found.legs if self.chance.random() < 0.3]
        alive = [offer for offer in state.offers if self.chance.random() < 0.8]
        left = [name for name in AGENTS if name != agent]
        return self.one_of(
            [
                [ev.PhoneLost(agent)],
                [ev.PhoneFound(name) for name in AGENTS],
                [ev.PhoneFound(name) for name in AGENTS],
                [ev.SwitchLost()],
                [ev.PowerReturned(60.0)],
                [ev.CallbackCancelled(name, "admin") for name in state.contacts if self.chance.random() < 0.1],
                [ev.SwitchLost()],
                [ev.Restarted(tuple(alive), tuple(legs))],
                [ev.CallerReturned(contact) for contact in state.contacts],
                [ev.Restarted(tuple(alive), tuple(legs))],
                [ev.DayBegan(f"2026-11-{1 + self.callers % 28:02}")],
                [ev.Configured(self.office(*left))],
                [ev.Configured(self.office(*AGENTS))],
                [ev.Configured(self.office(*AGENTS))],
            ]
        )

    def something_late_arrives(self) -> Sequence[Event]:
        offer = f"o{int(self.chance.random() * (self.desk.acd.state.offers_made + 1))}"
        kinds = [
            ev.OfferAccepted, ev.OfferRejected, ev.OfferTimedOut, ev.OfferLegEnded, ev.OfferBusy, ev.OfferUnreachable,
        ]  # fmt: skip
        return [self.one_of(kinds)(offer), ev.Ticked()]
