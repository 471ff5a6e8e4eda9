"""What becomes of callers and agents when a person holds the hours, or a notice is in force (§3.7, U-10, U-11).

Rules: a connected caller is never touched (I-20); who waits is told once; nobody is put on duty by any of this (D-03).
"""

from typing import assert_never

from appliance.acd import callback, hours, recording, staff, story
from appliance.acd import commands as do
from appliance.acd.events import DutyOff
from appliance.acd.house import EVACUATION, Held, Holding, Notice
from appliance.acd.house_events import ClosingExpected, HoursHeld, HouseEvent, NoticeCleared, NoticeRaised
from appliance.acd.model import Contact, ContactState, Hears
from appliance.acd.office import Office

CLOSING_PROMPT = "closing"
_IN_LINE = (ContactState.WAITING, ContactState.OFFERING, ContactState.AWAY)


def hear(office: Office, event: HouseEvent) -> None:
    """A person or a contact input said something about the whole house."""
    match event:
        case HoursHeld():
            _hold(office, event)
        case NoticeRaised():
            _raise(office, event)
        case NoticeCleared(notice, actor):
            if office.state.house.notices.pop(notice, None) is not None:
                office.facts.append(story.NoticeGiven(office.now, notice, actor, is_over=True))
        case ClosingExpected():
            hours.closing_expected(office, event)
        case _:
            assert_never(event)


# -- hours held by a person


def _hold(office: Office, event: HoursHeld) -> None:
    """Hours are held, or let go. Who holds the whole office ends what single queues were held at."""
    house, asked = office.state.house, event.queue
    is_held = bool(house.queues) or house.holding is not None
    if (asked and asked not in office.queues) or (event.held is Held.SCHEDULE and not is_held):
        return
    was_open = {queue: hours.why_closed(office, queue) is None for queue in office.queues}
    holding = Holding(event.held, event.actor, office.now, event.until, event.forced)
    if asked:
        house.queues.pop(asked, None)
        if event.held is not Held.SCHEDULE:
            house.queues[asked] = holding
    elif event.held is Held.SCHEDULE:
        house.holding = None
    else:
        house.queues.clear()
        house.holding = holding
    office.facts.append(story.HoursHeld(office.now, asked, event.held.value, event.actor, event.until))
    hours.judge_anew(office, asked)
    for queue, before in was_open.items():
        if before is not (hours.why_closed(office, queue) is None):
            callback.boundary(office, queue)


def latch(office: Office) -> None:
    """After each batch: "closing" becomes "closed" once nobody waits any more (U-10)."""
    house = office.state.house
    held = [("", house.holding)] if house.holding is not None else []
    for queue, holding in (*held, *house.queues.items()):
        if holding.held is Held.CLOSING and not _is_anybody_in_line(office, queue):
            holding.held = Held.CLOSED
            office.facts.append(story.HoursHeld(office.now, queue, Held.CLOSED.value, holding.actor, holding.until))


def _is_anybody_in_line(office: Office, queue: str) -> bool:
    contacts = office.state.contacts.values()
    return any(one.is_live and one.state in _IN_LINE and queue in ("", one.queue) for one in contacts)


# -- notices


def _raise(office: Office, event: NoticeRaised) -> None:
    """U-11: who waits is told; where people are to leave, agents go off duty."""
    if event.notice in office.state.house.notices:
        return
    office.state.house.notices[event.notice] = Notice(event.prompt, event.evacuates, event.actor)
    office.facts.append(story.NoticeGiven(office.now, event.notice, event.actor, is_over=False))
    for name, agent in list(office.state.agents.items()) if event.evacuates else ():
        if agent.is_available:
            staff.duty_off(office, DutyOff(name, event.actor, EVACUATION))
            agent.changed_by_itself_at = office.now  # no finger did that: T-guard (S-M2)
    hours.judge_anew(office)


# -- what who waits is told


def tell(office: Office, contact: Contact) -> bool:
    """Say to a caller who waits what they have not heard yet; True when something was said, which has its time."""
    if contact.hears is not Hears.MUSIC:
        return False
    news = [prompt for prompt in _news(office, contact) if prompt not in contact.told]
    if not news:
        return False
    for prompt in news:
        recording.told(office, contact, prompt)
    office.commands.append(do.TellCaller(contact.contact, tuple(news)))
    if contact.announce_at:
        contact.announce_at = office.now + max(office.queues[contact.queue].announce_min_s, 1.0)
    return True


def _news(office: Office, contact: Contact) -> list[str]:
    house = office.state.house
    prompts = [prompt] if (prompt := recording.to_tell(office, contact)) else []
    prompts += [notice.prompt for notice in house.notices.values()]
    holding = house.holding_of(contact.queue)
    if holding is not None and holding.held is Held.CLOSING:
        prompts.append(CLOSING_PROMPT)
    return prompts
