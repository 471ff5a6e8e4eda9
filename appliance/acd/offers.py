"""The life of an offer: opened once, ended once, compensated when the phone is later than the decision (D-05).

Rule: whoever leaves an offer puts the caller back in line at the old place, or ends the contact; never neither.
"""

from appliance.acd import coaching, contacts, joining, last_agent, leaving, promise, recording, story, strategies
from appliance.acd import commands as do
from appliance.acd.deadlines import Alarm
from appliance.acd.effects import Cause
from appliance.acd.model import Agent, AgentState, Contact, ContactState, Hears, Offer, Phase, Reach
from appliance.acd.office import Office
from appliance.acd.story import OfferOutcome, Outcome
from appliance.acd.tables import Happening
from appliance.acd.why import Why

BUSY_RACE_S = 0.5  # a 486 is a race when a leg of the agent's own appears within this
CONFIRM_S = 10.0  # a phone outside the house that answered at once: a person presses 1 within this
CONFIRM = "callback_press_one"
LATE_ACCEPT_S = 1.0  # an answer this soon after the ring timeout still counts

DECLINED, NO_ANSWER, MISSED_RACES, LOST_RACE = "declined", "no_answer", "missed_races", "elsewhere"


def open_offer(office: Office, contact: Contact, why: Why) -> None:
    """Ring the agent that was chosen for this caller (A-01), alone or in the caller's race."""
    state, queue, name = office.state, office.queues[contact.queue], why.agent
    agent = state.agents[name]
    state.offers_made += 1
    offer = Offer(f"o{state.offers_made}", contact.contact, name, contact.queue, office.now, why=why)
    if contact.race is not None:
        offer.race = contact.race.race
    offer.is_blameless = contact.race is not None or queue.is_group
    state.offers[offer.offer] = offer
    office.leave_line(contact)
    contact.ringing.append(offer.offer)
    contact.until = 0.0
    contact.state, contact.offer, contact.offers = ContactState.OFFERING, contact.ringing[0], contact.offers + 1
    agent.offer, agent.ringing_since, agent.rung_because = offer.offer, office.now, why
    office.move(agent, Happening.OFFER_OPENED)
    if promise.is_silent(office, contact):
        promise.dial(office, contact)  # held without a ring: the customer's answer, or none, ends it
    else:
        joining.let_hear(office, contact)
        joining.ring(office, offer)
    office.facts.append(
        story.OfferOpened(office.now, offer.offer, contact.contact, name, contact.queue, offer.race, why)
    )


def _watch(office: Office, offer: Offer) -> None:
    office.deadlines.add(offer.deadline, Alarm.OFFER, offer.offer)


def _until(office: Office, offer: Offer, seconds: float) -> None:
    offer.deadline = office.now + seconds
    _watch(office, offer)


def _tell(office: Office, offer: Offer, outcome: OfferOutcome, why: str = "") -> None:
    rang_s = max(0.0, office.now - offer.opened_at)
    office.facts.append(
        story.OfferEnded(
            office.now, offer.offer, offer.contact, offer.agent, offer.queue, outcome, why, rang_s, offer.is_blameless
        )
    )


def _close(office: Office, offer: Offer, outcome: OfferOutcome, why: str = "") -> Contact:
    """The offer's one outcome: the agent has it no more; returns the contact, which the caller of this must place."""
    _tell(office, offer, outcome, why)
    office.state.agents[offer.agent].offer = ""
    if outcome is OfferOutcome.TIMEOUT:
        offer.phase = Phase.TIMED_OUT
        _until(office, offer, LATE_ACCEPT_S)
    else:
        del office.state.offers[offer.offer]
    contact = office.state.contacts[offer.contact]
    contact.ringing.remove(offer.offer)
    if contact.offer == offer.offer:
        contact.offer = contact.ringing[0] if contact.ringing else ""
    return contact


def go_on(office: Office, contact: Contact) -> None:
    """One of the caller's offers is over: others ring on, the winner goes on connecting, or the caller waits (R-04)."""
    winner = office.state.offers.get(contact.offer)
    if winner is not None and winner.phase is Phase.ACCEPTED:
        return
    if not contact.ringing:
        contacts.wait(office, contact)
        return
    contact.state, contact.offer = ContactState.OFFERING, contact.ringing[0]
    if contact.hears is Hears.AGENT:
        contacts.hold(office, contact)


