"""What a desk may ask of the lines process besides following its states, and what it answers: the seam of `wire.py`."""

from appliance.wire import Message


class CheckLine(Message, frozen=True):
    """Examine this line: dial tone, noise, echo. `LineFound` messages follow, the last one says so.

    `forgets`: the tones that it learnt of its exchange are forgotten before that.
    """

    line: str
    forgets: bool = False


class LineFound(Message, frozen=True):
    """One thing that was found out about a line; `what` is a word of `appliance/desk/line_report.py`.

    `value` is its number (seconds, dB, Hz as the word says), `detail` what the modem or the exchange told.
    """

    line: str
    what: str
    is_well: bool
    at: float
    value: float = 0.0
    detail: str = ""
    is_last: bool = False


OfLines = CheckLine | LineFound
