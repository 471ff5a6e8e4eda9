"""Opening hours in the running office: asks each queue's timetable and tells the core when a queue opens or closes.

Asked at the start, at each boundary, for every arrival, and at least every `LOOK_S`, so that a step of the wall clock
and news about its trust are seen. Told only when the answer changes, once for each boundary (R-22): a clock set back by
up to `STEP_S` goes on from where it was. While the clock is not to be believed queues are open and an alarm says so
(D-11, R-43). Belongs to the loop; wall time in seconds since 1970.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.acd import chains
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.house import Held, Holding
from appliance.acd.schedule import Hours, Reason, Schedule, Trust
from appliance.acd.timetable import Timetable, timetable_of
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.legs import Post
from appliance.desk.settings import DeskSettings
from appliance.desk.wall_clock import WallClock

logger = logging.getLogger(__name__)

LOOK_S: Final = 1.0
STEP_S: Final = 2.0
SOONEST_S: Final = 0.001
CLOCK: Final = "clock"
EXPIRY: Final = "expiry"
"""Who lets go of hours whose time is over."""
_ALWAYS_OPEN: Final = Hours(is_open=True, reason=Reason.OPEN, until=None, recheck=None)
_UNTRUSTED: Final = (
    "The clock is not set since the box started (no time server, no battery clock that fits): queues with opening "
    "hours are treated as open; a network with NTP or an RTC with a battery would be right"
)

Told = tuple[bool, bool]
"""What the core was told of a queue: whether it is open, and whether it is closed for a holiday."""


class OpeningHours:
    """The schedules of one office. `judge` may be asked at any time and tells the core what changed."""

    def __init__(
        self,
        settings: DeskSettings,
        acd: Acd,
        clock: WallClock,
        alarms: Alarms,
        post: Post,
        office_clock: Clock | None = None,
    ) -> None:
        """Raises ScheduleError when a zone or a country is unknown. The core is told in the times of `office_clock`."""
        self._acd, self._clock, self._alarms, self._post = acd, clock, alarms, post
        self._timetables = _timetables(settings.hours)
        self._queues = tuple(queue.queue for queue in settings.office.queues)
        self._told = {queue: _known(acd, queue) for queue in self._queues}
        self._zone, self._day = ZoneInfo(settings.time_zone), acd.state.day
        self._latest = 0.0
        self._office_clock = office_clock or Clock()
        self._closing = {queue.queue for queue in settings.office.queues if queue.callback and queue.callback.digit}

    def judge(self) -> float | None:
        """Tell the core what changed; returns in how many seconds the next boundary comes, None when none is known."""
        wall, trust = self._wall(), self._clock.trust()
        self._show(trust)
        if trust is Trust.HIGH:
            self._begin_day(wall)
        rechecks = [self._judge(queue, wall, trust) for queue in self._queues]
        if trust is Trust.HIGH:
            rechecks += self._let_go(wall)
        soonest = min((at for at in rechecks if at is not None), default=None)
        return None if soonest is None else max(soonest - wall, SOONEST_S)

    async def run(self) -> None:
        """Judge at every boundary and every `LOOK_S`, until cancelled."""
        while True:
            boundary = self.judge()
            await asyncio.sleep(LOOK_S if boundary is None else min(LOOK_S, boundary))

    def wall(self) -> float:
        """The box's wall time, in seconds since 1970."""
        return self._clock.wall()

    def end_of_day(self) -> float:
        """The wall time of the office's next midnight: so long are hours held where nobody says how long."""
        return _midnight(datetime.fromtimestamp(self._clock.wall(), self._zone))

    def _let_go(self, wall: float) -> list[float | None]:
        """Hours that a person holds are let go when their time is over; returns when others will be."""
        house = self._acd.state.house
        held: list[tuple[str, Holding]] = [("", house.holding)] if house.holding is not None else []
        untils: list[float | None] = []
        for queue, holding in (*held, *house.queues.items()):
            if holding.until and wall >= holding.until:
                self._post(ev.HoursHeld(Held.SCHEDULE, EXPIRY, queue=queue))
            elif holding.until:
                untils.append(holding.until)
        return untils

    def _wall(self) -> float:
        """Wall time, which a small step back does not move: no boundary is passed twice by it."""
        wall = self._clock.wall()
        if 0 <= self._latest - wall <= STEP_S:
            return self._latest
        if wall < self._latest:
            logger.warning("The clock was set back by %.0f s; the opening hours are judged anew", self._latest - wall)
        self._latest = wall
        return wall

    def _judge(self, queue: str, wall: float, trust: Trust) -> float | None:
        timetable = self._timetables.get(queue)
        hours = _ALWAYS_OPEN if timetable is None else timetable.state_at(wall, trust)
        told = (hours.is_open, not hours.is_open and hours.reason is Reason.HOLIDAY)
        if told != self._told[queue]:
            self._told[queue] = told
            logger.info("Queue %s is %s (%s)", queue, "open" if hours.is_open else "closed", hours.reason.value)
            self._post(ev.HoursChanged(queue, hours.is_open, hours.reason.value))
        self._expect(queue, hours, wall)
        return hours.recheck

    def _expect(self, queue: str, hours: Hours, wall: float) -> None:
        """Tell when an open queue will close, again when that has moved: callbacks hang on it (§3.8, 1)."""
        known = self._acd.state.queues.get(queue)
        if queue not in self._closing or known is None or not hours.is_open:
            return
        at = 0.0 if hours.until is None else self._office_clock.now() + hours.until - wall
        if bool(at) is not bool(known.closes_at) or abs(at - known.closes_at) > STEP_S:
            self._post(ev.ClosingExpected(queue, at))

    def _begin_day(self, wall: float) -> None:
        """Midnight in the office's zone, told once; a date that goes back is no new day."""
        day = datetime.fromtimestamp(wall, self._zone).date().isoformat()
        if day > self._day:
            self._day = day
            self._post(ev.DayBegan(day))

    def _show(self, trust: Trust) -> None:
        if trust is Trust.LOW and self._timetables:
            self._alarms.raise_(CLOCK, _UNTRUSTED)
        else:
            self._alarms.clear(CLOCK)


def _timetables(hours: Sequence[tuple[str, Schedule]]) -> dict[str, Timetable]:
    return {queue: timetable_of(schedule, ZoneInfo) for queue, schedule in hours}


def _midnight(now: datetime) -> float:
    """The first instant of the day after `now`, in its zone."""
    tomorrow = now.date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=now.tzinfo).timestamp()


def _known(acd: Acd, queue: str) -> Told:
    """What the core believes, as the journal tells it."""
    memory = acd.state.queues.get(queue)
    closed_for = memory.closed_for if memory is not None else None
    return closed_for is None, closed_for is chains.Reason.HOLIDAY
