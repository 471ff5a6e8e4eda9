"""Two lanes: `./deskbell test` runs the real-time tests one after another in one, and everything else beside them.

A test that listens to sound or counts on a ring time must not share its core with another of its kind; the pure ones
only want to be finished. Both lanes together take the time of the longer one (pytest-xdist, `--dist loadgroup`).
"""

from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
REAL_TIME: Final = ("system", "switch", "lines", "hil", "test_selftest.py")


def is_real_time(path: Path) -> bool:
    """Whether the tests of a file keep real time: sound, ring times, a kernel of their own."""
    return path.relative_to(HERE).parts[0] in REAL_TIME


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the real-time tests first and in one lane; of the others, a file stays together."""
    items.sort(key=lambda item: not is_real_time(item.path))
    if not config.pluginmanager.hasplugin("xdist"):
        return  # one lane, and nobody who knows the mark
    for item in items:
        lane = "real time" if is_real_time(item.path) else str(item.path.relative_to(HERE))
        item.add_marker(pytest.mark.xdist_group(lane))
