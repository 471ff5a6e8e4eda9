"""How an agent leaves a call: the leg goes down, the phone is lost, the person is removed while talking.

Rule: wrap-up belongs to the agent and starts here, when the last leg is down, whatever becomes of the caller (D-08).
"""

from appliance.acd import announce, story
from appliance.acd import commands as do
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Agent, Offer, Phase, Reach
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings
from appliance.acd.tables import Happening

HANG_UP_S = 2.0  # a leg we hung up and heard nothing of is down (I-17)


def await_end(office: Office, offer: Offer) -> None:
    """The agent's leg is being hung up; if nobody says that it ended, it has."""
    offer.phase, offer.deadline = Phase.HANGING_UP, office.now + HANG_UP_S
    office.deadlines.add(offer.deadline, Alarm.OFFER, offer.offer)


def let_go(office: Office, offer: Offer, why: str) -> None:
    """Hang the agent's leg of an accepted offer up, and believe it gone after HANG_UP_S."""
    await_end(office, offer)
    office.commands.append(do.WithdrawOffer(offer.offer, why))


def drop_leg(office: Office, offer: Offer, happening: Happening) -> None:
    """Take the offer's leg from the agent; when it was the last one, wrap-up or rest follows (A-13 to A-15, A-25)."""
    del office.state.offers[offer.offer]
    agent = office.state.agents.get(offer.agent)
    if agent is None:
        return  # a transfer's target who is no agent
    if offer.is_direct:
        agent.legs.pop(offer.offer, None)
    else:
        agent.offer = ""
    queue = office.queues.get(offer.queue)
    if queue is not None and _is_of(offer, queue):
        if offer.was_bridged and not offer.is_outgoing:
            announce.note_handled(office.state.queues[queue.queue], queue, office.now - offer.bridged_at)
        if agent.is_available and _earns_wrap_up(offer, queue):
            agent.owed_wrap_s = max(agent.owed_wrap_s, queue.wrap_up_s)
    last_leg_down(office, agent, happening)


def _earns_wrap_up(offer: Offer, queue: QueueSettings) -> bool:
    """A call that connected; one that was placed and reached nobody only where the queue says so (D-14)."""
    return offer.was_bridged or (offer.is_outgoing and queue.wrap_on_failed_outbound)


def _is_of(offer: Offer, queue: QueueSettings) -> bool:
    """A direct call earns the queue's wrap-up only for those who serve it."""
    return not offer.is_direct or offer.agent in queue.agents


def last_leg_down(office: Office, agent: Agent, happening: Happening = Happening.LAST_LEG_DOWN) -> None:
    """If no leg lives any more, move the agent on; one who was removed meanwhile goes now (A-29)."""
    if agent.legs or agent.offer:
        return
    office.move(agent, happening)
    if agent.is_leaving:
        forget_agent(office, agent)


def forget_agent(office: Office, agent: Agent) -> None:
    """A removed agent's last trace."""
    name = agent.settings.agent
    if agent.is_available:
        office.facts.append(story.DutyChanged(office.now, name, False, "removed", ""))
    del office.state.agents[name]
    office.free.discard(name)
    office.staffing.discard(name)
    office.is_staffing_stale = True


def lose_phone(office: Office, agent: Agent) -> None:
    """The phone cannot be rung; off duty after T-lost when nothing changes (A-27)."""
    if agent.reach is Reach.LOST:
        return
    status = agent.status
    agent.reach, agent.lost_until = Reach.LOST, office.now + office.state.office.lost_s
    agent.changed_by_itself_at = office.now
    office.refresh(agent, status is not agent.status)
