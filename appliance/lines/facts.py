"""What the SIP thread and the watch on the switch tell a line, and what a line may ask of them.

An attempt is one SIP dialog of one line, in either direction; its number is never used twice.
"""

import itertools
from dataclasses import dataclass
from typing import Protocol

_attempts = itertools.count(1)


def next_attempt() -> int:
    """A number for a dialog; from any thread."""
    return next(_attempts)


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The switch answered the call (200)."""

    attempt: int


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The call ended with a SIP status; `is_lost` when the switch no longer knows it, rather than ended it."""

    attempt: int
    code: int
    reason: str
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class LegAsked:
    """The switch sent an INVITE: this number is to be dialled on the line.

    `is_automatic`: no person dialled it, so the country's rule of redialling counts it; `is_emergency`: nothing may
    hold it up, and it counts as answered as soon as it is dialled.
    """

    attempt: int
    number: str
    is_emergency: bool = False
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class LegPressed:
    """Whoever is on the switch's side pressed keys: tones for the line. R or ! is a hook flash."""

    attempt: int
    keys: str


GONE = "X-Deskbell-Gone"
"""The header of a BYE that says for how many seconds the caller had been gone."""
EVIDENCE = "X-Deskbell-Evidence"
"""The header of a 200 that says by what evidence the number answered: an analogue line has no signal for it."""
ATTENDED = "attended"
"""What a MESSAGE of the switch says when a person is on its side; anything else says that there is none."""


@dataclass(frozen=True, slots=True)
class LegAttended:
    """Whether a person on the switch's side hears the line: who waits to music or a prompt is alone."""

    attempt: int
    is_attended: bool


@dataclass(frozen=True, slots=True)
class CheckAsked:
    """Somebody wants the line examined."""


@dataclass(frozen=True, slots=True)
class SwitchGone:
    """Nobody answers at the switch's port: its process died. Whatever leg there was is gone with it."""


@dataclass(frozen=True, slots=True)
class SwitchBack:
    """The switch answers (again)."""


LegFact = CheckAsked | LegAttended | LegAnswered | LegEnded | LegAsked | LegPressed | SwitchGone | SwitchBack


@dataclass(frozen=True, slots=True)
class Invitation:
    """One INVITE: `key` names the seizure and stays the same when the caller is called in again.

    `is_half_duplex`: the caller can be announced to and recorded, not talked with.
    """

    line: str
    attempt: int
    key: str
    number: str
    name: str
    is_withheld: bool = False
    is_half_duplex: bool = False

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What the switch is told beside who calls."""
        headers = (("X-Deskbell-Line", self.line), ("X-Deskbell-Call", self.key))
        return (*headers, ("X-Deskbell-Duplex", "half")) if self.is_half_duplex else headers


class Trunk(Protocol):
    """What a line asks of the SIP thread; all return at once, facts follow."""

    def call(self, invitation: Invitation) -> None:
        """Send the INVITE."""

    def hang_up(self, line: str, attempt: int, gone_s: float = 0.0) -> None:
        """CANCEL or BYE, whatever that call needs; nothing follows for a call that is gone.

        `gone_s`: the far end had been gone for so long when the line found out.
        """

    def progress(self, line: str, attempt: int) -> None:
        """Let whoever called hear the line before it is answered (183)."""

    def accept(self, line: str, attempt: int, evidence: str) -> None:
        """The far end answered (200), and by what evidence in one word (fxo §2.4)."""

    def refuse(self, line: str, attempt: int, code: int, why: str) -> None:
        """The call that was asked for failed with a SIP status; nothing follows."""

    def press(self, line: str, attempt: int, digits: str) -> None:
        """Send the caller's keys (RFC 4733); nothing follows."""
