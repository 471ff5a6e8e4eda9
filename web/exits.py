"""What callers left behind, for the page: messages with their sound, and promises that a person can cancel."""

import asyncio
import dataclasses
import logging

from aiohttp import web

from appliance.api import VoicemailMessage
from web.errors import NotFound
from web.inbox import who
from web.keys import API
from web.orders import ACTOR, answer, asked_for
from web.pages import limit_of
from web.present import as_json, calls_json

logger = logging.getLogger(__name__)


async def voicemails(request: web.Request) -> web.StreamResponse:
    """GET /api/voicemails?limit=&queue=: messages, newest first."""
    found = await request.app[API].voicemails(limit_of(request), request.query.get("queue", ""))
    text = as_json({"voicemails": [_told(one) for one in found]})
    return web.Response(text=text, content_type="application/json")


async def sound(request: web.Request) -> web.StreamResponse:
    """GET /voicemails/{recording}: the message itself, with ranges."""
    found = await request.app[API].voicemail(request.match_info["recording"])
    if not await asyncio.to_thread(found.path.is_file):
        raise NotFound("no_sound")
    if "Range" not in request.headers or request.headers["Range"].startswith("bytes=0-"):
        logger.info("Voicemail %s is played on the page from %s", found.recording, request.remote)
    return web.FileResponse(found.path, headers={"Content-Type": "audio/wav", "Cache-Control": "private, no-store"})


async def see_to(request: web.Request) -> web.StreamResponse:
    """POST /api/voicemails/{recording}/handled, perhaps with `by`: it is new for nobody any more (S-22)."""
    recording, asked = request.match_info["recording"], await asked_for(request)
    logger.info("The page has seen to voicemail %s", recording)
    await request.app[API].voicemail_handled(recording, who(request, asked))
    return answer(ok=True)


async def cancel_callback(request: web.Request) -> web.StreamResponse:
    """POST /api/callbacks/{contact}/cancel: the promise is forgotten, a dial under way is taken back."""
    contact, api = request.match_info["contact"], request.app[API]
    if all(contact != promise.contact for promise in api.view().callbacks):
        raise NotFound
    logger.info("The page cancels the callback of %s", contact)
    await api.cancel_callback(contact, ACTOR)
    return answer(ok=True)


async def unkept(request: web.Request) -> web.StreamResponse:
    """GET /api/callbacks/unkept: callbacks that came to nothing and wait for a person (§3.8, 6)."""
    return web.Response(
        text=calls_json(await request.app[API].unkept_callbacks(limit_of(request))), content_type="application/json"
    )


async def see_to_callback(request: web.Request) -> web.StreamResponse:
    """POST /api/callbacks/{contact}/handled, perhaps with `by`: somebody called, or will."""
    contact, asked = request.match_info["contact"], await asked_for(request)
    logger.info("The page has seen to the callback of %s", contact)
    await request.app[API].callback_handled(contact, who(request, asked))
    return answer(ok=True)


def _told(message: VoicemailMessage) -> dict[str, object]:
    """Where the file lies is nobody's business."""
    told = dataclasses.asdict(message)
    del told["path"]
    return told


ROUTES = (
    web.get("/api/voicemails", voicemails),
    web.get("/voicemails/{recording}", sound),
    web.post("/api/voicemails/{recording}/handled", see_to),
    web.get("/api/callbacks/unkept", unkept),
    web.post("/api/callbacks/{contact}/handled", see_to_callback),
    web.post("/api/callbacks/{contact}/cancel", cancel_callback),
)
