"""What goes on beside a conversation, as facts: a paused recording, a coach in it (§3.11, §3.14)."""

import enum
from dataclasses import dataclass

from appliance.acd.quick_enum import quick

WARN_S = 10.0  # before a paused recording goes on by itself the agent is warned so early (S-08)


@dataclass(slots=True)
class Pause:
    """A recording is paused `since` then, until `until` at the latest (T-recpause). It goes with the caller (R-37)."""

    agent: str
    actor: str
    since: float
    until: float
    is_warned: bool = False

    @property
    def next_at(self) -> float:
        """When something is due: the warning, then the end."""
        return self.until if self.is_warned else max(self.since, self.until - WARN_S)


@quick
class Mode(enum.Enum):
    """How a supervisor takes part in an agent's conversation (F-37)."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    TAKE_OVER = "take_over"


@quick
class CoachPhase(enum.Enum):
    """Where a coach is. RINGING and ASKED have a running time."""

    RINGING = "ringing"  # the supervisor's phone rings
    PRESENT = "present"  # takes part in the mode
    ASKED = "asked"  # the agent has left: take the call over?
    TALKING = "talking"  # has taken the call over


@dataclass(slots=True)
class Coach:
    """A supervisor at one conversation: `agent`'s with `contact` under `offer`.

    `leg` is the call the supervisor made to come in, "" when the box rings their phone. `is_help`: the agent asked for
    it (U-08), and `tried` are the supervisors who did not come. `until` ends RINGING and ASKED (0.0: no time runs).
    """

    coach: str
    supervisor: str
    agent: str
    contact: str
    offer: str
    mode: Mode
    since: float
    phase: CoachPhase = CoachPhase.RINGING
    until: float = 0.0
    leg: str = ""
    is_help: bool = False
    tried: tuple[str, ...] = ()
