"""The office clock: CLOCK_MONOTONIC, continued over reboots, so that the core never sees time go back.

The only module of the desk that asks what time it is, but for `wall_clock`; everybody else is given `now`.
"""

import time
from pathlib import Path
from typing import Final

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Clock:
    """Office time in seconds; `shift` comes from the store and is the same for one boot of the machine."""

    def __init__(self, shift: float = 0.0) -> None:
        self.shift = shift

    def now(self) -> float:
        """Office time now."""
        return time.monotonic() + self.shift

    def of_monotonic(self, at: float) -> float:
        """The office time of a CLOCK_MONOTONIC stamp of this boot, as on the wire or from a button."""
        return at + self.shift

    def to_monotonic(self, at: float) -> float:
        """The CLOCK_MONOTONIC time of an office time."""
        return at - self.shift


def boot_id() -> str:
    """What the kernel calls this boot; "unknown" where it does not say."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def monotonic() -> float:
    """CLOCK_MONOTONIC in seconds, the clock of the seam."""
    return time.monotonic()
