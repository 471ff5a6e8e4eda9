"""How a modem tells its host who is ringing: tagged lines, or the raw packet in hexadecimal (specs: fxo §2.3)."""

from datetime import datetime

WITHHELD, UNAVAILABLE = "P", "O"
_MDMF, _DATE, _NUMBER, _NO_NUMBER, _NAME = 0x80, 0x01, 0x02, 0x04, 0x07


def tagged(number: str | None, name: str | None, wall: datetime, blank: str) -> list[str]:
    """The lines of `+VCID=1`; `blank` is what the firmware puts around `=`. An unknown number is `O`."""
    tags = [("DATE", f"{wall:%m%d}"), ("TIME", f"{wall:%H%M}"), ("NMBR", number or UNAVAILABLE)]
    if name is not None:
        tags.append(("NAME", name))
    return [f"{tag}{blank}={blank}{value}" for tag, value in tags]


def raw(number: str | None, name: str | None, wall: datetime, blank: str) -> list[str]:
    """The line of `+VCID=2`: a multiple-data message with its checksum."""
    body = bytearray(_field(_DATE, f"{wall:%m%d%H%M}"))
    number = number or UNAVAILABLE
    body += _field(_NO_NUMBER if number in (WITHHELD, UNAVAILABLE) else _NUMBER, number)
    if name is not None:
        body += _field(_NAME, name)
    packet = bytes([_MDMF, len(body)]) + bytes(body)
    packet += bytes([-sum(packet) & 0xFF])
    return [f"MESG{blank}={blank}{packet.hex().upper()}"]


def _field(kind: int, value: str) -> bytes:
    text = value.encode("latin-1", "replace")[:64]
    return bytes([kind, len(text)]) + text
