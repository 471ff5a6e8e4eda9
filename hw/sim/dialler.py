"""A modem's own dialler (`ATD`): waits for dial tone, dials, and may listen to what the exchange answers (fxo §2.4).

It hears no sound: the exchange tells it what its tones would, after as long as a chip takes to be sure of them.
"""

from typing import Final, Protocol

from hw.sim.dialled import Fate
from hw.sim.exchange import ExchangeLine, LineState
from hw.sim.interpreter import LongRun, Result

LOOK: Final = 0.05
TONE_WITHIN: Final = 5.0
CERTAIN: Final = 0.5  # seconds of dial tone
CADENCE: Final = 2.0  # seconds of busy or reorder tone


class Dialling(Protocol):
    """What a dialler does with its card."""

    line: ExchangeLine

    def dial(self, digits: str, now: float) -> None:
        """The digits are out."""


class Dialler:
    """One dialling command, begun at `now`; `look` again and again until there is a result."""

    def __init__(self, card: Dialling, order: LongRun, now: float) -> None:
        self._card, self._order = card, order
        self._began = self._since = now
        self._dialling_from: float | None = None if order.waits_for_tone else now
        self._dialled_at: float | None = None

    def look(self, now: float) -> Result | None:
        """The result, once there is one."""
        if self._dialling_from is None:
            return self._wait(now)
        if self._dialled_at is None:
            return self._dial(now, self._dialling_from)
        return self._listen(now, self._dialled_at)

    def _wait(self, now: float) -> Result | None:
        if self._card.line.state is not LineState.DIAL_TONE:
            self._since = now
        elif now - self._since >= CERTAIN:
            self._dialling_from = now
        return Result.NO_DIAL_TONE if now - self._began >= TONE_WITHIN and self._dialling_from is None else None

    def _dial(self, now: float, since: float) -> Result | None:
        if now - since < self._order.seconds:
            return None
        self._card.dial(self._order.digits, now)
        self._dialled_at = self._since = now
        return None if self._order.listens else self._order.result

    def _listen(self, now: float, since: float) -> Result | None:
        fate = self._card.line.fate
        if fate not in (Fate.BUSY, Fate.REORDER, Fate.SIT):
            self._since = now
        elif now - self._since >= CADENCE:
            return Result.BUSY
        if self._card.line.state is LineState.CONNECTED:
            return self._order.result
        return Result.NO_ANSWER if now - since >= self._order.listens else None
