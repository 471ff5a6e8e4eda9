"""The SIP thread: the loop that lets pjsip work, then facts, then orders, then alarms.

Orders come through a queue from other threads; a tiny packet to our own SIP port (pjsip drops what is shorter than a
SIP message) ends the poll at once, so an idle switch sleeps and a busy one answers within a millisecond.
"""

import functools
import gc
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from appliance import wire
from appliance.errors import SwitchError
from appliance.switch.facts import Fact, TextFact
from appliance.switch.keeper import Keeper
from appliance.switch.pjsua import UserAgent
from appliance.switch.settings import SwitchSettings
from appliance.switch.switchboard import Switchboard

logger = logging.getLogger(__name__)

_IDLE_POLL: Final = 0.25
_BUSY_POLL: Final = 0.05  # digits come over a media thread and wait for the next turn
_COLLECT_EVERY: Final = 10.0
_FAREWELL: Final = 1.0

Order = Callable[[Switchboard], None]


class SipThread:
    """Owns pjsua2 from start to end. `emit` is called on it and must only hand over."""

    def __init__(self, settings: SwitchSettings, boot: str, emit: Callable[[wire.Message], None]) -> None:
        self._settings, self._boot, self._emit = settings, boot, emit
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._stopping = False
        self._desk_listens = False
        self._started = threading.Event()
        self._failure: SwitchError | None = None
        self._bell = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._bell.setblocking(False)
        self._keeper = Keeper(
            Path(settings.recordings),
            settings.disk_reserve_bytes,
            lambda report: self.post(lambda board: board.recordings.reported(report)),
        )
        self._crashed: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="sip", daemon=True)

    def start(self, crashed: Callable[[], None]) -> None:
        """Run; returns when SIP is bound. Raises SwitchError with the reason why not. `crashed` ends the process."""
        self._crashed = crashed
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def post(self, order: Order) -> None:
        """From any thread: have `order` carried out soon, in turn."""
        self._orders.put(order)
        try:
            self._bell.sendto(b"\r\n", (self._settings.sip_host, self._settings.sip_port))
        except OSError:
            return  # it will be found at the next turn

    def carry_out(self, command: wire.Command) -> None:
        """From any thread: a command of the desk."""
        self.post(lambda board: board.carry_out(command))

    def desk_came(self) -> None:
        """From any thread: calls go to the desk from now on."""
        self.post(lambda _board: self._set_desk(True))

    def desk_left(self) -> None:
        """From any thread: nobody listens."""
        self.post(self._desk_is_gone)

    def stop(self, timeout: float) -> None:
        """From any other thread: end all calls, complete all recordings, let go of pjsua2."""
        self.post(lambda _board: self._begin_to_stop())
        self._thread.join(timeout)

    # --- on the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        ua = UserAgent(self._settings)
        try:
            ua.start()
            board = Switchboard(self._settings, ua, self._keeper, self._boot, self._emit)
            self._keeper.start()
        except SwitchError as failed:
            self._failure = failed
            return
        finally:
            self._started.set()
        try:
            self._loop(ua, board)
            self._say_farewell(ua, board)
        except Exception:
            logger.exception("The SIP thread failed; the switch ends so that it is started anew")
            self._crashed()

    def _loop(self, ua: UserAgent, board: Switchboard) -> None:
        collect_at = time.monotonic() + _COLLECT_EVERY
        while not self._stopping:
            ua.poll(self._patience(ua, board))
            self._turn(ua, board)
            if time.monotonic() >= collect_at:
                gc.collect()  # here only: a pjsua2 object finalised on another thread aborts the process
                collect_at = time.monotonic() + _COLLECT_EVERY

    def _patience(self, ua: UserAgent, board: Switchboard) -> float:
        if ua.facts or not self._orders.empty():
            return 0.0
        longest = _BUSY_POLL if ua.calls else _IDLE_POLL
        deadline = board.alarms.next()
        return longest if deadline is None else min(longest, max(0.0, deadline - time.monotonic() + 0.001))

    def _turn(self, ua: UserAgent, board: Switchboard) -> None:
        """Facts first: an order must not be carried out on a leg whose end is known."""
        self._settle(ua, board)
        while not self._orders.empty():
            self._guarded(self._orders.get_nowait(), board)
            self._settle(ua, board)
        self._guarded(lambda board: board.alarms.ring(time.monotonic()), board)
        self._settle(ua, board)
        ua.bury()

    def _settle(self, ua: UserAgent, board: Switchboard) -> None:
        while ua.facts:
            take = functools.partial(_take, fact=ua.facts.popleft(), desk_listens=self._desk_listens)
            self._guarded(take, board)

    def _guarded(self, work: Order, board: Switchboard) -> None:
        """One call that went wrong must not cost the others."""
        try:
            work(board)
        except SwitchError as failed:
            logger.warning("%s", failed)
        except Exception:
            logger.exception("one order could not be carried out; the switch goes on")

    def _say_farewell(self, ua: UserAgent, board: Switchboard) -> None:
        board.close_all()
        deadline = time.monotonic() + _FAREWELL
        quiet_at = time.monotonic() + 0.1
        while time.monotonic() < deadline and (board.recordings.busy() or time.monotonic() < quiet_at):
            ua.poll(0.01)
            self._turn(ua, board)
        self._keeper.stop(0.3)
        ua.stop()
        gc.collect()

    def _set_desk(self, listens: bool) -> None:
        self._desk_listens = listens

    def _desk_is_gone(self, board: Switchboard) -> None:
        self._set_desk(False)
        board.desk_left()

    def _begin_to_stop(self) -> None:
        self._stopping = True


def _take(board: Switchboard, *, fact: Fact, desk_listens: bool) -> None:
    if isinstance(fact, TextFact):
        board.texts.take_fact(fact, desk_listens=desk_listens)
    else:
        board.take_fact(fact, desk_listens=desk_listens)
