"""The beep that tells both who talk, again and again, that they are recorded (T-beep, §3.11).

It is mixed into what the two hear and into both channels of the recording: nobody is parted for it, no frame is lost.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.switch.alarms import Alarm, Alarms
from appliance.switch.prompter import Players, Prompter

BEEP: Final = "recording_beep"


@dataclass(slots=True)
class _Beeping:
    """One recording that beeps; `alarm` is its next beep."""

    every_s: float
    alarm: Alarm


class Beeps:
    """Of all recordings. `sounds(recording, port)` connects the beep and, with None, ends it."""

    def __init__(
        self, players: Players, alarms: Alarms, folder: Path, sounds: Callable[[str, int | None], None]
    ) -> None:
        self._alarms, self._sounds = alarms, sounds
        self._prompter = Prompter(players, alarms, folder, sounds, lambda recording: sounds(recording, None))
        self._running: dict[str, _Beeping] = {}

    def start(self, recording: str, every_s: float) -> None:
        """Beep from now on; 0 is never."""
        if every_s:
            self._running[recording] = _Beeping(every_s, self._next(recording, every_s))

    def stop(self, recording: str) -> None:
        """No more of it, at once."""
        beeping = self._running.pop(recording, None)
        if beeping is not None:
            beeping.alarm.cancel()
            if self._prompter.cut(recording):
                self._sounds(recording, None)

    def _next(self, recording: str, after_s: float) -> Alarm:
        return self._alarms.at(time.monotonic() + after_s, lambda: self._beep(recording))

    def _beep(self, recording: str) -> None:
        beeping = self._running[recording]
        beeping.alarm = self._next(recording, beeping.every_s)
        self._prompter.play(recording, (BEEP,))
