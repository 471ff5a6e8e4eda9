"""What a card's firmware may do to commands besides obeying them: refuse, forget, keep silent, dawdle (fxo §3.4)."""

from dataclasses import dataclass
from enum import Enum


class Whim(Enum):
    """What becomes of one command."""

    OBEYED = "obeyed"
    ERROR = "error"  # not done, answered ERROR
    NONE = "none"  # done, but never answered
    DEAF = "deaf"  # neither done nor answered
    LATE = "late"  # done and answered late


@dataclass(slots=True)
class _Plan:
    whim: Whim
    command: str
    seconds: float
    left: int


class Mischief:
    """The whims one card has in store. `slow` multiplies every latency, `latency` is added in seconds."""

    def __init__(self) -> None:
        self.slow, self.latency = 1.0, 0.0
        self._plans: list[_Plan] = []

    def plan(self, whim: Whim, command: str = "", seconds: float = 2.0, count: int = 1) -> None:
        """The next `count` lines that are `command` (with its AT; any if empty) meet with `whim`."""
        self._plans.append(_Plan(whim, command.upper(), seconds, count))

    def forget(self) -> None:
        """Nothing is planned any more."""
        self._plans.clear()

    def meet(self, line: str, usual: float) -> tuple[Whim, float]:
        """What becomes of a line (with its AT) that usually takes `usual` seconds, and how long it takes."""
        takes = usual * self.slow + self.latency
        for plan in self._plans:
            if plan.left and plan.command in ("", line.upper()):
                plan.left -= 1
                return plan.whim, takes + (plan.seconds if plan.whim is Whim.LATE else 0.0)
        return Whim.OBEYED, takes
