"""Whether this machine kept up: a thread that wants waking every 10 ms and notes how late it was.

A self-test on a machine that is busy with other things measures those things. What was silent while the machine held
everybody back is measured again instead of being called a fault of the box. Times are monotonic seconds.
"""

import math
import threading
import time
from types import TracebackType
from typing import Final

EVERY_S: Final = 0.01
FRAME_S: Final = 0.02
HELD_BACK_S: Final = 0.02
"""So late, and a 20 ms frame behind a 20 ms jitter buffer may be missed by anybody."""


class Lateness:
    """Watches while it is entered."""

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lateness", daemon=True)

    def __enter__(self) -> "Lateness":
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()

    def worst(self, since: float) -> float:
        """The longest time for which everything was held back since a moment; 0 when the machine kept up."""
        return max((late for at, late in tuple(self._late) if at >= since), default=0.0)

    def frames(self, since: float = 0.0) -> int:
        """How many 20 ms frames that may have cost since a moment, at both ends of the way of a voice."""
        return math.ceil(2 * sum(late for at, late in tuple(self._late) if at >= since) / FRAME_S)

    def _run(self) -> None:
        due = time.monotonic() + EVERY_S
        while not self._over.wait(max(0.0, due - time.monotonic())):
            now = time.monotonic()
            if now - due > HELD_BACK_S:
                self._late.append((now, now - due))
            due = now + EVERY_S
