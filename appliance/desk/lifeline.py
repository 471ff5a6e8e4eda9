"""The lifeline of one analogue line: who has it, the box or the plain phone, as a pure function of health and time.

The relay rests with the plain phone and holds for the box only while it is pulsed (hw/README.md): whatever stops,
power, this process or the pulses, gives the line to the phone without anybody's help (U-06).

Rules: an unhealthy box lets go at once; the relay's own patience bridges a restart. The box takes the line back only
when it is healthy and the plain phone is on the hook; not knowing that is the same as off the hook.
"""

from dataclasses import dataclass
from typing import Final

HOLDS_S: Final = 5.0
"""After its last pulse the relay certainly still holds for this long: then nothing has to be taken back."""

SAID_AFTER_S: Final = 10.0
"""A start, or a restart of another process, is no news; by then the relay has fallen off."""


@dataclass(frozen=True, slots=True)
class Lifeline:
    """`is_boxs`: the relay is pulsed, or not, `since` then (monotonic). `let_go_at`: pulsed last, None: never yet."""

    since: float
    is_boxs: bool = False
    let_go_at: float | None = None


def judge(line: Lifeline, now: float, *, is_well: bool, in_use: bool | None) -> Lifeline:
    """Who has the line now. `in_use`: the plain phone is off the hook, None when its contact is not there."""
    if line.is_boxs:
        return line if is_well else Lifeline(now, is_boxs=False, let_go_at=now)
    holds_still = line.let_go_at is not None and now < line.let_go_at + HOLDS_S
    if is_well and (holds_still or in_use is False):
        return Lifeline(now, is_boxs=True)
    return line


def sentence(name: str, line: Lifeline, now: float, *, why: str, in_use: bool | None) -> str:
    """What an administrator should read, "" while the box has the line. `why` the box is not well, "" when it is."""
    if line.is_boxs or now < line.since + SAID_AFTER_S:
        return ""
    if why:
        return f"Line {name} is with the plain phone of the lifeline: {why}"
    if in_use is None:
        return f"Line {name} stays with the plain phone of the lifeline: whether that is used cannot be seen"
    return f"Line {name} stays with the plain phone of the lifeline until it is hung up"
