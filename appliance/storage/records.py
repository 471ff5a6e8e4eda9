"""Call records: the core's facts as rows, and the questions people ask of them.

The rows of a batch are written in the transaction of its journal records, so they can never disagree with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from appliance.acd import story
from appliance.storage.database import Database, Row, Statement

WallOf = Callable[[float], float]
"""Office time to seconds since 1970."""

_T = TypeVar("_T")

_ARRIVED: Final = (
    "INSERT OR REPLACE INTO contacts (contact, queue, number, name, origin, arrived_wall) VALUES (?, ?, ?, ?, ?, ?)"
)
_PLACED: Final = (
    "INSERT OR REPLACE INTO contacts (contact, queue, number, name, origin, arrived_wall, placed_by) "
    "VALUES (?, ?, ?, '', ?, ?, ?)"
)
_LAST_SEGMENT: Final = (
    "UPDATE segments SET talked_s = max(0, ?1 - (SELECT total(talked_s) FROM segments WHERE contact = ?2)) "
    "WHERE offer = (SELECT offer FROM segments WHERE contact = ?2 ORDER BY began_wall DESC LIMIT 1)"
)
_ORDER_RECORDING: Final = "INSERT OR IGNORE INTO recordings (recording, contact, agent, began_wall) VALUES (?, ?, ?, ?)"
_CLOSE_RECORDING: Final = (
    "UPDATE recordings SET path = CASE ?2 WHEN '' THEN path ELSE ?2 END, seconds = ?3, cause = ?4, closed = 1, "
    "trimmed_s = ?5 WHERE recording = ?1"
)
_ENDED: Final = (
    "UPDATE contacts SET outcome = ?, waited_s = ?, talked_s = ?, agent = ?, ended_wall = ?, why = ? WHERE contact = ?"
)
_CONTACT: Final = (
    "SELECT contact, queue, number, name, origin, arrived_wall, waited_s, talked_s, outcome, agent, ended_wall, why, "
    "note, code, placed_by, evidence FROM contacts "
)
_UNKEPT: Final = "WHERE outcome = 'callback' AND why IN ('failed', 'expired', 'queue_removed') AND handled_by = '' "
"""Promises that came to nothing: a person must see to them (§3.8, 6)."""
_RECORDING: Final = (
    "SELECT recording, contact, agent, path, began_wall, seconds, cause, closed, trimmed_s FROM recordings "
)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact; `ended_wall` 0 and `outcome` "" while it lives. `placed_by`: this agent called them, as `queue`.

    `evidence`: by what an analogue line took the number for answered.
    """

    contact: str
    queue: str
    number: str
    name: str
    origin: str
    arrived_wall: float
    waited_s: float
    talked_s: float
    outcome: str
    agent: str
    ended_wall: float
    why: str = ""
    note: str = ""
    code: str = ""
    placed_by: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording; `closed` once the recorder said so, `cause` why it is short ("" when it is whole).

    `trimmed_s`: so much of an exchange's tone was cut off its end.
    """

    recording: str
    contact: str
    agent: str
    path: str
    began_wall: float
    seconds: float
    cause: str
    closed: bool
    trimmed_s: float = 0.0


def statements(facts: Iterable[story.Fact], wall_of: WallOf) -> list[Statement]:
    """What the facts of one batch change in the records, in order."""
    return [statement for fact in facts for statement in _statements(fact, wall_of)]


async def contacts(
    database: Database, limit: int, before: float | None = None, queue: str = ""
) -> tuple[ContactRow, ...]:
    """Contacts that arrived before `before` (wall seconds), newest first, of one queue or of all."""
    rows = await database.read(
        _CONTACT
        + "WHERE arrived_wall < ?1 AND (?3 = '' OR queue = ?3) ORDER BY arrived_wall DESC, rowid DESC LIMIT ?2",
        (before if before is not None else 1e18, limit, queue),
    )
    return _as(rows, ContactRow)


async def unkept_promises(database: Database, limit: int) -> tuple[ContactRow, ...]:
    """Callbacks that failed or expired and that nobody has seen to, newest first (§3.8, 6)."""
    return _as(await database.read(_CONTACT + _UNKEPT + "ORDER BY ended_wall DESC LIMIT ?", (limit,)), ContactRow)


def promise_handled(contact: str, actor: str) -> Statement:
    """Somebody has seen to a callback that came to nothing; the first one who did stays written."""
    return "UPDATE contacts SET handled_by = ?2 WHERE contact = ?1 AND handled_by = ''", [(contact, actor)]


async def contact_exists(database: Database, contact: str) -> bool:
    """Whether a contact of this id was ever recorded."""
    return bool(await database.read("SELECT 1 FROM contacts WHERE contact = ?", (contact,)))


async def recordings(
    database: Database, limit: int, contact: str | None = None, queue: str = ""
) -> tuple[RecordingRow, ...]:
    """Recordings, newest first, of everybody, of one contact or of one queue."""
    rows = await database.read(
        _RECORDING + "WHERE (?1 IS NULL OR contact = ?1) "
        "AND (?3 = '' OR contact IN (SELECT contact FROM contacts WHERE queue = ?3)) "
        "ORDER BY began_wall DESC, rowid DESC LIMIT ?2",
        (contact, limit, queue),
    )
    return _as(rows, RecordingRow)


async def recording(database: Database, name: str) -> RecordingRow | None:
    """One recording by its id."""
    found = _as(await database.read(_RECORDING + "WHERE recording = ?", (name,)), RecordingRow)
    return found[0] if found else None


async def open_recordings(database: Database) -> tuple[RecordingRow, ...]:
    """Recordings that began and were not closed, oldest first."""
    return _as(await database.read(_RECORDING + "WHERE NOT closed ORDER BY began_wall, rowid"), RecordingRow)


async def recordings_of(database: Database, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Contact → its recording ids, oldest first, for the contacts named."""
    found: dict[str, tuple[str, ...]] = {}
    wanted = tuple(names)
    marks = ", ".join("?" * len(wanted))
    sql = f"SELECT contact, recording FROM recordings WHERE contact IN ({marks}) ORDER BY began_wall, rowid"  # noqa: S608
    for contact, name in await database.read(sql, wanted):
        found[str(contact)] = (*found.get(str(contact), ()), str(name))
    return found


