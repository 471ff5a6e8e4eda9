"""Texts between people and queues, and slips about callers (S-20): rows of one table, one thread for each pair.

A text is written before anybody is told that it is sent or kept (I-19). What came to a queue is new until one of the
team has seen it (S-22).
"""

from typing import Final

import msgspec

from appliance.storage.database import Database, Row, Statement
from appliance.team import TextView, ThreadView

IN: Final = "in"
OUT: Final = "out"
BETWEEN: Final = "between"
SLIP: Final = "slip"

KEPT: Final = "kept"
WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
REFUSED: Final = "refused"
EXPIRED: Final = "expired"


_NAMES: Final = tuple(TextView.__dataclass_fields__)
_COLUMNS: Final = ", ".join(_NAMES)
_IS_NEW: Final = "seen_by = '' AND kind IN ('in', 'slip')"
_ADD: Final = f"INSERT OR IGNORE INTO texts ({_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608 - ours
_SELECT: Final = f"SELECT {_COLUMNS} FROM texts "  # noqa: S608 - names of ours
_THREADS: Final = (
    f"SELECT {_COLUMNS}, (SELECT count(*) FROM texts AS n WHERE n.thread = texts.thread AND {_IS_NEW}) FROM texts "  # noqa: S608
    "WHERE rowid IN (SELECT max(rowid) FROM texts WHERE ?1 = '' OR queue = ?1 GROUP BY thread) "
    "ORDER BY rowid DESC LIMIT ?2"
)


def thread_of(queue: str, first: str, second: str) -> str:
    """The name of a thread: a queue with a number, or two numbers in either order."""
    return f"{queue}/{second}" if queue else "+".join(sorted((first, second)))


def added(row: TextView) -> Statement:
    """A text or slip was written; the same one is kept once."""
    return _ADD, [tuple(getattr(row, name) for name in _NAMES)]


def tried(text: str, state: str, code: int) -> Statement:
    """How its delivery went."""
    return "UPDATE texts SET state = ?2, code = ?3 WHERE text = ?1 AND state = 'waiting'", [(text, state, code)]


def seen(thread: str, actor: str, wall: float) -> Statement:
    """Somebody has seen what is new in a thread; the first one who did stays written."""
    return f"UPDATE texts SET seen_by = ?2, seen_wall = ?3 WHERE thread = ?1 AND {_IS_NEW}", [(thread, actor, wall)]  # noqa: S608


async def threads(database: Database, queue: str, limit: int) -> tuple[ThreadView, ...]:
    """Threads of a queue ("": all of them), the one that was written in last first."""
    rows = await database.read(_THREADS, (queue, limit))
    return tuple(ThreadView(_text(row[:-1]), int(str(row[-1]))) for row in rows)


async def thread(database: Database, name: str, limit: int) -> tuple[TextView, ...]:
    """The newest texts of a thread, oldest first."""
    rows = await database.read(_SELECT + "WHERE thread = ?1 ORDER BY rowid DESC LIMIT ?2", (name, limit))
    return tuple(map(_text, reversed(rows)))


async def waiting(database: Database) -> tuple[TextView, ...]:
    """Texts that no phone has taken yet, oldest first."""
    return tuple(map(_text, await database.read(_SELECT + "WHERE state = 'waiting' ORDER BY rowid")))


def _text(row: Row) -> TextView:
    return msgspec.convert(dict(zip(_NAMES, row, strict=True)), TextView, strict=False)
