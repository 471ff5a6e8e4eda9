"""What every request passes: a name of ours, a body in time, not from another site, a session; and errors as JSON."""

import asyncio
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from appliance.api import Refusal
from web.errors import Forbidden, NotLoggedIn, TooSlow, WebError, WrongHost
from web.keys import API, DOOR, SESSION, SETTINGS, WORDS
from web.present import as_json
from web.words import LANGUAGES, words_of

logger = logging.getLogger(__name__)

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]

OPEN_TO_ALL = frozenset({"/login", "/first-start", "/language", "/health"})
SAFE = frozenset({"GET", "HEAD"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # not no-referrer: browsers then send "Origin: null" with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def cookie_name(tls: bool) -> str:
    """The session cookie's name; `__Host-` pins it to this host, which browsers allow over TLS only."""
    return "__Host-deskbell" if tls else "deskbell"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal: the same protective headers on every answer, also on errors, files and streams."""
    response.headers["Server"] = "Deskbell"  # no versions for strangers
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-cache" if request.path.startswith("/static/") else "no-store")
    if request.app[SETTINGS].tls:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@web.middleware
async def choose_words(request: web.Request, handler: Next) -> web.StreamResponse:
    """The visitor's language: the one chosen on the page, else the office's."""
    chosen = request.cookies.get("language", "")
    request[WORDS] = words_of(chosen if chosen in LANGUAGES else request.app[API].info.language)
    return await handler(request)


@web.middleware
async def tell_errors(request: web.Request, handler: Next) -> web.StreamResponse:
    """Every error as {"error", "message"}; who opens the page without a session is shown the way in."""
    try:
        return await handler(request)
    except NotLoggedIn as error:
        if request.method in SAFE and "text/html" in request.headers.get("Accept", ""):
            return web.Response(status=303, headers={"Location": "/login"})
        return _told(request, error.status, error.code, error.words)
    except WebError as error:
        return _told(request, error.status, error.code, error.words)
    except Refusal as refusal:
        return _json(409, "refused", str(refusal))
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        code = {404: "not_found", 405: "wrong_method", 413: "too_large"}.get(answer.status, "bad_request")
        return _told(request, answer.status, code, {})
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        return _told(request, 500, "our_fault", {})


def _told(request: web.Request, status: int, code: str, words: dict[str, str]) -> web.Response:
    return _json(status, code, request[WORDS].say(f"error.{code}", **words))


def _json(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": code, "message": message}, status=status, dumps=as_json)


@web.middleware
async def check_host(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer only to names that are this box's, so that no other site can rebind its name to us."""
    name = (urlsplit(f"//{request.host}").hostname or "").rstrip(".").lower()
    allowed = {"localhost", *(host.lower() for host in request.app[SETTINGS].allowed_hosts)}
    if name not in allowed and not _is_ip(name):
        raise WrongHost
    return await handler(request)


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@web.middleware
async def check_site(request: web.Request, handler: Next) -> web.StreamResponse:
    """An unsafe request must come from this page: Sec-Fetch-Site where browsers send it, else Origin."""
    if request.method in SAFE:
        return await handler(request)
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "")
    ours = f"{'https' if request.app[SETTINGS].tls else 'http'}://{request.host}"
    if (site is not None and site != "same-origin") or (origin and origin != ours) or not (site or origin):
        raise Forbidden("other_site")
    return await handler(request)


@web.middleware
async def check_session(request: web.Request, handler: Next) -> web.StreamResponse:
    """Everything but the way in needs a session. Only what a person does keeps it alive, not the page's own polling."""
    path = request.path
    if path in OPEN_TO_ALL or path.startswith("/static/") or (path == "/" and "code" in request.query):
        return await handler(request)
    token = request.cookies.get(cookie_name(request.app[SETTINGS].tls), "")
    acting = request.method not in SAFE or path == "/"
    if not token or not await request.app[DOOR].knows(token, acting=acting):
        raise NotLoggedIn
    request[SESSION] = token
    return await handler(request)


@web.middleware
async def read_in_time(request: web.Request, handler: Next) -> web.StreamResponse:
    """Read the body here, within the limits of size and patience: aiohttp itself never drops a stalled one."""
    if request.can_read_body:
        try:
            async with asyncio.timeout(request.app[SETTINGS].stall_s):
                await request.read()
        except TimeoutError:
            raise TooSlow from None
    return await handler(request)


ALL = (choose_words, tell_errors, check_host, check_site, check_session, read_in_time)
