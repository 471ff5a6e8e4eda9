"""The part of the store that the voicemail needs, in memory; `is_full` makes it refuse as a full disk does."""

from dataclasses import replace

from appliance.errors import StorageError
from appliance.storage.voicemails import VoicemailRow


class FakeMessages:
    """Rows by recording."""

    def __init__(self) -> None:
        self.rows: dict[str, VoicemailRow] = {}
        self.is_full = False

    def wall(self) -> float:
        return 1_000_000.0

    async def voicemail_ordered(self, row: VoicemailRow) -> None:
        self._check()
        self.rows.setdefault(row.recording, row)

    async def voicemail_closed(self, recording: str, path: str, seconds: float, spoke_s: float, cause: str) -> None:
        self._check()
        if recording in self.rows:
            self.rows[recording] = replace(
                self.rows[recording], path=path, seconds=seconds, spoke_s=spoke_s, cause=cause, closed=True
            )

    async def unfinished_voicemails(self) -> tuple[VoicemailRow, ...]:
        return tuple(row for row in self.rows.values() if not row.closed)

    def _check(self) -> None:
        if self.is_full:
            raise StorageError("the disk is full")
