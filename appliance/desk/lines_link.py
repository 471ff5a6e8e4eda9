"""What the lines process tells: the state of every analogue line, and its alarms."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from appliance import wire, wire_figures
from appliance.api import LineFigures, LineView
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.settings import DeskSettings
from appliance.errors import WireError
from appliance.wire_lines import CheckLine, LineFound
from appliance.wire_stream import Wire

logger = logging.getLogger(__name__)

RETRY_S: Final = 0.5
EXAMINED_S: Final = 25.0
UNKNOWN: Final = "unknown"
IN_SERVICE: Final = frozenset({"idle", "ringing", "answering", "talking", "releasing", "guard"})
"""States of a line whose modem is there and initialised."""


class LinesLink:
    """Follows the lines process; `views` is what is known now, one for every configured line."""

    def __init__(self, settings: DeskSettings, clock: Clock, alarms: Alarms) -> None:
        self._settings, self._clock, self._alarms = settings, clock, alarms
        self._connected: Wire | None = None
        self._examined: asyncio.Future[tuple[LineFound, ...]] | None = None
        self._found: list[LineFound] = []
        self.changed: Callable[[], None] = lambda: None
        """Called after each change."""
        now = clock.now()
        self._lines = {one.line: LineView(one.line, UNKNOWN, "", "", now) for one in settings.lines}

    @property
    def views(self) -> tuple[LineView, ...]:
        """Every configured line."""
        return tuple(self._lines.values())

    async def run(self) -> None:
        """Follow until cancelled; a lines process that is away is tried again for ever."""
        if self._settings.lines_socket is None:
            return
        while True:
            try:
                await self._follow()
            except (OSError, WireError) as wrong:
                logger.debug("The lines process cannot be reached: %s", wrong)
            self._lost()
            await asyncio.sleep(RETRY_S)

    async def check(self, line: str, *, forgets: bool = False) -> tuple[LineFound, ...]:
        """Have the line examined; what was found. Raises WireError when the lines process cannot be asked now.

        `forgets`: its learnt tones are forgotten before that; said even while another examination runs.
        """
        if self._connected is None:
            raise WireError(f"line {line} cannot be examined: the lines process does not run")
        if self._examined is None:
            self._examined = asyncio.get_running_loop().create_future()
            self._found.clear()
            self._connected.send(CheckLine(line, forgets))
        elif forgets:
            self._connected.send(CheckLine(line, forgets))
        try:
            return await asyncio.wait_for(asyncio.shield(self._examined), EXAMINED_S)
        except TimeoutError:
            raise WireError(f"line {line} told nothing within {EXAMINED_S:.0f} s") from None
        finally:
            self._examined = None

    def _note_found(self, found: LineFound) -> None:
        self._found.append(found)
        if found.is_last and self._examined is not None and not self._examined.done():
            self._examined.set_result(tuple(self._found))

    async def _follow(self) -> None:
        assert self._settings.lines_socket is not None
        connected = Wire(*await asyncio.open_unix_connection(self._settings.lines_socket))
        try:
            await connected.greet("desk", frozenset({"lines"}))
            self._connected = connected
            while (message := await connected.receive()) is not None:
                if isinstance(message, wire.LineState):
                    self._note(message)
                elif isinstance(message, LineFound):
                    self._note_found(message)
        finally:
            self._connected = None
            await connected.close()

    def _note(self, told: wire.LineState) -> None:
        before = self._lines.get(told.line)
        if before is None:
            return  # no line of this configuration
        is_same = before.state == told.state
        since = before.since if is_same else self._clock.of_monotonic(told.at)
        figures = _figures(told.figures, told.at) if told.figures is not None else before.figures
        view = LineView(told.line, told.state, told.alarm, told.number, since, figures, told.is_half_duplex)
        self._lines[told.line] = view
        if told.alarm:
            self._alarms.raise_(f"line {told.line}", f"Line {told.line}: {told.alarm}")
        else:
            self._alarms.clear(f"line {told.line}")
        self.changed()

    def _lost(self) -> None:
        now = self._clock.now()
        for line, view in self._lines.items():
            if view.state != UNKNOWN:
                self._lines[line] = LineView(line, UNKNOWN, "", "", now)
                self._alarms.raise_(f"line {line}", f"Line {line}: the lines process does not run; see its log")


def _figures(told: wire_figures.LineFigures, at: float) -> LineFigures:
    return LineFigures(
        calls=told.calls,
        erlangs=round(told.off_hook / max(1.0, at - told.since), 3),
        answer_ms=told.answer_ms,
        slowest_answer_ms=told.slowest_answer_ms,
        underruns=told.underruns,
        overruns=told.overruns,
        false_alarms=told.false_alarms,
        hang_ups=told.hang_ups,
        erle_db=told.erle_db,
        drift_ppm=told.drift_ppm,
    )
