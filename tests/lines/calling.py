"""A line that calls out, in virtual time: the whole line, asked for numbers that somebody has."""

from pathlib import Path

import numpy as np

from appliance.lines.facts import LegAsked, LegEnded, LegFact, LegPressed, next_attempt
from appliance.lines.states import State
from hw.sim.dialled import Fate, Subscriber
from hw.sim.eventlog import What
from tests.hw.modem.scripted import WIRES, Wire
from tests.lines.virtual import WholeLine

OUR_HZ = 650.0


class CallingLine(WholeLine):
    """In service when it is made. `calls` asks for a number, as the switch would."""

    def __init__(
        self, folder: Path, personality: str = "cx93001_2013", wire: Wire = WIRES[0], code: str = "JP", seed: int = 1,
        **port: object,
    ) -> None:  # fmt: skip
        super().__init__(folder, personality, wire, code, seed, answers=None, **port)
        self.keep_heard = True
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

    @property
    def dialled(self) -> list[str]:
        """What the exchange made of the digits it heard, call by call."""
        return [event.detail for event in self.core.log.all() if event.what is What.DIALLED]

    def codes(self) -> list[int]:
        """With which SIP status calls were refused."""
        return [code for _, code, _ in self.trunk.refused]


def numbers(count: int, seed: int = 7) -> list[str]:
    """So many numbers of 3 to 13 digits, at random."""
    chance = np.random.default_rng(seed)
    keys = "0123456789"
    return ["".join(chance.choice(list(keys), int(length))) for length in chance.integers(3, 14, count)]
