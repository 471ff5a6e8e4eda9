"""How long somebody spoke in a recording of one side of a telephone call, and how long it has been quiet since.

Speech is what is louder than a quiet line: frames of 20 ms whose mean amplitude is at least LOUD, and the PAUSE behind
them, because words have gaps. Samples are 16 bit at 8 kHz.
"""

import sys
from array import array
from typing import BinaryIO, Final

from appliance.media import wav

FRAME: Final = 160
FRAME_S: Final = 0.02
LOUD: Final = 250.0
"""About -40 dBFS: below it is what a line sounds like when nobody speaks."""
PAUSE: Final = 15
"""Frames: 0.3 s, the longest gap inside a word or between two of them."""
_CHUNK: Final = 64_000


class Speech:
    """Counts while it is fed. `spoke_s`, `quiet_s` and `heard_s` are seconds so far."""

    def __init__(self) -> None:
        self._rest = b""
        self._frames = self._spoken = 0
        self._since_loud = PAUSE
        self._quiet = 0

    @property
    def heard_s(self) -> float:
        """How much was fed."""
        return self._frames * FRAME_S

    @property
    def spoke_s(self) -> float:
        """How much of it was speech."""
        return self._spoken * FRAME_S

    @property
    def quiet_s(self) -> float:
        """How long nothing has been said, from the beginning or since the last word."""
        return self._quiet * FRAME_S

    def feed(self, samples: bytes) -> None:
        """The next samples, little-endian, in pieces of any length."""
        whole = self._rest + samples
        usable = len(whole) - len(whole) % (FRAME * wav.WIDTH)
        self._rest = whole[usable:]
        found = array("h", whole[:usable])
        if sys.byteorder == "big":
            found.byteswap()
        for start in range(0, len(found), FRAME):
            self._frame(found[start : start + FRAME])

    def _frame(self, samples: "array[int]") -> None:
        self._frames += 1
        is_loud = sum(map(abs, samples)) >= LOUD * FRAME
        self._since_loud = 0 if is_loud else self._since_loud + 1
        self._quiet = 0 if is_loud else self._quiet + 1
        if self._since_loud < PAUSE:
            self._spoken += 1


def quiet_at_end_s(file: BinaryIO, most_s: float) -> float:
    """For how long nothing has been said at the end of a mono WAV file, the gap after the last word left out.

    No more than the last `most_s` seconds are looked at. Raises ValueError when it is no such file.
    """
    sound = wav.read(file)
    if sound.channels != 1:
        raise ValueError(f"speech is looked for on one channel; this file has {sound.channels}")
    looked = min(sound.data_bytes, round((most_s + PAUSE * FRAME_S) * sound.rate) * wav.WIDTH)
    file.seek(sound.data_bytes - looked, 1)
    heard = Speech()
    heard.feed(file.read(looked))
    is_all_quiet = heard.spoke_s == 0
    return heard.quiet_s if is_all_quiet else max(0.0, heard.quiet_s - PAUSE * FRAME_S)


def spoken_s(file: BinaryIO) -> float:
    """Seconds of speech in a mono WAV file. Raises ValueError when it is none."""
    sound = wav.read(file)
    if sound.channels != 1:
        raise ValueError(f"speech is counted on one channel; this file has {sound.channels}")
    counted = Speech()
    while piece := file.read(_CHUNK):
        counted.feed(piece)
    return counted.spoke_s
