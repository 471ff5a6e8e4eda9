"""A call on a half-duplex modem: we announce or we listen, never both at once (fxo §1.5).

Rules:
1. Whenever our side has nothing to say the line listens: who speaks behind the beep is recorded, who hangs up is heard.
   A sound of ours turns the modem; what is said meanwhile waits for it, so that no word of a prompt is lost.
2. Keys are the chip's to hear while it announces: our detector hears nothing then.
3. A sign that the caller may be gone, or a minute of sound without a pause, makes the line listen for a while: music
   that never ends must not hold a line whose caller hung up.
"""

from dataclasses import replace
from typing import Final

from appliance.lines.figures import TalkFigures
from appliance.lines.keys import Witness
from appliance.lines.leg import Leg, Phase
from appliance.lines.music import Music
from appliance.lines.outgoing import CallsOut
from appliance.lines.settings import Line as LinePort
from appliance.lines.talk import Pipes, Talk, echo_path
from appliance.media import ulaw
from appliance.media.cadence import Plan
from hw.modem.driver import Modem
from hw.modem.events import Sign, Way
from hw.modem.ledger import SAMPLES_PER_MS, SILENCE, TARGET_MS

RATE: Final = 1000 * SAMPLES_PER_MS
TICK_S: Final = 0.02
LATE: Final = RATE // 10  # samples: after a stall of ours what should have been said before that is left out
SOUND_DB: Final = -55.0
"""Prompts and music are louder; what a switch plays between them is silence itself."""
PAUSE_S: Final = 0.4
"""So long without a sound our side has nothing to say; a longer pause between two sentences costs one turn."""
LISTEN_S: Final = 6.0
"""Long enough for three cycles of any country's busy tone or reorder."""
WITHOUT_PAUSE_S: Final = 60.0
WAITS_S: Final = 2.0
"""What our side says while the line has to listen waits for so long; older sound is worth nothing."""
SAME_KEY_S: Final = 0.3
"""A key that the chip heard as the modem turned may still sound when our detector begins to hear."""
SUSPECT: Final = frozenset({Sign.BUSY, Sign.DIAL_TONE, Sign.LOOP_DROP, Sign.REVERSAL, Sign.VOLTAGE_DROP})
PREFILL: Final = bytes((SILENCE,)) * (TARGET_MS * SAMPLES_PER_MS)


