"""What the contacts of fittings mean, as data and pure functions: key switch, recording key, dry contacts.

A contact means something once it has stayed at a level for its patience; each level means something once. What it means
depends on what is committed, as with the seats' buttons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from appliance.acd import events as ev
from appliance.acd.house import Held
from appliance.acd.view import OfficeView
from hw.fittings import Kind, Spot

KEY: Final = "key"
"""Who holds the hours by the key switch."""

RECORD_KEY: Final = "record key"
"""Who pauses a recording by a seat's key."""

FORCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class ContactSettings:
    """A dry contact: the prompt that callers hear, and whether everybody leaves. Without a prompt it is an alarm."""

    name: str
    prompt: str = "evacuation"
    evacuates: bool = True


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a contact stays down, or up again, before that means something; seconds."""

    down: float = 0.0
    up: float = 0.0


PATIENCE: Final[Mapping[tuple[Kind, str], Patience]] = {
    (Kind.CLOSING_KEY, "force"): Patience(down=FORCE_S),
    (Kind.CONTACT, "input"): Patience(1.0, 1.0),  # lightning and loose screws are no fire
    (Kind.LIFELINE, "in_use"): Patience(up=2.0),  # dial pulses and a hook flash are no hanging up
}
"""Of those that are not listed: none."""


def patience_of(spot: Spot, down: bool) -> float:
    """How long a contact stays at a level before it is believed."""
    patience = PATIENCE.get((spot.kind, spot.use), Patience())
    return patience.down if down else patience.up


def closing_key(down: bool, view: OfficeView, *, is_found: bool) -> ev.Event | None:
    """The closing key is turned, or `is_found` so at the start (U-10). Turned back, the office follows its hours.

    A key that is found turned back lets go only of what it held itself: a person may hold the hours by the page.
    """
    if down:
        return ev.HoursHeld(Held.CLOSING, KEY) if view.held not in ("closing", "closed") else None
    is_its_own = any(queue.held_by == KEY for queue in view.queues)
    return ev.HoursHeld(Held.SCHEDULE, KEY) if view.held and (is_its_own or not is_found) else None


def force_button(down: bool, is_key_on: bool) -> ev.Event | None:
    """The button beside the closing key, held: closed at once, which counts only while the key is turned."""
    return ev.HoursHeld(Held.CLOSED, KEY, forced=True) if down and is_key_on else None


def notice(contact: ContactSettings, down: bool, view: OfficeView) -> ev.Event | None:
    """A dry contact that gives a notice, or takes it back (U-11)."""
    actor = f"contact {contact.name}"
    if not contact.prompt or down is (contact.name in view.notices):
        return None
    if down:
        return ev.NoticeRaised(contact.name, actor, contact.prompt, contact.evacuates)
    return ev.NoticeCleared(contact.name, actor)
