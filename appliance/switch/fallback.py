"""The one static rule for a box whose desk is away: ring, and after a while call the given phones all at once.

The first phone that answers gets the caller, the others stop ringing. When a desk comes back it takes over every caller
that no phone answered yet.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from appliance import wire
from appliance.errors import SwitchError
from appliance.switch import causes
from appliance.switch.alarms import Alarm, Alarms
from appliance.switch.legs import LiveLeg
from appliance.switch.settings import WithoutDesk

logger = logging.getLogger(__name__)

_RING_S: Final = 60.0
_ALERT_S: Final = 5.0


class Board(Protocol):
    """The part of the switchboard that the rule needs."""

    def ring(self, leg: LiveLeg) -> None:
        """180."""

    def bridge(self, first: str, second: str) -> None:
        """Connect."""

    def hang_up(self, leg: LiveLeg, *, code: int = 0, reason: str = "") -> None:
        """End."""

    def find(self, name: str) -> LiveLeg | None:
        """The living leg of that name."""


@dataclass(slots=True)
class _Caller:
    """One caller under the rule: the legs that ring for it."""

    leg: LiveLeg
    alarm: Alarm
    ringing: list[str] = field(default_factory=list)


class Fallback:
    """The rule, for every caller that came while no desk listened. `dial` places a call."""

    def __init__(self, rule: WithoutDesk, alarms: Alarms, board: Board, dial: Callable[[wire.Dial], None]) -> None:
        self._rule, self._alarms, self._board, self._dial = rule, alarms, board, dial
        self._callers: dict[str, _Caller] = {}

    def take(self, leg: LiveLeg) -> None:
        """A caller that no desk knows: hold it ringing."""
        if leg.name in self._callers:
            return
        alarm = self._alarms.at(time.monotonic() + self._rule.wait_s, lambda: self._call_phones(leg.name))
        self._callers[leg.name] = _Caller(leg, alarm)
        try:
            self._board.ring(leg)
        except SwitchError as failed:
            logger.warning("A caller could not be told that it rings: %s", failed)

    def answered(self, phone: LiveLeg) -> None:
        """A dialled leg is up: if it is one of ours, it gets its caller."""
        caller = self._of(phone.name)
        if caller is None:
            return
        del self._callers[caller.leg.name]
        self._board.bridge(caller.leg.name, phone.name)
        self._stop(caller, but=phone.name)

    def ended(self, leg: LiveLeg) -> None:
        """A leg is gone: a caller who gave up, or a phone that will not answer."""
        caller = self._callers.pop(leg.name, None)
        if caller is not None:
            caller.alarm.cancel()
            self._stop(caller)
            return
        caller = self._of(leg.name)
        if caller is not None:
            caller.ringing.remove(leg.name)
            if not caller.ringing:
                del self._callers[caller.leg.name]
                self._board.hang_up(caller.leg, code=480)

    def desk_took_over(self) -> None:
        """A desk is back: what nobody answered yet is its business."""
        callers, self._callers = list(self._callers.values()), {}
        for caller in callers:
            caller.alarm.cancel()
            self._stop(caller)

    def _call_phones(self, name: str) -> None:
        caller = self._callers.get(name)
        if caller is None:
            return
        if caller.leg.is_half_duplex:
            logger.warning("No desk, and line %s connects nobody: its caller rings on", caller.leg.origin_id)
            return
        logger.warning("No desk for %.0f s: %d phones ring for the caller", self._rule.wait_s, len(self._rule.ring))
        if not self._rule.ring:
            del self._callers[name]
            self._board.hang_up(caller.leg, code=480)
            return
        orders = [
            wire.Dial(f"{name}.{n}", to, caller.leg.number, caller.leg.caller_name, _RING_S, _ALERT_S)
            for n, to in enumerate(self._rule.ring)
        ]
        caller.ringing = [order.leg for order in orders]
        for order in orders:
            self._dial(order)

    def _stop(self, caller: _Caller, but: str = "") -> None:
        names, caller.ringing = [name for name in caller.ringing if name != but], []
        for name in names:
            if (leg := self._board.find(name)) is not None:
                self._board.hang_up(leg, reason=causes.ELSEWHERE)

    def _of(self, phone: str) -> _Caller | None:
        return next((caller for caller in self._callers.values() if phone in caller.ringing), None)
