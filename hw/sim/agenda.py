"""What is due when, in a world whose clock is handed in: the only timer of the simulator's core.

Times are monotonic seconds. Actions run in order of time, and of planning where times are equal.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class Plan:
    """One action at one time; `cancel` it when it is no longer wanted."""

    due: float
    order: int
    action: Callable[[float], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Never happens, if it has not happened yet."""
        self.cancelled = True


class Agenda:
    """The plans of one card and its line."""

    def __init__(self) -> None:
        self._plans: list[Plan] = []
        self._planned = 0

    def at(self, due: float, action: Callable[[float], None]) -> Plan:
        """Plans `action(due)`."""
        self._planned += 1
        plan = Plan(due, self._planned, action)
        heapq.heappush(self._plans, plan)
        return plan

    def next_due(self) -> float | None:
        """When `run_next` has something to do, or None."""
        while self._plans and self._plans[0].cancelled:
            heapq.heappop(self._plans)
        return self._plans[0].due if self._plans else None

    def run_next(self) -> None:
        """Does the earliest plan."""
        if self.next_due() is not None:
            plan = heapq.heappop(self._plans)
            plan.action(plan.due)
