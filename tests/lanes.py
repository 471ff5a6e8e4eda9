"""Three lanes for what keeps real time, and behind them what does not.

Two boxes at once starve each other's sound when both are busy. So boxes whose sound is judged frame by frame go one by
one; beside them goes what mostly computes or starts and stops (line cards), and in the third lane boxes that
mostly wait, for dial tone, digits, rings, and switches. They share two cores well. The rest comes a file at a time to
whoever is free, and whoever takes some of it lets the others go first. Two workers more that began with the rest made
nothing quicker: lanes heard gaps and measured again, and Chromium starved. Loaded by `-p tests.lanes`, beside xdist.
"""

import functools
import os
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.conftest import BOXES, keeps_real_time

THAT_WAIT: Final = (
    *(f"{BOXES}test_{name}.py" for name in ("calls_out", "line_ends", "modem_dials", "texts")),
    "tests/switch/",
)
OF_ONE_TIMER: Final = "tests/switch/test_texts.py"
"""Half a minute of it is a message that nobody answers: a lane of its own, and whoever had it does the rest."""
BEHIND_THE_OTHERS: Final = 10
"""Not idle class: that got a second of work done in forty when the lanes were busy, and a test has two minutes."""
THE_KERNEL: Final = "tests/hil/"
"""A machine of its own with one processor, and sound in it: it follows the lanes, and goes before the rest."""
THAT_TALK_LITTLE: Final = tuple(
    f"{BOXES}test_{name}.py" for name in ("bad_input", "commands", "feature_codes", "moved_phone")
)
BESIDE_NO_OTHER: Final = (BOXES, "tests/edge/")
"""One after another: boxes, and the little that edges do alone, which makes the lanes end together."""


class Lanes(LoadScopeScheduling):  # type: ignore[misc]
    """What must not run beside its like stays together; of the rest, a file.

    A scheduler of our own, because `--dist loadgroup` does nothing with pytest 9.2 (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        if not keeps_real_time(nodeid):
            return nodeid.partition("::")[0]
        if nodeid.startswith(OF_ONE_TIMER):
            return nodeid.partition("::")[0]
        if nodeid.startswith(THE_KERNEL):
            return "test kernel"
        if nodeid.startswith(THAT_WAIT):
            return "boxes that wait"
        is_box = nodeid.startswith(BESIDE_NO_OTHER) and not nodeid.startswith(THAT_TALK_LITTLE)
        return "boxes" if is_box else "beside boxes"


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Put the lanes in the place of xdist's own ways to share the tests out."""
    return Lanes(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Step back for good with the first test that keeps no real time: a worker's real-time ones are over by then."""
    if not keeps_real_time(item.nodeid):
        _step_back()


@functools.cache
def _step_back() -> None:
    os.nice(BEHIND_THE_OTHERS)
