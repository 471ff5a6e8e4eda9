"""The chip's own ears while a voice stream runs one way: keys, told as V.253 does (specs: fxo §2.5, §3.2).

What a chip hears while samples flow both ways nobody has documented; there it tells nothing.
"""

from hw.sim.dialled import KeyReceiver
from hw.sim.stream import Direction, VoiceStream

_BEGINS, _ENDS = b"/", b"~"


class ChipEars:
    """One card's detector."""

    def __init__(self) -> None:
        self._stream: VoiceStream | None = None
        self._receiver = KeyReceiver()

    def hear(self, stream: VoiceStream | None, from_line: bytes) -> list[bytes]:
        """The DLE codes for what was heard in these µ-law samples."""
        if stream is None or stream.direction is Direction.DUPLEX:
            return []
        if stream is not self._stream:
            self._stream, self._receiver = stream, KeyReceiver()
        return [code for key in self._receiver.hear(from_line) for code in (_BEGINS, key.encode(), _ENDS)]
