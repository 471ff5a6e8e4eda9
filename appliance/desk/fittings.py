"""The panel's fittings at work: contacts become events, the committed view becomes what outputs show.

`PanelDriver` owns the panel and its one timer; it hands on what concerns fittings and asks when they want waking. What
contacts and signs mean is in `contacts.py`, `signs.py`, `lifeline.py` and `panel_logic.py`; here is only the driving.

A contact whose chip is absent says nothing: a fire contact that cannot be read is no fire and no all-clear. Only a
recording key counts as let go, because nobody would find a recording that stays paused (U-05).

Everything is on the loop. `now` is CLOCK_MONOTONIC, views carry office time; `clock` knows the difference.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from appliance.acd import events as ev
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.desk import contacts, lifeline, signs
from appliance.desk.alarms import Alarms
from appliance.desk.blinking import BEAT_S, step_at
from appliance.desk.clock import Clock
from appliance.desk.contacts import ContactSettings
from appliance.desk.legs import Post
from appliance.desk.lifeline import Lifeline
from appliance.desk.signs import Rhythm
from hw import debounce
from hw.fittings import Kind, Spot
from hw.panel import Panel

logger = logging.getLogger(__name__)

STROBE_S: Final = 300.0
"""How long the stack light tells of an emergency call."""

AWAY_S: Final = 90.0
"""A seat that is empty for so long while its agent is available and idle asks (U-04)."""

ANSWER_S: Final = 10.0
"""And after this the agent is off duty."""

LOOK_EVERY_S: Final = 1.0
"""How often the lifeline asks whether the box is well."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What fittings need of configuration and desk. `unwell`: why the box cannot serve a line, "" when it can."""

    wait_target_s: float = 60.0
    contacts: tuple[ContactSettings, ...] = ()
    unwell: Callable[[str], str] = lambda line: ""


PLAIN: Final = Fitted()

_RESTLESS: Final = (Kind.SEAT_SENSOR, Kind.RECORD_KEY)
"""What these say is no story an owner reads; what comes of it is."""


@dataclass(slots=True)
class _Input:
    """A contact: what is known of it, and the level that was told last (None: none since it is here)."""

    contact: debounce.Contact
    told: bool | None = None
    is_here: bool = True


@dataclass(slots=True)
class _Output:
    """An output: its rhythm since when, the step that is shown, and when that ends."""

    rhythm: Rhythm = signs.DARK
    since: float = 0.0
    step: int = -1
    due: float = math.inf


