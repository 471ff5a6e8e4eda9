"""After a reboot the monotonic clock starts again: every stamp moves with it, so that no duration changes (I-15)."""

from appliance.acd.memory import Callback
from appliance.acd.model import LONG_AGO, Agent, Contact, Offer, State

_AGENT = (
    "since lost_until prompt_since wrap_since wrap_until idle_since changed_by_itself_at ringing_since engaged_from "
    "duty_from nag_at"
).split()
_CONTACT = (
    "t_enq retry_at until clock_from entered_at announced_at announce_at ask_until relaxes_at sticky_until held_since "
    "remind_at answers_until rings_until"
).split()
_OFFER = "opened_at bridged_at deadline".split()


def move_stamps(state: State, seconds: float) -> None:
    """Add `seconds` to every stamp of the state, except those that say "none"."""
    for agent in state.agents.values():
        _move(agent, _AGENT, seconds)
        agent.engaged = [(since + seconds, until + seconds) for since, until in agent.engaged]
        agent.on_duty = [(since + seconds, until + seconds) for since, until in agent.on_duty]
    for contact in state.contacts.values():
        _move(contact, _CONTACT, seconds)
        if contact.callback is not None:
            _move(contact.callback, ["open_since", "retry_at"], seconds)
        if contact.pause is not None:
            contact.pause.since, contact.pause.until = contact.pause.since + seconds, contact.pause.until + seconds
        if contact.race is not None and contact.race.joins_at:
            contact.race.joins_at += seconds
    for offer in state.offers.values():
        _move(offer, _OFFER, seconds)
    _move_kept(state, seconds)
    for queue in state.queues.values():
        if queue.unstaffed_since is not None:
            queue.unstaffed_since += seconds
        queue.closes_at += seconds if queue.closes_at else 0.0
    for coach in state.coaches.values():
        coach.since, coach.until = coach.since + seconds, coach.until + seconds if coach.until else 0.0
    holdings = [*state.house.queues.values(), *([state.house.holding] if state.house.holding else [])]
    for holding in holdings:
        holding.since += seconds
    state.at += seconds


def _move_kept(state: State, seconds: float) -> None:
    for place in state.left_places.values():
        place.t_enq, place.until = place.t_enq + seconds, place.until + seconds
    for way in state.ways_back.values():
        way.until += seconds


def _move(owner: Agent | Contact | Offer | Callback, fields: list[str], seconds: float) -> None:
    for name in fields:
        stamp = getattr(owner, name)
        if stamp not in (0.0, LONG_AGO):
            setattr(owner, name, stamp + seconds)
