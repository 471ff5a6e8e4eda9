"""Recordings as the SIP thread sees them: two mono recorders on the bridge, fed by two legs and by silence; of a voice
alone, one.

Silence always runs into both, so the time line has no holes: not while a recording is paused (S-08), not while a phone
renegotiates. Files are the keeper's business.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from appliance import wire
from appliance.errors import DeskbellError, SwitchError
from appliance.switch import keeper
from appliance.switch.beeps import Beeps
from appliance.switch.keeper import CHANNELS, VOICE, Gone, Keeper, Listening
from appliance.switch.legs import LiveLeg
from appliance.switch.patchbay import Patchbay

logger = logging.getLogger(__name__)

_FULL: Final = "disk full"


class Recorders(Protocol):
    """What makes recorders."""

    def recorder(self, path: Path) -> int:
        """A recorder into a mono file as a port."""

    def close_recorder(self, port: int) -> None:
        """Close it."""


class Voices(Protocol):
    """What is on the bridge: `voices_of` are the ports of a leg and of the guests that speak for its side."""

    patchbay: Patchbay
    silence: int

    def voices_of(self, leg: LiveLeg) -> frozenset[int]:
        """What goes into the leg's channel."""

    def named(self, leg: str) -> LiveLeg | None:
        """The living leg of that name."""

    def beep(self, leg: LiveLeg, port: int | None) -> None:
        """Let the leg hear the beep at `port` besides; None ends it."""

    def beeps(self, sounds: Callable[[str, int | None], None]) -> Beeps:
        """The beeps of all recordings."""


@dataclass(slots=True)
class _Recording:
    """One recording: the two legs and the two recorders, left first; one of each for a voice alone.

    `beep` is the port that beeps just now.
    """

    name: str
    legs: tuple[str, ...]
    ports: tuple[int, ...]
    paused: bool = False
    closing: bool = False
    beep: int | None = None

    def channel_of(self, leg: str) -> str:
        """The file that the leg's voice goes to."""
        return (CHANNELS if len(self.legs) > 1 else VOICE)[self.legs.index(leg)]


class Recordings:
    """All running recordings."""

    def __init__(
        self,
        recorders: Recorders,
        audio: Voices,
        files: Keeper,
        root: Path,
        emit: Callable[[wire.Message], None],
    ) -> None:
        self._recorders, self._patchbay, self._keeper = recorders, audio.patchbay, files
        self._audio, self._root, self._silence, self._emit = audio, root, audio.silence, emit
        self._running: dict[str, _Recording] = {}
        self._beeps = audio.beeps(self._beep)

    def names(self) -> tuple[str, ...]:
        """The recordings that are running."""
        return tuple(name for name, recording in self._running.items() if not recording.closing)

    def busy(self) -> bool:
        """Whether a recording is running or being completed."""
        return bool(self._running)

    def start(
        self, name: str, legs: tuple[LiveLeg, ...], listening: Listening | None = None, beep_s: float = 0.0
    ) -> None:
        """Record two legs, or listen to one; a second start of the same name is a no-op."""
        if name in self._running:
            return
        if not self._keeper.has_room():
            self._refuse(name, _FULL)
            return
        try:
            folder = keeper.part_folder(self._root, name)
            folder.mkdir(parents=True, exist_ok=True)
            channels = CHANNELS if listening is None else VOICE
            ports = tuple(self._recorders.recorder(folder / f"{channel}.wav") for channel in channels)
        except (OSError, DeskbellError) as failed:
            logger.error("Recording %s cannot be made: %s", name, failed)
            self._refuse(name, str(failed))
            return
        recording = _Recording(name, tuple(leg.name for leg in legs), ports)
        self._running[name] = recording
        self._keeper.watch(name, folder, listening)
        self._feed(recording)
        self._beeps.start(name, beep_s)

    def change(self, order: wire.PauseRecording | wire.StopRecording) -> None:
        """Pause, go on or stop. Raises SwitchError when no such recording is running."""
        if isinstance(order, wire.PauseRecording):
            known = self.pause(order.recording, order.paused)
        else:
            known = self.close(order.recording)
        if not known:
            raise SwitchError(f"no recording {order.recording!r} is running")

    def pause(self, name: str, paused: bool) -> bool:
        """Silence instead of the conversation, or the conversation again; False when there is no such recording."""
        recording = self._running.get(name)
        if recording is None or recording.closing:
            return False
        recording.paused = paused
        self._feed(recording)
        return True

    def close(self, name: str, cause: str = "", gone: Gone | None = None) -> bool:
        """End the recording; `RecordingClosed` follows when its file is complete."""
        recording = self._running.get(name)
        if recording is None:
            return False
        if not recording.closing:
            self._beeps.stop(name)
            recording.closing = True
            for port in recording.ports:
                self._patchbay.hear(port, frozenset())
            self._keeper.close(name, cause, gone)
        return True

    def close_of_leg(self, leg: str, gone_s: float = 0.0) -> None:
        """A leg ended: so do its recordings, without the busy tone of the last `gone_s` seconds."""
        for recording in list(self._running.values()):
            if leg in recording.legs:
                self.close(recording.name, gone=Gone(recording.channel_of(leg), gone_s) if gone_s else None)

    def close_all(self, cause: str) -> None:
        """The switch ends."""
        for name in list(self._running):
            self.close(name, cause)

    def leg_renewed(self, leg: LiveLeg) -> None:
        """The leg's place on the bridge changed: feed its recordings from the new one."""
        for recording in self._running.values():
            if leg.name in recording.legs and not recording.closing:
                self._feed(recording)

    def reported(self, report: keeper.Report) -> None:
        """The keeper saw something."""
        now = time.monotonic()
        match report:
            case keeper.Growing():
                self._emit(wire.RecordingStarted(report.recording, report.path, now))
            case keeper.InTrouble():
                logger.error("Recording %s ends: %s; the conversation goes on", report.recording, report.cause)
                self.close(report.recording, report.cause)
            case keeper.Enough():
                self.close(report.recording)
            case keeper.Marked():
                for port in self._running[report.recording].ports:
                    self._recorders.close_recorder(port)
            case keeper.Closed():
                self._running.pop(report.recording, None)
                self._emit(
                    wire.RecordingClosed(
                        report.recording, report.path, report.seconds, now, report.cause, report.spoke_s,
                        report.trimmed_s,
                    )
                )  # fmt: skip
                what = f"; {report.trimmed_s:.1f} s of tone were cut off its end" if report.trimmed_s else ""
                logger.info("Recording %s closed, %.1f s %s%s", report.recording, report.seconds, report.cause, what)

    def _feed(self, recording: _Recording) -> None:
        """What goes into each channel now. A pause is silence, a beep with it is in both."""
        beep = frozenset[int]() if recording.beep is None else frozenset({recording.beep})
        for name, port in zip(recording.legs, recording.ports, strict=True):
            leg = self._audio.named(name)
            voices = frozenset[int]() if leg is None or recording.paused else self._audio.voices_of(leg) | beep
            self._patchbay.hear(port, frozenset({self._silence}) | voices)

    def _beep(self, name: str, port: int | None) -> None:
        """The beep of a recording begins, or is over. Who is paused is not recorded, so nothing says they are."""
        recording = self._running.get(name)
        if recording is None or (recording.paused and port is not None):
            return
        recording.beep = port
        for leg in map(self._audio.named, recording.legs):
            if leg is not None:
                self._audio.beep(leg, port)
        if not recording.closing:
            self._feed(recording)

    def _refuse(self, name: str, cause: str) -> None:
        self._emit(wire.RecordingClosed(name, "", 0.0, time.monotonic(), cause))
