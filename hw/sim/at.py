"""Reading AT command lines: from bytes to a line, from a line to commands. Pure; knows no modem.

A line is what stands between `AT` (any case, anything before it is noise) and CR. `;` ends an extended command.
"""

import re
from dataclasses import dataclass
from enum import Enum

_CR, _BACKSPACE, _REPEAT = 0x0D, 0x08, b"A/"
_LONGEST = 1024

_COMMAND = re.compile(
    r"""\s*(?:
        (?P<dial>D)(?P<digits>.*)                                      # D takes the rest of the line
      | S(?P<register>\d{1,3})(?:=(?P<content>\d*)|(?P<ask>\?))
      | (?P<extended>[+\-!*][A-Z0-9]+)(?:(?P<test>=\?)|(?P<read>\?)|=(?P<value>[^;]*))?(?:;|$)
      | (?P<basic>&?[A-Z])(?P<number>\d*)
      | (?P<pause>;)
    )\s*""",
    re.VERBOSE,
)


class Asked(Enum):
    """What is wanted of a command."""

    ACT = "act"
    SET = "set"
    READ = "read"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class AtCommand:
    """One command: its name (`+VLS`, `&F`, `S0`, `D`), what is asked, and the value as written."""

    name: str
    asked: Asked
    value: str = ""


class LineEditor:
    """Collects what the host types until a command line is whole."""

    def __init__(self) -> None:
        self._typed = bytearray()
        self._last = ""

    def type(self, byte: int) -> str | None:
        """One more byte; the body of the line (without AT) when it completes one, else None."""
        if byte == _CR:
            typed, self._typed = bytes(self._typed), bytearray()
            return self._body(typed)
        if byte == _BACKSPACE:
            del self._typed[-1:]
        elif byte != 0x0A:
            self._typed.append(byte)
            del self._typed[:-_LONGEST]
        if bytes(self._typed).upper() == _REPEAT:
            self._typed.clear()
            return self._last
        return None

    def forget(self) -> None:
        """Drops a half-typed line."""
        self._typed.clear()

    def _body(self, typed: bytes) -> str | None:
        start = typed.upper().find(b"AT")
        if start < 0:
            return None
        self._last = typed[start + 2 :].decode("latin-1")
        return self._last


def commands_of(body: str) -> list[AtCommand] | None:
    """The commands of a line's body, in order; None if something in it is no command at all."""
    found: list[AtCommand] = []
    rest, at = body.upper(), 0
    while at < len(rest.rstrip()):
        match = _COMMAND.match(rest, at)
        if match is None or match.end() == at:
            return None
        at = match.end()
        if match["pause"] is None:
            found.append(_command(match))
    return found


def _command(match: re.Match[str]) -> AtCommand:
    if match["dial"]:
        return AtCommand("D", Asked.ACT, match["digits"])
    if match["register"]:
        name = f"S{int(match['register'])}"
        return AtCommand(name, Asked.READ) if match["ask"] else AtCommand(name, Asked.SET, match["content"])
    if match["extended"]:
        name = match["extended"]
        if match["test"]:
            return AtCommand(name, Asked.TEST)
        if match["read"]:
            return AtCommand(name, Asked.READ)
        return (
            AtCommand(name, Asked.ACT) if match["value"] is None else AtCommand(name, Asked.SET, match["value"].strip())
        )
    return AtCommand(match["basic"], Asked.ACT, match["number"])
