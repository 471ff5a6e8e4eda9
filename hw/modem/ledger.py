"""The transmit clock of a line: received samples are the only clock (fxo §2.7).

Transmit and receive share one codec clock, so N samples received prove N samples played. `level` estimates what the
card still holds; each batch is answered by just enough to bring it back to the target. After a stall the stale audio
is not sent: delay never grows.
"""

from typing import Final

SAMPLES_PER_MS: Final = 8
TARGET_MS: Final = 60  # 40 ms gives 180 underruns where 60 gives 4 (fxo §2.7)
SILENCE: Final = 0xFF  # µ-law zero
DRY_SPELL: Final = 50 * SAMPLES_PER_MS  # some firmwares report one dry-out many times


class Ledger:
    """How many samples the card is owed."""

    def __init__(self, target_ms: int = TARGET_MS) -> None:
        self.target = target_ms * SAMPLES_PER_MS
        self.level = 0
        self.underruns = 0
        self._since_dry = DRY_SPELL

    def prefill(self) -> bytes:
        """What to send at CONNECT: silence up to the target."""
        self.level = self.target
        return bytes((SILENCE,)) * self.target

    def ran_dry(self) -> None:
        """The card said it ran out: it holds nothing. Repeats within 50 ms are the same dry-out."""
        if self._since_dry < DRY_SPELL:
            return
        self._since_dry = 0
        self.level = 0
        self.underruns += 1

    def owed(self, received: int) -> int:
        """Samples to write now that `received` more came in; the caller writes exactly so many."""
        self._since_dry += received
        self.level = max(0, self.level - received)
        owed = self.target - self.level
        self.level = self.target
        return owed
