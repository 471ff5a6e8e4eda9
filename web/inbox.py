"""What a team shares: texts and slips (S-20), and what nobody has seen yet (S-22)."""

import dataclasses
import logging

from aiohttp import web

from web.errors import BadRequest, NotFound
from web.keys import API
from web.orders import ACTOR, answer, asked_for
from web.pages import limit_of

logger = logging.getLogger(__name__)

LONGEST = 8000
"""Of what is read at all; how long a text may be is the desk's word."""


def text_of(asked: dict[str, object], name: str, default: str | None = None) -> str:
    """A text of the body, or the default. Raises BadRequest."""
    found = asked.get(name, default)
    if not isinstance(found, str) or len(found) > LONGEST:
        raise BadRequest
    return found


def who(request: web.Request, asked: dict[str, object]) -> str:
    """Who says that they do this (`by`): an agent or a supervisor of the office, else just the page."""
    by, api = text_of(asked, "by", ""), request.app[API]
    known = {agent.agent for agent in api.view().agents} | set(dict(api.info.supervisors))
    return by if by in known else ACTOR


async def new(request: web.Request) -> web.StreamResponse:
    """GET /api/new?queue=&limit=: what nobody has seen yet in a queue, or anywhere, newest first."""
    found = await request.app[API].inbox.new_items(request.query.get("queue", ""), limit_of(request))
    return answer(items=[dataclasses.asdict(one) for one in found])


async def see(request: web.Request) -> web.StreamResponse:
    """POST /api/new/see with `kind`, `id` and perhaps `by`: it is new for nobody any more."""
    asked = await asked_for(request)
    await request.app[API].inbox.see(text_of(asked, "kind"), text_of(asked, "id"), who(request, asked))
    return answer(ok=True)


async def threads(request: web.Request) -> web.StreamResponse:
    """GET /api/threads?queue=&limit=: threads of a queue or of everybody, newest first."""
    found = await request.app[API].inbox.threads(request.query.get("queue", ""), limit_of(request))
    return answer(threads=[dataclasses.asdict(one) for one in found])


async def thread(request: web.Request) -> web.StreamResponse:
    """GET /api/thread?thread=&limit=: one thread, oldest first."""
    found = await request.app[API].inbox.thread(request.query.get("thread", ""), limit_of(request))
    if not found:
        raise NotFound
    return answer(texts=[dataclasses.asdict(one) for one in found])


async def write(request: web.Request) -> web.StreamResponse:
    """POST /api/texts with `sender` (a queue or an agent), `to` (a number), `text` and perhaps `by`."""
    asked = await asked_for(request)
    sender, to, text = (text_of(asked, name) for name in ("sender", "to", "text"))
    kept = await request.app[API].inbox.write(sender, to, text, who(request, asked))
    return answer(text=dataclasses.asdict(kept))


async def slip(request: web.Request) -> web.StreamResponse:
    """POST /api/slips with `queue`, `number` (of the caller), `text`, perhaps `contact` and `by` (用件メモ)."""
    asked = await asked_for(request)
    queue, number, text = (text_of(asked, name) for name in ("queue", "number", "text"))
    kept = await request.app[API].inbox.slip(queue, number, text, who(request, asked), text_of(asked, "contact", ""))
    return answer(text=dataclasses.asdict(kept))


ROUTES = (
    web.get("/api/new", new),
    web.post("/api/new/see", see),
    web.get("/api/threads", threads),
    web.get("/api/thread", thread),
    web.post("/api/texts", write),
    web.post("/api/slips", slip),
)
