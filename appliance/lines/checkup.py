"""A line examined by ear: is there dial tone, how noisy is it, how much comes back of what we say (fxo §5).

The line is taken as for a call. After the dial tone one digit silences it; then the noise is measured, then a burst of
noise of ours and its echo. It is let go within eight seconds and nobody is called. Levels are dBFS.
"""

import enum
import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from appliance.lines.facts import LegAsked, Trunk
from appliance.lines.keying import RATE
from appliance.lines.leg import Phase
from appliance.lines.outgoing import CallsOut, Found, Outgoing
from appliance.lines.placing import Course, Stage
from appliance.lines.states import State
from appliance.media import dtmf, ulaw
from appliance.media.progress import Answer, Checked, DialTone, DialToneWatch
from hw.modem.countries import Country
from hw.modem.events import Sign

DIGIT: Final = "1"
SETTLE_S, QUIET_S, BURST_S, TAIL_S = 0.7, 0.5, 1.0, 0.3
BURST_DB: Final = -18.0
NOISY_DB: Final = -45.0
"""Louder than this and callers complain."""
ECHOING_DB: Final = 6.0
"""Less loss than this between what we say and what comes back: the canceller will have a hard time."""
LONGEST_ECHO: Final = 2000  # samples
FULL_SCALE: Final = 32768.0 / 2**0.5


class Part(enum.Enum):
    """What is being listened to."""

    DIAL_TONE = "dial tone"
    DIGIT = "one digit"
    QUIET = "silence"
    BURST = "our own noise"


class Checkup:
    """In the place of a `Placing`. `found` grows; `hear` answers `Checked.DONE` at the end."""

    def __init__(self, country: Country) -> None:
        self.stage = Stage.DIAL_TONE
        self.found: list[Found] = []
        self._country, self._part = country, Part.DIAL_TONE
        self._watch = DialToneWatch(country.code)
        self._heard: NDArray[np.float64] = np.zeros(0)
        self._burst = _burst()
        self._out = b""
        self._sent = 0
        self._noise_db = -90.0

    def sign(self, sign: Sign) -> None:
        """The modem's signals tell nothing here."""

    def torn(self) -> None:
        """One digit more or less: nobody is called."""

    def take(self, count: int) -> bytes:
        """What the line is to hear: the digit, the burst, else silence."""
        out, self._out = self._out[:count], self._out[count:]
        return out.ljust(count, bytes((ulaw.SILENCE,)))

    def hear(self, pcm: bytes) -> Course:
        """Linear samples of the line; the outcome once there is one."""
        self._heard = np.concatenate([self._heard, np.frombuffer(pcm, np.int16).astype(np.float64)])
        match self._part:
            case Part.DIAL_TONE:
                return self._dial_tone(pcm)
            case Part.DIGIT if len(self._heard) >= (SETTLE_S + 0.2) * RATE:
                self._go_on(Part.QUIET)
            case Part.QUIET if len(self._heard) >= QUIET_S * RATE:
                self._noise_db = level(self._heard)
                self.found.append(Found("noise", self._noise_db < NOISY_DB, round(self._noise_db, 1)))
                self._out = ulaw.encode(self._burst.astype(np.int16).tobytes())
                self._go_on(Part.BURST)
            case Part.BURST if len(self._heard) >= (BURST_S + TAIL_S) * RATE:
                self.found.append(self._echo())
                return Checked.DONE
        return None

    def _dial_tone(self, pcm: bytes) -> Course:
        outcome = self._watch.hear(pcm)
        if outcome is None:
            return None
        loud, hertz = level(self._heard[-RATE // 2 :]), strongest(self._heard[-RATE // 2 :])
        if outcome is DialTone.HEARD:
            self.found.append(Found("dial_tone", True, round(self._watch.seconds, 1), f"{loud:.0f} dB, {hertz:.0f} Hz"))
            self._out = dtmf.tones(DIGIT, louder_db=self._country.tones_db)
            self._go_on(Part.DIGIT)
            return None
        tone = f"{loud:.0f} dB, {hertz:.0f} Hz" if loud > NOISY_DB else ""
        self.found.append(Found(_ABSENT[outcome], False, round(self._watch.seconds, 1), tone))
        return outcome

    def _go_on(self, part: Part) -> None:
        self._part, self._heard = part, np.zeros(0)

    def _echo(self) -> Found:
        """How much quieter the echo is than what we said, and how many milliseconds later it comes."""
        back = self._heard
        matched = np.correlate(back, self._burst[: RATE // 2], "valid")[:LONGEST_ECHO]
        late = int(np.argmax(np.abs(matched))) if len(matched) else 0
        heard = back[late : late + RATE // 2]
        gain = float(heard @ self._burst[: len(heard)]) / float(self._burst[: len(heard)] @ self._burst[: len(heard)])
        loss = -20 * math.log10(max(abs(gain), 1e-4))
        return Found("echo", loss >= ECHOING_DB, round(loss, 1), f"{1000 * late / RATE:.0f} ms")


_ABSENT: Final = {
    DialTone.ABSENT: "no_dial_tone",
    DialTone.ENGAGED: "busy_tone",
    DialTone.GLARE: "somebody_there",
}


class CheckCall(Outgoing):
    """In the place of a call that goes out, with nobody who asked for it; `told` gets what was found, once."""

    def __init__(self, line: str, trunk: Trunk, country: Country, told: Callable[[tuple[Found, ...]], None]) -> None:
        super().__init__(line, LegAsked(0, ""), "", trunk)
        self.leg.phase = Phase.NONE
        self.checkup, self._told = Checkup(country), told

    def listener(self, country: Country) -> Checkup:
        """What hears the line."""
        return self.checkup

    def is_heard(self) -> None:
        """Nobody listens."""

    def answered(self, evidence: Answer) -> None:
        """Nobody was called."""

    def refuse(self, code: int, why: str) -> None:
        """It is over: tell what was found."""
        found = tuple(self.checkup.found) or (Found("given_up", False, detail=why),)
        told, self._told = self._told, lambda _found: None
        told(found)


def examine(out: CallsOut, alarm: str, volts: float | None, state: State, now: float) -> None:
    """Examine the line, if it is free to be: what the modem told of itself and of the wire comes first."""
    told: tuple[Found, ...] = (Found("modem", not alarm, detail=alarm),)
    if volts is not None and not alarm and state is State.IDLE:  # an alarm says it, and in a call it is another
        told += (Found("voltage", True, volts),)

    def examined(found: tuple[Found, ...]) -> None:
        out.examined((*told, *found))

    if out.why_not:
        out.examined(told)  # it cannot be heard and spoken on at once
    elif not out.check(CheckCall(out.line, out.trunk, out.country, examined), state, now):
        out.examined((*told, Found("not_free", False, detail=state.value)))


def level(samples: NDArray[np.float64]) -> float:
    """In dBFS."""
    mean = float((samples @ samples) / max(1, len(samples)))
    return 20 * math.log10(max(math.sqrt(mean), 1e-3) / FULL_SCALE)


def strongest(samples: NDArray[np.float64]) -> float:
    """The frequency that is loudest, Hz."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE)[int(np.argmax(power))]) if len(samples) else 0.0


def _burst() -> NDArray[np.float64]:
    """The same noise each time, of telephone bandwidth."""
    white = np.random.default_rng(1).normal(size=round(BURST_S * RATE))
    smooth: NDArray[np.float64] = np.convolve(white, np.array([0.25, 0.5, 0.25]), "same")
    loud = FULL_SCALE * 10 ** (BURST_DB / 20) / float(np.sqrt((smooth**2).mean()))
    return np.asarray(smooth * loud)
