"""The agent's transitions as data: acd.md §3.2, row by row. `docs/acd-states.md` is generated from this.

A row applies when the agent is in `source`, `happening` occurs and `guard` holds; the first such row wins. Where no row
applies the happening changes nothing: that is how late and repeated events are dropped (I-16). A letter after a number
marks a case the specification's row implies without spelling it out.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from appliance.acd import effects as fx
from appliance.acd.effects import Cause
from appliance.acd.model import Agent, AgentState
from appliance.acd.quick_enum import quick


@quick
class Happening(enum.Enum):
    """What can happen to an agent, in the words of §3.2."""

    __hash__ = object.__hash__  # members are single: by identity, as they are compared; Enum's own takes long

    OFFER_OPENED = "offer opened"
    ACCEPTED = "accept"
    ACCEPTED_LATE = "late accept"
    REJECTED = "reject"
    TIMED_OUT = "ring timeout"
    BUSY_RACE = "busy race"
    UNREACHABLE = "unreachable"
    MISSED_QUIETLY = "ring timeout without blame"
    DECLINED_QUIETLY = "reject without blame"
    PRIVATE = "privacy on for the offered queue"
    WITHDRAWN = "withdraw"
    LEG_UP = "leg up"
    DIALLED_FOR_QUEUE = "outbound with queue identity"
    LAST_LEG_DOWN = "last leg down"
    LEGS_LOST = "all legs lost by a fault or restart"
    DUTY_ON = "duty on"
    DUTY_OFF = "duty off"
    DUTY_OFF_LATER = "duty off after the call"
    STAYED_OFF = "stay off"
    WRAP_TIMER = "wrap timer"
    WRAP_ENDED = "end wrap-up"
    LOST_TOO_LONG = "unreachable longer than T-lost"
    SEAT_LEFT = "nobody at the seat"


Guard = Callable[[Agent, Cause], bool]
Effect = Callable[[Agent, Cause], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One transition. `by_person`: a person asked for it, so T-guard does not start (S-M2)."""

    id: str
    source: AgentState
    happening: Happening
    target: AgentState
    effects: tuple[Effect, ...] = ()
    guard: Guard = fx.always
    by_person: bool = False


_S = AgentState
_H = Happening
_TO_OFF = (fx.take_intent, fx.end_wrap_up, fx.forget_call)
_TO_FREE = (fx.end_wrap_up, fx.settle_idle_clock, fx.forget_call)
_ON_DUTY = (fx.show_presence, fx.forget_reason, fx.start_idle_clock)
_OFF_AND_ASK = (fx.take_reason, fx.ask, fx.forget_intent)

