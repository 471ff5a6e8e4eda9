"""Who carries samples asks for the first place in the queue, and works without it."""

import os
import subprocess
import sys

import pytest

ASK = """
import os
from hw.priority import CRYSTAL, come_first
{}
print(come_first({}), os.sched_getscheduler(0), os.sched_getparam(0).sched_priority, sep=",")
"""
IS_ROOT = os.getuid() == 0


def asked(first: str = "", steps: str = "") -> str:
    done = subprocess.run([sys.executable, "-c", ASK.format(first, steps)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(not IS_ROOT, reason="only root may start somebody in real time")
@pytest.mark.parametrize(("steps", "priority"), [("", 3), ("CRYSTAL", 4)])
def test_who_was_started_in_real_time_stays_so_and_a_cards_clock_before_who_feeds_it(steps: str, priority: int):
    started = "os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(3))"
    assert asked(started, steps) == f"real time,{os.SCHED_RR},{priority}"


@pytest.mark.parametrize(("steps", "nice"), [("", -10), ("CRYSTAL", -11)])
def test_nobody_takes_real_time_for_being_root(steps: str, nice: int):
    assert asked(steps=steps) == (f"nice {nice}" if IS_ROOT else "") + f",{os.SCHED_OTHER},0"


def test_whoever_may_not_come_first_works_all_the_same():
    assert asked("os.getuid() or os.setuid(65534)") == f",{os.SCHED_OTHER},0"
