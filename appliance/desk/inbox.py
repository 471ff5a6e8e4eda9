"""What a team shares, for the page (`appliance.api.InboxApi`): texts, slips, and what nobody has seen (S-20, S-22)."""

import asyncio
import logging
from collections import Counter
from typing import Final

from appliance.api import NewItem, News, QueueNews, Refusal, TextView, ThreadView
from appliance.desk.answers import answered
from appliance.desk.settings import DeskSettings
from appliance.desk.text_rules import BadText
from appliance.desk.texts import Texts
from appliance.errors import StorageError
from appliance.storage.news import CALL, TEXT, VOICEMAIL
from appliance.storage.store import Store

logger = logging.getLogger(__name__)

PAUSE_S: Final = 0.2
"""Counting again costs a read; a busy office is counted so often at most."""
LONGEST_NUMBER: Final = 32


class Inbox:
    """Implements InboxApi. `run` counts again whenever `changed` was called."""

    def __init__(self, settings: DeskSettings, store: Store, texts: Texts) -> None:
        self._settings, self._store, self._texts = settings, store, texts
        self._news = News()
        self._changes = 0
        self._wake = asyncio.Event()
        self._wake.set()
        texts.changed = self._text_changed

    def changed(self, *_: object) -> None:
        """Something came, or somebody has seen to something."""
        self._wake.set()

    async def run(self) -> None:
        """Count what is new, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._count()
            await asyncio.sleep(PAUSE_S)

    def news(self) -> News:
        """What nobody has seen yet, now."""
        return self._news

    async def new_items(self, queue: str, limit: int) -> tuple[NewItem, ...]:
        """What is new in a queue, "" for everywhere, newest first."""
        return await answered(self._store.new_items(queue, limit))

    async def threads(self, queue: str, limit: int) -> tuple[ThreadView, ...]:
        """Threads of a queue, "" for all, the one that was written in last first."""
        return await answered(self._store.threads(queue, limit))

    async def thread(self, thread: str, limit: int) -> tuple[TextView, ...]:
        """The newest texts of a thread, oldest first."""
        return await answered(self._store.thread(thread, limit))

    async def write(self, sender: str, to: str, body: str, author: str) -> TextView:
        """Send a text as a queue or an agent. Raises Refusal for who cannot, and for what is no text."""
        try:
            return await answered(self._texts.write(self._number_of(sender), to.strip(), body, author))
        except BadText as wrong:
            raise Refusal(str(wrong)) from wrong

    async def slip(self, queue: str, number: str, body: str, author: str, contact: str = "") -> TextView:
        """Leave a slip about a caller. Raises Refusal for an unknown queue, no number, or what is no text."""
        number = number.strip()
        if all(queue != one.queue for one in self._settings.office.queues):
            raise Refusal(f"There is no queue {queue} here")
        if not 0 < len(number) <= LONGEST_NUMBER:
            raise Refusal("A slip belongs to a caller's number; up to 32 digits would be right")
        try:
            return await answered(self._texts.slip(queue, number, body, author, contact))
        except BadText as wrong:
            raise Refusal(str(wrong)) from wrong

    async def see(self, kind: str, item: str, actor: str) -> None:
        """Somebody has seen to it. Raises Refusal for a kind that there is not."""
        see = {
            CALL: self._store.promise_handled,
            VOICEMAIL: self._store.voicemail_handled,
            TEXT: self._store.thread_seen,
        }
        if kind not in see:
            raise Refusal(f"Nobody can see to a {kind!r}; {', '.join(see)} would be right")
        await answered(see[kind](item, actor))
        self._text_changed() if kind == TEXT else self.changed()

    def _text_changed(self) -> None:
        self._changes += 1
        self.changed()

    def _number_of(self, sender: str) -> str:
        """The number that a queue or an agent writes as."""
        office = self._settings.office
        numbers = {one.queue: one.number for one in office.queues} | {one.agent: one.phone for one in office.agents}
        if not numbers.get(sender):
            raise Refusal(f"Nobody can write as {sender!r}; a queue with a number or an agent would be right")
        return numbers[sender]

    async def _count(self) -> None:
        seen = self._changes
        try:
            found = await self._store.news()
        except StorageError as wrong:
            logger.warning("What is new cannot be counted: %s", wrong)
            return
        queues: dict[str, Counter[str]] = {}
        for queue, kind, count in found:
            queues.setdefault(queue, Counter())[kind] += count
        told = tuple(QueueNews(queue, of[CALL], of[VOICEMAIL], of[TEXT]) for queue, of in sorted(queues.items()))
        self._news = News(seen, told)
