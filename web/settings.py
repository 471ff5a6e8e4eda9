"""How the page is served: addresses, names it answers to, and the patience it has. Times are seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass


def announce_to_nobody(_: str) -> None:
    """Tell nobody the first-start code (tests read it from `first_start_code`)."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Everything `make_app` and `PageServer` are told.

    `allowed_hosts` are names besides `localhost` and IP literals the page answers to (DNS rebinding).
    `code` fixes the first-start code; empty: one is made. `announce` is called once with it when it is needed.
    `clock` must be the desk's own, the one of the views' times; `wall` is seconds since 1970.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    allowed_hosts: tuple[str, ...] = ()
    tls: bool = False
    code: str = ""
    announce: Callable[[str], None] = announce_to_nobody
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    tick_s: float = 0.2
    heartbeat_s: float = 10.0
    stall_s: float = 20.0
    streams: int = 200
    connections: int = 256
    connections_per_address: int = 16
    keepalive_s: float = 15.0
    body_limit: int = 1 << 20
    attempts: int = 5
    attempts_window_s: float = 60.0
    idle_s: float = 30 * 60.0
    absolute_s: float = 12 * 3600.0
