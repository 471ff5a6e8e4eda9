"""Whom to ring among those who can be rung: the queue strategies of acd.md §3.5, by name.

A strategy is a function from a `Choice` to one of its candidates. What it must remember is a field of `QueueState` or
`Agent`, never of this module. Ties break by (rank in the list, agent id).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.acd.model import Contact, QueueState
from appliance.acd.settings import QueueSettings


@dataclass(frozen=True, slots=True)
class Choice:
    """What a strategy decides from. `candidates` is NOW(q, c) in the administrator's order and is never empty."""

    queue: QueueSettings
    memory: QueueState
    contact: Contact
    candidates: Sequence[str]
    now: float


Strategy = Callable[[Choice], str]


def fixed_order(choice: Choice) -> str:
    """Lowest rank: rank 1, when free, always wins (F-01)."""
    return choice.candidates[0]


STRATEGIES: dict[str, Strategy] = {"fixed-order": fixed_order}


def strategy(name: str) -> Strategy:
    """The strategy of that name. An unknown name rings in fixed order: a caller is never lost to a misspelling."""
    return STRATEGIES.get(name, fixed_order)
