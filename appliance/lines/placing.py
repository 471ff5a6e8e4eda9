"""A call on its way out, as sound: dial tone is waited for, the digits are sent as tones, and then we listen.

Where the modem dials (fxo §2.4, mode B) it waits for dial tone and sends the digits before any sound comes, and what it
says of them has the meaning of what we should have heard. From there on it is the same call.

Time is counted in samples heard. The line hears only what `take` gives it until the far end answered: what our side
says meanwhile would come back as an echo and be taken for an answer.
"""

import enum
from typing import Final, Protocol

from appliance.lines.keying import RATE, Keying
from appliance.media import ulaw
from appliance.media.progress import Answer, Checked, DialTone, DialToneWatch, Progress, Refused
from hw.modem.countries import Country
from hw.modem.events import Result, Sign

PAUSE_S: Final = 0.1  # between the dial tone that was heard and the first digit
ECHO_S: Final = 0.3  # our own last digit is still heard for so long


class NotDialled(enum.Enum):
    """Why the modem did not dial, where our own ears have no word for it."""

    FORBIDDEN = "the modem's own list of failed numbers forbids it"
    TOO_SOON = "the modem makes it wait after failed calls"
    LINE_TAKEN = "another telephone holds the line, or there is none"
    NO_WORD = "the modem's dialler gave no answer, or does not work"


Course = DialTone | Answer | Refused | Checked | NotDialled | None

BY_MODEM: Final[dict[Result, DialTone | Refused | NotDialled]] = {
    Result.NO_DIAL_TONE: DialTone.ABSENT,
    Result.NO_CARRIER: DialTone.GLARE,  # it rang a moment ago: a chip does not dial for eight seconds then
    Result.BUSY: Refused.BUSY,
    Result.NO_ANSWER: Refused.NO_ANSWER,
    Result.BLACKLISTED: NotDialled.FORBIDDEN,
    Result.DELAYED: NotDialled.TOO_SOON,
    Result.LINE_IN_USE: NotDialled.LINE_TAKEN,
    Result.NO_LINE: NotDialled.LINE_TAKEN,
    Result.INTRUSION: NotDialled.LINE_TAKEN,
}
"""What a result of the modem's dialler means; any other means NO_WORD."""


class Stage(enum.Enum):
    """How far the call is."""

    DIAL_TONE = "waiting for dial tone"
    DIGITS = "dialling"
    PROGRESS = "waiting for an answer"


class Listener(Protocol):
    """What hears the line in the place of a conversation, and says what the line hears meanwhile."""

    stage: Stage

    def torn(self) -> None:
        """The card ran dry: what was taken so far was heard, and then a gap."""

    def hear(self, pcm: bytes) -> Course:
        """Linear samples of the line; the outcome once there is one."""

    def take(self, count: int) -> bytes:
        """The next `count` µ-law samples for the line."""

    def sign(self, sign: Sign) -> None:
        """A signal of the modem."""


class Placing:
    """One call. `has_rung`: ringing was seen as the line was taken; `is_emergency`: dialled is answered.

    `is_dialled`: the modem has sent the digits.
    """

    def __init__(
        self,
        country: Country,
        number: str,
        *,
        has_rung: bool = False,
        is_emergency: bool = False,
        is_dialled: bool = False,
    ) -> None:
        self.stage = Stage.PROGRESS if is_dialled else Stage.DIAL_TONE
        self._country, self._is_emergency = country, is_emergency
        self._watch = DialToneWatch(country.code, has_rung)
        self._progress = Progress(country.code, country.answer_limit)
        self._digits = Keying(country.tones_db, PAUSE_S)
        self._digits.press(number)
        self._deaf = 0
        self._is_reversed = False

    def hear(self, pcm: bytes) -> Course:
        """What came of the call, once something did; DialTone.HEARD is never told, dialling follows by itself."""
        match self.stage:
            case Stage.DIAL_TONE:
                return self._wait(pcm)
            case Stage.DIGITS:
                self._listen_soon(len(pcm) // 2)
                return None
            case Stage.PROGRESS:
                return self._listen(pcm)

    def take(self, count: int) -> bytes:
        """The next `count` µ-law samples for the line."""
        out = b""
        if self.stage is Stage.DIGITS:
            out = self._digits.take(count)
        return out.ljust(count, bytes((ulaw.SILENCE,)))

    def torn(self) -> None:
        """A digit with a gap in it is mended; nothing else of ours is heard yet."""
        self._digits.torn()

    def sign(self, sign: Sign) -> None:
        """A signal of the modem: the wires swapped after the digits are an answer, where exchanges do that."""
        is_swap = sign in (Sign.LOOP_DROP, Sign.REVERSAL)
        if is_swap and self._country.reverses_at_answer and self.stage is Stage.PROGRESS:
            self._is_reversed = True

    def _wait(self, pcm: bytes) -> Course:
        found = self._watch.hear(pcm)
        if found is not DialTone.HEARD:
            return found
        self.stage = Stage.DIGITS
        return None

    def _listen_soon(self, count: int) -> None:
        if self._digits.left:
            return
        self._deaf += count
        if self._deaf >= ECHO_S * RATE:
            self.stage = Stage.PROGRESS

    def _listen(self, pcm: bytes) -> Course:
        if self._is_reversed:
            return Answer.REVERSAL
        if self._is_emergency:
            return Answer.DIALLED
        return self._progress.hear(pcm)
