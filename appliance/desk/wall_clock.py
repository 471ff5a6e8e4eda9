"""Wall time and whether it may be believed (D-11): what the kernel, a time daemon and a battery clock say.

Only opening hours and the day's date are read from here; timers are monotonic. Reads three small kernel interfaces
and starts no process, so it may be asked on the way of a call. One object belongs to one thread.
"""

import ctypes
import time
from pathlib import Path
from typing import Final, Protocol

from appliance.acd.schedule import Trust, clock_trust

SYNCHRONIZED: Final = Path("/run/systemd/timesync/synchronized")
RTC: Final = Path("/sys/class/rtc/rtc0/since_epoch")
RTC_NEAR_S: Final = 60.0
"""A wall clock further than this from the battery clock was not set by it."""
_TIME_ERROR: Final = 5
_TIMEX_BYTES: Final = 256  # struct timex is 208 bytes on 64 bits; the kernel writes no more than its own


class WallClock(Protocol):
    """What the hours are judged by."""

    def wall(self) -> float:
        """Seconds since 1970 UTC, as the box believes."""
        ...

    def trust(self) -> Trust:
        """Whether to believe it."""
        ...


class SystemWallClock:
    """The machine's wall clock. Once it was synchronised it is believed until the desk ends."""

    def __init__(self, latest_known: float, synchronized: Path = SYNCHRONIZED, rtc: Path = RTC) -> None:
        """`latest_known` is the newest wall time that certainly has passed, in seconds since 1970."""
        self._latest_known, self._synchronized, self._rtc = latest_known, synchronized, rtc
        self._was_synchronised = False

    def wall(self) -> float:
        """Seconds since 1970 UTC."""
        return time.time()

    def trust(self) -> Trust:
        """HIGH once NTP has set the clock, or while a plausible battery clock agrees with it."""
        if not self._was_synchronised:
            self._was_synchronised = self._synchronized.exists() or _kernel_is_synchronised()
        return clock_trust(self._was_synchronised, self._battery(), self._latest_known)

    def _battery(self) -> float | None:
        """What the battery clock says, None when there is none or the wall clock was not set by it."""
        try:
            rtc = float(self._rtc.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return rtc if abs(rtc - self.wall()) <= RTC_NEAR_S else None


def program_built() -> float:
    """When this program was installed: no later than now, so a lower bound for the wall clock."""
    try:
        return Path(__file__).stat().st_mtime
    except OSError:
        return 0.0


def _kernel_is_synchronised() -> bool:
    """Whether the kernel's clock is disciplined: adjtimex(2), asked without changing anything (modes 0)."""
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(asked)
    except (OSError, AttributeError):
        return False  # no such call here
    return 0 <= int(state) < _TIME_ERROR
