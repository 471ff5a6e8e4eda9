"""A stretch of an office's journal, from the database of a box or from a file that can be carried elsewhere.

The file is JSON lines: a header with the state the stretch begins with, then one line a batch. Telephone numbers and
callers' names are replaced in it, the same number always by the same pseudonym, unless real ones are asked for.
"""

import datetime
import hashlib
import re
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from appliance.acd.engine import Acd
from appliance.acd.metrics_counts import Interval, day
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.model import State
from appliance.errors import StorageError
from appliance.storage.history import SQLITE, read_history, zone_of_box
from appliance.storage.journal import Batch, event_from

DATABASE: Final = "deskbell.sqlite"
VERSION: Final = 1
USUAL_ZONE: Final = "Asia/Tokyo"

_HIDDEN: Final = "****"
_NUMBER: Final = re.compile(r"\+?[0-9][0-9\-]{5,}(?![0-9\-*])")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_NAMES_OF_OURS: Final = frozenset({"contact", "offer", "leg", "recording", "agent", "queue"})
_hashed: Final = msgspec.msgpack.Encoder(order="deterministic")


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a file. `wall` is the time of `state`; `batches` lines follow."""

    deskbell: str = "journal"
    version: int = VERSION
    zone: str
    starts: float
    ends: float
    wall: float
    batches: int
    masked: bool
    state: msgspec.Raw


class Line(msgspec.Struct, frozen=True):
    """One batch: its events as (kind, fields)."""

    seq: int
    at: float
    wall: float
    events: tuple[tuple[str, msgspec.Raw], ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened in `interval`. `start` is the office before `earlier`, which is known history before it."""

    zone: zoneinfo.ZoneInfo
    interval: Interval
    start: State
    start_wall: float
    earlier: tuple[Batch, ...]
    batches: tuple[Batch, ...]
    damage: tuple[str, ...] = ()

    def begun(self, edges: Sequence[float] = ()) -> tuple[Acd, Ledger]:
        """A core and a ledger as they were when the interval began."""
        acd, ledger = Acd(copy_of(self.start)), Ledger(sorted(edges))
        ledger.begin(acd.state, self.start_wall)
        for batch in self.earlier:
            ledger.handle(acd, batch.events, batch.at, batch.wall)
        return acd, ledger


def copy_of(state: State) -> State:
    """A state of its own, equal to this one."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State)


def state_hash(state: State) -> str:
    """SHA-256 of the state: equal for equal states, on every machine."""
    return hashlib.sha256(_hashed.encode(state)).hexdigest()


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """The IANA zone. Raises StorageError when there is none of that name."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as wrong:
        raise StorageError(f"{name!r} is no IANA time zone; Asia/Tokyo would be one") from wrong


def read(what: str, state_dir: Path | None, zone: str) -> Incident:
    """The incident named by `what`: a day (YYYY-MM-DD) of the box in `state_dir`, a file, or "" for all of the box.

    `zone` "" is the one the box runs in. Raises StorageError, with a sentence, for whatever cannot be read.
    """
    if what and not _DATE.fullmatch(what):
        path = Path(what)
        return _from_database(path, None, zone) if _begins_with(path, SQLITE) else _from_file(path)
    if state_dir is None:
        raise StorageError(f"{what or 'replay'} was asked for without a box; give its folder with --state")
    return _from_database(state_dir / DATABASE, _date(what) if what else None, zone)


def write(incident: Incident, path: Path, *, masked: bool = True) -> None:
    """The incident as a file. Raises StorageError when it cannot be written."""
    acd, _ = incident.begun()
    hide = _Pseudonyms() if masked else None
    header = Header(
        zone=str(incident.zone),
        starts=incident.interval.start,
        ends=incident.interval.end,
        wall=incident.earlier[-1].wall if incident.earlier else incident.start_wall,
        batches=len(incident.batches),
        masked=masked,
        state=_raw(acd.state, hide),
    )
    lines = [msgspec.json.encode(header)]
    for batch in incident.batches:
        events = tuple((type(event).__name__, _raw(event, hide)) for event in batch.events)
        lines.append(msgspec.json.encode(Line(batch.seq, batch.at, batch.wall, events)))
    try:
        path.write_bytes(b"\n".join(lines) + b"\n")
    except OSError as wrong:
        raise StorageError(f"{path}: cannot be written ({wrong.strerror}); give a place that can") from wrong