class Turns(Talk):
    """One seizure that begins announcing. The owner calls `say` when `due`, and `turned` once a stream has begun anew.

    No sample comes from a line that announces, so the clock is the owner's: a card's drift of 100 ppm is a millisecond
    in ten seconds, and each turn begins afresh.
    """

    def __init__(
        self, country: str, pipes: Pipes, music: Music, keys: Witness = Witness.AUDIO, is_shared: bool = False,
        learnt: tuple[Plan, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(country, pipes, music, keys, is_shared=is_shared, learnt=learnt)
        self.way = Way.ANNOUNCE
        self.is_turning = self._is_suspicious = False
        self._from: float | None = None
        self._taken = self._quiet = self._missed = 0
        self._key_at = -RATE
        self._waiting = b""
        self._listens_until = 0.0

    @property
    def measured(self) -> TalkFigures:
        """What is received comes with gaps: it tells nothing of the card's clock."""
        return replace(super().measured, is_steady=False)

    def begin(self) -> bytes:
        """Silence first, so that what follows does not run dry."""
        return PREFILL

    def due(self) -> float:
        """When `say` is to be called next."""
        return 0.0 if self._from is None else self._from + self._taken / RATE + TICK_S

    def say(self, now: float) -> tuple[bytes, Way | None]:
        """Samples for a line that announces, and which way the modem is to turn then, if it is to."""
        self._listen_to_ours(now)
        if self.is_turning:
            return b"", None
        if self.way is Way.RECORD:
            return b"", self._turn(Way.ANNOUNCE) if self._waiting and now >= self._listens_until else None
        out, self._waiting = self._waiting, b""
        if self._is_suspicious or self._missed >= WITHOUT_PAUSE_S * RATE:
            self._listens_until = now + LISTEN_S
        is_over = self._quiet >= PAUSE_S * RATE or now < self._listens_until
        return out, self._turn(Way.RECORD) if is_over else None

    def turned(self, way: Way) -> bytes:
        """The modem has turned; what it is to play first."""
        self.way, self.is_turning, self._is_suspicious = way, False, False
        if way is Way.ANNOUNCE:
            return PREFILL
        self._far_end.missed(self._missed / RATE)
        self._missed = 0
        if self._taken - self._key_at < SAME_KEY_S * RATE:
            self._deaf_to_keys = round(SAME_KEY_S * RATE)
        return b""

    def key(self, digit: str) -> str:
        """The chip heard a key: nobody else can while it announces."""
        if self.way is Way.RECORD:
            return super().key(digit)
        self._key_at = self._taken
        return digit

    def sign(self, sign: Sign) -> None:
        """A signal of the modem: what may be a hang-up is to be listened for."""
        self._is_suspicious |= self.way is Way.ANNOUNCE and sign in SUSPECT
        super().sign(sign)

    def _spoken(self, count: int, passed: int) -> bytes:
        """Nothing is said while samples come: the modem listens."""
        return b""

    def _turn(self, way: Way) -> Way:
        self.is_turning = True
        return way

    def _listen_to_ours(self, now: float) -> None:
        """Take what our side said since the last time."""
        self._from = now if self._from is None else self._from
        count = round((now - self._from) * RATE) - self._taken
        self._taken += count
        count = min(count, LATE)
        if count <= 0:
            return
        if self.is_attached and (self.is_turning or self.way is Way.ANNOUNCE):
            self._pipes.from_line.push(bytes(2 * count))  # what is not heard is silence, not the last sound again
        said = super()._spoken(count, count)
        is_sound = ulaw.level(said) > SOUND_DB
        is_announcing = self.way is Way.ANNOUNCE
        self._quiet = 0 if is_sound else self._quiet + count
        self._missed += count if is_announcing else 0
        if is_sound or self._waiting or (is_announcing and not self.is_turning):
            self._waiting = (self._waiting + said)[-round(WAITS_S * RATE) :]


def begin_talk(
    port: LinePort, pipes: Pipes, music: Music, out: CallsOut, leg: Leg, learnt: tuple[Plan, ...] = ()
) -> Talk:
    """The sound of a seizure, of the kind that the modem is capable of."""
    country, keys, is_shared = port.country.upper(), Witness(port.keys), port.parallel_phones
    if out.why_not:
        talk: Talk = Turns(country, pipes, music, keys, is_shared, learnt)
    else:
        echo = echo_path(port.echo_cancelling and not out.is_examined)
        talk = Talk(country, pipes, music, keys, echo, is_shared, learnt)
    talk.keying.louder_db = port.tones_db
    talk.ledger.most = port.card_ms * SAMPLES_PER_MS
    if leg.phase is Phase.UP:
        talk.attach()
    talk.attend(leg.is_attended)
    return talk


def due_turn(talk: Talk | None) -> float | None:
    """When `take_turns` is due; None where both sides are heard at once."""
    return talk.due() if isinstance(talk, Turns) else None


def take_turns(talk: Talk | None, modem: Modem | None, now: float) -> None:
    """Say what our side says, and turn the modem when it is time to."""
    if modem is None or not isinstance(talk, Turns) or now < talk.due():
        return
    samples, way = talk.say(now)
    modem.play(samples)
    if way is not None:
        modem.turn(way, now)


def have_turned(talk: Talk | None, modem: Modem | None) -> None:
    """The modem's next stream has begun."""
    if modem is not None and isinstance(talk, Turns):
        modem.play(talk.turned(modem.way))
