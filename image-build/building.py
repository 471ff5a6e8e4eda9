"""What building something once has in common: where it is kept, steps that talk, commands whose output is one log.

Used by `pjsua2/` and `uml/`. Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

PROGRESS_SECONDS = 5.0
LOG_LINES_SHOWN = 15
# Flags of whoever calls us must not leak into what is built.
FOREIGN_FLAGS = ("MAKEFLAGS", "MAKELEVEL", "CFLAGS", "CXXFLAGS", "LDFLAGS", "CPPFLAGS", "KCONFIG_CONFIG")


class SetupError(Exception):
    """The set-up cannot go on; the text is the whole sentence for the person at the keyboard."""


def cache_dir() -> Path:
    """Say where things made once live: ``$XDG_CACHE_HOME/deskbell``, else ``~/.cache/deskbell``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "deskbell"


def system_name() -> str:
    """Name the release whose shared libraries what is built links with, such as ``debian12``."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return "unknown"
    return release.get("ID", "unknown") + release.get("VERSION_ID", release.get("VERSION_CODENAME", ""))


def check_space(folder: Path, needed: int) -> None:
    """Raise SetupError when fewer than ``needed`` bytes are free on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        wanted = needed // 1_000_000
        raise SetupError(f"Building needs {wanted} MB of free disk in {folder}; {free // 1_000_000} MB are free there.")


def patch(tree: Path, patches: Iterable[tuple[str, str, str]], recipe: str) -> None:
    """Change the source in ``tree``: (file, what stands there once, what is to). SetupError when it is not there."""
    for name, before, after in patches:
        text = (tree / name).read_text()
        if text.count(before) != 1:
            raise SetupError(
                f"{name} of {tree.name} is not what {recipe} expects: {before!r} is there {text.count(before)} times."
            )
        (tree / name).write_text(text.replace(before, after))


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a command that is still running, and all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


class Workshop:
    """The commands of one build. All of them write to one log, whose end is shown when one fails."""

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        """Begin an empty log. ``environment`` is added to that of every command."""
        self._log = log
        self._environment = {name: value for name, value in os.environ.items() if name not in FOREIGN_FLAGS}
        self._environment |= {"LC_ALL": "C", **environment}
        self._log.write_text("")

    def run(self, command: list[str], folder: Path) -> None:
        """Run one command to its end. Raises SetupError with the end of the log when it failed."""
        process = self.start(command, folder)
        try:
            self.finish(process, command)
        finally:
            stop(process)

    def start(self, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
        """Start one command in a session of its own, so that all it starts ends with it."""
        with self._log.open("ab") as log:
            log.write(f"$ {' '.join(command)}\n".encode())
            log.flush()
            return subprocess.Popen(
                command,
                cwd=folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def finish(self, process: subprocess.Popen[bytes], command: list[str]) -> None:
        """Wait for a command. Raises SetupError with the end of the log when it failed."""
        status = process.wait()
        if status != 0:
            tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
            raise SetupError(
                f"`{command[0]}` ended with status {status}. The whole log is {self._log}; it ends:\n{tail}"
            )


@contextlib.contextmanager
def step(what: str, how_far: Callable[[], str] | None = None) -> Iterator[None]:
    """Say what is done, how far it is every few seconds (as ``how_far`` says it), and how long it took."""
    print(f"  {what} ...", flush=True)
    begun = time.monotonic()
    over = threading.Event()
    teller = threading.Thread(target=_tell, args=(begun, over, how_far), daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
    print(f"  {what}: {time.monotonic() - begun:.1f} s", flush=True)


def _tell(begun: float, over: threading.Event, how_far: Callable[[], str] | None) -> None:
    """Print one line of progress every few seconds until the step is over."""
    while not over.wait(PROGRESS_SECONDS):
        share = f"{how_far()}, " if how_far is not None else ""
        print(f"    {share}{time.monotonic() - begun:.0f} s", flush=True)
