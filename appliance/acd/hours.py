"""A queue opens and closes: what the core is told at a boundary, and what becomes of those who are in it (§3.7, S-37).

Rule: the core never reads wall time; call control judges the schedule and says so by `HoursChanged`, once for each
boundary. What is told twice changes nothing, so nobody hears the closing message twice (R-22).
"""

from appliance.acd.chains import Reason
from appliance.acd.events import HoursChanged
from appliance.acd.model import ContactState
from appliance.acd.office import Office


def why_closed(office: Office, name: str) -> Reason | None:
    """The reason a caller to this queue is not let in, None while it is open."""
    memory = office.state.queues.get(name)
    return memory.closed_for if memory is not None else None


def changed(office: Office, event: HoursChanged) -> None:
    """A boundary: at closing those who wait are judged anew, by `admission.turn_away`; at opening nobody is rung by it.

    A call being offered completes its offer first; a connected caller is never touched (I-20).
    """
    memory = office.state.queues.get(event.queue)
    if memory is None:
        return
    was_open = memory.closed_for is None
    memory.closed_for = None if event.is_open else _reason(event)
    if was_open and not event.is_open:
        waiting = ContactState.WAITING
        office.unsettled += [
            name for name, one in office.state.contacts.items() if one.queue == event.queue and one.state is waiting
        ]


def _reason(event: HoursChanged) -> Reason:
    return Reason.HOLIDAY if event.reason == "holiday" else Reason.CLOSED