def masked(text: str) -> str:
    """The text with every telephone number's last four digits hidden."""
    return _NUMBER.sub(lambda found: found[0] if _DATE.fullmatch(found[0]) else found[0][:-4] + _HIDDEN, text)


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as wrong:
        raise StorageError(f"{text} is no day of the calendar; YYYY-MM-DD would be right") from wrong


def _begins_with(path: Path, mark: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(mark)) == mark
    except OSError as wrong:
        raise StorageError(f"{path}: cannot be read ({wrong.strerror}); give a file or a day as YYYY-MM-DD") from wrong


# -- from a box


def _from_database(path: Path, date: datetime.date | None, zone: str) -> Incident:
    where = zone_of(zone or zone_of_box(path) or USUAL_ZONE)
    wanted = day(date, where) if date else None
    history = read_history(path, wanted.start, wanted.end) if wanted else read_history(path)
    batches = history.reading.batches
    interval = wanted or _all_of([batch.wall for batch in batches])
    begin = next((at for at, batch in enumerate(batches) if batch.wall >= interval.start), len(batches))
    earlier, inside = batches[:begin], batches[begin:]
    return Incident(where, interval, history.state, history.wall, earlier, inside, history.reading.damage)


def _all_of(walls: Sequence[float]) -> Interval:
    return Interval(min(walls), max(walls) + 1.0) if walls else Interval(0.0, 1.0)


# -- from a file


def _from_file(path: Path) -> Incident:
    lines = path.read_bytes().splitlines()
    header = _header(path, lines[0] if lines else b"")
    damage: list[str] = []
    batches = tuple(_batches(lines[1:], damage))
    if len(lines) - 1 != header.batches:
        damage.append(f"{path} has {len(lines) - 1} batches, its first line promises {header.batches}")
    try:
        state = msgspec.json.decode(header.state, type=State)
    except msgspec.MsgspecError as wrong:
        raise StorageError(f"{path}: its state is of another version ({wrong}); replay it with that one") from wrong
    interval = Interval(header.starts, header.ends)
    return Incident(zone_of(header.zone), interval, state, header.wall, (), batches, tuple(damage))


def _header(path: Path, line: bytes) -> Header:
    try:
        header = msgspec.json.decode(line, type=Header)
    except msgspec.MsgspecError as wrong:
        raise StorageError(f"{path} is no journal of a Deskbell; one made by `replay --export` would be") from wrong
    if header.version > VERSION:
        raise StorageError(
            f"{path} was written by a newer Deskbell (file version {header.version}, this one knows {VERSION})"
        )
    return header


def _batches(lines: Sequence[bytes], damage: list[str]) -> Iterator[Batch]:
    for number, text in enumerate(lines, 2):
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.MsgspecError as wrong:
            damage.append(f"line {number} is damaged and was left out ({wrong})")
            continue
        events = [(kind, event_from(kind, bytes(body))) for kind, body in line.events]
        damage += [f"line {number}: this version knows no such {kind}; left out" for kind, one in events if one is None]
        known = tuple(event for _, event in events if event is not None)
        if known:
            yield Batch(line.seq, line.at, known, line.wall)


# -- who must not be known


class _Pseudonyms:
    """The same number becomes the same pseudonym everywhere in one file; what is hidden already stays as it is."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def number(self, number: str) -> str:
        """The pseudonym: the number without its last four digits, and which number of the file it is."""
        if len(number) <= 4 or _HIDDEN in number:
            return number
        return self._given.setdefault(number, f"{number[:-4]}{_HIDDEN}·{len(self._given) + 1}")

    def everywhere(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value in, the same shape out
        """JSON with every number hidden, and the names of whoever has a number and a contact."""
        if isinstance(value, dict):
            is_caller = "contact" in value and "number" in value
            return {key: self._field(key, part, is_caller=is_caller) for key, part in value.items()}
        if isinstance(value, list):
            return [self.everywhere(part) for part in value]
        if isinstance(value, str) and _NUMBER.fullmatch(value) and not _DATE.fullmatch(value):
            return self.number(value)
        return value

    def _field(self, key: str, value: Any, *, is_caller: bool) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, str) and (key in _NAMES_OF_OURS or key == "name"):
            return "" if is_caller and key == "name" else value
        return self.number(value) if key == "number" and isinstance(value, str) else self.everywhere(value)


def _raw(value: object, hide: _Pseudonyms | None) -> msgspec.Raw:
    if hide is not None:
        value = hide.everywhere(msgspec.json.decode(msgspec.json.encode(value)))
    return msgspec.Raw(msgspec.json.encode(value))
