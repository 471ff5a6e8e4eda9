"""`deskbell replay`: a journal tells its story with numbers masked and ends in one state, from a box or from a file."""

import datetime
import re
import sqlite3
import zoneinfo
from pathlib import Path

import pytest

from appliance import incident as incidents
from appliance.__main__ import main
from appliance.acd import events as ev
from appliance.acd.engine import fold
from appliance.acd.metrics_counts import count
from appliance.incident import state_hash
from appliance.replay import replay, sentence
from tests.support.recorded_day import Journal, recorded_day, write_database

TOKYO = zoneinfo.ZoneInfo("Asia/Tokyo")
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=TOKYO).timestamp()
HASH = re.compile(r"state ([0-9a-f]{64}), twice the same")


def wall_of(at: float) -> float:
    return NOON + at - 1000


@pytest.fixture(scope="module")
def journal() -> Journal:
    return recorded_day(60, hours=1.0)


@pytest.fixture
def box(tmp_path: Path, journal: Journal) -> Path:
    """The state folder of a box that lived through this journal from noon on."""
    write_database(tmp_path / incidents.DATABASE, journal, wall_of)
    return tmp_path


def hash_in(lines: str) -> str:
    found = HASH.search(lines)
    assert found, lines
    return found[1]


def test_the_state_is_that_of_the_fold_and_the_same_twice(box: Path, journal: Journal, capsys) -> None:
    """U-14, I-22: the same twice."""
    assert main(["replay", "--state", str(box)]) == 0
    told = capsys.readouterr().out
    assert hash_in(told) == state_hash(fold(journal).state)
    assert "The calls add up (M-00)" in told


def test_every_event_is_a_line_and_no_number_is_told_whole(box: Path, journal: Journal, capsys) -> None:
    main(["replay", "2026-11-23", "--state", str(box)])
    told = capsys.readouterr().out
    lines = re.findall(r"^2026-11-23 [0-9:.]{12} #\d+ \S.*", told, re.MULTILINE)
    assert len([line for line in lines if "→" not in line]) == sum(len(events) for events, _ in journal)
    assert "caller arrived: contact c0, queue front, number 031200****, origin line0" in told
    assert "12:00:01.000 #2 duty on: agent a0, actor a0" in told
    assert "→ Contact c0 talks with a0 after waiting 4.0 s" in told
    assert "山田" not in told
    assert not re.search(r"0312\d{6}", told)


def test_reading_a_box_changes_nothing_in_it(box: Path) -> None:
    before = (box / incidents.DATABASE).read_bytes()
    list(replay(incidents.read("", box, "Asia/Tokyo")))
    assert (box / incidents.DATABASE).read_bytes() == before


def test_a_box_that_is_running_can_be_replayed(box: Path) -> None:
    writer = sqlite3.connect(box / incidents.DATABASE)
    writer.execute("BEGIN IMMEDIATE")
    assert incidents.read("", box, "Asia/Tokyo").batches
    writer.rollback()
    writer.close()


def test_an_exported_day_has_no_numbers_and_tells_the_same_story(box: Path, tmp_path: Path, capsys) -> None:
    file = tmp_path / "incident.jsonl"
    main(["replay", "2026-11-23", "--state", str(box), "--export", str(file)])
    assert "numbers and callers' names replaced" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"0312\d{6}", text)
    assert "山田" not in text
    main(["replay", str(file)])
    from_file = capsys.readouterr().out.splitlines()
    main(["replay", "2026-11-23", "--state", str(box)])
    from_box = capsys.readouterr().out.splitlines()
    assert [re.sub(r"\*·\d+", "*", line) for line in from_file[:-1]] == from_box[:-1]


