"""Two lanes: in one of `./deskbell test` the whole box runs, beside it all that keeps real time without being a box.

Two boxes at once would starve each other's sound; a box and a line card, a kernel or a pure test share two cores well.
The pure ones come a file at a time, to whoever is free. Loaded by `-p tests.lanes`, beside xdist.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.conftest import REAL_TIME

BOX = "tests/system/"


class Lanes(LoadScopeScheduling):  # type: ignore[misc]
    """What must not run beside its like stays together; of the rest, a file.

    A scheduler of our own, because `--dist loadgroup` does nothing with pytest 9.2 (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(BOX):
            return BOX
        return "real time" if nodeid.startswith(REAL_TIME) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Put the lanes in the place of xdist's own ways to share the tests out."""
    return Lanes(config, log)
