"""What happened in one call on one line, or before its modem failed, as a file of JSON lines (fxo §5).

Commands and answers, events of the modem with the sample they came at, states, the evidence, once a second the levels.
Never what was said: a trace holds no sound, of numbers all but the last four digits, and no keys. The newest of each
line are kept. Times are monotonic seconds; a file's own date says when it was.
"""

import json
import logging
import re
from collections import deque
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

KEPT_FILES: Final = 50
KEPT_ENTRIES: Final = 5000
BEFORE: Final = 60.0  # what went before a call, and belongs to it
_NUMBER: Final = re.compile(r"\d{5,}")
_RAW: Final = re.compile(r"MESG\s*=.*")

Value = str | float | int | None


class Trace:
    """The call there is, or the last minute without one. `folder` None keeps nothing."""

    def __init__(self, folder: Path | None, line: str) -> None:
        self._folder, self._line = folder, line
        self._entries: deque[dict[str, Value]] = deque(maxlen=KEPT_ENTRIES)
        self._is_in_call = False
        self._levels_at = 0.0

    def note(self, now: float, what: str, text: str = "", **more: Value) -> None:
        """Something happened; numbers in `text` are masked."""
        if self._folder is None:
            return
        told = _RAW.sub("MESG=***", _NUMBER.sub(lambda found: f"***{found[0][-2:]}", text))
        self._entries.append({"at": round(now, 3), "what": what, "text": told, **more})
        while not self._is_in_call and self._entries and float(self._entries[0]["at"] or 0) < now - BEFORE:
            self._entries.popleft()

    def command(self, sent: bytes, now: float) -> None:
        """Bytes for a modem that is not streaming."""
        self.note(now, "sent", sent.decode("latin-1").strip() or sent.hex())

    def answer(self, came: bytes, now: float) -> None:
        """Bytes of a modem that is not streaming."""
        self.note(now, "came", " | ".join(came.decode("latin-1").split()))

    def wants_levels(self, now: float) -> bool:
        """Whether a second went by since the last levels."""
        return self._folder is not None and now - self._levels_at >= 1.0

    def levels(self, now: float, sample: int, from_line: float, to_line: float) -> None:
        """How loud both ways were, in dBFS."""
        self._levels_at = now
        self.note(now, "levels", sample=sample, from_line=round(from_line, 1), to_line=round(to_line, 1))

    @property
    def is_empty(self) -> bool:
        """Nothing was noted since the last file."""
        return not self._entries

    def began(self) -> None:
        """A call began: from now on nothing is forgotten."""
        self._is_in_call = True

    def ended(self) -> None:
        """The call is over, or the modem failed: write the file."""
        self._is_in_call = False
        if self._folder is None or not self._entries:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            files = sorted(self._folder.glob(f"{self._line}-*.jsonl"))
            number = int(files[-1].stem.rpartition("-")[2]) + 1 if files else 1
            text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in self._entries)
            (self._folder / f"{self._line}-{number:08d}.jsonl").write_text(text)
            for old in files[: max(0, len(files) + 1 - KEPT_FILES)]:
                old.unlink(missing_ok=True)
        except (OSError, ValueError) as wrong:
            logger.warning("Line %s: the call's trace cannot be written: %s", self._line, wrong)
        self._entries.clear()
