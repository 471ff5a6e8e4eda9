"""Whether the machine under the tests kept up: what it held back, nobody could play, and no test may blame the box for.

One watch for the whole run; a test asks for what happened since it began.
"""

import time
from pathlib import Path

from appliance.selftest.starving import Lateness


class Machine:
    """The watch and the moment the present test began."""

    def __init__(self) -> None:
        self._lateness = Lateness()
        self._began = 0.0
        self._is_watched = False

    def test_begins(self) -> None:
        """Only what happens from now on excuses anything."""
        if not self._is_watched:
            self._lateness.__enter__()  # a daemon thread, to the end of the run
            self._is_watched = True
        self._began = time.monotonic()

    def excused_frames(self) -> int:
        """Silent 20 ms frames that a stand-still of this machine explains; 0 on a machine that kept up."""
        return self._lateness.frames(self._began)


MACHINE = Machine()


def held_up_s(pid: int) -> float:
    """How long a process could have run while others had the processor; 0 where the kernel does not count that."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0
