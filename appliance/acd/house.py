"""The house as a whole: hours that a person holds against the schedule, and notices that are in force (U-10, U-11).

Rule: `Holding.until` is wall time and is judged by the desk, which says so by `HoursHeld`; the core only keeps it, so
that a restart knows until when.
"""

import enum
from dataclasses import dataclass, field

from appliance.acd.quick_enum import quick

EVACUATION = "evacuation"
"""Why agents are off duty while a notice evacuates the office (避難)."""


@quick
class Held(enum.Enum):
    """What a person makes of the hours (§3.7); it beats week, dates and holidays."""

    SCHEDULE = "schedule"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


@dataclass(slots=True)
class Holding:
    """Hours held by a person since `since` (monotonic), `until` then (wall time, 0.0: until taken back)."""

    held: Held
    actor: str
    since: float
    until: float = 0.0
    forced: bool = False


@dataclass(slots=True)
class Notice:
    """A notice in force: what callers are told, and whether people are to leave."""

    prompt: str
    evacuates: bool
    actor: str


@dataclass(slots=True)
class House:
    """`holding` of the whole office, `queues` of single ones, which goes first; `notices` by name."""

    holding: Holding | None = None
    queues: dict[str, Holding] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)

    def holding_of(self, queue: str) -> Holding | None:
        """Who holds the hours of this queue, None when the schedule has its say."""
        return self.queues.get(queue, self.holding)

    @property
    def evacuation(self) -> Notice | None:
        """The first notice in force by which people are to leave."""
        for notice in self.notices.values():
            if notice.evacuates:
                return notice
        return None
