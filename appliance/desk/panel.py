"""The panel at work: edges become presses, presses become events, committed views become light (D-07).

Threads: a real panel reports edges on threads of its own; they are handed to the loop with their time. Everything else
is on the loop. One timer serves the next step of any lamp and the next settling of any button.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.acd.view import AgentView, OfficeView, Status
from appliance.api import LampView
from appliance.desk.alarms import Alarms
from appliance.desk.blinking import LAMP_BEAT_S, step_at
from appliance.desk.clock import Clock, monotonic
from appliance.desk.fittings import PLAIN as NOTHING_FITTED
from appliance.desk.fittings import Fitted, Fittings
from appliance.desk.lamps import PATTERNS, Pattern, Step
from appliance.desk.legs import Post
from appliance.desk.panel_logic import PressKind, meaning_of, pattern_of, step_told
from appliance.desk.settings import PanelSettings
from hw import debounce
from hw.debounce import Kind, Press
from hw.panel import Colour, Panel, Place

logger = logging.getLogger(__name__)

SHORTEST_S: Final = 0.05
"""A click on the page is at least as long as a finger's."""

_KINDS: Final = {Kind.SHORT: PressKind.SHORT, Kind.DOUBLE: PressKind.SHORT, Kind.LONG: PressKind.LONG}
"""A double press has no meaning of its own in S-M2: its second half is a short one like the first."""


LEVEL_EVERY_S: Final = 30.0
"""How often the brightness is asked for; night falls no faster."""


@dataclass(frozen=True, slots=True)
class Look:
    """How lamps are to look: `level` is the brightness now, None where it never changes; `hints_next` is U-03."""

    level: Callable[[], float] | None = None
    hints_next: bool = False


PLAIN: Final = Look()


def look_of(settings: PanelSettings, wall: Callable[[], float], zone: str) -> Look:
    """The look that settings ask for; `wall` is the time since 1970 UTC in seconds, `zone` the office's IANA zone."""
    dimming, place = settings.dimming, ZoneInfo(zone)
    if dimming.day == dimming.night == 1.0:
        return Look(hints_next=settings.hints_next)

    def level() -> float:
        local = datetime.fromtimestamp(wall(), place)
        return dimming.level(3600.0 * local.hour + 60.0 * local.minute + local.second)

    return Look(level, settings.hints_next)


@dataclass(slots=True)
class _Lamp:
    """A lamp's pattern and where in it we are; monotonic `since` it began, `due` for its next step."""

    pattern: Pattern
    since: float
    dims: bool = True
    steps: tuple[Step, ...] = ()
    lasts: tuple[float, ...] = ()
    step: int = -1
    due: float = -math.inf
    is_missed: bool = False
    once: Pattern | None = None  # told until `once_ends`, before what the view says
    once_ends: float = math.inf


