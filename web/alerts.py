"""Who is told what by mail: shown and ticked on the page, for each person alone (S-43)."""

import dataclasses
import logging

from aiohttp import web

from web.errors import BadRequest, NotFound
from web.keys import API
from web.orders import ACTOR, answer, asked_for

logger = logging.getLogger(__name__)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/alerts: everybody's ticks, the subjects there are, and whether mail can be sent at all."""
    alerts = request.app[API].alerts
    people = [dataclasses.asdict(one) for one in await alerts.people()]
    return answer(people=people, subjects=alerts.subjects, can_send=alerts.can_send)


async def tick(request: web.Request) -> web.StreamResponse:
    """POST /api/alerts/{person} with `mail` and `ticked`."""
    alerts, person, asked = request.app[API].alerts, request.match_info["person"], await asked_for(request)
    mail, ticked = asked.get("mail"), asked.get("ticked")
    if not isinstance(mail, str) or not isinstance(ticked, list) or not all(isinstance(one, str) for one in ticked):
        raise BadRequest
    if all(person != one.person for one in await alerts.people()):
        raise NotFound
    logger.info("The page ticks %d alerts for %s", len(ticked), person)
    await alerts.tick(person, mail, tuple(ticked), ACTOR)
    return answer(ok=True)


ROUTES = (web.get("/api/alerts", show), web.post("/api/alerts/{person}", tick))
