"""Tests that keep real time come first; `./deskbell test` gives them a lane of their own (tests/lanes.py)."""

from typing import Final

import pytest

REAL_TIME: Final = ("tests/system/", "tests/switch/", "tests/lines/", "tests/hil/", "tests/test_selftest.py")


def is_real_time(nodeid: str) -> bool:
    """Whether a test keeps real time: sound, ring times, a kernel of its own."""
    return nodeid.startswith(REAL_TIME)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the real-time tests: their lane is the longer one."""
    items.sort(key=lambda item: not is_real_time(item.nodeid))
