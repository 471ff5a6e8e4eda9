"""What callers do, and what faults do to them: hang up at any moment, lose the switch, come back to the old place.

Rule: a live inbound leg belongs to exactly one contact (I-03), and no fault moves a caller back in line (I-05).
"""

from appliance.acd import (
    callback,
    coaching,
    contacts,
    fallback,
    leaving,
    menus,
    nag,
    offers,
    outgoing,
    promise,
    resume,
    transfer,
)  # fmt: skip
from appliance.acd import commands as do
from appliance.acd.deadlines import Alarm
from appliance.acd.events import Restarted
from appliance.acd.model import TALKS, Agent, Contact, ContactState, Hears, Offer, Phase
from appliance.acd.office import Office
from appliance.acd.story import Outcome
from appliance.acd.tables import Happening


def hung_up(office: Office, contact_id: str) -> None:
    """The caller is gone. Who had talked was answered; who had not gave up, even between answer and sound (R-01)."""
    contact = office.state.contacts.get(contact_id)
    if contact is None or not contact.is_live:
        return  # a promise has no leg of its own to lose
    if transfer.caller_gone(office, contact) or outgoing.far_end_gone(office, contact):
        return
    if contact.callback is not None and contact.state not in TALKS:
        callback.caller_gone(office, contact)
    elif contact.state is ContactState.CONNECTED:
        _end_conversation(office, contact, Outcome.ANSWERED, "caller_left")
    elif contact.state in (ContactState.TAKEN, ContactState.KEPT):
        contacts.end(office, contact, Outcome.ANSWERED, "caller_left")
    elif contact.state is ContactState.CONNECTING:
        _end_conversation(office, contact, Outcome.ABANDONED, "after_accept")
    elif contact.state is ContactState.FALLBACK:
        contacts.end(office, contact, *fallback.ending(contact))
    elif contact.state is ContactState.MENU:
        contacts.end(office, contact, Outcome.ABANDONED, "in_menu")
    else:
        if contact.state is ContactState.OFFERING:
            offers.stop_ringing(office, contact, "caller_gone")
        resume.leave_place(office, contact)
        contacts.end(office, contact, Outcome.ABANDONED, "gave_up")


def _end_conversation(office: Office, contact: Contact, outcome: Outcome, why: str) -> None:
    offers.caller_gone(office, office.state.offers[contact.offer])
    contacts.end(office, contact, outcome, why)


def deadline(office: Office, contact: Contact) -> None:
    """A caller away did not return, or nothing was heard of one on the way along a chain."""
    if contact.callback is not None and not contact.is_live:
        callback.deadline(office, contact)
    elif contact.state is ContactState.KEPT:
        coaching.nobody_took(office, contact)
    elif contact.state is ContactState.AWAY:
        contacts.release(office, contact, Outcome.LOST, "switch_lost")
    else:
        fallback.deadline(office, contact)


def returned(office: Office, contact_id: str) -> None:
    """A caller's leg is back, or a new one stands for it: the caller stands where the caller stood (I-05)."""
    contact = office.state.contacts.get(contact_id)
    if contact is None or not contact.is_live:
        office.commands.append(do.ReleaseCaller(contact_id, "unknown"))
        return
    if contact.state is not ContactState.AWAY:
        _lose_leg(office, contact)
    if contact.queue in office.menus:
        menus.enter(office, contact, contact.queue)
        return
    was_answered = contact.hears not in (Hears.NOTHING, Hears.RINGBACK)
    contact.hears = Hears.NOTHING
    if was_answered:
        contacts.hold(office, contact)
    contacts.wait(office, contact)


def _lose_leg(office: Office, contact: Contact) -> None:
    """Whatever the caller was doing is over; the place is kept for as long as a line caller may be away."""
    offers.stop_ringing(office, contact, "fault")
    offer = office.state.offers.get(contact.offer)
    if offer is not None:
        offers.caller_gone(office, offer)
    _go_away(office, contact)


def _go_away(office: Office, contact: Contact) -> None:
    office.leave_line(contact)
    office.end_race(contact)
    contacts.stop_clock(office, contact)
    transfer.abandon(office, contact)
    contact.state, contact.offer, contact.sent_to, contact.is_taken = ContactState.AWAY, "", None, False
    contact.is_admitted = True  # who was in the house before the fault is not refused after it
    contact.recording, contact.is_recording = "", False
    contact.until = office.now + office.state.office.away_s
    office.deadlines.add(contact.until, Alarm.AWAY, contact.contact)


