"""From the edges of a bouncing contact to presses, as a pure function of edges and time.

gpiozero's own debouncing is not used: its mock ignores it, so it could not be tested (specs: parts.md §1.5).

Rules:
1. A level counts once it stayed for `SETTLE_S`; it then began at the edge that brought it. Bounces and glitches
   shorter than that do not exist.
2. A press is decided at its release: short under `SHORT_S`, long from `LONG_S`, in between nothing (S-M2). A short one
   that begins within `DOUBLE_S` of the release of another is the second half of a double one.
3. A button held for `STUCK_S`, or already held when we started, is reported once and means nothing until it is
   released (R-41).

All times are monotonic seconds; nothing here reads a clock.
"""

import enum
import math
from dataclasses import dataclass, replace
from typing import Final

SETTLE_S: Final = 0.015
"""Contacts bounce for 5 ms, bad ones for 20, in gaps of a few; a person feels no delay below 20 (measured: 16 ms)."""

SHORT_S: Final = 0.6
LONG_S: Final = 1.2
STUCK_S: Final = 10.0
DOUBLE_S: Final = 0.35


class Kind(enum.Enum):
    """What somebody did with a button."""

    SHORT = "short"
    LONG = "long"
    DOUBLE = "double"  # the second of two short ones; the first was reported as SHORT
    STUCK = "stuck"
    HELD_AT_START = "held at start"


@dataclass(frozen=True, slots=True)
class Press:
    """One press: when the finger came and how long it stayed, in seconds."""

    kind: Kind
    began: float
    held_s: float


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of one button: the settled level, and an edge that has not settled yet."""

    down: bool = False
    since: float = 0.0
    raw: bool = False
    raw_since: float = 0.0
    ignored: bool = False  # held at start, or reported as stuck: wait for the release
    short_until: float = -math.inf  # a short press that begins before this is a double one


def at_start(down: bool, now: float) -> tuple[Contact, Press | None]:
    """The contact when we begin to look; a button that is already held means nothing until it is released."""
    contact = Contact(down, now, down, now, ignored=down)
    return contact, Press(Kind.HELD_AT_START, now, 0.0) if down else None


def edge(contact: Contact, down: bool, at: float) -> tuple[Contact, Press | None]:
    """The contact after an edge to level `down`, and the press that had settled before it, if any."""
    contact, press = settle(contact, at)
    if down == contact.raw:
        return contact, press
    return replace(contact, raw=down, raw_since=at), press


def settle(contact: Contact, now: float) -> tuple[Contact, Press | None]:
    """The contact at `now`, and the press that became certain.

    Compares by the same sums as `deadline`, else a rounding could keep a driver waking for ever.
    """
    if contact.raw != contact.down and now >= contact.raw_since + SETTLE_S:
        return _settled(contact)
    if contact.down and not contact.ignored and now >= contact.since + STUCK_S:
        return replace(contact, ignored=True), Press(Kind.STUCK, contact.since, now - contact.since)
    return contact, None


def deadline(contact: Contact) -> float | None:
    """When `settle` has something to say next; None while nothing can become certain by waiting."""
    if contact.raw != contact.down:
        return contact.raw_since + SETTLE_S
    if contact.down and not contact.ignored:
        return contact.since + STUCK_S
    return None


def _settled(contact: Contact) -> tuple[Contact, Press | None]:
    """The raw level became the level; a release ends a press."""
    after = Contact(contact.raw, contact.raw_since, contact.raw, contact.raw_since, short_until=contact.short_until)
    held = contact.raw_since - contact.since
    if contact.raw or contact.ignored or held < SETTLE_S:  # rule 1 again, for an edge that came late
        return after, None
    if held >= STUCK_S:
        return after, Press(Kind.STUCK, contact.since, held)
    if held >= LONG_S:
        return after, Press(Kind.LONG, contact.since, held)
    if held >= SHORT_S:
        return after, None
    if contact.since < contact.short_until:
        return replace(after, short_until=-math.inf), Press(Kind.DOUBLE, contact.since, held)
    return replace(after, short_until=contact.raw_since + DOUBLE_S), Press(Kind.SHORT, contact.since, held)
