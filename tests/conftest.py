"""Which tests keep real time, and that they come first, so that the lanes of `./deskbell test` end together."""

from typing import Final

import pytest

BOXES: Final = "tests/system/"
REAL_TIME: Final = (
    BOXES,
    "tests/lines/",
    "tests/switch/",
    "tests/hil/",
    "tests/edge/",
    "tests/hw/sim/",
    "tests/test_selftest.py",
)
"""Sound, ring times, a kernel of their own; the slowest folder first."""
VIRTUAL_TIME: Final = (
    *(
        f"tests/lines/test_{name}.py"
        for name in ("faults_far_end", "calling", "faults_calls", "supervision", "modem_dials", "half_duplex", "fuzz")
    ),
    *(f"tests/hw/sim/test_{name}.py" for name in ("streams", "commands", "calls")),
)
"""Whole lines and cards whose clock is the test's: nothing but work."""


def keeps_real_time(test: str) -> bool:
    """Whether a test, by its id, depends on how fast the clock goes."""
    return test.startswith(REAL_TIME) and not test.startswith(VIRTUAL_TIME)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the real-time tests, in the order above; the longest of the rest follows."""
    items.sort(key=lambda item: _place(item.nodeid))


def _place(test: str) -> int:
    if keeps_real_time(test):
        return next(place for place, one in enumerate(REAL_TIME) if test.startswith(one))
    return len(REAL_TIME) + (not test.startswith(VIRTUAL_TIME))