def stop_ringing(office: Office, contact: Contact, why: str, *, elsewhere: bool = False) -> None:
    """Withdraw every open offer of this caller; where the caller goes is for the caller of this to say."""
    for offer in list(contact.ringing):
        withdraw(office, office.state.offers[offer], why, Happening.WITHDRAWN, elsewhere=elsewhere)


def _take_turn(office: Office, offer: Offer) -> None:
    """Answered, declined or not answered: round robin goes on (F-02)."""
    queue = office.queues.get(offer.queue)
    if queue is not None and queue.strategy == "round-robin":
        strategies.turn_taken(queue, office.state.queues[queue.queue], offer.agent)


def reject(office: Office, offer: Offer) -> None:
    """A-05: the agent said no. Off duty with a prompt, the caller keeps the place; in a race without blame (D-20)."""
    contact = _close(office, offer, OfferOutcome.REJECTED)
    _take_turn(office, offer)
    office.commands.append(do.WithdrawOffer(offer.offer, DECLINED))
    contacts.note_declined(office, contact, offer.agent)
    cause = Cause(office.now, DECLINED, contact=offer.contact)
    happening = Happening.DECLINED_QUIETLY if offer.is_blameless else Happening.REJECTED
    office.move(office.state.agents[offer.agent], happening, cause)
    go_on(office, contact)


def time_out(office: Office, offer: Offer) -> None:
    """A-06: nobody picked up. A phone known to be lost was not ignored by anybody: that is A-08."""
    agent = office.state.agents[offer.agent]
    if agent.reach is Reach.LOST:
        unreachable(office, offer)
        return
    contact = _close(office, offer, OfferOutcome.TIMEOUT)
    _take_turn(office, offer)
    office.commands.append(do.WithdrawOffer(offer.offer, NO_ANSWER))
    contacts.note_declined(office, contact, offer.agent)
    if offer.is_blameless:
        queue = office.queues.get(offer.queue)
        is_group = not offer.race or (queue is not None and queue.is_group)  # a group asks nobody to go off
        words = "" if is_group else MISSED_RACES
        office.move(agent, Happening.MISSED_QUIETLY, Cause(office.now, words, contact=offer.contact))
    else:
        office.move(agent, Happening.TIMED_OUT, Cause(office.now, NO_ANSWER, contact=offer.contact))
    go_on(office, contact)


def unreachable(office: Office, offer: Offer) -> None:
    """A-08: the phone gave no sign. No blame; not rung again until it is found."""
    contact = _close(office, offer, OfferOutcome.UNREACHABLE)
    office.commands.append(do.WithdrawOffer(offer.offer, "unreachable"))
    agent = office.state.agents[offer.agent]
    agent.lost_until = office.now + office.state.office.lost_s
    office.move(agent, Happening.UNREACHABLE)
    go_on(office, contact)


def busy(office: Office, offer: Offer) -> None:
    """486: wait a moment for the agent's own call that explains it; without one it was a reject (A-07)."""
    if not offer.is_busy:
        offer.is_busy = True
        _until(office, offer, BUSY_RACE_S)


def doubt(office: Office, offer: Offer) -> None:
    """R-46: whoever or whatever answered must press 1; the caller hears what they heard, others may still win.

    Not in a transfer: whoever transfers has heard who is there, or chose not to.
    """
    if not offer.is_doubted and not offer.is_direct:
        offer.is_doubted = True
        _until(office, offer, CONFIRM_S)
        office.commands.append(do.TellAgent(offer.offer, (CONFIRM,)))


def own_call(office: Office, offer: Offer, happening: Happening) -> None:
    """A-07, A-12, R-10: the agent's own call goes first; no blame, the caller to the next agent."""
    if offer.is_busy:
        contact = _close(office, offer, OfferOutcome.BUSY_RACE)
        happening = Happening.BUSY_RACE
    else:
        contact = _close(office, offer, OfferOutcome.WITHDRAWN, "own_call")
        office.commands.append(do.WithdrawOffer(offer.offer, "own_call"))
    office.move(office.state.agents[offer.agent], happening)
    go_on(office, contact)