def recording_ordered(name: str, contact: str, agent: str, wall: float) -> Statement:
    """A recording was ordered; its path is known when it closes."""
    return _ORDER_RECORDING, [(name, contact, agent, wall)]


def recording_closed(name: str, path: str, seconds: float, cause: str, trimmed_s: float = 0.0) -> Statement:
    """The recorder closed it; an empty path leaves the one that was expected."""
    return _CLOSE_RECORDING, [(name, path, seconds, cause, trimmed_s)]


_Change = (
    story.MenuChosen | story.WayChanged | story.CallTaken | story.CallNoted | story.CallCoded | story.CallbackPromised
)


def _statements(fact: story.Fact, wall_of: WallOf) -> list[Statement]:
    match fact:
        case story.ContactArrived() | story.CallPlaced():
            return [_contact_began(fact, wall_of)]
        case story.ContactAnswered():
            return _contact_answered(fact, wall_of)
        case story.ContactEnded():
            return _contact_ended(fact, wall_of)
        case story.OfferOpened():
            row: Row = (fact.offer, fact.contact, fact.agent, fact.queue, wall_of(fact.at), 0.0, "")
            return [("INSERT OR REPLACE INTO offers VALUES (?, ?, ?, ?, ?, ?, ?)", [row])]
        case story.OfferEnded():
            return [("UPDATE offers SET outcome = ?, rang_s = ? WHERE offer = ?", [_offer_end(fact)])]
        case _ if isinstance(fact, _Change):
            column, value = _changed(fact)
            return [(f"UPDATE contacts SET {column} = ? WHERE contact = ?", [(value, fact.contact)])]
        case story.DutyChanged():
            duty: Row = (fact.agent, wall_of(fact.at), int(fact.is_available), fact.reason, fact.actor)
            return [("INSERT INTO duty (agent, wall, is_available, reason, actor) VALUES (?, ?, ?, ?, ?)", [duty])]
        case (
            story.LateAnswer()
            | story.WrapUpFinished()
            | story.Healed()
            | story.NotKnown()
            | story.HoursHeld()
            | story.RecordingPaused()
            | story.RecordingResumed()
            | story.ConsentGiven()
            | story.CoachCame()
            | story.CoachGone()
            | story.CoachRefused()
            | story.HelpCalled()
            | story.CallAssigned()
            | story.NoticeGiven()
            | story.ContactSentOn()
            | story.CallbackDialled()
            | story.CallerHeld()
            | story.EmergencyPlaced()
            | story.CallerTakenBack()
            | story.HeldLong()
            | story.IdentityChanged()
            | story.TransferBegan()
            | story.TransferEnded()
        ):
            return []  # the journal tells them again when a report asks


def _changed(fact: _Change) -> tuple[str, str]:
    """The column of the contact that this changes, and what it is now."""
    match fact:
        case story.MenuChosen():
            return "queue", fact.queue
        case story.WayChanged():
            return "origin", fact.way
        case story.CallTaken():
            return "evidence", fact.evidence
        case story.CallNoted():
            return "note", fact.text
        case story.CallCoded():
            return "code", fact.code
        case story.CallbackPromised():  # the number by which this contact can be reached, perhaps another one
            return "number", fact.number


def _contact_began(fact: story.ContactArrived | story.CallPlaced, wall_of: WallOf) -> Statement:
    if isinstance(fact, story.CallPlaced):
        placed: Row = (fact.contact, fact.queue, fact.number, fact.way, wall_of(fact.at), fact.agent)
        return _PLACED, [placed]
    row: Row = (fact.contact, fact.queue, fact.number, fact.name, fact.origin, wall_of(fact.at))
    return _ARRIVED, [row]


def _contact_answered(fact: story.ContactAnswered, wall_of: WallOf) -> list[Statement]:
    segment: Row = (fact.offer, fact.contact, fact.agent, wall_of(fact.at))
    return [
        ("UPDATE contacts SET agent = ?, waited_s = ? WHERE contact = ?", [(fact.agent, fact.waited_s, fact.contact)]),
        ("INSERT OR REPLACE INTO segments (offer, contact, agent, began_wall) VALUES (?, ?, ?, ?)", [segment]),
    ]


def _contact_ended(fact: story.ContactEnded, wall_of: WallOf) -> list[Statement]:
    """Closes the contact; the last segment gets what the earlier ones have not of the talking time."""
    row: Row = (
        fact.outcome.value, fact.waited_s, fact.talked_s, fact.agent, wall_of(fact.at), fact.why, fact.contact,
    )  # fmt: skip
    return [(_ENDED, [row]), (_LAST_SEGMENT, [(fact.talked_s, fact.contact)])]


def _offer_end(fact: story.OfferEnded) -> Row:
    return fact.outcome.value, fact.rang_s, fact.offer


def _as(rows: Iterable[Row], shape: type[_T]) -> tuple[_T, ...]:
    """Rows as facts; SQLite's 0 and 1 become bool where the shape says so."""
    return tuple(msgspec.convert(_named(row, shape), shape, strict=False) for row in rows)


def _named(row: Row, shape: type[object]) -> dict[str, object]:
    return dict(zip(shape.__dataclass_fields__, row, strict=True))  # type: ignore[attr-defined]
