"""Passing a caller on from the page: whom to, and the orders of whoever does it (S-16 to S-18)."""

import dataclasses
import logging

from aiohttp import web

from web.errors import BadRequest, NotFound
from web.keys import API
from web.orders import ACTOR, answer, asked_for

logger = logging.getLogger(__name__)

LONGEST = 32


async def targets(request: web.Request) -> web.StreamResponse:
    """GET /api/targets: where a caller can be passed on to; their state is in the live view."""
    return answer(targets=[dataclasses.asdict(target) for target in request.app[API].targets()])


async def transfer(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent}/transfer with `to` (a number) and `ask_first`."""
    agent, asked, api = request.match_info["agent"], await asked_for(request), request.app[API]
    to, ask_first = asked.get("to"), asked.get("ask_first", False)
    if not isinstance(to, str) or not isinstance(ask_first, bool) or not 0 < len(to.strip()) <= LONGEST:
        raise BadRequest
    if all(agent != known.agent for known in api.view().agents):
        raise NotFound
    logger.info("The page passes the caller of %s on", agent)
    await api.transfer(agent, to.strip(), ACTOR, ask_first=ask_first)
    return answer(ok=True)


ROUTES = (
    web.get("/api/targets", targets),
    web.post("/api/agents/{agent}/transfer", transfer),
)
