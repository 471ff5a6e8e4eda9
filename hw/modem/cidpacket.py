"""The raw caller-ID packet of `+VCID=2` (MESG=...): Bellcore's single and multiple data messages (fxo §2.3).

Type, length, content, checksum; the whole sums up to 0 modulo 256. A packet that does not is nobody's: a number with a
wrong digit is worse than none.
"""

import re
from typing import Final

SDMF: Final = 0x04
MDMF: Final = 0x80
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_TAGS: Final = {0x02: "NMBR", 0x03: "DDN_NMBR", 0x04: "REASON", 0x07: "NAME"}


def lines_of(packet: str) -> list[tuple[str, str]]:
    """The packet as the tags and values of formatted lines; nothing when it is damaged or of another kind."""
    text = re.sub(r"\s+", "", packet)
    if not _HEX.fullmatch(text):
        return []
    octets = bytes.fromhex(text)
    if len(octets) < 3 or sum(octets) % 256 or octets[1] != len(octets) - 3:
        return []
    body = octets[2:-1]
    if octets[0] == SDMF:
        return [*_moment(body[:8]), ("NMBR", body[8:].decode("latin-1"))]
    return _parameters(body) if octets[0] == MDMF else []


def _parameters(body: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    while len(body) >= 2:
        kind, value, body = body[0], body[2 : 2 + body[1]], body[2 + body[1] :]
        if kind == 0x01:
            found += _moment(value)
        elif kind in _TAGS:
            found.append((_TAGS[kind], value.decode("latin-1")))
    return found


def _moment(value: bytes) -> list[tuple[str, str]]:
    text = value.decode("latin-1")
    return [("DATE", text[:4]), ("TIME", text[4:8])]
