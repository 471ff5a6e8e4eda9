"""Who was taken off duty is asked by telephone too: 1 on duty, 2 stay off (T-nag, S-06).

Rules: once for each prompt, `nag_s` after it or after the phone was last in use; given up as soon as the prompt is
answered anywhere or the phone is wanted for something else. Picked up, it is a call of the agent's own (A-24), whose
name is the nag's, so nothing else rings there before it is over, nor before the agent has put the receiver down.
"""

from appliance.acd import commands as do
from appliance.acd.model import Agent, AgentState, Intent, Reach
from appliance.acd.office import Office

RING_S = 20.0
LASTS_S = 45.0  # from the first ring; the question is said twice


def settle(office: Office) -> None:
    """After each batch: begin to count for who is asked now, and leave in peace who has answered."""
    names, office.asked = office.asked, []
    for name in dict.fromkeys(names):
        if (agent := office.state.agents.get(name)) is not None:
            _settle(office, agent)


def _settle(office: Office, agent: Agent) -> None:
    if agent.nag and not _is_asked(agent):
        _stop(office, agent)
    if agent.nag:
        return
    if not agent.prompt:
        agent.is_nagged = False
    if not _is_to_be_asked(office, agent):
        agent.nag_at = 0.0
    elif not agent.nag_at and not agent.is_nagged:
        _until(office, agent, office.state.office.nag_s)


def deadline(office: Office, name: str) -> None:
    """Ring the phone with the question; or it has had time enough."""
    agent = office.state.agents[name]
    if agent.nag:
        _stop(office, agent)
        return
    office.state.nags_made += 1
    agent.nag, agent.is_nagged = f"n{office.state.nags_made}", True
    _until(office, agent, LASTS_S)
    office.commands.append(do.AskAgent(agent.nag, name, RING_S))


def is_unheard(agent: Agent, leg: str) -> bool:
    """A leg ended; True when it was the question, and nobody had picked up."""
    if leg == agent.nag:
        forget(agent)
        return leg not in agent.legs
    return False


def forget(agent: Agent) -> None:
    """The phone does not ask any more."""
    agent.nag, agent.nag_at = "", 0.0


def _is_asked(agent: Agent) -> bool:
    return bool(agent.prompt) and agent.legs.keys() <= {agent.nag}


def _is_to_be_asked(office: Office, agent: Agent) -> bool:
    """Not where the sensor says that nobody sits (U-04)."""
    is_there = agent.state is AgentState.OFF and agent.reach is Reach.OK and agent.prompt != "away"
    return is_there and bool(agent.prompt) and office.state.office.nag_s > 0


def _stop(office: Office, agent: Agent) -> None:
    """What was decided is said to who listens, if it was."""
    is_on = agent.is_available or agent.intent is Intent.ON
    said = "" if agent.prompt else ("now_on_duty" if is_on else "now_off_duty")
    office.commands.append(do.StopAsking(agent.nag, said))
    forget(agent)


def _until(office: Office, agent: Agent, seconds: float) -> None:
    agent.nag_at = office.now + seconds
    office.watch_agent(agent)
