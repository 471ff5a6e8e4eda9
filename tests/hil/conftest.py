"""The tests of `inside/` are collected here and run there: in the test kernel, which is booted once for all of them.

They are ordinary tests to whoever starts them: `-k`, a single name, `-x` and the reports are pytest's own. The kernel's
pytest sends each report as it comes; what it printed when it died is the failure of the test it died in.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.hil.kernel import Kernel, KernelError
from tests.support.beside_goals import row

HERE: Final = Path(__file__).parent
INSIDE: Final = HERE / "inside"
IS_INSIDE: Final = os.environ.get("DESKBELL_HIL") == "inside"
FIGURE: Final = "figure"
LANES: Final = 1 if "PYTEST_XDIST_WORKER" in os.environ else 3
"""Kernels at once: most tests wait for a film to end or a finger to stay, so two cores have time for three of them."""

SECONDS: Final = {
    "test_fittings.py": 27, "test_lines_on_usb.py": 24, "test_presses.py": 22, "test_box.py": 17, "test_pins.py": 11,
}  # fmt: skip
"""What a file takes where three are at work, only to deal the files out evenly."""
OTHERS_S: Final = 7
THAT_HEARS: Final = "test_lines_on_usb.py"

_kernel = pytest.StashKey["_Forwarders"]()


class _Forwarder:
    """One boot for the tests of some files; after a death, one more for the tests that are left."""

    def __init__(self, names: list[str]) -> None:
        self._left = names
        self._kernel: Kernel | None = None

    def boot(self) -> None:
        """Begin with what is left. Raises KernelError when there is no kernel."""
        if self._kernel is None and self._left:
            self._kernel = Kernel(self._left)

    def reports(self, config: pytest.Config, name: str) -> Iterator[pytest.TestReport]:
        """The reports of one test. Raises KernelError when there is no kernel, or none any more."""
        try:
            self.boot()
            assert self._kernel is not None
            while (record := self._kernel.next_record()).what != "over" or record.test != name:
                if record.what == "broken":
                    raise KernelError(f"The tests cannot be imported in the test kernel: {record.facts['why']}")
                if record.what == "report" and record.test == name:
                    yield _report(config, record.facts["report"])
        except KernelError:
            self.close()
            raise
        finally:
            self._left.remove(name)

    def close(self) -> None:
        """Switch it off."""
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None


class _Forwarders:
    """Where nobody else is at work, several kernels at once; each file goes to the one that has least to do."""

    def __init__(self, items: list[pytest.Item]) -> None:
        seconds = {item.path: _seconds(item) for item in items}
        busy, lane_of = [0] * LANES, {}
        for path in sorted(seconds, key=seconds.__getitem__, reverse=True):
            lane_of[path] = busy.index(min(busy))
            busy[lane_of[path]] += seconds[path]
        self._lane = {name_inside(item): lane_of[item.path] for item in items}
        self._each = [_Forwarder([name for name, lane in self._lane.items() if lane == one]) for one in range(LANES)]

    def boot(self) -> None:
        """Begin in every lane, whoever is asked for first. Raises KernelError."""
        for each in self._each:
            each.boot()

    def reports(self, config: pytest.Config, name: str) -> Iterator[pytest.TestReport]:
        """The reports of one test. Raises KernelError."""
        self.boot()
        yield from self._each[self._lane[name]].reports(config, name)

    def close(self) -> None:
        """Switch them off."""
        for each in self._each:
            each.close()


def name_inside(item: pytest.Item) -> str:
    """A test's name as the kernel's pytest knows it: xdist puts the name of the lane behind it here."""
    lane = item.get_closest_marker("xdist_group")
    return item.nodeid.removesuffix(f"@{lane.args[0]}") if lane is not None else item.nodeid


def is_inside(item: pytest.Item) -> bool:
    """Whether the test belongs into the test kernel."""
    return item.path.is_relative_to(INSIDE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Inside, each test has its limit; here it may wait for the one before it, or be tried again.

    The tests of the rig itself come first, while the kernels are at work already; what hears sound comes last.
    """
    if IS_INSIDE:
        return
    places = [place for place, item in enumerate(items) if item.path.is_relative_to(HERE)]
    for place, item in zip(places, sorted((items[place] for place in places), key=_turn), strict=True):
        items[place] = item
        if is_inside(item):
            item.add_marker(pytest.mark.timeout(0), append=False)


def _turn(item: pytest.Item) -> tuple[bool, bool, int]:
    """Whose turn comes when; of what is inside the quick files come first."""
    return is_inside(item), item.path.name == THAT_HEARS, _seconds(item)


def _seconds(item: pytest.Item) -> int:
    """About how long the file of a test takes in the kernel."""
    return SECONDS.get(item.path.name, OTHERS_S) if is_inside(item) else 0


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test of `inside/` in the test kernel; with the first test of this folder it is booted."""
    if IS_INSIDE or not item.path.is_relative_to(HERE):
        return None
    stash = item.config.stash
    if _kernel not in stash:
        stash[_kernel] = _Forwarders([one for one in item.session.items if is_inside(one)])
        item.config.add_cleanup(stash[_kernel].close)
        with contextlib.suppress(KernelError):  # the first test inside says it
            stash[_kernel].boot()
    if not is_inside(item):
        return None
    log = item.ihook
    log.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    try:
        for report in stash[_kernel].reports(item.config, name_inside(item)):
            report.nodeid = item.nodeid
            log.pytest_runtest_logreport(report=report)
    except KernelError as wrong:
        log.pytest_runtest_logreport(report=_failure(item, str(wrong)))
    log.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    if nextitem is None or not is_inside(nextitem):
        stash[_kernel].close()
        item.session._setupstate.teardown_exact(nextitem)  # of the rig's own tests, which ran before those inside
    return True


def _report(config: pytest.Config, said: dict[str, Any]) -> pytest.TestReport:
    """A report as it was before it went through JSON, which knows no tuples."""
    said["location"] = tuple(said["location"])
    if isinstance(said["longrepr"], list):  # a skip: file, line and reason
        said["longrepr"] = tuple(said["longrepr"])
    report = config.hook.pytest_report_from_serializable(config=config, data=said)
    assert isinstance(report, pytest.TestReport)
    return report


def _failure(item: pytest.Item, sentence: str) -> pytest.TestReport:
    return pytest.TestReport(item.nodeid, item.location, dict.fromkeys(item.keywords, 1), "failed", sentence, "call")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was measured in the kernel, whether or not anything failed."""
    figures = [
        f"{value}"
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == FIGURE
    ]
    if figures and not IS_INSIDE:
        terminalreporter.section("measured in the test kernel")
        for figure in figures:
            terminalreporter.line(figure)


@pytest.fixture
def figure(record_property: pytest.FixtureRequest):
    """Tell what was measured, beside its goal: a row of the table at the end of the run."""
    return lambda what, measured, goal="": record_property(FIGURE, row(what, measured, goal))
