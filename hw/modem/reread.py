"""Caller ID asked for once more (`AT+VRID=0`, fxo §2.3): what was lost on its way from the modem is found.

The modem answers with the last caller it knows of, however long ago. So what it tells while nobody rings is learnt, and
never believed of a caller; and nothing is believed that it does not tell twice, for a lost byte would make an old
number look like a new one. A message of a caller may come unasked in those few hundredths of a second: that answer
says things twice that the next one says once. An answer that comes too late to be one is nobody's number, and no
caller: a modem that does not answer in time is not asked again before it is brought up anew.
"""

from collections.abc import Callable, Generator
from typing import Final

from hw.modem.countries import Country
from hw.modem.events import CallerIdLine
from hw.modem.steps import Procedure, Reply, Step, ask

REREAD: Final = "AT+VRID=0"
AHEAD: Final = 0.2  # seconds before the caller is offered without a number
BEFORE_RING: Final = 4.0  # a message so long before the first ring is of the same call
REST: Final = 5.0  # seconds more than a caller needs to be gone
TRIES: Final = 3
LATE: Final = 5.0  # seconds after the first question in which an answer may come that was not awaited any more
NEVER: Final = float("-inf")


class Rereading:
    """When to ask, and what of the answer is news. `is_offered`: the modem keeps the last caller."""

    def __init__(self, country: Country) -> None:
        self.is_offered = False
        self._ahead, self._gone_after = country.caller_id_wait - AHEAD, country.abandoned_after + REST
        self._ask_at: float | None = None
        self._learn_at: float | None = None
        self._rang_at = self._told_at = NEVER
        self._is_sure, self._known = False, ()  # type: bool, tuple[CallerIdLine, ...]
        self._answer: list[CallerIdLine] = []
        self._was_double = self._is_double = False
        self._answers_until = NEVER

    def next_deadline(self) -> float | None:
        """When `procedure` is due, for a modem that does nothing else."""
        due = [at for at in (self._ask_at, self._learn_at) if at is not None]
        return min(due, default=None) if self.is_offered else None

    def is_due(self, now: float) -> bool:
        """Whether to ask now."""
        due = self.next_deadline()
        return due is not None and now >= due

    def rang(self, now: float) -> None:
        """A ring: the first of a call that has no number yet is a question for soon."""
        is_first = now - self._rang_at > self._gone_after
        if is_first and self._is_sure and now - self._told_at > BEFORE_RING:
            self._ask_at = now + self._ahead
        self._rang_at = now
        self._learn_at = None if self._is_sure else now + self._gone_after

    def came(self, now: float) -> None:
        """A line of caller ID came unasked."""
        self._told_at, self._ask_at, self._is_sure = now, None, False
        self._learn_at = now + self._gone_after

    def is_answer(self, now: float) -> bool:
        """Whether a line of caller ID that comes now is an answer, be it one that is late."""
        return now < self._answers_until

    def answered(self, line: CallerIdLine) -> None:
        """A line of caller ID came as an answer, or while one was awaited."""
        self._is_double = self._is_double or any(line.tag == other.tag for other in self._answer)
        self._answer.append(line)

    def busy(self) -> None:
        """The modem is used: callers it hears of now are told to nobody."""
        self._ask_at = self._learn_at = None
        self._rang_at = self._told_at = NEVER  # whoever rings next is another
        self._is_sure = False

    def rests(self, now: float) -> None:
        """The modem is idle again: whom it knows of now is learnt before anybody else rings."""
        if not self._is_sure and self._learn_at is None:
            self._learn_at = now

    def procedure(self, tell: Callable[[tuple[CallerIdLine, ...]], None], now: float) -> Procedure:
        """Ask, and `tell` what is news of the caller who rings."""
        self._answers_until = now + LATE
        is_question, self._ask_at, self._learn_at = self._ask_at is not None, None, None
        told = yield from self._told_twice()
        if self.is_offered:
            self._answers_until = NEVER
        if told is None:
            return None
        has_come = self._was_double and not self._is_double
        if has_come or (is_question and told != self._known):
            tell(told)
        self._known, self._is_sure = told, True
        return None

    def _told_twice(self) -> Generator[Step, Reply, tuple[CallerIdLine, ...] | None]:
        """The same answer two times running; None where there is none."""
        told: tuple[CallerIdLine, ...] | None = None
        self._was_double = self._is_double = False
        for _ in range(TRIES):
            self._answer, self._was_double, self._is_double = [], self._was_double or self._is_double, False
            reply = yield from ask(REREAD)
            self.is_offered = reply.is_good
            if not reply.is_good:
                return None
            before, told = told, tuple({line.tag: line for line in self._answer}.values())
            if told == before:
                return told
        return None