ROWS: tuple[Row, ...] = (
    # 1 available, idle
    Row("A-01", _S.FREE, _H.OFFER_OPENED, _S.RINGING),
    Row("A-02", _S.FREE, _H.DUTY_OFF, _S.OFF, (fx.take_reason, fx.show_presence), by_person=True),
    Row("A-02b", _S.FREE, _H.DUTY_OFF_LATER, _S.OFF, (fx.take_reason, fx.show_presence), by_person=True),
    Row("A-03", _S.FREE, _H.LEG_UP, _S.BUSY, (fx.show_presence,)),
    Row("A-03b", _S.FREE, _H.DIALLED_FOR_QUEUE, _S.BUSY, (fx.show_presence,)),
    Row("A-27", _S.FREE, _H.LOST_TOO_LONG, _S.OFF, _OFF_AND_ASK),
    Row("U-04", _S.FREE, _H.SEAT_LEFT, _S.OFF, _OFF_AND_ASK),
    Row("D-20f", _S.FREE, _H.DUTY_ON, _S.FREE, (fx.show_presence,), fx.has_prompt, by_person=True),
    Row("D-20g", _S.FREE, _H.STAYED_OFF, _S.OFF, (fx.take_reason, fx.show_presence), fx.has_prompt, by_person=True),
    Row("R-05b", _S.FREE, _H.ACCEPTED_LATE, _S.BUSY, (fx.show_presence,)),
    # 2 available, offered
    Row("A-04", _S.RINGING, _H.ACCEPTED, _S.BUSY, (fx.show_presence,)),
    Row("A-05", _S.RINGING, _H.REJECTED, _S.OFF, _OFF_AND_ASK),
    Row("A-06", _S.RINGING, _H.TIMED_OUT, _S.OFF, _OFF_AND_ASK),
    Row("A-07", _S.RINGING, _H.BUSY_RACE, _S.BUSY, (fx.show_presence,)),
    Row("A-08b", _S.RINGING, _H.UNREACHABLE, _S.OFF, (fx.lose_phone, fx.take_intent), fx.wants_off),
    Row("A-08", _S.RINGING, _H.UNREACHABLE, _S.FREE, (fx.lose_phone,)),
    Row("A-09b", _S.RINGING, _H.WITHDRAWN, _S.OFF, (fx.take_intent,), fx.wants_off),
    Row("A-09", _S.RINGING, _H.WITHDRAWN, _S.FREE),
    Row("D-20b", _S.RINGING, _H.MISSED_QUIETLY, _S.OFF, (fx.take_intent,), fx.wants_off),
    Row("D-20", _S.RINGING, _H.MISSED_QUIETLY, _S.FREE, (fx.count_missed_race,)),
    Row("D-20d", _S.RINGING, _H.DECLINED_QUIETLY, _S.OFF, (fx.take_intent,), fx.wants_off),
    Row("D-20c", _S.RINGING, _H.DECLINED_QUIETLY, _S.FREE, (fx.show_presence,)),
    Row("A-28b", _S.RINGING, _H.PRIVATE, _S.OFF, (fx.take_intent,), fx.wants_off),
    Row("A-28", _S.RINGING, _H.PRIVATE, _S.FREE, (fx.show_presence,), by_person=True),
    Row(
        "A-10",
        _S.RINGING,
        _H.DUTY_OFF,
        _S.OFF,
        (fx.take_reason, fx.forget_intent, fx.show_presence),
        by_person=True,
    ),
    Row("A-11", _S.RINGING, _H.DUTY_OFF_LATER, _S.RINGING, (fx.intend_off, fx.show_presence), by_person=True),
    Row("A-12", _S.RINGING, _H.LEG_UP, _S.BUSY, (fx.show_presence,)),
    Row("A-12b", _S.RINGING, _H.DIALLED_FOR_QUEUE, _S.BUSY, (fx.show_presence,)),
    Row("A-16b", _S.RINGING, _H.DUTY_ON, _S.RINGING, (fx.forget_intent,), fx.wants_off, by_person=True),
    # 3 available, busy
    Row("A-11b", _S.BUSY, _H.DUTY_OFF, _S.BUSY, (fx.intend_off,), by_person=True),
    Row("A-11c", _S.BUSY, _H.DUTY_OFF_LATER, _S.BUSY, (fx.intend_off,), by_person=True),
    Row("A-14", _S.BUSY, _H.LAST_LEG_DOWN, _S.OFF, _TO_OFF, fx.wants_off),
    Row("A-13", _S.BUSY, _H.LAST_LEG_DOWN, _S.WRAP_UP, (fx.start_wrap_up,), fx.owes_wrap_up),
    Row("A-15b", _S.BUSY, _H.LAST_LEG_DOWN, _S.WRAP_UP, (fx.forget_call,), fx.has_wrap_up_left),
    Row("A-15", _S.BUSY, _H.LAST_LEG_DOWN, _S.FREE, _TO_FREE),
    Row("A-16", _S.BUSY, _H.DUTY_ON, _S.BUSY, (fx.forget_intent,), fx.wants_off, by_person=True),
    Row("A-20b", _S.BUSY, _H.DIALLED_FOR_QUEUE, _S.BUSY, (fx.end_wrap_up,)),
    Row("A-30", _S.BUSY, _H.LEGS_LOST, _S.OFF, _TO_OFF, fx.wants_off),
    Row("A-30b", _S.BUSY, _H.LEGS_LOST, _S.WRAP_UP, (fx.forget_call,), fx.has_wrap_up_left),
    Row("A-30c", _S.BUSY, _H.LEGS_LOST, _S.FREE, _TO_FREE),
    # 4 available, wrap-up
    Row("A-17", _S.WRAP_UP, _H.WRAP_TIMER, _S.FREE, (fx.end_wrap_up, fx.start_idle_clock)),
    Row("A-18", _S.WRAP_UP, _H.WRAP_ENDED, _S.FREE, (fx.end_wrap_up, fx.start_idle_clock)),
    Row("A-18b", _S.WRAP_UP, _H.DUTY_ON, _S.FREE, (fx.end_wrap_up, fx.start_idle_clock)),
    Row("A-19", _S.WRAP_UP, _H.DUTY_OFF, _S.OFF, (fx.take_reason, fx.end_wrap_up), by_person=True),
    Row("A-19b", _S.WRAP_UP, _H.DUTY_OFF_LATER, _S.OFF, (fx.take_reason, fx.end_wrap_up), by_person=True),
    Row("A-20", _S.WRAP_UP, _H.DIALLED_FOR_QUEUE, _S.BUSY, (fx.end_wrap_up,)),
    Row("A-21", _S.WRAP_UP, _H.LEG_UP, _S.BUSY),
    # 5 off duty, idle
    Row("A-22", _S.OFF, _H.DUTY_ON, _S.FREE, _ON_DUTY, by_person=True),
    Row("A-23", _S.OFF, _H.STAYED_OFF, _S.OFF, (fx.clear_prompt,), by_person=True),
    Row("A-23b", _S.OFF, _H.DUTY_OFF, _S.OFF, (fx.take_reason, fx.clear_prompt), by_person=True),
    Row("A-23c", _S.OFF, _H.DUTY_OFF_LATER, _S.OFF, (fx.take_reason, fx.clear_prompt), by_person=True),
    Row("A-24", _S.OFF, _H.LEG_UP, _S.OFF_BUSY),
    Row("A-24b", _S.OFF, _H.DIALLED_FOR_QUEUE, _S.OFF_BUSY),
    Row("R-05", _S.OFF, _H.ACCEPTED_LATE, _S.BUSY, (fx.clear_prompt, fx.forget_reason)),
    # 6 off duty, busy
    Row("A-25b", _S.OFF_BUSY, _H.LAST_LEG_DOWN, _S.FREE, (*_ON_DUTY, fx.take_intent, fx.forget_call), fx.wants_on),
    Row("A-25", _S.OFF_BUSY, _H.LAST_LEG_DOWN, _S.OFF, (fx.forget_call,)),
    Row("A-26", _S.OFF_BUSY, _H.DUTY_ON, _S.OFF_BUSY, (fx.intend_on, fx.clear_prompt), by_person=True),
    Row(
        "A-26b",
        _S.OFF_BUSY,
        _H.DUTY_OFF,
        _S.OFF_BUSY,
        (fx.take_reason, fx.forget_intent, fx.clear_prompt),
        by_person=True,
    ),
    Row(
        "A-26c",
        _S.OFF_BUSY,
        _H.DUTY_OFF_LATER,
        _S.OFF_BUSY,
        (fx.take_reason, fx.forget_intent, fx.clear_prompt),
        by_person=True,
    ),
    Row("A-23d", _S.OFF_BUSY, _H.STAYED_OFF, _S.OFF_BUSY, (fx.clear_prompt,), by_person=True),
    Row("A-30d", _S.OFF_BUSY, _H.LEGS_LOST, _S.FREE, (*_ON_DUTY, fx.take_intent, fx.forget_call), fx.wants_on),
    Row("A-30e", _S.OFF_BUSY, _H.LEGS_LOST, _S.OFF, (fx.forget_call,)),
)

_BY_SOURCE: dict[tuple[AgentState, Happening], list[Row]] = {}
for _row in ROWS:
    _BY_SOURCE.setdefault((_row.source, _row.happening), []).append(_row)


def find(agent: Agent, happening: Happening, cause: Cause) -> Row | None:
    """The row that applies to this agent now, or None: then the happening means nothing here."""
    for row in _BY_SOURCE.get((agent.state, happening), ()):
        if row.guard(agent, cause):
            return row
    return None
