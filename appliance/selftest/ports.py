"""Free loopback ports for self-test and tests, never the same twice in one run."""

import itertools
import os
import socket

_next = itertools.count(20000 + os.getpid() % 199 * 100)
_HIGHEST = 60000


def free_port(run: int = 1, host: str = "127.0.0.1") -> int:
    """The first of `run` consecutive ports that nobody has now, neither for UDP nor for TCP."""
    for _ in range(_HIGHEST):
        port = 20000 + next(_next) % (_HIGHEST - 20000)
        if all(_is_free(port + offset, host) for offset in range(run)):
            for _ in range(run - 1):
                next(_next)
            return port
    raise AssertionError(f"no {run} free ports in a row")


def _is_free(port: int, host: str) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as attempt:
            try:
                attempt.bind((host, port))
            except OSError:
                return False
    return True
