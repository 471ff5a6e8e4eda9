"""Free loopback ports for self-test and tests, never handed out by two processes at once.

What is started on such a port may stop and start there again, so "free at this moment" is not enough: a process takes a
block of ports and holds its last one open as long as it lives. Blocks begin below the ports that the kernel gives away
by itself, and are used in turn, so that a port comes back only after some thousand others.
"""

import itertools
import socket
import threading
from functools import cache
from typing import Final

_BLOCK: Final = 4000
_BLOCKS: Final = range(10_000, 58_000, _BLOCK)


class Block:
    """The ports of this process; `held` keeps other processes out while it is open."""

    def __init__(self, first: int, held: socket.socket) -> None:
        self._first, self._held = first, held
        self._next, self._turn = itertools.count(), threading.Lock()

    def take(self, run: int, host: str) -> int:
        """The first of `run` consecutive ports of the block that nobody has now; threads take theirs in turn."""
        with self._turn:
            for _ in range(_BLOCK):
                start = next(self._next) % (_BLOCK - 1)
                if start + run < _BLOCK and all(_is_free(self._first + start + offset, host) for offset in range(run)):
                    for _ in range(run - 1):
                        next(self._next)
                    return self._first + start
        raise AssertionError(f"no {run} free ports in a row from {self._first} on; at most {_BLOCK - 1} would be right")


def free_port(run: int = 1, host: str = "127.0.0.1") -> int:
    """The first of `run` consecutive ports that nobody has, neither for UDP nor for TCP. AssertionError when none."""
    return _block().take(run, host)


@cache
def _block() -> Block:
    """The block of this process, taken at the first need."""
    for first in _BLOCKS:
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            held.bind(("127.0.0.1", first + _BLOCK - 1))
        except OSError:
            held.close()
            continue
        return Block(first, held)
    raise AssertionError(f"{len(_BLOCKS)} processes hold blocks of ports already; stop one that was left behind")


def _is_free(port: int, host: str) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as attempt:
            try:
                attempt.bind((host, port))
            except OSError:
                return False
    return True
