"""Which lamp a seat shows, and what presses mean, as data: S-M2 of acd.md. Pure: no clock, no pins, no I/O.

`pattern_of` turns an agent's committed view into a lamp pattern (D-07); `meaning_of` turns a press, judged by what the
person could see when the finger came, into an event for the core. `docs/lamps.md` is generated from these tables.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from appliance.acd import events as ev
from appliance.acd.view import AgentView, Status
from appliance.desk.lamps import OFF_REASONS, PATTERNS, Pattern

LAST_SECONDS: Final = 5.0
"""Wrap-up that ends within this blinks (S-13)."""

ACTOR: Final = "button"


def pattern_of(agent: AgentView | None, now: float, *, hints_next: bool = False, is_missed: bool = False) -> Pattern:
    """The lamp of a seat at office time `now`; None is a seat without an agent.

    When several meanings apply: a colleague who calls for help, then the status. On a call, what ends soon or must be
    seen: help is called, the caller is held, the recording is paused, a supervisor takes part; then what will follow
    the call (`pending`) and recording. While available: that the seat is empty (`is_missed`, U-04), then privacy
    (nothing will ring), then `hints_next`: who would be rung next glows (U-03).
    """
    return PATTERNS[_pattern_id(agent, now, hints_next, is_missed)]


def _pattern_id(agent: AgentView | None, now: float, hints_next: bool, is_missed: bool) -> str:
    if agent is None:
        return "dark"
    if agent.helps:
        return "help_called"
    pending = "_pending" if agent.pending else ""
    match agent.status:
        case Status.RINGING:
            return "ringing" + pending
        case Status.ON_CALL:
            return _beside_call(agent) or ("recording" if agent.recording else "on_call") + pending
        case Status.OFF_ON_CALL:
            return "off_on_call" + pending
        case Status.WRAP_UP:
            return "wrap_up_ending" if agent.wrap_until - now <= LAST_SECONDS else "wrap_up"
        case Status.AVAILABLE if is_missed:
            return "available_away"
        case Status.AVAILABLE if agent.is_private_everywhere:
            return "available_private"
        case Status.AVAILABLE if hints_next and agent.next_up:
            return "available_next"
        case Status.AVAILABLE | Status.OFF | Status.OFF_PROMPT | Status.UNREACHABLE:
            return str(agent.status.value)


def step_told(before: AgentView | None, after: AgentView | None) -> Pattern | None:
    """What a lamp tells once between two views: which reason an agent who stays off duty has stepped to (S-M2)."""
    if before is None or after is None or before.agent != after.agent:
        return None
    stays_off = before.status is after.status is Status.OFF
    if not stays_off or before.reason == after.reason or after.reason not in REASONS:
        return None
    return PATTERNS[f"off_step_{REASONS.index(after.reason) + 1}"]


def _beside_call(agent: AgentView) -> str:
    """What goes on beside a call and is shown before all else on it, "" for nothing."""
    if agent.help_asked:
        return "help_asked"
    if agent.held_since:
        return "held_long" if agent.is_held_long else "held"
    if agent.paused:
        return "paused"
    if agent.coach:
        return "coached_recording" if agent.recording else "coached"
    return ""


# --- presses ---------------------------------------------------------------------------------------------------------


class PressKind(enum.Enum):
    """The two presses that mean something (S-M2)."""

    SHORT = "short"
    LONG = "long"


GUARD_S: Final = 0.7
"""T-guard: presses this soon after a change the engine made by itself are ignored."""

BEFORE_RING_S: Final = 0.3
"""R-08: presses this soon after ringing starts were meant for what was seen before."""

REASONS: Final = tuple(reason for reason, *_ in OFF_REASONS)
"""The off-duty reasons a long press steps through."""

Meaning: TypeAlias = Callable[[AgentView], ev.Event | None]


@dataclass(frozen=True, slots=True)
class Presses:
    """What the two presses mean in one status, and how to say it. None: nothing for the core (see the text)."""

    short: Meaning
    long: Meaning
    short_ja: str
    short_en: str
    long_ja: str
    long_en: str


def _on(agent: AgentView) -> ev.Event:
    return ev.DutyOn(agent.agent, ACTOR)


def _off(agent: AgentView) -> ev.Event:
    return ev.DutyOff(agent.agent, ACTOR)


def _off_for_a_break(agent: AgentView) -> ev.Event:
    return ev.DutyOff(agent.agent, ACTOR, REASONS[0])


def _off_after_call(agent: AgentView) -> ev.Event:
    return ev.DutyOff(agent.agent, ACTOR, after_call=True)


def _toggle_off_after_call(agent: AgentView) -> ev.Event:
    return _on(agent) if agent.pending == "off" else _off_after_call(agent)


def _toggle_on_after_call(agent: AgentView) -> ev.Event:
    return _off(agent) if agent.pending == "on" else _on(agent)


def _next_reason(agent: AgentView) -> ev.Event:
    at = REASONS.index(agent.reason) + 1 if agent.reason in REASONS else 0
    return ev.DutyOff(agent.agent, ACTOR, REASONS[at % len(REASONS)])


def _stay_off(agent: AgentView) -> ev.Event:
    return ev.StayedOff(agent.agent, ACTOR)


def _reject(agent: AgentView) -> ev.Event:
    return ev.OfferRejected(agent.offer)


def _call_supervisor(agent: AgentView) -> ev.Event:
    return ev.HelpAsked(agent.agent, ACTOR)


def _end_wrap_up(agent: AgentView) -> ev.Event:
    return ev.WrapUpEnded(agent.agent, ACTOR)


def _nothing(agent: AgentView) -> None:
    return None


PRESSES: Final[Mapping[Status, Presses]] = {
    Status.OFF: Presses(_on, _next_reason, "勤務を開始", "go on duty", "勤務外の理由を次へ", "next off-duty reason"),
    Status.OFF_PROMPT: Presses(_on, _stay_off, "勤務を開始", "go on duty", "勤務外を継続", "stay off duty"),
    Status.AVAILABLE: Presses(
        _off, _off_for_a_break, "勤務外にする", "go off duty", "勤務外(休憩)にする", "off duty for a break"
    ),
    Status.RINGING: Presses(
        _toggle_off_after_call, _reject, "この通話の後に勤務外", "off duty after this call",
        "着信を拒否する", "decline the call",
    ),
    Status.ON_CALL: Presses(
        _toggle_off_after_call, _call_supervisor, "この通話の後に勤務外(もう一度で取り消し)",
        "off duty after this call; again to take back", "スーパーバイザを静かに呼ぶ", "call a supervisor in silence",
    ),
    Status.OFF_ON_CALL: Presses(
        _toggle_on_after_call, _nothing, "この通話の後に勤務開始(もう一度で取り消し)",
        "on duty after this call; again to take back", "–", "–",
    ),
    Status.WRAP_UP: Presses(
        _end_wrap_up, _off, "ラップアップタイムを終了", "end wrap-up", "勤務外にする", "go off duty"
    ),
    Status.UNREACHABLE: Presses(
        _nothing, _off, "ページに原因を表示", "the page says what is wrong", "勤務外にする", "go off duty"
    ),
}  # fmt: skip


def meaning_of(press: PressKind, agent: AgentView | None, began: float) -> ev.Event | None:
    """The event that a press means, None when it means nothing.

    `agent` is the committed view when the press was decided, `began` the office time when the finger came: that is when
    the person chose.
    """
    if agent is None:
        return None
    status = agent.status
    if status is Status.RINGING and began < agent.ringing_since + BEFORE_RING_S:
        status = Status.AVAILABLE  # ringing always begins from there
    elif began < agent.changed_by_itself_at + GUARD_S:
        return None
    row = PRESSES[status]
    return (row.short if press is PressKind.SHORT else row.long)(agent)
