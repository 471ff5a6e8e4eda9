"""Calls that agents place: as a queue or personally (S-10), with what follows from that (S-07, S-11, S-12, S-15).

From the first digit such a call is a contact with an offer on the agent's leg, accepted already: once they hear each
other everything that can be done with a caller can be done with whoever was called.
Rules: the identity is the agent's own choice and is kept until another one; one that is permitted no more becomes
personal, and that is said. Whoever is called hears the notice before the agent is heard (§3.11).
"""

from appliance.acd import commands as do
from appliance.acd import contacts, joining, leaving, recording, staff, story
from appliance.acd.deadlines import Alarm
from appliance.acd.events import LegStarted
from appliance.acd.memory import Placed
from appliance.acd.model import Agent, Contact, ContactState, Offer, Phase, State
from appliance.acd.office import Office
from appliance.acd.outgoing_events import (
    GAVE_UP,
    CallFailed,
    CallNotPlaced,
    CallPlaced,
    FarEndAnswered,
    IdentityChosen,
    OutgoingEvent,
    WayChanged,
)
from appliance.acd.story import Outcome
from appliance.acd.tables import Happening

NOTICE_S = 15.0  # the notice is said by then; if nobody says that it ended, it has
ALL_BUSY, IDENTITY_GONE = "all_busy", "identity_gone"


def heard(office: Office, event: OutgoingEvent) -> None:
    """What phones and the far ends of their calls do."""
    match event:
        case IdentityChosen():
            _chosen(office, event)
        case CallPlaced():
            _placed(office, event)
        case CallNotPlaced():
            _not_placed(office, event)
        case WayChanged():
            _changed_way(office, event)
        case FarEndAnswered():
            _answered(office, event)
        case CallFailed():
            _failed(office, event)


# -- as whom


def permitted(state: State, agent: str) -> tuple[str, ...]:
    """The queues that this agent may call as, in the order of the configuration."""
    return tuple(queue.queue for queue in state.office.queues if queue.calls_out and agent in queue.agents)


def _chosen(office: Office, event: IdentityChosen) -> None:
    agent = office.known_agent(event.agent)
    if agent is None or (event.queue and event.queue not in permitted(office.state, event.agent)):
        return
    agent.call_notice = ""
    if agent.calls_as != event.queue:
        _change(office, agent, event.queue, event.actor)


def _change(office: Office, agent: Agent, queue: str, actor: str) -> None:
    agent.calls_as = queue
    office.facts.append(story.IdentityChanged(office.now, agent.settings.agent, queue, actor))


def forget_lost(office: Office) -> None:
    """After a change of the configuration: who calls as what is permitted no more calls personally, and is told."""
    for name, agent in office.state.agents.items():
        if agent.calls_as and agent.calls_as not in permitted(office.state, name):
            _change(office, agent, "", "")
            agent.call_notice = IDENTITY_GONE


# -- the call


def _placed(office: Office, event: CallPlaced) -> None:
    """A-03, A-12, A-20, A-21, A-24, R-10: the agent is on a call from here on."""
    agent = office.known_agent(event.agent)
    if agent is None or event.contact in office.state.contacts:
        return
    agent.call_notice = ""
    contact = _begin(office, event)
    office.state.offers_made += 1
    offer = Offer(
        f"o{office.state.offers_made}", event.contact, event.agent, event.queue, office.now, 0.0, Phase.ACCEPTED,
        is_blameless=True, is_outgoing=True, to=agent.settings.phone, leg=event.leg,
    )  # fmt: skip
    office.state.offers[offer.offer], contact.offer = offer, offer.offer
    staff.leg_started(office, LegStarted(event.agent, offer.offer, outbound=True, queue=event.queue))
    office.commands.append(do.AdoptLeg(offer.offer, event.leg))


def _begin(office: Office, event: CallPlaced | CallNotPlaced) -> Contact:
    state = office.state
    state.arrivals += 1
    way = event.way if isinstance(event, CallPlaced) else ""
    contact = Contact(
        event.contact, event.queue, event.number, "", way, 0, False, office.now, state.arrivals, ContactState.PLACING
    )
    contact.clock_from, contact.agent, contact.placed = office.now, event.agent, Placed(event.agent, event.queue)
    state.contacts[event.contact] = contact
    office.facts.append(story.CallPlaced(office.now, event.contact, event.agent, event.queue, event.number, way))
    return contact


