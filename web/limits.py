"""Patience with strangers: how often an address may try to log in, and how many connections it may hold."""

import asyncio
import ipaddress
import logging
from collections import OrderedDict, deque
from collections.abc import Callable

from aiohttp import web

from web.settings import WebSettings

logger = logging.getLogger(__name__)

ACCESS = logging.getLogger("web.access")
ACCESS.setLevel(logging.CRITICAL)  # silent: an access log would keep the code of the demo's link

REMEMBERED = 1024  # addresses; the one seen longest ago is forgotten first


def neighbourhood(address: str | None) -> str:
    """The address a limit counts for: an IPv4 address, or the /64 an IPv6 host can choose freely from."""
    try:
        ip = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return address or "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


class Attempts:
    """At most `limit` attempts in any `window_s` seconds from one address."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_s = window_s
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, address: str | None, now: float) -> float:
        """Count an attempt and return 0, or, without counting it, the seconds to wait until one is allowed."""
        times = self._seen.setdefault(neighbourhood(address), deque())
        self._seen.move_to_end(neighbourhood(address))
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        while times and now - times[0] >= self._window_s:
            times.popleft()
        if len(times) >= self._limit:
            return self._window_s - (now - times[0])
        times.append(now)
        return 0.0


class Guests:
    """Who is connected now, so that one address cannot take every place."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self._present: dict[str, int] = {}

    def admit(self, address: str) -> bool:
        """Take a place for a new connection if there is one."""
        if sum(self._present.values()) >= self._settings.connections:
            return False
        if self._present.get(address, 0) >= self._settings.connections_per_address:
            return False
        self._present[address] = self._present.get(address, 0) + 1
        return True

    def leave(self, address: str) -> None:
        """Give the place back."""
        left = self._present.pop(address, 1) - 1
        if left > 0:
            self._present[address] = left


class GuardedConnection(web.RequestHandler):
    """One HTTP connection that first asks for a place; without one it is closed before a byte is read."""

    __slots__ = ("_address", "_guests")

    def __init__(self, server: web.Server, guests: Guests, keepalive_s: float) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), keepalive_timeout=keepalive_s, access_log=ACCESS)
        self._guests = guests
        self._address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit or close."""
        super().connection_made(transport)
        address = neighbourhood((transport.get_extra_info("peername") or ("unknown",))[0])
        if self._guests.admit(address):
            self._address = address
            return
        logger.warning("The page refused a connection from %s: too many are open", address)
        assert isinstance(transport, asyncio.Transport)
        transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give the place back."""
        if self._address:
            self._guests.leave(self._address)
            self._address = ""
        super().connection_lost(exc)


def guarded(server: web.Server, settings: WebSettings) -> Callable[[], GuardedConnection]:
    """A protocol factory for `loop.create_server` that keeps the limits of `settings`."""
    guests = Guests(settings)
    return lambda: GuardedConnection(server, guests, settings.keepalive_s)
