"""The keeper of recording files: a thread that only touches files, so that a slow disk delays no conversation.

While a recording runs it lies in `NAME.part/` as `left.wav` and `right.wav`, written by pjsua2 in C; the keeper puts a
valid header on both every second, watches that they grow and that the disk keeps its reserve. When the recording is
over it waits until pjsua2 let go of both files, merges them into `NAME.wav` and removes the folder. What a dead switch
left behind is repaired the same way at the next start. A voice alone lies there as `voice.wav` and stays mono; the
keeper listens to it and says when it is over.

How it knows that pjsua2 let go: it sets both lengths in the headers to zero and says `Marked`; only then is pjsua2 told
to close, which writes the lengths last of all.
"""

import contextlib
import logging
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from appliance.errors import StorageError
from appliance.media import wav
from appliance.media.speech import Speech, quiet_at_end_s, spoken_s

logger = logging.getLogger(__name__)

CHANNELS: Final = ("left", "right")
VOICE: Final = ("voice",)
_CHECKPOINT: Final = 1.0
_BRISK: Final = 0.02
_LISTENING: Final = 0.1
_STALLED: Final = 3.0
_LET_GO: Final = 2.0
_RIFF_AT: Final = 4
_DATA_AT: Final = 40
_PIECE: Final = 16_000
LATE_S: Final = 0.3
"""What a line hears is in our file within so long: card, jitter buffer and bridge take half of it."""


@dataclass(frozen=True, slots=True)
class Growing:
    """The first frames of a recording are in its files."""

    recording: str
    path: str


@dataclass(frozen=True, slots=True)
class InTrouble:
    """A recording must end: `cause` says why."""

    recording: str
    cause: str


@dataclass(frozen=True, slots=True)
class Enough:
    """The voice has fallen silent, or has spoken for as long as it may."""

    recording: str


