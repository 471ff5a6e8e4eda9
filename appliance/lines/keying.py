"""Keys that a line is sent as tones, handed out as the card wants them; a tear is mended (fxo §2.4, F09).

A stall of ours longer than the card can bridge leaves a gap where we stopped. Within a tone that makes two keys of one,
and somebody else is called. What was handed out so far was heard, so it is known where the gap is.
"""

from typing import Final

from appliance.media import dtmf, ulaw

RATE: Final = 8000
ON, OFF = 0.1, 0.1  # seconds of a key, and of the silence behind it
COUNTS_S: Final = 0.03
"""So much of a key is one to an exchange: none takes 24 ms for one, Japan's must take 30, others 40 (fxo §4.3)."""


class Keying:
    """The keys that are still to be sent. `louder_db`: than usual."""

    def __init__(self, louder_db: float = 0.0, pause_s: float = 0.0) -> None:
        """`pause_s` of silence come first."""
        self.louder_db = louder_db
        self._sound, self._at = bytes((ulaw.SILENCE,)) * round(pause_s * RATE), 0
        self._first = len(self._sound)

    @property
    def left(self) -> int:
        """Samples to come."""
        return len(self._sound) - self._at

    def press(self, keys: str) -> None:
        """These keys too. Raises ValueError for one that no telephone has."""
        if not self.left:
            self._sound, self._at, self._first = b"", 0, 0
        self._sound += dtmf.tones(keys, ON, OFF, louder_db=self.louder_db)

    def take(self, count: int) -> bytes:
        """The next samples, `count` at most."""
        out = self._sound[self._at : self._at + count]
        self._at += len(out)
        return out

    def torn(self) -> None:
        """The card ran dry: what counts as a key already is left there, what does not begins anew."""
        said = (self._at - self._first) % round((ON + OFF) * RATE)
        if self.left and self._at > self._first and 0 < said < ON * RATE:
            self._at += round(ON * RATE) - said if said >= COUNTS_S * RATE else -said
