"""The life of one analogue line as a table: state and cue give the next state; every other pair is our own mistake."""

import enum
from typing import Final


class State(enum.Enum):
    """Where a line is. Only ANSWERING, TALKING and RELEASING may be off-hook."""

    DOWN = "down"
    INIT = "init"
    IDLE = "idle"
    RINGING = "ringing"
    ANSWERING = "answering"
    TALKING = "talking"
    RELEASING = "releasing"
    GUARD = "guard"
    FAULT = "fault"


class Cue(enum.Enum):
    """What moves a line."""

    OPENED = "the device was opened"
    READY = "the modem is initialised"
    RANG = "ringing or caller ID was heard"
    ABANDONED = "the caller gave up while it rang"
    LEG_ANSWERED = "the switch answered"
    STREAMING = "samples flow"
    OVER = "the call is over"
    ON_HOOK = "the modem confirmed on-hook"
    GUARD_OVER = "the line may be taken again"
    FAILED = "the device failed"
    RETRY = "the device is tried again"


OFF_HOOK: Final = frozenset({State.ANSWERING, State.TALKING, State.RELEASING})

TABLE: Final[dict[tuple[State, Cue], State]] = {
    (State.DOWN, Cue.OPENED): State.INIT,
    (State.INIT, Cue.READY): State.IDLE,
    (State.IDLE, Cue.RANG): State.RINGING,
    (State.GUARD, Cue.RANG): State.RINGING,  # a new caller at once; the guard still delays the seizure
    (State.RINGING, Cue.ABANDONED): State.GUARD,
    (State.RINGING, Cue.LEG_ANSWERED): State.ANSWERING,
    (State.ANSWERING, Cue.STREAMING): State.TALKING,
    (State.ANSWERING, Cue.OVER): State.RELEASING,
    (State.TALKING, Cue.OVER): State.RELEASING,
    (State.RELEASING, Cue.ON_HOOK): State.GUARD,
    (State.GUARD, Cue.GUARD_OVER): State.IDLE,
    (State.FAULT, Cue.RETRY): State.DOWN,
    **{(state, Cue.FAILED): State.FAULT for state in State},
}
