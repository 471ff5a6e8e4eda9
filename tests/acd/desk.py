"""A desk that reads aloud: scripts in the office's words over a real `Acd`, in virtual time.

    desk = Desk("ann", "bob", ring_s=15)
    desk.ready("ann"); desk.caller("c1"); desk.expect("ringback c1", "ring ann for c1")
    desk.wait(15);     desk.expect("stop ann: no_answer", "hold c1")

Every step is journalled and followed by `invariants.check`; every desk is folded again when its test ends (conftest).
"""

import re
from collections.abc import Sequence
from typing import ClassVar, assert_never

import msgspec

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Kind
from appliance.acd.commands import Command
from appliance.acd.engine import Acd, fold
from appliance.acd.events import Event
from appliance.acd.model import State
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.view import AgentView, Status
from tests.acd import invariants

QUEUE = "sales"


def office(*agents: str, queues: Sequence[QueueSettings] = (), **times: float | int | bool) -> OfficeSettings:
    """An office of these agents; without `queues` one queue "sales" has them all in that order."""
    people = tuple(AgentSettings(name, name.title(), f"1{rank:02}", rank) for rank, name in enumerate(agents, 1))
    made = tuple(queues) or (QueueSettings(QUEUE, "Sales", "100", agents, **times),)
    return OfficeSettings(people, made)


