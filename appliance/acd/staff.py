"""What agents do and what happens to them: duty, the prompt, wrap-up, their own calls, their phone.

Rule: only a person puts an agent on duty (D-03, I-08). Events that name an unknown agent change nothing and are told.
"""

from appliance.acd import leaving, nag, offers
from appliance.acd.effects import Cause
from appliance.acd.events import DutyOff, DutyOn, LegConnected, LegEnded, LegStarted, PrivacyChanged
from appliance.acd.memory import Leg
from appliance.acd.model import Agent, AgentState, Reach
from appliance.acd.office import Office
from appliance.acd.tables import Happening


def duty_on(office: Office, event: DutyOn) -> None:
    """A-16, A-18, A-22, A-26. A phone that is lost gets T-lost anew, so that the person sees why nothing rings."""
    agent = office.known_agent(event.agent)
    if agent is None:
        return
    if agent.reach is Reach.LOST and not agent.is_available:
        agent.lost_until = office.now + office.state.office.lost_s
    office.move(agent, Happening.DUTY_ON, Cause(office.now, actor=event.actor))


def duty_off(office: Office, event: DutyOff) -> None:
    """A-02, A-10, A-11, A-19: at once, or when the call is over. While ringing "at once" takes the ring away (R-02)."""
    agent = office.known_agent(event.agent)
    if agent is None:
        return
    cause = Cause(office.now, event.reason, event.actor)
    if event.after_call:
        office.move(agent, Happening.DUTY_OFF_LATER, cause)
    elif agent.state is AgentState.RINGING:
        offer = office.state.offers[agent.offer]
        offers.go_on(office, offers.withdraw(office, offer, "duty_off", Happening.DUTY_OFF, cause))
    else:
        office.move(agent, Happening.DUTY_OFF, cause)


def privacy_changed(office: Office, event: PrivacyChanged) -> None:
    """A-28: no calls of this queue any more, or again. One that rings now goes to somebody else, without blame."""
    agent = office.known_agent(event.agent)
    if agent is None or not office.knows_queue(event.queue) or event.on is (event.queue in agent.private):
        return
    (agent.private.append if event.on else agent.private.remove)(event.queue)
    office.is_staffing_stale = True
    offer = office.state.offers.get(agent.offer)
    if event.on and agent.state is AgentState.RINGING and offer is not None and offer.queue == event.queue:
        offers.go_on(office, offers.withdraw(office, offer, "private", Happening.PRIVATE))


def stayed_off(office: Office, name: str, actor: str) -> None:
    """A-23: the prompt is answered with "stay off"; without a prompt there is nothing to clear."""
    agent = office.known_agent(name)
    if agent is not None:
        office.move(agent, Happening.STAYED_OFF, Cause(office.now, "self", actor))


def end_wrap_up(office: Office, name: str, actor: str) -> None:
    """A-18: wrap-up ends early; without one this means nothing and never toggles duty (S-14, R-07)."""
    agent = office.known_agent(name)
    if agent is not None:
        office.move(agent, Happening.WRAP_ENDED, Cause(office.now, actor=actor))


def wrap_timer(office: Office, name: str) -> None:
    """A-17; beneath a personal call the clock just runs out (A-21)."""
    agent = office.state.agents[name]
    if not office.move(agent, Happening.WRAP_TIMER):
        office.expire_wrap_up(agent)


def leg_started(office: Office, event: LegStarted) -> None:
    """A-03, A-12, A-20, A-21, A-24: the phone has a call of its own, so it cannot be offered one (S-11)."""
    agent = office.known_agent(event.agent)
    if agent is None or event.leg in agent.legs:
        return
    agent.legs[event.leg] = Leg(event.outbound, event.queue)
    happening = Happening.DIALLED_FOR_QUEUE if event.outbound and event.queue else Happening.LEG_UP
    if agent.state is AgentState.RINGING:
        offers.own_call(office, office.state.offers[agent.offer], happening)
    else:
        office.move(agent, happening)


def leg_connected(office: Office, event: LegConnected) -> None:
    """The call was answered: only such a call earns wrap-up (D-14) and costs the idle place."""
    agent = office.known_agent(event.agent)
    if agent is not None and office.knows_leg(agent, event.leg):
        agent.legs[event.leg].connected = True
        if office.state.office.outbound_resets_idle or not agent.legs[event.leg].outbound:
            agent.has_talked = True  # F-03: the idle clock starts anew


def leg_ended(office: Office, event: LegEnded) -> None:
    """The call is over; with the queue's identity and connected it is followed by wrap-up as an inbound one (S-11)."""
    agent = office.known_agent(event.agent)
    if event.leg in office.state.offers:
        return  # a transfer's, which ends as an offer does
    if agent is None or nag.is_unheard(agent, event.leg) or not office.knows_leg(agent, event.leg):
        return
    leg = agent.legs.pop(event.leg)
    queue = office.queues.get(leg.queue) if leg.outbound else None
    if queue is not None and leg.connected and agent.is_available:
        agent.owed_wrap_s = max(agent.owed_wrap_s, queue.wrap_up_s)
    leaving.last_leg_down(office, agent)


def phone_found(office: Office, name: str) -> None:
    """The phone can be rung again."""
    agent = office.known_agent(name)
    if agent is None or agent.reach is Reach.OK:
        return
    status = agent.status
    agent.reach, agent.lost_until = Reach.OK, 0.0
    agent.changed_by_itself_at = office.now
    office.refresh(agent, status is not agent.status)


def phone_lost(office: Office, name: str) -> None:
    """The phone cannot be rung; an offer that rings it already goes on until T-ring."""
    agent = office.known_agent(name)
    if agent is not None:
        leaving.lose_phone(office, agent)


def lost_too_long(office: Office, name: str) -> None:
    """A-27: off duty with a prompt, because nobody can be on duty at a phone that is not there."""
    office.move(office.state.agents[name], Happening.LOST_TOO_LONG, Cause(office.now, "unreachable"))


def seat_left(office: Office, name: str) -> None:
    """U-04: off duty with a prompt, before a caller is wasted on a phone that nobody hears."""
    agent = office.state.agents.get(name)
    if agent is not None:
        office.move(agent, Happening.SEAT_LEFT, Cause(office.now, "away"))


def remove(office: Office, agent: Agent) -> None:
    """A-29: any ring is taken away, a conversation may finish, then the agent is gone."""
    office.count("A-29")
    if agent.state is AgentState.RINGING:
        contact = offers.withdraw(office, office.state.offers[agent.offer], "agent_removed", Happening.WITHDRAWN)
        offers.go_on(office, contact)
    if agent.legs or agent.offer:
        agent.is_leaving = True
        office.refresh(agent, status_changed=False)
    else:
        leaving.forget_agent(office, agent)
