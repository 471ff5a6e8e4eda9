"""How loud the line may become: peaks of what we send stay under -3 dBFS, bent gently instead of cut (fxo §2.7).

The modem's approval covers its own levels only; what comes from a telephone or a prompt may be anything. A table from
code to code: nothing is computed while somebody talks. Tones of ours (digits) are made at their right level.
"""

from typing import Final

import numpy as np

from appliance.media import ulaw

PEAK: Final = 32767 * 10 ** (-3 / 20)
KNEE: Final = 16384.0
"""-6 dBFS: what is quieter passes as it is."""


def _table() -> bytes:
    linear = np.frombuffer(ulaw.decode(bytes(range(256))), np.int16).astype(np.float64)
    over, room = np.maximum(np.abs(linear) - KNEE, 0.0), PEAK - KNEE
    bent = KNEE + room * (1 - np.exp(-over / room))
    limited = np.where(over > 0, np.sign(linear) * bent, linear)
    codes = bytearray(ulaw.encode(limited.astype(np.int16).tobytes()))
    codes[0x7F] = 0x7F  # the second zero stays what it was
    return bytes(codes)


_LIMITED: Final = _table()


def limited(voice: bytes) -> bytes:
    """µ-law samples without peaks that a line must not be sent."""
    return voice.translate(_LIMITED)
