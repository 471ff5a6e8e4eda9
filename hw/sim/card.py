"""A virtual line card to plug a driver into: a PTY, a thread with an absolute clock, and people who ring.

    card = VirtualCard(country="JP", link=Path("by-path/port1"))
    caller = card.ring("0312345678", voice=Tone([1000]))
    caller.wait_for(CallerState.CONNECTED, timeout=5)

Threads: one per card; every method here may be called from any thread. Times are CLOCK_MONOTONIC seconds, which all
processes of a machine share, so delays can be measured across them. The card owns no call logic: `core` has it all.
"""

import contextlib
import fcntl
import logging
import os
import select
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hw.sim.caller import Caller
from hw.sim.catalogue import steps_of
from hw.sim.core import CardCore
from hw.sim.countries import CallerIdTime, country_named
from hw.sim.counts import CardStats
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import CardEvent, What
from hw.sim.faults import Injection, inject
from hw.sim.party import Heard, RemoteParty, masked
from hw.sim.personalities import personality_named
from hw.sim.pty import Port, PseudoPort
from hw.sim.sound import Sound

logger = logging.getLogger(__name__)

FULL_RETRY = 0.010


class VirtualCard:
    """One voice modem on a PTY, one telephone line, one exchange behind it."""

    def __init__(
        self,
        country: str = "JP",
        link: Path | str | None = None,
        personality: str = "cx93001_2013",
        ppm: float = 0.0,
        echo_db: float | None = None,
        seed: int = 1,
        ports: Callable[[Path | None, str | None], Port] = PseudoPort,
    ) -> None:
        """Plugged in at once. `ppm`: its crystal's error; `echo_db`: return loss (None: no echo).

        `ports` makes its port each time it is plugged in.
        """
        self._core = CardCore(personality_named(personality), country_named(country), ppm, echo_db, seed)
        self._link = None if link is None else Path(link)
        self._changed = threading.Condition()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll = select.epoll()
        self._epoll.register(self._wake, select.EPOLLIN)
        self._verbs = select.poll()
        self._verbs.register(self._wake, select.POLLIN)
        self._ports = ports
        self._port: Port | None = None
        self._is_held = False
        self._intruder: int | None = None
        self._latest = 0.0
        self._stopping = False
        self._path = self._last_number = ""
        self.plug()
        self._thread = threading.Thread(target=self._run, name="virtual line card", daemon=True)
        self._thread.start()

    def __enter__(self) -> "VirtualCard":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The device

    @property
    def path(self) -> str:
        """What a driver opens: the link, or the slave's own name. It stays the same over unplugging if it is a link."""
        return self._path

    def plug(self, new_number: bool = False) -> None:
        """A new PTY under the same link, of another number if wished; SimulatorError if it is plugged."""
        with self._changed:
            if self._port is not None:
                raise SimulatorError(f"asked to plug the card in, but it is at {self._path}; unplug it first")
            self._port = self._ports(self._link, self._last_number if new_number else None)
            self._last_number = self._port.slave_path
            self._is_held = False
            self._path = str(self._link or self._port.slave_path)
            self._epoll.register(self._port.master, select.EPOLLIN | select.EPOLLHUP | select.EPOLLET)
            self._core.power_on(time.monotonic())
            self._stir()

    def unplug(self) -> None:
        """The USB cable is pulled: the host gets EIO, the link is gone, the line is let go. No-op if it is out."""
        with self._changed:
            if self._port is not None:
                self._epoll.unregister(self._port.master)
                self._port.close()
                self._port = None
                self._evict()
                self._core.power_off(time.monotonic())
                self._stir()

    def close(self) -> None:
        """Unplugs for good and ends the thread."""
        self.unplug()
        with self._changed:
            self._stopping = True
            self._stir()
        self._thread.join(timeout=5)
        self._epoll.close()
        os.close(self._wake)

    def set_dtr(self, is_high: bool) -> None:
        """The modem line that a PTY lacks, for drivers that toggle it."""
        with self._changed:
            self._core.set_dtr(is_high, time.monotonic())
            self._stir()

    def set_second_opener(self, is_there: bool) -> None:
        """Another program locks the port, or lets go of it. SimulatorError if there is no port or it is locked."""
        with self._changed:
            self._evict()
            if not is_there:
                return
            if self._port is None:
                raise SimulatorError(
                    "asked for a second opener of the port, but the card is unplugged; plug it in first"
                )
            self._intruder = os.open(self._port.slave_path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                fcntl.flock(self._intruder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._evict()
                raise SimulatorError("asked for a second opener of the port, but the driver has locked it") from None

    def _evict(self) -> None:
        if self._intruder is not None:
            os.close(self._intruder)
            self._intruder = None

    def fault(self, name: str, value: float = 0.0, text: str = "", count: int = 1) -> None:
        """Makes one of `faults.FAULTS`, `faults.PLUG_FAULTS` or `catalogue.CATALOGUE` happen; or SimulatorError."""
        for step in steps_of(Injection(name, value, text, count)):
            self._suffer(step)

    def _suffer(self, asked: Injection) -> None:
        plug_acts: dict[str, Callable[[], None]] = {
            "card.unplug": self.unplug,
            "card.plug": lambda: self.plug(new_number=bool(asked.value)),
            "card.second_opener": lambda: self.set_second_opener(bool(asked.value)),
        }
        if asked.name in plug_acts:
            plug_acts[asked.name]()
            return
        with self._changed:
            inject(self._core, time.monotonic(), asked)
            self._stir()

    # The line

    def ring(
        self,
        number: str | None,
        name: str | None = None,
        voice: Sound | None = None,
        caller_id: CallerIdTime | None = None,
        rings: int | None = None,
    ) -> "Caller":
        """Somebody dials this line. `caller_id` None is the country's way; after `rings` rings the caller gives up."""
        party = RemoteParty(number, name, voice)
        with self._changed:
            self._core.line.ring(party, time.monotonic(), caller_id, rings)
            self._stir()
        logger.info("A caller from %s rings the virtual line: %s", masked(number), party.state.value)
        return Caller(self, party)

    @property
    def called(self) -> list[RemoteParty]:
        """Whoever was reached by dialling, oldest first; the list grows."""
        return self._core.line.called

    def loop_drop(self, milliseconds: int) -> None:
        """The exchange opens the loop for a moment."""
        with self._changed:
            self._core.line.loop_drop(milliseconds, time.monotonic())
            self._stir()

    def set_cord(self, is_in: bool) -> None:
        """The telephone cord is put in or pulled."""
        with self._changed:
            self._core.line.set_cord(is_in, time.monotonic())
            self._stir()

    @property
    def is_off_hook(self) -> bool:
        """The card loops the line."""
        with self._changed:
            return self._core.is_off_hook

    def wait_hook(self, off: bool, timeout: float) -> bool:
        """Whether the hook is (or within `timeout` seconds gets) off, or on."""
        return self.wait_until(lambda: self._core.is_off_hook is off, timeout)

    @property
    def events(self) -> tuple[CardEvent, ...]:
        """What happened, oldest first (the last 50 000)."""
        with self._changed:
            return self._core.log.all()

    @property
    def stats(self) -> CardStats:
        """Counts so far."""
        with self._changed:
            return self._core.stats(time.monotonic())

    @property
    def latest_tick(self) -> float:
        """The worst delay in seconds of the card's own clock thread: how far its timing can be trusted."""
        with self._changed:
            return self._latest

    def wait_until(self, is_so: Callable[[], bool], timeout: float) -> bool:
        """Waits for a condition on the card, looked at after each turn of its clock (under its lock)."""
        with self._changed:
            return self._changed.wait_for(is_so, timeout)

    def wait_event(self, what: What, timeout: float, count: int = 1) -> bool:
        """Whether so many events of that kind have been (or within `timeout` seconds get) logged."""
        return self.wait_until(lambda: sum(event.what is what for event in self._core.log.all()) >= count, timeout)

    def with_core(self, act: Callable[[CardCore, float], None]) -> None:
        """Does `act(core, now)` under the lock and lets the clock thread see it."""
        with self._changed:
            act(self._core, time.monotonic())
            self._stir()

    def read_core(self, look: Callable[[CardCore], Heard]) -> Heard:
        """Looks at the core under the lock."""
        with self._changed:
            return look(self._core)

    # The thread

    def _stir(self) -> None:
        self._changed.notify_all()
        os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                now = time.monotonic()
                self._turn(now)
                deadline = self._core.next_deadline()
                if self._is_held and self._core.output:  # the host's buffer is full: look again soon
                    deadline = min(deadline or now + FULL_RETRY, now + FULL_RETRY)
                is_streaming = self._core.is_streaming
            self._sleep(deadline, is_streaming)

    def _sleep(self, deadline: float | None, is_streaming: bool) -> None:
        """Until the deadline, a verb, or a byte; bytes of a stream wait for the codec, which is next to want them."""
        wait = None if deadline is None else max(0.0, deadline - time.monotonic())
        in_ms = None if wait is None else wait * 1000
        stirred = self._verbs.poll(in_ms) if is_streaming else self._epoll.poll(wait)
        if any(number == self._wake for number, _ in stirred):
            with contextlib.suppress(BlockingIOError):  # two verbs, one wake-up
                os.eventfd_read(self._wake)

    def _turn(self, now: float) -> None:
        """One look at everything: what the host wrote, what is due, what the host gets."""
        self._read(now)
        due = self._core.next_deadline()
        if due is not None:
            self._latest = max(self._latest, now - due)
        self._core.tick(now)
        if self._is_held and self._port is not None:
            if self._core.output:
                self._port.write(self._core.output)
        else:
            self._core.output.clear()
        self._changed.notify_all()

    def _read(self, now: float) -> None:
        port, core = self._port, self._core
        if port is None:
            return
        data, is_held = port.read(core.room)
        if is_held and not self._is_held:
            core.set_dtr(True, now)
        while data:
            core.receive(data, now)
            data, is_held = port.read(core.room)
        if self._is_held and not is_held:
            core.set_dtr(False, now)
            while port.read(4096)[0]:
                pass  # what the dead driver left in the cable
        self._is_held = is_held
