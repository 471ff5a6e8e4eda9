"""Feature codes that an agent keys during a call (S-M1): `##` asks somebody first, `#*` passes the caller on now.

After the code comes the number, ended by `#` or as soon as it can be no other number of the house. `##` again while
somebody is being asked takes the caller back; hanging up completes. A pause of `PAUSE_S` forgets what was keyed.
Pure: the time of a key is that of its event.
"""

from dataclasses import dataclass
from typing import Final

PAUSE_S: Final = 8.0
ASK_FIRST: Final = "##"
NOW: Final = "#*"
_CODES: Final = (ASK_FIRST, NOW)


@dataclass(frozen=True, slots=True)
class Dialled:
    """A code and a whole number: pass the caller on."""

    to: str
    ask_first: bool


@dataclass(frozen=True, slots=True)
class Again:
    """The code to ask first, twice and without a number: back to the caller."""


class Codes:
    """What was keyed on each leg so far. `house` are the numbers that end by themselves."""

    def __init__(self, house: frozenset[str]) -> None:
        self._house = house
        self._keyed: dict[str, tuple[str, float]] = {}

    def press(self, leg: str, digit: str, at: float) -> Dialled | Again | None:
        """One more key on this leg; what it completes, None when nothing."""
        before, last = self._keyed.get(leg, ("", at))
        keyed = (before if at - last <= PAUSE_S else "") + digit
        done, keyed = self._read(keyed)
        self._keyed[leg] = (keyed, at)
        return done

    def is_begun(self, leg: str) -> bool:
        """Part of a code was keyed on this leg."""
        return bool(self._keyed.get(leg, ("", 0.0))[0])

    def forget(self, leg: str) -> None:
        """The leg is gone."""
        self._keyed.pop(leg, None)

    def _read(self, keyed: str) -> tuple[Dialled | Again | None, str]:
        """What these keys complete, and what is left of them."""
        if len(keyed) < len(ASK_FIRST):
            return None, keyed if keyed == "#" else ""
        code, number = keyed[:2], keyed[2:]
        if code not in _CODES:
            return None, keyed[-1] if keyed[-1] == "#" else ""
        if code == ASK_FIRST and number == "##":
            return Again(), ""
        if number.endswith("#") and number != "#":
            return Dialled(number[:-1], code == ASK_FIRST), ""
        if number in self._house and not any(one != number and one.startswith(number) for one in self._house):
            return Dialled(number, code == ASK_FIRST), ""
        return None, keyed