def _not_placed(office: Office, event: CallNotPlaced) -> None:
    """The agent goes on as before: nothing was dialled. The page says why, and the record is there (S-10)."""
    agent = office.known_agent(event.agent)
    if agent is not None and event.contact not in office.state.contacts:
        agent.call_notice = ALL_BUSY
        contacts.end(office, _begin(office, event), Outcome.NOT_REACHED, ALL_BUSY)


def _changed_way(office: Office, event: WayChanged) -> None:
    """The record and the page name the way that carries the call, not the one that did not."""
    contact = _placing(office, event.contact)
    if contact is not None:
        contact.origin = event.way
        office.facts.append(story.WayChanged(office.now, event.contact, event.way))


def _answered(office: Office, event: FarEndAnswered) -> None:
    """Connect them, after the notice where the queue gives one: the agent hears how it is said, and is not heard."""
    contact = _placing(office, event.contact)
    if contact is None or contact.prompt:
        return
    if event.evidence:
        office.facts.append(story.CallTaken(office.now, event.contact, event.evidence))
    offer = office.state.offers[contact.offer]
    prompt = recording.to_tell(office, contact)
    if not prompt:
        joining.join(office, contact, offer)
        return
    recording.told(office, contact, prompt)
    contact.prompt = prompt
    offer.deadline = office.now + NOTICE_S
    office.deadlines.add(offer.deadline, Alarm.OFFER, offer.offer)
    office.commands.append(do.SayToCaller(contact.contact, contact.prompt, contact.hops, then_silence=True))


def said(office: Office, name: str) -> None:
    """The notice was said."""
    contact = _placing(office, name)
    if contact is not None and contact.prompt:
        contact.prompt = ""
        joining.join(office, contact, office.state.offers[contact.offer])


def _placing(office: Office, name: str) -> Contact | None:
    contact = office.state.contacts.get(name)
    return contact if contact is not None and contact.state is ContactState.PLACING else None


# -- calls that come to nothing


def _failed(office: Office, event: CallFailed) -> None:
    """Nobody was reached: whoever placed the call has told the phone, or the phone has hung up."""
    contact = _placing(office, event.contact)
    if contact is None:
        return
    offer = office.state.offers[contact.offer]
    contacts.end(office, contact, Outcome.NOT_REACHED, event.why)
    if event.why == GAVE_UP:
        leaving.drop_leg(office, offer, Happening.LAST_LEG_DOWN)
    else:
        leaving.await_end(office, offer)


def leg_ended(office: Office, offer: Offer, happening: Happening = Happening.LAST_LEG_DOWN) -> bool:
    """The agent hung up before anybody was heard; False when the end means what it means in any conversation."""
    contact = office.state.contacts.get(offer.contact)
    if contact is None or not _is_unheard(contact, offer):
        return False
    contacts.release(office, contact, Outcome.NOT_REACHED, GAVE_UP)
    leaving.drop_leg(office, offer, happening)
    return True


def far_end_gone(office: Office, contact: Contact) -> bool:
    """Whoever was called hung up again before they heard each other; False for anybody else."""
    offer = office.state.offers.get(contact.offer)
    if offer is None or not _is_unheard(contact, offer):
        return False
    contacts.end(office, contact, Outcome.NOT_REACHED, "far_end_left")
    leaving.let_go(office, offer, "far_end_left")
    return True


def _is_unheard(contact: Contact, offer: Offer) -> bool:
    is_theirs = offer.is_outgoing and not offer.was_bridged and contact.offer == offer.offer
    return is_theirs and offer.phase is Phase.ACCEPTED


def deadline(office: Office, offer: Offer) -> bool:
    """The notice nobody ended, or T-bridge; False when the offer's time is that of any other."""
    contact = office.state.contacts.get(offer.contact)
    if contact is None or not _is_unheard(contact, offer):
        return False
    if contact.state is ContactState.PLACING:
        said(office, contact.contact)
    else:
        contacts.release(office, contact, Outcome.NOT_REACHED, "no_media")
        leaving.let_go(office, offer, "no_media")
    return True


def end_joined(office: Office, own_leg: str) -> None:
    """The agent joins a caller with whoever was called by this leg: that call goes on as the caller's transfer."""
    for offer in office.state.offers.values():
        contact = office.state.contacts.get(offer.contact)
        if offer.is_outgoing and offer.leg == own_leg and contact is not None and contact.offer == offer.offer:
            was_heard = offer.was_bridged
            contacts.end(office, contact, Outcome.ANSWERED if was_heard else Outcome.NOT_REACHED, "joined")
            leaving.await_end(office, offer)
            return
