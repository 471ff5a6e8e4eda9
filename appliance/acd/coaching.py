"""Supervisors in an agent's conversation: listen, whisper, barge in, take over, and silent help (§3.14, F-37, U-08).

Rules: only supervisors of that queue; a coach is never left alone with the caller unless the call was taken over
(R-36); whatever ends a conversation, its coaches are dropped in the same batch (`settle`).
"""

from appliance.acd import commands as do
from appliance.acd import contacts, leaving, recording, story
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Contact, ContactState, Hears, Offer, State
from appliance.acd.office import Office
from appliance.acd.settings import SupervisorSettings
from appliance.acd.story import Outcome
from appliance.acd.talk import Coach, CoachPhase, Mode
from appliance.acd.talk_events import CoachAsked, HelpAsked

RING_S = 20.0
ASK_S = 5.0  # for the answer to "take the call over?" (§3.14)
_NEEDS = {
    CoachPhase.RINGING: ContactState.CONNECTED,
    CoachPhase.PRESENT: ContactState.CONNECTED,
    CoachPhase.ASKED: ContactState.KEPT,
    CoachPhase.TALKING: ContactState.TAKEN,
}


def supervisor_of(state: State, name: str) -> SupervisorSettings | None:
    """The supervisor of that name."""
    return next((one for one in state.office.supervisors if one.supervisor == name), None)


def refusal(state: State, supervisor: str, agent: str) -> str:
    """Why this supervisor may not take part in what this agent does, one word; "" when it is allowed."""
    asked = supervisor_of(state, supervisor)
    offer = _talk_of(state, agent)
    if asked is None:
        return "no_supervisor"
    if offer is None:
        return "no_conversation"
    if asked.phone == state.agents[agent].settings.phone:
        return "own_call"
    return "" if is_over(asked, offer.queue) else "other_queue"


def is_over(supervisor: SupervisorSettings, queue: str) -> bool:
    """Whether this is a supervisor of the queue; of no queue in particular means of all."""
    return not supervisor.queues or queue in supervisor.queues


def _talk_of(state: State, name: str) -> Offer | None:
    """The offer on which the agent talks for a queue now: nobody takes part in a call that is the agent's own."""
    offer = state.talk_of(name)
    if offer is not None and offer.is_direct and not (offer.is_outgoing and offer.queue):
        return None
    contact = state.contacts.get(offer.contact) if offer is not None else None
    if offer is None or contact is None or contact.state is not ContactState.CONNECTED:
        return None
    return offer if contact.offer == offer.offer else None


# -- coming in


def asked(office: Office, event: CoachAsked) -> None:
    """A supervisor wants to take part. One who is there already gets the other mode; one elsewhere leaves there."""
    why = refusal(office.state, event.supervisor, event.agent)
    if why:
        office.facts.append(story.CoachRefused(office.now, event.supervisor, event.agent, event.mode.value, why))
        if event.leg:
            office.commands.append(do.DropCoach("", event.leg, "refused"))
        return
    offer = _talk_of(office.state, event.agent)
    assert offer is not None, event
    for coach in [one for one in office.state.coaches.values() if one.supervisor == event.supervisor]:
        if coach.offer == offer.offer and not event.leg:
            change_mode(office, coach.coach, event.mode)
            return
        drop(office, coach, "elsewhere")
    coach = _new(office, event.supervisor, offer, event.mode)
    if event.leg:
        coach.leg = event.leg
        _let_in(office, coach)
    else:
        _ring(office, coach)


def help_asked(office: Office, event: HelpAsked) -> None:
    """U-08: the nearest supervisor's phone rings, who comes in whispering; nothing for who has help or no call."""
    offer = _talk_of(office.state, event.agent)
    if offer is None or any(one.offer == offer.offer for one in office.state.coaches.values()):
        return
    office.facts.append(story.HelpCalled(office.now, event.agent, offer.contact, event.actor))
    _ring_next(office, offer, ())


def _ring_next(office: Office, offer: Offer, tried: tuple[str, ...]) -> None:
    """Ring the first supervisor of the queue, in the order of the configuration, who was not tried and is not busy."""
    own = office.state.agents[offer.agent].settings.phone
    engaged = {one.supervisor for one in office.state.coaches.values()}
    for one in office.state.office.supervisors:
        if is_over(one, offer.queue) and one.phone != own and one.supervisor not in (*tried, *engaged):
            coach = _new(office, one.supervisor, offer, Mode.WHISPER)
            coach.is_help, coach.tried = True, (*tried, one.supervisor)
            _ring(office, coach)
            return


def _new(office: Office, supervisor: str, offer: Offer, mode: Mode) -> Coach:
    office.state.coaches_made += 1
    name = f"k{office.state.coaches_made}"
    coach = Coach(name, supervisor, offer.agent, offer.contact, offer.offer, mode, office.now)
    office.state.coaches[name] = coach
    return coach


def _ring(office: Office, coach: Coach) -> None:
    supervisor = supervisor_of(office.state, coach.supervisor)
    assert supervisor is not None, coach
    _until(office, coach, RING_S)
    order = do.RingCoach(coach.coach, coach.supervisor, supervisor.phone, coach.agent, RING_S, coach.is_help)
    office.commands.append(order)


def answered(office: Office, name: str) -> None:
    """The supervisor's phone was picked up."""
    coach = office.state.coaches.get(name)
    if coach is not None and coach.phase is CoachPhase.RINGING and _belongs(office, coach):
        _let_in(office, coach)


def _let_in(office: Office, coach: Coach) -> None:
    coach.phase, coach.until = CoachPhase.PRESENT, 0.0
    if coach.mode is Mode.TAKE_OVER:
        _take_over(office, coach)
    else:
        office.commands.append(do.LetCoachIn(coach.coach, coach.leg, coach.offer, coach.mode))
        _tell(office, coach)


