"""What the box's processes cost: CPU time and memory read from /proc, children included."""

import contextlib
import os
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for place in found:
        with contextlib.suppress(OSError):  # it ended while we looked
            for task in Path(f"/proc/{place}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time used so far by a process and its living descendants."""
    return sum(_cpu_of(member) for member in family(pid))


def memory_mb(pid: int) -> float:
    """Proportional memory (PSS) of a process and its descendants, in MB: shared pages are counted once."""
    return sum(_pss_of(member) for member in family(pid)) / 1000


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _pss_of(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    return 0.0
