"""The switch's end of the seam: one Unix socket, one desk at a time, on the main thread.

A desk that connects while another one is connected replaces it: the old one is a process that is dying. While nobody
listens the ends of legs and recordings are kept for the next snapshot; everything else is found in the snapshot itself.
"""

import asyncio
import logging
import os
from collections import deque
from pathlib import Path
from typing import Final

import msgspec

from appliance import wire
from appliance.errors import SwitchError, WireError
from appliance.switch.sip_thread import SipThread
from appliance.wire import Ended, RecordingClosed, Snapshot
from appliance.wire_stream import Wire

logger = logging.getLogger(__name__)

KEPT: Final = 1000


class Server:
    """Carries commands to the SIP thread and events to the desk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._desk: Wire | None = None
        self._missed: deque[Ended | RecordingClosed] = deque(maxlen=KEPT)
        self._server: asyncio.Server | None = None
        self._sip: SipThread | None = None

    async def open(self, sip: SipThread) -> None:
        """Listen. Raises SwitchError when another switch listens on the same socket."""
        self._sip = sip
        await self._clear_path()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        self._path.chmod(0o600)

    async def close(self) -> None:
        """Stop listening; the socket's name goes with it."""
        if self._server is not None:
            self._server.close()
        if self._desk is not None:
            await self._desk.close()
        self._path.unlink(missing_ok=True)

    def tell(self, event: wire.Message) -> None:
        """An event from the SIP thread, already on the main thread."""
        if isinstance(event, Snapshot):
            event = msgspec.structs.replace(event, missed=tuple(self._missed))
            self._missed.clear()
        if self._desk is not None:
            self._desk.send(event)
        elif isinstance(event, Ended | RecordingClosed):
            self._missed.append(event)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Wire(reader, writer)
        try:
            if peer.peer_uid() not in (0, os.getuid()):
                raise WireError(f"a process of user {peer.peer_uid()} connected; only root and user {os.getuid()} may")
            await peer.greet("switch", frozenset({"desk"}))
            await self._listen_to(peer)
        except WireError as wrong:
            logger.error("The desk was refused: %s", wrong)
        finally:
            self._left(peer)
            await peer.close()

    async def _listen_to(self, peer: Wire) -> None:
        assert self._sip is not None
        if self._desk is not None:
            logger.warning("A second desk connected; it replaces the first")
            await self._desk.close()
        self._desk = peer
        self._sip.desk_came()
        logger.info("The desk is connected")
        while (message := await peer.receive()) is not None:
            if not isinstance(message, wire.Command):
                raise WireError(f"the desk sent {type(message).__name__}; only commands go to the switch")
            self._sip.carry_out(message)

    def _left(self, peer: Wire) -> None:
        if self._desk is peer and self._sip is not None:
            self._desk = None
            self._sip.desk_left()
            logger.warning("The desk is gone; conversations go on")

    async def _clear_path(self) -> None:
        """Remove the socket of a switch that is no more."""
        if not self._path.exists():
            return
        try:
            _, writer = await asyncio.open_unix_connection(self._path)
        except OSError:
            self._path.unlink(missing_ok=True)
            return
        writer.close()
        raise SwitchError(f"another switch already listens on {self._path}; stop it first")
