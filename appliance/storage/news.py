"""What nobody of the team has seen yet (S-22): calls that nobody took, voicemails, and texts, by queue.

It is old for everybody once one person has seen to it; who that was stays written.
"""

from typing import Final

import msgspec

from appliance.storage.database import Database
from appliance.storage.voicemails import LEAST_S
from appliance.team import NewItem

CALL: Final = "call"
VOICEMAIL: Final = "voicemail"
TEXT: Final = "text"

_ITEMS: Final = (
    "SELECT 'call' AS kind, contact AS id, queue, number, name, ended_wall AS wall, outcome AS body FROM contacts "
    "WHERE handled_by = '' AND outcome IN ('abandoned', 'dismissed', 'lost', 'callback') "  # as the index contacts_new
    "AND (outcome <> 'callback' OR why IN ('failed', 'expired', 'queue_removed')) "
    "UNION ALL "
    "SELECT 'voicemail', recording, box, number, name, began_wall, '' FROM voicemails "
    "WHERE closed AND spoke_s >= ?1 AND handled_by = '' "
    "UNION ALL "
    "SELECT 'text', thread, queue, sender, kind, wall, body FROM texts WHERE seen_by = '' AND kind IN ('in', 'slip')"
)


async def counts(database: Database) -> tuple[tuple[str, str, int], ...]:
    """(queue, kind, how many), where there are any."""
    rows = await database.read(f"SELECT queue, kind, count(*) FROM ({_ITEMS}) GROUP BY queue, kind", (LEAST_S,))  # noqa: S608
    return tuple((str(queue), str(kind), int(str(count))) for queue, kind, count in rows)


async def items(database: Database, queue: str, limit: int) -> tuple[NewItem, ...]:
    """What is new in a queue ("": anywhere), newest first."""
    sql = f"SELECT * FROM ({_ITEMS}) WHERE ?2 = '' OR queue = ?2 ORDER BY wall DESC LIMIT ?3"  # noqa: S608
    names = tuple(NewItem.__dataclass_fields__)
    rows = await database.read(sql, (LEAST_S, queue, limit))
    return tuple(msgspec.convert(dict(zip(names, row, strict=True)), NewItem, strict=False) for row in rows)
