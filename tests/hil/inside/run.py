"""What the test kernel runs: the tests it is asked for, by the host's own pytest; then it switches itself off.

`run.py ROOT REQUEST`: REQUEST is a file with one test's name a line. Every report goes to the console as one line that
begins with `MARK`; what else is on the console is for people. Standard library only, until pytest is imported.
"""

import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
import time
import traceback
import tty
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.selftest.starving import Lateness

MARK = "\x1e"
TRIES = 3
HELD_BACK_S = 0.08
"""A kernel that stood still for so long was held up by the machine under it: what failed meanwhile proves nothing.

Tests allow a tenth of a second, and whoever watches looks every hundredth.
"""
POWER_OFF = 0x4321FEDC  # LINUX_REBOOT_CMD_POWER_OFF
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


class Console:
    """The way out: one JSON document a line."""

    def __init__(self) -> None:
        """Take standard output before pytest captures it."""
        tty.setraw(1)
        self._file = os.fdopen(os.dup(1), "w")

    def tell(self, what: str, **facts: object) -> None:
        """One record."""
        self._file.write(MARK + json.dumps({"what": what, **facts}) + "\n")
        self._file.flush()


class Reporter:
    """pytest's reports as they come, each as pytest itself would send it to another process."""

    def __init__(self, console: Console, lateness: "Lateness") -> None:
        self._console, self._lateness = console, lateness
        self._config = None
        self._again: list[str] = []

    def pytest_configure(self, config) -> None:
        """Remember who knows how to put a report into words."""
        self._config = config

    def pytest_runtest_protocol(self, item, nextitem) -> bool:
        """Run a test; one that failed while everything stood still is tried again, and that is told."""
        from _pytest.runner import runtestprotocol

        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for left in reversed(range(TRIES)):
            began = time.monotonic()
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            late = self._lateness.worst(began)
            if late < HELD_BACK_S or not left or not any(report.failed for report in reports):
                break
            self._again.append(f"{item.name}: tried again, this machine stood still for {1000 * late:.0f} ms")
            item.user_properties.clear()
            item._initrequest()
        for report in reports:
            if report.when == "call":
                report.user_properties.extend(("figure", again) for again in self._again)
            item.ihook.pytest_runtest_logreport(report=report)
        self._again.clear()
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report) -> None:
        """A phase of a test is over."""
        said = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._console.tell("report", test=report.nodeid, report=said)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """A test is over."""
        self._console.tell("over", test=nodeid)

    def pytest_collectreport(self, report) -> None:
        """A file that cannot be imported has no tests; the host must hear why."""
        if report.failed:
            self._console.tell("broken", why=str(report.longrepr))


def loopback_up() -> None:
    """A machine without an address of its own still talks to itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def main() -> int:
    """Run the tests that are asked for and return pytest's exit status."""
    root, request = Path(sys.argv[1]), Path(sys.argv[2])
    console = Console()
    loopback_up()
    os.chdir(root)
    sys.path.insert(0, str(root))
    os.environ["DESKBELL_HIL"] = "inside"
    import pytest

    from appliance.selftest.starving import Lateness

    console.tell("up", uptime=float(Path("/proc/uptime").read_text().split()[0]))
    options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-o", "timeout_func_only=true"]
    with Lateness() as lateness:
        return int(pytest.main([*options, *request.read_text().splitlines()], plugins=[Reporter(console, lateness)]))


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os.sync()
    ctypes.CDLL(None).reboot(POWER_OFF)
