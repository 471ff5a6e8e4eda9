"""The life of one analogue line as a table: state and cue give the next state; every other pair is our own mistake."""

import enum
from typing import Final


class State(enum.Enum):
    """Where a line is. Only ANSWERING to RELEASING may be off-hook."""

    DOWN = "down"
    INIT = "init"
    IDLE = "idle"
    RINGING = "ringing"
    ANSWERING = "answering"
    SEIZING = "seizing"
    DIALING = "dialing"
    PROGRESS = "progress"
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
    PLACED = "a call is to be placed"
    DIALLED = "the digits are out"
    FAR_ANSWERED = "the far end answered"
    GLARE = "a caller was there as we took the line"
    OVER = "the call is over"
    ON_HOOK = "the modem confirmed on-hook"
    GUARD_OVER = "the line may be taken again"
    FAILED = "the device failed"
    RETRY = "the device is tried again"
    RESUMED = "a process before us left the caller off-hook"


PLACING: Final = frozenset({State.SEIZING, State.DIALING, State.PROGRESS})
STREAMING: Final = frozenset({State.DIALING, State.PROGRESS, State.TALKING})
OFF_HOOK: Final = frozenset({State.ANSWERING, State.TALKING, State.RELEASING, *PLACING})

TABLE: Final[dict[tuple[State, Cue], State]] = {
    (State.DOWN, Cue.OPENED): State.INIT,
    (State.INIT, Cue.READY): State.IDLE,
    (State.IDLE, Cue.RANG): State.RINGING,
    (State.GUARD, Cue.RANG): State.RINGING,  # a new caller at once; the guard still delays the seizure
    (State.RINGING, Cue.ABANDONED): State.GUARD,
    (State.RINGING, Cue.LEG_ANSWERED): State.ANSWERING,
    (State.ANSWERING, Cue.STREAMING): State.TALKING,
    (State.ANSWERING, Cue.OVER): State.RELEASING,
    (State.IDLE, Cue.PLACED): State.SEIZING,
    (State.SEIZING, Cue.STREAMING): State.DIALING,
    (State.DIALING, Cue.DIALLED): State.PROGRESS,
    (State.PROGRESS, Cue.FAR_ANSWERED): State.TALKING,
    (State.DIALING, Cue.GLARE): State.TALKING,
    **{(state, Cue.OVER): State.RELEASING for state in (*PLACING, State.TALKING)},
    (State.RELEASING, Cue.ON_HOOK): State.GUARD,
    (State.GUARD, Cue.GUARD_OVER): State.IDLE,
    (State.FAULT, Cue.RETRY): State.DOWN,
    (State.DOWN, Cue.RESUMED): State.TALKING,
    **{(state, Cue.FAILED): State.FAULT for state in State},
}
