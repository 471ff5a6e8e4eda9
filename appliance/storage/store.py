"""The store: the desk's one door to the disk. Journal, records, recordings and secrets of one office.

Everything is awaited on the desk's loop; the SQL runs on aiosqlite's threads. Costs about one fsync for each write that
may not wait.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from appliance.acd.events import Event
from appliance.acd.story import Fact
from appliance.storage import journal, news, outbox, records, texts, voicemails
from appliance.storage.database import Database, open_database
from appliance.storage.outbox import MailRow
from appliance.storage.voicemails import VoicemailRow
from appliance.team import NewItem, TextView, ThreadView

_LONGEST_GAP_S = 7 * 86400.0
"""A clock that was wrong must not age waiting callers by years: an absence counts for a week at most."""


@dataclass(frozen=True, slots=True)
class Boot:
    """One boot of the machine: its row, and what turns CLOCK_MONOTONIC into the office clock."""

    row: int
    shift: float
    is_new: bool


class Store:
    """An open store; make one with `open_store`."""

    def __init__(self, database: Database, boot: Boot, seq: int, mark: str, wall: Callable[[], float]) -> None:
        """`seq` is that of the newest journal record; `mark` tells this database from one before or after it."""
        self._database = database
        self._wall = wall
        self.boot = boot
        self.seq = seq
        self.mark = mark

    def wall(self) -> float:
        """Seconds since 1970, as rows are stamped."""
        return self._wall()

    async def append(
        self,
        events: Sequence[Event],
        facts: Sequence[Fact],
        at: float,
        recordings: Sequence[tuple[str, str, str]] = (),
        *,
        may_wait: bool = False,
    ) -> int:
        """Write a batch and its records in one transaction; durable on return. Returns the batch's last seq.

        `recordings` are those it ordered: (recording, contact, agent). One that `may_wait` is durable once `sync`, or
        any other write, has returned. Raises StorageError, keeping nothing of it.
        """
        wall = self._wall()
        batch = journal.batch_statement(events, self.seq + 1, at, wall, self.boot.row)
        ordered = [records.recording_ordered(*one, wall) for one in recordings]
        statements = [batch, *records.statements(facts, lambda then: wall - (at - then)), *ordered]
        await self._database.write(statements, may_wait=may_wait)
        self.seq += len(events)
        return self.seq

    async def sync(self) -> None:
        """Everything appended is durable on return. Raises StorageError."""
        await self._database.sync()

    async def checkpoint(self, at: float, state: bytes, seq: int) -> None:
        """Keep the state that is the fold of everything up to record `seq`."""
        await self._database.write(journal.checkpoint_statements(journal.Checkpoint(seq, at, state)))

    async def checkpoints(self) -> tuple[journal.Checkpoint, ...]:
        """Checkpoints that are whole, newest first."""
        return await journal.read_checkpoints(self._database)

    async def batches(self, after: int = 0) -> journal.Reading:
        """The journal behind record `after`."""
        return await journal.read_batches(self._database, after)

    async def contacts(
        self, limit: int, before: float | None = None, queue: str = ""
    ) -> tuple[records.ContactRow, ...]:
        """Contacts, newest first, of one queue or of all."""
        return await records.contacts(self._database, limit, before, queue)

    async def recordings(
        self, limit: int, contact: str | None = None, queue: str = ""
    ) -> tuple[records.RecordingRow, ...]:
        """Recordings, newest first, of one contact, of one queue or of all."""
        return await records.recordings(self._database, limit, contact, queue)

    async def recording(self, name: str) -> records.RecordingRow | None:
        """One recording by its id."""
        return await records.recording(self._database, name)

    async def recordings_of(self, contacts: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Contact → recording ids."""
        return await records.recordings_of(self._database, contacts)

    async def open_recordings(self) -> tuple[records.RecordingRow, ...]:
        """Recordings nobody closed yet."""
        return await records.open_recordings(self._database)

    async def recording_closed(self, name: str, path: str, seconds: float, cause: str, trimmed_s: float = 0.0) -> None:
        """Remember how a recording ended."""
        await self._database.write([records.recording_closed(name, path, seconds, cause, trimmed_s)])

    async def unkept_promises(self, limit: int) -> tuple[records.ContactRow, ...]:
        """Callbacks that came to nothing and that nobody has seen to, newest first."""
        return await records.unkept_promises(self._database, limit)

    async def promise_handled(self, contact: str, actor: str) -> None:
        """Somebody has seen to such a callback."""
        await self._database.write([records.promise_handled(contact, actor)])

    async def voicemail_ordered(self, row: VoicemailRow) -> None:
        """A message is about to be spoken."""
        await self._database.write([voicemails.ordered(row)])

    async def voicemail_closed(self, recording: str, path: str, seconds: float, spoke_s: float, cause: str) -> None:
        """A message is complete: on return it is on the disk and may be promised (I-19)."""
        await self._database.write([voicemails.closed(recording, path, seconds, spoke_s, cause)])

    async def voicemail_handled(self, recording: str, actor: str) -> None:
        """Somebody has seen to a message: it is new for nobody any more (S-22)."""
        await self._database.write([voicemails.handled(recording, actor, self._wall())])

    async def voicemails(self, limit: int, box: str = "") -> tuple[VoicemailRow, ...]:
        """Messages, newest first, in one box or in all."""
        return await voicemails.messages(self._database, limit, box)

    async def voicemail(self, recording: str) -> VoicemailRow | None:
        """One message or attempt."""
        return await voicemails.voicemail(self._database, recording)

    async def unfinished_voicemails(self) -> tuple[VoicemailRow, ...]:
        """Messages that were ordered and never closed."""
        return await voicemails.unfinished(self._database)

    async def text_added(self, row: TextView) -> None:
        """A text or slip was written: on return it is on the disk and may be said to be sent (I-19)."""
        await self._database.write([texts.added(row)])

    async def text_tried(self, text: str, state: str, code: int) -> None:
        """How the delivery of a text went."""
        await self._database.write([texts.tried(text, state, code)])

    async def thread_seen(self, thread: str, actor: str) -> None:
        """Somebody has seen a thread: nothing in it is new for anybody any more (S-22)."""
        await self._database.write([texts.seen(thread, actor, self._wall())])

    async def threads(self, queue: str, limit: int) -> tuple[ThreadView, ...]:
        """Threads of a queue, "" for all, newest first."""
        return await texts.threads(self._database, queue, limit)

    async def thread(self, thread: str, limit: int) -> tuple[TextView, ...]:
        """A thread, oldest first."""
        return await texts.thread(self._database, thread, limit)

    async def waiting_texts(self) -> tuple[TextView, ...]:
        """Texts that no phone has taken yet."""
        return await texts.waiting(self._database)

    async def news(self) -> tuple[tuple[str, str, int], ...]:
        """How much nobody has seen yet: (queue, kind, count)."""
        return await news.counts(self._database)

    async def new_items(self, queue: str, limit: int) -> tuple[NewItem, ...]:
        """What nobody has seen yet, newest first."""
        return await news.items(self._database, queue, limit)

    async def mail_queued(self, row: MailRow) -> None:
        """A mail is to be sent (S-41)."""
        await self._database.write([outbox.queued(row)])

    async def mail_gone(self, message_id: str) -> None:
        """It was sent, or given up."""
        await self._database.write([outbox.gone(message_id)])

    async def mails(self) -> tuple[MailRow, ...]:
        """Mails that wait, oldest first."""
        return await outbox.mails(self._database)

    async def get_secret(self, key: str) -> bytes | None:
        """A value of the small store, None when it is not there."""
        rows = await self._database.read("SELECT value FROM secrets WHERE key = ?", (key,))
        value = rows[0][0] if rows else None
        return value if isinstance(value, bytes) else None

    async def put_secret(self, key: str, value: bytes | None) -> None:
        """Keep a value durably, or forget it."""
        if value is None:
            await self._database.write([("DELETE FROM secrets WHERE key = ?", [(key,)])])
        else:
            await self._database.write([("INSERT OR REPLACE INTO secrets (key, value) VALUES (?, ?)", [(key, value)])])

    async def close(self) -> None:
        """Close the files."""
        await self._database.close()


