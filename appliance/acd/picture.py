"""The committed state as a picture for people: builds the `OfficeView` that panel, page and lamps render (D-07)."""

from collections import Counter
from dataclasses import dataclass

from appliance.acd import eligible, emergency, outgoing, recording, strategies
from appliance.acd.consent import is_refused
from appliance.acd.house import Held, Holding
from appliance.acd.model import TALKS, Agent, AgentState, Contact, ContactState, Hears, Offer, Phase, State
from appliance.acd.settings import QueueSettings
from appliance.acd.strategies import Choice
from appliance.acd.talk import Coach, CoachPhase, Mode, Pause
from appliance.acd.view import AgentView, CallbackView, CallView, OfficeView, QueueView, WaitingView

_TALKING = (ContactState.PLACING, ContactState.CONNECTING, ContactState.TRANSFERRING, *TALKS)


def draw(state: State, now: float) -> OfficeView:
    """The whole office, agents in the order of the configuration and callers in the order they will be served."""
    following = next_up(state)
    agents = tuple(_agent(state, agent, following) for agent in _in_order(state))
    contacts = sorted(state.contacts.values(), key=lambda contact: contact.key)
    waiting = [contact for contact in contacts if _is_waiting(contact)]
    calls = tuple(_call(state, contact) for contact in contacts if _is_call(contact))
    lengths = Counter(contact.queue for contact in waiting if contact.is_live)
    queues = tuple(_queue(state, queue.queue, lengths[queue.queue]) for queue in state.office.queues)
    house, standing = state.house, _waiting(state, waiting)
    places = {one.contact: one.position for one in standing}
    promised = tuple(_promise(contact, places) for contact in contacts if contact.callback and not contact.is_live)
    return OfficeView(
        state.seq, now, agents, standing, calls, queues, _word(house.holding), tuple(house.notices), promised,
        emergency.placed_at(state),
    )  # fmt: skip


def _queue(state: State, name: str, waiting: int) -> QueueView:
    holding, memory = state.house.holding_of(name), state.queues.get(name)
    is_open = memory is None or memory.closed_for is None
    if holding is None:
        return QueueView(name, is_open, waiting)
    return QueueView(name, holding.held is Held.OPEN, waiting, _word(holding), holding.actor, holding.until)


def _word(holding: Holding | None) -> str:
    return holding.held.value if holding is not None else ""


def next_up(state: State) -> dict[str, tuple[str, ...]]:
    """Agent → queues whose next caller would ring there now (U-03); of a race, everybody it would begin with."""
    free = {name for name, agent in state.agents.items() if agent.is_free}
    found: dict[str, tuple[str, ...]] = {}
    for queue in state.office.queues if free else ():
        able = [one for one in eligible.members(state, queue, free) if eligible.has_full_skill(state, queue, one)]
        if not able:
            continue
        for standing in strategies.ranking(Choice(state, queue, able))[: eligible.first_ring(queue)]:
            found[standing.agent] = (*found.get(standing.agent, ()), queue.queue)
    return found


def _in_order(state: State) -> list[Agent]:
    named = [agent.agent for agent in state.office.agents if agent.agent in state.agents]
    leaving = sorted(set(state.agents) - set(named))
    return [state.agents[name] for name in (*named, *leaving)]


def _is_waiting(contact: Contact) -> bool:
    if contact.state is ContactState.OFFERING:
        return contact.hears is not Hears.RINGBACK
    return contact.state in (ContactState.WAITING, ContactState.AWAY)


def _is_call(contact: Contact) -> bool:
    return contact.state in _TALKING or (contact.state is ContactState.OFFERING and contact.hears is Hears.RINGBACK)


def _is_private_everywhere(state: State, agent: Agent) -> bool:
    served = [queue.queue for queue in state.office.queues if agent.settings.agent in queue.agents]
    return bool(served) and all(queue in agent.private for queue in served)


def _agent(state: State, agent: Agent, following: dict[str, tuple[str, ...]]) -> AgentView:
    settings, offer = agent.settings, state.talk_of(agent.settings.agent)
    contact = state.contacts.get(offer.contact) if offer is not None else None
    holds = contact if contact is not None and offer is not None and contact.offer == offer.offer else None
    consulted = holds.transfer if holds is not None and holds.state is ContactState.CONSULTING else None
    held_since = holds.held_since if holds is not None else 0.0
    is_wrapping, beside = agent.state is AgentState.WRAP_UP, _beside(state, offer, contact)
    return AgentView(
        agent=settings.agent,
        name=settings.name,
        phone=settings.phone,
        seat=settings.seat,
        status=agent.status,
        since=agent.since,
        reason=agent.reason,
        pending=agent.intent.value,
        prompt=agent.prompt,
        wrap_until=agent.wrap_until if is_wrapping else 0.0,
        contact=contact.contact if contact is not None else "",
        offer=offer.offer if offer is not None else "",
        outbound=any(leg.outbound for leg in agent.legs.values()),
        recording=_is_recorded(contact, offer) and beside.pause is None,
        changed_by_itself_at=agent.changed_by_itself_at,
        ringing_since=agent.ringing_since,
        private=tuple(agent.private),
        is_private_everywhere=_is_private_everywhere(state, agent),
        next_up=following.get(settings.agent, ()),
        paused=_is_recorded(contact, offer) and beside.pause is not None,
        pause_until=beside.pause.until if beside.pause is not None else 0.0,
        may_pause=beside.may_pause,
        unrecorded=beside.unrecorded,
        coach=beside.coach.supervisor if beside.coach is not None else "",
        coach_mode=beside.coach.mode.value if beside.coach is not None else "",
        help_asked=beside.help_asked,
        last_contact=agent.last_contact,
        may_extend=is_wrapping and agent.wrap_extended < _extensions(state, agent.last_queue),
        helps=_helps(state, settings.phone),
        held_since=held_since,
        is_held_long=bool(held_since and state.office.held_s) and state.at >= held_since + state.office.held_s,
        consults=consulted.to if consulted is not None else "",
        is_consulting=consulted is not None and state.offers[consulted.target].phase is Phase.ACCEPTED,
        calls_as=agent.calls_as,
        may_call_as=outgoing.permitted(state, settings.agent),
        call_notice=agent.call_notice,
    )


