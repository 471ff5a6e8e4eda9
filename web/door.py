"""Who may come in: the first-start code, the password, and the sessions.

Rules: no default password; a code is worth one password, in the demo it is the key for as long as the demo runs.
Passwords are argon2id (19 MiB, two passes), one at a time so that log-ins cannot eat the memory.
Sessions live on the server under the SHA-256 of their cookie and survive a restart; they end after `idle_s` without
a person's action and after `absolute_s` in any case. A wall clock that jumps back ends them too: the safe side.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import secrets

import argon2

from appliance.api import DeskApi, Refusal
from web.errors import BadRequest, Forbidden
from web.settings import WebSettings

logger = logging.getLogger(__name__)

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0/O, 1/I
SHORTEST, LONGEST = 12, 256
KEPT = 64  # sessions; the oldest goes first
WRITE_EVERY_S = 60.0  # how often a mere "still here" is written down
HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def new_code() -> str:
    """A code a person can read from a console and type: 40 random bits, as XXXX-XXXX."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _plain(code: str) -> bytes:
    return "".join(code.split()).replace("-", "").upper().encode()


def _name(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Door:
    """Code, password and sessions of one page. Call `open_up` once before the first request."""

    def __init__(self, api: DeskApi, settings: WebSettings) -> None:
        self._api = api
        self._settings = settings
        self._code = settings.code or new_code()
        self._password = ""
        self._sessions: dict[str, tuple[float, float]] = {}  # name → (opened, last seen), wall seconds
        self._written: dict[str, float] = {}
        self._one_at_a_time = asyncio.Lock()

    async def open_up(self) -> None:
        """Read what the desk keeps for us; announce the code when somebody will need it."""
        self._password = (await self._api.get_secret("password") or b"").decode()
        kept = json.loads(await self._api.get_secret("sessions") or b"{}")
        self._sessions = {name: (float(opened), float(seen)) for name, (opened, seen) in kept.items()}
        if code := self.code:
            self._settings.announce(code)

    @property
    def is_demo(self) -> bool:
        """In the demo the printed code opens the page, also by a link."""
        return self._api.info.demo

    @property
    def has_password(self) -> bool:
        """Whether the first start is behind us."""
        return bool(self._password)

    @property
    def code(self) -> str | None:
        """The code that is worth something now, else None."""
        return self._code if self.is_demo or not self.has_password else None

    async def enter_with_code(self, code: str) -> str:
        """The demo's way in; returns the cookie of a new session. Raises Forbidden."""
        if not self.is_demo or not self._fits(code):
            raise Forbidden("wrong_code")
        return await self._open()

    async def first_start(self, code: str, password: str, again: str) -> str:
        """Trade the code for the first password; returns the cookie of a new session. Raises Forbidden, BadRequest."""
        if not self._fits(code):
            raise Forbidden("wrong_code")
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadRequest("short_password", least=str(SHORTEST))
        if password != again:
            raise BadRequest("different_passwords")
        async with self._one_at_a_time:
            hashed = await asyncio.to_thread(HASHER.hash, password)
            if self.has_password:
                raise Forbidden("wrong_code")  # somebody was faster
            await self._api.put_secret("password", hashed.encode())
            self._password = hashed
        logger.info("The page's password was set with the first-start code")
        return await self._open()

    async def enter(self, password: str) -> str:
        """The ordinary way in; returns the cookie of a new session. Raises Forbidden."""
        async with self._one_at_a_time:
            right = self.has_password and len(password) <= LONGEST and await asyncio.to_thread(self._verify, password)
        if not right:
            raise Forbidden("wrong_password")
        return await self._open()

    async def knows(self, token: str, *, acting: bool) -> bool:
        """Whether the cookie opens a live session; `acting` says a person did something, which keeps it alive."""
        name, now = _name(token), self._settings.wall()
        if name not in self._sessions:
            return False
        opened, seen = self._sessions[name]
        if not (
            opened <= now + 1 and 0 <= now - opened < self._settings.absolute_s and now - seen < self._settings.idle_s
        ):
            del self._sessions[name]
            await self._write()
            return False
        if acting:
            self._sessions[name] = (opened, now)
            if now - self._written.get(name, 0.0) >= WRITE_EVERY_S:
                await self._write()
        return True

    async def leave(self, token: str) -> None:
        """End one session."""
        if self._sessions.pop(_name(token), None):
            await self._write()

    def _fits(self, code: str) -> bool:
        return self.code is not None and hmac.compare_digest(_plain(code), _plain(self.code))

    def _verify(self, password: str) -> bool:
        try:
            return HASHER.verify(self._password, password)
        except argon2.exceptions.VerificationError:
            return False

    async def _open(self) -> str:
        token, now = secrets.token_urlsafe(32), self._settings.wall()
        self._sessions[_name(token)] = (now, now)
        while len(self._sessions) > KEPT:
            del self._sessions[min(self._sessions, key=lambda name: self._sessions[name][1])]
        await self._write()
        return token

    async def _write(self) -> None:
        self._written = {name: seen for name, (_, seen) in self._sessions.items()}
        try:
            await self._api.put_secret("sessions", json.dumps(self._sessions).encode())
        except Refusal as refusal:  # a full disk must not keep anybody from the page that says so
            logger.warning("Sessions will not survive a restart: %s", refusal)
