"""What a card counts, and whose lateness it was when its transmit FIFO ran dry."""

from dataclasses import dataclass

from hw.sim.exchange import LineState

FRAME = 160  # samples: a host that takes sound in frames of 20 ms need not answer less
IN_TIME = 0.030  # seconds: of the 60 ms a host keeps in a card (fxo §2.7), what its frame and ours of 10 ms leave
LATE = 0.020
RECENT = 0.1
OWN_CLOCK = "the card's own clock"


@dataclass(frozen=True, slots=True)
class CardStats:
    """Counts since the card was made, samples of all streams; `longest_off_hook` is seconds, now included.

    Of the `underruns`, `starved` are those in which the card's own clock was late and the host was not.
    """

    is_off_hook: bool
    line: LineState
    rx_samples: int
    tx_samples: int
    underruns: int
    starved: int
    overruns: int
    seizures: int
    longest_off_hook: float


class Punctuality:
    """How late card and host are. A card whose thread overslept plays several quanta at once, which no host can feed:
    a real card never does. A host is late from when it was given a frame until it gives samples.
    """

    def __init__(self) -> None:
        self.starved = 0
        self._now = self._late = self._late_at = self._since = 0.0
        self._unanswered = 0

    def turned(self, now: float, due: float | None) -> None:
        """The card looks at what is due; the first of it was due then."""
        self._now = now
        late = now - due if due is not None else 0.0
        if late >= self._late or now - self._late_at > RECENT:
            self._late, self._late_at = late, now

    def gave(self, samples: int) -> None:
        """The host gets so many samples of the line."""
        was, self._unanswered = self._unanswered, self._unanswered + samples
        if was < FRAME <= self._unanswered:
            self._since = self._now

    def answered(self) -> None:
        """The host gave samples, or a stream begins."""
        self._unanswered = 0

    def ran_dry(self) -> str:
        """The FIFO ran dry; the story for the log."""
        host = self._now - self._since if self._unanswered >= FRAME else 0.0
        is_starved = self._late >= LATE and host <= IN_TIME
        self.starved += is_starved
        whose = OWN_CLOCK if is_starved else "the host"
        return f"{whose}; the card was {1000 * self._late:.0f} ms late, the host {1000 * host:.0f} ms"
