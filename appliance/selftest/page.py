"""The page as a program sees it: log in with the code, order, press, and follow the live state.

It speaks the page's own HTTP and server-sent events, so whatever it sees a browser would have seen.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

Office = dict[str, Any]  # the JSON of one live message, as the page's scripts get it


@dataclass(slots=True)
class Moment:
    """One live message: the office, and when it was received (monotonic seconds)."""

    office: Office
    at: float

    def agent(self, agent: str) -> dict[str, Any]:
        """One agent's row."""
        return next(row for row in self.office["agents"] if row["agent"] == agent)

    def status(self, agent: str) -> str:
        """One agent's displayed status."""
        return str(self.agent(agent)["status"])

    def lamp(self, seat: int) -> str:
        """The pattern of one seat's lamp."""
        return str(next(lamp["pattern"] for lamp in self.office["lamps"] if lamp["seat"] == seat))

    @property
    def waiting(self) -> list[str]:
        """The numbers of the callers in the hold queue, in order."""
        return [caller["number"] for caller in self.office["waiting"]]


@dataclass(slots=True)
class Page:
    """One logged-in visitor. `moments` keeps everything it was shown."""

    url: str
    session: aiohttp.ClientSession
    moments: list[Moment] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _following: "asyncio.Task[None] | None" = None

    @classmethod
    async def enter(cls, url: str, code: str) -> "Page":
        """Log in with the console's code and follow the live state."""
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Origin": url.rstrip("/")})
        page = cls(url.rstrip("/"), session)
        async with session.get(f"{page.url}/?code={code}") as answer:
            answer.raise_for_status()
        page._following = asyncio.create_task(page._follow())
        await page.until(lambda _: True, "the first live message")
        return page

    @property
    def now(self) -> Moment:
        """The newest state shown."""
        return self.moments[-1]

    async def until(self, so: Callable[[Moment], object], what: str, timeout_s: float = 15.0) -> Moment:
        """The state shown for which `so` holds, now or as soon as one is; AssertionError naming `what` when none comes.

        Each is looked at: several may come at once, and what is meant be over in the last of them.
        """
        seen = max(0, len(self.moments) - 1)
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for moment in self.moments[seen:]:
                        if so(moment):
                            return moment
                    seen = len(self.moments)
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            shown = json.dumps(self.moments[-1].office, ensure_ascii=False)[:1500] if self.moments else "nothing"
            raise AssertionError(f"{what}: not shown within {timeout_s} s; the page shows {shown}") from None

    async def status(self, agent: str, status: str, timeout_s: float = 15.0) -> Moment:
        """Wait until the agent has the displayed status."""
        return await self.until(lambda now: now.status(agent) == status, f"{agent} {status}", timeout_s)

    async def order(self, agent: str, order: str) -> None:
        """Press one of the agent's buttons on the page: go-on-duty, go-off-duty, end-wrap-up ..."""
        await self._post(f"/api/agents/{agent}/{order}", {})

    async def write(self, sender: str, to: str, text: str) -> Any:  # noqa: ANN401 - JSON
        """Send a text to a number as a queue or an agent; what was kept of it."""
        return await self._post("/api/texts", {"sender": sender, "to": to, "text": text})

    async def call_from(self, agent: str, queue: str) -> None:
        """Choose as whom the agent's calls go out, "" personally."""
        await self._post(f"/api/agents/{agent}/call-from", {"queue": queue})

    async def press(self, seat: int, held_s: float = 0.1) -> float:
        """Press a button of the virtual panel; the monotonic time at which the press was sent."""
        began = time.monotonic()
        await self._post("/api/panel/press", {"seat": seat, "held_s": held_s})
        return began

    async def hold_hours(self, held: str) -> None:
        """Hold the office open, closing or closed until midnight, or let the schedule say again."""
        await self._post("/api/hours", {"held": held})

    async def outside(self, what: str) -> None:
        """One of the demo's buttons: ring-line, ring-sip, hang-up."""
        await self._post(f"/api/demo/{what}", {})

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """A JSON answer of the page."""
        async with self.session.get(f"{self.url}{path}") as answer:
            answer.raise_for_status()
            return await answer.json()

    async def fetch(self, path: str) -> bytes:
        """A file of the page, such as a recording."""
        async with self.session.get(f"{self.url}{path}") as answer:
            answer.raise_for_status()
            return await answer.read()

    async def leave(self) -> None:
        """Close the tab."""
        if self._following:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following
        await self.session.close()

    async def examine(self, line: str) -> list[dict[str, Any]]:
        """The button at a line: what was found, each in both languages."""
        return list((await self._post(f"/api/lines/{line}/check", {}))["findings"])

    async def _post(self, path: str, body: dict[str, object]) -> Any:  # noqa: ANN401 - JSON
        async with self.session.post(f"{self.url}{path}", json=body) as answer:
            assert answer.status < 300, f"{path}: {answer.status} {await answer.text()}"
            return await answer.json()

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError):
                await self._one_stream()
            await asyncio.sleep(0.05)  # the desk is away; a browser waits longer

    async def _one_stream(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_read=30)
        async with self.session.get(f"{self.url}/events?tab={id(self):x}", timeout=timeout) as stream:
            stream.raise_for_status()
            kind = ""
            while line := await stream.content.readline():
                text = line.decode().rstrip()
                if text.startswith("event: "):
                    kind = text[7:]
                elif text.startswith("data: ") and kind == "office":
                    self.moments.append(Moment(json.loads(text[6:])["office"], time.monotonic()))
                    self._news.set()
