"""Texts (S-20, D-18): between phones, queues and the page; kept first, then answered, then delivered (I-19).

What comes to a queue is kept for its team; what goes to a phone is sent through the switch, and waits as long as the
phone is away. One task does everything in order. A text is delivered at least once: a switch that dies after the phone
took it makes us send it again.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Protocol

from appliance import wire
from appliance.desk.legs import Say
from appliance.desk.routing import masked
from appliance.desk.settings import DeskSettings
from appliance.desk.text_rules import BadText, checked
from appliance.edge.rpc import Registration
from appliance.errors import StorageError
from appliance.storage.texts import (
    BETWEEN,
    DELIVERED,
    EXPIRED,
    IN,
    KEPT,
    OUT,
    REFUSED,
    SLIP,
    WAITING,
    thread_of,
)
from appliance.team import TextView

logger = logging.getLogger(__name__)

TICK_S: Final = 1.0
RETRY_S: Final = 60.0
"""A phone that is registered and did not take a text is tried again after this, or when it registers anew."""
PATIENCE_S: Final = 45.0
"""The switch tells how a text ended within 32 s; one it has forgotten is sent again."""
OLDEST_S: Final = 7 * 86400.0
FOR_GOOD: Final = frozenset({403, 405, 406, 413, 415, 488, 501, 513, 603, 606})
"""A phone that answers so takes no texts, or not this one."""


class TextStore(Protocol):
    """What is needed of the store; each write is durable on return, or raises StorageError."""

    def wall(self) -> float:
        """Seconds since 1970."""

    async def text_added(self, row: TextView, /) -> None:
        """A text was written."""

    async def text_tried(self, text: str, state: str, code: int, /) -> None:
        """How its delivery went."""

    async def waiting_texts(self) -> tuple[TextView, ...]:
        """Texts that no phone has taken yet."""


class Texts:
    """Keeps texts and sees to their delivery. `run` is the task; `is_ready` says whether the switch can be told."""

    def __init__(self, settings: DeskSettings, store: TextStore, say: Say, is_ready: Callable[[], bool]) -> None:
        self._store, self._say, self._is_ready, self._realm = store, say, is_ready, settings.realm
        self._queues = {one.number: one for one in settings.office.queues if one.number}
        self._phones = {one.number: one.name for one in settings.phones}
        self._registered = dict.fromkeys(self._phones, 0) if settings.edge_socket is None else {}
        self._waiting: dict[str, TextView] = {}
        self._not_before: dict[str, float] = {}
        self._work: deque[Callable[[], Awaitable[None]]] = deque()
        self._wake = asyncio.Event()
        self.changed: Callable[[], None] = lambda: None
        """Called when a text was kept or its state changed: the page follows."""

    # --- what is written

    def heard(self, event: wire.TextCame | wire.TextSent) -> None:
        """The switch tells of a text."""
        match event:
            case wire.TextCame():
                self._do(lambda: self._came(event))
            case wire.TextSent(text, code):
                self._do(lambda: self._tried(text, code))

    async def write(self, sender: str, to: str, body: str, author: str) -> TextView:
        """Keep a text of the page; it leaves at once, or when the phone is there. Raises BadText, StorageError."""
        row = self._row(secrets.token_hex(8), sender, to, body, author)
        await self._keep(row)
        return row

    async def slip(self, queue: str, number: str, body: str, author: str, contact: str = "") -> TextView:
        """Keep a slip about a caller for the team of a queue (用件メモ). Raises BadText, StorageError."""
        row = TextView(
            secrets.token_hex(8), thread_of(queue, "", number), queue, SLIP, number, "", author, checked(body),
            contact, self._store.wall(), KEPT,
        )  # fmt: skip
        await self._keep(row)
        return row

    def registered(self, found: list[Registration]) -> None:
        """Who is registered now; whoever registered anew since the last look gets at once what was missed."""
        now: dict[str, int] = {}
        for one in found:
            now[one.user] = max(one.expires_s, now.get(one.user, 0))
        for text, row in self._waiting.items():
            if now.get(row.recipient, -1) > self._registered.get(row.recipient, -1):
                self._not_before.pop(text, None)
        self._registered = now
        self._wake.set()

    async def run(self) -> None:
        """Do what was asked and deliver what waits, until cancelled."""
        self._do(self._load)
        while True:
            await self._finish_work()
            try:
                async with asyncio.timeout(TICK_S if self._waiting else None):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()

    def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work.append(work)
        self._wake.set()

    async def _finish_work(self) -> None:
        """What was asked, in order, then what waits for phones."""
        asked, self._work = self._work, deque()
        for work in (*asked, self._deliver):
            try:
                await work()
            except StorageError as wrong:
                logger.error("Texts cannot be read or written: %s", wrong)

    # --- inside

    async def _load(self) -> None:
        self._waiting = {row.text: row for row in await self._store.waiting_texts()} | self._waiting

    async def _came(self, event: wire.TextCame) -> None:
        """Keep a phone's text, then say so."""
        try:
            await self._keep(self._row(event.text, event.phone, event.called, event.body, ""))
        except BadText as wrong:
            logger.info("A text of phone %s to %s was refused: %s", event.phone, masked(event.called), wrong)
            self._say(wire.AnswerText(event.text, 488, str(wrong)))
        except StorageError as wrong:
            logger.error("A text of phone %s was not kept: %s", event.phone, wrong)
            self._say(wire.AnswerText(event.text, 503, "Not kept: the disk does not take it, please send it again"))
        else:
            is_for_queue = event.called in self._queues
            self._say(wire.AnswerText(event.text, 200 if is_for_queue else 202, "OK" if is_for_queue else "Kept"))

    def _row(self, text: str, sender: str, to: str, body: str, author: str) -> TextView:
        """A text between two numbers of the house. Raises BadText."""
        if sender == to:
            raise BadText("A text to oneself goes nowhere; another number would be right")
        if sender in self._queues and to in self._queues:
            raise BadText("A queue cannot write to a queue; a phone of this office would be right")
        if to in self._queues:
            queue, kind, state, party = self._queues[to].queue, IN, KEPT, sender
        elif to in self._phones:
            is_from_queue = sender in self._queues
            queue, kind = (self._queues[sender].queue, OUT) if is_from_queue else ("", BETWEEN)
            state, party = WAITING, to
        else:
            raise BadText(f"There is no {to} in this office; texts reach its phones and queues, SMS needs a modem")
        thread = thread_of(queue, sender, party)
        return TextView(text, thread, queue, kind, sender, to, author, checked(body), "", self._store.wall(), state)

    async def _keep(self, row: TextView) -> None:
        await self._store.text_added(row)
        logger.info("A %s text of %s to %s is kept", row.kind, masked(row.sender), masked(row.recipient))
        if row.state == WAITING:
            self._waiting[row.text] = row
            self._wake.set()
        self.changed()

    async def _tried(self, text: str, code: int) -> None:
        """The phone took it, never will, or was away."""
        row = self._waiting.get(text)
        if row is None:
            return
        state = DELIVERED if 200 <= code < 300 else REFUSED if code in FOR_GOOD else WAITING
        if state == WAITING:
            self._waiting[text] = replace(row, code=code)
            self._not_before[text] = asyncio.get_running_loop().time() + RETRY_S
        await self._moved(replace(row, state=state, code=code))

    async def _moved(self, row: TextView) -> None:
        """Its state is another one; what waits no more is forgotten here."""
        if row.state != WAITING:
            self._waiting.pop(row.text, None)
            self._not_before.pop(row.text, None)
        await self._store.text_tried(row.text, row.state, row.code)
        self.changed()

    async def _deliver(self) -> None:
        """Send what waits for a phone that is there, oldest first."""
        if not self._is_ready():
            self._not_before.clear()  # a switch that comes back knows of nothing
            return
        now, oldest = asyncio.get_running_loop().time(), self._store.wall() - OLDEST_S
        for row in tuple(self._waiting.values()):
            if row.wall < oldest:
                await self._moved(replace(row, state=EXPIRED))
            elif row.recipient in self._registered and self._not_before.get(row.text, 0.0) <= now:
                self._not_before[row.text] = now + PATIENCE_S
                self._send(row)

    def _send(self, row: TextView) -> None:
        queue = self._queues.get(row.sender)
        name = (queue.name or queue.queue) if queue is not None else self._phones.get(row.sender, "")
        to = f"sip:{row.recipient}@{self._realm}"
        self._say(wire.SendText(row.text, to, row.sender, name, row.body))
