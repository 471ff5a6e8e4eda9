"""The simulator's own companding tables: µ-law to linear and back, and every other 8-bit voice format of the chip.

On purpose not shared with `appliance.media`: an error in one of the two must be heard by the other.
Linear samples are int16 numpy arrays; companded ones are `bytes`, one byte a sample, 8000 a second.
"""

import numpy as np
import numpy.typing as npt

Linear = npt.NDArray[np.int16]

SILENCE = b"\xff"
_BIAS = 0x84
_CLIP = 32635


def _ulaw_values() -> Linear:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + _BIAS) << ((code >> 4) & 7)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _ulaw_codes() -> npt.NDArray[np.uint8]:
    """The code of every int16, at index value + 32768."""
    value = np.arange(-32768, 32768, dtype=np.int32)
    magnitude = np.minimum(np.abs(value), _CLIP) + _BIAS
    segment = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (segment + 3)) & 0x0F
    sign = np.where(value < 0, 0x80, 0)
    codes: npt.NDArray[np.uint8] = (~(sign | segment << 4 | mantissa) & 0xFF).astype(np.uint8)
    return codes


def _alaw_values() -> Linear:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment, mantissa = (code >> 4) & 7, (code & 0x0F) << 4
    magnitude = np.where(segment == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


_DECODE = _ulaw_values()
_ENCODE = _ulaw_codes()


def decode(ulaw: bytes) -> Linear:
    """Linear int16 samples of µ-law bytes, one for one."""
    return _DECODE[np.frombuffer(ulaw, dtype=np.uint8)]


def encode(linear: npt.NDArray[np.int16] | npt.NDArray[np.float64]) -> bytes:
    """µ-law bytes of linear samples; floats are rounded, what is beyond int16 is clipped."""
    clipped = np.clip(np.rint(linear), -32768, 32767).astype(np.int32)
    return _ENCODE[clipped + 32768].tobytes()


def _nearest(source: npt.NDArray[np.int32], target: npt.NDArray[np.int32]) -> bytes:
    """A `bytes.translate` table: each code of `source` becomes the code of `target` with the nearest value."""
    distance = np.abs(source[:, None] - target[None, :])
    table: npt.NDArray[np.uint8] = distance.argmin(axis=1).astype(np.uint8)
    return table.tobytes()


class VoiceFormat:
    """One 8-bit voice format of `+VSM`, as two translate tables against µ-law."""

    def __init__(self, values: npt.NDArray[np.int16]) -> None:
        """`values` are the 256 linear values of the format's codes."""
        codes, ulaw = values.astype(np.int32), _DECODE.astype(np.int32)
        is_ulaw = bool((codes == ulaw).all())
        identity = bytes(range(256))
        self._to_ulaw = identity if is_ulaw else _nearest(codes, ulaw)
        self._from_ulaw = identity if is_ulaw else _nearest(ulaw, codes)

    def to_ulaw(self, coded: bytes) -> bytes:
        """What the host sent, as µ-law."""
        return coded.translate(self._to_ulaw)

    def from_ulaw(self, ulaw: bytes) -> bytes:
        """What the line carries, as the host asked to have it."""
        return ulaw.translate(self._from_ulaw)


MU_LAW = VoiceFormat(_DECODE)
A_LAW = VoiceFormat(_alaw_values())
UNSIGNED_8 = VoiceFormat(((np.arange(256) - 128) * 256).astype(np.int16))
SIGNED_8 = VoiceFormat((np.arange(256).astype(np.int8).astype(np.int32) * 256).astype(np.int16))