class PanelDriver:
    """Drives one panel. `now` is CLOCK_MONOTONIC; views carry office time, `clock` knows the difference."""

    def __init__(
        self,
        panel: Panel,
        clock: Clock,
        alarms: Alarms,
        post: Post,
        view: Callable[[], OfficeView],
        now: Callable[[], float] = monotonic,
        look: Look = PLAIN,
        fitted: Fitted = NOTHING_FITTED,
    ) -> None:
        self._panel, self._clock, self._alarms, self._post = panel, clock, alarms, post
        self._view, self._now, self._look = view, now, look
        self.fittings = Fittings(panel, clock, alarms, post, view, fitted)
        """What the board has besides seats."""
        self._level = 1.0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._contacts: dict[int, debounce.Contact] = {}
        self._lamps = {seat: _Lamp(PATTERNS["dark"], 0.0, panel.dims(seat)) for seat in panel.seats}
        self._lit: dict[int, Colour] = {}  # what changes with this turn
        self._agents: dict[int, AgentView] = {}
        self._absences: tuple[str, ...] = ()

    def start(self) -> None:
        """Begin to listen and to shine."""
        for seat in self._panel.seats:
            self._begin(seat, self._now())
        self.fittings.start(self._now())
        self._panel.listen(self._edge_from_any_thread)
        self.show(self._view())

    def stop(self) -> None:
        """Lamps dark, buttons deaf."""
        if self._timer is not None:
            self._timer.cancel()
        self._panel.close()

    def show(self, view: OfficeView) -> None:
        """A view was committed: light every lamp as it says."""
        before, self._agents = self._agents, {agent.seat: agent for agent in view.agents if agent.seat}
        for seat, lamp in self._lamps.items():
            lamp.due = -math.inf
            told = step_told(before.get(seat), self._agents.get(seat))
            if told is not None:
                lamp.once, lamp.once_ends = told, self._now() + LAMP_BEAT_S + sum(seconds for *_, seconds in told.steps)
        self._turn()

    def press(self, seat: int, held_s: float) -> None:
        """A finger from the page: the same contact, debouncer and tables as a real one, and nothing to wait for.

        A click does not bounce: its edges are told so much later that they have settled.
        """
        if seat not in self._contacts:
            return
        released = self._now() - debounce.SETTLE_S
        self._edge(seat, True, released - max(held_s, SHORTEST_S))
        self._edge(seat, False, released)

    @property
    def lamps(self) -> tuple[LampView, ...]:
        """Every seat's lamp as it is lit now."""
        return tuple(self._lamp_view(seat, lamp) for seat, lamp in self._lamps.items())

    @property
    def dims(self) -> bool:
        """Whether every lamp has brightness."""
        return all(lamp.dims for lamp in self._lamps.values())

    def _lamp_view(self, seat: int, lamp: _Lamp) -> LampView:
        agent, pattern = self._agents.get(seat), lamp.pattern
        steps = pattern.on(lamp.dims)
        return LampView(seat, agent.agent if agent else "", pattern.id, pattern.ja, pattern.en, steps)

    # --- buttons

    def _begin(self, seat: int, now: float) -> None:
        """Look at a button for the first time, or for the first time since its pins went or came."""
        self._contacts.setdefault(seat, debounce.Contact())
        self._learn(seat, *debounce.at_start(self._panel.is_down(seat), now))

    def _tend(self, now: float) -> list[float]:
        """Say which parts of the panel are absent; a button whose pins went or came is looked at anew."""
        moved, due = self._panel.tend(now)
        for place in moved:
            if isinstance(place, int):
                self._begin(place, now)
            else:
                self.fittings.look(place, now)
        if self._panel.absences != self._absences:
            for place, _ in enumerate(self._absences):
                self._alarms.clear(f"panel {place}")
            for place, sentence in enumerate(self._panel.absences):
                self._alarms.raise_(f"panel {place}", sentence)
            self._absences = self._panel.absences
        return [] if due is None else [due]

    def _edge_from_any_thread(self, place: Place, down: bool, at: float) -> None:
        self._loop.call_soon_threadsafe(self._edge, place, down, at)

    def _edge(self, place: Place, down: bool, at: float) -> None:
        if isinstance(place, int):
            self.fittings.touched(place, at)
            self._learn(place, *debounce.edge(self._contacts[place], down, at))
        else:
            self.fittings.edge(place, down, at)
        self._turn()

    def _settle(self, now: float) -> list[float]:
        """Decide what can be decided of buttons by now; when there will be more."""
        due = []
        for seat, contact in self._contacts.items():
            if debounce.deadline(contact) is not None:
                self._learn(seat, *debounce.settle(contact, now))
                due.append(debounce.deadline(self._contacts[seat]))
        return [wake for wake in due if wake is not None]

    def _learn(self, seat: int, contact: debounce.Contact, press: Press | None) -> None:
        """What is known of a button now; one that was released is stuck no more."""
        before, self._contacts[seat] = self._contacts[seat], contact
        if before.down and not contact.down:
            self._alarms.clear(_stuck(seat))
        self._pressed(seat, press)

    def _pressed(self, seat: int, press: Press | None) -> None:
        agent = self._agents.get(seat)
        if press is None:
            return
        if press.kind in (Kind.STUCK, Kind.HELD_AT_START):
            self._alarms.raise_(
                _stuck(seat), f"The button of seat {seat} is held or shorted; it is ignored until released"
            )
            return
        event = meaning_of(_KINDS[press.kind], agent, self._clock.of_monotonic(press.began))
        logger.info("Seat %d: %s press means %s", seat, press.kind.value, type(event).__name__ if event else "nothing")
        if event is not None:
            self._post(event)
        elif agent is not None and agent.status is Status.UNREACHABLE:
            logger.warning("Phone %s of %s is not registered or does not answer", agent.phone, agent.name)

    # --- lamps

    def _turn(self) -> None:
        """Bring buttons and lamps up to now, and come back for whatever is next."""
        now = self._now()
        due = self._tend(now) + self._dim(now) + self._settle(now) + self.fittings.mind(now, self._agents)
        for seat, lamp in self._lamps.items():
            if lamp.due <= now or lamp.is_missed is not self.fittings.is_missed(seat):
                self._light(seat, lamp, now)
            due.append(lamp.due)
        lit, self._lit = self._lit, {}
        if lit:
            self._panel.light_all(lit)
        due += self.fittings.show(now, {seat: lamp.pattern.id for seat, lamp in self._lamps.items()})
        if self._timer is not None:
            self._timer.cancel()
        soonest = min(due, default=math.inf)
        self._timer = self._loop.call_later(max(0.0, soonest - now), self._turn) if soonest < math.inf else None

    def _dim(self, now: float) -> list[float]:
        """Take the brightness of this hour, and come back for the next one."""
        if self._look.level is None:
            return []
        level = self._look.level()
        if level != self._level:
            self._level = level
            for seat, lamp in self._lamps.items():
                self._shine(seat, lamp)
        return [now + LEVEL_EVERY_S]

    def _shine(self, seat: int, lamp: _Lamp) -> None:
        if lamp.step >= 0:
            red, green, blue, _ = lamp.steps[lamp.step]
            self._lit[seat] = (red * self._level, green * self._level, blue * self._level)

    def _light(self, seat: int, lamp: _Lamp, now: float) -> None:
        """Light the lamp's present step; it is due again when that ends, a steady one with the next view."""
        agent, at, lamp.is_missed = self._agents.get(seat), self._clock.of_monotonic(now), self.fittings.is_missed(seat)
        if now >= lamp.once_ends or agent is None or agent.status is not Status.OFF:
            lamp.once, lamp.once_ends = None, math.inf
        pattern = lamp.once or pattern_of(agent, at, hints_next=self._look.hints_next, is_missed=lamp.is_missed)
        if pattern is not lamp.pattern or lamp.step < 0:
            lamp.pattern, lamp.since, lamp.step = pattern, now + -now % LAMP_BEAT_S, -1
            lamp.steps = pattern.on(lamp.dims)
            lamp.lasts = tuple(seconds for *_, seconds in lamp.steps)
        step, ends = step_at(lamp.lasts, now - lamp.since)
        if step != lamp.step:
            lamp.step = step
            self._shine(seat, lamp)
        lamp.due = min(lamp.since + ends if len(lamp.steps) > 1 else math.inf, lamp.once_ends)


def _stuck(seat: int) -> str:
    """The key of a seat's alarm."""
    return f"button {seat}"
