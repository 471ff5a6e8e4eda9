"""The transmit clock of a line: received samples are the only clock (fxo §2.7).

Transmit and receive share one codec clock, so N samples received prove N samples played. `level` estimates what the
card still holds; each batch is answered by just enough to bring it back to the target. After a stall the stale audio
is not sent: delay never grows. A card that runs dry again and again is given more, and less again when all is well.
What nobody waits for (the digits of a call) may lie in the card for longer, where a stall of ours cannot tear it.
"""

from collections import deque
from typing import Final

SAMPLES_PER_MS: Final = 8
TARGET_MS: Final = 60  # 40 ms gives 180 underruns where 60 gives 4 (fxo §2.7)
SILENCE: Final = 0xFF  # µ-law zero
DRY_SPELL: Final = 50 * SAMPLES_PER_MS  # some firmwares report one dry-out many times
MOST_MS: Final = 120
MORE_MS: Final = 10
MORE_AFTER: Final = 3  # dry-outs within a minute
LESS_MS: Final = 5
MINUTE: Final = 60_000 * SAMPLES_PER_MS
CLEAN: Final = 5 * MINUTE
FLOOD: Final = 20  # reports a second, two seconds long: the link carries less than a call needs


class Ledger:
    """How many samples the card is owed."""

    def __init__(self, target_ms: int = TARGET_MS) -> None:
        self._least = self.target = target_ms * SAMPLES_PER_MS
        self.most = MOST_MS * SAMPLES_PER_MS
        """What the card is given at most; one that holds less loses what is too much."""
        self.level = 0
        self.underruns = 0
        self.is_overloaded = False
        self.may_lie = False
        """Delay costs nothing now and a gap much: the card is given the most it is ever given."""
        self.is_dry = False
        """Before the last answer the card had played all that it was given."""
        self._clock = 0
        self._since_dry = DRY_SPELL
        self._dry: deque[int] = deque(maxlen=MORE_AFTER)
        self._clean_since = 0
        self._reports: deque[int] = deque(maxlen=2 * FLOOD)

    def prefill(self) -> bytes:
        """What to send at CONNECT: silence up to the target."""
        self.level = self.target
        return bytes((SILENCE,)) * self.target

    def ran_dry(self) -> None:
        """The card said it ran out: it holds nothing. Repeats within 50 ms are the same dry-out."""
        self._reports.append(self._clock)
        self.is_overloaded |= len(self._reports) == 2 * FLOOD and self._clock - self._reports[0] <= MINUTE // 30
        if self._since_dry < DRY_SPELL:
            return
        self._since_dry = 0
        self.level = 0
        self.underruns += 1
        self._dry.append(self._clock)
        self._clean_since = self._clock
        if len(self._dry) == MORE_AFTER and self._clock - self._dry[0] <= MINUTE:
            self._dry.clear()
            self.target = min(self.most, self.target + MORE_MS * SAMPLES_PER_MS)

    def owed(self, received: int) -> int:
        """Samples to write now that `received` more came in; the caller writes exactly so many."""
        self._clock += received
        self._since_dry += received
        if self._clock - self._clean_since >= CLEAN:
            self._clean_since = self._clock
            self.target = max(self._least, self.target - LESS_MS * SAMPLES_PER_MS)
        self.is_dry = received > self.level
        self.level = max(0, self.level - received)
        target = self.most if self.may_lie else self.target
        owed = max(0, target - self.level)
        self.level += owed
        return owed
