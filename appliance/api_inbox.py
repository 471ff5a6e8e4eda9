"""The page's door to what a team shares (`appliance.api.DeskApi.inbox`): texts, slips, and what nobody has seen yet."""

from dataclasses import dataclass
from typing import Protocol

from appliance.team import NewItem, TextView, ThreadView

__all__ = ["InboxApi", "NewItem", "News", "QueueNews", "TextView", "ThreadView"]


@dataclass(frozen=True, slots=True)
class QueueNews:
    """How much nobody has seen yet in one queue, group or personal box."""

    queue: str
    calls: int = 0
    voicemails: int = 0
    texts: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """Everything new; `seq` grows with every change of a text, so that lists know when to ask again."""

    seq: int = 0
    queues: tuple[QueueNews, ...] = ()


class InboxApi(Protocol):
    """What a team shares. Methods raise appliance.api.Refusal with a sentence when they cannot."""

    def news(self) -> News:
        """What nobody has seen yet, now."""
        ...

    async def new_items(self, queue: str, limit: int) -> tuple[NewItem, ...]:
        """What is new in a queue, "" for everywhere, newest first."""
        ...

    async def threads(self, queue: str, limit: int) -> tuple[ThreadView, ...]:
        """Threads of a queue, "" for all, the one that was written in last first."""
        ...

    async def thread(self, thread: str, limit: int) -> tuple[TextView, ...]:
        """The newest texts of a thread, oldest first."""
        ...

    async def write(self, sender: str, to: str, body: str, author: str) -> TextView:
        """Send a text to a number as a queue or an agent (an id): it is on the disk when this returns (I-19)."""
        ...

    async def slip(self, queue: str, number: str, body: str, author: str, contact: str = "") -> TextView:
        """Leave a slip about a caller for the team of a queue (用件メモ)."""
        ...

    async def see(self, kind: str, item: str, actor: str) -> None:
        """Somebody has seen to a NewItem: it is new for nobody any more (S-22)."""
        ...
