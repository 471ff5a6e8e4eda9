"""The small vocabulary in which procedures are written: each step is one thing to do and to wait for.

A procedure is a generator of steps; the driver runs it, sends back a `Reply` per step, and takes its return value as
the outcome. Procedures read top to bottom like the manual's pages and know neither clock nor port.
"""

from collections.abc import Generator
from dataclasses import dataclass

from hw.modem.events import Outcome, Result


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a command and wait for its final result, at most `within` seconds.

    `dies_of_a_byte`: any byte ends what it does (`ATD`), so that it need not be waited for.
    """

    command: str
    within: float = 1.0
    dies_of_a_byte: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """Write bytes as they are, then wait `pause` seconds; whatever comes meanwhile is dropped."""

    raw: bytes
    pause: float


@dataclass(frozen=True, slots=True)
class Settle:
    """Drop what comes until it has been quiet for `quiet` seconds, at most `cap` seconds."""

    quiet: float = 0.3
    cap: float = 3.0


@dataclass(frozen=True, slots=True)
class Leave:
    """Write the bytes that end a stream and wait for its end and the final result."""

    raw: bytes
    within: float = 1.5


@dataclass(frozen=True, slots=True)
class DropDtr:
    """Hold DTR low for `pause` seconds: the modem resets or hangs up. A port without modem lines only waits."""

    pause: float = 0.5


Step = Ask | Tell | Settle | Leave | DropDtr


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a step; `result` is OK for steps that only wait. `dropped` counts the bytes that came meanwhile."""

    result: Result
    text: tuple[str, ...] = ()
    dropped: int = 0

    @property
    def is_good(self) -> bool:
        """True when the modem did what was asked."""
        return self.result.is_good


Procedure = Generator[Step, Reply, Outcome | None]
Part = Generator[Step, Reply, Reply]


def ask(command: str, within: float = 1.0, tries: int = 1) -> Part:
    """Ask, and after silence wait for quiet (a late answer must not answer the next command) and ask again."""
    reply = Reply(Result.TIMEOUT)
    for _ in range(tries):
        reply = yield Ask(command, within)
        if reply.result is not Result.TIMEOUT:
            break
        # Had its CR been lost, the modem would join it to the next command: "AT...AT..." has an A in it, which answers.
        yield Tell(b"\r", 0.0)
        yield Settle(quiet=0.3, cap=1.0)
    return reply
