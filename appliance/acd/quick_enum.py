"""`quick`: an enum whose members are found at once.

Python 3.11 looks for every `AgentState.FREE` by way of a `__getattr__` of the enum's type, six times as long as an
attribute takes, and the core asks for dozens with every event. From 3.12 on they are plain attributes; here too.
"""

import enum
from typing import TypeVar

AnyEnum = TypeVar("AnyEnum", bound=enum.Enum)


def quick(cls: type[AnyEnum]) -> type[AnyEnum]:
    """The same enum, its members in the class's own dictionary."""
    for name, member in cls.__members__.items():
        type.__setattr__(cls, name, member)
    return cls
