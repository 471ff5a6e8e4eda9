"""The journal of a box read from outside, by whoever replays a day of it; the box may be running, nothing is written.

A day is folded from a checkpoint before it, so that the last year costs no more than the last week. A day's figures ask
what the day before knew (a number that calls again within 24 hours), so the checkpoint is at least that old.
"""

import contextlib
import hashlib
import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from appliance.acd.model import State
from appliance.errors import StorageError
from appliance.storage.database import Row, migrations
from appliance.storage.journal import RECORDS, Reading, decode

SQLITE: Final = b"SQLite format 3\0"
ZONE_KEY: Final = "desk.zone"
KNOWN_BEFORE_S: Final = 86400.0


@dataclass(frozen=True, slots=True)
class History:
    """The office as `state` at `wall` (seconds since 1970), and what happened after that."""

    state: State
    wall: float
    reading: Reading


def read_history(path: Path, since: float | None = None, until: float | None = None) -> History:
    """What happened up to the wall time `until` (None: to the end), told from before `since` (None: the beginning) on.

    Raises StorageError for what is no database of a box, or one of a newer Deskbell.
    """
    with _opened(path) as database:
        seq, state, wall = _checkpoint(database, since - KNOWN_BEFORE_S) if since is not None else (0, State(), 0.0)
        rows: Iterable[Row] = database.execute(RECORDS, (seq,))
        if until is not None:
            rows = itertools.takewhile(lambda row: isinstance(row[3], float) and row[3] < until, rows)
        reading = decode(rows)
        begins = reading.batches[0].wall if reading.batches else 0.0
        return History(state, wall if seq else begins, reading)


def zone_of_box(path: Path) -> str:
    """The time zone the box ran in last, "" when it never said. Raises StorageError as `read_history`."""
    with _opened(path) as database:
        for (value,) in database.execute("SELECT value FROM secrets WHERE key = ?", (ZONE_KEY,)):
            return value.decode() if isinstance(value, bytes) else ""
    return ""


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with path.open("rb") as file:
            is_database = file.read(len(SQLITE)) == SQLITE
    except OSError as wrong:
        raise StorageError(f"{path}: cannot be read ({wrong.strerror}); give the folder of a box") from wrong
    if not is_database:
        raise StorageError(f"{path}: no database of a box; give the folder that --state was when it ran")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            _refuse_newer(path, database)
            yield database
    except sqlite3.Error as wrong:
        raise StorageError(f"{path}: the journal cannot be read ({wrong})") from wrong


def _refuse_newer(path: Path, database: sqlite3.Connection) -> None:
    (found,) = database.execute("PRAGMA user_version").fetchone()
    newest = max(migrations())
    if found > newest:
        raise StorageError(
            f"{path} was written by a newer Deskbell (schema {found}, this one knows {newest}); replay it with that one"
        )


def _checkpoint(database: sqlite3.Connection, before: float) -> tuple[int, State, float]:
    """The last whole checkpoint that is older; behind one of a clock that ran ahead none is looked for."""
    found: tuple[int, State, float] = (0, State(), 0.0)
    kept = database.execute(
        "SELECT c.seq, c.state, c.sha256, j.wall FROM checkpoints c JOIN journal j ON j.seq = c.seq ORDER BY c.seq"
    )
    for seq, encoded, digest, wall in kept:
        if wall > before:
            break
        if hashlib.sha256(encoded).digest() == digest:
            with contextlib.suppress(msgspec.MsgspecError):  # of another version: the one before it, or the journal
                found = seq, msgspec.msgpack.decode(encoded, type=State), wall
    return found