@dataclass(frozen=True, slots=True)
class Marked:
    """The files of a recording are ready to be closed by pjsua2."""

    recording: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A recording is complete at `path`; `cause` is empty or says why it is short or missing."""

    recording: str
    path: str
    seconds: float
    cause: str
    spoke_s: float = 0.0
    trimmed_s: float = 0.0


Report = Growing | InTrouble | Enough | Marked | Closed


@dataclass(frozen=True, slots=True)
class Gone:
    """Whose voice goes to `channel` was gone for so many seconds before anybody knew: what came then was a tone."""

    channel: str
    seconds: float


@dataclass(slots=True)
class Listening:
    """When a voice alone has said enough: after `most_s`, or after `quiet_s` without a word. `heard` are bytes."""

    most_s: float
    quiet_s: float
    speech: Speech = field(default_factory=Speech)
    heard: int = wav.HEADER_BYTES

    def is_enough(self, file: int) -> bool:
        """Listen to what the file has more than before."""
        while piece := os.pread(file, _PIECE, self.heard):
            self.heard += len(piece)
            self.speech.feed(piece)
        return self.speech.heard_s >= self.most_s or self.speech.quiet_s >= self.quiet_s


@dataclass(slots=True)
class _Watched:
    """One recording in the making: its open files and how far they were seen to grow."""

    recording: str
    folder: Path
    files: tuple[int, ...]
    listening: Listening | None = None
    size: int = 0
    grown_at: float = field(default_factory=time.monotonic)
    announced: bool = False
    troubled: bool = False
    closing: str | None = None
    gone: Gone | None = None
    closing_since: float = 0.0


def part_folder(root: Path, recording: str) -> Path:
    """Where a recording lies while it runs. Raises StorageError when the name would leave the recordings folder."""
    path = (root / f"{recording}.part").resolve()
    if not recording or not path.is_relative_to(root.resolve()):
        raise StorageError(f"a recording was to be called {recording!r}; a path below the recordings folder is right")
    return path


class Keeper:
    """The thread; `report` is called on it and must only hand over."""

    def __init__(self, root: Path, reserve_bytes: int, report: Callable[[Report], None]) -> None:
        self._root, self._reserve, self._report = root, reserve_bytes, report
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._watched: dict[str, _Watched] = {}
        self._checked_at = 0.0
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin, with the repair of what a dead switch left behind."""
        self._root.mkdir(parents=True, exist_ok=True)
        left_behind = sorted(self._root.rglob("*.part"))
        self._orders.put(lambda: self._repair(left_behind))
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish what is closing and end; False when it took longer than `timeout`."""
        self._orders.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def has_room(self) -> bool:
        """Whether the disk still keeps its reserve."""
        try:
            free = os.statvfs(self._root)
        except OSError:
            return False
        return free.f_bavail * free.f_frsize >= self._reserve

    def watch(self, recording: str, folder: Path, listening: Listening | None = None) -> None:
        """Two files are being written in `folder`; one, when it is to be listened to."""
        self._orders.put(lambda: self._begin(recording, folder, listening))

    def close(self, recording: str, cause: str, gone: Gone | None = None) -> None:
        """The recording is over; `Marked` follows, then pjsua2 is to close the files, then `Closed` comes."""
        self._orders.put(lambda: self._mark(recording, cause, gone))

    # --- on the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        stopping = False
        while not (stopping and not self._watched):
            try:
                order = self._orders.get(timeout=self._patience())
                if order is None:
                    stopping = True
                else:
                    order()
            except queue.Empty:
                pass
            except OSError as failed:
                logger.error("a recording file could not be handled: %s", failed)
            self._round(time.monotonic())

    def _patience(self) -> float | None:
        """Short while somebody waits for a first frame or a merge; without end when there is nothing to keep."""
        if not self._watched:
            return None
        if any(watched.closing is not None or not watched.announced for watched in self._watched.values()):
            return _BRISK
        is_listening = any(watched.listening is not None for watched in self._watched.values())
        return _LISTENING if is_listening else _CHECKPOINT / 2

    def _begin(self, recording: str, folder: Path, listening: Listening | None) -> None:
        channels = CHANNELS if listening is None else VOICE
        files = tuple(os.open(folder / f"{channel}.wav", os.O_RDWR | os.O_CLOEXEC) for channel in channels)
        self._watched[recording] = _Watched(recording, folder, files, listening)

    def _mark(self, recording: str, cause: str, gone: Gone | None) -> None:
        watched = self._watched.get(recording)
        if watched is None or watched.closing is not None:
            return
        for file in watched.files:
            os.pwrite(file, bytes(4), _RIFF_AT)
            os.pwrite(file, bytes(4), _DATA_AT)
        watched.closing, watched.closing_since, watched.gone = cause, time.monotonic(), gone
        self._report(Marked(recording))

    def _round(self, now: float) -> None:
        checkpoint = now - self._checked_at >= _CHECKPOINT
        if checkpoint:
            self._checked_at = now
        full = checkpoint and bool(self._watched) and not self.has_room()
        for watched in list(self._watched.values()):
            if watched.closing is not None:
                self._try_merge(watched, now)
            else:
                self._look(watched, now, full=full, checkpoint=checkpoint)

    def _look(self, watched: _Watched, now: float, *, full: bool, checkpoint: bool) -> None:
        size = min(os.fstat(file).st_size for file in watched.files)
        if size > max(watched.size, wav.HEADER_BYTES):
            watched.size, watched.grown_at = size, now
        if watched.size and not watched.announced:
            watched.announced = True
            self._report(Growing(watched.recording, str(self._target(watched))))
        if checkpoint:
            _checkpoint(watched.files)
        stalled = now - watched.grown_at > _STALLED
        if (full or stalled) and not watched.troubled:
            watched.troubled = True
            self._report(InTrouble(watched.recording, "disk full" if full or not self.has_room() else "write error"))
        elif watched.listening is not None and watched.listening.is_enough(watched.files[0]):
            watched.listening = None
            self._report(Enough(watched.recording))

    def _try_merge(self, watched: _Watched, now: float) -> None:
        if not all(_let_go(file) for file in watched.files) and now - watched.closing_since < _LET_GO:
            return
        for file in watched.files:
            os.close(file)
        del self._watched[watched.recording]
        self._merge(watched.recording, watched.folder, watched.closing or "", watched.gone)

    def _merge(self, recording: str, folder: Path, cause: str, gone: Gone | None = None) -> None:
        """Make one file of the folder's and say so. They stay where they are when that fails."""
        target = folder.with_name(folder.name.removesuffix(".part") + ".wav")
        making = target.with_name(target.name + ".part")
        try:
            is_voice = (folder / f"{VOICE[0]}.wav").exists()
            trimmed_s = _trim(folder, VOICE if is_voice else CHANNELS, gone) if gone else 0.0
            sound, spoke_s = _voice(folder, making) if is_voice else (_both(folder, making), 0.0)
            making.rename(target)
            _sync(target.parent)
            shutil.rmtree(folder)
        except OSError as failed:
            making.unlink(missing_ok=True)
            logger.error("Recording %s stays in %s: %s", recording, folder, failed.strerror)
            self._report(Closed(recording, str(folder), 0.0, cause or f"not merged: {failed.strerror}"))
            return
        self._report(Closed(recording, str(target), sound.seconds, cause, spoke_s, trimmed_s))

    def _repair(self, left_behind: list[Path]) -> None:
        for path in left_behind:
            if path.is_file():
                path.unlink()  # half a merge: its folder is still there
            elif path.is_dir():
                recording = str(path.relative_to(self._root).with_suffix(""))
                for channel in () if (path / f"{VOICE[0]}.wav").exists() else CHANNELS:
                    (path / f"{channel}.wav").touch()
                self._merge(recording, path, "switch died")

    def _target(self, watched: _Watched) -> Path:
        return watched.folder.with_name(watched.folder.name.removesuffix(".part") + ".wav")


