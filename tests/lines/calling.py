"""A line that calls out, in virtual time: the virtual card's core and exchange, the driver, the line and its sound.

Our side of the leg is a list of what was asked and two pipes, emptied and filled 20 ms at a time.
"""

from pathlib import Path

import numpy as np

from appliance.lines.facts import LegAsked, LegEnded, LegFact, LegPressed, next_attempt
from appliance.lines.line import Line
from appliance.lines.music import Music
from appliance.lines.settings import Line as LinePort
from appliance.lines.states import State
from appliance.lines.talk import Pipes
from hw.modem.countries import country
from hw.modem.driver import Modem
from hw.modem.events import ModemEvent
from hw.sim.dialled import Fate, Subscriber
from hw.sim.eventlog import What
from hw.sim.sound import Sound
from hw.sim.ulaw import decode
from tests.hw.modem.scripted import WIRES, Wire
from tests.hw.modem.virtual import VirtualLine
from tests.lines.bench import ListedTrunk

FRAME = 160
OUR_HZ = 650.0


class CallingLine(VirtualLine):
    """In service when it is made. `calls` asks for a number, as the switch would."""

    def __init__(
        self, folder: Path, personality: str = "cx93001_2013", wire: Wire = WIRES[0], code: str = "JP", seed: int = 1,
        **port: object,
    ) -> None:  # fmt: skip
        self.trunk, self.pipes = ListedTrunk(), Pipes()
        self.told: list[tuple[float, State, str]] = []
        self.our_voice: Sound | None = None
        self.we_heard = bytearray()
        self._media_due = 0.0
        port = {"echo_cancelling": False, **port}
        self.line = Line(
            LinePort("line1", "none", code, **port),  # type: ignore[arg-type]
            self.trunk,
            self.pipes,
            Music(folder / "none.wav"),
            lambda state, alarm, number: self.told.append((self.now, state, number)),
        )
        super().__init__(personality, wire, code, seed, reopens=True)
        self._open_line()
        self._media_due = self.now
        self.state(State.IDLE)

    # --- stories ----------------------------------------------------------------------------------------------------

    def has(self, number: str, fate: Fate = Fate.ANSWERS, **subscriber: object) -> "CallingLine":
        """Somebody has this number ("" is everybody)."""
        self.core.line.numbering.subscribers[number] = Subscriber(fate, **subscriber)  # type: ignore[arg-type]
        return self

    def calls(self, number: str = "0312345678", **asked: bool) -> int:
        """The switch asks for a call; the number of its dialog."""
        attempt = next_attempt()
        self.fact(LegAsked(attempt, number, **asked))
        return attempt

    def gives_up(self, attempt: int) -> None:
        """Whoever asked for the call hangs up."""
        self.fact(LegEnded(attempt, 487, "cancelled"))

    def presses(self, attempt: int, keys: str) -> None:
        """Whoever asked for the call presses keys."""
        self.fact(LegPressed(attempt, keys))

    def fact(self, fact: LegFact) -> None:
        self.line.leg(fact, self.now)
        self._carry()

    def state(self, *wanted: State, seconds: float = 40.0) -> float:
        """Let time pass until the line is in one of the states; how long it took."""
        begun = self.now
        while self.now < begun + seconds:
            if self.line.state in wanted:
                return self.now - begun
            self.run(0.02)
        raise AssertionError(f"not {wanted} within {seconds} s but {self.line.state.value}: {self.told[-6:]}")

    @property
    def dialled(self) -> list[str]:
        """What the exchange made of the digits it heard, call by call."""
        return [event.detail for event in self.core.log.all() if event.what is What.DIALLED]

    def codes(self) -> list[int]:
        """With which SIP status calls were refused."""
        return [code for _, code, _ in self.trunk.refused]

    # --- time -------------------------------------------------------------------------------------------------------

    def _dues(self) -> list[float | None]:
        return [*super()._dues(), self.line.next_deadline(), self._media_due]

    def _turn(self) -> None:
        super()._turn()
        while self._media_due <= self.now:
            said = b"" if self.our_voice is None else self.our_voice.read(FRAME)
            self.pipes.to_line.push(decode(said.ljust(FRAME, b"\xff")).astype(np.int16).tobytes())
            self.we_heard += self.pipes.from_line.pull(FRAME)
            self._media_due += 0.02
        if self.is_open:
            self.line.tick(self.now)
            self._close_if_failed()

    # --- the owner --------------------------------------------------------------------------------------------------

    def _take(self, events: list[ModemEvent]) -> None:
        for event in events:
            if self.is_open:
                self.events.append(event)
                self.line.hear(event, self.now)
        self._close_if_failed()

    def _close_if_failed(self) -> None:
        if self.is_open and self.line.state is State.FAULT:
            self._close()

    def _reopen(self) -> None:
        self._reopen_at, self.is_open = None, True
        self.core.set_dtr(True, self.now)
        self._open_line()

    def _open_line(self) -> None:
        self.modem = Modem(country(self.code), self.line.port.modem_init)
        self.line.opened(self.modem, self.now)


def numbers(count: int, seed: int = 7) -> list[str]:
    """So many numbers of 3 to 13 digits, at random."""
    chance = np.random.default_rng(seed)
    keys = "0123456789"
    return ["".join(chance.choice(list(keys), int(length))) for length in chance.integers(3, 14, count)]
