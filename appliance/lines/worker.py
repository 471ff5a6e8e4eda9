"""The thread of one line: owns its serial port, its modem and its state machine; everybody else posts to it.

It sleeps in `select` until bytes come, a fact is posted or a deadline is due. A device that is missing or fails is
closed (which drops the line) and tried again with growing pauses, or soon after its path appears.
"""

import logging
import os
import select
import threading
import time
from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import Final

from appliance.lines.facts import LegFact
from appliance.lines.figures import Figures
from appliance.lines.kept import KeptCall, Store
from appliance.lines.learnt import Learnt
from appliance.lines.line import Line
from appliance.lines.states import State
from appliance.lines.trace import Trace
from hw.errors import ModemError
from hw.modem import usb
from hw.modem.driver import Modem
from hw.modem.events import ModemEvent, Signal
from hw.modem.port import SerialPort

logger = logging.getLogger(__name__)

BACK_OFF: Final = (5.0, 15.0, 60.0, 300.0)
APPEARED: Final = 0.5  # seconds a new device is given to settle
LOOK: Final = 0.5  # how often an absent path is looked for
FRAME: Final = 160  # samples: a thread that wakes for 20 ms at once costs half of one that wakes for each 10
PATIENCE: Final = 0.04  # a stream that ends leaves less than a frame
LOOK_EVERY: Final = 0.5  # how often a line is counted whose state does not change
ON_HOOK_WITHIN: Final = 1.5  # at a stop; after it, closing the port must do


