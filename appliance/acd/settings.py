"""What the core is told about the office: queues, agents and times, as facts that arrive by a `Configured` event."""

import enum
from dataclasses import dataclass

from appliance.acd.chains import Chain, Destination


@dataclass(frozen=True, slots=True)
class Skill:
    """What an agent can do and how well; level 0 is not at all."""

    skill: str
    level: int


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """A person who can take queue calls at one phone; `seat` is the panel's button and lamp, 0 for none."""

    agent: str
    name: str
    phone: str
    seat: int = 0
    skills: tuple[Skill, ...] = ()
    if_no_answer: tuple[Destination, ...] = ()  # where callers go who were passed to this person in vain (D-16)
    reading: str = ""  # how the name is read, for whoever searches it (S-17)


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """A person who may take part in the conversations of `queues`, all when empty, at one phone (§3.14)."""

    supervisor: str
    name: str
    phone: str
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallbackSettings:
    """The terms of a queue's callbacks (§3.8): offered by `digit` once more than `after` callers wait (S-40).

    `tries` counts all dials; `expiry_s` is open time. Without `agent_first` the customer is dialled before any ring.
    `next_day`: offered also where closing is nearer than the expected wait, and dialled from the next opening on.
    """

    digit: str = ""
    after: int = 0
    agent_first: bool = True
    ring_s: float = 30.0
    confirm_s: float = 20.0
    retry_s: float = 600.0
    tries: int = 3
    expiry_s: float = 86400.0
    next_day: bool = False


class Consent(enum.Enum):
    """What a caller is told of the recording (§3.11): nothing, that it is, that with beeps, or is asked for a yes."""

    NONE = "none"
    NOTICE = "notice"
    BEEP = "beep"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """A queue: who is rung in which order (S-03), and its times in seconds (acd.md §3.4).

    `max_waiting` 0 means no limit; `wrap_up_s` 0 means no wrap-up; `max_wait_s` 0 means no end. A caller who arrives
    while nobody is on duty waits `no_agent_s` for somebody, or not at all without `wait_without_agents` (§3.3 (5)).

    `is_group`: a ring group, where nobody waits and nobody is sent off duty. What a strategy needs besides its name
    (§3.5): `ring_cap` most phones of a race, 0 all; `add_every_s` of progressive; `skill` from `skill_min` one level
    down every `relax_s` (0 never) to `skill_floor`; `rr_busy_to_end`: a busy agent loses the turn. `last_agent`: the
    one who had this caller last goes first and is waited for `sticky_s` (F-08).
    """

    queue: str
    name: str
    number: str
    agents: tuple[str, ...]
    strategy: str = "fixed-order"
    ring_s: float = 20.0
    alert_s: float = 4.0
    wrap_up_s: float = 30.0
    no_agent_s: float = 20.0
    max_wait_s: float = 900.0
    max_waiting: int = 0
    hold_when_busy: bool = True
    wrap_extensions: int = 1  # how often an agent may ask for more wrap-up (F-19)
    codes: tuple[tuple[str, str], ...] = ()  # what a call was about: digits and their meaning (F-38)
    record: bool = True  # calls that come in (S-07)
    record_out: bool = True  # calls that go out as this queue
    consent: Consent = Consent.NONE
    pause_recording: bool = False  # agents may pause it (S-08)
    pause_s: float = 120.0  # T-recpause
    calls_out: bool = False  # its agents may call as this queue (S-10)
    wrap_on_failed_outbound: bool = False  # also a call out that reached nobody earns wrap-up (D-14)
    wait_without_agents: bool = True
    wait_after_closing: bool = True  # S-37: who waits at closing time stays
    voicemail_digit: str = ""  # leaves the queue for good (S-34); "" for none
    announce_position: bool = False  # S-38
    announce_s: float = 45.0  # T-ann
    announce_min_s: float = 20.0  # T-annmin
    announce_wait: bool = False  # with the place, when it can be known (M-20)
    handling_s: float = 0.0  # what a call takes, until ten were handled; 0: not known
    callback: CallbackSettings | None = None  # None: this queue offers none
    chains: tuple[Chain, ...] = ()  # where callers go for each reason (§3.6)
    is_group: bool = False
    ring_cap: int = 0
    add_every_s: float = 10.0
    skill: str = ""
    skill_min: int = 1
    skill_floor: int = 1
    relax_s: float = 30.0
    rr_busy_to_end: bool = False
    last_agent: bool = False
    sticky_s: float = 20.0  # T-sticky


MENU_PREFIX = "menu:"
"""Stands before a menu's name where a queue's name could stand as well: as what a line or a number leads to."""


@dataclass(frozen=True, slots=True)
class MenuSettings:
    """A menu (F-50): `menu` is its name with MENU_PREFIX. `choices` are digit → branch, `default` who presses none.

    `prompt` says what may be pressed, `invalid` that a digit means nothing; `step_s` is T-menu, `tries` how often.
    """

    menu: str
    name: str
    number: str
    prompt: str
    choices: tuple[tuple[str, tuple[Destination, ...]], ...]
    default: tuple[Destination, ...]
    invalid: str = "menu_invalid"
    step_s: float = 8.0
    tries: int = 3


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """Everything the core knows of the configuration. Queue and agent names are unique."""

    agents: tuple[AgentSettings, ...] = ()
    queues: tuple[QueueSettings, ...] = ()
    lost_s: float = 60.0  # T-lost
    bridge_s: float = 3.0  # T-bridge
    never_dial: tuple[str, ...] = ()  # emergency, our own, do-not-call: no callback goes there (§3.8)
    costly_prefixes: tuple[str, ...] = ()
    carried_prefixes: tuple[str, ...] = ("",)  # numbers that some way out carries; "" is every number
    resume_s: float = 300.0  # T-resume: how long the place of a caller who gave up is kept; 0 not at all
    transfer_s: float = 20.0  # T-xfer: how long somebody a caller was sent on to is rung
    nag_s: float = 0.0  # T-nag: who was taken off duty is asked by telephone after this; 0 not
    held_s: float = 60.0  # T-held: the agent is reminded of a caller on hold; 0 never
    voicemail_s: float = 300.0  # the longest message, then the caller is hung up
    away_s: float = 60.0  # how long a line caller may be without a leg after the switch died
    ageing_s: float = 0.0  # F-10: a step of priority is worth this much waiting; 0: priority always goes first
    outbound_resets_idle: bool = True  # F-03: an agent's own outgoing talk restarts the idle clock
    supervisors: tuple[SupervisorSettings, ...] = ()
    menus: tuple[MenuSettings, ...] = ()
    hides_listening: bool = False  # the agent is not shown that a supervisor listens; whispering is always shown
    seed: int = 1  # of every deck that is shuffled (F-04); journalled with the settings
