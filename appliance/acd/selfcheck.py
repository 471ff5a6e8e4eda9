"""The self-check of a running office: what must never be, looked for after each dispatch and put right when found.

`violations` is pure and cheap: call control calls it after every batch. When it names anything, call control logs it,
raises an alarm and posts `Healed`, so that the healing is journalled and a replay heals at the same place (I-17, M-22).
"""

from collections import Counter
from collections.abc import Iterator

from appliance.acd import commands as do
from appliance.acd import contacts, eligible, leaving, offers, story
from appliance.acd.model import TALKS, Agent, AgentState, Contact, ContactState, Offer, Phase, State
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings
from appliance.acd.tables import Happening
from appliance.acd.talk import CoachPhase

_BUSY = (AgentState.BUSY, AgentState.OFF_BUSY)


def violations(state: State) -> tuple[str, ...]:
    """Every breach of I-01, I-03, I-17 and I-25, as a sentence each; empty when all is well."""
    return (*_of_agents(state), *_of_offers(state), *_of_contacts(state), *_of_dispatch(state))


def _of_agents(state: State) -> Iterator[str]:
    opened = Counter(
        offer.agent for offer in state.offers.values() if offer.phase is Phase.OPEN and not offer.is_direct
    )
    for name, agent in state.agents.items():
        offer = state.offers.get(agent.offer)
        if (agent.state is AgentState.RINGING) != (opened[name] == 1) or opened[name] > 1:
            yield f"I-01: agent {name} is {agent.state.value} with {opened[name]} open offers"
        has_leg = bool(agent.legs) or (offer is not None and offer.phase in (Phase.ACCEPTED, Phase.HANGING_UP))
        if has_leg != (agent.state in _BUSY):
            yield f"I-17: agent {name} is {agent.state.value} {'with' if has_leg else 'without'} a live leg"


def _of_offers(state: State) -> Iterator[str]:
    for offer in state.offers.values():
        if offer.phase in (Phase.OPEN, Phase.ACCEPTED) and offer.contact not in state.contacts:
            yield f"I-03: offer {offer.offer} is for contact {offer.contact}, which is gone"


def _of_contacts(state: State) -> Iterator[str]:
    for contact in state.contacts.values():
        if contact.state is ContactState.WAITING:
            continue  # most of them; their exits are the timers of the office
        if (problem := _without_exit(state, contact)) != "":
            yield f"I-03: contact {contact.contact} is {contact.state.value} {problem}"


def _without_exit(state: State, contact: Contact) -> str:
    offer = state.offers.get(contact.offer)
    match contact.state:
        case ContactState.OFFERING:
            is_rung = bool(contact.ringing) and all(one in state.offers for one in contact.ringing)
            return "" if is_rung else "and nobody is rung"
        case ContactState.TRANSFERRING:
            return "" if offer is not None and offer.phase is Phase.OPEN else "and nobody is rung"
        case ContactState.PLACING | ContactState.CONNECTING | ContactState.CONNECTED | ContactState.CONSULTING:
            return "" if offer is not None and offer.phase is Phase.ACCEPTED else "with nobody"
        case ContactState.TAKEN:
            with_whom = [one.contact for one in state.coaches.values() if one.phase is CoachPhase.TALKING]
            return "" if contact.contact in with_whom else "with nobody"
        case ContactState.AWAY | ContactState.FALLBACK | ContactState.KEPT | ContactState.MENU:
            return "" if contact.until or contact.is_taken else "for ever"
        case _:
            return ""


def _of_dispatch(state: State) -> Iterator[str]:
    """I-25: nobody waits beside somebody who could be rung for them."""
    free = {name for name, agent in state.agents.items() if agent.is_free}
    if not free:
        return
    idle = {queue.queue: queue for queue in state.office.queues if eligible.members(state, queue, free)}
    for contact in state.contacts.values():
        queue = idle.get(contact.queue)
        if queue is not None and contact.state is ContactState.WAITING and _is_left(state, queue, contact, free):
            yield f"I-25: contact {contact.contact} waits beside a free agent"


def _is_left(state: State, queue: QueueSettings, contact: Contact, free: set[str]) -> bool:
    return bool(eligible.now_for(state, queue, contact, free))


# -- healing


def heal(office: Office, found: tuple[str, ...]) -> None:
    """Put right what `violations` can name: ask the state, not the words; indexes anew, so that dispatch sees all."""
    office.state.healed += len(found)
    office.facts += [story.Healed(office.now, sentence) for sentence in found]
    _drop_orphans(office)
    for agent in list(office.state.agents.values()):
        _heal_agent(office, agent)
    for contact in list(office.state.contacts.values()):
        if _without_exit(office.state, contact):
            _heal_contact(office, contact)
    office.reindex()
    office.unsettled += [name for name, one in office.state.contacts.items() if one.state is ContactState.WAITING]


def _drop_orphans(office: Office) -> None:
    """Offers whose contact or agent is gone, or whose agent is at something else."""
    state = office.state
    for offer in list(state.offers.values()):
        agent = state.agents.get(offer.agent)
        if offer.phase is Phase.TIMED_OUT or _is_whole(state, offer, agent):
            continue
        del state.offers[offer.offer]
        office.commands.append(do.WithdrawOffer(offer.offer, "healed"))
        if agent is not None:
            agent.legs.pop(offer.offer, None)
            agent.offer = "" if agent.offer == offer.offer else agent.offer


def _is_whole(state: State, offer: Offer, agent: Agent | None) -> bool:
    if offer.is_direct:
        is_held = agent is None or offer.offer in agent.legs
        return is_held and (offer.phase is Phase.HANGING_UP or offer.contact in state.contacts)
    if agent is None or agent.offer != offer.offer:
        return False
    if offer.phase is Phase.OPEN and agent.state is not AgentState.RINGING:
        return False
    return offer.phase is Phase.HANGING_UP or offer.contact in state.contacts


def _heal_agent(office: Office, agent: Agent) -> None:
    offer = office.state.offers.get(agent.offer)
    if offer is None:
        agent.offer = ""
    if agent.state is AgentState.RINGING and offer is None:
        office.move(agent, Happening.WITHDRAWN)
    elif agent.state in _BUSY and offer is None and not agent.legs:
        leaving.last_leg_down(office, agent, Happening.LEGS_LOST)
    elif agent.state not in _BUSY and (agent.legs or (offer is not None and offer.phase is not Phase.OPEN)):
        office.move(agent, Happening.LEG_UP)


def _heal_contact(office: Office, contact: Contact) -> None:
    contact.ringing = [one for one in contact.ringing if one in office.state.offers]
    if contact.state in (ContactState.AWAY, ContactState.FALLBACK, ContactState.MENU):
        contacts.release(office, contact, story.Outcome.LOST, "healed")
    elif contact.state is ContactState.PLACING:
        contacts.release(office, contact, story.Outcome.NOT_REACHED, "healed")
    elif contact.state in TALKS:
        contacts.release(office, contact, story.Outcome.ANSWERED, "healed")
    else:
        contact.offer = contact.ringing[0] if contact.ringing else ""
        offers.go_on(office, contact)
