"""WAV files of telephone audio: their header, their repair after a crash, two mono channels merged into one file.

Everything works on open binary files, 16-bit PCM in 44-byte headers, the only kind we write.
"""

import struct
import sys
from array import array
from dataclasses import dataclass
from typing import BinaryIO, Final

RATE: Final = 8000
WIDTH: Final = 2
HEADER_BYTES: Final = 44
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_CHUNK_SAMPLES: Final = 32_000
_MAX_BYTES: Final = 0xFFFFFFFF - HEADER_BYTES


@dataclass(frozen=True, slots=True)
class Sound:
    """What a header says of its file."""

    channels: int
    rate: int
    data_bytes: int

    @property
    def seconds(self) -> float:
        """The length of the sound."""
        return self.data_bytes / (self.channels * WIDTH * self.rate)


def header(channels: int, data_bytes: int, rate: int = RATE) -> bytes:
    """The 44 bytes before `data_bytes` of samples."""
    data = min(data_bytes, _MAX_BYTES)
    block = channels * WIDTH
    return _HEADER.pack(
        b"RIFF", data + 36, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * block, block, 8 * WIDTH, b"data", data
    )


def read(file: BinaryIO) -> Sound:
    """Read the header at the file's beginning; the file stands at the first sample. Raises ValueError."""
    file.seek(0)
    head = file.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES:
        raise ValueError(f"the file has {len(head)} bytes; a WAV file has at least {HEADER_BYTES}")
    riff, _, wave, fmt, _, kind, channels, rate, _, _, bits, data, length = _HEADER.unpack(head)
    if (riff, wave, fmt, data) != (b"RIFF", b"WAVE", b"fmt ", b"data") or (kind, bits) != (1, 16) or not channels:
        raise ValueError("the file is not a plain 16-bit PCM WAV file with a 44-byte header")
    return Sound(channels, rate, length)


def sizes(file_bytes: int) -> tuple[bytes, bytes]:
    """The RIFF and the data length fields for a file of `file_bytes`: they stand at offsets 4 and 40."""
    data = max(0, min(file_bytes - HEADER_BYTES, _MAX_BYTES))
    return struct.pack("<I", data + 36), struct.pack("<I", data)


def repair(file: BinaryIO, channels: int = 1) -> Sound:
    """Rewrite the header of a file whose writer died, from its size. An empty file becomes an empty sound."""
    size = file.seek(0, 2)
    data = max(0, size - HEADER_BYTES)
    data -= data % (channels * WIDTH)
    file.seek(0)
    file.write(header(channels, data))
    return read(file)


def shorten(file: BinaryIO, seconds: float, channels: int = 1) -> Sound:
    """Leave no more than so many seconds; the file is whole at every moment, its header right at the end."""
    sound = read(file)
    kept = round(seconds * sound.rate) * channels * WIDTH
    file.truncate(HEADER_BYTES + min(kept, sound.data_bytes))
    return repair(file, channels)


def merge(left: BinaryIO, right: BinaryIO, target: BinaryIO) -> Sound:
    """Write the two mono files as one of two channels; the shorter one is followed by silence.

    Raises ValueError when one of them is not a mono file.
    """
    sounds = (read(left), read(right))
    if any(sound.channels != 1 for sound in sounds):
        raise ValueError("two mono files are merged; one of these has more channels")
    samples = max(sound.data_bytes for sound in sounds) // WIDTH
    target.write(header(2, samples * 2 * WIDTH, sounds[0].rate))
    for start in range(0, samples, _CHUNK_SAMPLES):
        count = min(_CHUNK_SAMPLES, samples - start)
        both = array("h", bytes(count * 2 * WIDTH))
        both[0::2] = _samples(left, count)
        both[1::2] = _samples(right, count)
        target.write(_little(both).tobytes())
    return Sound(2, sounds[0].rate, samples * 2 * WIDTH)


def _samples(file: BinaryIO, count: int) -> "array[int]":
    """The next `count` samples, with silence where the file ended."""
    raw = file.read(count * WIDTH)
    return _little(array("h", raw[: len(raw) - len(raw) % WIDTH].ljust(count * WIDTH, b"\0")))


def _little(samples: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
