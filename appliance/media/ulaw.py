"""µ-law (G.711) to linear 16-bit samples and back, by table. Bytes in, bytes out; linear is in the machine's order."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

SILENCE: Final = 0xFF
_BIAS: Final = 0x84
_CLIP: Final = 32635


def _decoding() -> NDArray[np.int16]:
    """Linear value of each of the 256 codes."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + _BIAS) << ((code & 0x70) >> 4)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding() -> NDArray[np.uint8]:
    """Code of each of the 65536 linear values, indexed by the value as unsigned 16 bit."""
    value = np.arange(65536, dtype=np.uint32).astype(np.uint16).view(np.int16).astype(np.int32)
    sign = np.where(value < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(value), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    code: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return code


_LINEAR: Final = _decoding()
_CODE: Final = _encoding()


def decode(ulaw: bytes) -> bytes:
    """Linear samples, two bytes each, of µ-law samples, one byte each."""
    return _LINEAR[np.frombuffer(ulaw, np.uint8)].tobytes()


def level(ulaw: bytes) -> float:
    """Mean level in dBFS (0 is the loudest sine); -99 for silence."""
    linear = _LINEAR[np.frombuffer(ulaw, np.uint8)].astype(np.float64)
    mean = float(linear @ linear) / max(1, len(linear))
    return max(-99.0, 10 * math.log10(max(mean, 1e-9) / (32768.0**2 / 2)))


def encode(linear: bytes) -> bytes:
    """µ-law samples of linear ones. What was decoded encodes to the same bytes, but for the second zero 0x7F."""
    return _CODE[np.frombuffer(linear, np.uint16)].tobytes()
