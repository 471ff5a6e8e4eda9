"""One SQLite file: opened with the right pragmas, migrated, written by one connection and read by another.

Rules:
1. A write is a list of statements in one transaction; when `write` returns it is on the disk (WAL, `synchronous=FULL`).
   One that may wait outlives this process at once, and a power cut when `sync` or any other write has returned: the log
   keeps the order, so a power cut loses a tail of those and nothing from the middle.
2. Writes queue behind one lock; a cancelled caller does not tear a transaction.
3. A database of a newer Deskbell is refused untouched; a damaged one raises `Damaged`, and `move_aside` makes room.
"""

import asyncio
import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Final, TypeAlias

import aiosqlite

from appliance.errors import StorageError

logger = logging.getLogger(__name__)

Value: TypeAlias = str | bytes | int | float | None
Row: TypeAlias = tuple[Value, ...]
Statement: TypeAlias = tuple[str, Sequence[Row]]
"""SQL and the rows of parameters to run it for."""

_DURABLE: Final = "PRAGMA synchronous=FULL"
_WRITTEN: Final = "PRAGMA synchronous=NORMAL"
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    _DURABLE,
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_size_limit=4194304",
    "PRAGMA wal_autocheckpoint=400",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)


class Damaged(StorageError):
    """The database file is not one any more, or its pages contradict each other."""


class Database:
    """An open database. Make one with `open_database`."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self._writer, self._reader = writer, reader
        self._lock = asyncio.Lock()
        self._level = _DURABLE

    async def write(self, statements: Iterable[Statement], *, may_wait: bool = False) -> None:
        """Run the statements in one transaction; on return they are durable, or written where they `may_wait`.

        Raises StorageError (nothing of them is kept) when the disk does not take them.
        """
        await asyncio.shield(self._transaction(tuple(statements), _WRITTEN if may_wait else _DURABLE))

    async def sync(self) -> None:
        """On return everything written before is durable. Delays no write. Raises StorageError."""
        try:
            await asyncio.to_thread(_sync, self.path.with_name(f"{self.path.name}-wal"))
        except OSError as wrong:
            raise StorageError(f"{self.path}: {wrong}; a disk that keeps what it was given would be right") from wrong

    async def read(self, sql: str, parameters: Row = ()) -> list[Row]:
        """Every row of a query, from the reading connection: it sees all that is committed and never delays a write."""
        try:
            return [tuple(row) for row in await self._reader.execute_fetchall(sql, parameters)]
        except sqlite3.Error as wrong:
            raise _explained(self.path, wrong) from wrong

    async def close(self) -> None:
        """Wait for the write under way and close; the WAL is folded into the file."""
        async with self._lock:
            await self._reader.close()
            await self._writer.close()

    async def _transaction(self, statements: tuple[Statement, ...], level: str) -> None:
        async with self._lock:
            try:
                if level != self._level:
                    await self._writer.execute(level)
                    self._level = level
                await self._writer.execute("BEGIN IMMEDIATE")
                for sql, rows in statements:
                    await self._writer.executemany(sql, rows)
                await self._writer.commit()
            except sqlite3.Error as wrong:
                with contextlib.suppress(sqlite3.Error):
                    await self._writer.rollback()
                raise _explained(self.path, wrong) from wrong


async def open_database(path: Path) -> Database:
    """Open (or make) the database at `path` and bring it to this version's schema.

    Raises StorageError when it belongs to a newer Deskbell or the place cannot be written, Damaged when it is broken.
    """
    try:
        await asyncio.to_thread(_probe, path)
        writer = await aiosqlite.connect(path, isolation_level=None)
    except sqlite3.Error as wrong:
        raise _explained(path, wrong) from wrong
    try:
        await _prepare(writer, path)
        reader = await aiosqlite.connect(path, isolation_level=None)
        await reader.execute("PRAGMA query_only=ON")
    except sqlite3.Error as wrong:
        await writer.close()
        raise _explained(path, wrong) from wrong
    except StorageError:
        await writer.close()
        raise
    return Database(path, writer, reader)


def move_aside(path: Path) -> Path:
    """Rename a damaged database and its WAL so that a new one can begin; returns where it went."""
    aside = path.with_name(f"{path.name}.broken-{int(time.time())}")
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def migrations() -> dict[int, str]:
    """Every schema version with its SQL, in order."""
    folder = resources.files("appliance.storage").joinpath("schema")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return {int(file.name.removesuffix(".sql")): file.read_text(encoding="utf-8") for file in files}


def _sync(log: Path) -> None:
    """What of the log is not on the disk yet goes there; what left the log for the file was synced by SQLite."""
    descriptor = os.open(log, os.O_RDONLY)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def _probe(path: Path) -> None:
    """Fail here if the file cannot be opened: an aiosqlite connection that fails to open leaves its thread behind."""
    with contextlib.closing(sqlite3.connect(path)) as probe:
        probe.execute("PRAGMA user_version").fetchone()


async def _prepare(writer: aiosqlite.Connection, path: Path) -> None:
    steps = migrations()
    found = await _version(writer)
    newest = max(steps)
    if found > newest:
        raise StorageError(
            f"{path} was written by a newer Deskbell (schema {found}, this one knows {newest}); start that newer one, "
            "or give an empty folder with --state"
        )
    for pragma in _PRAGMAS:
        await writer.execute(pragma)
    if 0 < found < newest:
        await _backup(writer, path.with_name(f"{path.name}.before-{newest}"))
    for version, sql in steps.items():
        if version > found:
            await _migrate(writer, version, sql)


async def _migrate(writer: aiosqlite.Connection, version: int, sql: str) -> None:
    """One migration and its number in one transaction: a power cut leaves the old schema or the new one."""
    try:
        await writer.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version={version};\nCOMMIT;")
    except sqlite3.Error:
        with contextlib.suppress(sqlite3.Error):
            await writer.rollback()
        raise
    logger.info("The database has schema %s now", version)


async def _version(connection: aiosqlite.Connection) -> int:
    rows = list(await connection.execute_fetchall("PRAGMA user_version"))
    return int(rows[0][0])


async def _backup(writer: aiosqlite.Connection, target: Path) -> None:
    await asyncio.to_thread(target.unlink, missing_ok=True)
    async with aiosqlite.connect(target) as copy:
        await writer.backup(copy)


def _explained(path: Path, wrong: sqlite3.Error) -> StorageError:
    """The sentence for an SQLite error. A plain DatabaseError is damage; its subclasses are everything else."""
    if type(wrong) is sqlite3.DatabaseError:
        return Damaged(f"{path} is damaged ({wrong}); it is set aside and a new one begun")
    return StorageError(f"{path}: {wrong}; a disk with free space that can be written would be right")