async def open_store(path: Path, boot_id: str, monotonic: float, wall: Callable[[], float] = time.time) -> Store:
    """Open the store for this boot of the machine.

    `boot_id` names the boot, `monotonic` is CLOCK_MONOTONIC now. Raises StorageError (newer, unwritable) or Damaged.
    """
    database = await open_database(path)
    try:
        seq, at, wall_then = await journal.last_record(database)
        boot = await _boot(database, boot_id, monotonic, at, wall_then, wall())
        mark = await _mark(database)
    except BaseException:
        await database.close()
        raise
    return Store(database, boot, seq, mark, wall)


async def _mark(database: Database) -> str:
    """A few letters drawn when the database was made: names built with them collide with no older database's."""
    await database.write(
        [("INSERT OR IGNORE INTO secrets (key, value) VALUES ('desk.mark', ?)", [(token_hex(3).encode(),)])]
    )
    value = (await database.read("SELECT value FROM secrets WHERE key = 'desk.mark'"))[0][0]
    return value.decode() if isinstance(value, bytes) else ""


async def _boot(database: Database, boot_id: str, mono: float, at: float, wall_then: float, wall_now: float) -> Boot:
    """The row of this boot; a new one continues the office clock where the journal stopped."""
    for row in await database.read("SELECT id, shift FROM boots WHERE boot = ?", (boot_id,)):
        number, shift = row
        if isinstance(number, int) and isinstance(shift, float):
            return Boot(number, shift, is_new=False)
    away = min(max(wall_now - wall_then, 0.0), _LONGEST_GAP_S) if wall_then else 0.0
    shift = at + away - mono if wall_then else 0.0
    insert = "INSERT INTO boots (boot, shift, wall) VALUES (?, ?, ?)"
    await database.write([(insert, [(boot_id, shift, wall_now)])])
    rows = await database.read("SELECT id FROM boots WHERE boot = ?", (boot_id,))
    number = rows[0][0]
    return Boot(number if isinstance(number, int) else 0, shift, is_new=bool(wall_then))
