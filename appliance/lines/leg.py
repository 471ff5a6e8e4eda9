"""The SIP leg of one seizure: called, answered, lost with its switch and called again under the same key."""

import enum
import secrets
from typing import Final

from appliance.lines.facts import Invitation, LegAttended, LegEnded, LegPressed, Trunk, next_attempt
from appliance.lines.talk import Talk
from hw.modem.callerid import CallerId
from hw.modem.ringing import Ringing

AGAIN: Final = 0.5  # seconds between two calls for a caller who lost the switch
AGAIN_RINGING: Final = 2.0  # a ringing caller costs nothing: no hurry
FLASH: Final = ("R", "!")  # event 16 of RFC 4733, and how INFO spells it
TRANSIENT: Final = frozenset({0, 408, 480, 500, 502, 503, 504})


class Phase(enum.Enum):
    """How far the leg is."""

    NONE = "none"
    CALLING = "calling"
    UP = "up"


class Leg:
    """One caller's way into the switch. `key` stays through every attempt."""

    def __init__(self, line: str, trunk: Trunk, key: str = "") -> None:
        self._line, self._trunk = line, trunk
        self.key = key or secrets.token_hex(8)
        self.phase = Phase.NONE
        self.attempt = 0
        self.call_at: float | None = None
        self.is_attended = True
        """What the switch said last; it may say so before samples flow."""
        self.gone_s = 0.0
        """For how long the caller was gone when the line found out: so much of a recording is their busy tone."""

    def call(self, caller: CallerId, *, is_half_duplex: bool = False) -> None:
        """Send an INVITE."""
        self.attempt, self.phase, self.call_at = next_attempt(), Phase.CALLING, None
        withheld = caller.withheld is not None and not caller.number
        who = caller.number, caller.name, withheld
        self._trunk.call(Invitation(self._line, self.attempt, self.key, *who, is_half_duplex))

    def again_at(self) -> float | None:
        """When the next INVITE of a caller who lost the switch is due; None while one runs."""
        return self.call_at if self.phase is Phase.NONE else None

    def offer_at(self, ringing: Ringing, not_before: float) -> float | None:
        """When the INVITE for a caller who rings is due: the first when the ringing says so, later ones by refusals."""
        if self.attempt or self.phase is not Phase.NONE:
            return self.again_at()
        offer = ringing.offer_at()
        return None if offer is None else max(offer, not_before)

    def hang_up(self) -> None:
        """The call is over on our side."""
        self.call_at = None
        self.drop()

    def told(self, fact: LegAttended | LegPressed, talk: Talk | None) -> bool:
        """The switch's side says something about this dialog, if it is this one; True when it asks for a hook flash."""
        if fact.attempt != self.attempt:
            return False
        if isinstance(fact, LegAttended):
            self.is_attended = fact.is_attended
            if talk is not None:
                talk.attend(fact.is_attended)
        elif talk is not None and fact.keys in FLASH:
            talk.flashed()
            return talk.placing is None
        elif talk is not None:
            talk.press(fact.keys)
        return False

    def press(self, digits: str) -> None:
        """The caller pressed keys; a leg that is not up hears nothing of them."""
        if self.phase is Phase.UP:
            self._trunk.press(self._line, self.attempt, digits)

    def drop(self) -> None:
        """Let go of the attempt there is, whatever becomes of it."""
        if self.phase is not Phase.NONE:
            self._trunk.hang_up(self._line, self.attempt, self.gone_s)
        self.phase = Phase.NONE

    def refused(self, ended: LegEnded, now: float) -> None:
        """A ringing caller was refused: tried again later unless the switch meant it."""
        self.phase = Phase.NONE
        self.call_at = now + AGAIN_RINGING if ended.is_lost or ended.code in TRANSIENT else None

    def lost(self, now: float) -> None:
        """The switch died under the leg: call again soon."""
        self.drop()
        self.call_at = now + AGAIN


def is_due(at: float | None, now: float) -> bool:
    """Whether the time has come; what has none never is."""
    return at is not None and now >= at