def withdraw(
    office: Office,
    offer: Offer,
    why: str,
    happening: Happening,
    cause: Cause | None = None,
    *,
    elsewhere: bool = False,
) -> Contact:
    """A-09, A-10: stop ringing for a reason that is not the phone's. The caller of this places the contact."""
    contact = _close(office, offer, OfferOutcome.WITHDRAWN, why)
    office.commands.append(do.WithdrawOffer(offer.offer, why, elsewhere))
    office.move(office.state.agents[offer.agent], happening, cause)
    return contact


def accept(office: Office, offer_id: str) -> None:
    """A-04: connect them. An answer to an offer that is over is taken back, or hung up again (R-01, R-05).

    The second answer of a race has lost: no wrap-up, no missed call (R-03, I-10).
    """
    offer = office.state.offers.get(offer_id)
    if offer is not None and offer.is_silent:
        return  # there is no phone that could have answered
    if offer is not None and offer.phase is Phase.OPEN and _has_winner(office, offer):
        withdraw(office, offer, LOST_RACE, Happening.WITHDRAWN, elsewhere=True)
    elif offer is not None and offer.phase is Phase.OPEN:
        _connect(office, offer, Happening.ACCEPTED)
    elif offer is not None and offer.phase is Phase.TIMED_OUT and _may_undo(office, offer):
        _undo_time_out(office, offer)
    elif offer is None or offer.phase is not Phase.ACCEPTED:
        note_unknown(office, offer_id)
        _hang_up_late(office, offer_id, offer)


def note_unknown(office: Office, offer: str) -> None:
    """Tell of news about an offer that was never made; about one that is over there is nothing to tell (D-05)."""
    number = offer.removeprefix("o")
    if not (number.isdigit() and 0 < int(number) <= office.state.offers_made):
        office.facts.append(story.NotKnown(office.now, "offer", offer))


def _has_winner(office: Office, offer: Offer) -> bool:
    return office.state.contacts[offer.contact].state is ContactState.CONNECTING


def _may_undo(office: Office, offer: Offer) -> bool:
    contact, agent = office.state.contacts.get(offer.contact), office.state.agents.get(offer.agent)
    return (
        contact is not None
        and contact.state is ContactState.WAITING
        and agent is not None
        and not agent.is_leaving
        and _is_as_left(agent, offer)
        and contact.queue == offer.queue  # not when the caller has gone on to another one meanwhile
        and office.now <= offer.deadline
    )


def _is_as_left(agent: Agent, offer: Offer) -> bool:
    """Nothing happened to the agent since the offer rang out."""
    if offer.is_blameless:
        return agent.is_free
    return agent.state is AgentState.OFF and agent.prompt_contact == offer.contact


def _undo_time_out(office: Office, offer: Offer) -> None:
    contact, agent = office.state.contacts[offer.contact], office.state.agents[offer.agent]
    office.leave_line(contact)
    if offer.agent in contact.declined:
        contact.declined.remove(offer.agent)
    contact.offer, agent.offer = offer.offer, offer.offer
    _connect(office, offer, Happening.ACCEPTED_LATE)


def _connect(office: Office, offer: Offer, happening: Happening) -> None:
    _tell(office, offer, OfferOutcome.ACCEPTED)
    _take_turn(office, offer)
    offer.phase = Phase.ACCEPTED
    contact = office.state.contacts[offer.contact]
    contact.offer = offer.offer
    if offer.offer in contact.ringing:
        contact.ringing.remove(offer.offer)
    office.move(office.state.agents[offer.agent], happening, Cause(office.now, actor=offer.agent))
    if contact.is_live:
        joining.join(office, contact, offer)
    else:
        offer.deadline = 0.0  # the customer is dialled first; that has its own time
        stop_ringing(office, contact, "callback", elsewhere=True)
        promise.dial(office, contact)


def _hang_up_late(office: Office, offer_id: str, offer: Offer | None) -> None:
    contact = office.state.contacts.get(offer.contact) if offer is not None else None
    office.commands.append(do.WithdrawOffer(offer_id, "late", elsewhere=contact is not None))
    office.facts.append(story.LateAnswer(office.now, offer_id))


