"""Tells the service manager that the desk is alive: ready once, then a beat while its loop turns (sd_notify).

A desk whose loop stands still misses its beats and is started again (WatchdogSec=). Without a service manager, or where
it watches another process, this does nothing.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Mapping
from typing import Final

logger = logging.getLogger(__name__)

BEATS: Final = 3
"""How many beats there are in the service manager's patience: one may be late."""


def every_s(environ: Mapping[str, str], pid: int) -> float | None:
    """How often to beat, None when nobody waits for beats of this process."""
    told = environ.get("WATCHDOG_USEC", "")
    watched = environ.get("WATCHDOG_PID", str(pid))
    if not environ.get("NOTIFY_SOCKET") or not told.isdigit() or int(told) == 0 or watched != str(pid):
        return None
    return int(told) / 1_000_000 / BEATS


async def run(environ: Mapping[str, str] = os.environ) -> None:
    """Say that the desk is ready, then beat until cancelled."""
    path = environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    _tell(path, b"READY=1")
    pause = every_s(environ, os.getpid())
    while pause is not None:
        _tell(path, b"WATCHDOG=1")
        await asyncio.sleep(pause)


def _tell(path: str, words: bytes) -> None:
    """One datagram, never waited for; a service manager that does not listen is no reason to stop working."""
    address = "\0" + path[1:] if path.startswith("@") else path
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as sender:
            sender.sendto(words, address)
    except OSError as wrong:
        logger.warning("The service manager cannot be told %s: %s", words.decode(), wrong.strerror)
