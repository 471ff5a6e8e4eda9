"""A template as a page: the one place that fills one in."""

from aiohttp import web

from web.keys import API, TEMPLATES, WORDS


def rendered(request: web.Request, template: str, status: int = 200, **more: object) -> web.Response:
    """A template in the visitor's language, with `more` for itself."""
    words, office = request[WORDS], request.app[API].info.name
    page = request.app[TEMPLATES].get_template(template)
    text = page.render(t=words.say, language=words.language, office=office, **more)
    return web.Response(text=text, content_type="text/html", status=status)
