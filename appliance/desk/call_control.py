"""Call control: the one writer (D-01). Everybody posts events; one task drains them, batch by batch, into the core.

For each batch: the core handles it and dispatches once, the batch and its records are written, then the commands leave
and the new view is published. Journal before effects: what the world sees is never more than the journal knows. A batch
that promises somebody something (`promises.py`) is durable before its effects; the others are made so together.

Threads: `post` may be called from any thread; everything else belongs to the loop. Times are office seconds.
When the disk fails calls go on: batches wait in memory, an alarm says so, and they are written when it works again.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.story import Fact
from appliance.acd.view import OfficeView
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.promises import may_wait
from appliance.desk.story_log import tell
from appliance.errors import StorageError
from appliance.storage.store import Store

logger = logging.getLogger(__name__)

MOST_EVENTS: Final = 256
"""In one batch: a flood must not make one transaction endless."""
CHECKPOINT_EVERY: Final = 4000
RETRY_S: Final = 2.0
SYNC_AFTER_S: Final = 0.1
"""So that what may wait is on the disk within 200 ms (§3.1), and many batches cost one fsync."""
MOST_UNSAVED: Final = 10_000
DISK: Final = "disk"
SYNC: Final = "disk sync"
SELF_CHECK: Final = "self-check"

Effects = Callable[[Sequence[do.Command]], None]
Watcher = Callable[[OfficeView], None]


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A batch that is handled but not on the disk yet."""

    events: tuple[ev.Event, ...]
    facts: tuple[Fact, ...]
    recordings: tuple[tuple[str, str, str], ...]
    at: float
    may_wait: bool


