"""R-30: a journal cut off at any record, or at any byte of the last, folds to what was whole in it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance import incident as incidents
from appliance.acd.engine import fold
from appliance.acd.events import Event
from appliance.incident import Incident, state_hash
from appliance.replay import folded_hash
from appliance.storage.history import read_history
from appliance.storage.store import open_store
from tests.support.recorded_day import Journal, recorded_day

CALLS = 4


@pytest.fixture(scope="module")
def journal() -> Journal:
    return recorded_day(CALLS, hours=0.1)


@pytest.fixture(scope="module")
def hashes(journal: Journal) -> list[str]:
    """The state after none, one, two … of its batches."""
    return [state_hash(fold(journal[:batches]).state) for batches in range(len(journal) + 1)]


async def keep(path: Path, batches: Sequence[tuple[tuple[Event, ...], float]], into: Path) -> list[int]:
    """Write the batches as a box does; copies of the files as after a power cut. How long the WAL was after each."""
    store = await open_store(path, "boot-1", 100.0, wall=lambda: 1.8e9)
    wal, lengths = path.with_name(path.name + "-wal"), []
    for events, at in batches:
        await store.append(events, (), at)
        lengths.append(wal.stat().st_size)
    for file in (path, wal):
        shutil.copy(file, into / file.name)
    await store.close()
    return lengths


def hash_of_what_is_left(database: Path, wal: bytes) -> str:
    """Fold what SQLite finds whole after its log was cut off like that."""
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    database.with_name(database.name + "-wal").write_bytes(wal)
    history = read_history(database)
    assert history.reading.damage == ()
    return state_hash(fold((batch.events, batch.at) for batch in history.reading.batches).state)


async def test_r30_a_database_cut_off_at_any_record_is_the_fold_of_those_before(
    tmp_path: Path, journal: Journal, hashes: list[str]
) -> None:
    (copies := tmp_path / "copies").mkdir()
    lengths = await keep(tmp_path / "box.sqlite", journal, copies)
    assert lengths == sorted(set(lengths)), "the log was folded into the file on the way: fewer calls would be right"
    wal = (copies / "box.sqlite-wal").read_bytes()
    for batches, length in enumerate(lengths, 1):
        assert hash_of_what_is_left(copies / "box.sqlite", wal[:length]) == hashes[batches], batches


async def test_r30_a_database_cut_off_at_any_byte_of_its_last_record_is_the_fold_without_it(
    tmp_path: Path, journal: Journal, hashes: list[str]
) -> None:
    (copies := tmp_path / "copies").mkdir()
    lengths = await keep(tmp_path / "box.sqlite", journal[:6], copies)
    wal = (copies / "box.sqlite-wal").read_bytes()
    begins, ends = lengths[-2], lengths[-1]
    for length in range(begins, ends):
        assert hash_of_what_is_left(copies / "box.sqlite", wal[:length]) == hashes[5], length
    assert hash_of_what_is_left(copies / "box.sqlite", wal[:ends]) == hashes[6]


async def test_r30_a_byte_of_the_last_record_that_was_written_wrong_is_found(
    tmp_path: Path, journal: Journal, hashes: list[str]
) -> None:
    (copies := tmp_path / "copies").mkdir()
    lengths = await keep(tmp_path / "box.sqlite", journal[:6], copies)
    wal = bytearray((copies / "box.sqlite-wal").read_bytes())
    for at in range(lengths[-2], lengths[-1], 97):
        wal[at] ^= 0x40
        assert hash_of_what_is_left(copies / "box.sqlite", bytes(wal)) == hashes[5], at
        wal[at] ^= 0x40


def exported(journal: Journal, path: Path) -> list[bytes]:
    """The journal as a file to carry away, line by line."""
    batches = tuple(incidents.Batch(number, at, events, 1.8e9 + at) for number, (events, at) in enumerate(journal, 1))
    interval = incidents.Interval(1.8e9, 1.9e9)
    zone = incidents.zone_of("Asia/Tokyo")
    incidents.write(Incident(zone, interval, incidents.State(), 1.8e9, (), batches), path, masked=False)
    return path.read_bytes().splitlines(keepends=True)


def test_r30_a_file_cut_off_at_any_record_is_the_fold_of_those_before(
    tmp_path: Path, journal: Journal, hashes: list[str]
) -> None:
    file = tmp_path / "day.jsonl"
    lines = exported(journal, file)
    for batches in range(len(journal) + 1):
        file.write_bytes(b"".join(lines[: batches + 1]))
        left = incidents.read(str(file), None, "")
        assert folded_hash(left) == hashes[batches], batches
        assert bool(left.damage) is (batches < len(journal)), "what is missing is told"


def test_r30_a_file_cut_off_at_any_byte_of_its_last_record_is_the_fold_without_it(
    tmp_path: Path, journal: Journal, hashes: list[str]
) -> None:
    file = tmp_path / "day.jsonl"
    lines = exported(journal, file)
    whole, last = b"".join(lines[:-1]), lines[-1].rstrip(b"\n")
    for length in range(1, len(last)):
        file.write_bytes(whole + last[:length])
        left = incidents.read(str(file), None, "")
        assert folded_hash(left) == hashes[-2], length
        assert "is damaged and was left out" in left.damage[0]
    file.write_bytes(whole + last)
    assert folded_hash(incidents.read(str(file), None, "")) == hashes[-1]