def copy_of(state: State) -> State:
    """The state as a checkpoint would bring it back."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State)


class Desk:
    made: ClassVar[list["Desk"]] = []

    def __init__(self, *agents: str, queues: Sequence[QueueSettings] = (), **times: float | int | bool) -> None:
        self.acd = Acd()
        self.now = 1000.0
        self.journal: list[tuple[tuple[Event, ...], float]] = []
        self.facts: list[story.Fact] = []
        self.said: list[str] = []
        self.commands: list[Command] = []
        self.last_offer: dict[str, str] = {}
        self.offered_to: dict[str, str] = {}
        self.watch = invariants.Watch()
        self.phones = {name: f"1{rank:02}" for rank, name in enumerate(agents, 1)}
        Desk.made.append(self)
        self.together(ev.Configured(office(*agents, queues=queues, **times)))

    # -- time and batches

    def together(self, *events: Event) -> list[str]:
        """These events in one batch, now."""
        before = invariants.Before.of(self.acd.state)
        self.journal.append((events, self.now))
        commands = self.acd.handle_batch(events, self.now)
        facts = self.acd.drain_facts()
        self._note_offers(commands)
        self.said = [self._sentence(command) for command in commands]
        self.commands += commands
        self.facts += facts
        invariants.check(self.acd, before, events, commands, facts, self.watch)
        return self.said

    def wait(self, seconds: float) -> None:
        """Let time pass as call control does: a tick at every deadline on the way."""
        until, said = self.now + seconds, []
        for _ in range(1000):
            deadline = self.acd.next_deadline()
            if deadline is None or deadline > until:
                self.now, self.said = until, said
                return
            self.now = max(self.now, deadline)
            said += self.together(ev.Ticked())
        raise AssertionError(f"the engine wants waking for ever at {self.now}")

    def expect(self, *sentences: str) -> None:
        """The last step said exactly this, in this order."""
        assert self.said == list(sentences)

    # -- people

    def ready(self, *agents: str) -> None:
        self.together(*(ev.DutyOn(agent, agent) for agent in agents))

    def off(self, agent: str, *, later: bool = False) -> None:
        self.together(ev.DutyOff(agent, agent, after_call=later))

    def stays_off(self, agent: str) -> None:
        self.together(ev.StayedOff(agent, agent))

    def ends_wrap_up(self, agent: str) -> None:
        self.together(ev.WrapUpEnded(agent, agent))

    def caller(self, contact: str, queue: str = QUEUE, *, priority: int = 0, returns: bool = False) -> None:
        self.together(arrives(contact, queue, priority=priority, returns=returns))

    def hangs_up(self, contact: str) -> None:
        self.together(ev.CallerHungUp(contact))

    def picks_up(self, agent: str) -> None:
        self.together(ev.OfferAccepted(self.last_offer[agent]))

    def talks(self, agent: str) -> None:
        """The agent answers and they hear each other."""
        self.picks_up(agent)
        offer = self.last_offer[agent]
        self.together(ev.Bridged(self.acd.contact_of(offer), offer))

    def rejects(self, agent: str) -> None:
        self.together(ev.OfferRejected(self.last_offer[agent]))

    def is_busy(self, agent: str) -> None:
        self.together(ev.OfferBusy(self.last_offer[agent]))

    def gives_no_sign(self, agent: str) -> None:
        self.together(ev.OfferUnreachable(self.last_offer[agent]))

    def leaves(self, agent: str) -> None:
        """The agent's leg of the queue call ends."""
        self.together(ev.OfferLegEnded(self.last_offer[agent]))

    def dials(self, agent: str, leg: str = "out", queue: str = "") -> None:
        self.together(ev.LegStarted(agent, leg, outbound=True, queue=queue))

    def calls_as(self, agent: str, queue: str) -> None:
        self.together(ev.IdentityChosen(agent, queue, agent))

    def places(self, agent: str, contact: str = "p1", queue: str = "", number: str = "0312345678") -> None:
        """The agent calls a number outside, as this queue or personally."""
        self.together(placed(agent, contact, queue, number))

    def is_answered(self, contact: str = "p1") -> None:
        """Whoever was called picked up."""
        self.together(ev.FarEndAnswered(contact))

    def is_connected(self, agent: str, contact: str = "p1", queue: str = "") -> None:
        """The agent called, it was answered, and they hear each other."""
        self.places(agent, contact, queue)
        self.is_answered(contact)
        if self.said and self.said[0].startswith("say "):
            self.together(ev.MessageSaid(contact, 0))
        self.hear_each_other(contact)

    def fails(self, contact: str = "p1", why: str = "busy") -> None:
        self.together(ev.CallFailed(contact, why))

    def puts_down(self, agent: str) -> None:
        """The agent hangs up what the phone is on."""
        self.together(ev.OfferLegEnded(self.agent(agent).offer))

    def is_called(self, agent: str, leg: str = "in") -> None:
        self.together(ev.LegStarted(agent, leg, outbound=False))

    def connects(self, agent: str, leg: str = "out") -> None:
        self.together(ev.LegConnected(agent, leg))

    def ends_leg(self, agent: str, leg: str = "out") -> None:
        self.together(ev.LegEnded(agent, leg))

    def finds_phone(self, agent: str) -> None:
        self.together(ev.PhoneFound(agent))

    def loses_phone(self, agent: str) -> None:
        self.together(ev.PhoneLost(agent))

    # -- passing callers on; people at phones are named as agents are, others by their number

    def passes(self, agent: str, to: str, kind: Kind = Kind.USER, *, ask_first: bool = False) -> None:
        view = self.agent(agent)
        self.together(ev.TransferAsked(view.contact, view.offer, kind, self.phones.get(to, to), ask_first))

    def asks(self, agent: str, to: str, kind: Kind = Kind.USER) -> None:
        self.passes(agent, to, kind, ask_first=True)

    def completes(self, agent: str) -> None:
        view = self.agent(agent)
        self.together(ev.TransferCompleted(view.contact, view.offer))

    def cancels(self, agent: str) -> None:
        view = self.agent(agent)
        self.together(ev.TransferCancelled(view.contact, view.offer))

    def holds(self, agent: str, *, is_held: bool = True) -> None:
        view = self.agent(agent)
        self.together(ev.CallerHeld(view.contact, view.offer, is_held))

    def hear_each_other(self, contact: str) -> None:
        """Caller and whoever is being connected."""
        found = self.acd.contact(contact)
        assert found is not None
        self.together(ev.Bridged(contact, found.offer))

    # -- what is seen

    def agent(self, name: str) -> AgentView:
        return next(agent for agent in self.acd.view(self.now).agents if agent.agent == name)

    def status(self, name: str) -> Status:
        return self.agent(name).status

    def waiting(self) -> list[str]:
        return [caller.contact for caller in self.acd.view(self.now).waiting]

    def told(self, kind: type[story.Fact]) -> list[story.Fact]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def ending(self, contact: str) -> story.ContactEnded:
        (only,) = [fact for fact in self.facts if isinstance(fact, story.ContactEnded) and fact.contact == contact]
        return only

    def refold(self) -> None:
        """state == fold(journal), from nothing and from a checkpoint in the middle (I-22)."""
        assert fold(self.journal).state == self.acd.state
        half = len(self.journal) // 2
        middle = copy_of(fold(self.journal[:half]).state)
        assert fold(self.journal[half:], middle).state == self.acd.state

    def _note_offers(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, do.OpenOffer):
                self.last_offer[command.agent] = command.offer
                self.offered_to[command.offer] = command.agent
            elif isinstance(command, do.RingTarget):
                who = next((name for name, phone in self.phones.items() if phone == command.to), command.to)
                self.last_offer[who] = command.offer
                self.offered_to[command.offer] = who
            elif isinstance(command, do.AdoptLeg):  # nobody was rung
                found = self.acd.offer(command.offer)
                is_own = found is not None and found.is_outgoing
                self.offered_to[command.offer] = found.agent if found is not None and is_own else command.offer

    def _sentence(self, command: Command) -> str:
        match command:
            case do.RingCaller(contact):
                return f"ringback {contact}"
            case do.HoldCaller(contact):
                return f"hold {contact}"
            case do.OpenOffer():
                return f"ring {command.agent} for {command.contact}"
            case do.WithdrawOffer(offer, why, elsewhere):
                return f"stop {self.offered_to.get(offer, offer)}: {why}{' elsewhere' if elsewhere else ''}"
            case do.Connect(contact, offer):
                return f"connect {contact} with {self.offered_to.get(offer, offer)}"
            case do.RecordConversation(recording, contact, _, beep_s):
                return f"record {contact} as {recording}" + (f" beeping every {beep_s:g}" if beep_s else "")
            case do.DismissCaller(contact, _, why):
                return f"dismiss {contact}: {why}"
            case _ if isinstance(command, do.CallbackOrder):
                return _callback_sentence(command)
            case do.AnnouncePosition() | do.SendCaller() | do.SayToCaller() | do.TellCaller() | do.AskMenu():
                return _chain_sentence(command)
            case do.ReleaseCaller(contact, why):
                return f"release {contact}: {why}"
            case _ if isinstance(command, do.TalkOrder | do.TransferOrder | do.NagOrder):
                return self._talk_sentence(command)
            case _:
                assert_never(command)

    def _talk_sentence(self, command: do.TalkOrder | do.TransferOrder | do.NagOrder) -> str:
        if isinstance(command, do.TransferOrder):
            return self._transfer_sentence(command)
        if isinstance(command, do.NagOrder):
            return _nag_sentence(command)
        match command:
            case do.PauseRecording(recording, paused):
                return f"pause {recording}" if paused else f"record {recording} on"
            case do.TellAgent(offer, prompts):
                return f"tell {self.offered_to[offer]} {' '.join(prompts)}"
            case do.TellTalking(contact, prompts):
                return f"tell talking {contact} {' '.join(prompts)}"
            case do.RingCoach(coach, supervisor, phone, agent, _, is_help):
                return f"ring {supervisor} at {phone} as {coach} {'to help' if is_help else 'for'} {agent}"
            case do.LetCoachIn(coach, _, offer, mode):
                return f"let {coach} {mode.value} to {self.offered_to[offer]}"
            case do.AskCoach(coach):
                return f"ask {coach}"
            case do.TakeOver(coach, _, contact, recording, _):
                return f"{coach} takes {contact} over, recorded as {recording}".removesuffix(", recorded as ")
            case do.DropCoach(coach, leg, why):
                return f"drop {coach or leg}: {why}"

    def _transfer_sentence(self, command: do.TransferOrder) -> str:
        match command:
            case do.RingTarget(offer, contact, kind, _, source):
                asked = f", {self.offered_to[source]} asks" if source else ""
                return f"ring {kind.value} {self.offered_to[offer]} for {contact}{asked}"
            case do.AdoptLeg(offer, leg):
                return f"{offer} is on {leg}"
            case do.LetConsult(source, target):
                return f"{self.offered_to[source]} asks {self.offered_to.get(target, target)}"
            case do.StopRecording(recording):
                return f"stop recording {recording}"
            case do.DismissAgent(offer, prompt):
                return f"dismiss {self.offered_to[offer]}: {prompt}"
            case do.RefuseTransfer(contact, _, why):
                return f"refuse {contact}: {why}"


