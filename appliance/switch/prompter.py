"""Prompts: one shelf of players, and for each leg the queue of what it still has to hear.

A player is rewound and lent to one leg at a time. Its end is timed by the known length of the file, never by pjsua2's
end-of-file callback, which comes on a media thread and can outlive its player (pjproject 5045).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from appliance.errors import SwitchError
from appliance.media import wav
from appliance.switch.alarms import Alarm, Alarms

_TAIL: Final = 0.04  # two frames: the bridge starts a player at its next tick


class Players(Protocol):
    """What makes players of files."""

    def player(self, path: Path, *, loop: bool) -> int:
        """A player as a port."""

    def rewind(self, port: int) -> None:
        """Play from the beginning."""


@dataclass(slots=True)
class _Turn:
    """What one leg is hearing: `prompt` on `port` (nothing yet where that is None), then `rest`."""

    prompt: str
    port: int | None
    rest: tuple[str, ...]
    alarm: Alarm


class Prompter:
    """Plays prompts to legs. `hear(leg, port)` connects, None is silence; `over(leg)` says that the last one ended."""

    def __init__(
        self,
        players: Players,
        alarms: Alarms,
        folder: Path,
        hear: Callable[[str, int | None], None],
        over: Callable[[str], None],
    ) -> None:
        self._players, self._alarms, self._folder = players, alarms, folder
        self._hear, self._over = hear, over
        self._shelf: dict[str, list[int]] = {}
        self._length: dict[str, float] = {}
        self._turns: dict[str, _Turn] = {}

    def missing(self, prompts: tuple[str, ...]) -> str:
        """The first prompt that has no file, or nothing."""
        return next((prompt for prompt in prompts if not self._path(prompt).is_file()), "")

    def play(self, leg: str, prompts: tuple[str, ...], after_s: float = 0.0) -> None:
        """Play `prompts` in order to `leg`, in place of what it was hearing. Raises SwitchError.

        `after_s`: silence before the first of them.
        """
        self.cut(leg)
        if not after_s or not prompts:
            self._next(leg, prompts)
            return
        self._turns[leg] = _Turn(
            "", None, prompts, self._alarms.at(time.monotonic() + after_s, lambda: self._ended(leg))
        )
        self._hear(leg, None)

    def cut(self, leg: str) -> bool:
        """Stop for `leg`; True when something was playing."""
        turn = self._turns.pop(leg, None)
        if turn is None:
            return False
        turn.alarm.cancel()
        if turn.port is not None:
            self._shelf.setdefault(turn.prompt, []).append(turn.port)
        return True

    def _next(self, leg: str, prompts: tuple[str, ...]) -> None:
        if not prompts:
            self._over(leg)
            return
        prompt, rest = prompts[0], prompts[1:]
        port = self._take(prompt)
        alarm = self._alarms.at(time.monotonic() + self._length[prompt] + _TAIL, lambda: self._ended(leg))
        self._turns[leg] = _Turn(prompt, port, rest, alarm)
        self._hear(leg, port)

    def _ended(self, leg: str) -> None:
        rest = self._turns[leg].rest
        self.cut(leg)
        self._next(leg, rest)

    def _take(self, prompt: str) -> int:
        """A rewound player of `prompt` from the shelf, or a new one."""
        path = self._path(prompt)
        if prompt not in self._length:
            try:
                with path.open("rb") as file:
                    self._length[prompt] = wav.read(file).seconds
            except (OSError, ValueError) as wrong:
                raise SwitchError(f"the prompt {prompt!r} cannot be played from {path}: {wrong}") from wrong
        shelf = self._shelf.setdefault(prompt, [])
        if not shelf:
            return self._players.player(path, loop=False)
        port = shelf.pop()
        self._players.rewind(port)
        return port

    def _path(self, prompt: str) -> Path:
        return self._folder / f"{prompt}.wav"
