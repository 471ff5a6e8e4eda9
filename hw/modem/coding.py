"""The 8-bit voice formats that a stream can have, each as two tables against µ-law, which is what everybody else has.

One byte is one sample, 8000 a second, in all of them. Numbers of `+VSM` are each vendor's own (130 is unsigned PCM on
CX and A-law on USR), so formats are known by their names. Best first: µ-law needs no work and loses nothing, A-law
hardly anything; linear samples of 8 bits are noisy with quiet voices, and still a telephone (fxo §1.3).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final


def _ulaw(code: int) -> int:
    inverted = ~code & 0xFF
    magnitude = ((((inverted & 0x0F) << 3) + 0x84) << (inverted >> 4 & 7)) - 0x84
    return -magnitude if inverted & 0x80 else magnitude


def _alaw(code: int) -> int:
    bits = code ^ 0x55
    segment, mantissa = bits >> 4 & 7, (bits & 0x0F) << 4
    magnitude = mantissa + 8 if segment == 0 else (mantissa + 0x108) << (segment - 1)
    return magnitude if bits & 0x80 else -magnitude


def _nearest(codes: Iterable[int], among: Sequence[int]) -> bytes:
    """For each value the code of `among` whose value is nearest: a table for `bytes.translate`."""
    return bytes(min(range(256), key=lambda code: abs(among[code] - value)) for value in codes)


@dataclass(frozen=True, slots=True)
class Coding:
    """A format by its name for people, the words a modem has for it, and its tables (None: it is µ-law)."""

    name: str
    known_by: re.Pattern[str]
    to_ulaw: bytes | None = None
    from_ulaw: bytes | None = None

    def heard(self, samples: bytes) -> bytes:
        """What came from the modem, as µ-law."""
        return samples if self.to_ulaw is None else samples.translate(self.to_ulaw)

    def spoken(self, ulaw: bytes) -> bytes:
        """What goes to the modem, in its format."""
        return ulaw if self.from_ulaw is None else ulaw.translate(self.from_ulaw)


def _known_by(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*(\d+)[,;].*\b(?:{words})\b", re.IGNORECASE | re.MULTILINE)


def _coding(name: str, words: str, values: Sequence[int]) -> Coding:
    ulaw = [_ulaw(code) for code in range(256)]
    return Coding(name, _known_by(words), _nearest(values, ulaw), _nearest(ulaw, values))


_WIDE: Final = re.compile(r"\b1[46][- ]?bit|[,;]\s*1[46]\s*[,;]", re.IGNORECASE)
ULAW: Final = Coding("µ-law", _known_by("mu-?law|u-?law"))
CODINGS: Final = (
    ULAW,
    _coding("A-law", "a-?law", [_alaw(code) for code in range(256)]),
    _coding("unsigned 8-bit", "unsigned pcm|8-bit linear", [(code - 128) * 256 for code in range(256)]),
    _coding("signed 8-bit", "signed pcm", [(code ^ 0x80) * 256 - 32768 for code in range(256)]),
)


def coding_named(name: str) -> Coding:
    """The format of that name; µ-law for a name that is none."""
    return next((coding for coding in CODINGS if coding.name == name), ULAW)


def best_offered(lines: Iterable[str]) -> tuple[int, Coding] | None:
    """The `+VSM` number of the best format of 8 bits that these answers to `AT+VSM=?` name; None when there is none."""
    offered = "\n".join(line for line in lines if not _WIDE.search(line))
    found = ((coding.known_by.search(offered), coding) for coding in CODINGS)
    return next(((int(match[1]), coding) for match, coding in found if match), None)
