"""What the page refuses, each with its HTTP status; `code` names the sentence in the locale files (`error.<code>`)."""


class WebError(Exception):
    """Something the person at the page can act on; the error middleware turns it into {"error", "message"}."""

    status = 400
    code = "bad_request"

    def __init__(self, code: str = "", **words: str) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.words = words


class BadRequest(WebError):
    """The request does not say what it should."""


class NotLoggedIn(WebError):
    """No session, or one that has ended."""

    status = 401
    code = "login_needed"


class Forbidden(WebError):
    """Asked from another site, or with a wrong code or password."""

    status = 403
    code = "other_site"


class NotFound(WebError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class WrongHost(WebError):
    """The Host header is not a name of this box: DNS rebinding, or a name missing in the configuration."""

    status = 421
    code = "wrong_host"


class TooManyAttempts(WebError):
    """More log-in attempts from one address than a person makes."""

    status = 429
    code = "too_many_attempts"


class TooManyStreams(WebError):
    """More open pages than the box serves."""

    status = 503
    code = "too_many_streams"


class TooSlow(WebError):
    """The request's body did not arrive in time."""

    status = 408
    code = "too_slow"
