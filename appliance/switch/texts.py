"""Text messages (RFC 3428): what phones send waits for the desk's answer, what the desk sends is told how it ended.

A phone hears 2xx only after the desk has the text on its disk (I-19): pjsua2 is told to answer nothing by itself
(docs/decisions/0018). What cannot be read as text is refused here, with a sentence as the reason.
"""

import logging
import time
from collections.abc import Callable
from email.message import Message as Headers
from typing import Final

from appliance import wire
from appliance.errors import SwitchError
from appliance.switch import invite
from appliance.switch.alarms import Alarms
from appliance.switch.facts import TextArrived, TextEnded, TextFact
from appliance.switch.pjsua import UserAgent

logger = logging.getLogger(__name__)

PATIENCE_S: Final = 4.0
"""A desk that does not answer within this refuses; the edge gives up after 4.5 s."""
PLAIN: Final = "text/plain"
AWAY: Final = "Not kept: the box is starting, please send it again"


class Unreadable(SwitchError):
    """What came is no text; the message says what would be one."""


class Texts:
    """All texts that are not over. `emit` tells the desk."""

    def __init__(self, ua: UserAgent, alarms: Alarms, boot: str, emit: Callable[[wire.Message], None]) -> None:
        self._ua, self._alarms, self._boot, self._emit = ua, alarms, boot, emit
        self._unanswered: dict[str, int] = {}
        self._under_way: dict[int, str] = {}

    def take_fact(self, fact: TextFact, *, desk_listens: bool) -> None:
        """A text came, or one of ours ended."""
        match fact:
            case TextArrived():
                self._came(fact, desk_listens=desk_listens)
            case TextEnded(number, code):
                self._emit(wire.TextSent(self._under_way.pop(number), code, time.monotonic()))

    def carry_out(self, order: wire.SendText | wire.AnswerText, realm: str) -> None:
        """Send a text, or answer one."""
        match order:
            case wire.AnswerText(name, code, reason):
                self._answer(name, code, reason)
            case wire.SendText() if order.text not in self._under_way.values():
                self._send(order, realm)

    def _send(self, order: wire.SendText, realm: str) -> None:
        try:
            number = self._ua.send_text(order.to, invite.calling(order.number, order.name, realm), order.body)
        except SwitchError as failed:
            logger.warning("%s", failed)
            self._emit(wire.TextSent(order.text, 503, time.monotonic()))
        else:
            self._under_way[number] = order.text

    def _came(self, fact: TextArrived, *, desk_listens: bool) -> None:
        asked = invite.read(fact.message, fact.source)
        if asked.origin is not wire.Origin.PHONE:
            self._ua.answer_text(fact.text, 403, "Texts are taken from phones of this office only")
            return
        if not desk_listens:
            self._ua.answer_text(fact.text, 503, AWAY)
            return
        try:
            body = read(*invite.content(fact.message))
        except Unreadable as wrong:
            self._ua.answer_text(fact.text, 415, str(wrong))
            return
        name = f"{self._boot}-t{fact.text}"
        self._unanswered[name] = fact.text
        self._alarms.at(time.monotonic() + PATIENCE_S, lambda: self._answer(name, 503, AWAY))
        self._emit(wire.TextCame(name, asked.origin_id, asked.called, body, time.monotonic()))

    def _answer(self, name: str, code: int, reason: str) -> None:
        number = self._unanswered.pop(name, None)
        if number is not None:
            self._ua.answer_text(number, code, reason)


def read(kind: str, body: bytes) -> str:
    """The text in a body of this Content-Type. Raises Unreadable, saying what would be right."""
    headers = Headers()
    headers["Content-Type"] = kind or PLAIN
    if headers.get_content_type() != PLAIN:
        raise Unreadable(f"{headers.get_content_type()} cannot be shown, {PLAIN} would be right")
    charset = headers.get_content_charset("utf-8")
    try:
        return body.decode(charset)
    except (LookupError, UnicodeDecodeError):
        raise Unreadable(f"This is not {charset}, UTF-8 would be right") from None