def _trim(folder: Path, channels: tuple[str, ...], gone: Gone) -> float:
    """Cut off the tone that came when the caller was gone already; how many seconds that were.

    A line hears a tone earlier than we record it, so `LATE_S` less is cut than it lasted. And not a word is cut that
    the other side still said meanwhile.
    """
    with contextlib.ExitStack() as stack:
        files = {name: stack.enter_context((folder / f"{name}.wav").open("r+b")) for name in channels}
        lengths = {name: wav.repair(file).seconds for name, file in files.items()}
        spare = [quiet_at_end_s(file, gone.seconds) for name, file in files.items() if name != gone.channel]
        longest = max(lengths.values())
        cut = max(0.0, min([gone.seconds - LATE_S, longest, *spare]))
        for name, file in files.items():
            if lengths[name] > longest - cut:
                wav.shorten(file, longest - cut)
    return cut


def _both(folder: Path, target: Path) -> wav.Sound:
    """The two channels of a conversation in one file, on the disk."""
    with (
        (folder / "left.wav").open("r+b") as left,
        (folder / "right.wav").open("r+b") as right,
        target.open("wb") as made,
    ):
        wav.repair(left)
        wav.repair(right)
        sound = wav.merge(left, right, made)
        made.flush()
        os.fsync(made.fileno())
    return sound


def _voice(folder: Path, target: Path) -> tuple[wav.Sound, float]:
    """A voice alone, on the disk, and how long it spoke (seconds)."""
    with (folder / f"{VOICE[0]}.wav").open("r+b") as voice, target.open("wb") as made:
        sound = wav.repair(voice)
        spoke_s = spoken_s(voice)
        voice.seek(0)
        shutil.copyfileobj(voice, made)
        made.flush()
        os.fsync(made.fileno())
    return sound, spoke_s


def _sync(folder: Path) -> None:
    """The folder's names on the disk: what is promised to be kept is kept (I-19)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checkpoint(files: tuple[int, ...]) -> None:
    """Put the lengths so far into every header."""
    for file in files:
        riff, data = wav.sizes(os.fstat(file).st_size)
        os.pwrite(file, riff, _RIFF_AT)
        os.pwrite(file, data, _DATA_AT)


def _let_go(file: int) -> bool:
    """Whether pjsua2 wrote the final lengths."""
    riff, data = wav.sizes(os.fstat(file).st_size)
    return os.pread(file, 4, _RIFF_AT) == riff and os.pread(file, 4, _DATA_AT) == data
