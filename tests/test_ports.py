"""The ports that tests and self-test start things on: never the same for two processes that run at once."""

import json
import subprocess
import sys

from appliance.selftest.ports import free_port

TAKE = """
import json
from appliance.selftest.ports import free_port
print(json.dumps([free_port() for _ in range(4500)]), flush=True)
input()
"""


def test_two_processes_are_never_given_the_same_port_however_many_they_ask_for() -> None:
    words = [sys.executable, "-c", TAKE]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = set(json.loads(other.stdout.readline()))
        mine = {free_port() for _ in range(4500)}
        other.communicate("\n")
    assert min(len(theirs), len(mine)) > 3000  # each has gone round its own block
    assert not mine & theirs


def test_a_run_of_ports_is_given_to_nobody_else() -> None:
    first = free_port(run=200)
    assert all(not first <= free_port() < first + 200 for _ in range(1500))
