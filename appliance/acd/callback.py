"""Callbacks (折り返し予約): asked for by key, promised, dialled, answered, failed, merged, recovered (§3.8).

Rules: a promise is a record before it is spoken, as every command leaves after its commit (I-19). Live beats promise
until then (R-17). The customer must press 1 before any agent is bridged (R-26, F-31). Nothing is dropped in silence.
"""

from appliance.acd import announce, contacts, joining, offers, promise, story
from appliance.acd import commands as do
from appliance.acd.hours import closes_in, why_closed
from appliance.acd.memory import Callback
from appliance.acd.model import Ask, Contact, ContactState, Hears, Phase
from appliance.acd.office import Office
from appliance.acd.promise import ON_THE_PHONE, stand_by, terms
from appliance.acd.story import Outcome

LONGEST_NUMBER = 15
DARK_S = 1800.0  # after a longer power cut nobody expects a call back (U-07)


# -- asking


def ask(office: Office, contact: Contact) -> None:
    """The caller pressed the key: read the number back, or ask for one where it is unknown; the place stays kept."""
    contact.ask_until = office.now + 3 * terms(office, contact).confirm_s
    if may_dial(office, contact.number):
        contact.ask, contact.asked = Ask.CONFIRM, contact.number
        office.commands.append(do.ReadBackNumber(contact.contact, contact.number))
    else:
        _ask_number(office, contact)


def _ask_number(office: Office, contact: Contact) -> None:
    contact.ask, contact.asked = Ask.ENTER, ""
    office.commands.append(do.AskNumber(contact.contact))


def dialogue(office: Office, contact: Contact, digit: str) -> None:
    """One more key: 1 yes, 2 another number, then digits and #; * goes back to waiting."""
    if digit == "*":
        contact.ask = Ask.NOTHING
    elif contact.ask is Ask.ENTER:
        _enter(office, contact, digit)
    elif digit == "1":
        give(office, contact, contact.asked)
    elif digit == "2":
        _ask_number(office, contact)


def _enter(office: Office, contact: Contact, digit: str) -> None:
    if digit != "#":
        contact.asked = (contact.asked + digit)[:LONGEST_NUMBER]
    elif may_dial(office, contact.asked) and find(office, contact.queue, contact.asked) is None:
        contact.ask = Ask.CONFIRM
        office.commands.append(do.ReadBackNumber(contact.contact, contact.asked))
    else:
        office.commands.append(do.RefuseNumber(contact.contact, contact.asked))
        _ask_number(office, contact)


def may_dial(office: Office, number: str) -> bool:
    """Not an emergency number, our own, or one that is not to be called; not a costly prefix (§3.8, 2).

    Nor one that no way out carries: what cannot be dialled is not promised.
    """
    settings = office.state.office
    is_refused = number in settings.never_dial or any(number.startswith(one) for one in settings.costly_prefixes)
    is_carried = any(number.startswith(one) for one in settings.carried_prefixes)
    return number.removeprefix("+").isdecimal() and is_carried and not is_refused


def find(office: Office, queue: str, number: str) -> Contact | None:
    """The promise to this number in this queue that nobody is on the line for."""
    found: Contact | None = None
    for name in office.promised:
        one = office.state.contacts[name]
        if one.queue == queue and not one.is_live and _number_of(one) == number:
            found = one if found is None or one.seq < found.seq else found
    return found


def _number_of(contact: Contact) -> str:
    return contact.callback.number if contact.callback is not None else ""


def is_promised(office: Office, contact: Contact) -> bool:
    """Whether the caller's number has a promise in this queue already (§3.8, 4)."""
    return bool(contact.number) and find(office, contact.queue, contact.number) is not None


def give(office: Office, contact: Contact, number: str) -> None:
    """Promise: the place is kept, the line is released once the customer was told (D-09, I-19)."""
    offers.stop_ringing(office, contact, "callback")
    place, is_late = announce.position(office, contact), is_too_late(office, contact)
    office.leave_line(contact)
    made = make(office, contact, number, "caller")
    made.waits_for_opening = is_late
    office.commands.append(do.PromiseCallback(contact.contact, number, place, is_late))
    stand_by(office, contact)


