"""What a person orders about calls and the house: recording, supervisors, notes, codes, hours held, notices given."""

import logging

from aiohttp import web

from web.errors import BadRequest, NotFound
from web.keys import API
from web.orders import ACTOR, answer, asked_for

logger = logging.getLogger(__name__)

LONGEST_NOTE = 4000


def _text(asked: dict[str, object], name: str) -> str:
    """A text of the body; raises BadRequest."""
    found = asked.get(name)
    if not isinstance(found, str):
        raise BadRequest
    return found


def _agent(request: web.Request) -> str:
    agent = request.match_info["agent"]
    if all(agent != known.agent for known in request.app[API].view().agents):
        raise NotFound
    return agent


async def pause(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent}/recording with `paused`: 録音を停止, 録音を再開 (S-08)."""
    agent, paused = _agent(request), (await asked_for(request)).get("paused")
    if not isinstance(paused, bool):
        raise BadRequest
    await request.app[API].pause_recording(agent, paused, ACTOR)
    return answer(ok=True)


async def call_from(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent}/call-from with `queue`, "" personally: 発信元 (S-10)."""
    agent, queue = _agent(request), _text(await asked_for(request), "queue")
    logger.info("The page has the calls of %s go out %s", agent, f"as queue {queue}" if queue else "personally")
    await request.app[API].call_as(agent, queue, ACTOR)
    return answer(ok=True)


async def coach(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent}/coach with `supervisor` and `mode` (F-37)."""
    agent, asked = _agent(request), await asked_for(request)
    supervisor, mode = _text(asked, "supervisor"), _text(asked, "mode")
    logger.info("The page orders %s to %s in %s's call", supervisor, mode, agent)
    await request.app[API].coach(supervisor, agent, mode, ACTOR)
    return answer(ok=True)


async def note(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/{contact}/note with `text`, as it is now (S-21)."""
    text = _text(await asked_for(request), "text")
    await request.app[API].note(request.match_info["contact"], text[:LONGEST_NOTE], ACTOR)
    return answer(ok=True)


async def code(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/{contact}/code with `code` and the call's `queue` (F-38)."""
    asked = await asked_for(request)
    await request.app[API].code(request.match_info["contact"], _text(asked, "code"), _text(asked, "queue"), ACTOR)
    return answer(ok=True)


async def hold_hours(request: web.Request) -> web.StreamResponse:
    """POST /api/hours with `held` and perhaps `queue`: open, closing, closed, or schedule, until midnight (§3.7)."""
    asked = await asked_for(request)
    held, queue = _text(asked, "held"), _text(asked, "queue") if "queue" in asked else ""
    logger.info("The page holds %s %s", queue or "the office", held)
    await request.app[API].hold_hours(held, ACTOR, queue)
    return answer(ok=True)


async def give_notice(request: web.Request) -> web.StreamResponse:
    """POST /api/notices/{notice} with `over`: a notice is given as by its contact, or is over (U-11)."""
    notice, api, over = request.match_info["notice"], request.app[API], (await asked_for(request)).get("over")
    if notice not in (*api.info.notices, *api.view().notices):
        raise NotFound
    if not isinstance(over, bool):
        raise BadRequest
    logger.warning("The page says that notice %s is %s", notice, "over" if over else "given")
    await api.give_notice(notice, ACTOR, is_over=over)
    return answer(ok=True)


async def assign(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/{contact}/assign with `agent`, `supervisor` and `reason` (F-45)."""
    contact, asked = request.match_info["contact"], await asked_for(request)
    agent, supervisor, reason = (_text(asked, name) for name in ("agent", "supervisor", "reason"))
    logger.info("The page gives contact %s to %s for %s", contact, agent, supervisor)
    await request.app[API].assign(contact, agent, supervisor, reason[:LONGEST_NOTE])
    return answer(ok=True)


ROUTES = (
    web.post("/api/agents/{agent}/recording", pause),
    web.post("/api/agents/{agent}/call-from", call_from),
    web.post("/api/agents/{agent}/coach", coach),
    web.post("/api/calls/{contact}/note", note),
    web.post("/api/calls/{contact}/code", code),
    web.post("/api/calls/{contact}/assign", assign),
    web.post("/api/hours", hold_hours),
    web.post("/api/notices/{notice}", give_notice),
)
