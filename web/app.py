"""The page as an aiohttp application, and the server that runs it with limits.

One process, the desk's, runs both on its loop. Nothing here decides about calls: a page must never cost one.
"""

import asyncio
import logging
from importlib import resources
from pathlib import Path

from aiohttp import web

from appliance.api import DeskApi
from web import alerts, entrance, exits, inbox, orders, pages, talk_orders, transfers
from web.door import Door
from web.keys import API, ATTEMPTS, DOOR, SETTINGS, STREAMS, TEMPLATES
from web.limits import Attempts, guarded
from web.live import Streams
from web.middleware import ALL, add_headers
from web.settings import WebSettings

logger = logging.getLogger(__name__)

STATIC = Path(str(resources.files("web"))) / "static"
SHUTDOWN_S = 2.0
PARTS = (pages, entrance, exits, inbox, alerts, transfers, talk_orders, orders)
"""What has addresses of its own. Orders come last: theirs have a place for any word (`/api/agents/{agent}/{order}`)."""


def make_app(api: DeskApi, settings: WebSettings) -> web.Application:
    """The page over one desk. Needs the running desk only from the first request on."""
    app = web.Application(middlewares=ALL, client_max_size=settings.body_limit)
    app[API] = api
    app[SETTINGS] = settings
    app[DOOR] = Door(api, settings)
    app[ATTEMPTS] = Attempts(settings.attempts, settings.attempts_window_s)
    app[STREAMS] = Streams(api, settings)
    app[TEMPLATES] = pages.templates()
    app.on_startup.append(_open_up)
    app.on_shutdown.append(_close)
    app.on_response_prepare.append(add_headers)
    for part in PARTS:
        app.add_routes(part.ROUTES)
    app.router.add_static("/static", STATIC)
    return app


def first_start_code(app: web.Application) -> str | None:
    """The code that opens the page now (first start, demo), or None when a password does."""
    return app[DOOR].code


async def _open_up(app: web.Application) -> None:
    await app[DOOR].open_up()


async def _close(app: web.Application) -> None:
    app[STREAMS].close()


class PageServer:
    """The page on its address, with the limits of `settings`. `port` is the real one, also when 0 was asked for."""

    def __init__(self, api: DeskApi, settings: WebSettings) -> None:
        self.app = make_app(api, settings)
        self.port = 0
        self._settings = settings
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had."""
        await self._runner.setup()
        assert self._runner.server is not None
        factory = guarded(self._runner.server, self._settings)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(factory, self._settings.host, self._settings.port, backlog=64)
        self.port = self._listener.sockets[0].getsockname()[1]
        logger.info("The page is at %s", self.url)

    async def stop(self) -> None:
        """Stop listening and end every connection within two seconds."""
        if self._listener:
            self._listener.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where a person on this machine finds the page."""
        host = "localhost" if self._settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else self._settings.host
        return f"{'https' if self._settings.tls else 'http'}://{host}:{self.port}/"

    @property
    def login_link(self) -> str:
        """The link to print on the console: with the code while there is one, else the plain address."""
        code = first_start_code(self.app)
        return f"{self.url}?code={code}" if code else self.url
