"""What the core remembers: agents, contacts, offers and queues, as one plain tree that can be stored and compared.

Rule: everything that decides anything later is a field here, so that state == fold(journal) (I-22). Indexes that only
make things fast live in `office.py` and are rebuilt from this tree. Times are monotonic seconds; 0.0 means "none"
where a field says so.
"""

import enum
from dataclasses import dataclass, field

from appliance.acd.chains import Kind, Reason, Way
from appliance.acd.house import House
from appliance.acd.memory import Callback, LastTalk, LeftPlace, Leg, Placed, Race, Transfer, WayBack
from appliance.acd.quick_enum import quick
from appliance.acd.settings import AgentSettings, Consent, OfficeSettings
from appliance.acd.talk import Coach, Pause
from appliance.acd.view import Status
from appliance.acd.why import Why

LONG_AGO = -1e9


@quick
class AgentState(enum.Enum):
    """Duty and activity in one (D-02): off duty and ringing, or off duty in wrap-up, cannot be written down (§3.2)."""

    __hash__ = object.__hash__  # members are single: by identity, as they are compared; Enum's own takes long

    FREE = "free"  # 1: available, idle
    RINGING = "ringing"  # 2: available, offered
    BUSY = "busy"  # 3: available, at least one live leg
    WRAP_UP = "wrap_up"  # 4: available, in wrap-up
    OFF = "off"  # 5: off duty, idle
    OFF_BUSY = "off_busy"  # 6: off duty, at least one live leg


_OFF_DUTY = frozenset({AgentState.OFF, AgentState.OFF_BUSY})


@quick
class Reach(enum.Enum):
    """Whether the agent's phone can be rung."""

    OK = "ok"
    LOST = "lost"


@quick
class Intent(enum.Enum):
    """A duty change that waits for the present call to end (A-11, A-26)."""

    NONE = ""
    OFF = "off"
    ON = "on"


@dataclass(slots=True)
class Agent:
    """One agent. `offer` names the open offer or the live leg of an accepted one; `wrap_until` 0 without wrap-up.

    `owed_wrap_s` is the wrap-up earned by a queue call whose leg is down while another leg still lives (A-13).
    `last_contact` and `last_queue` are the call talked last, whose wrap-up was `wrap_extended` so often (F-19).
    `private` names queues whose calls the agent does not take (A-28). `engaged` and `on_duty` are spans of the last
    hour (`load.py`), together `engaged_s` and `on_duty_s` long; the running one began at `engaged_from`, `duty_from`
    (0: none). `rung_because`: the last why. `calls_as`: the queue whose number calls go out from (S-10); `call_notice`
    is what the agent must be told about that, in one word. `nag` names the question that the phone asks now, until
    `nag_at`; without one it rings with it then (0: not), and `is_nagged` once it has (T-nag).
    """

    settings: AgentSettings
    since: float
    state: AgentState = AgentState.OFF
    reach: Reach = Reach.OK
    lost_until: float = 0.0
    reason: str = ""
    intent: Intent = Intent.NONE
    intent_reason: str = ""
    intent_actor: str = ""
    prompt: str = ""
    prompt_contact: str = ""
    prompt_since: float = 0.0
    offer: str = ""
    legs: dict[str, Leg] = field(default_factory=dict)
    has_talked: bool = False
    owed_wrap_s: float = 0.0
    last_contact: str = ""
    last_queue: str = ""
    wrap_extended: int = 0
    wrap_since: float = 0.0
    wrap_until: float = 0.0
    idle_since: float = 0.0
    changed_by_itself_at: float = LONG_AGO
    ringing_since: float = LONG_AGO
    is_leaving: bool = False
    private: list[str] = field(default_factory=list)
    missed_races: int = 0
    engaged: list[tuple[float, float]] = field(default_factory=list)
    engaged_from: float = 0.0
    engaged_s: float = 0.0
    on_duty: list[tuple[float, float]] = field(default_factory=list)
    duty_from: float = 0.0
    on_duty_s: float = 0.0
    rung_because: Why | None = None
    calls_as: str = ""
    call_notice: str = ""
    nag: str = ""
    nag_at: float = 0.0
    is_nagged: bool = False

    @property
    def is_available(self) -> bool:
        """On duty, whatever the agent is doing."""
        return self.state not in _OFF_DUTY

    @property
    def is_free(self) -> bool:
        """In NOW for every queue the agent belongs to (§3.1); an idle agent has no intent that waits."""
        return self.state is AgentState.FREE and self.reach is Reach.OK and not self.is_leaving

    @property
    def is_staffing(self) -> bool:
        """In NOW or SOON: somebody a caller can reasonably wait for (§3.1)."""
        return self.is_available and self.reach is Reach.OK and self.intent is not Intent.OFF and not self.is_leaving

    @property
    def status(self) -> Status:
        """What is shown, first match of §3.1."""
        if self.reach is Reach.LOST and self.is_available:
            return Status.UNREACHABLE
        if self.state is AgentState.OFF:
            return Status.OFF_PROMPT if self.prompt else Status.OFF
        return _STATUS[self.state]


