"""The SIP thread: it alone uses the user agent; lines post to it and facts go back to them.

Garbage is collected here and nowhere else: a pjsua2 object finalised on a foreign thread aborts the process. An order
wakes the thread by an empty keep-alive (RFC 5626) to our own port, so that it need not look for orders all the time.
"""

import contextlib
import gc
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from appliance.lines.facts import Invitation, LegFact
from appliance.lines.settings import LinesSettings
from appliance.lines.sip import UserAgent
from appliance.lines.talk import Pipes
from appliance.settings_file import host_and_port

logger = logging.getLogger(__name__)

POLL_MS: Final = 50  # keys of our side come by the media thread and wait so long at most
KEEP_ALIVE: Final = b"\r\n\r\n"
LISTEN_EVERY: Final = 0.5
RTP_PATIENCE: Final = 2.0  # no RTP for so long: ask whether the switch still knows the call
COLLECT_EVERY: Final = 10.0
GOODBYE: Final = 0.7  # how long calls may take to end at a stop


class SipThread:
    """A `Trunk` for all lines. `deliver` is called on the SIP thread with a line's name and a fact."""

    def __init__(
        self, settings: LinesSettings, pipes: dict[str, Pipes], deliver: Callable[[str, LegFact], None]
    ) -> None:
        self._settings, self._pipes, self._deliver = settings, pipes, deliver
        self._orders: queue.SimpleQueue[Callable[[UserAgent], None]] = queue.SimpleQueue()
        self._bell, self._own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), host_and_port(settings.sip)
        self._is_stopping = threading.Event()
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="sip", daemon=True)

    def start(self) -> None:
        """Start the thread and the library. Raises SwitchError when that is refused."""
        self._thread.start()
        self._started.result()

    def call(self, invitation: Invitation) -> None:
        """Send an INVITE; facts follow."""
        self._order(lambda agent: agent.call(invitation))

    def hang_up(self, line: str, attempt: int, gone_s: float = 0.0) -> None:
        """CANCEL or BYE."""
        self._order(lambda agent: agent.hang_up(line, attempt, gone_s))

    def progress(self, line: str, attempt: int) -> None:
        """183: whoever asked hears the line."""
        self._order(lambda agent: agent.answer(line, attempt, 183))

    def accept(self, line: str, attempt: int, evidence: str) -> None:
        """200: the far end answered."""
        self._order(lambda agent: agent.answer(line, attempt, 200, evidence))

    def refuse(self, line: str, attempt: int, code: int, why: str) -> None:
        """The call that was asked for failed."""
        self._order(lambda agent: agent.refuse(line, attempt, code, why))

    def press(self, line: str, attempt: int, digits: str) -> None:
        """Send the caller's keys."""
        self._order(lambda agent: agent.press(line, attempt, digits))

    def stop(self) -> None:
        """End what calls there are and the library; returns when it is down, or after 3 s in any case."""
        self._is_stopping.set()
        self._wake()
        self._thread.join(3.0)
        self._bell.close()

    def _order(self, order: Callable[[UserAgent], None]) -> None:
        self._orders.put(order)
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # then it is found at the next look
            self._bell.sendto(KEEP_ALIVE, self._own)

    def _run(self) -> None:
        agent = UserAgent(self._settings, self._pipes)
        try:
            agent.start()
        except BaseException as wrong:
            self._started.set_exception(wrong.with_traceback(None))
            return
        self._started.set_result(None)
        listen_at = collect_at = time.monotonic()
        while not self._is_stopping.is_set():
            self._turn(agent)
            now = time.monotonic()
            if now >= listen_at:
                listen_at = now + LISTEN_EVERY
                agent.listen(now, RTP_PATIENCE)
            if now >= collect_at:
                collect_at = now + COLLECT_EVERY
                gc.collect()
        until = time.monotonic() + GOODBYE
        while agent.calls and time.monotonic() < until:
            self._turn(agent)
        agent.stop()

    def _turn(self, agent: UserAgent) -> None:
        """One poll, then orders and facts."""
        agent.poll(POLL_MS)
        agent.bury()
        while not self._orders.empty():
            self._orders.get()(agent)
        while agent.facts:
            line, fact = agent.facts.popleft()
            self._deliver(line, fact)