def switch_lost(office: Office) -> None:
    """Every leg is gone. SIP callers are lost, line callers may return; agents are free, a fault earns no wrap-up."""
    for offer in list(office.state.offers.values()):
        if offer.phase is Phase.OPEN and not offer.is_direct:
            offers.withdraw(office, offer, "fault", Happening.WITHDRAWN)
    for contact in list(office.state.contacts.values()):
        _lose_caller(office, contact)
    office.state.offers.clear()
    for agent in list(office.state.agents.values()):
        _lose_legs(office, agent)


def _lose_caller(office: Office, contact: Contact) -> None:
    if contact.callback is not None and not (contact.is_live and contact.state in TALKS):
        _lose_promised(office, contact)
        return
    if contact.state is ContactState.FALLBACK:
        contacts.end(office, contact, *fallback.ending(contact))
    elif not contact.returns:
        contacts.end(office, contact, Outcome.LOST, "switch_lost")
    elif contact.state is not ContactState.AWAY:
        _go_away(office, contact)


def _lose_promised(office: Office, contact: Contact) -> None:
    """A promise outlives every leg: it goes back to where it stood."""
    is_idle = not contact.is_live and contact.state in (ContactState.WAITING, ContactState.RESTING)
    if not is_idle:
        contacts.stop_clock(office, contact)
        office.end_race(contact)
        office.leave_line(contact)
        transfer.abandon(office, contact)  # else the next call's end would be taken for that of this consultation
        contact.ringing.clear()
        promise.stand_by(office, contact)


def power_returned(office: Office, dark_s: float) -> None:
    """The box was without power: nobody is on any line; who can be called back will be, in order (U-07)."""
    callback.recover(office, dark_s)
    switch_lost(office)


def _lose_legs(office: Office, agent: Agent) -> None:
    agent.legs.clear()
    agent.offer = ""
    nag.forget(agent)
    leaving.last_leg_down(office, agent, Happening.LEGS_LOST)


def restarted(office: Office, event: Restarted) -> None:
    """A-30: what the switch no longer has is over without blame or wrap-up; duty, prompts and places are as stored.

    What waiting callers should hear is ordered again: an order journalled as the desk died may never have left.
    """
    for offer in list(office.state.offers.values()):
        if offer.offer not in event.offers and offer.offer in office.state.offers:
            _forget_offer(office, offer)
    for agent in list(office.state.agents.values()):
        if agent.legs:
            agent.legs = {
                leg: call for leg, call in agent.legs.items() if leg in event.legs or leg in office.state.offers
            }
            leaving.last_leg_down(office, agent, Happening.LEGS_LOST)
    coaching.restarted(office, event.coaches)
    for offer_id in event.offers:
        offer_now = office.state.offers.get(offer_id)
        if offer_now is None or offer_now.phase not in (Phase.OPEN, Phase.ACCEPTED):
            office.commands.append(do.WithdrawOffer(offer_id, "restart"))
    for contact in office.state.contacts.values():
        _say_again(office, contact)


def _forget_offer(office: Office, offer: Offer) -> None:
    if outgoing.leg_ended(office, offer, Happening.LEGS_LOST):
        pass
    elif offer.is_direct:
        transfer.restart(office, offer)
    elif transfer.leg_ended(office, offer, Happening.LEGS_LOST):
        pass
    elif offer.phase is Phase.OPEN:
        offers.go_on(office, offers.withdraw(office, offer, "restart", Happening.WITHDRAWN))
    elif offer.phase is Phase.TIMED_OUT:
        del office.state.offers[offer.offer]
    else:
        if offer.phase is Phase.ACCEPTED:
            offers.leave_caller(office, offer)
        leaving.drop_leg(office, offer, Happening.LEGS_LOST)


def _say_again(office: Office, contact: Contact) -> None:
    if contact.state is ContactState.FALLBACK:
        fallback.order_again(office, contact)
    elif contact.state is ContactState.MENU:
        menus.ask(office, contact)
    elif contact.state is ContactState.DIALLING:
        promise.order_dial(office, contact)
    elif contact.hears is Hears.MUSIC:
        office.commands.append(do.HoldCaller(contact.contact))
        transfer.say_again(office, contact)
    elif contact.hears is Hears.RINGBACK and contact.state is ContactState.OFFERING:
        office.commands.append(do.RingCaller(contact.contact))
    elif contact.state is ContactState.CONNECTING or (contact.state is ContactState.CONNECTED and contact.transfers):
        office.commands.append(do.Connect(contact.contact, contact.offer))