def test_an_export_of_an_export_is_the_same_file(box: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    incidents.write(incidents.read("2026-11-23", box, "Asia/Tokyo"), first)
    incidents.write(incidents.read(str(first), None, "Asia/Tokyo"), second)
    assert first.read_bytes() == second.read_bytes()


def test_the_same_number_is_the_same_pseudonym_so_repeat_calls_stay_countable(box: Path, tmp_path: Path) -> None:
    file = tmp_path / "incident.jsonl"
    incidents.write(incidents.read("", box, "Asia/Tokyo"), file)
    numbers = re.findall(r'"number":"(0312[^"]*)"', file.read_text(encoding="utf-8"))
    assert len(numbers) == len(set(numbers)) == 60
    assert numbers[0] == "031200****·1"


def test_with_numbers_the_file_folds_to_the_state_of_the_box(box: Path, tmp_path: Path, capsys) -> None:
    file = tmp_path / "incident.jsonl"
    main(["replay", "--state", str(box), "--export", str(file), "--with-numbers"])
    main(["replay", str(file)])
    of_file = hash_in(capsys.readouterr().out)
    main(["replay", "--state", str(box)])
    assert of_file == hash_in(capsys.readouterr().out)


def test_a_day_begins_with_who_is_inside_and_on_duty(tmp_path: Path, journal: Journal) -> None:
    """The same journal, with midnight in the middle of it: the file of the second day carries the first one's end."""
    middle = journal[len(journal) // 2][1]
    midnight = datetime.datetime(2026, 11, 24, tzinfo=TOKYO).timestamp()
    write_database(tmp_path / incidents.DATABASE, journal, lambda at: midnight + at - middle)
    second = incidents.read("2026-11-24", tmp_path, "Asia/Tokyo")
    assert 0 < len(second.batches) < len(journal)
    file = tmp_path / "second.jsonl"
    incidents.write(second, file, masked=False)
    carried = incidents.read(str(file), None, "")
    for incident in (second, carried):
        acd, ledger = incident.begun((incident.interval.start, incident.interval.end))
        assert sum(agent.is_available for agent in acd.state.agents.values()) == 3
        for batch in incident.batches:
            ledger.handle(acd, batch.events, batch.at, batch.wall)
        assert acd.state == fold(journal).state
        ledger.finish(acd, ledger.at, ledger.wall)
        counts = count(ledger, incident.interval)
        assert counts.offered == sum(
            isinstance(event, ev.CallerArrived) for batch in second.batches for event in batch.events
        )


def test_what_is_damaged_is_told_and_the_rest_is_replayed(box: Path, tmp_path: Path, capsys) -> None:
    with sqlite3.connect(box / incidents.DATABASE) as database:
        database.execute("UPDATE journal SET body = '{}' WHERE seq = 40")
    main(["replay", "--state", str(box)])
    assert "journal record 40" in capsys.readouterr().out
    file = tmp_path / "torn.jsonl"
    incidents.write(incidents.read("", box, "Asia/Tokyo"), file)
    lines = file.read_bytes().splitlines()
    torn = [*lines[:10], lines[10].replace(b'["', b'["Un', 1), *lines[11:-1], lines[-1][:20]]
    file.write_bytes(b"\n".join(torn[:-2] + torn[-1:]))
    damage = "\n".join(incidents.read(str(file), None, "").damage)
    assert "line 11: this version knows no such Un" in damage
    assert "is damaged and was left out" in damage
    assert "its first line promises" in damage


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["replay", "2026-11-23"], "give its folder with --state"),
        (["replay", "2026-13-40", "--state", "."], "no day of the calendar"),
        (["replay", "nowhere.jsonl"], "cannot be read"),
        (["replay", "--state", "nowhere"], "cannot be read"),
        (["replay", "junk"], "is no journal of a Deskbell"),
        (["replay", "newer"], "written by a newer Deskbell (file version 2"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_a_sentence(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("junk").write_text("hello\n", encoding="utf-8")
    header = '{"version":2,"zone":"UTC","starts":0,"ends":1,"wall":0,"batches":0,"masked":true,"state":{}}\n'
    Path("newer").write_text(header, encoding="utf-8")
    assert main(arguments) == 2
    assert told in capsys.readouterr().err


def test_a_zone_that_is_none_is_refused(box: Path, capsys) -> None:
    assert main(["replay", "--state", str(box), "--zone", "Moon/Base"]) == 2
    assert "no IANA time zone" in capsys.readouterr().err


def test_events_without_fields_and_with_lists_read_well() -> None:
    assert sentence(ev.Ticked()) == "ticked"
    assert sentence(ev.Restarted(("o1", "o2"))) == "restarted: offers o1 o2"
    assert sentence(ev.DutyOff("ann", "ann", after_call=True)) == "duty off: agent ann, actor ann, after_call"