class CallControl:
    """Drives the core. `run` is the writer task; `view` is the committed state; `effects` carries out the orders."""

    def __init__(self, acd: Acd, store: Store, clock: Clock, alarms: Alarms) -> None:
        self.acd = acd
        self.effects: Effects = lambda commands: None
        self._store, self._clock, self._alarms = store, clock, alarms
        self._is_ticking = False
        self._stuck_at: float | None = None
        self._posted: deque[ev.Event] = deque()
        self._wake = asyncio.Event()
        self._written = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._alarm: asyncio.TimerHandle | None = None
        self._unsaved: deque[Unsaved] = deque()
        self._retry_at = 0.0
        self._checkpointed = store.seq
        self._watchers: list[Watcher] = []
        self.view = acd.view(clock.now())

    def post(self, event: ev.Event) -> None:
        """Something happened. From any thread; returns at once, and the order of one thread's posts is kept."""
        if threading.get_ident() == self._thread:
            self._take(event)
        else:
            self._loop.call_soon_threadsafe(self._take, event)

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` on the loop with every committed view."""
        self._watchers.append(watcher)

    async def changes(self) -> AsyncIterator[OfficeView]:
        """Committed views, the present one first; a slow reader skips to the newest."""
        fresh = asyncio.Event()
        fresh.set()

        def note(_view: OfficeView) -> None:
            fresh.set()

        self._watchers.append(note)
        try:
            while True:
                await fresh.wait()
                fresh.clear()
                yield self.view
        finally:
            self._watchers.remove(note)

    async def run(self) -> None:
        """Drain, handle, commit, order, publish; until cancelled, which never tears a batch."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._make_durable(), name="group commit")
            try:
                while True:
                    self._set_alarm()
                    await self._wake.wait()
                    self._wake.clear()
                    await self._undisturbed()
            finally:
                if self._alarm is not None:
                    self._alarm.cancel()

    async def _make_durable(self) -> None:
        """The group commit: what was written and promises nothing reaches the disk in company; until cancelled."""
        while True:
            await self._written.wait()
            await asyncio.sleep(SYNC_AFTER_S)
            self._written.clear()
            try:
                await self._store.sync()
            except StorageError as wrong:
                self._written.set()
                self._alarms.raise_(
                    SYNC, f"The disk does not keep the journal; a power cut would lose its end: {wrong}"
                )
                await asyncio.sleep(RETRY_S)
            else:
                self._alarms.clear(SYNC)

    def start_ticking(self) -> None:
        """Let deadlines count from now on.

        At the start they wait until the switch was heard: a phone that was answered while the desk was away must not
        be timed out first.
        """
        if not self._is_ticking:
            self._is_ticking = True
            self._wake.set()

    def stop_ticking(self) -> None:
        """The switch is out of hearing: what phones did there is not known, so no deadline may judge them."""
        self._is_ticking = False

    async def finish(self) -> None:
        """After `run` was cancelled: handle what was still posted and keep the state."""
        await self.drain()
        await self.checkpoint()

    async def drain(self) -> None:
        """Handle everything posted so far, and the deadlines that are due."""
        while self._posted or self._is_due():
            await self._one_batch()
        self._idle.set()
        if self._unsaved and self._clock.now() >= self._retry_at:
            await self._save()

    async def settled(self) -> None:
        """Return when everything posted so far is handled, durable where it is promised, and carried out."""
        await self._idle.wait()

    async def checkpoint(self) -> None:
        """Keep the core's state, so that the next start folds little. Does nothing while the disk is behind."""
        if self._unsaved:
            return
        state, seq = msgspec.msgpack.encode(self.acd.state), self._store.seq
        try:
            await self._store.checkpoint(self.acd.state.at, state, seq)
        except StorageError as wrong:
            logger.error("The checkpoint was not kept: %s", wrong)
        else:
            self._checkpointed = seq

    async def _undisturbed(self) -> None:
        """Drain to the end even when cancelled on the way: a batch is handled, written and carried out as one."""
        draining = asyncio.ensure_future(self.drain())
        try:
            await asyncio.shield(draining)
        except asyncio.CancelledError:
            await draining
            raise

    def _take(self, event: ev.Event) -> None:
        self._posted.append(event)
        self._idle.clear()
        self._wake.set()

    def _deadline(self) -> float | None:
        deadline = self.acd.next_deadline() if self._is_ticking else None
        return None if deadline == self._stuck_at else deadline

    def _check_progress(self, ticked: float | None) -> None:
        """A deadline that a tick did not consume would spin for ever: that is a bug of the core, and calls go on."""
        if ticked is not None and ticked <= self.acd.state.at and self.acd.next_deadline() == ticked:
            logger.critical("The core did not consume its deadline %f; it is passed over", ticked)
            self._stuck_at = ticked

    def _is_due(self) -> bool:
        deadline = self._deadline()
        return deadline is not None and deadline <= self._clock.now()

    async def _one_batch(self) -> None:
        deadline, now = self._deadline(), self._clock.now()
        count = min(len(self._posted), MOST_EVENTS)
        events = [self._posted.popleft() for _ in range(count)]
        if deadline is not None and deadline <= now:
            events.append(ev.Ticked())
        commands = self.acd.handle_batch(events, now)
        self._check_progress(deadline)
        facts = tuple(self.acd.drain_facts())
        orders = [command for command in commands if isinstance(command, do.RecordConversation)]
        recordings = tuple(self._recording(one) for one in orders)
        self._unsaved.append(Unsaved(tuple(events), facts, recordings, now, may_wait(events, facts, commands)))
        await self._save()
        self.effects(commands)
        if self._is_sound(events):
            self._publish(now)
        tell(facts)
        if self._store.seq - self._checkpointed >= CHECKPOINT_EVERY:
            await self.checkpoint()

    def _is_sound(self, events: Sequence[ev.Event]) -> bool:
        """Whether the state may be shown: what must never be is logged, alarmed and healed first (I-17, I-25, M-22).

        The healing is journalled like any event. A batch that was a healing asks for no other one, so a fault that
        stays cannot spin; the next event heals again.
        """
        found = self.acd.violations()
        if not found:
            return True
        for sentence in found:
            logger.critical("The queue engine found a fault of its own: %s", sentence)
        if any(isinstance(event, ev.Healed) for event in events):
            self._alarms.raise_(SELF_CHECK, f"The queue engine has a fault that it cannot heal; restart it: {found[0]}")
            return True
        self._alarms.raise_(SELF_CHECK, f"The queue engine found a fault of its own and healed it: {found[0]}")
        self.post(ev.Healed(found))
        return False

    def _recording(self, order: do.RecordConversation) -> tuple[str, str, str]:
        """Recording, contact and agent."""
        offer = self.acd.offer(order.offer)
        return order.recording, order.contact, offer.agent if offer is not None else ""

    async def _save(self) -> None:
        """Write what is unsaved, oldest first; a failing disk is an alarm and another try later."""
        while self._unsaved:
            batch = self._unsaved[0]
            try:
                await self._store.append(batch.events, batch.facts, batch.at, batch.recordings, may_wait=batch.may_wait)
            except StorageError as wrong:
                self._note_failure(wrong)
                return
            self._unsaved.popleft()
            if batch.may_wait:
                self._written.set()
        self._alarms.clear(DISK)

    def _note_failure(self, wrong: StorageError) -> None:
        self._retry_at = self._clock.now() + RETRY_S
        if len(self._unsaved) > MOST_UNSAVED:
            self._unsaved.popleft()
        self._alarms.raise_(
            DISK, f"The disk does not take the journal; calls go on, a power cut would lose them: {wrong}"
        )

    def _publish(self, now: float) -> None:
        self.view = self.acd.view(now)
        for watcher in tuple(self._watchers):
            watcher(self.view)

    def _set_alarm(self) -> None:
        """One alarm serves every deadline of the core, and the next try of a disk that failed."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        deadline = self._deadline()
        if self._unsaved:
            deadline = min(deadline or self._retry_at, self._retry_at)
        if deadline is not None:
            delay = max(0.0, deadline - self._clock.now())
            self._alarm = self._loop.call_later(delay, self._wake.set)
