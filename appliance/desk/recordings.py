"""Recordings that closed, written to the store off the call path; what the disk does not take is tried again."""

import asyncio
import logging
from collections import deque
from typing import Final

from appliance.desk.alarms import Alarms
from appliance.errors import StorageError
from appliance.storage.store import Store
from appliance.wire import RecordingClosed

logger = logging.getLogger(__name__)

RETRY_S: Final = 2.0
KEY: Final = "recordings"


class Recordings:
    """Takes what the recorder says and keeps it. `run` is the task that writes."""

    def __init__(self, store: Store, alarms: Alarms) -> None:
        self._store, self._alarms = store, alarms
        self._closed: deque[RecordingClosed] = deque()
        self._wake = asyncio.Event()

    def closed(self, event: RecordingClosed) -> None:
        """A recording is complete, or is not: `cause`."""
        self._closed.append(event)
        self._wake.set()
        if event.cause:
            self._alarms.raise_(KEY, f"Recording {event.recording} is short or missing: {event.cause}")
        else:
            self._alarms.clear(KEY)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while not await self.finish():
                await asyncio.sleep(RETRY_S)

    async def finish(self) -> bool:
        """Write what is there; False when the disk does not take it."""
        while self._closed:
            event = self._closed[0]
            try:
                how = event.path, event.seconds, event.cause, event.trimmed_s
                await self._store.recording_closed(event.recording, *how)
            except StorageError as wrong:
                logger.error("The end of recording %s is not kept yet: %s", event.recording, wrong)
                return False
            self._closed.popleft()
        return True
