"""Mails that wait to be sent: written before they are promised, forgotten once the server took them (S-41)."""

from dataclasses import dataclass

from appliance.storage.database import Database, Statement


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail. `message` is whole but for the file at `attachment` ("": none), which is read when it is sent."""

    message_id: str
    recipient: str
    message: bytes
    attachment: str = ""


def queued(row: MailRow) -> Statement:
    """A mail is to be sent; the same Message-ID is queued once."""
    insert = "INSERT OR IGNORE INTO mails (message_id, recipient, message, attachment) VALUES (?, ?, ?, ?)"
    return insert, [(row.message_id, row.recipient, row.message, row.attachment)]


def gone(message_id: str) -> Statement:
    """It was sent, or given up."""
    return "DELETE FROM mails WHERE message_id = ?", [(message_id,)]


async def mails(database: Database) -> tuple[MailRow, ...]:
    """What waits, oldest first."""
    rows = await database.read("SELECT message_id, recipient, message, attachment FROM mails ORDER BY rowid", ())
    return tuple(
        MailRow(str(message_id), str(recipient), message, str(attachment))
        for message_id, recipient, message, attachment in rows
        if isinstance(message, bytes)
    )
