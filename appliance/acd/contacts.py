"""The caller's journey: arrive, wait, be sent on, end. Offers are in `offers.py`; who is rung next is in `dispatch.py`.

Rule: every path out of here leaves the caller with a human, a running timer, or gone (D-06).
"""

from appliance.acd import commands as do
from appliance.acd import last_agent, skill_need, story
from appliance.acd.deadlines import Alarm
from appliance.acd.events import CallerArrived
from appliance.acd.model import Contact, ContactState, Hears
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings
from appliance.acd.story import Outcome

DISMISS_S = 60.0  # the longest last message; then the caller is hung up even if nobody says it ended
RETRY_GAP_S = 2.0  # after everybody declined, before they are asked again (§3.5)

# The fallback chain of each reason (§3.6), first slice: one spoken message, which ends every chain.
MESSAGE: dict[str, str] = {
    "no_agent": "nobody_available",
    "busy": "nobody_available",
    "no_answer": "nobody_available",
    "full": "nobody_available",
    "max_wait": "nobody_available",
    "no_queue": "nobody_available",
}


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
        t_enq=office.now,
        ageing_s=state.office.ageing_s,
        seq=state.arrivals,
        clock_from=office.now,
    )
    state.contacts[event.contact] = contact
    office.facts.append(
        story.ContactArrived(office.now, event.contact, event.queue, event.number, event.name, event.origin)
    )
    last_agent.look_up(office, contact)
    wait(office, contact)


def wait(office: Office, contact: Contact) -> None:
    """Stand in line at the place the key says: on arrival, after every offer that failed, on return (I-05)."""
    contact.state, contact.offer, contact.until = ContactState.WAITING, "", 0.0
    office.end_race(contact)
    skill_need.begin(office, contact)
    office.line_up(contact)
    office.unsettled.append(contact.contact)


def note_declined(office: Office, contact: Contact, agent: str) -> None:
    """Remember that this agent had the call and did not take it (I-24)."""
    if agent not in contact.declined:
        contact.declined.append(agent)
    contact.retry_at = office.now + RETRY_GAP_S


def settle(office: Office, contact: Contact) -> None:
    """Decide about a caller nobody could be rung for: hold music, or the fallback of the reason why not (§3.3)."""
    if contact.state is not ContactState.WAITING:
        return
    why = _cause_to_dismiss(office, contact)
    if why:
        dismiss(office, contact, why)
        return
    contact.is_admitted = True
    if office.now >= contact.retry_at:
        contact.retry_at = 0.0  # else the driver would be woken for it for ever
    hold(office, contact)
    office.watch_waiting(contact)


def hold(office: Office, contact: Contact) -> None:
    """Let the caller hear music, answering the line for it now (S-33); nothing when music already plays."""
    if contact.hears is not Hears.MUSIC:
        contact.hears = Hears.MUSIC
        office.commands.append(do.HoldCaller(contact.contact))


def ring(office: Office, contact: Contact) -> None:
    """Let the caller hear ringback during the first direct offer; an analogue line stays unanswered (S-03)."""
    contact.hears = Hears.RINGBACK
    office.commands.append(do.RingCaller(contact.contact))


def _cause_to_dismiss(office: Office, contact: Contact) -> str:
    queue = office.queues.get(contact.queue)
    if queue is None:
        return "no_queue"
    if queue.max_wait_s and office.now >= contact.t_enq + queue.max_wait_s:
        return "max_wait"  # an offer in progress was allowed to finish
    grace = office.grace_ends(contact, queue)
    if queue.is_group:  # a ring group: nobody waits
        return "no_answer" if contact.offers else ("busy" if grace is None else "no_agent")
    if grace is not None:
        is_arriving = contact.offers == 0 and not contact.is_admitted
        if office.now >= grace or (is_arriving and not queue.wait_without_agents):
            return "no_agent"
    elif not contact.is_admitted and not queue.hold_when_busy:
        return "busy"
    return "full" if not contact.is_admitted and _is_full(office, queue) else ""


def _is_full(office: Office, queue: QueueSettings) -> bool:
    if not queue.max_waiting:
        return False
    held = (ContactState.WAITING, ContactState.OFFERING, ContactState.AWAY)
    waiting = [
        contact
        for contact in office.state.contacts.values()
        if contact.queue == queue.queue and contact.is_admitted and contact.state in held
    ]
    return len(waiting) >= queue.max_waiting


def dismiss(office: Office, contact: Contact, why: str) -> None:
    """Nobody can take this call: say so and hang up, the end of every chain (D-06)."""
    office.leave_line(contact)
    stop_clock(office, contact)
    contact.state, contact.hears, contact.why = ContactState.FALLBACK, Hears.MESSAGE, why
    contact.until = office.now + DISMISS_S
    office.deadlines.add(contact.until, Alarm.AWAY, contact.contact)
    office.commands.append(do.DismissCaller(contact.contact, MESSAGE[why], why))


def stop_clock(office: Office, contact: Contact) -> None:
    """Close the running stretch of waiting or talking; the next one starts now."""
    spent = max(0.0, office.now - contact.clock_from)
    if contact.state is ContactState.CONNECTED:
        contact.talked_s += spent
    elif contact.state is not ContactState.FALLBACK:
        contact.waited_s += spent
    contact.clock_from = office.now


def end(office: Office, contact: Contact, outcome: Outcome, why: str) -> None:
    """The contact is over, once: tell its record and forget it."""
    stop_clock(office, contact)
    office.leave_line(contact)
    office.end_race(contact)
    del office.state.contacts[contact.contact]
    office.facts.append(
        story.ContactEnded(
            office.now,
            contact.contact,
            contact.queue,
            outcome,
            why,
            contact.waited_s,
            contact.talked_s,
            contact.agent,
        )
    )


def release(office: Office, contact: Contact, outcome: Outcome, why: str) -> None:
    """End the contact and hang the caller up."""
    office.commands.append(do.ReleaseCaller(contact.contact, why))
    end(office, contact, outcome, why)


def show_recording(office: Office, name: str, recording: str, *, is_recording: bool) -> None:
    """The indicator follows the recorder of the present conversation, nothing else (S-07, I-13)."""
    contact = office.state.contacts.get(name)
    if contact is not None and contact.recording == recording:
        contact.is_recording = is_recording