def is_too_late(office: Office, contact: Contact) -> bool:
    """Whether the queue closes before this caller's turn can be expected (§3.8, 1)."""
    left_s = closes_in(office, contact.queue)
    return left_s is not None and announce.expected_s(office, contact) > left_s


def make(office: Office, contact: Contact, number: str, origin: str) -> Callback:
    """The contact becomes a promise; from now on nothing that happens to its old leg matters (R-18)."""
    contacts.stop_clock(office, contact)
    made = contact.callback = Callback(number, terms(office, contact).expiry_s, origin=origin)
    office.promised.add(contact.contact)
    contact.is_live, contact.is_admitted, contact.returns, contact.ask = False, True, False, Ask.NOTHING
    contact.can_talk = True  # called back they are on another line
    contact.sent_to, contact.is_taken, contact.announce_at = None, False, 0.0
    office.facts.append(story.CallbackPromised(office.now, contact.contact, contact.queue, number, origin))
    return made


# -- the dial


def customer_answered(office: Office, name: str, attempt: int) -> None:
    """Somebody or something picked up: ask for a 1."""
    contact = _dialled(office, name, attempt)
    if contact is not None and contact.state is ContactState.DIALLING:
        contact.state = ContactState.CONFIRMING
        promise.watch(office, contact, terms(office, contact).confirm_s)
        office.commands.append(do.AskCustomer(contact.contact, attempt))


def confirmed(office: Office, contact: Contact) -> None:
    """The customer pressed 1: a live caller again, for whom an agent is on the phone or is rung now."""
    contacts.stop_clock(office, contact)
    contact.is_live, contact.until = True, 0.0
    held = office.state.offers.get(contact.offer)
    if held is not None and held.phase is Phase.ACCEPTED:
        joining.join(office, contact, held)
        return
    contact.state = ContactState.OFFERING
    contacts.hold(office, contact)
    for name in contact.ringing:
        joining.ring(office, office.state.offers[name])


def customer_failed(office: Office, name: str, attempt: int) -> None:
    """Busy, no answer, or hung up before the 1."""
    contact = _dialled(office, name, attempt)
    if contact is not None:
        _try_again(office, contact)


def _dialled(office: Office, name: str, attempt: int) -> Contact | None:
    contact = office.state.contacts.get(name)
    if contact is None or contact.callback is None or contact.state not in ON_THE_PHONE:
        return None
    return contact if contact.callback.attempt == attempt else None


def _try_again(office: Office, contact: Contact) -> None:
    """The agent is free without wrap-up or blame (R-27); the customer is called again later, from the same place."""
    assert contact.callback is not None, contact
    let_agents_go(office, contact)
    office.leave_line(contact)
    contact.state, contact.is_live = ContactState.RESTING, False
    if contact.callback.tries >= terms(office, contact).tries:
        contacts.end(office, contact, Outcome.CALLBACK, "failed")
        return
    contact.callback.retry_at = office.now + terms(office, contact).retry_s
    stand_by(office, contact)


def let_agents_go(office: Office, contact: Contact) -> None:
    """Whoever was held or rung for this contact is not any more."""
    offers.stop_ringing(office, contact, "callback_over")
    held = office.state.offers.get(contact.offer)
    if held is not None and held.phase is Phase.ACCEPTED:
        offers.caller_gone(office, held)
    contact.offer = ""
    office.end_race(contact)


def deadline(office: Office, contact: Contact) -> None:
    """The timer of a promise: nobody picked up, nobody pressed 1, the retry is due, or it has expired."""
    assert contact.callback is not None, contact
    if contact.state in ON_THE_PHONE:
        _hang_up_dial(office, contact)
        _try_again(office, contact)
    elif contact.callback.open_since and office.now >= contact.callback.open_since + contact.callback.left_s:
        contacts.end(office, contact, Outcome.CALLBACK, "expired")
    elif contact.state is ContactState.RESTING:
        contact.callback.retry_at = 0.0
        stand_by(office, contact)


