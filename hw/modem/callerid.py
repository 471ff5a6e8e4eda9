"""Caller ID as a modem prints it, folded line by line into one fact (fxo §2.3).

Never trust it for anything but showing: a caller can choose it.
"""

import enum
import re
from dataclasses import dataclass, replace
from typing import Final

from hw.modem.cidpacket import lines_of
from hw.modem.events import CallerIdLine

NAME_LIMIT: Final = 64
NUMBER_LIMIT: Final = 32
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_DIALLABLE: Final = re.compile(r"[^0-9*#+]")


class Telling(enum.Enum):
    """How a modem is asked to tell who calls."""

    TEXT = "text"
    RAW = "raw"  # the exchange's own packet, which we read
    OFF = "off"

    @property
    def command(self) -> str:
        """What sets it; a modem forgets it at every reset and call."""
        return {Telling.OFF: "AT+VCID=0", Telling.TEXT: "AT+VCID=1", Telling.RAW: "AT+VCID=2"}[self]


class Withheld(enum.Enum):
    """Why there is no number."""

    PRIVATE = "P"
    UNAVAILABLE = "O"
    PUBLIC_PHONE = "C"
    CONGESTION = "S"


@dataclass(frozen=True, slots=True)
class CallerId:
    """Who calls, as far as the exchange said. `stamp` is its own MMDD and HHMM; it has no year."""

    number: str = ""
    name: str = ""
    withheld: Withheld | None = None
    called: str = ""
    stamp: str = ""

    @property
    def is_known(self) -> bool:
        """True when a number, or the reason for its absence, was given."""
        return bool(self.number) or self.withheld is not None


def with_line(known: CallerId, line: CallerIdLine) -> CallerId:
    """`known` and what one more line adds; a repeated tag replaces, any bytes are survived."""
    value = _CONTROL.sub("", line.value).strip()
    match line.tag:
        case "NMBR":
            return _with_number(known, value)
        case "NAME":
            named = "" if value.upper() in ("P", "O", "C", "S", "PRIVATE", "OUT OF AREA") else value[:NAME_LIMIT]
            return replace(known, name=named)
        case "REASON":
            return replace(known, withheld=_reason(value))
        case "DDN" | "DDN_NMBR":
            return replace(known, called=_NOT_DIALLABLE.sub("", value)[:NUMBER_LIMIT])
        case "MESG":
            for tag, told in lines_of(value):
                known = with_line(known, CallerIdLine(tag, told))
            return known
        case "DATE":
            return replace(known, stamp=value[:4] + known.stamp[4:])
        case "TIME":
            return replace(known, stamp=(known.stamp[:4] or "0000") + value[:4])
    return known


def _with_number(known: CallerId, value: str) -> CallerId:
    reason = _reason(value)
    if reason is not None:
        return replace(known, number="", withheld=reason)
    return replace(known, number=_NOT_DIALLABLE.sub("", value)[:NUMBER_LIMIT], withheld=None)


def _reason(value: str) -> Withheld | None:
    """P, O, C or S; some firmwares spell the first two out."""
    words = {"PRIVATE": "P", "OUTOFAREA": "O", "UNAVAILABLE": "O"}
    word = value.upper().replace(" ", "")
    letter = words.get(word, word)
    return next((reason for reason in Withheld if reason.value == letter), None)
