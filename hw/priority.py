"""Whoever carries samples comes before everything else on the machine: 60 ms late, and a caller hears a gap."""

import os

NICE = -10
CRYSTAL = 1
"""What stands for a card's own clock comes before even those who feed it: a real one waits for no processor."""


def come_first(before_others: int = 0) -> str:
    """Ask for it on the first thread, before there are others: they inherit it. Returns what was granted, "" for none.

    `before_others` is how many steps before the rest of those who carry samples. Whom the service manager starts in
    real time (`CPUSchedulingPolicy=rr`, fxo §2.7) stays so. Nobody takes it for being root: on a machine too slow for
    its lines real time leaves nobody else a turn (5 s, seen in the test kernel). Otherwise a better place.
    """
    try:
        if (policy := os.sched_getscheduler(0)) in (os.SCHED_RR, os.SCHED_FIFO):
            priority = os.sched_getparam(0).sched_priority + before_others
            os.sched_setscheduler(0, policy, os.sched_param(priority))
            return "real time"
        os.setpriority(os.PRIO_PROCESS, 0, NICE - before_others)
    except PermissionError:
        return ""
    return f"nice {NICE - before_others}"
