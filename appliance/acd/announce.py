"""Telling waiting callers their place, and the wait where it can be known: on entry, when it is better, every T-ann.

Rules: never worse than what was said before (I-23), never within T-annmin of the last time, never while a phone rings
for this caller nor into the dialogue about a callback. Callbacks ahead count like everybody else (S-38, M-20).
"""

import bisect
import math
from collections.abc import Collection

from appliance.acd import commands as do
from appliance.acd import eligible, expected_wait
from appliance.acd.expected_wait import Before, Outlook
from appliance.acd.model import Ask, Contact, ContactState, QueueState
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings

UNDER_WAY = (ContactState.OFFERING, ContactState.CONNECTING)


def keep(office: Office, contact: Contact) -> None:
    """Look whether this waiting caller should hear their place now, and when to look again."""
    queue = office.queues[contact.queue]
    if not queue.announce_position:
        contact.announce_at = 0.0
        return
    if office.now < contact.announce_at:
        return
    if contact.ask is not Ask.NOTHING and office.now < contact.ask_until:
        contact.announce_at = contact.ask_until
        return
    contact.announce_at = office.now + max(queue.announce_min_s, 1.0)
    place = position(office, contact)
    is_better = not contact.announced or place < contact.announced
    is_time = place == contact.announced and office.now >= contact.announced_at + queue.announce_s
    if is_better or is_time:
        minutes = _expected_minutes(office, queue, contact, place) if queue.announce_wait else None
        contact.announced, contact.announced_at, contact.announced_wait = place, office.now, minutes
        office.commands.append(do.AnnouncePosition(contact.contact, place, minutes))


def position(office: Office, contact: Contact) -> int:
    """The place in the queue, from 1: who stands before in the line, and for whom a phone is ringing already."""
    line = office.waiting[contact.queue]
    before = bisect.bisect_left(line, (contact.key, contact.contact))
    return 1 + before + sum(1 for other in being_served(office, contact.queue) if other.key < contact.key)


def expected_s(office: Office, contact: Contact) -> float:
    """Within what time four of five such callers are served, for ever where nobody is there to serve them (M-20)."""
    queue, memory = office.queues[contact.queue], office.state.queues[contact.queue]
    staff = _staff(office, queue)
    ahead = position(office, contact) - 1
    return expected_wait.wait_bound_s(ahead, staff, _mean_s(memory, queue)) if staff else math.inf


def _staff(office: Office, queue: QueueSettings) -> int:
    """How many of the queue's agents a caller can wait for."""
    agents = [office.state.agents[one] for one in queue.agents if one in office.staffing]
    return sum(eligible.can_be_waited_for(agent, queue.queue) for agent in agents)


def note_handled(memory: QueueState, queue: QueueSettings, talked_s: float) -> None:
    """A call is over: what it took of an agent, wrap-up included, goes into the moving mean (M-20)."""
    memory.handling_s = expected_wait.moved_mean(_mean_s(memory, queue), max(0.0, talked_s) + queue.wrap_up_s)
    memory.handled += 1


def _mean_s(memory: QueueState, queue: QueueSettings) -> float:
    return memory.handling_s if memory.handled else queue.handling_s or expected_wait.PRIOR_AHT_S


def _expected_minutes(office: Office, queue: QueueSettings, contact: Contact, place: int) -> int | None:
    memory = office.state.queues[queue.queue]
    line = office.waiting[queue.queue]
    head = office.state.contacts[line[0][1]] if line else contact
    return expected_wait.announced_minutes(
        Outlook(
            ahead=place - 1,
            staff=_staff(office, queue),
            aht_s=_mean_s(memory, queue),
            samples=memory.handled,
            has_prior=bool(queue.handling_s),
            head_waits_s=0.0 if head is contact else office.now - head.t_enq,
            before=Before(contact.announced_wait, contact.announced - 1) if contact.announced else None,
        )
    )


def being_served(office: Office, queue: str, states: Collection[ContactState] = UNDER_WAY) -> list[Contact]:
    """Callers who may still come back to their place: an offer or a connection of theirs is under way."""
    names = {offer.contact for offer in office.state.offers.values() if offer.queue == queue}
    found = [office.state.contacts[name] for name in names if name in office.state.contacts]
    return [one for one in found if one.state in states and one.queue == queue]
