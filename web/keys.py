"""The typed names under which one application keeps its parts."""

import jinja2
from aiohttp import web

from appliance.api import DeskApi
from web.door import Door
from web.limits import Attempts
from web.live import Streams
from web.settings import WebSettings
from web.words import Words

API: web.AppKey[DeskApi] = web.AppKey("api", DeskApi)
SETTINGS = web.AppKey("settings", WebSettings)
DOOR = web.AppKey("door", Door)
ATTEMPTS = web.AppKey("attempts", Attempts)
STREAMS = web.AppKey("streams", Streams)
TEMPLATES = web.AppKey("templates", jinja2.Environment)
WORDS = web.RequestKey("words", Words)
SESSION = web.RequestKey("session", str)
