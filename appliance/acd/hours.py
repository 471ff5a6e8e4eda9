"""A queue opens and closes: what the core is told at a boundary, and what becomes of those who are in it (§3.7, S-37).

Rule: the core never reads wall time; call control judges the schedule and says so by `HoursChanged`, once for each
boundary. What is told twice changes nothing, so nobody hears the closing message twice (R-22).
"""

from appliance.acd.chains import Reason
from appliance.acd.events import HoursChanged
from appliance.acd.house import Held
from appliance.acd.house_events import ClosingExpected
from appliance.acd.model import Contact, ContactState
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings


def why_closed(office: Office, name: str) -> Reason | None:
    """The reason a caller to this queue is not let in, None while it is open. What a person holds goes first."""
    holding = office.state.house.holding_of(name)
    if holding is not None:
        return None if holding.held is Held.OPEN else Reason.CLOSED
    memory = office.state.queues.get(name)
    return memory.closed_for if memory is not None else None


def why_not_in(office: Office, contact: Contact) -> Reason | None:
    """The reason this caller is not let into the queue whatever its agents do, None for who may be rung for."""
    return why_closed(office, contact.queue) or (None if contact.can_talk else Reason.HALF_DUPLEX)


def closes_in(office: Office, name: str) -> float | None:
    """In how many seconds this queue closes, 0 when it is closed or closing, None when no closing is in sight."""
    holding = office.state.house.holding_of(name)
    if holding is not None:
        return None if holding.held is Held.OPEN else 0.0
    memory = office.state.queues[name]
    if memory.closed_for is not None:
        return 0.0
    return max(0.0, memory.closes_at - office.now) if memory.closes_at else None


def closing_expected(office: Office, event: ClosingExpected) -> None:
    """The desk looked at the schedule."""
    if office.knows_queue(event.queue):
        office.state.queues[event.queue].closes_at = event.at


def may_stay(office: Office, queue: QueueSettings) -> bool:
    """Whether who waits may stay although it is closed: always while closing (U-10), never where it was forced."""
    holding = office.state.house.holding_of(queue.queue)
    if holding is not None and (holding.held is Held.CLOSING or holding.forced):
        return holding.held is Held.CLOSING
    return queue.wait_after_closing


def changed(office: Office, event: HoursChanged) -> None:
    """A boundary: at closing those who wait are judged anew, by `admission.turn_away`; at opening nobody is rung by it.

    A call being offered completes its offer first; a connected caller is never touched (I-20).
    """
    if not office.knows_queue(event.queue):
        return
    memory = office.state.queues[event.queue]
    was_open = why_closed(office, event.queue) is None
    memory.closed_for = None if event.is_open else _reason(event)
    if was_open and why_closed(office, event.queue) is not None:
        judge_anew(office, event.queue)


def judge_anew(office: Office, queue: str = "") -> None:
    """Who waits in this queue, "" for all, is judged in this batch."""
    waiting = [one for one in office.state.contacts.values() if one.state is ContactState.WAITING]
    office.unsettled += [one.contact for one in waiting if queue in ("", one.queue)]


def _reason(event: HoursChanged) -> Reason:
    return Reason.HOLIDAY if event.reason == "holiday" else Reason.CLOSED
