"""A recorded exchange of the seam: what the desk and the switch said to each other, to be read or replayed later.

The desk keeps the last few megabytes beside its sockets (`run/seam.tape`, readable by its own user only, because
numbers are in it). `python -m appliance.tape FILE` prints one as text, one message a line: time, direction, fields.
A record is the monotonic time (8 bytes), `<` for told by the switch or `>` for asked by the desk, and a wire frame.
"""

import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from appliance.errors import WireError
from appliance.wire import Command, Digit, Event, Hello, Message, SendText, TextCame
from appliance.wire_lines import OfLines
from appliance.wire_stream import decode, encode

LIMIT_BYTES: Final = 4_000_000
_HEAD: Final = struct.Struct(">dcI")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a tape; `by_switch` is its direction, `at` monotonic seconds."""

    at: float
    by_switch: bool
    message: Hello | Command | Event | OfLines


HIDDEN = "?"
"""What a tape says of a key, which may be of a PIN, and of what people write to each other."""


class Tape:
    """Keeps what is said; a full one becomes FILE.old, a new one begins. A full disk costs the tape, not the call."""

    def __init__(self, path: Path, limit: int = LIMIT_BYTES) -> None:
        self._path, self._limit = path, limit
        path.touch(mode=0o600)
        self._file = path.open("ab", buffering=0)

    def keep(self, message: Message, by_switch: bool) -> None:
        """Add one message (a `wire_stream.Overhear`), without what is nobody's business (§3.11)."""
        frame = encode(_without_secrets(message))
        try:
            self._file.write(_HEAD.pack(time.monotonic(), b"<" if by_switch else b">", len(frame) - 4) + frame[4:])
            if self._file.tell() > self._limit:
                self._turn_over()
        except OSError:
            return  # nothing may depend on a tape

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _turn_over(self) -> None:
        self._file.close()
        self._path.replace(self._path.with_suffix(".old"))
        self._path.touch(mode=0o600)
        self._file = self._path.open("ab", buffering=0)


def _without_secrets(message: Message) -> Message:
    match message:
        case Digit(leg, _, at):
            return Digit(leg, HIDDEN, at)
        case SendText() | TextCame():
            return msgspec.structs.replace(message, body=HIDDEN)
        case _:
            return message


def read(path: Path) -> Iterator[Said]:
    """The messages of a tape; a torn end is left out. Raises WireError on anything that is no tape."""
    data, place = path.read_bytes(), 0
    while place + _HEAD.size <= len(data):
        at, direction, length = _HEAD.unpack_from(data, place)
        body = data[place + _HEAD.size : place + _HEAD.size + length]
        if direction not in (b"<", b">"):
            raise WireError(f"{path}: no tape, or damaged at byte {place}; only records of the seam would be right")
        if len(body) < length:
            return
        yield Said(at, direction == b"<", decode(body))
        place += _HEAD.size + length


def as_text(message: Message) -> str:
    """One line a person can read: the class name and its fields, numbers as they are (mask before logging)."""
    fields = " ".join(f"{name}={getattr(message, name)!r}" for name in message.__struct_fields__)
    return f"{type(message).__name__} {fields}".rstrip()


def as_lines(path: Path) -> Iterator[str]:
    """The tape as text, times from its first message on."""
    began: float | None = None
    for said in read(path):
        began = said.at if began is None else began
        yield f"{said.at - began:10.4f} {'switch' if said.by_switch else 'desk  '} {as_text(said.message)}"


def main() -> int:
    """Print a tape."""
    try:
        for line in as_lines(Path(sys.argv[1])):
            print(line)
    except (OSError, WireError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
