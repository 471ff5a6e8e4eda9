"""`fact`: a dataclass of what was decided, of which a busy office makes several for every event.

It is frozen for the type checker, which sees all who could write to one, and plain at run time: a frozen dataclass sets
each field by way of `object.__setattr__` and takes five times as long to make (docs/decisions/0019).
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Fact = TypeVar("Fact")


@dataclass_transform(frozen_default=True)
def fact(cls: type[Fact]) -> type[Fact]:
    """Like `dataclass(frozen=True, slots=True)`, held by mypy."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