def _extensions(state: State, name: str) -> int:
    return next((queue.wrap_extensions for queue in state.office.queues if queue.queue == name), 0)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What goes on beside an agent's conversation; nothing without one."""

    pause: Pause | None = None
    may_pause: bool = False
    unrecorded: str = ""
    coach: Coach | None = None
    help_asked: bool = False


def _beside(state: State, offer: Offer | None, contact: Contact | None) -> _Beside:
    """Recording and coaches of the conversation under this offer. A listener is shown unless the office hides them."""
    if offer is None or contact is None or contact.state is not ContactState.CONNECTED or contact.offer != offer.offer:
        return _Beside()
    queue = next((one for one in state.office.queues if one.queue == contact.queue), None)
    coaches = [one for one in state.coaches.values() if one.offer == offer.offer]
    shown = [one for one in coaches if one.phase is CoachPhase.PRESENT]
    if state.office.hides_listening:
        shown = [one for one in shown if one.mode is not Mode.LISTEN]
    return _Beside(
        pause=contact.pause,
        may_pause=queue is not None and queue.pause_recording and contact.is_recording,
        unrecorded="" if contact.recording else _unrecorded(queue, contact),
        coach=shown[0] if shown else None,
        help_asked=any(one.is_help and one.phase is CoachPhase.RINGING for one in coaches),
    )


def _unrecorded(queue: QueueSettings | None, contact: Contact) -> str:
    """Why nobody records this, when nobody does (S-09, §3.11)."""
    if queue is None and contact.placed is not None:
        return "personal"
    if not recording.is_policy(queue, contact):
        return "off"
    return "not_agreed" if is_refused(queue, contact) else "failed"


def _helps(state: State, phone: str) -> str:
    """The agent whom the supervisor at this phone is rung to help in silence, "" for none."""
    ringing = {
        one.supervisor: one.agent for one in state.coaches.values() if one.is_help and one.phase is CoachPhase.RINGING
    }
    here = (one.supervisor for one in state.office.supervisors if one.phone == phone)
    return next((ringing[name] for name in here if name in ringing), "") if ringing else ""


def _is_recorded(contact: Contact | None, offer: Offer | None) -> bool:
    return contact is not None and contact.is_recording and offer is not None and offer.phase is Phase.ACCEPTED


def _waiting(state: State, contacts: list[Contact]) -> tuple[WaitingView, ...]:
    places: dict[str, int] = {}
    views = []
    for contact in contacts:
        places[contact.queue] = places.get(contact.queue, 0) + 1
        offer = state.offers.get(contact.offer)
        views.append(
            WaitingView(
                contact=contact.contact,
                position=places[contact.queue],
                queue=contact.queue,
                number=contact.number,
                name=contact.name,
                origin=contact.origin,
                since=contact.t_enq,
                priority=contact.priority,
                offered_to=offer.agent if offer is not None else "",
                callback=_promised_to(contact),
            )
        )
    return tuple(views)


def _promised_to(contact: Contact) -> str:
    return contact.callback.origin if contact.callback is not None else ""


def _promise(contact: Contact, places: dict[str, int]) -> CallbackView:
    promise = contact.callback
    assert promise is not None, contact
    return CallbackView(
        contact=contact.contact,
        queue=contact.queue,
        number=promise.number,
        name=contact.name,
        origin=promise.origin,
        since=contact.t_enq,
        state=contact.state.value,
        position=places.get(contact.contact, 0),
        tries=promise.tries,
        retry_at=promise.retry_at,
    )


def _call(state: State, contact: Contact) -> CallView:
    is_talking, offer = contact.state in TALKS, state.offers.get(contact.offer)
    coach = next((one for one in state.coaches.values() if one.contact == contact.contact), None)
    queue = next((one for one in state.office.queues if one.queue == contact.queue), None)
    return CallView(
        contact=contact.contact,
        queue=contact.queue,
        number=contact.number,
        name=contact.name,
        origin=contact.origin,
        agent=offer.agent if offer is not None else (coach.supervisor if coach is not None else contact.agent),
        since=contact.clock_from if is_talking else contact.t_enq,
        recording=contact.is_recording and contact.pause is None,
        paused=contact.is_recording and contact.pause is not None,
        is_recorded=_unrecorded(queue, contact) == "failed",
        outgoing=contact.placed is not None,
        coach=coach.supervisor if coach is not None and coach.phase is not CoachPhase.RINGING else "",
        note=contact.note,
        code=contact.code,
        talking=is_talking,
        callback=_promised_to(contact),
        held_since=contact.held_since,
        passed_to=contact.transfer.to if contact.transfer is not None else "",
    )
