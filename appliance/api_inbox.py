"""The page's door to what a team shares (`appliance.api.DeskApi.inbox`): texts, slips, and what nobody has seen yet."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TextView:
    """One text or slip (S-20). `kind`: in (to the queue), out (as the queue), between (people), slip (about a caller).

    `sender` and `recipient` are numbers; of a slip the sender is the caller it is about. `author` is who wrote it at
    the page. `state`: kept, waiting (the phone is away), delivered, refused (with the phone's `code`), expired.
    """

    text: str
    thread: str
    queue: str
    kind: str
    sender: str
    recipient: str
    author: str
    body: str
    contact: str
    wall: float
    state: str
    code: int = 0
    seen_by: str = ""
    seen_wall: float = 0.0


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread by its newest text, and how many of it nobody of the team has seen."""

    last: TextView
    new: int


@dataclass(frozen=True, slots=True)
class NewItem:
    """One thing nobody has seen (S-22): a call that nobody took, a voicemail, or a text.

    `id` is its contact, recording or thread; `body` the outcome of the call, or what was written.
    """

    kind: str
    id: str
    queue: str
    number: str
    name: str
    wall: float
    body: str


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
