"""Messages that callers left: ordered before the recorder starts, closed when the file is on the disk, handled by one.

A row is a message once it is closed with enough speech (`LEAST_S`); the others are attempts (S-34, S-22).
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from appliance.storage.database import Database, Row, Statement

LEAST_S: Final = 3.0
"""vm_min: who said less has left no message (S-34)."""

_COLUMNS: Final = (
    "recording, contact, box, number, name, began_wall, path, seconds, spoke_s, cause, closed, handled_by, handled_wall"
)
_SELECT: Final = f"SELECT {_COLUMNS} FROM voicemails "  # noqa: S608 - names of ours
_ORDER: Final = (
    "INSERT OR IGNORE INTO voicemails (recording, contact, box, number, name, began_wall) VALUES (?, ?, ?, ?, ?, ?)"
)
_CLOSE: Final = (
    "UPDATE voicemails SET path = ?2, seconds = ?3, spoke_s = ?4, cause = ?5, closed = 1 WHERE recording = ?1"
)
_HANDLE: Final = "UPDATE voicemails SET handled_by = ?2, handled_wall = ?3 WHERE recording = ?1 AND handled_by = ''"
_MESSAGES: Final = "WHERE closed AND spoke_s >= ?1 "


@dataclass(frozen=True, slots=True)
class VoicemailRow:
    """One message; `closed` once its file is on the disk, `handled_by` "" while it is new for everybody (S-22)."""

    recording: str
    contact: str
    box: str
    number: str
    name: str
    began_wall: float
    path: str = ""
    seconds: float = 0.0
    spoke_s: float = 0.0
    cause: str = ""
    closed: bool = False
    handled_by: str = ""
    handled_wall: float = 0.0


def ordered(row: VoicemailRow) -> Statement:
    """A message is about to be spoken."""
    values: Row = (row.recording, row.contact, row.box, row.number, row.name, row.began_wall)
    return _ORDER, [values]


def closed(recording: str, path: str, seconds: float, spoke_s: float, cause: str) -> Statement:
    """Its file is complete."""
    return _CLOSE, [(recording, path, seconds, spoke_s, cause)]


def handled(recording: str, actor: str, wall: float) -> Statement:
    """Somebody has seen to it; the first one who did stays written."""
    return _HANDLE, [(recording, actor, wall)]


async def messages(database: Database, limit: int, box: str = "") -> tuple[VoicemailRow, ...]:
    """Messages, newest first, in one box or in all."""
    where = _MESSAGES + "AND (?3 = '' OR box = ?3) "
    rows = await database.read(_SELECT + where + "ORDER BY began_wall DESC, rowid DESC LIMIT ?2", (LEAST_S, limit, box))
    return _rows(rows)


async def voicemail(database: Database, recording: str) -> VoicemailRow | None:
    """One by its recording, closed or not."""
    found = _rows(await database.read(_SELECT + "WHERE recording = ?", (recording,)))
    return found[0] if found else None


async def unfinished(database: Database) -> tuple[VoicemailRow, ...]:
    """Those that were ordered and not closed, oldest first."""
    return _rows(await database.read(_SELECT + "WHERE NOT closed ORDER BY began_wall, rowid"))


def _rows(rows: list[Row]) -> tuple[VoicemailRow, ...]:
    names = tuple(VoicemailRow.__dataclass_fields__)
    return tuple(msgspec.convert(dict(zip(names, row, strict=True)), VoicemailRow, strict=False) for row in rows)
