"""One incoming call while it rings: when to offer it, and when the caller has given up (fxo §2.3)."""

from typing import Final

from hw.modem.callerid import CallerId, with_line
from hw.modem.countries import Country
from hw.modem.events import CallerIdLine

SAME_BURST: Final = 1.0  # UK and AU ring twice within a burst
SHORT_RING: Final = (0.8, 1.3)  # spacing of Japan's CAR bursts
ONE_MESSAGE: Final = 1.0  # seconds; doubled tags of one message are nearer
SETTLE: Final = 0.3  # the lines of one caller-ID message come together


class Ringing:
    """Counts rings and collects the caller ID of one call; made at the first sign of it."""

    def __init__(self, country: Country, now: float, caller: CallerId | None = None) -> None:
        self._country = country
        self._first_ring: float | None = None
        self._last_ring = now
        self._last_line: float | None = None
        self.rings = 0
        self.caller = caller or CallerId()

    def ring(self, now: float) -> None:
        """A ring was heard."""
        gap = now - self._last_ring
        if self.rings and gap < SAME_BURST and not self._is_short_alert(gap):
            return
        self._last_ring = now
        if self.rings and self._is_short_alert(gap):
            self.rings, self._first_ring = 1, now
            return
        self.rings += 1
        if self._first_ring is None:
            self._first_ring = now

    def is_another(self, now: float) -> bool:
        """Whether a caller-ID line that comes now is another caller's: each call has one message, and it came."""
        return self.caller.is_known and self._last_line is not None and now - self._last_line > ONE_MESSAGE

    def caller_id(self, line: CallerIdLine, now: float) -> None:
        """A caller-ID line came."""
        self.caller = with_line(self.caller, line)
        self._last_line = now

    def _is_short_alert(self, gap: float) -> bool:
        low, high = SHORT_RING
        return self._country.has_short_ring_alert and low <= gap <= high

    def offer_at(self) -> float | None:
        """When the call is to be offered: at once from the second ring, soon after a number, or when the wait is over.

        None before the first ring: caller ID alone is no call yet.
        """
        if self._first_ring is None:
            return None
        if self.rings >= 2:
            return self._last_ring
        latest = self._first_ring + self._country.caller_id_wait
        if self.caller.is_known and self._last_line is not None:
            settled = self._last_line if self.caller.name else self._last_line + SETTLE
            return min(latest, max(settled, self._first_ring))
        return latest

    def abandoned_at(self) -> float:
        """When, without another ring, the caller counts as gone."""
        return self._last_ring + self._country.abandoned_after
