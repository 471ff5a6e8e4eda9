"""The way back for the emergency centre: which phone called it by which line or trunk (§3.10, D-12, R-45).

Rule: kept for half an hour and through a restart; whoever calls in that way meanwhile rings that phone and all others,
whatever the hours, the queue or anybody's duty. The desk rings them (`desk/way_back.py`); the core only remembers.
"""

from appliance.acd import story
from appliance.acd.deadlines import Alarm
from appliance.acd.house_events import EmergencyPlaced
from appliance.acd.memory import WayBack
from appliance.acd.model import LONG_AGO, State
from appliance.acd.office import Office

CALLS_BACK_S = 1800.0


def placed(office: Office, event: EmergencyPlaced) -> None:
    """The centre may call back that way from now on; a later call by the same way is the one it answers."""
    until = office.now + CALLS_BACK_S
    office.state.ways_back[event.way] = WayBack(event.phone, event.number, until)
    office.deadlines.add(until, Alarm.WAY_BACK, event.way)
    office.facts.append(story.EmergencyPlaced(office.now, event.way, event.phone, event.number))


def placed_at(state: State) -> float:
    """When the newest call left that the centre may still answer; long ago when there is none."""
    return max((way.until - CALLS_BACK_S for way in state.ways_back.values()), default=LONG_AGO)


def over(office: Office, way: str) -> None:
    """Half an hour has passed."""
    del office.state.ways_back[way]
