"""What a person reads: the page itself, its live stream, the lists of calls and recordings, the sound of one."""

import asyncio
import logging
import math

import jinja2
from aiohttp import web

from web.entrance import enter_by_link
from web.errors import BadRequest, NotFound
from web.keys import API, DOOR, SESSION, STREAMS, WORDS
from web.orders import answer
from web.present import calls_json, page_facts, recordings_json, report_json
from web.render import rendered

logger = logging.getLogger(__name__)

MOST = 200  # rows of a list at once


def templates() -> jinja2.Environment:
    """Our templates, escaping everything, refusing names they were not given."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}  # queues are shown in the owner's order
    return environment


async def show(request: web.Request) -> web.StreamResponse:
    """GET /: the page; with `?code=` the demo's way in."""
    if "code" in request.query:
        return await enter_by_link(request)
    api, words = request.app[API], request[WORDS]
    return rendered(
        request,
        "page.html",
        version=api.info.version,
        queues=api.info.queues,
        demo=api.demo is not None,
        back="/",
        strings=dict(words.texts),
        facts=page_facts(api.info, api.demo is not None),
    )


async def legend(request: web.Request) -> web.StreamResponse:
    """GET /lamps: what lamps, presses and feature codes mean."""
    return rendered(request, "lamps.html", back="/lamps", legend=request.app[API].legend(request[WORDS].language))


async def health(request: web.Request) -> web.StreamResponse:
    """GET /health: the page and the desk answer; how many things an administrator should look at."""
    api = request.app[API]
    return answer(status="ok", seq=api.view().seq, alarms=len(api.alarms()))


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /events?tab=…: server-sent events (web/live.py)."""
    tab = request.query.get("tab", "")
    if not 1 <= len(tab) <= 64:
        raise BadRequest
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    door, token = request.app[DOOR], request[SESSION]
    await request.app[STREAMS].serve(request, response, f"{token} {tab}", lambda: door.knows(token, acting=False))
    return response


async def snapshot(request: web.Request) -> web.StreamResponse:
    """GET /api/office: what the refresh button asks for (S-31), the same as an `office` message."""
    return _json(request.app[STREAMS].newest.snapshot())


async def why(request: web.Request) -> web.StreamResponse:
    """GET /api/agents/{agent}/why: why the last call rang there, as a sentence in the page's language (U-13)."""
    api, agent = request.app[API], request.match_info["agent"]
    if all(agent != known.agent for known in api.view().agents):
        raise NotFound
    return answer(sentence=api.why(agent, request[WORDS].language))


async def calls(request: web.Request) -> web.StreamResponse:
    """GET /api/calls?limit=&before=&queue=: all calls, or a queue's, newest first; `before` is an `arrived`."""
    before = _number(request, "before", -1.0)
    found = await request.app[API].calls(
        limit_of(request), before if before >= 0 else None, request.query.get("queue", "")
    )
    return _json(calls_json(found))


async def report(request: web.Request) -> web.StreamResponse:
    """GET /api/report?day=&queue=: the metrics of a day (YYYY-MM-DD), of one queue or of all of them (acd.md §4)."""
    day, queue = request.query.get("day", ""), request.query.get("queue", "")
    return _json(report_json(await request.app[API].report(day, queue), request[WORDS].language))


async def recordings(request: web.Request) -> web.StreamResponse:
    """GET /api/recordings?limit=&contact=&queue=: newest first."""
    contact, queue = request.query.get("contact") or None, request.query.get("queue", "")
    found = await request.app[API].recordings(limit_of(request), contact, queue)
    return _json(recordings_json(found))


async def sound(request: web.Request) -> web.StreamResponse:
    """GET /recordings/{recording}: the sound itself, with ranges. The desk knows the file; the visitor only its id."""
    found = await request.app[API].recording(request.match_info["recording"])
    if not await asyncio.to_thread(found.path.is_file):
        raise NotFound("no_sound")
    if "Range" not in request.headers or request.headers["Range"].startswith("bytes=0-"):
        logger.info("Recording %s is played on the page from %s", found.recording, request.remote)
    return web.FileResponse(found.path, headers={"Content-Type": "audio/wav", "Cache-Control": "private, no-store"})


async def stay(_: web.Request) -> web.StreamResponse:
    """POST /api/here: a person is at the page (keys, pointer); the session middleware notes it."""
    return answer(ok=True)


def _json(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/json")


def _number(request: web.Request, name: str, default: float) -> float:
    try:
        number = float(request.query.get(name, default))
    except ValueError:
        raise BadRequest from None
    if not math.isfinite(number):
        raise BadRequest
    return number


def limit_of(request: web.Request) -> int:
    """How many rows are asked for, at most MOST."""
    return min(MOST, max(1, int(_number(request, "limit", 50))))


ROUTES = (
    web.get("/", show),
    web.get("/lamps", legend),
    web.get("/health", health),
    web.get("/events", stream, allow_head=False),
    web.get("/api/office", snapshot),
    web.get("/api/calls", calls),
    web.get("/api/recordings", recordings),
    web.get("/api/report", report),
    web.get("/recordings/{recording}", sound),
    web.get("/api/agents/{agent}/why", why),
    web.post("/api/here", stay),
)