_STATUS = {
    AgentState.FREE: Status.AVAILABLE,
    AgentState.RINGING: Status.RINGING,
    AgentState.BUSY: Status.ON_CALL,
    AgentState.WRAP_UP: Status.WRAP_UP,
    AgentState.OFF_BUSY: Status.OFF_ON_CALL,
}


@quick
class ContactState(enum.Enum):
    """Where a caller is. Each state has a human on it or a running timer (D-06, I-03)."""

    WAITING = "waiting"  # T-max, T-noagent and every agent's events
    OFFERING = "offering"  # T-ring
    CONNECTING = "connecting"  # T-bridge
    CONNECTED = "connected"  # two humans; `held_since` while the agent holds the caller
    TAKEN = "taken"  # two humans, the other one a supervisor who took the call over
    KEPT = "kept"  # the agent has left, a supervisor is asked to take the call; `until`
    CONSULTING = "consulting"  # the agent asks somebody first, the caller hears music (S-18)
    TRANSFERRING = "transferring"  # the agent has passed the caller on and left; T-xfer
    PLACING = "placing"  # an agent on the phone calls them: it is dialled, rings, or the notice is said
    MENU = "menu"  # asked what they want; T-menu, then the default branch
    AWAY = "away"  # the leg died with the switch; OfficeSettings.away_s
    RESTING = "resting"  # a promised callback out of hours or before its retry; nobody is on the line
    DIALLING = "dialling"  # the customer's phone rings, an agent is held
    CONFIRMING = "confirming"  # it was picked up; whoever it is must press 1
    FALLBACK = "fallback"  # on the way along a chain: the last message, or whoever else was to take the call


TALKS = (ContactState.CONNECTED, ContactState.CONSULTING, ContactState.TAKEN, ContactState.KEPT)
"""A conversation with a person has begun, and is not over for the caller."""


@quick
class Ask(enum.Enum):
    """Where the caller is in asking for a callback, while standing in the queue (§3.8, 2)."""

    NOTHING = ""
    CONFIRM = "confirm"  # the number was read back: 1 yes, 2 another
    ENTER = "enter"  # keys the number, # ends it


@quick
class Hears(enum.Enum):
    """What the caller hears now, so that nothing is ordered twice."""

    NOTHING = "nothing"
    RINGBACK = "ringback"
    MUSIC = "music"
    AGENT = "agent"
    MESSAGE = "message"


