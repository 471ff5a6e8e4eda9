"""Two lanes: `./deskbell test` gives each of two workers a file of tests at a time, the slow real-time ones first.

A test that listens to sound or counts on a ring time spends most of its time waiting, so two of them share two cores
well; the pure ones, which want a whole core, fill up the end. Loaded by `-p tests.lanes`, beside xdist.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

KERNEL = "tests/hil/"


class Lanes(LoadScopeScheduling):  # type: ignore[misc]
    """A file stays together, and so do all tests of the test kernel: it boots once for them."""

    def _split_scope(self, nodeid: str) -> str:
        return KERNEL if nodeid.startswith(KERNEL) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Put the lanes in the place of xdist's own ways to share the tests out."""
    return Lanes(config, log)
