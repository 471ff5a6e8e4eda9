"""Mails about the office: watched figures, emergency calls, messages that callers left. Nobody waits for it.

The figures are judged every few seconds on the committed view; the words are the office's language.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.acd.metrics_counts import Counts, day
from appliance.acd.metrics_figures import service_level
from appliance.acd.settings import OfficeSettings
from appliance.acd.story import Outcome
from appliance.acd.view import OfficeView
from appliance.desk import alerts
from appliance.desk.alarms import Alarms
from appliance.desk.alerts import Limits, Reader, Subject
from appliance.desk.mail import Mailer
from appliance.desk.ticks import Ticks
from appliance.errors import StorageError
from appliance.storage.records import ContactRow
from appliance.storage.store import Store
from appliance.storage.voicemails import VoicemailRow

logger = logging.getLogger(__name__)

EVERY_S: Final = 5.0
LEAST_CALLS: Final = 10
"""A service level of fewer calls says nothing."""
LEVELS_EVERY_S: Final = 60.0
_MOST_CALLS: Final = 2000
ANSWERED: Final = Outcome.ANSWERED.value
ABANDONED: Final = Outcome.ABANDONED.value


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """Who is told what, and from when on."""

    readers: tuple[Reader, ...] = ()
    limits: tuple[Limits, ...] = ()


class Notices:
    """`run` watches; `left` and `emergency` are told by those who know first."""

    def __init__(
        self,
        settings: NoticeSettings,
        office: OfficeSettings,
        words: tuple[str, str, ZoneInfo],
        mailer: Mailer,
        store: Store,
        alarms: Alarms,
        view: Callable[[], OfficeView],
        ticks: Ticks,
    ) -> None:
        """`words` are the office's name, its language and its zone; `ticks` who is told what."""
        self._settings, self._office, self._mailer = settings, office, mailer
        self._name, self._language, self._zone = words
        self._store, self._alarms, self._view, self.ticks = store, alarms, view, ticks
        self._watch = alerts.Watch()
        self._levels_due, self._known_levels = -math.inf, dict[str, float]()
        self._soon: set[asyncio.Task[None]] = set()

    async def run(self, now: Callable[[], float]) -> None:
        """Judge the figures until cancelled; `now` is the office clock."""
        await self.ticks.load()
        while True:
            if any(one.subjects for one in self.ticks.readers):
                await self.look(now())
            await asyncio.sleep(EVERY_S)

    async def look(self, now: float) -> None:
        """Judge them once."""
        levels = await self._levels(now) if any(one.service_level for one in self._settings.limits) else {}
        figures = alerts.measures(self._view(), self._office, self._settings.limits, levels, self._alarms.by_key(), now)
        for crossed in self._watch.judge(figures, now):
            text = crossed.ja if self._language == "ja" else crossed.en
            await self._tell(crossed.subject, crossed.queue, text, text)

    def emergency(self) -> None:
        """An emergency call was placed; the mail follows in its own time (§3.10)."""
        text = "緊急通報が発信されました" if self._language == "ja" else "An emergency call was placed"
        self._soon_do(self._tell(Subject.EMERGENCY, "", text, text))

    def left(self, recording: str) -> None:
        """A caller left a message that is on the disk: whoever ticked voicemail is told of it (S-41)."""
        self._soon_do(self._tell_of_message(recording))

    async def _tell_of_message(self, recording: str) -> None:
        try:
            row = await self._store.voicemail(recording)
        except StorageError:
            return  # the voicemail's own alarm says so
        if row is not None:
            head, text = self._about(row)
            await self._tell(Subject.VOICEMAIL, row.box, text, head, row.path, recording)

    def _about(self, row: VoicemailRow) -> tuple[str, str]:
        """Subject and text: caller, time and length."""
        is_ja = self._language == "ja"
        number = row.number or ("番号非通知" if is_ja else "number withheld")
        caller = f"{row.name} {number}" if row.name and row.name != row.number else number
        began = datetime.fromtimestamp(row.began_wall, self._zone)
        length = f"{row.spoke_s:.0f}{'秒' if is_ja else ' s'}"
        return f"{'ボイスメール' if is_ja else 'Voicemail'}: {caller}", f"{caller}\n{began:%Y-%m-%d %H:%M}\n{length}"

    def _soon_do(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

    async def _tell(
        self, subject: Subject, queue: str, text: str, head: str, attachment: str = "", key: str = ""
    ) -> None:
        """Queue the mail for whoever ticked it; a box that is no queue is everybody's."""
        is_queue = any(one.queue == queue for one in self._office.queues)
        to = alerts.readers_of(self.ticks.readers, subject, queue if is_queue else "")
        if to:
            logger.info("%d people are told by mail: %s", len(to), subject.value)
            await self._mailer.send(to, f"[{self._name}] {head}", text, attachment, key)

    async def _levels(self, now: float) -> dict[str, float]:
        """Today's service level of each queue that had calls enough, counted once a minute."""
        if now >= self._levels_due:
            self._levels_due = now + LEVELS_EVERY_S
            today = day(datetime.fromtimestamp(self._store.wall(), self._zone).date(), self._zone)
            try:
                rows = await self._store.contacts(_MOST_CALLS)
            except StorageError:
                return self._known_levels  # call control raises the alarm
            self._known_levels = service_levels(row for row in rows if today.has(row.arrived_wall))
        return self._known_levels


def service_levels(rows: Iterable[ContactRow]) -> dict[str, float]:
    """M-01 in percent by queue; none where few have called."""
    waits: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        if row.placed_by:
            continue  # nobody waited for us
        waits.setdefault(row.queue, {}).setdefault(row.outcome, []).append(row.waited_s)
    figures = {
        queue: service_level(Counts(answered_s=tuple(of.get(ANSWERED, ())), abandoned_s=tuple(of.get(ABANDONED, ()))))
        for queue, of in waits.items()
    }
    return {
        queue: 100 * level.value
        for queue, (level,) in figures.items()
        if level.value is not None and (level.n or 0) >= LEAST_CALLS
    }
