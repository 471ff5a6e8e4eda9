"""The desk's end of the seam: connect, greet, reconcile, carry on; for ever.

A switch that is away is tried again every `RETRY_S`. It counts as dead when it comes back with another boot, or when it
stayed away for `DEAD_S`: then its calls are over (I-05: callers on lines may return). Until the first snapshot of a
connection nothing it tells is heard, because the snapshot says it all.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from typing import Final

from appliance import wire
from appliance.acd import events as ev
from appliance.desk.alarms import Alarms
from appliance.desk.call_control import CallControl
from appliance.desk.reconcile import Before, Reconciler
from appliance.desk.settings import DeskSettings
from appliance.desk.translate import Translator
from appliance.errors import WireError
from appliance.storage.store import Store
from appliance.tape import Tape
from appliance.wire import Message, Snapshot
from appliance.wire_stream import Wire

logger = logging.getLogger(__name__)

RETRY_S: Final = 0.1
ANSWER_S: Final = 5.0
DEAD_S: Final = 10.0
START_S: Final = 3.0
"""A desk that finds no switch at its start lets time go on after this."""
SWITCH: Final = "switch"
_BOOT_KEY: Final = "desk.switch_boot"


class SwitchLink:
    """One desk's connection to its switch. `say` works from the start and drops what nobody can hear."""

    def __init__(self, settings: DeskSettings, store: Store, alarms: Alarms) -> None:
        self._settings, self._store, self._alarms = settings, store, alarms
        self._wire: Wire | None = None
        self._tape = Tape(settings.switch_socket.with_name("seam.tape"))
        self._boot = ""
        self._is_new = store.seq == 0
        self._lost_at: float | None = None
        self.overheard: Callable[[Message], None] = lambda _message: None
        """Told of everything that passes, both ways."""
        self.is_ready = asyncio.Event()
        """Set while the desk and the switch agree."""

    def say(self, message: Message) -> None:
        """Send one message; while the switch is away it is dropped, and the next snapshot makes good for it."""
        if self._wire is not None:
            self._wire.send(message)
            self.overheard(message)

    async def run(self, control: CallControl, translator: Translator, reconciler: Reconciler) -> None:
        """Keep the connection until cancelled. Raises WireError when the switch is of another version or user."""
        self._boot = ((await self._store.get_secret(_BOOT_KEY)) or b"").decode()
        loop = asyncio.get_running_loop()
        self._lost_at = loop.time()
        while True:
            if (connected := await self._connect()) is not None:
                await self._serve(connected, control, translator, reconciler)
                self._lost_at = loop.time()
            self._give_up_if_dead(control, loop.time())
            await asyncio.sleep(RETRY_S)

    async def _connect(self) -> Wire | None:
        try:
            reader, writer = await asyncio.open_unix_connection(self._settings.switch_socket)
            connected = Wire(reader, writer, self._tape.keep)
        except OSError:
            return None
        try:
            uid = connected.peer_uid()
            if uid not in {0, os.getuid(), *self._settings.peer_uids}:
                raise WireError(f"the switch's socket is held by user {uid}; root or user {os.getuid()} would be right")
            async with asyncio.timeout(ANSWER_S):
                await connected.greet("desk", frozenset({"switch"}))
        except TimeoutError:
            await connected.close()
            self._alarms.raise_(SWITCH, f"The switch is connected but said nothing for {ANSWER_S:g} s; see its log")
            return None
        except WireError as wrong:
            await connected.close()
            self._alarms.raise_(SWITCH, f"The switch cannot be spoken with: {wrong}")
            return None
        return connected

    async def _serve(
        self, connected: Wire, control: CallControl, translator: Translator, reconciler: Reconciler
    ) -> None:
        """Carry events to the core until the switch is gone."""
        connected.send(wire.AskSnapshot())
        try:
            async with asyncio.timeout(ANSWER_S):
                snapshot = await _first_snapshot(connected)
            if snapshot is not None:
                await self._agree(connected, snapshot, control, reconciler)
            while (message := await connected.receive()) is not None:
                if isinstance(message, wire.Event):
                    self.overheard(message)
                    translator.heard(message)
            logger.warning("The switch is gone; trying to reach it again")
        except TimeoutError:
            logger.error("The switch gave no snapshot within %g s; it is left and reached anew", ANSWER_S)
        except WireError as wrong:
            logger.error("The switch is left and reached anew: %s", wrong)
        finally:
            self._wire = None
            self.is_ready.clear()
            control.stop_ticking()
            await connected.close()

    async def _agree(self, connected: Wire, snapshot: Snapshot, control: CallControl, reconciler: Reconciler) -> None:
        rows = await self._store.open_recordings()
        await control.settled()
        before = Before(self._boot, tuple((row.recording, row.contact) for row in rows), self._is_new)
        self._wire = connected
        self.overheard(snapshot)
        reconciler.run(snapshot, before)
        control.start_ticking()
        self._boot, self._lost_at, self._is_new = snapshot.boot, None, False
        self.is_ready.set()
        self._alarms.clear(SWITCH)
        logger.info("Connected to the switch: %d legs, room for %d", len(snapshot.legs), snapshot.capacity)
        await self._store.put_secret(_BOOT_KEY, snapshot.boot.encode())

    def _give_up_if_dead(self, control: CallControl, now: float) -> None:
        if self._lost_at is None:
            return
        if now - self._lost_at >= START_S:
            control.start_ticking()
        if now - self._lost_at < DEAD_S:
            return
        self._lost_at = None
        self._alarms.raise_(SWITCH, "The switch does not run: no call can come in or go out; see its log")
        control.post(ev.SwitchLost())


async def _first_snapshot(connected: Wire) -> Snapshot | None:
    """The snapshot that was asked for; what is told before it is in it. None when the switch has gone."""
    while (message := await connected.receive()) is not None:
        if isinstance(message, Snapshot):
            return message
    return None
