"""The lines of the ledger that reports are counted from: contacts, segments, offers and pieces of agent time."""

import enum
from dataclasses import dataclass

from appliance.acd.model import Agent, Reach
from appliance.acd.quick_enum import quick
from appliance.acd.story import OfferOutcome


@quick
class Exit(enum.Enum):
    """How a contact left the queue, in the symbols of §4. The values are those of the engine's outcomes."""

    ANSWERED = "answered"  # N_ans
    ABANDONED = "abandoned"  # N_ab
    VOICEMAIL = "voicemail"  # N_vm
    CALLBACK = "callback"  # N_cb
    FALLBACK = "dismissed"  # N_fb
    REFUSED = "refused"  # N_blk
    LOST = "lost"  # N_lost


EXITS = {way.value: way for way in Exit} | {"fallback": Exit.FALLBACK}
"""The exit of each of the engine's outcomes: whoever a chain took away, to a message or to somebody, is N_fb."""


@dataclass(slots=True)
class Contact:
    """One customer's journey. `left` is None until the first bridge or exit, and `waited_s` runs to it.

    `ended_at` is office time; `is_repeat`: the same number called within the 24 hours before (M-17). `placed_by`: this
    agent called them, as `queue` or personally; no queue admitted them, so they are in no symbol of §4 (D-21).
    """

    contact: str
    queue: str
    number: str
    origin: str
    at: float
    wall: float
    left: Exit | None = None
    why: str = ""
    waited_s: float = 0.0
    segments: int = 0
    is_repeat: bool = False
    has_ended: bool = False
    ended_at: float = 0.0
    ended_wall: float = 0.0
    placed_by: str = ""
    talked_s: float = 0.0


@dataclass(slots=True)
class Segment:
    """Contact × agent × time, the unit of reporting. `is_over`: the agent has left it, and its wrap-up is over too."""

    contact: str
    agent: str
    offer: str
    queue: str
    at: float
    wall: float
    talked_s: float = 0.0
    held_s: float = 0.0
    wrapped_s: float = 0.0
    is_over: bool = False


@dataclass(slots=True)
class Offer:
    """One offer. `outcome` None while it rings; only a timeout may become accepted later (R-05).

    `is_blameless`: a race or a ring group, where not answering is nobody's miss (D-20).
    """

    offer: str
    contact: str
    agent: str
    queue: str
    wall: float
    outcome: OfferOutcome | None = None
    is_blameless: bool = False


@quick
class Doing(enum.Enum):
    """What an agent's time went into; ON_DUTY and SIGNED_IN run beside the others."""

    SIGNED_IN = "signed_in"  # in the configuration, at a phone that can be rung
    ON_DUTY = "on_duty"
    TALKING = "talking"  # with a queue's caller
    HOLDING = "holding"  # a queue's caller is on hold
    WRAPPING = "wrapping"
    RINGING_ANSWERED = "ringing_answered"
    OFF = "off"  # `why` is the reason


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of an agent's time that ended at wall time `until` and lasted `lasted_s`; it may cross interval edges."""

    agent: str
    doing: Doing
    until: float
    lasted_s: float
    why: str = ""

    def within(self, start: float, end: float) -> float:
        """The seconds of it inside [start, end)."""
        return max(0.0, min(self.until, end) - max(self.until - self.lasted_s, start))


@dataclass(frozen=True, slots=True)
class AutoOff:
    """The box took an agent off duty: declined, no answer, unreachable (M-14)."""

    agent: str
    wall: float
    reason: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A two-choice prompt was answered after so many seconds (S-06)."""

    agent: str
    wall: float
    after_s: float


@dataclass(slots=True)
class Promise:
    """A callback (M-18): asked for at office time `at`; `ended` "" while it stands, "connected", or why it was none."""

    contact: str
    queue: str
    wall: float
    at: float
    attempts: int = 0
    ended: str = ""
    after_s: float = 0.0


@dataclass(slots=True)
class Announced:
    """The first wait a caller was told, and how long they waited from then on; `is_served` once they were (M-20)."""

    contact: str
    at: float
    bound_s: float
    waited_s: float = 0.0
    is_served: bool = False


@dataclass(frozen=True, slots=True)
class Ghost:
    """An answer to a dead leg, or a caller who was gone between answer and sound (M-19)."""

    contact: str
    queue: str
    wall: float


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A step of a transfer out of this queue (M-16): blind, attended, then what became of it in one word."""

    queue: str
    wall: float
    way: str


@dataclass(frozen=True, slots=True)
class Shift:
    """What an agent's duty, phone and prompt have been since office time `at`."""

    at: float
    is_on_duty: bool
    reason: str
    is_signed_in: bool
    prompt_since: float

    @classmethod
    def of(cls, agent: Agent, at: float) -> "Shift":
        """The agent's shift as it is now."""
        return cls(at, agent.is_available, agent.reason, agent.reach is Reach.OK, _asked(agent))

    def is_still(self, agent: Agent) -> bool:
        """Whether nothing of it has changed."""
        return (
            self.is_on_duty is agent.is_available
            and self.reason == agent.reason
            and self.is_signed_in is (agent.reach is Reach.OK)
            and self.prompt_since == _asked(agent)
        )


def _asked(agent: Agent) -> float:
    return agent.prompt_since if agent.prompt else 0.0
