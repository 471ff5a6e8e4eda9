"""What a team shares, as it is kept and as it is shown: texts, slips, and what nobody has seen yet (S-20, S-22)."""

from dataclasses import dataclass


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
