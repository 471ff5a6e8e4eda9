"""Where two wires become four: what leaks back, and whether anybody speaks."""

import numpy as np

from hw.sim.ulaw import SILENCE, decode, encode

_QUIET = bytes(code for code in range(256) if abs(int(decode(bytes([code]))[0])) < 330)  # below -40 dBFS
_TENTH = 800


class Hybrid:
    """Sends some of what the card transmits back to it, one quantum later."""

    def __init__(self, return_loss_db: float) -> None:
        """20 dB is a well matched line, 6 a bad one."""
        self._gain = 10 ** (-return_loss_db / 20)
        self._sent = b""

    def leak(self, from_line: bytes, to_line: bytes) -> bytes:
        """`from_line` with the echo of the quantum before; `to_line` is kept for the next."""
        leaked, self._sent = self._sent, to_line
        count = len(from_line)
        echo = decode(leaked[:count].ljust(count, SILENCE)).astype(np.float64)
        return encode(decode(from_line) + self._gain * echo)


class QuietWatch:
    """The silence detector of `+VSD`."""

    def __init__(self) -> None:
        self._samples = 0

    def forget(self) -> None:
        """A new stream."""
        self._samples = 0

    def is_quiet_for(self, tenths: int, ulaw: bytes) -> bool:
        """Whether the line has been quiet for so many tenths of a second; 0 never is."""
        if not tenths or ulaw.translate(None, _QUIET):
            self._samples = 0
            return False
        self._samples += len(ulaw)
        return self._samples >= tenths * _TENTH
