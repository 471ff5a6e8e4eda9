"""Rows of the database as the page is shown them."""

from pathlib import Path

from appliance.api import CallRecord, RecordingFile, VoicemailMessage
from appliance.storage.records import ContactRow, RecordingRow
from appliance.storage.voicemails import VoicemailRow


def call_of(row: ContactRow, recordings: tuple[str, ...]) -> CallRecord:
    """A contact, with the recordings that there are of it."""
    return CallRecord(
        row.contact, row.queue, row.number, row.name, row.origin, row.arrived_wall, row.waited_s, row.talked_s,
        row.outcome, row.agent, recordings, row.ended_wall, row.why, row.note, row.code, row.placed_by,
        row.evidence,
    )  # fmt: skip


def message_of(row: VoicemailRow, recordings: Path) -> VoicemailMessage:
    """A message that a caller left; `recordings` is the folder where files without a place of their own lie."""
    return VoicemailMessage(
        row.recording, row.contact, row.box, row.number, row.name, _file(row, recordings), row.began_wall, row.seconds,
        row.cause, row.handled_by, row.handled_wall,
    )  # fmt: skip


def file_of(row: RecordingRow, recordings: Path) -> RecordingFile:
    """A recording, likewise."""
    how = row.began_wall, row.seconds, row.cause, row.trimmed_s
    return RecordingFile(row.recording, row.contact, row.agent, _file(row, recordings), *how)


def _file(row: VoicemailRow | RecordingRow, recordings: Path) -> Path:
    return Path(row.path) if row.path else recordings / f"{row.recording}.wav"
