"""Codes that an agent keys during a call: `*55` pauses the recording, `*0` calls for help in silence (S-08, U-08).

Only keys of the agent's own leg count; a caller's never do (S-08). A code begins with `*` and is known by its length,
so no pause between keys matters; a new `*` begins anew.
"""

from collections.abc import Callable, Mapping
from typing import Final

from appliance.acd import events as ev

ACTOR: Final = "phone"
LONGEST: Final = 3

CODES: Final[Mapping[str, Callable[[str], ev.Event]]] = {
    "*55": lambda agent: ev.RecordingPauseAsked(agent, ACTOR),
    "*0": lambda agent: ev.HelpAsked(agent, ACTOR),
}
"""What is keyed → what it means for that agent."""


class AgentKeys:
    """What each leg has keyed so far."""

    def __init__(self) -> None:
        self._keyed: dict[str, str] = {}

    def pressed(self, leg: str, agent: str, digit: str) -> ev.Event | None:
        """The event a whole code means, None while there is none."""
        keyed = digit if digit == "*" else self._keyed.get(leg, "") + digit
        if not keyed.startswith("*") or len(keyed) > LONGEST:
            self._keyed.pop(leg, None)
            return None
        if keyed in CODES:
            self._keyed.pop(leg, None)
            return CODES[keyed](agent)
        self._keyed[leg] = keyed
        return None

    def forget(self, leg: str) -> None:
        """The leg is gone."""
        self._keyed.pop(leg, None)
