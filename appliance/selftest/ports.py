"""Free loopback ports for self-test and tests, never the same twice in one run."""

import itertools
import os
import socket

_next = itertools.count(20000 + os.getpid() % 199 * 100)
_HIGHEST = 60000


def free_port(kind: str = "udp", run: int = 1, host: str = "127.0.0.1") -> int:
    """The first of `run` consecutive ports that nobody listens on now, `kind` udp or tcp."""
    for _ in range(_HIGHEST):
        port = 20000 + next(_next) % (_HIGHEST - 20000)
        if all(_is_free(port + offset, kind, host) for offset in range(run)):
            for _ in range(run - 1):
                next(_next)
            return port
    raise AssertionError(f"no {run} free {kind} ports in a row")


def _is_free(port: int, kind: str, host: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as attempt:
        try:
            attempt.bind((host, port))
        except OSError:
            return False
    return True
