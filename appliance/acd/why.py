"""Why did it ring me? What an offer was decided from, and one sentence that says it (U-13, F-48).

An offer keeps its candidates in the order the strategy gave them, each with the values it was ordered by, and who was
passed over and why. Only the first `MOST_KEPT` of each are kept, so that a big queue costs no more than a small one.
"""

from collections.abc import Mapping

from appliance.acd.fact import fact

MOST_KEPT = 20


@fact
class Standing:
    """One candidate: the values the strategy ordered by, smallest first."""

    agent: str
    values: tuple[float, ...] = ()


@fact
class Exclusion:
    """One member of the queue who could not be rung, and the reason in one word of `REASONS`."""

    agent: str
    reason: str


@fact
class Why:
    """What one offer was decided from. `at` is monotonic; `place` counts from 1; `candidates` counts them all."""

    at: float
    queue: str
    contact: str
    agent: str
    strategy: str
    place: int
    candidates: int
    standings: tuple[Standing, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    is_last_agent: bool = False


REASONS: dict[str, tuple[str, str]] = {
    "off": ("勤務外", "off duty"),
    "unreachable": ("電話機未接続", "phone not connected"),
    "ringing": ("着信中", "being rung"),
    "busy": ("通話中", "on a call"),
    "wrap_up": ("ラップアップ中", "in wrap-up"),
    "leaving": ("退席処理中", "leaving"),
    "private": ("このキューは受けない設定", "private for this queue"),
    "skill": ("スキル不足", "skill too low"),
    "declined": ("この通話に応答しなかった", "did not take this call"),
    "other_caller": ("先の待ち呼に割当", "given to an earlier caller"),
    "not_last_agent": ("前回の担当者を優先", "the last agent goes first"),
    "unknown": ("登録なし", "not here"),
}

_NAMES: dict[str, tuple[str, str]] = {
    "fixed-order": ("固定順", "fixed order"),
    "round-robin": ("順番", "round robin"),
    "longest-idle": ("最長待機", "longest idle"),
    "most-idle": ("最小稼働率", "least occupied"),
    "skills": ("スキル", "skill level"),
    "random": ("ランダム", "random deck"),
    "fewest-calls": ("最少応答数", "fewest calls today"),
    "simultaneous": ("一斉呼出", "all at once"),
    "progressive": ("順次追加呼出", "one after another, all ringing on"),
}


_CHOSEN: dict[str, tuple[str, str]] = {
    "taken": ("自分で次の待ち呼を取ったため", "You took the next caller yourself"),
    "assigned": ("スーパーバイザが割り当てたため", "A supervisor gave you this caller"),
}
"""Rung by a person's choice, not by a strategy (F-45)."""


def sentence(why: Why, language: str, names: Mapping[str, str] | None = None) -> str:
    """One sentence in "ja" or "en"; `names` turns agent ids into people's names.

    >>> sentence(Why(252.0, "sales", "c1", "ann", "longest-idle", 1, 2, (Standing("ann", (0.0,)),)), "ja")
    '最長待機 4分12秒で2人中1番目。'
    """
    return _japanese(why, names or {}) if language == "ja" else _english(why, names or {})


def _japanese(why: Why, names: Mapping[str, str]) -> str:
    if why.strategy in _CHOSEN:
        head = _CHOSEN[why.strategy][0]
    elif why.is_last_agent:
        head = "前回の担当者のため"
    else:
        head = (
            f"{_NAMES.get(why.strategy, _NAMES['fixed-order'])[0]}{_value(why, 0)}で{why.candidates}人中{why.place}番目"
        )
    out = "、".join(f"{names.get(one.agent, one.agent)}={REASONS[one.reason][0]}" for one in why.excluded)
    return f"{head}（対象外: {out}）。" if out else f"{head}。"


def _english(why: Why, names: Mapping[str, str]) -> str:
    if why.strategy in _CHOSEN:
        head = _CHOSEN[why.strategy][1]
    elif why.is_last_agent:
        head = "You had this caller last time"
    else:
        name = _NAMES.get(why.strategy, _NAMES["fixed-order"])[1]
        head = f"Number {why.place} of {why.candidates} by {name}{_value(why, 1)}"
    out = ", ".join(f"{names.get(one.agent, one.agent)} {REASONS[one.reason][1]}" for one in why.excluded)
    return f"{head}; not asked: {out}." if out else f"{head}."


def _value(why: Why, language: int) -> str:
    """The value that decided, in words; nothing where the order itself is the value."""
    values = next((one.values for one in why.standings if one.agent == why.agent), ())
    if not values:
        return ""
    match why.strategy:
        case "longest-idle":
            return " " + _duration(why.at - values[0], language)
        case "most-idle":
            return f" {100 * values[0]:.0f}%"
        case "fewest-calls":
            return f" {values[0]:.0f}件" if language == 0 else f" ({values[0]:.0f})"
        case "skills":
            return (
                f" {-values[0]:.0f}・待機 " + _duration(why.at - values[1], 0)
                if language == 0
                else (f" {-values[0]:.0f}, idle " + _duration(why.at - values[1], 1))
            )
        case _:
            return ""


def _duration(seconds: float, language: int) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    if language == 0:
        return f"{minutes}分{rest}秒" if minutes else f"{rest}秒"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
