"""What can go wrong with hardware, by who is to blame.

The sentence says what was asked, what was found and what would be right.
"""


class HardwareError(Exception):
    """Root of everything `hw` raises on purpose."""


class ModemError(HardwareError):
    """The device misbehaved or is gone: retry, recover or report, but do not crash."""


class ProtocolMisuse(HardwareError):  # noqa: N818  (the misuse is ours, not a fault met)
    """Our own code broke the rules of the device (a bug): let it crash."""
