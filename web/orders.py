"""What a person orders on the page: one POST, one call to the desk."""

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from json import JSONDecodeError

from aiohttp import web

from appliance.api import DemoControls, DeskApi
from web.errors import BadRequest, NotFound
from web.keys import API
from web.present import as_json

logger = logging.getLogger(__name__)

ACTOR = "page"
BEHAVIOURS = ("answer", "decline", "ignore")
LONGEST_PRESS_S = 60.0

Order = Callable[[DeskApi, str], Awaitable[None]]

AGENT_ORDERS: dict[str, Order] = {
    "go-on-duty": lambda api, agent: api.go_on_duty(agent, ACTOR),
    "go-off-duty": lambda api, agent: api.go_off_duty(agent, ACTOR),
    "stay-off-duty": lambda api, agent: api.stay_off_duty(agent, ACTOR),
    "end-wrap-up": lambda api, agent: api.end_wrap_up(agent, ACTOR),
    "decline": lambda api, agent: api.decline(agent, ACTOR),
    "complete-transfer": lambda api, agent: api.complete_transfer(agent, ACTOR),
    "take-back": lambda api, agent: api.take_back(agent, ACTOR),
    "extend-wrap-up": lambda api, agent: api.extend_wrap_up(agent, ACTOR),
    "take-next": lambda api, agent: api.take_next(agent, ACTOR),
}

PRIVACY = {"take": False, "take-not": True}

OUTSIDE: dict[str, Callable[[DemoControls], Awaitable[str | None]]] = {
    "ring-line": lambda demo: demo.ring_line(),
    "ring-sip": lambda demo: demo.ring_sip(),
    "hang-up": lambda demo: demo.hang_up_callers(),
}


def answer(**fields: object) -> web.Response:
    """A JSON answer."""
    return web.json_response(fields, dumps=as_json)


async def asked_for(request: web.Request) -> dict[str, object]:
    """The JSON object of the body; raises BadRequest."""
    try:
        asked = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        raise BadRequest from None
    if not isinstance(asked, dict):
        raise BadRequest
    return asked


async def order_agent(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent}/{order}."""
    agent, name = request.match_info["agent"], request.match_info["order"]
    api = request.app[API]
    if name not in AGENT_ORDERS or all(agent != known.agent for known in api.view().agents):
        raise NotFound
    logger.info("The page orders %s for %s", name, agent)
    await AGENT_ORDERS[name](api, agent)
    return answer(ok=True)


async def order_privacy(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent}/queues/{queue}/{order}: 着信する or 着信しない for one queue."""
    agent, queue, name = (request.match_info[part] for part in ("agent", "queue", "order"))
    api = request.app[API]
    if name not in PRIVACY or queue not in dict(api.info.members).get(agent, ()):
        raise NotFound
    logger.info("The page orders %s of queue %s for %s", name, queue, agent)
    await api.set_private(agent, queue, PRIVACY[name], ACTOR)
    return answer(ok=True)


async def check_line(request: web.Request) -> web.StreamResponse:
    """POST /api/lines/{line}/{check|forget-tones}: examine an idle line; the findings as sentences in both languages.

    With forget-tones it has forgotten the tones of its exchange before that.
    """
    line, api = request.match_info["line"], request.app[API]
    if all(line != known.line for known in api.lines()):
        raise NotFound
    forgets = request.match_info["order"] == "forget-tones"
    logger.info("The page orders an examination of line %s%s", line, ", its learnt tones forgotten" if forgets else "")
    return answer(findings=[dataclasses.asdict(found) for found in await api.check_line(line, forgets=forgets)])


def _demo(request: web.Request) -> DemoControls:
    demo = request.app[API].demo
    if demo is None:
        raise NotFound
    return demo


async def change_outside(request: web.Request) -> web.StreamResponse:
    """POST /api/demo/{what}: a simulated caller rings or hangs up; answers a sentence to show."""
    demo, name = _demo(request), request.match_info["what"]
    if name not in OUTSIDE:
        raise NotFound
    return answer(message=await OUTSIDE[name](demo) or "")


async def behave(request: web.Request) -> web.StreamResponse:
    """POST /api/demo/behave with `agent` and `behaviour`."""
    demo, asked = _demo(request), await asked_for(request)
    agent, behaviour = asked.get("agent"), asked.get("behaviour")
    if not isinstance(agent, str) or agent not in demo.behaviours() or behaviour not in BEHAVIOURS:
        raise BadRequest
    await demo.behave(agent, str(behaviour))
    return answer(ok=True)


async def press(request: web.Request) -> web.StreamResponse:
    """POST /api/panel/press with `seat` and `held_s`: a press of a seat's button, by the page."""
    asked = await asked_for(request)
    seat, held_s = asked.get("seat"), asked.get("held_s")
    if not isinstance(seat, int) or not isinstance(held_s, int | float) or not 0 < held_s <= LONGEST_PRESS_S:
        raise BadRequest
    if all(seat != lamp.seat for lamp in request.app[API].lamps()):
        raise NotFound
    logger.info("The page presses the button of seat %d for %.1f s", seat, held_s)
    await request.app[API].press(seat, float(held_s))
    return answer(ok=True)


ROUTES = (
    web.post("/api/agents/{agent}/{order}", order_agent),
    web.post("/api/agents/{agent}/queues/{queue}/{order}", order_privacy),
    web.post("/api/lines/{line}/{order:check|forget-tones}", check_line),
    web.post("/api/demo/behave", behave),
    web.post("/api/panel/press", press),
    web.post("/api/demo/{what}", change_outside),
)
