"""Where callers go whom a queue cannot serve: each reason has an ordered chain of destinations (acd.md §3.6).

Rule: a chain is data and `fallback.py` walks it. Whatever a chain says, behind its last step is a spoken message, so
that every caller has an exit (D-06).
"""

import enum
from dataclasses import dataclass

from appliance.acd.quick_enum import quick

MOST_HOPS = 5  # destinations one contact is sent to, over all chains (I-27)
NOBODY = "nobody_available"  # the message behind every chain
CLOSING = "closed"  # what callers hear who are waiting when it closes (S-37)
BOOKED = "callback_booked"  # the number has a promise already


@quick
class Reason(enum.Enum):
    """Why a queue cannot serve a caller."""

    BUSY = "busy"  # everybody talks and the queue does not hold (S-36)
    FULL = "full"  # the queue holds as many as it may
    NO_AGENT = "no_agent"  # nobody is on duty (T-noagent)
    NO_ANSWER = "no_answer"  # nobody of a ring group took the call
    MAX_WAIT = "max_wait"  # T-max
    CLOSED = "closed"
    HOLIDAY = "holiday"
    KEY = "key"  # the caller pressed the digit for voicemail (S-34)
    XFER = "xfer"  # an agent passed the caller on, to a machine
    XFER_REJECT = "xfer_reject"
    XFER_TIMEOUT = "xfer_timeout"
    DEGRADED = "degraded"  # disk, clock or power
    EVACUATION = "evacuation"  # a notice is in force by which everybody leaves (U-11)
    MENU = "menu"  # chosen in a menu: the branch is the chain (F-50)
    HALF_DUPLEX = "half_duplex"  # the caller's line announces and records, but connects nobody (fxo §1.5)
    NO_QUEUE = "no_queue"  # the queue is gone from the configuration


@quick
class Kind(enum.Enum):
    """What a caller can be sent to."""

    QUEUE = "queue"
    GROUP = "group"
    USER = "user"
    EXTERNAL = "external"
    VOICEMAIL = "voicemail"
    MESSAGE = "message"  # said, then hung up
    MENU = "menu"
    CALLBACK = "callback"  # offered; who does not want one goes on in the chain


@dataclass(frozen=True, slots=True)
class Destination:
    """One step: `to` names the queue, person, number, box, prompt or menu. `keep_place`: keep_t_enq of §3.6."""

    kind: Kind
    to: str = ""
    keep_place: bool = True

    @property
    def key(self) -> str:
        """What is never visited twice by one contact; a ring group is a queue where nobody waits."""
        kind = Kind.QUEUE if self.kind is Kind.GROUP else self.kind
        return f"{kind.value}:{self.to}"


@dataclass(frozen=True, slots=True)
class Way:
    """A chain that was left for another queue, and its next step: it is gone on with when that queue has none left.

    `announced` is the place told there last: whoever comes back is told none that is worse (I-23).
    """

    queue: str
    reason: Reason
    step: int
    announced: int = 0


OF_THIS_QUEUE = (Reason.KEY, Reason.HALF_DUPLEX)
"""Their usual chains hold for who came along another queue's chain as well."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps of one reason, first to last."""

    reason: Reason
    steps: tuple[Destination, ...]


DEFAULTS: dict[Reason, tuple[Destination, ...]] = {
    Reason.KEY: (Destination(Kind.VOICEMAIL),),
    Reason.HALF_DUPLEX: (Destination(Kind.VOICEMAIL),),
    Reason.CLOSED: (Destination(Kind.MESSAGE, "closed"),),
    Reason.HOLIDAY: (Destination(Kind.MESSAGE, "closed"),),
    Reason.EVACUATION: (Destination(Kind.CALLBACK),),
}


def steps_of(chains: tuple[Chain, ...], reason: Reason, *, is_sent_on: bool = False) -> tuple[Destination, ...]:
    """The chain of a reason, the usual one when none was set up.

    Who came along another queue's chain goes on with that one instead of the usual; a key pressed here is meant here.
    """
    usual = () if is_sent_on and reason not in OF_THIS_QUEUE else DEFAULTS.get(reason, ())
    return next((chain.steps for chain in chains if chain.reason is reason), usual)
