"""A day is replayed from the checkpoint before it, in the zone of its box; what a newer version wrote is told."""

import datetime
import hashlib
import sqlite3
import zlib
import zoneinfo
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from appliance import incident as incidents
from appliance.__main__ import main
from appliance.acd.engine import fold
from appliance.acd.metrics_counts import Counts, count
from appliance.incident import Incident, state_hash
from appliance.replay import folded_hash
from appliance.storage.history import ZONE_KEY
from tests.support.desk_office import running_box
from tests.support.recorded_day import Journal, recorded_day, write_database

TOKYO = zoneinfo.ZoneInfo("Asia/Tokyo")
MIDNIGHT = datetime.datetime(2026, 11, 24, tzinfo=TOKYO).timestamp()


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Three days of one call an hour."""
    return recorded_day(72, hours=72.0)


@pytest.fixture
def box(tmp_path: Path, journal: Journal) -> Path:
    """A box that lived through this journal from noon on, on 2026-11-23."""
    write_database(tmp_path / incidents.DATABASE, journal, wall_of(journal))
    return tmp_path


def wall_of(journal: Journal) -> Callable[[float], float]:
    return lambda at: MIDNIGHT - 12 * 3600 + at - journal[0][1]


def keep_checkpoint(box: Path, journal: Journal, batches: int) -> int:
    """What the desk would have kept after so many batches."""
    state = msgspec.msgpack.encode(fold(journal[:batches]).state)
    seq = sum(len(events) for events, _ in journal[:batches])
    with sqlite3.connect(box / incidents.DATABASE) as database:
        row = (seq, 0.0, state, hashlib.sha256(state).digest())
        database.execute("INSERT INTO checkpoints (seq, at, state, sha256) VALUES (?, ?, ?, ?)", row)
    return seq


def counts_of(incident: Incident) -> Counts:
    acd, ledger = incident.begun((incident.interval.start, incident.interval.end))
    for batch in incident.batches:
        ledger.handle(acd, batch.events, batch.at, batch.wall)
    ledger.finish(acd, ledger.at, ledger.wall)
    return count(ledger, incident.interval)


def test_a_day_is_folded_from_the_checkpoint_before_it_to_the_same_state_and_figures(
    box: Path, journal: Journal
) -> None:
    whole = incidents.read("2026-11-25", box, "Asia/Tokyo")
    before = next(at for at, (_, when) in enumerate(journal) if wall_of(journal)(when) >= MIDNIGHT - 600)
    seq = keep_checkpoint(box, journal, before)
    with sqlite3.connect(box / incidents.DATABASE) as database:
        database.execute("UPDATE journal SET body = '{}' WHERE seq < ?", (seq - 3,))  # nobody looks there any more
    quick = incidents.read("2026-11-25", box, "Asia/Tokyo")
    assert quick.damage == ()
    assert (len(quick.earlier), quick.batches) == (len(whole.earlier) - before, whole.batches)
    assert folded_hash(quick) == folded_hash(whole)
    assert counts_of(quick) == counts_of(whole)


def test_a_checkpoint_less_than_a_day_before_knows_too_little(box: Path, journal: Journal) -> None:
    after = next(at for at, (_, when) in enumerate(journal) if wall_of(journal)(when) >= MIDNIGHT + 600)
    whole = incidents.read("2026-11-25", box, "Asia/Tokyo")
    keep_checkpoint(box, journal, after)
    assert incidents.read("2026-11-25", box, "Asia/Tokyo") == whole


def test_a_broken_checkpoint_and_one_of_another_shape_only_cost_time(box: Path, journal: Journal) -> None:
    whole = folded_hash(incidents.read("2026-11-25", box, "Asia/Tokyo"))
    keep_checkpoint(box, journal, 3)
    torn, strange = keep_checkpoint(box, journal, 5), keep_checkpoint(box, journal, 6)
    with sqlite3.connect(box / incidents.DATABASE) as database:
        database.execute("UPDATE checkpoints SET state = x'00' WHERE seq = ?", (torn,))
        other = msgspec.msgpack.encode({"agents": "none"})
        row = (other, hashlib.sha256(other).digest(), strange)
        database.execute("UPDATE checkpoints SET state = ?, sha256 = ? WHERE seq = ?", row)
    assert folded_hash(incidents.read("2026-11-25", box, "Asia/Tokyo")) == whole


async def test_a_day_begins_when_it_began_for_the_box(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        kept = box.plan.state_dir
    assert str(incidents.read("", kept, "").zone) == "Asia/Tokyo"
    with sqlite3.connect(kept / incidents.DATABASE) as database:
        database.execute("UPDATE secrets SET value = ? WHERE key = ?", (b"Europe/Berlin", ZONE_KEY))
    assert str(incidents.read("", kept, "").zone) == "Europe/Berlin"
    assert str(incidents.read("", kept, "America/New_York").zone) == "America/New_York"


def test_a_journal_of_a_newer_version_is_refused_with_a_sentence(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(box / incidents.DATABASE) as database:
        database.execute("PRAGMA user_version = 999")
    assert main(["replay", "2026-11-25", "--state", str(box)]) == 2
    assert "was written by a newer Deskbell (schema 999, this one knows" in capsys.readouterr().err


def test_an_event_that_only_a_newer_version_knows_is_told_and_the_rest_is_replayed(
    box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_strange_record(box, 40)
    assert main(["replay", "--state", str(box)]) == 0
    told = capsys.readouterr().out
    assert "journal record 40 is a 'CallerSang', which a newer Deskbell wrote; this one left it out" in told
    assert "twice the same" in told


def write_strange_record(box: Path, seq: int) -> None:
    """A whole record of a kind of tomorrow."""
    with sqlite3.connect(box / incidents.DATABASE) as database:
        columns = "seq, batch, at, wall, boot, kind, body"
        row = database.execute(f"SELECT {columns} FROM journal WHERE seq = ?", (seq,)).fetchone()
        strange = (*row[:5], "CallerSang", row[6])
        crc = zlib.crc32(repr(strange).encode())
        database.execute("UPDATE journal SET kind = ?, crc = ? WHERE seq = ?", (strange[5], crc, seq))


def test_the_hash_of_a_state_is_its_own(journal: Journal) -> None:
    hashes = {state_hash(fold(journal[:batches]).state) for batches in range(1, 40)}
    assert len(hashes) == 39