def change_mode(office: Office, name: str, mode: Mode) -> None:
    """A supervisor who is there wants another mode, or the call. Who is still being rung comes in that way."""
    coach = office.state.coaches.get(name)
    if coach is None or coach.phase is CoachPhase.TALKING or not _belongs(office, coach):
        return
    if mode is Mode.TAKE_OVER and coach.phase is not CoachPhase.RINGING:
        coach.mode = mode
        _take_over(office, coach)
    elif coach.phase is not CoachPhase.ASKED and coach.mode is not mode:
        coach.mode = mode
        if coach.phase is CoachPhase.PRESENT:
            office.commands.append(do.LetCoachIn(coach.coach, coach.leg, coach.offer, mode))
            _tell(office, coach)


def _tell(office: Office, coach: Coach) -> None:
    mode = coach.mode.value
    office.facts.append(story.CoachCame(office.now, coach.supervisor, coach.agent, coach.contact, mode))


# -- taking over


def _take_over(office: Office, coach: Coach) -> None:
    """The caller talks with the supervisor; the agent is released into wrap-up (§3.14)."""
    contact = office.state.contacts[coach.contact]
    contacts.stop_clock(office, contact)
    offer = office.state.offers.get(contact.offer)
    contact.state, contact.offer, contact.hears, contact.until = ContactState.TAKEN, "", Hears.AGENT, 0.0
    coach.phase, coach.until = CoachPhase.TALKING, 0.0
    name = recording.next_name(contact) if recording.is_recorded(office, contact) else ""
    contact.is_recording = False
    office.commands.append(
        do.TakeOver(coach.coach, coach.leg, contact.contact, name, recording.beep_s(office, contact))
    )
    if name:
        recording.keep_pause(office, contact)
    if offer is not None:
        leaving.let_go(office, offer, "taken_over")
    _tell(office, coach)


def keep_caller(office: Office, contact: Contact) -> bool:
    """R-36: the agent has left: the caller hears music, a coach who is there is asked. False without one."""
    coach = _present(office.state, contact.offer)
    if coach is None:
        return False
    contacts.stop_clock(office, contact)
    contact.state, contact.offer, contact.hears = ContactState.KEPT, "", Hears.MUSIC
    contact.until = office.now + ASK_S
    office.deadlines.add(contact.until, Alarm.AWAY, contact.contact)
    coach.phase = CoachPhase.ASKED
    office.commands.append(do.AskCoach(coach.coach, coach.leg))
    return True


def _present(state: State, offer: str) -> Coach | None:
    for coach in state.coaches.values():
        if coach.offer == offer and coach.phase is CoachPhase.PRESENT:
            return coach
    return None


def nobody_took(office: Office, contact: Contact) -> None:
    """Nobody took the call over in time: it is over, as it is when an agent hangs up."""
    contacts.release(office, contact, Outcome.ANSWERED, "agent_left")


# -- going


def left(office: Office, name: str) -> None:
    """The supervisor's leg ended. Who had the caller ends the call; for silent help the next one is rung."""
    coach = office.state.coaches.pop(name, None)
    if coach is None:
        return
    contact = office.state.contacts.get(coach.contact)
    _tell_gone(office, coach, "left")
    if contact is None:
        return
    if coach.phase is CoachPhase.TALKING and contact.state is ContactState.TAKEN:
        contacts.release(office, contact, Outcome.ANSWERED, "supervisor_left")
    elif coach.phase is CoachPhase.ASKED and contact.state is ContactState.KEPT:
        nobody_took(office, contact)
    elif coach.phase is CoachPhase.RINGING and coach.is_help:
        _go_on_ringing(office, coach)


def _go_on_ringing(office: Office, coach: Coach) -> None:
    offer = office.state.offers.get(coach.offer)
    if offer is not None and _talk_of(office.state, coach.agent) is offer:
        _ring_next(office, offer, coach.tried)


def deadline(office: Office, name: str) -> None:
    """The supervisor's phone was not picked up."""
    coach = office.state.coaches[name]
    drop(office, coach, "no_answer")
    if coach.is_help:
        _go_on_ringing(office, coach)


def drop(office: Office, coach: Coach, why: str) -> None:
    """Hang the supervisor up."""
    del office.state.coaches[coach.coach]
    office.commands.append(do.DropCoach(coach.coach, coach.leg, why))
    _tell_gone(office, coach, why)


def _tell_gone(office: Office, coach: Coach, why: str) -> None:
    if coach.phase is not CoachPhase.RINGING:
        office.facts.append(story.CoachGone(office.now, coach.supervisor, coach.agent, coach.contact, why))


def settle(office: Office) -> None:
    """After each batch: a coach whose conversation is over, or is another one now, is dropped."""
    for coach in list(office.state.coaches.values()):
        if not _belongs(office, coach):
            drop(office, coach, "over")


def _belongs(office: Office, coach: Coach) -> bool:
    """Whether the conversation is still the one that the coach came for, as far as the coach is."""
    contact = office.state.contacts.get(coach.contact)
    return contact is not None and contact.state is _NEEDS[coach.phase] and contact.offer in ("", coach.offer)


def restarted(office: Office, alive: tuple[str, ...]) -> None:
    """The desk came back: who is not on the line any more has left."""
    for name in list(office.state.coaches):
        if name not in alive:
            left(office, name)


def _until(office: Office, coach: Coach, seconds: float) -> None:
    coach.until = office.now + seconds
    office.deadlines.add(coach.until, Alarm.COACH, coach.coach)
