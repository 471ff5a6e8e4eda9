"""The configuration reaches the office: new agents come off duty, missing ones leave, callers of a lost queue are told.

Rule: a change never ends a conversation and never loses a caller (R-35, A-29).
"""

from appliance.acd import contacts, offers, outgoing, staff
from appliance.acd.model import Agent, ContactState, QueueState
from appliance.acd.office import Office
from appliance.acd.settings import OfficeSettings


def configure(office: Office, settings: OfficeSettings) -> None:
    """Make the office what the settings say, keeping everybody's state who is still in them."""
    state = office.state
    _withdraw_from_lost_queues(office, settings)
    state.office = settings
    state.queues = {queue.queue: state.queues.get(queue.queue, QueueState()) for queue in settings.queues}
    _change_agents(office, settings)
    outgoing.forget_lost(office)
    office.reindex()
    office.asked += [name for name, agent in state.agents.items() if agent.nag_at]  # or is nobody to be any more?
    for contact in state.contacts.values():
        if contact.state is ContactState.WAITING:
            office.unsettled.append(contact.contact)


def _withdraw_from_lost_queues(office: Office, settings: OfficeSettings) -> None:
    kept = {queue.queue for queue in settings.queues}
    for contact in office.state.contacts.values():
        if contact.queue not in kept and contact.ringing:
            offers.stop_ringing(office, contact, "queue_removed")
            if contact.state is ContactState.OFFERING:
                contacts.wait(office, contact)


def _change_agents(office: Office, settings: OfficeSettings) -> None:
    named = {agent.agent for agent in settings.agents}
    for agent in list(office.state.agents.values()):
        if agent.settings.agent not in named:
            staff.remove(office, agent)
    for agent_settings in settings.agents:
        agent_now = office.state.agents.get(agent_settings.agent)
        if agent_now is None:
            office.state.agents[agent_settings.agent] = Agent(agent_settings, since=office.now)
        else:
            agent_now.settings = agent_settings
            agent_now.is_leaving = False
        agent_now = office.state.agents[agent_settings.agent]
        agent_now.private = [queue for queue in agent_now.private if queue in office.state.queues]
