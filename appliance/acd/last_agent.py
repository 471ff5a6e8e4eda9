"""Who had this caller last: the memory behind the last-agent preference (F-08), bounded and forgotten after 90 days.

Rule: it is asked once, when the caller stands in line, and never makes anybody wait longer than T-sticky.
"""

import datetime

from appliance.acd.deadlines import Alarm
from appliance.acd.eligible import can_be_waited_for
from appliance.acd.memory import LastTalk
from appliance.acd.model import Contact, State
from appliance.acd.office import Office

KEPT_DAYS = 90
MOST_KEPT = 2000


def remember(state: State, contact: Contact, agent: str) -> None:
    """They talk: newest at the end; of too many the oldest goes. Callers without a number are not remembered."""
    if contact.number:
        state.last_talks.pop(contact.number, None)
        state.last_talks[contact.number] = LastTalk(agent, state.day)
        if len(state.last_talks) > MOST_KEPT:
            del state.last_talks[next(iter(state.last_talks))]


def forget_old(state: State) -> None:
    """A new day began: what is older than 90 days goes; what has no date counts from today."""
    oldest = (datetime.date.fromisoformat(state.day) - datetime.timedelta(days=KEPT_DAYS)).isoformat()
    for talk in state.last_talks.values():
        talk.day = talk.day or state.day
    state.last_talks = {number: talk for number, talk in state.last_talks.items() if talk.day >= oldest}


def look_up(office: Office, contact: Contact) -> None:
    """A caller takes a place in a queue that prefers the last agent: note them, and wait if they are here (F-08)."""
    state, queue = office.state, office.queues.get(contact.queue)
    talk = state.last_talks.get(contact.number)
    if queue is None or not queue.last_agent or talk is None or talk.agent not in queue.agents:
        return
    contact.last_agent = talk.agent
    agent = state.agents.get(talk.agent)
    if agent is not None and can_be_waited_for(agent, queue.queue) and queue.hold_when_busy and not queue.is_group:
        contact.sticky_until = office.now + queue.sticky_s
        office.deadlines.add(contact.sticky_until, Alarm.STICKY, contact.contact)