def _hang_up_dial(office: Office, contact: Contact) -> None:
    """A machine that picked up is told why we called, once (R-26)."""
    assert contact.callback is not None, contact
    attempt, is_machine = contact.callback.attempt, contact.state is ContactState.CONFIRMING
    if is_machine and not contact.callback.is_message_left:
        contact.callback.is_message_left = True
        office.commands.append(do.LeaveMessage(contact.contact, attempt))
    else:
        office.commands.append(do.CancelDial(contact.contact, attempt))


# -- the customer elsewhere


def merge(office: Office, contact: Contact) -> None:
    """The customer rings in: the live call takes the older place of the two and the promise with it (R-25, I-05)."""
    other = find(office, contact.queue, contact.number) if contact.number else None
    if other is None:
        return
    let_agents_go(office, other)
    promise.cancel_dial(office, other)
    office.leave_line(other)
    contact.t_enq, contact.seq = min((contact.t_enq, contact.seq), (other.t_enq, other.seq))
    contact.priority = max(contact.priority, other.priority)
    contact.entered_at, contact.is_admitted, contact.returns = office.now, True, False
    contact.callback = other.callback
    office.promised.add(contact.contact)
    contacts.end(office, other, Outcome.CALLBACK, "merged")


def caller_gone(office: Office, contact: Contact) -> None:
    """A customer with a promise hung up before they talked: it still stands, after a pause."""
    let_agents_go(office, contact)
    contacts.stop_clock(office, contact)
    _try_again(office, contact)


def cancel(office: Office, name: str) -> None:
    """A person at the page, or the customer, wants no call back any more."""
    contact = office.state.contacts.get(name)
    if contact is not None and contact.callback is not None and not contact.is_live:
        let_agents_go(office, contact)
        promise.cancel_dial(office, contact)
        contacts.end(office, contact, Outcome.CALLBACK, "cancelled")


def boundary(office: Office, queue: str) -> None:
    """The queue opened or closed: promises stand in line or rest; a dial that rings already may finish (R-21)."""
    is_open = why_closed(office, queue) is None
    for contact in list(office.state.contacts.values()):
        is_idle = contact.state in (ContactState.WAITING, ContactState.RESTING)
        if contact.queue == queue and contact.callback is not None and not contact.is_live and is_idle:
            office.leave_line(contact)
            contact.callback.waits_for_opening &= not is_open
            stand_by(office, contact)


def recover(office: Office, dark_s: float) -> None:
    """After a power cut: callers whose number is known are called back in their old order (U-07)."""
    for contact in list(office.state.contacts.values()):
        is_here = contact.is_live and contact.placed is None and contact.state is not ContactState.FALLBACK
        is_served = contact.queue in office.queues and why_closed(office, contact.queue) is None
        if is_here and is_served and dark_s <= DARK_S and may_dial(office, contact.number):
            office.leave_line(contact)
            make(office, contact, contact.number, "power")
            if contact.state is ContactState.WAITING:
                stand_by(office, contact)


def offer(office: Office, contact: Contact) -> None:
    """Tell the caller of the key, once more than N wait; told once it holds (S-40, D-19).

    Near closing it is for the next opening, or nothing is said where the queue promises nothing for another day.
    """
    queue = office.queues[contact.queue]
    if queue.callback is None or not queue.callback.digit or contact.callback_offered or contact.callback is not None:
        return
    is_late = is_too_late(office, contact)
    if _live_waiting(office, contact.queue) > queue.callback.after and (queue.callback.next_day or not is_late):
        contact.callback_offered = True
        office.commands.append(do.OfferCallback(contact.contact, queue.callback.digit, is_late))


def _live_waiting(office: Office, queue: str) -> int:
    """Calls that wait here: in line, or rung for after a wait. Who is called back is none (S-40)."""
    promised = [office.state.contacts[name] for name in office.promised]
    away = sum(one.queue == queue and not one.is_live and one.state is ContactState.WAITING for one in promised)
    served = announce.being_served(office, queue, (ContactState.OFFERING,))
    return len(office.waiting[queue]) - away + sum(one.is_live and one.hears is not Hears.RINGBACK for one in served)
