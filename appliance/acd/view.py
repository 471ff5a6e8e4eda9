"""The committed state as people see it: panel, page and lamps render this and nothing else (D-07).

Times are monotonic seconds; whoever shows them subtracts from the `at` of the view.
"""

import enum
from dataclasses import dataclass

from appliance.acd.quick_enum import quick


@quick
class Status(enum.Enum):
    """What an agent's chip, lamp and row say (acd.md §3.1, first match wins)."""

    UNREACHABLE = "unreachable"  # 電話機未接続
    RINGING = "ringing"  # 着信中
    ON_CALL = "on_call"  # 通話中
    OFF_ON_CALL = "off_on_call"  # 勤務外(通話中)
    WRAP_UP = "wrap_up"  # ラップアップ中
    OFF_PROMPT = "off_prompt"  # 勤務外(要確認)
    OFF = "off"  # 勤務外
    AVAILABLE = "available"  # 対応可能


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent. `reason` why off duty; `pending` is "", "off" or "on"; `wrap_until` 0 without wrap-up."""

    agent: str
    name: str
    phone: str
    seat: int
    status: Status
    since: float
    reason: str = ""
    pending: str = ""
    prompt: str = ""
    wrap_until: float = 0.0
    contact: str = ""
    offer: str = ""
    outbound: bool = False
    recording: bool = False
    changed_by_itself_at: float = -1e9  # last automatic change, for T-guard (S-M2)
    ringing_since: float = -1e9
    private: tuple[str, ...] = ()  # queues whose calls this agent does not take
    is_private_everywhere: bool = False  # on duty, and yet nothing will ever ring
    next_up: tuple[str, ...] = ()  # queues whose next caller would ring here (U-03)
    paused: bool = False  # the recording of the call is silence (S-08), until `pause_until`
    pause_until: float = 0.0
    may_pause: bool = False
    unrecorded: str = ""  # why the call is not recorded: "off" for this queue (S-09), "not_agreed" or "failed"
    coach: str = ""  # the supervisor who takes part in the call, in `coach_mode`
    coach_mode: str = ""
    last_contact: str = ""  # the call that notes and codes are about in wrap-up
    may_extend: bool = False  # more wrap-up may be asked for (F-19)
    help_asked: bool = False  # a supervisor is being rung to help in silence (U-08)
    helps: str = ""  # the agent whom this person's phone is rung to help (U-08)
    held_since: float = 0.0  # this agent holds a caller: by the phone, or to ask somebody first (0: no)
    is_held_long: bool = False  # longer than T-held: the agent ought to look
    consults: str = ""  # whom the agent asks first, "" for nobody
    is_consulting: bool = False  # that person has answered
    calls_as: str = ""  # the queue whose number this agent's calls go out from, "" personally (S-10)
    may_call_as: tuple[str, ...] = ()  # the queues that may be chosen
    call_notice: str = ""  # what must be said about that: "identity_gone", "all_busy"


@dataclass(frozen=True, slots=True)
class WaitingView:
    """One caller in the hold queue (S-30): place from 1, who is being rung for them now."""

    contact: str
    position: int
    queue: str
    number: str
    name: str
    origin: str
    since: float
    priority: int = 0
    offered_to: str = ""
    callback: str = ""  # who stands here is called back: "caller" asked for it, "power" cut them off (U-07)


@dataclass(frozen=True, slots=True)
class CallView:
    """One live conversation, or one about to be (an offer to the first agent while the caller hears ringback)."""

    contact: str
    queue: str
    number: str
    name: str
    origin: str
    agent: str
    since: float
    recording: bool = False
    talking: bool = True
    paused: bool = False
    is_recorded: bool = True  # the queue's policy (S-09)
    coach: str = ""
    callback: str = ""  # as in WaitingView
    note: str = ""  # S-21: the next agent sees it, too
    code: str = ""
    held_since: float = 0.0  # on hold by the agent since then (0: not)
    passed_to: str = ""  # where the caller is being passed on, "" when nowhere
    outgoing: bool = False  # an agent placed it, as `queue` ("" personally); it rings until `talking`


@dataclass(frozen=True, slots=True)
class CallbackView:
    """One promise to call back (§3.8): `state` is waiting, resting, dialling or confirming.

    `position` is the place in the queue, 0 while it rests; `retry_at` ends the pause after a try, 0 without one.
    """

    contact: str
    queue: str
    number: str
    name: str
    origin: str
    since: float
    state: str
    position: int = 0
    tries: int = 0
    retry_at: float = 0.0


@dataclass(frozen=True, slots=True)
class QueueView:
    """One queue: whether callers are let in, and how many stand in line.

    `held` is "" while it follows its hours, else open, closing or closed, by `held_by`, until the wall time
    `held_until` (0.0: until taken back).
    """

    queue: str
    is_open: bool
    waiting: int = 0
    held: str = ""
    held_by: str = ""
    held_until: float = 0.0


@dataclass(frozen=True, slots=True)
class OfficeView:
    """The whole office at one sequence number. `seq` grows with each committed batch.

    `held` is what a person holds the whole office at: "", open, closing or closed (U-10). `notices` are those in force
    (U-11). `emergency_at`: when the newest emergency call left, known for half an hour (U-02).
    """

    seq: int
    at: float
    agents: tuple[AgentView, ...] = ()
    waiting: tuple[WaitingView, ...] = ()
    calls: tuple[CallView, ...] = ()
    queues: tuple[QueueView, ...] = ()
    held: str = ""
    notices: tuple[str, ...] = ()
    callbacks: tuple[CallbackView, ...] = ()
    emergency_at: float = -1e9