@dataclass(slots=True)
class Contact:
    """One customer's journey. `t_enq` and `seq` are set once and never change: the place in the queue (D-04, I-05).

    `declined` names agents who had this call and did not take it; `retry_at` ends the pause before they are asked again
    (0 none). `until` is the deadline of AWAY and FALLBACK. `is_admitted`: has a place in the hold queue (S-32).

    `ringing` are the open offers, one or a `race`; `offer` is the accepted one, else the first of them. `ageing_s` is
    what a step of priority was worth on arrival (F-10). `needs` is the skill level asked for in queue `needs_for`, one
    less at `relaxes_at`. `last_agent` is waited for until `sticky_until` (F-08). 0.0 means none. Without
    `can_talk` the caller's line connects nobody (a half-duplex modem).
    `is_live`: a caller is on the line; without it the contact is a promised `callback`, in line as WAITING.
    `announced` is the place told last, at `announced_at`, with `announced_wait` minutes (M-20, None: none);
    `announce_at` is when to look again (S-38). `told` are the prompts about the house already heard (U-10, U-11).
    T-max counts from `entered_at`, when the present queue was reached (0: on arrival). `step` is the next in the chain
    of the reason `why`, `hops` counts destinations over all chains and `visited` are their keys (I-27). `ways` are the
    chains that were left for another queue, the last one last. `sent_to` is where the caller is in FALLBACK;
    `is_taken`: whoever that is has taken the call; `prompt` is what is being said.

    `consent` is what the way in says of recording, None: as the queue does; `has_agreed`: pressed 1 where asked, which
    counts in a talk until `answers_until`. The line rings on unanswered until `rings_until` at most (T-ringhold).

    `transfer` runs until they talk with the target or are back, `transfers` counts all of them; `gives_back_to` is the
    queue that has the old place when nobody takes the call (D-16). `remind_at`: the agent is told of the hold again.
    `placed`: an agent called them.
    """

    contact: str
    queue: str
    number: str
    name: str
    origin: str
    priority: int
    returns: bool
    t_enq: float
    seq: int
    state: ContactState = ContactState.WAITING
    hears: Hears = Hears.NOTHING
    is_admitted: bool = False
    entered_at: float = 0.0
    is_live: bool = True
    can_talk: bool = True
    callback: Callback | None = None
    callback_offered: bool = False
    ask: Ask = Ask.NOTHING
    asked: str = ""
    ask_until: float = 0.0
    told: list[str] = field(default_factory=list)
    announced: int = 0
    announced_at: float = 0.0
    announce_at: float = 0.0
    announced_wait: int | None = None
    step: int = 0
    hops: int = 0
    visited: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    sent_to: Kind | None = None
    is_taken: bool = False
    prompt: str = ""
    offer: str = ""
    offers: int = 0
    declined: list[str] = field(default_factory=list)
    retry_at: float = 0.0
    until: float = 0.0
    clock_from: float = 0.0
    waited_s: float = 0.0
    talked_s: float = 0.0
    agent: str = ""
    recording: str = ""
    recordings: int = 0
    is_recording: bool = False
    pause: Pause | None = None
    consent: Consent | None = None
    has_agreed: bool = False
    answers_until: float = 0.0
    rings_until: float = 0.0
    menu_tries: int = 0
    branch: str = ""
    note: str = ""
    code: str = ""
    why: str = ""
    ringing: list[str] = field(default_factory=list)
    race: Race | None = None
    ageing_s: float = 0.0
    needs: int = 0
    needs_for: str = ""
    relaxes_at: float = 0.0
    last_agent: str = ""
    sticky_until: float = 0.0
    transfer: Transfer | None = None
    transfers: int = 0
    gives_back_to: str = ""
    held_since: float = 0.0
    remind_at: float = 0.0
    placed: Placed | None = None

    @property
    def in_queue_since(self) -> float:
        """When the present queue was reached: T-max of one queue does not count what another one took."""
        return max(self.t_enq, self.entered_at)

    @property
    def key(self) -> tuple[int, float, int]:
        """The one global ordering key (D-04); with ageing, priority is a head start in seconds (F-10)."""
        if self.ageing_s:
            return (0, self.t_enq - self.priority * self.ageing_s, self.seq)
        return (-self.priority, self.t_enq, self.seq)


