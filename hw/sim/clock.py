"""The codec's crystal: how many samples there have been, from a start and a rate, never from counting sleeps."""

from hw.sim.sound import RATE


class CodecClock:
    """Runs while the line is looped. Times are monotonic seconds; a quantum is delivered at its end."""

    def __init__(self, quantum: float, ppm: float) -> None:
        """`ppm` is the error of the crystal; `quantum` the seconds between deliveries."""
        self.rate = RATE * (1 + ppm / 1e6)
        self.samples = 0
        self._quantum = quantum
        self._started: float | None = None
        self._quanta = self._base = 0

    def set_ppm(self, ppm: float, now: float) -> None:
        """Another error of the crystal, from this quantum on."""
        if self._started is not None:
            begun = self._started + self._quanta * self._quantum
            self._base, self._started, self._quanta = self.samples, begun, 0
        self.rate = RATE * (1 + ppm / 1e6)

    @property
    def is_running(self) -> bool:
        """Samples are being made."""
        return self._started is not None

    def start(self, now: float) -> None:
        """Sample 0 is at `now`."""
        self._started, self._quanta, self._base, self.samples = now, 0, 0, 0

    def stop(self) -> None:
        """No more samples."""
        self._started = None

    def next_due(self) -> float | None:
        """When the quantum in the making ends."""
        return None if self._started is None else self._started + (self._quanta + 1) * self._quantum

    def advance(self) -> int:
        """Ends the quantum; how many samples it had."""
        self._quanta += 1
        before, self.samples = self.samples, self._base + int(self._quanta * self._quantum * self.rate + 1e-6)
        return self.samples - before

    def lead_at(self, now: float) -> int:
        """How many samples after the next one to be made belongs to `now`; 0 if that one is late already."""
        if self._started is None:
            return 0
        return max(0, self._base + int((now - self._started) * self.rate) - self.samples)

    def time_of(self, sample: int) -> float:
        """When that sample is on the line."""
        return (self._started or 0.0) + (sample - self._base) / self.rate
