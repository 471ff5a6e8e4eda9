"""What lamps mean and what presses mean, as data: S-M3 and S-M2 of acd.md. Pure: no clock, no pins, no I/O.

`pattern_of` turns an agent's committed view into a lamp pattern (D-07); `meaning_of` turns a press, judged by what the
person could see when the finger came, into an event for the core. `docs/lamps.md` is generated from these tables.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from appliance.acd import events as ev
from appliance.acd.view import AgentView, Status

Step: TypeAlias = tuple[float, float, float, float]
"""Red, green, blue (0 to 1) and seconds."""

_Colour: TypeAlias = tuple[float, float, float]
_GREEN: Final[_Colour] = (0.0, 1.0, 0.0)
_RED: Final[_Colour] = (1.0, 0.0, 0.0)
_BLUE: Final[_Colour] = (0.0, 0.0, 1.0)
_WHITE: Final[_Colour] = (0.8, 0.8, 0.8)
_PINK: Final[_Colour] = (1.0, 0.3, 0.5)
_AMBER: Final[_Colour] = (1.0, 0.45, 0.0)
_DIM_AMBER: Final[_Colour] = (0.12, 0.05, 0.0)  # half as bright as the red of a call to an eye that sees no red
_DARK: Final[_Colour] = (0.0, 0.0, 0.0)

LAST_SECONDS: Final = 5.0
"""Wrap-up that ends within this blinks (S-13)."""

ACTOR: Final = "button"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One lamp pattern. `looks_ja`/`looks_en` say what the eye sees, `ja`/`en` what it means.

    `plain` is for a lamp that cannot dim, where the colours alone would have to tell two lamps apart: another rhythm,
    () where the same does.
    """

    id: str
    ja: str
    en: str
    looks_ja: str
    looks_en: str
    steps: tuple[Step, ...]
    plain: tuple[Step, ...] = ()

    def on(self, dims: bool) -> tuple[Step, ...]:
        """The steps for a lamp that dims, or for one that is on or off."""
        return self.steps if dims or not self.plain else self.plain


def _s(colour: _Colour, seconds: float) -> Step:
    return (*colour, seconds)


def _wink_twice(base: _Colour, wink: _Colour, period: float) -> tuple[Step, ...]:
    """Two winks 0.4 s apart, then rest: never above 2.5 Hz."""
    return _s(wink, 0.2), _s(base, 0.2), _s(wink, 0.2), _s(base, period - 0.6)


def _winks(wink: _Colour, times: int) -> tuple[Step, ...]:
    """So many winks 0.4 s apart, dark between and after them."""
    return (_s(wink, 0.2), _s(_DARK, 0.2)) * times


def _breath(colour: _Colour, period: float, lowest: float, highest: float) -> tuple[Step, ...]:
    """From `lowest` to `highest` brightness and back in one period, in eight steps up and eight down."""
    rise = [lowest + (highest - lowest) * step / 8 for step in range(8)]
    levels = [*rise, *(highest + lowest - level for level in rise)]
    red, green, blue = colour
    return tuple((red * level, green * level, blue * level, period / len(levels)) for level in levels)


