"""What the simulator refuses to do."""

from hw.errors import HardwareError


class SimulatorError(HardwareError):
    """A verb that makes no sense in the simulated world now (say to a caller who is gone, plug what is plugged)."""
