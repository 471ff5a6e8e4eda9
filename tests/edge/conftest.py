from collections.abc import Iterator

import pytest

from tests.support.running_edge import RunningEdge


@pytest.fixture(scope="module")
def edge() -> Iterator[RunningEdge]:
    """One real edge for all tests of a file; each test uses phone numbers of its own."""
    running = RunningEdge()
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture
def own_edge() -> Iterator[RunningEdge]:
    """An edge not yet started, for tests that stop, kill or starve it."""
    running = RunningEdge()
    try:
        yield running
    finally:
        running.close()
