"""`python -m appliance.lines SETTINGS.json`: the lines process. Prints a line ending with `ready` when it works.

Exit status: 0 after SIGTERM, 2 for settings that are wrong, 3 when a port is taken or pjsua2 refuses.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
import time
from pathlib import Path

from appliance.errors import ConfigError, DeskbellError
from appliance.lines.desk_link import DeskLink
from appliance.lines.facts import CheckAsked, LegFact, SwitchBack, SwitchGone
from appliance.lines.kept import Store
from appliance.lines.line import Line
from appliance.lines.music import Music
from appliance.lines.outgoing import Found
from appliance.lines.settings import Line as LinePort
from appliance.lines.settings import LinesSettings, load
from appliance.lines.states import State
from appliance.lines.talk import Pipes
from appliance.lines.trunk import SipThread
from appliance.lines.watch import SwitchWatch
from appliance.lines.worker import Worker
from appliance.settings_file import host_and_port
from appliance.wire import LineState
from appliance.wire_lines import CheckLine, LineFound
from hw.priority import come_first

logger = logging.getLogger("appliance.lines")


class Service:
    """Everything of the process, joined."""

    def __init__(self, settings: LinesSettings) -> None:
        self._settings = settings
        self._desks = DeskLink(Path(settings.socket), self._check)
        self._pipes = {line.id: Pipes() for line in settings.lines}
        self._sip = SipThread(settings, self._pipes, self._deliver)
        self._workers: dict[str, Worker] = {}
        self._store = Store()

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT. Raises DeskbellError when it cannot start."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        self._sip.start()
        await self._desks.start()
        self._store.forget_others(tuple(port.id for port in self._settings.lines))
        self._workers = {port.id: self._worker(port, loop) for port in self._settings.lines}
        for worker in self._workers.values():
            worker.start()
        watch = asyncio.create_task(SwitchWatch(host_and_port(self._settings.switch), self._switch_lives).run())
        gc.freeze()
        logger.info("lines: %d line(s), SIP on %s, ready", len(self._workers), self._settings.sip)
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait({watch, asked}, return_when=asyncio.FIRST_COMPLETED)
        watch.cancel()
        await self._stop()

    async def _stop(self) -> None:
        """BYE and on-hook first, then the libraries."""
        for worker in self._workers.values():
            worker.stop()
        for worker in self._workers.values():
            await asyncio.to_thread(worker.join, 1.6)
        await asyncio.to_thread(self._sip.stop)
        await self._desks.stop()
        logger.info("lines: stopped, every line on-hook")

    def _worker(self, port: LinePort, loop: asyncio.AbstractEventLoop) -> Worker:
        folders = (Path(name) if name else None for name in (self._settings.traces, self._settings.learnt))
        return Worker(self._line(port, loop), self._store, *folders)

    def _line(self, port: LinePort, loop: asyncio.AbstractEventLoop) -> Line:
        def notify(state: State, alarm: str, number: str) -> None:
            worker = self._workers.get(port.id)
            figures = worker.figures.told() if worker is not None else None
            is_half = bool(line.out.why_not)
            told = LineState(port.id, state.value, alarm, number, time.monotonic(), figures, is_half)
            loop.call_soon_threadsafe(self._desks.publish, told)

        music = Music(Path(self._settings.hold_music))
        line = Line(port, self._sip, self._pipes[port.id], music, notify, self._settings.keep_caller)

        def examined(found: tuple[Found, ...]) -> None:
            learnt = self._workers[port.id].learnt.found()
            loop.call_soon_threadsafe(self._found, port.id, (found[0], *learnt, *found[1:]))

        line.out.examined = examined
        return line

    def _found(self, line: str, found: tuple[Found, ...]) -> None:
        for one in found:
            is_last = one is found[-1]
            self._desks.found(LineFound(line, one.what, one.is_well, time.monotonic(), one.value, one.detail, is_last))

    def _check(self, asked: CheckLine) -> None:
        if asked.forgets and asked.line in self._workers:
            self._workers[asked.line].forget()
        self._deliver(asked.line, CheckAsked())

    def _deliver(self, line: str, fact: LegFact) -> None:
        worker = self._workers.get(line)
        if worker is not None:
            worker.post(fact)

    def _switch_lives(self, is_alive: bool) -> None:
        if is_alive:
            logger.info("lines: the switch answers")
        else:
            logger.warning("lines: the switch does not answer")
        for worker in self._workers.values():
            worker.post(SwitchBack() if is_alive else SwitchGone())


def main(words: list[str]) -> int:
    """The process; see the exit statuses above."""
    if len(words) != 1:
        print("usage: python -m appliance.lines SETTINGS.json", file=sys.stderr)
        return 2
    try:
        settings = load(Path(words[0]))
        level = "DEBUG" if settings.log_level == "TRACE" else settings.log_level
        logging.basicConfig(stream=sys.stdout, level=level, format="%(levelname).1s %(name)s: %(message)s")
        sys.setswitchinterval(0.0005)  # the bridge's clock waits for the interpreter in our audio port
        gc.disable()  # the SIP thread collects
        logger.debug("lines: its place in the queue for the processor: %s", come_first() or "an ordinary one")
        asyncio.run(Service(settings).run())
    except DeskbellError as wrong:
        print(wrong, file=sys.stderr)
        return 2 if isinstance(wrong, ConfigError) else 3
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # pjlib's own exit handlers may assert on what is still alive
