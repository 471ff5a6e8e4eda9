"""The sound of one conversation between the card and the two elastic pipes to the SIP thread."""

import functools
import logging
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from appliance.lines.ears import AT_ONCE, FRAME_BYTES, Ears
from appliance.lines.elastic import Elastic
from appliance.lines.figures import TalkFigures
from appliance.lines.keying import Keying
from appliance.lines.keys import Keys, Witness
from appliance.lines.music import Music
from appliance.lines.placing import Course, Listener, Stage
from appliance.lines.supervision import BY_TONE, FarEnd
from appliance.media import dtmf, ulaw
from appliance.media.cadence import Plan
from appliance.media.echo import EchoPath, EchoUnavailable, canceller
from appliance.media.limiter import limited
from hw.modem.events import Sign
from hw.modem.ledger import Ledger

logger = logging.getLogger(__name__)

RECENT: Final = 500  # pieces of 80 ms: the silence that ends a call, and the tone before it
SENT_KEPT: Final = 4000  # samples: more than the card ever holds
MUTE: Final = (np.sin(np.arange(800) * np.pi / 4) * np.hanning(800) * 2000).astype(np.int16).tobytes()
"""0.1 s of a soft 1000 Hz: the line is silent, said to whoever of ours hears it."""
OWN_KEYS: Final = 2400  # samples: our own tones may still come back so long after the last of them was sent


