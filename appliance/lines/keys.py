"""The caller's keys from two witnesses, our detector and the modem's chip: one is believed, the other confirms.

Keys are never taken from both (fxo §4.3): two detectors would double what they agree on and add up their mistakes.
"""

import enum
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 960  # samples, 120 ms: two reports so near are the same key press


class Witness(enum.Enum):
    """Who heard a key."""

    AUDIO = "audio"
    MODEM = "modem"


@dataclass(frozen=True, slots=True)
class _Report:
    digit: str
    by: Witness
    at: int


class Keys:
    """One seizure's keys. Times are samples received from the line."""

    def __init__(self, believed: Witness = Witness.AUDIO) -> None:
        self.believed = believed
        self.confirmed = self.only_audio = self.only_modem = 0
        self._open: list[_Report] = []

    def report(self, digit: str, by: Witness, at: int) -> str:
        """Take a report; the digit when it counts as pressed, else ''."""
        self.passed(at)
        other = next((one for one in self._open if one.digit == digit and one.by is not by), None)
        if other is None:
            self._open.append(_Report(digit, by, at))
        else:
            self._open.remove(other)
            self.confirmed += 1
        return digit if by is self.believed else ""

    def passed(self, at: int) -> None:
        """Time passed: what nobody else reported by now stays unconfirmed."""
        late = [one for one in self._open if at - one.at > WINDOW]
        self._open = [one for one in self._open if at - one.at <= WINDOW]
        alone = sum(one.by is Witness.MODEM for one in late)
        self.only_modem += alone
        self.only_audio += len(late) - alone

    def figures(self, at: int) -> str:
        """How far the two agreed, for the log; '' when no key was pressed."""
        self.passed(at + WINDOW + 1)
        if not self.confirmed + self.only_audio + self.only_modem:
            return ""
        return (
            f"keys heard by both {self.confirmed}, by our detector alone {self.only_audio}, "
            f"by the modem alone {self.only_modem}"
        )
