"""A person at the far end of a telephone line: rings, speaks, dials, hears and hangs up.

Sans-IO: samples are read and written by the exchange. `Caller` in `card.py` is the thread-safe face of it.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum

from hw.sim.errors import SimulatorError
from hw.sim.sound import RATE, Chain, Silence, Sound
from hw.sim.ulaw import SILENCE, Linear, decode

HEARD_KEPT = 1800 * RATE


class CallerState(Enum):
    """Where a caller stands. The last four are final."""

    RINGING = "ringing"
    CONNECTED = "connected"
    GAVE_UP = "gave_up"
    HUNG_UP = "hung_up"
    RELEASED = "released"
    ENGAGED = "engaged"

    @property
    def is_final(self) -> bool:
        """No way leads on."""
        return self not in (CallerState.RINGING, CallerState.CONNECTED)


class HangUp(Enum):
    """What the line does when the far end hangs up (fxo §3.3)."""

    LOOP_DROP = "loop_drop"
    BUSY_TONE = "busy_tone"
    LATE_BUSY_TONE = "late_busy_tone"
    REORDER_TONE = "reorder_tone"
    DIAL_TONE = "dial_tone"
    REVERSAL = "reversal"
    ANNOUNCEMENT = "announcement"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller heard: linear samples without a gap, 8000 a second by the card's clock.

    `first_at` is the monotonic time at which the first of them was played; `rate` is that clock's true rate in Hz.
    """

    first_at: float
    rate: float
    samples: Linear


def masked(number: str | None) -> str:
    """A number as a log may show it."""
    return "unknown" if number is None else number[:-4] + "***" if len(number) > 4 else number


class RemoteParty:
    """One caller of one call."""

    def __init__(self, number: str | None, name: str | None, voice: Sound | None) -> None:
        """`voice` is spoken from the moment of connection; None is a silent caller."""
        self.number, self.name = number, name
        self.state = CallerState.RINGING
        self.first_heard_at: float | None = None
        self._voice: Sound = voice or Silence()
        self._keys: Sound | None = None
        self._heard: deque[bytes] = deque()
        self._kept = 0
        self._dropped = 0

    def speak(self, count: int) -> bytes:
        """The next `count` µ-law bytes from this person's mouth or keypad."""
        said = b""
        if self._keys is not None:
            said = self._keys.read(count)
            if len(said) < count:
                self._keys = None
        if len(said) < count:
            said += self._voice.read(count - len(said))
        return said + SILENCE * (count - len(said))

    def say(self, sound: Sound, lead: int) -> None:
        """Speaks `sound` instead of what was spoken, after `lead` samples of silence."""
        self._voice = Chain(Silence(lead / RATE), sound)

    def press(self, keys: Sound, lead: int) -> None:
        """Sends digits in band; the voice rests meanwhile."""
        self._keys = Chain(Silence(lead / RATE), keys)

    @property
    def is_pressing(self) -> bool:
        """Digits are still on their way."""
        return self._keys is not None

    def hear(self, ulaw: bytes, at: float) -> None:
        """What reaches the ear, its first sample played at monotonic `at`."""
        if self.first_heard_at is None:
            self.first_heard_at = at
        self._heard.append(ulaw)
        self._kept += len(ulaw)
        while self._kept > HEARD_KEPT:
            gone = len(self._heard.popleft())
            self._kept -= gone
            self._dropped += gone

    @property
    def seconds_heard(self) -> float:
        """How long this person has listened."""
        return (self._kept + self._dropped) / RATE

    def heard(self, rate: float) -> Heard:
        """Everything heard since the connection (the last 30 minutes of it); SimulatorError before the connection."""
        if self.first_heard_at is None:
            raise SimulatorError(
                f"asked what the caller heard, but the caller is {self.state.value}; be connected first"
            )
        return Heard(self.first_heard_at + self._dropped / rate, rate, decode(b"".join(self._heard)))
