"""All running timers, soonest first. A deadline is a field of the state; here is only the order to look at them.

An entry is (when, which, whose). One whose field no longer says exactly `when` is stale and is dropped unseen: the time
itself is the generation of §3.4 (I-16).
"""

import enum
import heapq
from collections.abc import Callable

from appliance.acd.quick_enum import quick


@quick
class Alarm(enum.IntEnum):
    """Which field of whom a deadline belongs to; the number breaks ties, agents before callers."""

    WRAP_UP = 0  # Agent.wrap_until
    LOST = 1  # Agent.lost_until
    OFFER = 2  # Offer.deadline
    AWAY = 3  # Contact.until, of a caller away or hearing the last message
    WAITING = 4  # T-max, T-noagent or the retry gap of a waiting caller
    STICKY = 5  # Contact.sticky_until: the last agent is waited for no longer
    RELAX = 6  # Contact.relaxes_at: a lower skill level will do
    PAUSE = 8  # Contact.pause: the warning before a recording goes on, then its end (T-recpause)
    COACH = 9  # Coach.until: a supervisor's phone has rung long enough
    JOIN = 7  # Contact.race.joins_at: the next agent may join the race
    WAY_BACK = 11  # State.ways_back: the emergency centre has had its time to call back
    HELD = 10  # Contact.remind_at: the agent is told again that a caller is on hold (T-held)
    RING_HOLD = 13  # Contact.rings_until: the line is answered, with music, while an agent still rings (T-ringhold)
    NAG = 12  # Agent.nag_at: the phone asks whom the box took off duty, or has asked long enough (T-nag)


Entry = tuple[float, Alarm, str]


class Deadlines:
    """A heap of entries; `is_live` says whether an entry still means anything."""

    def __init__(self, is_live: Callable[[Entry], bool]) -> None:
        self._is_live = is_live
        self._heap: list[Entry] = []

    def add(self, when: float, alarm: Alarm, whose: str) -> None:
        """Look at this owner again at `when` (monotonic seconds)."""
        heapq.heappush(self._heap, (when, alarm, whose))

    def clear(self) -> None:
        """Forget everything, before the state is read again."""
        self._heap.clear()

    def next(self) -> float | None:
        """The soonest deadline that still means something."""
        self._drop_stale()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> Entry | None:
        """Remove and return the soonest live entry that is due, None when none is."""
        self._drop_stale()
        if self._heap and self._heap[0][0] <= now:
            return heapq.heappop(self._heap)
        return None

    def _drop_stale(self) -> None:
        while self._heap and not self._is_live(self._heap[0]):
            heapq.heappop(self._heap)
