"""The command half of a card: what is typed, what runs, what is answered and when (specs: fxo §2.1, §3.2).

Bytes typed while a command runs are not heard, except that any byte aborts a dialling one. `+VIT` is kept here too.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from hw.sim.agenda import Agenda, Plan
from hw.sim.at import LineEditor
from hw.sim.dialler import LOOK, Dialler
from hw.sim.eventlog import EventLog, What
from hw.sim.exchange import ExchangeLine
from hw.sim.interpreter import Interpreter, LongRun, Modem, Outcome, Result
from hw.sim.mischief import Mischief, Whim
from hw.sim.personality import Personality
from hw.sim.stream import Direction


class StreamingModem(Modem, Protocol):
    """What a session may do to its card beside what its commands may."""

    @property
    def is_streaming(self) -> bool:
        """A voice stream runs."""

    def begin_stream(self, direction: Direction, now: float) -> None:
        """CONNECT was answered."""

    line: ExchangeLine

    def dial(self, digits: str, now: float) -> None:
        """The digits are out."""


class Framing:
    """How answers are framed and spelt: as most modems do, or in any way the standard lets a whimsical one."""

    def __init__(self, is_whimsical: bool, chance: random.Random) -> None:
        self._is_whimsical, self._chance = is_whimsical, chance

    def line(self, text: str) -> str:
        """A line of an answer."""
        if not self._is_whimsical:
            return f"\r\n{text}\r\n"
        return self._chance.choice(("\r\n{}\r\n", "{}\r\n", "\n{}\r\n", "\r\n\r\n{}\r\n", "\r\n {}\r\n")).format(text)

    def word(self, word: str) -> str:
        """A final result."""
        if not self._is_whimsical:
            return word
        return self._chance.choice((word, word.lower(), word.capitalize(), f" {word} "))


class CommandSession:
    """One card's conversation in text."""

    def __init__(
        self, personality: Personality, card: StreamingModem, agenda: Agenda, log: EventLog, seed: int
    ) -> None:
        """Texts for the host gather in `output`."""
        self.output = bytearray()
        self.settings = Interpreter(personality, card, random.Random(seed))
        self.mischief = Mischief()
        self._framing = Framing(personality.is_whimsical, random.Random(seed + 1))
        self._card, self._agenda, self._log = card, agenda, log
        self._editor = LineEditor()
        self._running: Plan | None = None
        self._long_run: LongRun | None = None
        self._inactivity: Plan | None = None
        self._last_heard = 0.0

    @property
    def is_busy(self) -> bool:
        """A command runs."""
        return self._running is not None

    def type(self, data: bytes, now: float) -> None:
        """Bytes from the host in command mode."""
        self._last_heard = now
        for byte in data:
            if self._running is not None:
                self._disturb(byte, now)
                continue
            if self.settings.value("E") == "1":
                self.output.append(byte)
            body = self._editor.type(byte)
            if body is not None:
                self._plan(body, now)

    def run(self, body: str, now: float, whim: Whim = Whim.OBEYED, settles: float = 0.0) -> None:
        """Does a command line now and answers it `settles` seconds later, as far as `whim` lets it."""
        self._running = None
        if whim is Whim.DEAF:
            return
        if whim is Whim.ERROR:
            self.answer(Result.ERROR, now)
            return
        outcome = self.settings.run(body, now)
        if outcome.long_run is not None:
            self._long_run = outcome.long_run
            self._take_time(outcome.long_run, now)
            return
        if settles:
            self._running = self._agenda.at(now + settles, lambda due: self._tell(outcome, whim, due))
        else:
            self._tell(outcome, whim, now)

    def _tell(self, outcome: Outcome, whim: Whim, now: float) -> None:
        """What a command line led to."""
        self._running = None
        if whim is not Whim.NONE:
            for text in outcome.texts:
                self.text(text)
            self.answer(outcome.result, now, outcome.said)
        if outcome.stream is not None:
            self._card.begin_stream(outcome.stream, now)
        self.watch_host(now)

    def stop(self) -> None:
        """Forgets what runs and what is half typed."""
        self._stop_running()
        self._editor.forget()

    def text(self, text: str) -> None:
        """A line for the host."""
        self.output += self._framing.line(text).encode("latin-1", "replace")

    def answer(self, result: Result, now: float, said: str = "") -> None:
        """A final result, as Q and V want it; `said` is this firmware's word for OK here."""
        self._log.add(now, What.RESULT_SENT, result.name)
        if self.settings.value("Q") == "1":
            return
        if self.settings.value("V") == "0":
            self.output += f"{result.value}\r".encode()
        else:
            named = self.settings.personality.words.get(result.name, result.name.replace("_", " "))
            word = said if said and result is Result.OK else named
            self.text(self._framing.word(word))

    def watch_host(self, now: float) -> None:
        """`+VIT`: a host that says nothing in voice command mode while off-hook is taken for dead."""
        limit = int(self.settings.value("+VIT"))
        self._replan_inactivity(now + limit if limit and self._card.is_off_hook else None)

    def _plan(self, body: str, now: float) -> None:
        self._log.add(now, What.COMMAND_RECEIVED, "AT" + body)
        usual = self.settings.latency(body)
        whim, takes = self.mischief.meet("AT" + body, usual)
        settles = max(0.0, usual - self.settings.personality.relay) if "+VLS=" in body.upper() else 0.0
        self._running = self._agenda.at(now + takes - settles, lambda due: self.run(body, due, whim, settles))

    def _disturb(self, byte: int, now: float) -> None:
        long_run = self._long_run
        if long_run is None:
            self._log.add(now, What.BYTES_IGNORED, f"{byte:02X}")
            return
        self._log.add(now, What.DIAL_ABORTED, f"{byte:02X}")
        self._stop_running()
        if long_run.hang_up:
            self._card.go_on_hook(now, "abort")
        self.answer(Result.NO_CARRIER, now)

    def _take_time(self, long_run: LongRun, now: float) -> None:
        dialler = Dialler(self._card, long_run, now)

        def look(due: float) -> None:
            result = dialler.look(due)
            if result is None:
                self._running = self._agenda.at(due + LOOK, look)
            else:
                self._finish(replace(long_run, result=result, hang_up=result is not Result.OK), due)

        if long_run.digits:
            self._running = self._agenda.at(now + LOOK, look)
        else:
            self._running = self._agenda.at(now + long_run.seconds, lambda due: self._finish(long_run, due))

    def _finish(self, long_run: LongRun, now: float) -> None:
        self._stop_running()
        if long_run.hang_up:
            self._card.go_on_hook(now, "no carrier")
        self.answer(long_run.result, now)
        self.watch_host(now)

    def _stop_running(self) -> None:
        if self._running is not None:
            self._running.cancel()
        self._running = self._long_run = None

    def _host_is_silent(self, now: float) -> None:
        limit = int(self.settings.value("+VIT"))
        if not (limit and self.settings.is_voice and self._card.is_off_hook) or self._card.is_streaming:
            return
        if now < self._last_heard + limit:
            self._replan_inactivity(self._last_heard + limit)
            return
        self._card.go_on_hook(now, "+VIT")
        self.settings.leave_voice()
        self.answer(Result.OK, now)

    def _replan_inactivity(self, due: float | None) -> None:
        if self._inactivity is not None:
            self._inactivity.cancel()
        action: Callable[[float], None] = self._host_is_silent
        self._inactivity = None if due is None else self._agenda.at(due, action)
