"""The fittings of a virtual board whose time is the test's: fingers, contacts and eyes for them."""

from pathlib import Path

from appliance.acd import events as ev
from appliance.acd.view import AgentView, OfficeView, QueueView, Status
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.contacts import ContactSettings
from appliance.desk.fittings import Fitted, Fittings
from hw.board import read_board
from hw.fittings import Kind, Spot
from hw.panel import Place, VirtualPanel

BOARD = read_board(Path(__file__).parents[2] / "hw" / "boards" / "rev_c.toml")
KEY, FORCE = Spot(Kind.CLOSING_KEY, "", "key"), Spot(Kind.CLOSING_KEY, "", "force")
CLOSING_LAMP = Spot(Kind.CLOSING_KEY, "", "lamp")
FIRE, DOOR = Spot(Kind.CONTACT, "fire", "input"), Spot(Kind.CONTACT, "door", "input")
SENSOR, SOUND = Spot(Kind.SEAT_SENSOR, "1", "input"), Spot(Kind.PIEZO, "1", "sound")
RECORD, TALLY = Spot(Kind.RECORD_KEY, "1", "key"), Spot(Kind.RECORD_KEY, "1", "tally")
IN_USE, RELAY, LIFELINE_LAMP = (Spot(Kind.LIFELINE, "line-1", use) for use in ("in_use", "relay", "lamp"))
DAY_S = 86400.0


class Unpluggable(VirtualPanel):
    """A virtual panel whose contacts can be absent."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        fittings = tuple(one for one in BOARD.fittings if one.kind in kinds)
        super().__init__(tuple(seat.number for seat in BOARD.seats), fittings)
        self.absent: set[Place] = set()
        self.driven_at: list[tuple[float, Spot, bool]] = []
        self.now = 0.0

    def is_here(self, place: Place) -> bool:
        return place not in self.absent

    def is_down(self, place: Place) -> bool:
        return place not in self.absent and super().is_down(place)

    def drive(self, output: Spot, on: bool) -> None:
        super().drive(output, on)
        self.driven_at.append((self.now, output, on))


class Bench:
    """Fittings whose clock is the test's: time passes from one wake-up to the next, as the panel's timer does it."""

    def __init__(self, *kinds: Kind) -> None:
        self.panel, self.alarms, self.events = Unpluggable(kinds or tuple(Kind)), Alarms(), []
        self.well = ""
        self.view = OfficeView(1, 0.0, queues=(QueueView("front", True),))
        self.pattern = "off"
        self.seen: OfficeView | None = None
        self.agents: dict[int, AgentView] = {}
        self.now = 1000.0
        contacts = (ContactSettings("fire"), ContactSettings("earthquake"))
        settings = Fitted(60.0, contacts, lambda line: self.well)
        self.fittings = Fittings(self.panel, Clock(DAY_S), self.alarms, self.posted, lambda: self.view, settings)
        self.panel.edge(SENSOR, down=True, at=0.0)
        self.panel.edge(FIRE, down=False, at=0.0)

    def start(self) -> "Bench":
        self.fittings.start(self.now)
        self.panel.listen(lambda place, down, at: self.fittings.edge(place, down, at))  # type: ignore[arg-type]
        self.turn()
        return self

    def posted(self, event: ev.Event) -> None:
        self.events.append(event)

    def turn(self) -> float:
        self.panel.now = self.now
        if self.seen is not self.view:
            self.seen, self.agents = self.view, {agent.seat: agent for agent in self.view.agents}
        return min(self.fittings.mind(self.now, self.agents) + self.fittings.show(self.now, {1: self.pattern}))

    def wait(self, seconds: float) -> None:
        ends = self.now + seconds
        while (due := self.turn()) < ends:
            assert due > self.now, "a driver that is woken in the past is woken for ever"
            self.now = due
        self.now = ends
        self.turn()

    def touch(self, spot: Spot, down: bool) -> None:
        self.panel.edge(spot, down=down, at=self.now)
        self.wait(0.05)

    def shows(self, status: Status, since: float | None = None, **office: object) -> None:
        agent = AgentView("sato", "佐藤", "101", 1, status, DAY_S + (self.now if since is None else since))
        self.view = OfficeView(self.view.seq + 1, 0.0, (agent,), queues=(QueueView("front", True),), **office)  # type: ignore[arg-type]
        self.turn()

    def said(self) -> list[ev.Event]:
        told, self.events = self.events, []
        return told

    def is_lit(self, spot: Spot) -> bool:
        return self.panel.driven[spot]
