"""Who carries samples asks for the first place in the queue, and works without it."""

import os
import subprocess
import sys

ASK = "import os; {}from hw.priority import come_first; print(come_first(), os.sched_getscheduler(0), sep=',')"


def asked(first: str = "") -> str:
    done = subprocess.run([sys.executable, "-c", ASK.format(first)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_real_time_is_taken_where_the_kernel_gives_it_and_what_was_granted_is_said():
    assert asked() in {f"real time,{os.SCHED_RR}", f"nice -10,{os.SCHED_OTHER}", f",{os.SCHED_OTHER}"}


def test_whoever_may_not_come_first_works_all_the_same():
    assert asked("os.getuid() or os.setuid(65534); ") == f",{os.SCHED_OTHER}"
