"""The desk's window on the lines: a Unix socket that tells the state of every line at once and then each change."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

from appliance.errors import WireError
from appliance.wire import LineState
from appliance.wire_lines import CheckLine, LineFound
from appliance.wire_stream import Wire

logger = logging.getLogger(__name__)


class DeskLink:
    """Serves any number of desks. All methods belong to the loop's thread."""

    def __init__(self, path: Path, check: Callable[[CheckLine], None] = lambda asked: None) -> None:
        self._path, self._check = path, check
        self._states: dict[str, LineState] = {}
        self._desks: set[Wire] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket file that a dead process left is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        self._path.chmod(0o660)

    def publish(self, state: LineState) -> None:
        """Remember and tell the state of one line."""
        self._states[state.line] = state
        for desk in self._desks:
            desk.send(state)

    def found(self, finding: LineFound) -> None:
        """Tell what an examination of a line found."""
        for desk in self._desks:
            desk.send(finding)

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._server is not None:
            self._server.close()
        for desk in list(self._desks):
            await desk.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        desk = Wire(reader, writer)
        try:
            if desk.peer_uid() not in (0, os.getuid()):
                raise WireError(f"user {desk.peer_uid()} asked for the lines; only our own may")
            await desk.greet("lines", frozenset({"desk"}))
            for state in self._states.values():
                desk.send(state)
            self._desks.add(desk)
            while (message := await desk.receive()) is not None:
                if isinstance(message, CheckLine):
                    self._check(message)
        except WireError as wrong:
            logger.warning("A connection to the lines was refused: %s", wrong)
        finally:
            self._desks.discard(desk)
            with contextlib.suppress(ConnectionError):
                await desk.close()