@quick
class Phase(enum.Enum):
    """Where an offer is. Its outcome is decided once, when it leaves OPEN (D-05)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    HANGING_UP = "hanging_up"  # the caller is gone; the agent's leg is being hung up
    TIMED_OUT = "timed_out"  # remembered LATE_ACCEPT_S, the only exception to exactly one outcome


@dataclass(slots=True)
class Offer:
    """A contact presented to one agent. `deadline` means what the phase says: T-ring, T-bridge, hang-up guard, R-05.

    It is 0 while they talk: two humans need no timer. `is_blameless`: a miss sends nobody off duty (D-20, groups).
    `is_doubted`: whether a person or a mailbox picked up is to be shown by a 1 (R-46).

    The offer of a transfer rings `to`, whoever that is: `agent` is then "" or the agent at that phone, who has it among
    their own calls (a direct call, D-17). `leg` is the switch's name when the leg was not dialled for the offer.
    `is_outgoing`: the agent at that phone placed the call.
    """

    offer: str
    contact: str
    agent: str
    queue: str
    opened_at: float
    deadline: float = 0.0
    phase: Phase = Phase.OPEN
    is_busy: bool = False
    is_doubted: bool = False
    was_bridged: bool = False
    is_blameless: bool = False
    race: str = ""
    why: Why | None = None
    bridged_at: float = 0.0
    to: str = ""
    leg: str = ""
    is_outgoing: bool = False

    @property
    def is_direct(self) -> bool:
        """A transfer's: no queue chose the agent, and duty has no say in it (D-17)."""
        return bool(self.to)

    @property
    def is_silent(self) -> bool:
        """The agent is held without a ring while the customer of a callback is dialled."""
        return self.phase is Phase.OPEN and not self.deadline


@dataclass(slots=True)
class QueueState:
    """What a queue remembers. `unstaffed_since`: nobody is in NOW or SOON since then (T-noagent), None when staffed.
    `closes_at`: the schedule closes it then, 0: not in sight.

    The memories of §3.5: `rota` whose turn is next (round robin), `deck` the cards left and `seed` what the next deck
    is shuffled with (random), `answered` calls of each agent since midnight (fewest calls). `handling_s` is the
    moving mean of what calls took, `handled` how many were counted (M-20).
    """

    unstaffed_since: float | None = None
    closed_for: Reason | None = None
    closes_at: float = 0.0
    rota: list[str] = field(default_factory=list)
    deck: list[str] = field(default_factory=list)
    seed: int = 0
    answered: dict[str, int] = field(default_factory=dict)
    handled: int = 0
    handling_s: float = 0.0


@dataclass(slots=True)
class State:
    """The whole office. `at` is the time of the last batch, `seq` counts batches, the rest are counters for new ids."""

    office: OfficeSettings = field(default_factory=OfficeSettings)
    agents: dict[str, Agent] = field(default_factory=dict)
    queues: dict[str, QueueState] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    at: float = 0.0
    seq: int = 0
    arrivals: int = 0
    left_places: dict[str, LeftPlace] = field(default_factory=dict)
    offers_made: int = 0
    day: str = ""
    last_talks: dict[str, LastTalk] = field(default_factory=dict)
    healed: int = 0
    house: House = field(default_factory=House)
    ways_back: dict[str, WayBack] = field(default_factory=dict)
    coaches: dict[str, Coach] = field(default_factory=dict)
    coaches_made: int = 0
    nags_made: int = 0

    def talk_of(self, agent: str) -> Offer | None:
        """The call with somebody from outside that this agent is rung with or talks on."""
        found = self.agents.get(agent)
        if found is None:
            return None
        passed = (self.offers[leg] for leg in found.legs if leg in self.offers)
        return self.offers.get(found.offer) or next(passed, None)