def bridged(office: Office, contact_id: str, offer_id: str) -> None:
    """They hear each other: an answered call that earns wrap-up. Only now the losers of a race stop ringing (F-07)."""
    contact, offer = office.state.contacts.get(contact_id), office.state.offers.get(offer_id)
    if contact is None or offer is None or contact.offer != offer_id or contact.state is not ContactState.CONNECTING:
        return
    stop_ringing(office, contact, LOST_RACE, elsewhere=True)
    office.end_race(contact)
    contacts.stop_clock(office, contact)
    contact.state, contact.agent = ContactState.CONNECTED, offer.agent or offer.to
    _remember_talk(office, contact, offer)
    offer.was_bridged, offer.bridged_at, offer.deadline = True, office.now, 0.0
    if (agent := office.state.agents.get(offer.agent)) is not None:
        if not offer.is_outgoing or office.state.office.outbound_resets_idle:
            agent.has_talked = True  # F-03: the idle clock starts anew
        _note_call(agent, offer)
    recording.give_notice(office, contact)
    office.facts.append(
        story.ContactAnswered(office.now, contact_id, contact.agent, offer_id, contact.recording, contact.waited_s)
    )


def _note_call(agent: Agent, offer: Offer) -> None:
    """Note, code and extensions of wrap-up are about this call from now on."""
    agent.last_contact, agent.last_queue, agent.wrap_extended = offer.contact, offer.queue, 0


def _remember_talk(office: Office, contact: Contact, offer: Offer) -> None:
    if offer.is_direct:
        return  # no queue chose them: neither a turn nor the last agent
    last_agent.remember(office.state, contact, offer.agent)
    if offer.queue in office.state.queues:
        strategies.answered(office.state.queues[offer.queue], offer.agent)


def leg_ended(office: Office, offer: Offer) -> None:
    """The agent's leg is down: the agent has left (D-08). What becomes of the caller depends on how far they were."""
    if offer.phase is Phase.OPEN:
        unreachable(office, offer)
    elif offer.phase is Phase.ACCEPTED:
        leave_caller(office, offer)
        leaving.drop_leg(office, offer, Happening.LAST_LEG_DOWN)
    elif offer.phase is Phase.HANGING_UP:
        leaving.drop_leg(office, offer, Happening.LAST_LEG_DOWN)


def leave_caller(office: Office, offer: Offer) -> None:
    """The agent is gone: after a conversation the call is over, before it the caller keeps the place."""
    contact = office.state.contacts[offer.contact]
    if contact.state is ContactState.CONNECTED and contact.offer == offer.offer:
        if not coaching.keep_caller(office, contact):
            contacts.release(office, contact, Outcome.ANSWERED, "agent_left")
    else:
        contacts.note_declined(office, contact, offer.agent)
        _forget_recording(contact)
        contact.offer = ""
        go_on(office, contact)


def _forget_recording(contact: Contact) -> None:
    contact.recording, contact.is_recording = "", False


def caller_gone(office: Office, offer: Offer) -> None:
    """The caller of an accepted offer hung up: hang up the agent's leg, and believe it gone after HANG_UP_S."""
    contact = office.state.contacts[offer.contact]
    stop_ringing(office, contact, "caller_gone")
    leaving.let_go(office, offer, "caller_gone")


def deadline(office: Office, offer: Offer) -> None:
    """The offer's timer ran out; what that means depends on where the offer is."""
    if offer.phase is Phase.OPEN and offer.is_busy:
        reject(office, offer)
    elif offer.phase is Phase.OPEN and offer.is_doubted:
        unreachable(office, offer)  # a mailbox: nobody is to blame, and nobody is there
    elif offer.phase is Phase.OPEN:
        time_out(office, offer)
    elif offer.phase is Phase.ACCEPTED:
        _never_bridged(office, offer)
    elif offer.phase is Phase.HANGING_UP:
        leaving.drop_leg(office, offer, Happening.LAST_LEG_DOWN)
    else:
        del office.state.offers[offer.offer]


def _never_bridged(office: Office, offer: Offer) -> None:
    """T-bridge: a 200 without sound is an unreachable phone; the caller keeps the place."""
    contact, agent = office.state.contacts[offer.contact], office.state.agents[offer.agent]
    office.commands.append(do.WithdrawOffer(offer.offer, "no_media"))
    _forget_recording(contact)
    contact.offer = ""
    go_on(office, contact)
    leaving.lose_phone(office, agent)
    leaving.drop_leg(office, offer, Happening.LAST_LEG_DOWN)
