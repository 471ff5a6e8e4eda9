"""A queue opens and closes: what the core is told at a boundary, and what becomes of those who are in it (§3.7, S-37).

Rule: the core never reads wall time; call control judges the schedule and says so by `HoursChanged`, once for each
boundary. What is told twice changes nothing, so nobody hears the closing message twice (R-22).
"""

from appliance.acd.chains import Reason
from appliance.acd.office import Office


def why_closed(office: Office, name: str) -> Reason | None:
    """The reason a caller to this queue is not let in, None while it is open."""
    memory = office.state.queues.get(name)
    return memory.closed_for if memory is not None else None
