"""What phones ask for by REFER: told to the desk, and the desk's answer told to the phone by NOTIFY.

pjsua2 answers a REFER with 202 and then calls the Refer-To URI by itself; how that call goes is what it notifies. The
edge sends that call straight back to us, so it is a wire of our own on which `answer` puts the desk's word: 200 or why
not. Nobody is ever called by it: whom to ring is the desk's to say.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from appliance import wire
from appliance.switch import invite
from appliance.switch.alarms import Alarms
from appliance.switch.facts import CallArrived, TransferWanted
from appliance.switch.legs import Legs, LiveLeg
from appliance.switch.pjsua import UserAgent

logger = logging.getLogger(__name__)

TOLD_S: Final = 0.5
"""So long a phone has to hear that its transfer worked, and to hang up by itself, before we do."""
PATIENCE_S: Final = 10.0
"""A desk that does not answer within this refuses."""
_REPLACES = re.compile(r"[?&]replaces=([^&>;]*)", re.IGNORECASE)


@dataclass(slots=True)
class _Asked:
    """One REFER: our call to ourselves, `near` that pjsua2 placed and `far` that came back (0: not yet).

    `other` is the phone's second leg, on which it asked first.
    """

    near: int
    far: int = 0
    code: int = 0
    other: str = ""


class Transfers:
    """All REFERs that are not over."""

    def __init__(self, ua: UserAgent, alarms: Alarms, legs: Legs, emit: Callable[[wire.Message], None]) -> None:
        self._ua, self._alarms, self._legs, self._emit = ua, alarms, legs, emit
        self._asked: dict[str, _Asked] = {}

    def asked(self, leg: LiveLeg, fact: TransferWanted, *, desk_listens: bool) -> None:
        """The phone on this leg sent REFER. Its party does not end with it any more until the desk has answered."""
        if leg.name in self._asked or not desk_listens:
            self._ua.hang_up(fact.progress, 0, {})
            return
        other = self._other_leg(fact.to)
        self._asked[leg.name] = _Asked(fact.progress, other=other)
        self._bind(leg.name, other, ends_both=False)
        self._alarms.at(time.monotonic() + PATIENCE_S, lambda: self.answer(leg.name, 503))
        self._emit(wire.TransferAsked(leg.name, wanted(fact.to), time.monotonic(), other))

    def is_ours(self, fact: CallArrived) -> bool:
        """Whether this call is one of ours come back; then it is taken care of."""
        if not fact.source.rpartition(":")[0].startswith("127."):
            return False
        call_id = invite.call_id(fact.invite)
        for name, one in self._asked.items():
            if call_id and self._ua.call_id(one.near) == call_id:
                one.far = fact.call
                if one.code:
                    self._tell(name, one)
                return True
        return False

    def answer(self, leg: str, code: int) -> None:
        """The desk's word, once; a REFER that is over needs none."""
        one = self._asked.get(leg)
        if one is None or one.code:
            return
        one.code = code
        if code >= 300:
            self._bind(leg, one.other, ends_both=True)
        if one.far:
            self._tell(leg, one)

    def is_being_told(self, leg: str) -> bool:
        """The phone is just being told that its transfer worked."""
        one = self._asked.get(leg)
        return one is not None and 200 <= one.code < 300

    def _bind(self, *legs: str, ends_both: bool) -> None:
        """Whether the end of these legs is that of their parties, too."""
        for name in legs:
            if (leg := self._legs.named(name)) is not None:
                leg.ends_both = ends_both

    def _tell(self, name: str, one: _Asked) -> None:
        if one.code < 300:
            self._ua.answer(one.far, one.code)
            self._alarms.at(time.monotonic() + TOLD_S, lambda: self._close(name, one))
        else:
            self._ua.hang_up(one.far, one.code, {})
            self._asked.pop(name, None)

    def _close(self, name: str, one: _Asked) -> None:
        self._asked.pop(name, None)
        self._ua.hang_up(one.near, 0, {})

    def _other_leg(self, to: str) -> str:
        """The leg of the phone's other call, which it asked first (Replaces); "" when it names none of ours."""
        found = _REPLACES.search(to)
        call_id = unquote(found[1]).partition(";")[0] if found else ""
        legs = (leg for leg in self._legs if call_id and self._ua.call_id(leg.call) == call_id)
        return next((leg.name for leg in legs), "")


def wanted(refer_to: str) -> str:
    """Whom a Refer-To names: the user part of its URI."""
    return invite.party(refer_to if "<" in refer_to else f"<{refer_to}>")[1]
