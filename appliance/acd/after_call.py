"""What agents do about a call besides talking: its note, its code, more wrap-up, the next caller at once, or this one.

Rules: a note and a code never hold anybody up, and a duty change never waits for them (F-38); wrap-up is extended no
more often than the queue permits (F-19); who takes a call out of turn is a supervisor's choice and is told (F-45).
"""

from appliance.acd import offers, staff, story
from appliance.acd.model import Agent, AgentState, Contact, ContactState
from appliance.acd.office import Office
from appliance.acd.talk_events import CallAssigned, CallCoded, CallNoted
from appliance.acd.why import Why

EXTENSION_S = 60.0
LONGEST_NOTE = 4000  # characters; what is longer is cut


def extend_wrap_up(office: Office, name: str) -> None:
    """F-19: 60 s more, as often as the queue of the call permits."""
    agent = office.state.agents.get(name)
    queue = office.queues.get(agent.last_queue) if agent is not None else None
    if agent is None or queue is None or agent.state is not AgentState.WRAP_UP:
        return
    if agent.wrap_extended < queue.wrap_extensions:
        agent.wrap_extended += 1
        agent.wrap_until += EXTENSION_S
        office.refresh(agent, status_changed=False)


def noted(office: Office, event: CallNoted) -> None:
    """S-21: the note as it is now; it stays with the caller, so the next agent sees it."""
    contact, text = office.state.contacts.get(event.contact), event.text[:LONGEST_NOTE]
    if contact is not None:
        if contact.note == text:
            return
        contact.note = text
    office.facts.append(story.CallNoted(office.now, event.contact, text, event.actor))


def coded(office: Office, event: CallCoded) -> None:
    """F-38: what the call was about, during it, in wrap-up or later. A code that the queue does not have means nothing.

    Without a contact it is the call that the agent has, or had last.
    """
    agent = office.state.agents.get(event.agent)
    name = event.contact or (_call_of(office, agent) if agent is not None else "")
    contact = office.state.contacts.get(name)
    asked = contact.queue if contact is not None else (agent.last_queue if agent is not None else event.queue)
    queue = office.queues.get(asked)
    if not name or queue is None or event.code not in dict(queue.codes):
        return
    if contact is not None:
        contact.code = event.code
    office.facts.append(story.CallCoded(office.now, name, event.code, event.actor))


def _call_of(office: Office, agent: Agent) -> str:
    offer = office.state.talk_of(agent.settings.agent)
    return offer.contact if offer is not None and offer.was_bridged else agent.last_contact


def take_next(office: Office, name: str, actor: str) -> None:
    """`*56`: the first caller in line of the agent's queues rings here now, also one that dispatch would not send.

    An agent in wrap-up ends it by this; who is off duty, or rung, or talking, takes nobody.
    """
    agent = office.state.agents.get(name)
    if agent is None or agent.state not in (AgentState.FREE, AgentState.WRAP_UP):
        return
    lines = [office.waiting[queue.queue] for queue in office.state.office.queues if name in queue.agents]
    places = sorted(place for line in lines for place in line)
    first = next((office.state.contacts[one] for _, one in places if office.state.contacts[one].is_live), None)
    if first is not None:
        staff.end_wrap_up(office, name, actor)
        _ring(office, first, agent, "taken")


def assign(office: Office, event: CallAssigned) -> None:
    """F-45: a supervisor gives a waiting caller to an agent who is free, whatever the order; the reason is told."""
    agent, contact = office.state.agents.get(event.agent), office.state.contacts.get(event.contact)
    if agent is None or contact is None or not event.reason or contact.state is not ContactState.WAITING:
        return
    queue = office.queues.get(contact.queue)
    if queue is None or event.agent not in queue.agents:
        return
    if agent.state is AgentState.WRAP_UP:
        staff.end_wrap_up(office, event.agent, event.supervisor)
    if _ring(office, contact, agent, "assigned"):
        office.facts.append(story.CallAssigned(office.now, event.contact, event.agent, event.supervisor, event.reason))


def _ring(office: Office, contact: Contact, agent: Agent, how: str) -> bool:
    """Ring this agent for this caller; False where that cannot be."""
    queue = office.queues.get(contact.queue)
    if queue is None or not agent.is_free or not contact.is_live or contact.state is not ContactState.WAITING:
        return False
    why = Why(office.now, queue.queue, contact.contact, agent.settings.agent, how, 1, 1)
    offers.open_offer(office, contact, why)
    return True
