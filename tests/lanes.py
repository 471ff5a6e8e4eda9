"""Two lanes: `./deskbell test` runs the real-time tests one after another in one, and everything else beside it.

A test that listens to sound or counts on a ring time must not share its core with another of its kind; the pure ones
only want to be finished. Both lanes together take the time of the longer one. Loaded by `-p tests.lanes`, beside xdist.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.conftest import is_real_time


class Lanes(LoadScopeScheduling):  # type: ignore[misc]
    """Gives all real-time tests to one worker, and of the others a file at a time to whoever is free.

    A scheduler of our own, because `--dist loadgroup` does nothing with pytest 9.2 (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return "real time" if is_real_time(nodeid) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Put the lanes in the place of xdist's own ways to share the tests out."""
    return Lanes(config, log)
