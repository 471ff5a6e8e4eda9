"""What the lamps of the seats say, as data: S-M3 of acd.md. Pure: no clock, no pins, no I/O.

A pattern is colour, brightness and timing. `docs/lamps.md` is generated from this table; a test holds that no lamp can
harm and that any two can be told apart without hues. Which of them a seat shows is `panel_logic.pattern_of`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

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


OFF_REASONS: Final = (
    ("break", "休憩", "break"), ("lunch", "昼食", "lunch"), ("meeting", "会議", "meeting"),
    ("training", "研修", "training"), ("admin_work", "事務処理", "paperwork"), ("left", "退勤", "finished"),
)  # fmt: skip
"""The off-duty reasons a long press steps through, in this order; the lamp flashes once for each step (S-M2)."""


def _counted(number: int, ja: str, en: str) -> Pattern:
    """A reason, told once by as many flashes as steps were gone."""
    flashes = (_s(_AMBER, 0.25), _s(_DARK, 0.25)) * number
    times = "once" if number == 1 else f"{number} times"
    looks_ja, looks_en = f"琥珀 {number}回点滅(一度だけ)", f"amber, flashing {times}, then steady and dim"
    steps = (_s(_DARK, 0.5), *flashes, _s(_DARK, 0.5))
    return Pattern(f"off_step_{number}", f"勤務外の理由: {ja}", f"Off duty: {en}", looks_ja, looks_en, steps)


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
            "held", "通話中・相手を保留中", "On call, caller on hold", "赤、2秒ごとに点滅",
            "red, flashing once in 2 s", (_s(_RED, 1.0), _s(_DARK, 1.0)),
        ),
        Pattern(
            "held_long", "通話中・相手を長く保留中", "On call, caller on hold for long", "赤と琥珀、2秒ごとに交互",
            "red and an amber wink in turn, every 2 s",
            (_s(_RED, 1.0), _s(_DARK, 0.4), _s(_AMBER, 0.2), _s(_DARK, 0.4)),
        ),
        Pattern(
            "paused", "通話中・録音停止中", "On call, recording paused", "赤、2秒ごとに白2回",
            "red, two white winks every 2 s", (_s(_WHITE, 0.2), _s(_DARK, 0.2), _s(_WHITE, 0.2), _s(_RED, 1.4)),
            (*_winks(_WHITE, 2), _s(_RED, 1.2)),
        ),
        Pattern(
            "coached", "通話中・スーパーバイザ参加中", "On call, a supervisor takes part", "赤、3秒ごとに白い脈",
            "red, a white pulse every 3 s", (_s(_WHITE, 0.2), _s(_RED, 2.8)),
            (*_winks(_WHITE, 1), _s(_RED, 2.4), _s(_DARK, 0.2)),
        ),
        Pattern(
            "coached_recording", "通話中・録音中・スーパーバイザ参加中", "On call, recording, a supervisor takes part",
            "赤、5秒ごとに白と桃色の脈", "red, a white and a pink pulse every 5 s",
            (_s(_WHITE, 0.2), _s(_RED, 2.4), _s(_PINK, 0.2), _s(_RED, 2.4)),
            (*_winks(_WHITE, 1), *_winks(_PINK, 1), _s(_RED, 3.6), _s(_DARK, 0.6)),
        ),
        Pattern(
            "help_asked", "通話中・応援を呼び出し中", "On call, a supervisor is being called", "赤、2.5秒ごとに青",
            "red, a blue wink every 2.5 s", (_s(_BLUE, 0.5), _s(_RED, 2.0)),
            (_s(_BLUE, 0.6), _s(_DARK, 0.2), _s(_RED, 2.6), _s(_DARK, 0.2)),
        ),
        Pattern(
            "help_called", "応援の呼び出し", "A colleague calls for help", "白、2秒ごとに3回瞬く",
            "white, three winks every 2 s", (*_winks(_WHITE, 2), _s(_WHITE, 0.2), _s(_DARK, 1.0)),
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
        *(_counted(number, ja, en) for number, (_, ja, en) in enumerate(OFF_REASONS, start=1)),
        Pattern("dark", "担当者なし・電源断", "No agent here, or no power", "消灯", "dark", (_s(_DARK, 1.0),)),
    )
}  # fmt: skip