class Pipes:
    """What the media thread and a line's worker share: samples from the line and samples to the line."""

    def __init__(self) -> None:
        self.from_line = Elastic()
        self.to_line = Elastic()

    def clear(self) -> None:
        """A leg begins or is over: what is left of one is not for another."""
        self.from_line.clear()
        self.to_line.clear()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a batch of samples brought: `out` is to be played, `gone` says why the far end is gone, or nothing.

    `gone_s` is for how long it had been gone by then, `course` what came of a call that is being placed.
    """

    out: bytes
    gone: str = ""
    digits: str = ""
    course: Course = None
    gone_s: float = 0.0


class Talk:
    """One seizure's audio. `is_attached` tells whether the leg is up; without it the caller hears music."""

    def __init__(
        self, country: str, pipes: Pipes, music: Music, keys: Witness = Witness.AUDIO, echo: EchoPath | None = None,
        is_shared: bool = False, learnt: tuple[Plan, ...] = (),
    ) -> None:  # fmt: skip
        self._learnt, self._recent, self.came_in = learnt, deque[bytes](maxlen=RECENT), True
        self._country, self._is_shared, self._pipes, self._music = country, is_shared, pipes, music
        self._far_end = FarEnd(country, is_shared=is_shared, learnt=learnt)
        self.placing: Listener | None = None
        """The call on its way out; None once it was answered, and for calls that came in."""
        self.keying, self._said_of_silence = Keying(), b""
        self._deaf_to_keys = 0
        self.ledger = Ledger()
        self._dtmf, self._keys = dtmf.Detector(), Keys(keys)
        self._samples = self._overruns = 0
        self._last = b"", b""
        self._echo, self._sent, self._ears, self._unheard = echo, b"", Ears(), b""
        self.is_attached = False

    def attend(self, is_attended: bool) -> None:
        """Whether a person of ours hears the line and would notice silence."""
        self._far_end.attend(is_attended)

    @property
    def is_overloaded(self) -> bool:
        """The modem's link carries less than a call needs."""
        return self.ledger.is_overloaded

    @property
    def measured(self) -> TalkFigures:
        """How the sound fared, in figures."""
        erle = self._ears.erle if self._echo is not None else None
        return TalkFigures(
            self._samples, self.ledger.underruns, self._overruns, self._far_end.false_alarms, erle
        )  # fmt: skip

    @property
    def recent(self) -> bytes:
        """Linear samples of the line of the last half minute and more."""
        return b"".join(self._recent)

    @property
    def levels(self) -> tuple[float, float]:
        """The last batch from the line and to it, in dBFS."""
        return ulaw.level(self._last[0]), ulaw.level(self._last[1])

    def figures(self) -> str:
        """How the sound fared, for the log."""
        pipes = (("from", self._pipes.from_line), ("to", self._pipes.to_line))
        told = (f"{way} line: {p.slips} slips, {p.repeats} repeats, {p.cuts} cuts" for way, p in pipes)
        keys = self._keys.figures(self._samples)
        return "; ".join((f"card ran dry {self.ledger.underruns} times", *told, *((keys,) if keys else ())))

    def begin(self) -> bytes:
        """What the card is to play first."""
        self._sent = self.ledger.prefill()
        return self._sent

    def attach(self) -> None:
        """The leg is up."""
        self._pipes.clear()
        self.is_attached = True

    def hear(self, samples: bytes) -> Heard:
        """Take µ-law samples from the card."""
        pcm, judged = self._without_echo(samples)
        if self.is_attached:
            self._pipes.from_line.push(self._with_warning(pcm))
        self.ledger.may_lie = bool(self.keying.left) or (
            self.placing is not None and self.placing.stage is Stage.DIGITS
        )
        owed = self.ledger.owed(len(samples))
        if self.ledger.is_dry:
            (self.placing or self.keying).torn()
        out = self._spoken(owed, len(samples))
        self._sent = (self._sent + out)[-SENT_KEPT:]
        self._samples += len(samples)
        self._last = samples, out
        self._deaf_to_keys = max(0, self._deaf_to_keys - len(samples))
        self._unheard += judged
        if len(self._unheard) < AT_ONCE * FRAME_BYTES:
            return Heard(out)
        judged, self._unheard = self._unheard, b""
        self._recent.append(judged)
        if self.placing is not None:
            return Heard(out, course=self.placing.hear(judged))
        keys = [press.digit for press in self._dtmf.hear(judged)]
        keys = [key for key in keys if not self._deaf_to_keys and not self._ears.own.has_key(key)]
        pressed = (self._keys.report(key, Witness.AUDIO, self._samples) for key in keys)
        gone = self._far_end.hear(judged)
        if gone is not None and gone.rule in {
            BY_TONE[tone] for tone in self._ears.own.tones(self._country, self._learnt)
        }:
            self._far_end.mistaken()
            gone = None
        if self._far_end.is_mute():
            self._said_of_silence = MUTE + bytes(len(MUTE)) + MUTE
        return Heard(out, str(gone or ""), "".join(pressed), gone_s=gone.gone_s if gone else 0.0)

    def _with_warning(self, pcm: bytes) -> bytes:
        """What the leg is to hear: the line, or that there was nothing on it for a minute (S5)."""
        said, self._said_of_silence = self._said_of_silence[: len(pcm)], self._said_of_silence[len(pcm) :]
        return said + pcm[len(said) :]

    def _spoken(self, count: int, passed: int) -> bytes:
        """What the line is to hear next: digits and keys before voices.

        Of a call on its way out it hears no voice: what our side said in the samples that `passed` is over.
        """
        tones = self.keying.take(count)
        if self.placing is not None:
            if self.is_attached:
                self._pipes.to_line.pull(passed)
            return tones + self.placing.take(count - len(tones))
        said = ulaw.encode(self._pipes.to_line.pull(count)) if self.is_attached else self._music.take(count)
        return tones + limited(said)[len(tones) :]

    def flashed(self) -> None:
        """We opened the loop for a moment."""
        self._far_end.flashed()

    def press(self, keys: str) -> None:
        """Our side pressed keys: tones for the line, of which we shall hear the echo."""
        self.keying.press("".join(key for key in keys.upper() if key in dtmf.KEYS))
        self._deaf_to_keys = self.keying.left + OWN_KEYS

    def answered(self, *, by_reversal: bool) -> None:
        """The far end answered: both sides hear each other, and from now on its hang-up is listened for."""
        self.placing, self.came_in = None, False
        self._far_end = FarEnd(
            self._country, is_outgoing=not by_reversal, is_shared=self._is_shared, learnt=self._learnt
        )

    def _without_echo(self, samples: bytes) -> tuple[bytes, bytes]:
        """Linear samples of the line for the leg, and for the detectors.

        What the card played meanwhile is the oldest of what the ledger says it held.
        """
        pcm = ulaw.decode(samples)
        if self._echo is None:
            return pcm, pcm
        held = self._sent[len(self._sent) - self.ledger.level :]
        played = held[: len(samples)].ljust(len(samples), bytes((ulaw.SILENCE,)))
        sent = ulaw.decode(played)
        clean = self._echo.cancel(pcm, sent)
        return clean, self._ears.hear(pcm, sent, clean)

    def key(self, digit: str) -> str:
        """The modem's chip heard a key; returns it when the chip is the one to believe."""
        return self._keys.report(digit, Witness.MODEM, self._samples)

    def sign(self, sign: Sign) -> None:
        """A signal of the modem."""
        if sign in (Sign.UNDERRUN, Sign.OVERRUN, Sign.LOST) and self._echo is not None:
            self._echo.realign()
        self._overruns += sign in (Sign.OVERRUN, Sign.LOST)
        if sign is Sign.UNDERRUN:
            self.ledger.ran_dry()
        elif self.placing is not None:
            self.placing.sign(sign)
        else:
            self._far_end.sign(sign)


def echo_path(is_wanted: bool) -> EchoPath | None:
    """A canceller for one seizure; None where none is wanted or there is none, which is said once."""
    if not is_wanted:
        return None
    try:
        return EchoPath(canceller())
    except EchoUnavailable as missing:
        _say_once(str(missing))
        return None


@functools.cache
def _say_once(sentence: str) -> None:
    logger.warning("%s", sentence)
