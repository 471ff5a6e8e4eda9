"""What the panel's fittings show and sound, as data: stack light, closing lamp, tally, lifeline lamp, buzzers. Pure.

Like the seats' lamps they are drawn from the committed view (D-07). Each output is on or off, so a sign is a rhythm.
Nothing comes on more than 2.5 times a second, red not more than once in two seconds. The stack light is told by the
place of its colours as well, red on top. `docs/lamps.md` is generated from these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from appliance.acd.view import AgentView, OfficeView, Status

Beat: TypeAlias = tuple[bool, float]
"""On or off, and for how many seconds."""

Rhythm: TypeAlias = tuple[Beat, ...]

DARK: Final[Rhythm] = ((False, 1.0),)
LIT: Final[Rhythm] = ((True, 1.0),)
STROBE: Final[Rhythm] = ((True, 0.1), (False, 0.4))
SLOW: Final[Rhythm] = ((True, 1.0), (False, 1.0))
PULSED: Final[Rhythm] = ((True, 1.0), (False, 1.0))
"""What holds the lifeline's relay: see hw/README.md."""

MOST_COUNTED: Final = 9
"""More callers than this are not counted by a lamp."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing a fitting says: `shows` maps its outputs to rhythms, an output that is not there is off."""

    id: str
    ja: str
    en: str
    looks_ja: str
    looks_en: str
    shows: tuple[tuple[str, Rhythm], ...]


BEACON: Final[Mapping[str, Sign]] = {
    sign.id: sign
    for sign in (
        Sign("notice", "退避中", "Everybody leaves", "赤 2秒ごとに点滅", "red, flashing once in 2 s", (("red", SLOW),)),
        Sign("overdue", "長く待っている人がいる", "A caller waits too long", "赤 点灯", "red, steady", (("red", LIT),)),
        Sign("nobody", "対応できる人がいない", "Nobody is on duty", "赤 点灯", "red, steady", (("red", LIT),)),
        Sign("waiting", "待っている人がいる", "Somebody waits", "琥珀 点灯", "amber, steady", (("amber", LIT),)),
        Sign("closed", "営業時間外", "Closed, nobody waits", "消灯", "dark", ()),
        Sign("idle", "待ちなし", "Nobody waits", "緑 点灯", "green, steady", (("green", LIT),)),
    )
}  # fmt: skip

EMERGENCY: Final = Sign(
    "emergency", "緊急通報", "An emergency call was placed",
    "青 毎秒2回の閃光(ほかの色に加えて)", "blue strobe, twice a second, beside the other colours", (("blue", STROBE),),
)  # fmt: skip

_ON_DUTY: Final = (Status.AVAILABLE, Status.RINGING, Status.ON_CALL, Status.WRAP_UP)


def beacon(view: OfficeView, now: float, target_s: float) -> tuple[Sign, float | None]:
    """What the stack light says at office time `now`, and when it will say something else by time alone.

    `target_s` is how long a caller may wait before it is red (U-02).
    """
    since = min((caller.since for caller in view.waiting), default=None)
    if view.notices:
        return BEACON["notice"], None
    if since is not None and now >= since + target_s:
        return BEACON["overdue"], None
    is_open = not view.queues or any(queue.is_open for queue in view.queues)
    if (is_open or since is not None) and not any(agent.status in _ON_DUTY for agent in view.agents):
        return BEACON["nobody"], None
    if since is not None:
        return BEACON["waiting"], since + target_s
    return BEACON["idle" if is_open else "closed"], None


def closing_lamp(view: OfficeView) -> Rhythm:
    """The closing key's lamp counts down: a flash for each caller who still waits; steady once it is closed (U-10)."""
    if view.held == "closed":
        return LIT
    if view.held != "closing":
        return DARK
    return counting(len(view.waiting))


def counting(number: int) -> Rhythm:
    """That many short flashes, then a pause; none is one long flash in two seconds."""
    if number == 0:
        return SLOW
    flashes = ((True, 0.2), (False, 0.3)) * min(number, MOST_COUNTED)
    return (*flashes[:-1], (False, 1.5))


def tally(agent: AgentView) -> Rhythm:
    """A recording key's own lamp is lit exactly while what is recorded is silence (U-05)."""
    return LIT if agent.paused else DARK


# --- buzzers

RING: Final[Rhythm] = ((True, 0.1), (False, 0.3), (True, 0.1), (False, 2.5))
ASK: Final[Rhythm] = ((True, 0.6), (False, 29.4))

SOUNDS: Final[Mapping[str, Rhythm]] = {
    "ringing": RING,
    "ringing_pending": RING,
    "off_prompt": ASK,
    "available_away": ASK,
    "help_called": RING,
    "held_long": ASK,
}
"""What a seat's buzzer sounds by what its lamp says (S-M3: ringing is two short, a question one long)."""


def sound(pattern: str) -> Rhythm:
    """The buzzer of a seat whose lamp shows this pattern."""
    return SOUNDS.get(pattern, DARK)


OTHERS: Final = (
    Sign(
        "closing", "閉店準備中", "Closing", f"鍵のランプ、待っている人数だけ点滅({MOST_COUNTED}人まで)",
        f"closing lamp, a flash for each caller who waits (up to {MOST_COUNTED})", (("lamp", counting(3)),),
    ),
    Sign("closed", "閉店", "Closed", "鍵のランプ 点灯", "closing lamp, steady", (("lamp", LIT),)),
    Sign(
        "paused", "録音停止中", "Recording paused", "録音キーの表示灯 点灯",
        "tally of the recording key, steady", (("tally", LIT),),
    ),
    Sign(
        "lifeline", "回線は非常用電話機につながっている", "The plain phone has the line", "回線切替のランプ 点灯",
        "lifeline lamp, steady", (("lamp", LIT),),
    ),
    Sign("ring", "着信中", "Ringing", "ブザー 短く2回", "buzzer, two short", (("sound", RING),)),
    Sign("ask", "確認してください", "A question waits", "ブザー 長く1回", "buzzer, one long", (("sound", ASK),)),
)  # fmt: skip
"""What the other fittings say, for the legend; `closing` with three callers waiting."""
