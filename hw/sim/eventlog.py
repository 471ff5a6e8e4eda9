"""What happened on a card and its line, in order: the oracle of every test that uses the simulator."""

import json
from collections import deque
from dataclasses import asdict, dataclass
from enum import StrEnum

KEPT = 50_000


class What(StrEnum):
    """The kinds of event; past tense."""

    POWERED_ON = "powered_on"
    POWERED_OFF = "powered_off"
    DTR_RAISED = "dtr_raised"
    DTR_DROPPED = "dtr_dropped"
    COMMAND_RECEIVED = "command_received"
    RESULT_SENT = "result_sent"
    BYTES_IGNORED = "bytes_ignored"
    DIAL_ABORTED = "dial_aborted"
    CALL_OFFERED = "call_offered"
    RING_STARTED = "ring_started"
    CALLER_ID_SENT = "caller_id_sent"
    WENT_OFF_HOOK = "went_off_hook"
    WENT_ON_HOOK = "went_on_hook"
    CALL_CONNECTED = "call_connected"
    CALL_GIVEN_UP = "call_given_up"
    CALLER_HUNG_UP = "caller_hung_up"
    CALL_RELEASED = "call_released"
    DIAL_TONE_GIVEN = "dial_tone_given"
    LOOP_OPENED = "loop_opened"
    LOOP_CLOSED = "loop_closed"
    STREAM_STARTED = "stream_started"
    STREAM_ENDED = "stream_ended"
    RAN_DRY = "ran_dry"
    CODE_SENT = "code_sent"
    CODE_RECEIVED = "code_received"
    TEXT_IN_STREAM = "text_in_stream"
    DIALLED = "dialled"
    DIGIT_HEARD = "digit_heard"
    FLASHED = "flashed"
    RINGBACK_GIVEN = "ringback_given"


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One thing that happened: monotonic seconds, index of the line's sample then (-1 off the clock), kind, detail."""

    at: float
    sample: int
    what: What
    detail: str

    def as_json(self) -> str:
        """One line of a JSONL log."""
        return json.dumps(asdict(self), ensure_ascii=False)


class EventLog:
    """The last KEPT events of one card, and how many there ever were."""

    def __init__(self) -> None:
        self.sample = -1
        self.written = 0
        self._events: deque[CardEvent] = deque(maxlen=KEPT)

    def add(self, at: float, what: What, detail: str = "") -> None:
        """Notes that `what` happened at monotonic `at`."""
        self.written += 1
        self._events.append(CardEvent(at, self.sample, what, detail))

    def all(self) -> tuple[CardEvent, ...]:
        """Everything kept, oldest first."""
        return tuple(self._events)
