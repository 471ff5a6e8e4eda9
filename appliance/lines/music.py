"""Hold music of our own, for a caller whose switch died: the line must not fall silent."""

import logging
import wave
from pathlib import Path

from appliance.media import ulaw

logger = logging.getLogger(__name__)
SILENCE = bytes((ulaw.SILENCE,))


class Music:
    """A WAV (mono, 16 bit, 8 kHz) as an endless loop of µ-law samples; silence, with a warning, when there is none."""

    def __init__(self, path: Path) -> None:
        self._samples = _load(path) or SILENCE
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next `count` samples."""
        out = bytearray()
        while len(out) < count:
            piece = self._samples[self._at : self._at + count - len(out)]
            out += piece
            self._at = (self._at + len(piece)) % len(self._samples)
        return bytes(out)


def _load(path: Path) -> bytes:
    try:
        with wave.open(str(path), "rb") as music:
            shape = (music.getnchannels(), music.getsampwidth(), music.getframerate())
            if shape == (1, 2, 8000):
                return ulaw.encode(music.readframes(music.getnframes()))
            logger.warning("Hold music %s has channels, bytes, rate %s; (1, 2, 8000) would be right", path, shape)
    except (OSError, EOFError, wave.Error) as wrong:
        logger.warning("Hold music %s cannot be read (%s); a caller whose switch dies will hear silence", path, wrong)
    return b""
