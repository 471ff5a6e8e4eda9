"""Text messages (S-20) on the seam: part of `appliance/wire.py`.

A text is named by whoever holds it first: the switch names those that come in, the desk those it sends.
"""

from appliance.wire_nouns import Message


class SendText(Message, frozen=True):
    """Send `body` to `to` (a SIP URI, by way of the edge) as `number` and `name`.

    One of that name that is under way already is not sent twice. `TextSent` follows.
    """

    text: str
    to: str
    number: str
    name: str
    body: str


class AnswerText(Message, frozen=True):
    """Answer a `TextCame`: 200 or 202 once it is on the disk (I-19), or why not as a SIP status and a sentence."""

    text: str
    code: int
    reason: str = "OK"


class TextCame(Message, frozen=True):
    """A phone sent a text to `called` and waits for `AnswerText`; nothing was promised to it yet."""

    text: str
    phone: str
    called: str
    body: str
    at: float


class TextSent(Message, frozen=True):
    """How a `SendText` ended: the SIP status, 408 when nobody answered."""

    text: str
    code: int
    at: float
