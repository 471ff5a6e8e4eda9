"""Small things the core remembers beside agents, contacts and offers; `model.py` has the tree they hang in."""

from dataclasses import dataclass

from appliance.acd.chains import Kind, Reason


@dataclass(slots=True)
class Transfer:
    """A caller whom `agent` passes on to `kind` `to` (S-16): `source` is the agent's offer, "" once they have left.

    `target` is the offer that rings or has taken the call; `queue` is where it began (D-16).
    """

    agent: str
    queue: str
    kind: Kind
    to: str
    ask_first: bool
    source: str
    target: str = ""
    failed_for: Reason | None = None


@dataclass(slots=True)
class Leg:
    """A live call of the agent's phone that is no offer. `queue` is the identity dialled with, "" for personal."""

    outbound: bool
    queue: str
    connected: bool = False


@dataclass(slots=True)
class Race:
    """Several agents rung for one caller at once (D-20). `joins_at`: progressive adds the next one then, 0 at once."""

    race: str
    joins_at: float = 0.0


@dataclass(slots=True)
class Placed:
    """A call that `agent` placed as `queue`, "" personally."""

    agent: str
    queue: str


@dataclass(slots=True)
class WayBack:
    """The phone that an emergency centre calls back `until` then, having been called under `number`."""

    phone: str
    number: str
    until: float


@dataclass(slots=True)
class LastTalk:
    """Who talked with a caller's number last, on which day (ISO, "" unknown): F-08's memory."""

    agent: str
    day: str


@dataclass(slots=True)
class LeftPlace:
    """The place of a caller who gave up, kept `until` then for the same number (F-44)."""

    t_enq: float
    seq: int
    until: float


@dataclass(slots=True)
class Callback:
    """A promise to call `number` back. It expires after `left_s` of open time, counted from `open_since` (0: closed).

    `attempt` numbers the dials, `tries` counts those that came to nothing; `retry_at` ends the pause (0 none).
    `waits_for_opening`: promised for the next opening, though it is open still.
    """

    number: str
    left_s: float
    open_since: float = 0.0
    origin: str = "caller"
    attempt: int = 0
    tries: int = 0
    retry_at: float = 0.0
    is_message_left: bool = False
    waits_for_opening: bool = False
