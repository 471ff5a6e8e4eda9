"""What the driver's tests share: the four wires, each with its fixed seed."""

import pytest

from tests.hw.modem.scripted import WIRES, Wire


@pytest.fixture(params=WIRES, ids=lambda wire: wire.name)
def wire(request: pytest.FixtureRequest) -> Wire:
    """Clean, byte by byte, lossy, late: what takes this runs over each."""
    found: Wire = request.param
    return found
