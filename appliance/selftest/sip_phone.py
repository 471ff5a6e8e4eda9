"""Driving a scriptable phone (appliance.selftest.phone) from asyncio: orders as methods, events awaited by name.

async with SipPhone(PhoneSettings("127.0.0.1:5101", user="101", answer="auto", tone=1000)) as phone:
    invited = await phone.wait("invited")
    heard = await phone.hear(invited["call"], [440])
"""

import asyncio
import json
import sys
import time
from types import TracebackType
from typing import Any

import msgspec

Event = dict[str, Any]


class PhoneSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What kind of phone this is.

    `answer`: "auto" (180, then 200 after `after` seconds), "ring" (180 for ever), "busy" (486), "decline" (180, then
    603 after `after`), "manual" (180, then as ordered), "mute" (100 and nothing more). `tone` (whole hertz) is what it
    says once it talks.
    """

    listen: str
    user: str = "100"
    name: str = ""
    realm: str = "deskbell.local"
    proxy: str = ""
    secret: str = ""
    register: bool = False
    also: tuple[tuple[str, str], ...] = ()  # further (user, secret) registered by the same phone
    answer: str = "auto"
    after: float = 0.0
    tone: int = 0
    rtp_port: int = 0
    calls: int = 128


class SipPhone:
    """One phone process. Events are kept; `wait` finds the first one that fits, also among those that came before."""

    def __init__(self, settings: PhoneSettings) -> None:
        self.settings = settings
        self.events: list[Event] = []
        self._news = asyncio.Condition()
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "SipPhone":
        """Start it and wait until it is ready."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "appliance.selftest.phone",
            msgspec.json.encode(self.settings).decode(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        self._reader = asyncio.create_task(self._read())
        await self.wait("ready")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Quit, or be ended by its own id."""
        assert self._process is not None
        self.order("quit")
        try:
            await asyncio.wait_for(self._process.wait(), 3.0)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._reader is not None:
            await self._reader
        await self._process.communicate()  # closes the pipes too

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    def order(self, do: str, **what: object) -> None:
        """Send an order; see appliance.selftest.phone."""
        assert self._process is not None
        assert self._process.stdin is not None
        if not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")

    async def wait(self, event: str, timeout: float = 10.0, after: float = 0.0, **fields: object) -> Event:
        """The first event of that name, from `after` on, with those fields. Raises TimeoutError, saying what came."""

        def found() -> Event | None:
            return next((one for one in self.events if _fits(one, event, after, fields)), None)

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: found() is not None), timeout)
            except TimeoutError:
                came = [{key: value for key, value in one.items() if key != "invite"} for one in self.events[-12:]]
                raise TimeoutError(
                    f"phone {self.settings.user}: no {event} {fields} within {timeout} s; came: {came}"
                ) from None
        result = found()
        assert result is not None
        return result

    async def dial(
        self, to: str, headers: dict[str, str] | None = None, tone: int | None = None, user: str = ""
    ) -> int:
        """Call somebody, as `user` if the phone has several; returns the call's number."""
        before = time.monotonic()
        self.order("dial", to=to, headers=headers or {}, tone=tone, user=user)
        return int((await self.wait("dialled", after=before))["call"])

    async def text(self, to: str, body: str, kind: str = "text/plain") -> Event:
        """Write to somebody; how it was answered."""
        before = time.monotonic()
        self.order("text", to=to, body=body, kind=kind)
        return await self.wait("text_ended", after=before)

    async def hear(self, call: int, hz: list[int] | None = None, since: float = 0.0, wav: str = "") -> Event:
        """What the phone heard on that call since a moment."""
        before = time.monotonic()
        self.order("hear", call=call, hz=hz or [], since=since, wav=wav)
        return await self.wait("heard", after=before, call=call)

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()


def _fits(one: Event, event: str, after: float, fields: dict[str, object]) -> bool:
    return one["event"] == event and one["at"] >= after and all(one.get(key) == value for key, value in fields.items())
