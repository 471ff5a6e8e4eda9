"""Tests that keep real time come first, so that the two lanes of `./deskbell test` (tests/lanes.py) end together."""

from typing import Final

import pytest

REAL_TIME: Final = ("tests/system/", "tests/lines/", "tests/switch/", "tests/hil/", "tests/test_selftest.py")
"""Sound, ring times, a kernel of their own; the slowest folder first."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the real-time tests, in the order above."""
    items.sort(key=lambda item: next((i for i, one in enumerate(REAL_TIME) if item.nodeid.startswith(one)), 99))
