"""What the SIP thread and the watch on the switch tell a line, and what a line may ask of them."""

from dataclasses import dataclass
from typing import Protocol


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
class SwitchGone:
    """Nobody answers at the switch's port: its process died. Whatever leg there was is gone with it."""


@dataclass(frozen=True, slots=True)
class SwitchBack:
    """The switch answers (again)."""


LegFact = LegAnswered | LegEnded | SwitchGone | SwitchBack


@dataclass(frozen=True, slots=True)
class Invitation:
    """One INVITE: `key` names the seizure and stays the same when the caller is called in again."""

    line: str
    attempt: int
    key: str
    number: str
    name: str
    is_withheld: bool = False


class Trunk(Protocol):
    """What a line asks of the SIP thread; all return at once, facts follow."""

    def call(self, invitation: Invitation) -> None:
        """Send the INVITE."""

    def hang_up(self, line: str, attempt: int) -> None:
        """CANCEL or BYE, whatever that call needs; nothing follows for a call that is gone."""

    def press(self, line: str, attempt: int, digits: str) -> None:
        """Send the caller's keys (RFC 4733); nothing follows."""
