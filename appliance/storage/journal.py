"""The journal on disk: what happened to the core, in order, so that its state is a fold of it (I-22).

Rules:
1. Events of one batch share a time and are folded together, because dispatch ran once after them (D-01).
2. Every record has a CRC over all its fields; a record that fails it is left out and reported, never guessed.
3. A checkpoint is the folded state with the seq it stands for and its SHA-256; a broken one is passed over.
4. Wall time is stamped here and nowhere else; `at` is the office clock, which call control gives.
"""

import hashlib
import itertools
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import msgspec

from appliance.acd.events import Event
from appliance.storage.database import Database, Row, Statement

_KINDS: Final = {kind.__name__: msgspec.json.Decoder(kind) for kind in get_args(Event)}
_encode: Final = msgspec.json.Encoder().encode
_APPEND: Final = "INSERT INTO journal (seq, batch, at, wall, boot, kind, body, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_KEPT_CHECKPOINTS: Final = 3
_DROP_CHECKPOINTS: Final = """
DELETE FROM checkpoints WHERE seq NOT IN (SELECT seq FROM checkpoints ORDER BY seq DESC LIMIT ?) AND seq NOT IN (
    SELECT max(c.seq) FROM checkpoints c JOIN journal j ON j.seq = c.seq GROUP BY CAST(j.wall / 86400 AS INTEGER))
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that were handled together at one time. `seq` is that of the last of them, `wall` seconds since 1970."""

    seq: int
    at: float
    events: tuple[Event, ...]
    wall: float = 0.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The core's state, encoded by whoever took it, after journal record `seq`."""

    seq: int
    at: float
    state: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """Batches read back, and a sentence for every record that had to be left out."""

    batches: tuple[Batch, ...]
    damage: tuple[str, ...] = ()


def batch_statement(events: Sequence[Event], first: int, at: float, wall: float, boot: int) -> Statement:
    """The insertion of one batch whose first record gets the number `first`."""
    return _APPEND, [_record(event, first + step, first, at, wall, boot) for step, event in enumerate(events)]


def checkpoint_statements(checkpoint: Checkpoint) -> list[Statement]:
    """The insertion of a checkpoint; all but the newest few and the last of each day are dropped."""
    row: Row = (checkpoint.seq, checkpoint.at, checkpoint.state, hashlib.sha256(checkpoint.state).digest())
    return [
        ("INSERT OR REPLACE INTO checkpoints (seq, at, state, sha256) VALUES (?, ?, ?, ?)", [row]),
        (_DROP_CHECKPOINTS, [(_KEPT_CHECKPOINTS,)]),
    ]


async def read_checkpoints(database: Database) -> tuple[Checkpoint, ...]:
    """Of the newest few checkpoints those whose hash is right, newest first."""
    newest = "SELECT seq, at, state, sha256 FROM checkpoints ORDER BY seq DESC LIMIT ?"
    rows = await database.read(newest, (_KEPT_CHECKPOINTS,))
    return tuple(
        Checkpoint(seq, at, state)
        for seq, at, state, digest in rows
        if isinstance(seq, int)
        and isinstance(at, float)
        and isinstance(state, bytes)
        and hashlib.sha256(state).digest() == digest
    )


RECORDS: Final = "SELECT seq, batch, at, wall, boot, kind, body, crc FROM journal WHERE seq > ? ORDER BY seq"


async def read_batches(database: Database, after: int = 0) -> Reading:
    """The batches behind record `after`, in order."""
    return decode(await database.read(RECORDS, (after,)))


def decode(rows: Iterable[Row]) -> Reading:
    """Rows of `RECORDS` as batches."""
    batches: list[Batch] = []
    damage: list[str] = []
    for _batch, group in itertools.groupby(rows, key=lambda row: row[1]):
        batch = _batch_of(tuple(group), damage)
        if batch is not None:
            batches.append(batch)
    return Reading(tuple(batches), tuple(damage))


async def last_record(database: Database) -> tuple[int, float, float]:
    """Seq, office time and wall time of the newest record; zeros for an empty journal."""
    for row in await database.read("SELECT seq, at, wall FROM journal ORDER BY seq DESC LIMIT 1"):
        seq, at, wall = row
        if isinstance(seq, int) and isinstance(at, float) and isinstance(wall, float):
            return seq, at, wall
    return 0, 0.0, 0.0


def _record(event: Event, seq: int, batch: int, at: float, wall: float, boot: int) -> Row:
    kind, body = type(event).__name__, _encode(event).decode()
    return seq, batch, at, wall, boot, kind, body, _crc((seq, batch, at, wall, boot, kind, body))


def _crc(fields: Row) -> int:
    return zlib.crc32(repr(fields).encode())


def _batch_of(rows: tuple[Row, ...], damage: list[str]) -> Batch | None:
    events: list[Event] = []
    at, wall = 0.0, 0.0
    for row in rows:
        event = _event_of(row)
        if isinstance(event, str):
            damage.append(event)
            continue
        events.append(event)
        at, wall = float(row[2] or 0.0), float(row[3] or 0.0)
    seq = rows[-1][0]
    return Batch(seq if isinstance(seq, int) else 0, at, tuple(events), wall) if events else None


def _event_of(row: Row) -> Event | str:
    """The event, or the sentence why it has to be left out."""
    kind, body, crc = row[5], row[6], row[7]
    is_whole = _crc(row[:7]) == crc and isinstance(kind, str) and isinstance(body, str)
    event = event_from(str(kind), str(body)) if is_whole else None
    if event is None and is_whole:
        return f"journal record {row[0]!r} is a {kind!r}, which a newer Deskbell wrote; this one left it out"
    return event or f"journal record {row[0]!r} ({kind!r}) is damaged and was left out"


def event_from(kind: str, body: str | bytes) -> Event | None:
    """The event of that kind with these fields as JSON, None when this version knows no such event."""
    if kind not in _KINDS:
        return None
    try:
        event: Event = _KINDS[kind].decode(body)
    except msgspec.MsgspecError:
        return None
    return event
