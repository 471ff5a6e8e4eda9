"""Who hung up? The evidence of one conversation on an analogue line (fxo §2.8, rules S1 to S3).

Only what came from the line is judged, never what we send.
"""

from typing import Final

from appliance.media.cadence import CYCLES, FRAME, FRAME_S, Detector, Tone
from hw.modem.events import Sign

SPEECH_DB: Final = -38.0
CONFIRM: Final = 0.4  # quiet seconds after a loop drop that make it a hang-up
FORGET: Final = 3.0  # a loop drop under speech this long ago was something else
FRAME_BYTES: Final = 2 * FRAME


class FarEnd:
    """One conversation; made when samples begin to flow. `hear` and `sign` return why the far end is gone, or ''."""

    def __init__(self, country: str) -> None:
        self._detector = Detector(country)
        self._rest = b""
        self._cycles = CYCLES
        self._dial_s = 1.5
        self._since_drop: float | None = None
        self._quiet = 0.0

    def sign(self, sign: Sign) -> None:
        """A signal of the modem's own detectors; none of them hangs up by itself."""
        if sign in (Sign.LOOP_DROP, Sign.VOLTAGE_DROP):
            self._since_drop, self._quiet = 0.0, 0.0
        elif sign is Sign.BUSY:
            self._cycles = CYCLES - 1
        elif sign is Sign.DIAL_TONE:
            self._dial_s = 0.8

    def hear(self, pcm: bytes) -> str:
        """Judge linear samples from the line."""
        self._rest += pcm
        while len(self._rest) >= FRAME_BYTES:
            frame, self._rest = self._rest[:FRAME_BYTES], self._rest[FRAME_BYTES:]
            why = self._frame(frame)
            if why:
                return why
        return ""

    def _frame(self, frame: bytes) -> str:
        tone = self._detector.hear(frame, self._cycles, self._dial_s)
        if tone in (Tone.BUSY, Tone.REORDER, Tone.DIAL):
            return tone.value
        return "loop current dropped" if self._is_drop_confirmed() else ""

    def _is_drop_confirmed(self) -> bool:
        if self._since_drop is None:
            return False
        self._since_drop += FRAME_S
        is_speech = self._detector.level > SPEECH_DB and not self._detector.is_tonal
        self._quiet = 0.0 if is_speech else self._quiet + FRAME_S
        if self._since_drop > FORGET:
            self._since_drop = None
        return self._quiet >= CONFIRM
