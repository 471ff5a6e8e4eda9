"""The cable between a card and its host: bytes held up, lost, doubled or rationed on their way (specs: fxo §1.2, §3.2).

Sans-IO; times are monotonic seconds. What the card says gathers in `said`; what arrives at the host is `output`.
"""

import random

_BURST = 0.1  # seconds of budget that may be used at once


class Cable:
    """Both ways of one cable. A sound one hands everything over at once."""

    def __init__(self, said: bytearray, budget: float | None, seed: int) -> None:
        """`budget` is bytes per second both ways together while a stream runs; None has no limit."""
        self.output = bytearray()
        self.is_frozen = False
        self.lost = self.doubled = 0.0
        self._said, self._held = said, bytearray()
        self._chance = random.Random(seed)
        self.ration(budget)

    def ration(self, budget: float | None) -> None:
        """Another byte budget from now on."""
        self._budget = budget
        self._tokens = 0.0 if budget is None else budget * _BURST
        self._counted_at: float | None = None

    @property
    def room(self) -> int | None:
        """How many bytes of a stream the host may send now; None is no limit."""
        return None if self._budget is None else max(0, int(self._tokens))

    @property
    def waiting(self) -> int:
        """Bytes the host has not read."""
        return len(self._said) + len(self.output)

    def sent(self, data: bytes) -> bytes:
        """Bytes of the host, as they reach the card now; a frozen card has them later."""
        data = self._worn(data)
        self._tokens -= len(data)
        if self.is_frozen:
            self._held += data[: max(0, 4096 - len(self._held))]
            return b""
        return data

    def thaw(self) -> bytes:
        """The card moves again; what the host sent meanwhile."""
        self.is_frozen = False
        held, self._held = bytes(self._held), bytearray()
        return held

    def carry(self, now: float, is_streaming: bool) -> None:
        """Brings what the card said to the host, as far as the cable lets it."""
        self._refill(now)
        if self.is_frozen or not self._said:
            return
        count = len(self._said)
        if is_streaming and self._budget is not None:
            count = min(count, max(0, int(self._tokens)))
            self._tokens -= count
        carried = bytes(self._said[:count])
        del self._said[:count]
        self.output += self._worn(carried)

    def clear(self) -> None:
        """Nothing is on its way any more."""
        self._said.clear()
        self._held.clear()
        self.output.clear()

    def _refill(self, now: float) -> None:
        if self._budget is not None and self._counted_at is not None:
            self._tokens = min(self._budget * _BURST, self._tokens + self._budget * (now - self._counted_at))
        self._counted_at = now

    def _worn(self, data: bytes) -> bytes:
        """`data` with bytes lost and doubled."""
        if not (self.lost or self.doubled):
            return data
        worn = bytearray()
        for byte in data:
            if self._chance.random() >= self.lost:
                worn.append(byte)
                if self._chance.random() < self.doubled:
                    worn.append(byte)
        return bytes(worn)
