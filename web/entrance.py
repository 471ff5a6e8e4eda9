"""The way in and out: log-in, first start, language, log-out. Plain HTML forms; they work without scripts."""

import logging
import math
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from web.errors import TooManyAttempts, WebError
from web.keys import ATTEMPTS, DOOR, SESSION, SETTINGS, WORDS
from web.middleware import cookie_name
from web.render import rendered
from web.words import LANGUAGES

logger = logging.getLogger(__name__)

YEAR_S = 365 * 24 * 3600
PLACES = ("/", "/login", "/lamps")
"""Where the language is chosen."""


def seen_as(request: web.Request, error: WebError | None = None, code: str = "") -> web.Response:
    """The log-in page as it should look now: code (demo), first start, or password."""
    door = request.app[DOOR]
    words = request[WORDS]
    way = "code" if door.is_demo else "password" if door.has_password else "first"
    return rendered(
        request,
        "login.html",
        error.status if error else 200,
        way=way,
        code=code,
        back="/login",
        error=words.say(f"error.{error.code}", **error.words) if error else "",
    )


async def show(request: web.Request) -> web.StreamResponse:
    """GET /login; `?code=` fills the code in."""
    return seen_as(request, code=request.query.get("code", "")[:32])


async def enter(request: web.Request) -> web.StreamResponse:
    """POST /login with `password`, in the demo with `code`."""
    form = await request.post()
    door = request.app[DOOR]
    if door.is_demo:
        return await _come_in(request, partial(door.enter_with_code, str(form.get("code", ""))))
    return await _come_in(request, partial(door.enter, str(form.get("password", ""))))


async def first_start(request: web.Request) -> web.StreamResponse:
    """POST /first-start with `code`, `password` and `again`."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    code, password, again = (form.get(name, "") for name in ("code", "password", "again"))
    return await _come_in(request, partial(request.app[DOOR].first_start, code, password, again), code[:32])


async def enter_by_link(request: web.Request) -> web.StreamResponse:
    """GET /?code=…: the demo's one click from the console; outside the demo it only fills in the first-start form."""
    code = request.query["code"]
    if not request.app[DOOR].is_demo:
        return seen_as(request, code=code[:32])
    return await _come_in(request, partial(request.app[DOOR].enter_with_code, code))


async def _come_in(request: web.Request, way_in: Callable[[], Awaitable[str]], code: str = "") -> web.StreamResponse:
    settings = request.app[SETTINGS]
    try:
        _count(request)
        token = await way_in()
    except WebError as error:
        logger.warning("Log-in refused from %s: %s", request.remote, error.code)
        return seen_as(request, error, code)
    logger.info("Someone logged in to the page from %s", request.remote)
    response = web.Response(status=303, headers={"Location": "/"})
    response.set_cookie(
        cookie_name(settings.tls),
        token,
        max_age=int(settings.absolute_s),
        httponly=True,
        secure=settings.tls,
        samesite="Strict",
        path="/",
    )
    return response


def _count(request: web.Request) -> None:
    wait_s = request.app[ATTEMPTS].wait_s(request.remote, request.app[SETTINGS].clock())
    if wait_s:
        raise TooManyAttempts(seconds=str(math.ceil(wait_s)))


async def leave(request: web.Request) -> web.StreamResponse:
    """POST /logout."""
    await request.app[DOOR].leave(request[SESSION])
    response = web.Response(status=303, headers={"Location": "/login"})
    response.del_cookie(cookie_name(request.app[SETTINGS].tls), path="/")
    return response


async def choose_language(request: web.Request) -> web.StreamResponse:
    """POST /language with `language`; remembered for a year."""
    form = await request.post()
    back = str(form["back"]) if form.get("back") in PLACES else "/"
    response = web.Response(status=303, headers={"Location": back})
    if (language := str(form.get("language", ""))) in LANGUAGES:
        response.set_cookie("language", language, max_age=YEAR_S, httponly=True, samesite="Strict", path="/")
    return response


ROUTES = (
    web.get("/login", show),
    web.post("/login", enter),
    web.post("/first-start", first_start),
    web.post("/logout", leave),
    web.post("/language", choose_language),
)
