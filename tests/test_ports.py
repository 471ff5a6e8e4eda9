"""The ports that tests and self-test start things on: never the same for two processes that run at once."""

import subprocess
import sys

from appliance.selftest.ports import free_port

TAKE = "from appliance.selftest.ports import free_port; print(free_port(), flush=True); input()"


def test_two_processes_are_given_ports_far_apart() -> None:
    words = [sys.executable, "-c", TAKE]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        mine = [free_port() for _ in range(500)]
        other.communicate("\n")
    assert len(set(mine)) == 500
    assert not any(abs(port - theirs) < 1000 for port in mine)


def test_a_run_of_ports_is_given_to_nobody_else() -> None:
    first = free_port(run=200)
    assert all(not first <= free_port() < first + 200 for _ in range(1500))
