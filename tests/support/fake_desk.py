"""A desk that speaks the seam and nothing else: tests say what it asks and wait for what the switch tells."""

import asyncio
import time
from pathlib import Path
from typing import Any, TypeVar

from appliance import wire
from appliance.tape import as_text
from appliance.wire import Message
from appliance.wire_stream import Wire

Told = TypeVar("Told", bound=Message)


class FakeDesk:
    """One connection to a switch; every event that came is kept in `told`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.told: list[Message] = []
        self._news = asyncio.Condition()
        self._wire: Wire | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "FakeDesk":
        self._wire = Wire(*await asyncio.open_unix_connection(str(self._path)))
        await self._wire.greet("desk", frozenset({"switch"}))
        self._reader = asyncio.create_task(self._read())
        self.first = await self.snapshot()  # as a desk does; from here on the switch is known to listen
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Be gone, as a killed desk is."""
        assert self._wire is not None
        assert self._reader is not None
        await self._wire.close()
        await self._reader

    def ask(self, *commands: Message) -> None:
        """Send commands."""
        assert self._wire is not None
        for command in commands:
            self._wire.send(command)

    async def hears(self, kind: type[Told], timeout: float = 10.0, since: int = 0, **fields: Any) -> Told:
        """The first event of that kind with those fields, also among those that came before (from number `since`)."""

        def found() -> Told | None:
            for event in self.told[since:]:
                if isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items()):
                    return event
            return None

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: found() is not None), timeout)
            except TimeoutError:
                story = "\n".join(as_text(event) for event in self.told)
                raise TimeoutError(f"no {kind.__name__} {fields} within {timeout} s; told:\n{story}") from None
        event = found()
        assert event is not None
        return event

    async def snapshot(self) -> wire.Snapshot:
        """Ask for one and wait for it."""
        since = len(self.told)
        self.ask(wire.AskSnapshot())
        return await self.hears(wire.Snapshot, since=since)

    def of(self, kind: type[Told], **fields: Any) -> list[Told]:
        """All events of that kind with those fields."""
        return [
            event
            for event in self.told
            if isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items())
        ]

    async def _read(self) -> None:
        assert self._wire is not None
        while (message := await self._wire.receive()) is not None:
            async with self._news:
                self.told.append(message)
                self._news.notify_all()


def dial(leg: str, to: str, ring_s: float = 10.0, alert_s: float = 2.0) -> wire.Dial:
    """A call to a phone, as the desk orders it."""
    return wire.Dial(leg, to, "0312345678", "Caller", ring_s, alert_s, contact="k1")


def now() -> float:
    """The clock of the seam."""
    return time.monotonic()
