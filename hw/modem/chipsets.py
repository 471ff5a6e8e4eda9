"""Modem families as data: how to know one, and where its commands differ. The flow never asks for a model.

A new family is a new row; what nobody has measured stays out (fxo §1.1, §1.3).
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from hw.errors import ModemError
from hw.modem.callerid import Telling
from hw.modem.coding import CODINGS, ULAW, Coding, best_offered


@dataclass(frozen=True, slots=True)
class Chipset:
    """One family. `known_by` is searched in the answers to +GMI, ATI0 and ATI3 joined by newlines.

    `leave` are the bytes that end a duplex stream; `no_silence` disables the silence detector, which would end it;
    `setup` are commands only this family knows, none of them vital; `watch_alone` and `watch_shared` choose what a drop
    of the line's voltage tells. `keeps_caller_id`: it tells the last caller again (`+VRID`). `is_half_duplex`: no
    `+VTR` (fxo §1.5); `is_duplex_proven`: it has one, whatever a modem answers in a bad moment.
    """

    name: str
    known_by: re.Pattern[str]
    leave: bytes
    no_silence: str
    setup: tuple[str, ...] = ()
    watch_alone: tuple[str, ...] = ()
    watch_shared: tuple[str, ...] = ()
    has_line_voltage: bool = False
    keeps_caller_id: bool = False
    is_half_duplex: bool = False
    is_duplex_proven: bool = False


CX930XX: Final = Chipset(
    name="cx930xx",
    known_by=re.compile(r"CONEXANT|CX930\d\d|^56000$", re.IGNORECASE | re.MULTILINE),
    leave=b"\x10\x18\x10\x5e",
    no_silence="+VSD=0,0",
    setup=("AT&K3",),
    watch_alone=("AT-STE=4",),  # P then means remote hang-up and nothing else
    watch_shared=("AT-STE=7",),
    has_line_voltage=True,
    keeps_caller_id=True,
    is_duplex_proven=True,
)
ZOOM: Final = replace(  # obeys the exit code only right after a DLE pair
    CX930XX, name="cx930xx_zoom", known_by=re.compile(r"ZOOM", re.IGNORECASE), leave=b"\x10\x18\x10\x10\x10\x5e"
)
USR5637: Final = Chipset(
    name="usr5637",
    known_by=re.compile(r"U\.?S\.? ?ROBOTICS|^5601$", re.IGNORECASE | re.MULTILINE),
    leave=b"\x10\x03",
    no_silence="+VSD=128,0",
)
SI24XX: Final = Chipset(
    name="si24xx",
    known_by=re.compile(r"SILICON LAB|^SI24\d\d", re.IGNORECASE | re.MULTILINE),
    leave=b"\x10\x03",
    no_silence="+VSD=0,0",
    is_half_duplex=True,
)
GENERIC: Final = Chipset(
    name="generic_v253", known_by=re.compile(r""), leave=b"\x10\x18\x10\x5e", no_silence="+VSD=0,0"
)
CHIPSETS: Final = (ZOOM, CX930XX, USR5637, SI24XX, GENERIC)


@dataclass(frozen=True, slots=True)
class Identity:
    """A modem that will do: its family, what it calls itself, how `+VSM` is told its voice format, and which it is.

    `telling`: how it was asked to tell who calls.
    """

    chipset: Chipset
    label: str
    form: str
    coding: Coding = ULAW
    telling: Telling = Telling.TEXT

    def without_duplex(self) -> "Identity":
        """The same modem, found to have no stream both ways."""
        return replace(self, chipset=replace(self.chipset, is_half_duplex=True))


def chipset_named(name: str) -> Chipset:
    """The family of that name; the generic one for a name that is none."""
    return next((chipset for chipset in CHIPSETS if chipset.name == name), GENERIC)


def recognise(answers: tuple[str, ...]) -> Chipset:
    """The first family that knows these answers to +GMI, ATI0 and ATI3; `generic_v253` knows all."""
    joined = "\n".join(answers)
    return next(chipset for chipset in CHIPSETS if chipset.known_by.search(joined))


def voice_forms(number: int) -> tuple[str, ...]:
    """How firmwares want a format of 8000 samples a second said: by two arguments, four, or its number alone (§1.3)."""
    return f"{number},8000", f"{number},8000,0,0", f"{number}"


def voice_format(lines: tuple[str, ...]) -> tuple[int, Coding]:
    """The +VSM number and coding of the best 8-bit format. Raises ModemError when there is none."""
    found = best_offered(lines)
    if found is None:
        offered, wanted = "; ".join(lines)[:200] or "nothing", ", ".join(coding.name for coding in CODINGS)
        raise ModemError(
            f"the modem offers no voice format of 8 bits (AT+VSM=? said {offered}); {wanted} would do, the first best"
        )
    return found