PATTERNS: Final[Mapping[str, Pattern]] = {
    one.id: one
    for one in (
        Pattern("available", "対応可能", "Available", "緑 点灯", "green, steady", (_s(_GREEN, 1.0),)),
        Pattern(
            "available_next", "対応可能・次の着信", "Available, next to be rung", "緑、暗くゆっくり明滅",
            "green, low, breathing once in 4 s", _breath(_GREEN, 4.0, 0.1, 0.5), (_s(_GREEN, 2.0), _s(_DARK, 2.0)),
        ),
        Pattern(
            "available_private", "対応可能・全キュー着信停止", "Available, private in every queue",
            "緑、4秒ごとに一瞬消灯", "green, a dark notch every 4 s", (_s(_GREEN, 3.8), _s(_DARK, 0.2)),
        ),
        Pattern(
            "available_away", "対応可能・離席?", "Available, but is anybody there?",
            "緑、4秒ごとに琥珀3回", "green, three amber winks every 4 s",
            (*_winks(_AMBER, 3), _s(_GREEN, 2.8)),
        ),
        Pattern(
            "ringing", "着信中", "Ringing", "青 毎秒2回点滅", "blue, flashing twice a second",
            (_s(_BLUE, 0.25), _s(_DARK, 0.25)),
        ),
        Pattern(
            "ringing_pending", "着信中・この通話の後に勤務外", "Ringing, off duty after this call",
            "青 点滅、3秒ごとに琥珀2回", "blue flashing, two amber winks every 3 s",
            (*(_s(_BLUE, 0.25), _s(_DARK, 0.25)) * 4, _s(_AMBER, 0.2), _s(_DARK, 0.2), _s(_AMBER, 0.2), _s(_DARK, 0.4)),
        ),
        Pattern(
            "on_call", "通話中", "On call", "赤 点灯", "red, steady", (_s(_RED, 1.0),),
            (_s(_RED, 1.9), _s(_DARK, 0.1)),
        ),
        Pattern(
            "on_call_pending", "通話中・この通話の後に勤務外", "On call, off duty after this call",
            "赤、3秒ごとに琥珀の瞬き", "red, an amber wink every 3 s", (_s(_AMBER, 0.4), _s(_RED, 2.6)),
            (_s(_AMBER, 0.4), _s(_DARK, 0.2), _s(_RED, 2.2), _s(_DARK, 0.2)),
        ),
        Pattern(
            "recording", "通話中・録音中", "On call, recording", "赤、4秒ごとに桃色の脈",
            "red, a pink pulse every 4 s", (_s(_RED, 3.85), _s(_PINK, 0.15)),
            (_s(_RED, 3.4), _s(_DARK, 0.2), _s(_PINK, 0.2), _s(_DARK, 0.2)),
        ),
        Pattern(
            "recording_pending", "通話中・録音中・この通話の後に勤務外", "On call, recording, off duty after this call",
            "赤、4秒ごとに桃色の脈と琥珀の瞬き", "red, a pink pulse and an amber wink every 4 s",
            (_s(_PINK, 0.2), _s(_RED, 1.8), _s(_AMBER, 0.2), _s(_RED, 1.8)),
            (*_winks(_PINK, 1), *_winks(_AMBER, 1), _s(_RED, 2.6), _s(_DARK, 0.6)),
        ),
        Pattern(
            "wrap_up", "ラップアップ中", "Wrap-up", "緑、毎秒一瞬消灯", "green, a dark notch every second",
            (_s(_GREEN, 0.9), _s(_DARK, 0.1)),
        ),
        Pattern(
            "wrap_up_ending", "ラップアップ終了間近", "Wrap-up, about to end", "緑 毎秒1回短く点灯",
            "green, a short flash every second", (_s(_GREEN, 0.2), _s(_DARK, 0.8)),
        ),
        Pattern("off", "勤務外", "Off duty", "琥珀 暗く点灯", "amber, steady and dim", (_s(_DIM_AMBER, 1.0),),
                (_s(_AMBER, 0.2), _s(_DARK, 3.8))),
        Pattern(
            "off_prompt", "勤務外(要確認)", "Off duty, needs confirmation", "琥珀 毎秒1回点滅",
            "amber, flashing once a second", (_s(_AMBER, 0.5), _s(_DARK, 0.5)),
        ),
        Pattern(
            "off_on_call", "勤務外(通話中)", "Off duty, on a call", "琥珀、2秒ごとに赤い瞬き",
            "amber, a red wink every 2 s", (_s(_DIM_AMBER, 1.8), _s(_RED, 0.2)),
            (_s(_AMBER, 0.2), _s(_DARK, 0.6), _s(_RED, 0.2), _s(_DARK, 3.0)),
        ),
        Pattern(
            "off_on_call_pending", "勤務外(通話中)・この通話の後に勤務開始", "Off duty, on a call, on duty after it",
            "琥珀、4秒ごとに赤い瞬きと緑2回", "amber, a red wink and two green ones every 4 s",
            (_s(_RED, 0.2), _s(_DIM_AMBER, 1.8), *_wink_twice(_DIM_AMBER, _GREEN, 2.0)),
            (_s(_RED, 0.2), _s(_DARK, 0.6), _s(_AMBER, 0.2), _s(_DARK, 0.6), *_wink_twice(_DARK, _GREEN, 2.4)),
        ),
        Pattern(
            "unreachable", "電話機未接続", "Phone unreachable", "白、3秒ごとに2回瞬く",
            "white, two winks every 3 s", _wink_twice(_DARK, _WHITE, 3.0),
        ),
        Pattern("dark", "担当者なし・電源断", "No agent here, or no power", "消灯", "dark", (_s(_DARK, 1.0),)),
    )
}  # fmt: skip


def pattern_of(agent: AgentView | None, now: float, *, hints_next: bool = False, is_missed: bool = False) -> Pattern:
    """The lamp of a seat at office time `now`; None is a seat without an agent.

    When several meanings apply, the status comes first, then what will follow it (`pending`), then recording. While
    available: that the seat is empty (`is_missed`, U-04), then privacy (nothing will ring), then `hints_next`: who
    would be rung next glows (U-03).
    """
    return PATTERNS[_pattern_id(agent, now, hints_next, is_missed)]


def _pattern_id(agent: AgentView | None, now: float, hints_next: bool, is_missed: bool) -> str:
    if agent is None:
        return "dark"
    pending = "_pending" if agent.pending else ""
    match agent.status:
        case Status.RINGING:
            return "ringing" + pending
        case Status.ON_CALL:
            return ("recording" if agent.recording else "on_call") + pending
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


# --- presses ---------------------------------------------------------------------------------------------------------


class PressKind(enum.Enum):
    """The two presses that mean something (S-M2)."""

    SHORT = "short"
    LONG = "long"


GUARD_S: Final = 0.7
"""T-guard: presses this soon after a change the engine made by itself are ignored."""

BEFORE_RING_S: Final = 0.3
"""R-08: presses this soon after ringing starts were meant for what was seen before."""

REASONS: Final = ("break", "lunch", "meeting", "training", "admin_work", "left")
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
        _toggle_off_after_call, _nothing, "この通話の後に勤務外(もう一度で取り消し)",
        "off duty after this call; again to take back", "–", "–",
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
