"""The state directory: where everything lives that survives a restart, and which version of Deskbell laid it out.

DIR/version            the layout's number; a newer one is refused, nothing in it is touched
DIR/deskbell.sqlite    journal, records, settings of the page
DIR/recordings/        conversations
DIR/edge/              Kamailio's rendered configuration and registrations
DIR/run/               sockets and the settings rendered for each process, new at every start
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.errors import StorageError

LAYOUT: Final = 1


@dataclass(frozen=True, slots=True)
class State:
    """The paths inside one state directory."""

    root: Path

    @property
    def run(self) -> Path:
        """Sockets and rendered settings."""
        return self.root / "run"

    @property
    def recordings(self) -> Path:
        """Recorded conversations."""
        return self.root / "recordings"

    @property
    def traces(self) -> Path:
        """What happened in the last calls on analogue lines, a file each."""
        return self.root / "traces"

    @property
    def learnt(self) -> Path:
        """The tones that analogue lines have learnt of their exchanges."""
        return self.root / "learnt"

    @property
    def edge(self) -> Path:
        """Kamailio's own folder."""
        return self.root / "edge"

    def lock(self) -> int:
        """Hold the directory for this process; the lock goes with it. Raises StorageError when another runs in it."""
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            os.close(handle)
            raise StorageError(
                f"{self.root}: another Deskbell runs in it; stop that one or give another --state"
            ) from taken
        return handle


def prepare(root: Path) -> State:
    """The state directory, made if it is not there, with its version checked before anything is touched.

    Raises StorageError when it cannot be made or a newer Deskbell laid it out.
    """
    root = root.resolve()
    state = State(root)
    try:
        _check_version(root)
        root.mkdir(mode=0o751, parents=True, exist_ok=True)  # the edge's own user passes through to its folder
        for folder in (state.run, state.recordings, state.edge):
            folder.mkdir(mode=0o750, exist_ok=True)
        (root / "version").write_text(f"{LAYOUT}\n", encoding="ascii")
    except OSError as wrong:
        raise StorageError(
            f"{root}: cannot be used to keep state ({wrong.strerror}); give a folder that can"
        ) from wrong
    return state


def _check_version(root: Path) -> None:
    version = root / "version"
    if not version.exists():
        return
    text = version.read_text(encoding="ascii", errors="replace").strip()
    if not text.isdigit():
        raise StorageError(f"{version} says {text!r}; a number would be right, {LAYOUT} for this Deskbell")
    if int(text) > LAYOUT:
        raise StorageError(
            f"{root} was laid out by a newer Deskbell (version {text}, this one knows {LAYOUT}); "
            "start that newer one, or give an empty folder with --state"
        )
