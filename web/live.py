"""Live updates by server-sent events: one stream per open tab; a slow tab skips to the newest state.

A message is `office` (everything live, with the moment it was sent), `beat` (still here) or `end` (log in again).
Its id is `<start of this process>-<version>`: a tab that reconnects with the present id gets only a beat.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from aiohttp import web

from appliance.api import DeskApi, OfficeView
from web.errors import TooManyStreams
from web.present import Office, as_json, office_json, office_of
from web.settings import WebSettings

logger = logging.getLogger(__name__)

RETRY_MS = 2000

Allowed = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Newest:
    """The newest state as JSON, made once for all tabs; `version` grows when anything on the page changes."""

    api: DeskApi
    settings: WebSettings
    era: str = field(default_factory=lambda: secrets.token_hex(4))
    version: int = 0
    json: str = ""
    _office: Office | None = None

    def look(self) -> str:
        """Ask the desk; returns the id of what is newest now."""
        office = office_of(self.api)
        if office != self._office:
            self._office, self.json, self.version = office, office_json(office), self.version + 1
        return f"{self.era}-{self.version}"

    def moment(self) -> str:
        """Now, as the page counts on from it: never before the view's own `at`."""
        now = self.settings.clock()
        return as_json({"at": max(now, self._office.view.at if self._office else now), "wall": self.settings.wall()})

    def snapshot(self) -> str:
        """The newest state with the moment it is sent: the data of an `office` message."""
        self.look()
        return f'{self.moment()[:-1]},"office":{self.json}}}'


class Streams:
    """Every open stream of one application."""

    def __init__(self, api: DeskApi, settings: WebSettings) -> None:
        self._api = api
        self._settings = settings
        self._open: dict[str, Stream] = {}
        self.newest = Newest(api, settings)

    @property
    def count(self) -> int:
        """How many tabs listen."""
        return len(self._open)

    def close(self) -> None:
        """End every stream within a tick; the tabs come back by themselves when the page does."""
        for stream in self._open.values():
            stream.ended = True

    async def serve(self, request: web.Request, response: web.StreamResponse, tab: str, allowed: Allowed) -> None:
        """Stream to one tab until it goes, opens a newer stream, or `allowed` says its session ended.

        Raises TooManyStreams before a byte is sent.
        """
        if tab in self._open:
            self._open[tab].ended = True
        elif self.count >= self._settings.streams:
            raise TooManyStreams
        stream = self._open[tab] = Stream(self.newest, response, self._settings, allowed)
        try:
            await response.prepare(request)
            await stream.run(self._api, request.headers.get("Last-Event-ID", ""))
        except ConnectionError:
            logger.debug("A tab went away; its stream is closed")
        except TimeoutError:
            logger.warning("A tab at %s reads too slowly; its connection is closed", request.remote)
            if request.transport is not None:
                request.transport.abort()  # a polite end would wait for the same slow reader
        finally:
            if self._open.get(tab) is stream:
                del self._open[tab]


class Stream:
    """One tab's stream. Set `ended` to end it within a tick."""

    def __init__(self, newest: Newest, response: web.StreamResponse, settings: WebSettings, allowed: Allowed) -> None:
        self.ended = False
        self._newest = newest
        self._response = response
        self._settings = settings
        self._allowed = allowed

    async def run(self, api: DeskApi, last: str) -> None:
        """Send until ended; `last` is the id the tab already has."""
        await self._send(f"retry: {RETRY_MS}\n\n")
        beat_at = self._settings.clock()  # the first message comes at once, even to a tab that has everything
        async with aclosing(_wakes(api, self._settings.tick_s)) as wakes:
            async for _ in wakes:
                if self.ended:
                    return
                last = await self._tell_news(last)
                if self._settings.clock() < beat_at:
                    continue
                if not await self._allowed():
                    return await self._send("event: end\ndata: {}\n\n")
                await self._send(f"event: beat\ndata: {self._newest.moment()}\n\n")
                beat_at = self._settings.clock() + self._settings.heartbeat_s

    async def _tell_news(self, last: str) -> str:
        current = self._newest.look()
        if current != last:
            await self._send(f"id: {current}\nevent: office\ndata: {self._newest.snapshot()}\n\n")
        return current

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(self._settings.stall_s):
            await self._response.write(text.encode())


async def _wakes(api: DeskApi, tick_s: float) -> AsyncGenerator[None, None]:
    """Wake at every commit, and every `tick_s` for what changes without one (a line's state, a lamp's countdown)."""
    changes = api.changes()
    coming = asyncio.ensure_future(_next(changes))
    try:
        while True:
            await asyncio.wait([coming], timeout=tick_s)
            if coming.done():
                if coming.result() is None:
                    return  # the desk closes
                coming = asyncio.ensure_future(_next(changes))
            yield
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


async def _next(changes: AsyncIterator[OfficeView]) -> OfficeView | None:
    return await anext(changes, None)
