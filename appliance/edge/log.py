"""Kamailio's log lines, told in the house's levels; the supervisor reads them from the edge's standard error."""

import logging
import re
from dataclasses import dataclass

_LINE = re.compile(r"^\s*\d+\(\d+\) (?P<level>[A-Z]+): (?:<script>: )?(?P<text>.*)$")
_LEVELS = {
    "ALERT": logging.ERROR,
    "BUG": logging.ERROR,
    "CRITICAL": logging.ERROR,
    "ERROR": logging.ERROR,
    "WARNING": logging.WARNING,
    "NOTICE": logging.INFO,
    "INFO": logging.INFO,
    "DEBUG": logging.DEBUG,
}
_ORDINARY_AT_THE_END = re.compile(r"child process \d+ exited normally|receive_fd\(\): EOF on")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line and how much it matters (a `logging` level)."""

    level: int
    text: str


def parse(line: str) -> LogLine:
    """One line of the edge's standard error; what is not in Kamailio's form is DEBUG (its greeting)."""
    found = _LINE.match(line)
    if found is None:
        return LogLine(logging.DEBUG, line.strip())
    if _ORDINARY_AT_THE_END.search(line):
        return LogLine(logging.DEBUG, found["text"])
    return LogLine(_LEVELS.get(found["level"], logging.ERROR), found["text"])
