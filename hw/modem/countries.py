"""What differs from country to country on an analogue line, as data (fxo §2.3, §2.9)."""

import re
from dataclasses import dataclass, replace
from typing import Final

from hw.errors import ModemError


@dataclass(frozen=True, slots=True)
class Country:
    """One country's numbers.

    `gci` is its T.35 code as +GCI takes it; `ring_period` the seconds from ring to ring; `caller_id_wait` how long
    after the first ring a number is waited for; `guard` the seconds on-hook before the line may be taken again;
    `has_short_ring_alert` tells that short bursts a second apart announce caller ID and are no rings (Japan's CAR).

    Of outgoing calls (§2.4, §2.9): `answer_limit` is how long after the digits an answer is waited for; an automatic
    call to one number is made at most `redials` times in three minutes and `redials_in_all` times without an answer;
    `reverses_at_answer`: the exchange swaps the wires when the far end answers. `flash` are the seconds of a hook
    flash, `tones_db` how much louder than usual a line wants our keys, `in_use_v` the voltage below which another
    telephone has an idle line. `calling_code`, `trunk_prefix` and
    `international` tell how a number written with + is dialled.
    """

    code: str
    gci: str
    ring_period: float
    caller_id_wait: float = 3.0
    guard: float = 2.0
    has_short_ring_alert: bool = False
    answer_limit: float = 180.0
    redials: int = 2
    redials_in_all: int = 15
    reverses_at_answer: bool = False
    flash: float = 0.1
    tones_db: float = 0.0
    in_use_v: float = 20.0
    calling_code: str = ""
    trunk_prefix: str = "0"
    international: str = "00"

    def dialled(self, number: str) -> str:
        """The digits to dial for a number, which may be written with + and blanks. Raises ModemError when it is none.

        >>> country("JP").dialled("+81 3-1234-5678")
        '0312345678'
        """
        digits = re.sub(r"[\s().-]", "", number)
        if digits.startswith("+"):
            abroad = digits[1:]
            is_home = bool(self.calling_code) and abroad.startswith(self.calling_code)
            prefix = self.trunk_prefix if is_home else self.international
            digits = prefix + (abroad.removeprefix(self.calling_code) if is_home else abroad)
        if not re.fullmatch(r"[0-9*#]{1,31}", digits):
            raise ModemError(f"the number {number!r} cannot be dialled; digits, * and # would be right")
        return digits

    def without_caller_id(self) -> "Country":
        """The same for a line on which no number is waited for; short bursts must still be told from rings."""
        return self if self.has_short_ring_alert else replace(self, caller_id_wait=0.0)

    @property
    def abandoned_after(self) -> float:
        """No ring for so long: the caller has hung up."""
        return 1.25 * self.ring_period + 0.5


# fmt: off
COUNTRIES: Final = {
    country.code: country
    for country in (
        # fxo §2.3 gives Japan 0.5 s, but its CAR bursts can only be told from rings 1.3 s after the first one.
        Country("JP", "00", 3.0, caller_id_wait=1.4, has_short_ring_alert=True, answer_limit=120.0,
                reverses_at_answer=True, flash=0.5, calling_code="81", international="010"),
        # Counted from the start of a ring of 2 s, the number comes 2.5 to 4 s later (fxo §4.4).
        Country("US", "B5", 6.0, caller_id_wait=4.5, flash=0.55, calling_code="1", trunk_prefix="1",
                international="011"),
        Country("CA", "20", 6.0, caller_id_wait=4.5, flash=0.55, calling_code="1", trunk_prefix="1",
                international="011"),
        Country("UK", "B4", 3.0, calling_code="44"),
        Country("DE", "42", 5.0, calling_code="49"),
        Country("FR", "3D", 5.0, flash=0.3, calling_code="33"),
        Country("IT", "59", 5.0, calling_code="39", trunk_prefix=""),
        Country("ES", "A0", 4.5, calling_code="34", trunk_prefix=""),
        Country("NL", "7B", 5.0, calling_code="31"),
        Country("SE", "A5", 6.0, calling_code="46"),
        Country("BE", "0F", 4.0, calling_code="32"),
        Country("CH", "A6", 5.0, calling_code="41"),
        Country("DK", "31", 5.0, calling_code="45", trunk_prefix=""),
        Country("NO", "82", 5.0, calling_code="47", trunk_prefix=""),
        Country("FI", "3C", 5.0, calling_code="358"),
        Country("AT", "0A", 6.0, calling_code="43"),
        Country("AU", "09", 3.0, calling_code="61", international="0011"),
        Country("NZ", "7E", 3.0, calling_code="64"),
        Country("PL", "8A", 5.0, calling_code="48", trunk_prefix=""),
        Country("IL", "58", 4.0, calling_code="972"),
        Country("CL", "25", 4.0, calling_code="56", trunk_prefix=""),
    )
}
# fmt: on


def country(code: str) -> Country:
    """The country of a two-letter code. Raises ModemError naming the known ones."""
    known = COUNTRIES.get(code.upper())
    if known is None:
        raise ModemError(f"line country {code!r} is not known; one of {', '.join(COUNTRIES)} would be right")
    return known
