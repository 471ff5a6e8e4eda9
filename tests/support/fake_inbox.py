"""The team's inbox without telephones: texts are delivered when the test says so, and everything new is counted."""

import time
from collections.abc import Callable
from dataclasses import replace

from appliance.api import NewItem, News, QueueNews, Refusal, TextView, ThreadView


class FakeInbox:
    """Implements InboxApi. `orders` is what was ordered; `changed` is called after every change."""

    def __init__(self, orders: list[tuple[str, object, object]], changed: Callable[[], None]) -> None:
        self.orders, self._changed = orders, changed
        self.texts: list[TextView] = []
        self.items: list[NewItem] = []
        self.why_not = ""
        self._seq = 0

    # What tests do.

    def came(self, queue: str, number: str, body: str, **changes: object) -> TextView:
        """Somebody wrote to a queue."""
        name = f"t{len(self.texts) + 1}"
        text = TextView(name, f"{queue}/{number}", queue, "in", number, "100", "", body, "", time.time(), "kept")
        return self._add(replace(text, **changes))  # type: ignore[arg-type]

    def ends(self, text: str, state: str, code: int = 200) -> None:
        """The phone took it, or never will."""
        self.texts = [replace(one, state=state, code=code) if one.text == text else one for one in self.texts]
        self._move()

    def is_new(self, kind: str, item: str, queue: str, **changes: object) -> None:
        """A call or a voicemail nobody has seen."""
        fresh = NewItem(kind, item, queue, "0312345678", "", time.time(), "abandoned" if kind == "call" else "")
        self.items.append(replace(fresh, **changes))  # type: ignore[arg-type]
        self._move()

    def forget(self, kind: str, item: str) -> None:
        """It is new no more."""
        self.items = [one for one in self.items if (one.kind, one.id) != (kind, item)]
        self._move()

    # InboxApi.

    def news(self) -> News:
        found = self._new()
        queues = sorted({one.queue for one in found})
        counts = ({kind: self._count(found, queue, kind) for kind in ("call", "voicemail", "text")} for queue in queues)
        told = (
            QueueNews(queue, of["call"], of["voicemail"], of["text"]) for queue, of in zip(queues, counts, strict=True)
        )
        return News(self._seq, tuple(told))

    async def new_items(self, queue: str, limit: int) -> tuple[NewItem, ...]:
        found = [one for one in self._new() if queue in ("", one.queue)]
        return tuple(sorted(found, key=lambda one: -one.wall))[:limit]

    async def threads(self, queue: str, limit: int) -> tuple[ThreadView, ...]:
        last = {one.thread: one for one in self.texts if queue in ("", one.queue)}
        shown = sorted(last.values(), key=lambda one: -one.wall)[:limit]
        return tuple(ThreadView(one, sum(self._is_new(text) for text in self._in(one.thread))) for one in shown)

    async def thread(self, thread: str, limit: int) -> tuple[TextView, ...]:
        return tuple(self._in(thread)[-limit:])

    async def write(self, sender: str, to: str, body: str, author: str) -> TextView:
        if self.why_not:
            raise Refusal(self.why_not)
        self.orders.append(("write", (sender, to, author), body))
        thread = f"{sender}/{to}"
        return self._add(TextView(
            f"t{len(self.texts) + 1}", thread, sender, "out", "100", to, author, body, "", time.time(), "waiting"
        ))  # fmt: skip

    async def slip(self, queue: str, number: str, body: str, author: str, contact: str = "") -> TextView:
        self.orders.append(("slip", (queue, number, author), body))
        return self.came(queue, number, body, kind="slip", author=author, contact=contact)

    async def see(self, kind: str, item: str, actor: str) -> None:
        self.orders.append(("see", (kind, item), actor))
        self.forget(kind, item)
        if kind == "text":
            fresh = [one for one in self._in(item) if self._is_new(one)]
            seen = {one.text: replace(one, seen_by=actor, seen_wall=time.time()) for one in fresh}
            self.texts = [seen.get(one.text, one) for one in self.texts]
        self._move()

    # Inside.

    def _new(self) -> list[NewItem]:
        texts = [
            NewItem("text", one.thread, one.queue, one.sender, one.kind, one.wall, one.body)
            for one in self.texts
            if self._is_new(one)
        ]
        return [*self.items, *texts]

    @staticmethod
    def _is_new(text: TextView) -> bool:
        return text.kind in ("in", "slip") and not text.seen_by

    @staticmethod
    def _count(found: list[NewItem], queue: str, kind: str) -> int:
        return sum(one.queue == queue and one.kind == kind for one in found)

    def _in(self, thread: str) -> list[TextView]:
        return [one for one in self.texts if one.thread == thread]

    def _add(self, text: TextView) -> TextView:
        self.texts.append(text)
        self._move()
        return text

    def _move(self) -> None:
        self._seq += 1
        self._changed()