def arrives(contact: str, queue: str = QUEUE, *, priority: int = 0, returns: bool = False) -> ev.CallerArrived:
    return ev.CallerArrived(contact, queue, f"555-{contact}", "", "line1" if returns else "sip", priority, returns)


def placed(agent: str, contact: str = "p1", queue: str = "", number: str = "0312345678") -> ev.CallPlaced:
    return ev.CallPlaced(contact, agent, f"leg-{contact}", number, queue, "line-1")


def _nag_sentence(command: do.NagOrder) -> str:
    match command:
        case do.AskAgent(nag, agent):
            return f"ask {agent} by telephone as {nag}"
        case do.StopAsking(nag, said):
            return f"stop asking {nag}: {said}".removesuffix(": ")


def _chain_sentence(command: do.AnnouncePosition | do.SendCaller | do.SayToCaller | do.TellCaller | do.AskMenu) -> str:
    match command:
        case do.AnnouncePosition(contact, position):
            return f"tell {contact} place {position}"
        case do.SendCaller(contact, kind, to, hop, _, why):
            return f"send {contact} to {kind.value} {to}".rstrip() + f" ({hop}): {why}"
        case do.SayToCaller(contact, prompt, hop):
            return f"say {prompt} to {contact} ({hop})"
        case do.AskMenu(contact, prompts):
            return f"ask {contact} {' '.join(prompts)}"
        case do.TellCaller(contact, prompts):
            return f"tell {contact} {' '.join(prompts)}"


def _callback_sentence(command: do.CallbackOrder) -> str:
    match command:
        case do.PromiseCallback(contact, number, position, next_day):
            return f"promise {contact} {number} at {position}" + (" for the next opening" if next_day else "")
        case do.OfferCallback(contact, _, next_day):
            return f"offer callback {contact}" + (" for the next opening" if next_day else "")
        case do.DialCustomer(contact, number, attempt):
            return f"dial {number} for {contact} ({attempt})"
        case _:
            words = re.sub(r"(?<=.)([A-Z])", lambda found: " " + found[1].lower(), type(command).__name__)
            return f"{words[0].lower()}{words[1:]} {command.contact}"