class Fittings:
    """Everything that a board has besides seats. A board without any costs nothing."""

    def __init__(
        self,
        panel: Panel,
        clock: Clock,
        alarms: Alarms,
        post: Post,
        view: Callable[[], OfficeView],
        settings: Fitted = PLAIN,
    ) -> None:
        self._panel, self._clock, self._alarms, self._post = panel, clock, alarms, post
        self._view, self._settings = view, settings
        self._inputs: dict[Spot, _Input] = {}
        self._outputs = {spot: _Output() for one in panel.fittings for spot in one.outputs}
        self._kinds = frozenset(one.kind for one in panel.fittings)
        self._contacts = {one.name: one for one in settings.contacts}
        self._lifelines: dict[str, Lifeline] = {}
        self._touched: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        # Lamps are stepped often; what was looked at for the same view is looked at again only when it is due.
        self._mind_due = self._show_due = -math.inf
        self._minded: dict[int, AgentView] | None = None
        self._shown: OfficeView | None = None
        self._patterns: dict[int, str] = {}

    # --- what the panel's driver tells

    def start(self, now: float) -> None:
        """Look at every contact for the first time."""
        for fitting in self._panel.fittings:
            if fitting.kind is Kind.LIFELINE:
                self._lifelines[fitting.name] = Lifeline(now)
            for spot in fitting.inputs:
                self.look(spot, now)

    def look(self, spot: Spot, now: float) -> None:
        """Look at a contact whose pins went or came, or for the first time."""
        self._mind_due = -math.inf
        before = self._inputs.get(spot)
        is_here, down = self._panel.is_here(spot), self._panel.is_down(spot)
        told = None
        if before is not None and spot.kind is Kind.RECORD_KEY and before.told:
            self._tell(spot, False, is_found=False)
            told = False
        self._inputs[spot] = _Input(debounce.Contact(down, now, down, now), told, is_here)

    def edge(self, spot: Spot, down: bool, at: float) -> None:
        """A contact's level changed, bounces included."""
        known, self._mind_due = self._inputs[spot], -math.inf
        known.contact, _ = debounce.edge(known.contact, down, at)

    def touched(self, seat: int, now: float) -> None:
        """A finger was at this seat: somebody is there, whatever its sensor says."""
        self._touched[str(seat)], self._mind_due = now, -math.inf

    def mind(self, now: float, agents: dict[int, AgentView]) -> list[float]:
        """Bring contacts up to `now` and tell what they mean; returns when to come back. `agents` are by seat."""
        if now < self._mind_due and agents is self._minded:
            return [self._mind_due]
        self._minded = agents
        due = [wake for spot, known in self._inputs.items() if (wake := self._settle(spot, known, now)) is not None]
        self._mind_due = min(due + self._mind_seats(now, agents), default=math.inf)
        return [self._mind_due]

    def show(self, now: float, patterns: dict[int, str]) -> list[float]:
        """Bring outputs up to `now`; returns when to come back. `patterns` is what the seats' lamps show."""
        if now < self._show_due and self._view() is self._shown and patterns == self._patterns:
            return [self._show_due]
        self._shown, self._patterns = self._view(), patterns
        due = self._show_office(now) + self._mind_lifelines(now)
        for seat, pattern in patterns.items():
            self._show(Spot(Kind.PIEZO, str(seat), "sound"), signs.sound(pattern), now)
        self._show_due = min(
            due + [self._step(spot, output, now) for spot, output in self._outputs.items()], default=math.inf
        )
        return [self._show_due]

    def is_missed(self, seat: int) -> bool:
        """Whether the seat is asked if anybody is there (U-04): its agent goes off duty soon."""
        return str(seat) in self._asked

    # --- contacts

    def _settle(self, spot: Spot, known: _Input, now: float) -> float | None:
        """Believe a contact that has stayed long enough; returns when there is more to believe."""
        known.contact, _ = debounce.settle(known.contact, now)
        if not known.is_here:
            return None
        contact = known.contact
        if contact.down is not known.told:
            believed_at = contact.since + contacts.patience_of(spot, contact.down)
            if now < believed_at:
                return min(believed_at, debounce.deadline(contact) or math.inf)
            is_found, known.told = known.told is None, contact.down
            self._tell(spot, contact.down, is_found=is_found)
        return contact.raw_since + debounce.SETTLE_S if contact.raw is not contact.down else None

    def _tell(self, spot: Spot, down: bool, *, is_found: bool) -> None:
        if not is_found and spot.kind not in _RESTLESS:
            logger.info("The %s is %s", spot, "down" if down else "up")
        event: ev.Event | None = None
        match spot.kind, spot.use:
            case Kind.CLOSING_KEY, "key":
                event = contacts.closing_key(down, self._view(), is_found=is_found)
            case Kind.CLOSING_KEY, "force":
                event = contacts.force_button(down, self._is_down(Spot(Kind.CLOSING_KEY, "", "key")) is True)
            case Kind.CONTACT, _:
                event = self._of_contact(spot.name, down)
            case Kind.RECORD_KEY, _ if not is_found and (agent := self._agent_at(spot.name)) is not None:
                event = ev.RecordingPauseAsked(agent.agent, contacts.RECORD_KEY, paused=down)
        if event is not None:
            self._post(event)

    def _of_contact(self, name: str, down: bool) -> ev.Event | None:
        settings = self._contacts.get(name, ContactSettings(name, prompt=""))
        event = contacts.notice(settings, down, self._view())
        if not settings.prompt and down:
            self._alarms.raise_(f"contact {name}", f"The contact {name} is closed")
        elif not down:
            self._alarms.clear(f"contact {name}")
        return event

    def _agent_at(self, seat: str) -> AgentView | None:
        return next((agent for agent in self._view().agents if str(agent.seat) == seat), None)

    def _is_down(self, spot: Spot) -> bool | None:
        """The level that is believed; None while it is not known."""
        known = self._inputs.get(spot)
        return known.told if known is not None else None

    # --- seats (U-04)

    def _mind_seats(self, now: float, agents: dict[int, AgentView]) -> list[float]:
        due = []
        for spot in [spot for spot in self._inputs if spot.kind is Kind.SEAT_SENSOR]:
            since = self._empty_since(spot, agents.get(int(spot.name)))
            if since is None or now < since + AWAY_S:
                self._asked.pop(spot.name, None)
                due += [] if since is None else [since + AWAY_S]
            elif now < since + AWAY_S + ANSWER_S:
                self._asked[spot.name] = since
                due.append(since + AWAY_S + ANSWER_S)
            elif self._asked.get(spot.name) != math.inf:
                self._asked[spot.name] = math.inf  # told once; the view that follows ends it
                self._post(ev.SeatLeft(agents[int(spot.name)].agent))
        return due

    def _empty_since(self, spot: Spot, agent: AgentView | None) -> float | None:
        """Since when the seat is empty while its agent is available and idle; None when it is not."""
        known = self._inputs[spot]
        if agent is None or agent.status is not Status.AVAILABLE or self._is_down(spot) is not False:
            return None
        idle_since = self._clock.to_monotonic(agent.since)
        return max(known.contact.since, idle_since, self._touched.get(spot.name, -math.inf))

    # --- the lifeline (U-06)

    def _mind_lifelines(self, now: float) -> list[float]:
        if not self._lifelines:
            return []
        for name, line in self._lifelines.items():
            why = self._settings.unwell(name)
            in_use = self._is_down(Spot(Kind.LIFELINE, name, "in_use"))
            after = self._lifelines[name] = lifeline.judge(line, now, is_well=not why, in_use=in_use)
            if after.is_boxs is not line.is_boxs:
                logger.info("Line %s is %s", name, "the box's" if after.is_boxs else "given to the plain phone")
            self._say_alarm(f"lifeline {name}", lifeline.sentence(name, after, now, why=why, in_use=in_use))
            self._show(Spot(Kind.LIFELINE, name, "relay"), signs.PULSED if after.is_boxs else signs.DARK, now)
            self._show(Spot(Kind.LIFELINE, name, "lamp"), signs.DARK if after.is_boxs else signs.LIT, now)
        return [now + LOOK_EVERY_S - now % LOOK_EVERY_S]

    def _say_alarm(self, key: str, sentence: str) -> None:
        if sentence:
            self._alarms.raise_(key, sentence)
        else:
            self._alarms.clear(key)

    # --- outputs

    def _show_office(self, now: float) -> list[float]:
        """Stack light, closing lamp and tallies, from the committed view."""
        view, at = self._view(), self._clock.of_monotonic(now)
        self._show(Spot(Kind.CLOSING_KEY, "", "lamp"), signs.closing_lamp(view), now)
        for agent in view.agents:
            self._show(Spot(Kind.RECORD_KEY, str(agent.seat), "tally"), signs.tally(agent), now)
        if Kind.STACK_LIGHT not in self._kinds:
            return []
        sign, changes_at = signs.beacon(view, at, self._settings.wait_target_s)
        is_strobing = at < view.emergency_at + STROBE_S
        shows = dict(sign.shows) | (dict(signs.EMERGENCY.shows) if is_strobing else {})
        for use in ("red", "amber", "green", "blue"):
            self._show(Spot(Kind.STACK_LIGHT, "", use), shows.get(use, signs.DARK), now)
        return [] if changes_at is None else [self._clock.to_monotonic(changes_at)]

    def _show(self, spot: Spot, rhythm: Rhythm, now: float) -> None:
        """An output shows a rhythm from now on, if the board has it; one that it shows already keeps its place."""
        output = self._outputs.get(spot)
        if output is not None and rhythm != output.rhythm:
            output.rhythm, output.since, output.step = rhythm, now + -now % BEAT_S, -1

    def _step(self, spot: Spot, output: _Output, now: float) -> float:
        """Bring an output to its present step; returns when that ends, never for one that stays as it is."""
        step, ends = step_at([seconds for _, seconds in output.rhythm], max(0.0, now - output.since))
        if step != output.step:
            output.step = step
            self._panel.drive(spot, output.rhythm[step][0])
        return output.since + ends if len(output.rhythm) > 1 else math.inf