class Worker:
    """One line's thread. Thread-safe: `post`, `start`, `stop`."""

    def __init__(
        self, line: Line, store: Store | None = None, traces: Path | None = None, learnt: Path | None = None
    ) -> None:
        """`store` keeps the open port and the caller over our death, `traces` is where calls are written down, `learnt`
        where it is kept what the line learns of its exchange.
        """
        self.line = line
        self.figures = Figures(time.monotonic())
        self._trace = Trace(traces, line.port.id)
        self.learnt, self._talk = Learnt(learnt, line.port.id), line.talk
        line.learnt = self.learnt.plans
        self._was, self._look_at = line.state, 0.0
        self._store = store or Store({})
        self._memory = self._store.memory(line.port.id)
        self._remembered: KeptCall | None = None
        self._facts: deque[LegFact] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"line-{line.port.id}", daemon=True)
        self._failures = 0
        self._was_open = False
        self._tried: tuple[int, int] | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def post(self, fact: LegFact) -> None:
        """Tell the line something, from any thread."""
        self._facts.append(fact)
        os.eventfd_write(self._wake, 1)

    def forget(self) -> None:
        """What the line learnt of its exchange counts no more; from any thread."""
        self.learnt.forget()
        self.line.learnt = ()

    def stop(self) -> None:
        """Ask for the end: call over, on-hook, port closed. Returns at once; `join` waits."""
        self._is_stopping.set()
        os.eventfd_write(self._wake, 1)

    def join(self, timeout: float) -> None:
        """Wait for the thread's end."""
        self._thread.join(timeout)

    # --- the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._resume()
        while not self._is_stopping.is_set():
            self._tried, self._was_open = _device_at(self.line.port.device), False
            try:
                self._serve(SerialPort(self.line.port.device))
            except ModemError as wrong:
                self._failed(str(wrong))
            except Exception:
                logger.exception("Line %s: a mistake of ours; the line is started anew", self.line.port.id)
                self._failed("an internal error, see the log")
            if not self._is_stopping.is_set():
                self._keep_trace()
                self._reset_usb()
                self._pause()

    def _reset_usb(self) -> None:
        """The third rung of the ladder: a modem that was ours and failed twice running is reset by the kernel."""
        if not self._was_open or not self._failures:
            return
        try:
            if usb.reset(self.line.port.device):
                logger.warning("Line %s: its modem failed again; its USB port was reset", self.line.port.id)
        except OSError as wrong:
            logger.warning("Line %s: its modem's USB port cannot be reset: %s", self.line.port.id, wrong.strerror)

    def _resume(self) -> None:
        """Go on where a process before us died: with its port, and its caller if there was one."""
        kept, device = self._store.take(self.line.port.id), self.line.port.device
        if kept is None:
            return
        try:
            self._serve(SerialPort(device, kept), self._memory.read())
        except ModemError as wrong:
            self._failed(str(wrong))

    def _failed(self, why: str) -> None:
        """The device is lost, and with it the call: it is counted now, not when the device is back."""
        self.line.failed(why)
        self._look(time.monotonic())

    def _keep_trace(self) -> None:
        """Of a failure without a call the last minute is kept too, once: those that follow it tell the same."""
        if self._was_open and not self._failures and not self._trace.is_empty:
            self._trace.note(time.monotonic(), "failed", self.line.alarm)
            self._trace.ended()

    def _serve(self, port: SerialPort, kept: KeptCall | None = None) -> None:
        """Work with an open device until it fails or we stop. Raises ModemError."""
        self._was_open = True
        try:
            if not port.was_kept:
                self._store.keep(self.line.port.id, port.fileno())
            modem = self.line.port.modem()
            if kept is None:
                self.line.opened(modem, time.monotonic())
            else:
                self.line.resumed(modem, kept, time.monotonic())
            deadline = None
            while self.line.state is not State.FAULT:
                if self._is_stopping.is_set():
                    now = time.monotonic()
                    deadline = deadline or now + ON_HOOK_WITHIN
                    if self.line.stop(now) or now > deadline:
                        self._flush(port, modem)
                        return
                self._turn(port, modem, deadline)
                self._failures = 0 if self.line.state is State.IDLE else self._failures
        finally:
            self._look(time.monotonic())
            self._remember(None)
            self._store.let_go(self.line.port.id)
            port.close()

    def _turn(self, port: SerialPort, modem: Modem, deadline: float | None) -> None:
        """One round: write what is due, wait, read, tell."""
        backlog = self._write(port, modem)
        port.set_dtr(modem.wants_dtr)
        port.wake_per(FRAME if modem.is_streaming else 1)
        now = time.monotonic()
        due = [at for at in (modem.next_deadline(), self.line.next_deadline(), deadline) if at is not None]
        due += [now + PATIENCE] if modem.is_streaming else []
        wait = max(0.0, min(due) - now) if due else None
        device = port.fileno()
        readable, _, _ = select.select([device, self._wake], [device] if backlog else [], [], wait)
        if self._wake in readable:
            os.eventfd_read(self._wake)
        now = time.monotonic()
        while self._facts:
            self.line.leg(self._facts.popleft(), now)
        if device in readable or modem.is_streaming:
            came = port.read()
            if not modem.is_streaming:
                self._trace.answer(came, now)
            self._tell(modem.receive(came, now), now)
        self._tell(modem.tick(now), now)
        self.line.tick(now)
        if self.line.state is not self._was or now >= self._look_at:
            self._remember(self.line.kept)
            self._look(now)

    def _tell(self, events: list[ModemEvent], now: float) -> None:
        for event in events:
            if isinstance(event, Signal):
                talk = self.line.talk
                self._trace.note(now, event.sign.value, sample=talk.measured.samples if talk else 0)
            self.line.hear(event, now)

    def _look(self, now: float) -> None:
        """Count and write down how the line stands now."""
        line, talk = self.line, self.line.talk
        self._look_at, self._talk = now + LOOK_EVERY, talk or self._talk
        if line.state is not self._was:
            self._was, self._look_at = line.state, 0.0
            is_answered = line.state is State.TALKING and line.out.call is not None
            self._trace.note(now, "state", line.state.value, **({"evidence": line.out.evidence} if is_answered else {}))
        is_over = self.figures.look(line.state, talk, line.ended_by, now)
        if talk is not None:
            self._trace.began()
            if self._trace.wants_levels(now):
                self._trace.levels(now, talk.measured.samples, *talk.levels)
        elif is_over and self._talk is not None:
            self.learnt.call_ended(self._talk, line.ended_by)
            line.learnt = self.learnt.plans
            self._trace.note(now, "ended", line.ended_by, **asdict(self.figures.last))
            self._trace.ended()

    def _remember(self, call: KeptCall | None) -> None:
        if call != self._remembered:
            self._remembered = call
            self._memory.write(call)

    def _write(self, port: SerialPort, modem: Modem) -> bool:
        """Write what the device takes; True when something is left."""
        out = modem.outgoing()
        if out and not modem.is_streaming:
            self._trace.command(out, time.monotonic())
        taken = port.write(out) if out else 0
        modem.keep(out[taken:])
        return taken < len(out)

    def _flush(self, port: SerialPort, modem: Modem) -> None:
        out = modem.outgoing()
        if out:
            port.write(out)

    def _pause(self) -> None:
        """Wait for the next try; facts that come meanwhile are still told."""
        pause = BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
        self._failures += 1
        until = time.monotonic() + pause
        was = self._tried
        while not self._is_stopping.is_set() and (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self._wake], [], [], min(LOOK, left))
            if readable:
                os.eventfd_read(self._wake)
            while self._facts:
                self.line.leg(self._facts.popleft(), time.monotonic())
            found = _device_at(self.line.port.device)
            if found and found != was:
                until = min(until, time.monotonic() + APPEARED)
            was = found


def _device_at(path: str) -> tuple[int, int] | None:
    """Which device stands at a path now, and since when: another one after a quick replugging; None for none."""
    try:
        return Path(path).stat().st_rdev, Path(path).lstat().st_ctime_ns
    except OSError:
        return None
