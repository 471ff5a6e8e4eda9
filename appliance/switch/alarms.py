"""Deadlines of the SIP thread: monotonic seconds in, callables out, in order."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class Alarm:
    """One deadline; `cancel` it when it is no longer wanted."""

    at: float
    order: int
    work: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """It will not ring."""
        self.work = None


class Alarms:
    """All deadlines of one thread."""

    def __init__(self) -> None:
        self._heap: list[Alarm] = []
        self._order = itertools.count()

    def at(self, when: float, work: Callable[[], None]) -> Alarm:
        """Call `work` once `ring` is told a time of `when` or later."""
        alarm = Alarm(when, next(self._order), work)
        heapq.heappush(self._heap, alarm)
        return alarm

    def next(self) -> float | None:
        """The earliest deadline, or None."""
        while self._heap and self._heap[0].work is None:
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else None

    def ring(self, now: float) -> None:
        """Call everything that is due, oldest first."""
        while (due := self.next()) is not None and due <= now:
            work = heapq.heappop(self._heap).work
            if work is not None:
                work()
