"""The thread that hears every edge of one chip's lines: it sleeps in the kernel until there is one.

An edge's time is the kernel's own (CLOCK_MONOTONIC), however late this thread comes to hear of it.

Threads: `hear`, `forget` and `close` belong to the panel's thread, `tell` is called on this one. Who takes `lock` may
use the requests of the lines that are heard; it is never held while edges are told.
"""

import os
import select
import threading
from collections.abc import Callable
from typing import TypeAlias

import gpiod

Tell: TypeAlias = Callable[[bool, float], None]
"""Called with the level that the edge brought, and when."""

_RISING = gpiod.EdgeEvent.Type.RISING_EDGE


class Edges:
    """One sleeping thread for any number of lines; it starts with the first of them."""

    def __init__(self, name: str) -> None:
        self.lock = threading.Lock()
        self._lines: dict[int, tuple[gpiod.LineRequest, Tell]] = {}
        self._epoll, self._stop = select.epoll(), os.eventfd(0)
        self._epoll.register(self._stop, select.EPOLLIN)
        self._thread = threading.Thread(target=self._run, name=f"edges of {name}", daemon=True)

    def hear(self, request: gpiod.LineRequest, tell: Tell) -> None:
        """Tell every edge of a request of one line from now on."""
        os.set_blocking(request.fd, False)
        with self.lock:
            self._lines[request.fd] = request, tell
            self._epoll.register(request.fd, select.EPOLLIN)
        if self._thread.ident is None:
            self._thread.start()

    def forget(self, request: gpiod.LineRequest) -> None:
        """Read no more of a request; a second time does nothing."""
        with self.lock:
            if self._lines.pop(request.fd, None) is not None:
                self._epoll.unregister(request.fd)

    def close(self) -> None:
        """End the thread; a second time does nothing."""
        if self._epoll.closed:
            return
        if self._thread.ident is not None:
            os.eventfd_write(self._stop, 1)
            self._thread.join()
        self._epoll.close()
        os.close(self._stop)

    def _run(self) -> None:
        while True:
            for descriptor, ready in self._epoll.poll():
                if descriptor == self._stop:
                    return
                self._listen(descriptor, bool(ready & select.EPOLLIN))

    def _listen(self, descriptor: int, has_edges: bool) -> None:
        """Read what a line has to tell, and tell it."""
        with self.lock:
            if descriptor not in self._lines:
                return
            request, tell = self._lines[descriptor]
            try:
                if not has_edges:
                    raise OSError  # nothing but an error to report: the chip is gone
                edges = request.read_edge_events()
            except BlockingIOError:
                return  # told of a line that was let go of; another has its number by now
            except OSError:  # a dead line reports its death for ever
                del self._lines[descriptor]
                self._epoll.unregister(descriptor)
                return
        for edge in edges:
            tell(edge.event_type is _RISING, edge.timestamp_ns / 1e9)
