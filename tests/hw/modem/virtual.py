"""The driver and the virtual card's core joined by one of four wires, in virtual time: what the faults are tested on.

The bench is a careful owner: it plays by the ledger, closes the port when the driver fails (which drops DTR) and opens
it again after a pause.
"""

import random
from dataclasses import dataclass, field

from hw.modem.countries import country
from hw.modem.driver import Modem
from hw.modem.events import (
    Audio,
    Failed,
    ModemEvent,
    Ready,
    Released,
    Seized,
    SeizeFailed,
    Sign,
    Signal,
    StreamStopped,
    Way,
)
from hw.modem.ledger import Ledger
from hw.sim.core import CardCore
from hw.sim.countries import country_named
from hw.sim.eventlog import What
from hw.sim.faults import Injection, inject
from hw.sim.oracle import violations
from hw.sim.party import CallerState, RemoteParty
from hw.sim.personalities import personality_named
from hw.sim.personality import Personality
from hw.sim.sound import Sound
from tests.hw.modem.scripted import WIRES, Wire

REOPEN = 5.0


@dataclass
class VirtualLine:
    """One card, one driver, one line; time begins at 1000 s."""

    personality: str | Personality = "cx93001_2013"
    wire: Wire = WIRES[0]
    code: str = "JP"
    seed: int = 1
    ppm: float = 0.0
    now: float = 1000.0
    events: list[ModemEvent] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    reopens: bool = False
    is_open: bool = True
    is_paused: bool = False

    def __post_init__(self) -> None:
        which = personality_named(self.personality) if isinstance(self.personality, str) else self.personality
        self.core = CardCore(which, country_named(self.code), self.ppm, seed=self.seed)
        self.core.power_on(self.now)
        self.modem = Modem(country(self.code))
        self.ledger = Ledger()
        self.play: Sound | None = None
        self.is_talking = False
        self._chance = random.Random(self.seed)
        self._up: list[tuple[float, bytes]] = []
        self._down: list[tuple[float, bytes]] = []
        self._reopen_at: float | None = None

    # --- stories ----------------------------------------------------------------------------------------------

    def ready(self) -> "VirtualLine":
        self.modem.start(self.now)
        self.until(Ready)
        return self

    def rung(self, number: str | None = "0312345678", voice: Sound | None = None) -> RemoteParty:
        party = RemoteParty(number, None, voice)
        self.core.line.ring(party, self.now)
        self.run(1.0)
        return party

    def talking(self, voice: Sound | None = None) -> RemoteParty:
        party = self.rung(voice=voice)
        self.modem.seize(self.now)
        self.until(Seized)
        self.run(0.3)
        assert party.state is CallerState.CONNECTED
        return party

    def hang_up(self) -> None:
        """Release what there is and let the line rest."""
        self.modem.release(self.now)
        self.until((Released, Failed))
        self.run(3.0)

    def fault(self, name: str, value: float = 0.0, text: str = "", count: int = 1) -> None:
        inject(self.core, self.now, Injection(name, value, text, count))

    def wrongs(self, is_finished: bool = True) -> list[str]:
        return violations(self.core.log.all(), is_finished=is_finished)

    def moments(self, what: What) -> list[float]:
        return [event.at for event in self.core.log.all() if event.what is what]

    def commands(self) -> list[str]:
        return [event.detail for event in self.core.log.all() if event.what is What.COMMAND_RECEIVED]

    def heard(self) -> bytes:
        return b"".join(event.samples for event in self.events if isinstance(event, Audio))

    # --- time -------------------------------------------------------------------------------------------------

    def until(self, kind: type | tuple[type, ...], seconds: float = 40.0) -> ModemEvent:
        end, seen = self.now + seconds, len(self.events)
        while self.now < end:
            self.run(0.02)
            for event in self.events[seen:]:
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"no {kind} within {seconds} s; seen {self._told(seen)}")

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            self._carry()
            due = [at for at in self._dues() if at is not None]
            if not due or min(due) > end:
                self.now = end
                self.core.tick(self.now)
                self._carry()
                return
            self.now = max(self.now, min(due))
            self._turn()

    def _dues(self) -> list[float | None]:
        modem = self.modem.next_deadline() if self.is_open and not self.is_paused else None
        down = [] if self.is_paused else self._down[:1]
        return [modem, self.core.next_deadline(), self._reopen_at, *(at for at, _ in (*self._up[:1], *down))]

    def _turn(self) -> None:
        while self._up and self._up[0][0] <= self.now:
            self.core.receive(self._up.pop(0)[1], self.now)
        self.core.tick(self.now)
        self._carry()
        if self._reopen_at is not None and self.now >= self._reopen_at:
            self._reopen()
        if self.is_paused or not self.is_open:
            return
        while self._down and self._down[0][0] <= self.now and self.is_open:
            self._take(self.modem.receive(self._batch(), self.now))
        if self.is_open:
            self._take(self.modem.tick(self.now))

    def _batch(self) -> bytes:
        """What one read of the port gives: everything that has come, unless the wire brings single bytes."""
        batch = self._down.pop(0)[1]
        while not self.wire.piece and self._down and self._down[0][0] <= self.now:
            batch += self._down.pop(0)[1]
        return batch

    def _carry(self) -> None:
        if self.is_open and not self.is_paused:
            sent = self.modem.outgoing()
            self._travel(sent, self._up)
        said = bytes(self.core.output)
        self.core.output.clear()
        if self.is_open:
            self._travel(said, self._down)

    def _travel(self, data: bytes, way: list[tuple[float, bytes]]) -> None:
        data = bytes(byte for byte in data if self._chance.random() >= self.wire.loss) if self.wire.loss else data
        step = self.wire.piece or max(1, len(data))
        for start in range(0, len(data), step):
            way.append((self.now + self.wire.late, data[start : start + step]))

    # --- the owner --------------------------------------------------------------------------------------------

    def _take(self, events: list[ModemEvent]) -> None:
        for event in events:
            self.events.append(event)
            self.times.append(self.now)
            match event:
                case Audio(samples):
                    self._answer(len(samples))
                case Signal(Sign.UNDERRUN):
                    self.ledger.ran_dry()
                case Seized() if self.modem.way is not Way.RECORD:
                    self.ledger = Ledger()
                    self.modem.play(self.ledger.prefill())
                    self.is_talking = True
                case SeizeFailed() | Released() | StreamStopped():
                    self.is_talking = False
                case Failed():
                    self._close()

    def _answer(self, received: int) -> None:
        if not self.is_talking:
            return
        owed = self.ledger.owed(received)
        spoken = b"" if self.play is None else self.play.read(owed)
        self.modem.play(spoken.ljust(owed, b"\xff"))
        stream = self.core.stream
        if stream is not None:
            self.levels.append(stream.capacity - stream.room + owed)

    def _close(self) -> None:
        """What the worker does: the port is closed, which drops DTR; later it is opened again."""
        self.is_open = self.is_talking = False
        self._up.clear()
        self._down.clear()
        self.core.set_dtr(False, self.now)
        self._reopen_at = self.now + REOPEN if self.reopens else None

    def _reopen(self) -> None:
        self._reopen_at, self.is_open = None, True
        self.core.set_dtr(True, self.now)
        self.modem = Modem(country(self.code))
        self.modem.start(self.now)

    def _told(self, since: int) -> list[ModemEvent]:
        return [event for event in self.events[since:] if not isinstance(event, Audio)]
