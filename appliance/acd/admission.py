"""Who may come in and who may stay: hold music only when nobody can take the call, else a chain (§3.3, S-32, S-36).

Before anybody is rung, `turn_away` sends those on whose time in the queue is over; whom nobody could be rung for is
judged by `settle`. Both look only at callers of this batch, so a day costs what happens in it.
"""

from appliance.acd import announce, callback, contacts, fallback, hours, house_rules, last_agent, menus, resume, story
from appliance.acd.chains import CLOSING, Reason
from appliance.acd.events import CallerArrived
from appliance.acd.model import Contact, ContactState
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings
from appliance.acd.story import Outcome

HELD = (ContactState.WAITING, ContactState.OFFERING, ContactState.AWAY)


def arrive(office: Office, event: CallerArrived) -> None:
    """A caller takes a place that is kept from now on (D-04). Whether to ring, hold or dismiss is dispatch's to say."""
    state = office.state
    if event.contact in state.contacts:
        return  # told twice; the first place stands
    state.arrivals += 1
    contact = Contact(
        contact=event.contact,
        queue=event.queue,
        number=event.number,
        name=event.name,
        origin=event.origin,
        priority=event.priority,
        returns=event.returns,
        can_talk=event.can_talk,
        t_enq=office.now,
        ageing_s=state.office.ageing_s,
        seq=state.arrivals,
        consent=event.consent,
        clock_from=office.now,
    )
    if event.ring_hold_s is not None:
        contact.rings_until = office.now + event.ring_hold_s
    resume.take_place(office, contact)
    state.contacts[event.contact] = contact
    office.facts.append(
        story.ContactArrived(office.now, event.contact, event.queue, event.number, event.name, event.origin)
    )
    if contact.queue in office.menus and state.house.evacuation is None:
        menus.enter(office, contact, contact.queue)
        return
    last_agent.look_up(office, contact)
    why_not, notice = hours.why_not_in(office, contact), state.house.evacuation
    if notice is not None:
        fallback.fall_back(office, contact, Reason.EVACUATION, says=notice.prompt)
    elif why_not is not None:
        fallback.fall_back(office, contact, why_not)  # judged by what is so as the caller comes
    else:
        callback.merge(office, contact)
        contacts.wait(office, contact)


def turn_away(office: Office) -> None:
    """Before anybody is rung: callers whose wait is over go on, even where somebody is free for them now (R-20)."""
    for name in office.unsettled:  # grows while we look: who enters another queue may have to leave that one as well
        contact = office.state.contacts.get(name)
        if contact is None or contact.state is not ContactState.WAITING:
            continue
        queue = office.queues.get(contact.queue)
        closed = hours.why_closed(office, contact.queue)
        if not contact.is_live:
            if queue is None:
                contacts.end(office, contact, Outcome.CALLBACK, "queue_removed")
        elif queue is None:
            fallback.fall_back(office, contact, Reason.NO_QUEUE)
        elif closed is not None and not hours.may_stay(office, queue):
            fallback.fall_back(office, contact, closed, says=CLOSING)
        elif not contact.can_talk:
            fallback.fall_back(office, contact, Reason.HALF_DUPLEX)  # back from elsewhere
        elif _has_waited_too_long(office, contact, queue):
            fallback.fall_back(office, contact, Reason.MAX_WAIT)


def _has_waited_too_long(office: Office, contact: Contact, queue: QueueSettings) -> bool:
    return bool(queue.max_wait_s) and office.now >= contact.in_queue_since + queue.max_wait_s


def settle(office: Office, contact: Contact) -> None:
    """Decide about a caller nobody could be rung for: hold music, or the fallback of the reason why not (§3.3)."""
    if contact.state is not ContactState.WAITING:
        return
    reason = _reason_to_leave(office, contact) if contact.is_live else None
    if reason is not None:
        fallback.fall_back(office, contact, reason)
        return
    if office.now >= contact.retry_at:
        contact.retry_at = 0.0  # else the driver would be woken for it for ever
    contact.is_admitted = True
    contacts.hold(office, contact)
    callback.offer(office, contact)


def stay(office: Office, contact: Contact) -> None:
    """Nothing more will be decided in this batch: tell who waits their place (S-38), and when to look again."""
    if contact.state is ContactState.WAITING:
        if contact.is_live and not house_rules.tell(office, contact):
            announce.keep(office, contact)
        office.watch_waiting(contact)


def _reason_to_leave(office: Office, contact: Contact) -> Reason | None:
    queue = office.queues[contact.queue]
    grace = office.grace_ends(contact, queue)
    if queue.is_group:  # a ring group: nobody waits
        return Reason.NO_ANSWER if contact.offers else (Reason.BUSY if grace is None else Reason.NO_AGENT)
    if grace is not None:
        is_arriving = contact.offers == 0 and not contact.is_admitted
        if office.now >= grace or (is_arriving and not queue.wait_without_agents):
            return Reason.NO_AGENT
    elif not contact.is_admitted and not queue.hold_when_busy:
        return Reason.BUSY
    return Reason.FULL if not contact.is_admitted and _is_full(office, queue) else None


def _is_full(office: Office, queue: QueueSettings) -> bool:
    if not queue.max_waiting:
        return False
    waiting = [
        contact
        for contact in office.state.contacts.values()
        if contact.queue == queue.queue and contact.is_admitted and contact.is_live and contact.state in HELD
    ]
    return len(waiting) >= queue.max_waiting
