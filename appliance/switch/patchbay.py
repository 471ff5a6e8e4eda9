"""Who hears whom: for every sink on the bridge the sources it is to hear, brought about by the fewest changes.

Every leg that nobody listens to is heard by the drain, else its jitter buffer fills and the first second of a
conversation comes late by as much.
"""

from typing import Protocol


class Bridge(Protocol):
    """What carries out the changes: ports are small numbers."""

    def connect(self, source: int, sink: int) -> None:
        """Let `sink` hear `source`."""

    def disconnect(self, source: int, sink: int) -> None:
        """End that."""


class Patchbay:
    """The connections of the bridge as they are, changed to what is wanted."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._sources: dict[int, frozenset[int]] = {}

    def hear(self, sink: int, sources: frozenset[int]) -> None:
        """`sink` hears exactly `sources` from now on. What it no longer hears ends first."""
        current = self._sources.get(sink, frozenset())
        for source in current - sources:
            self._bridge.disconnect(source, sink)
        for source in sources - current:
            self._bridge.connect(source, sink)
        self._sources[sink] = sources

    def also(self, sink: int, source: int) -> None:
        """`sink` hears `source` besides what it hears already."""
        self.hear(sink, self._sources.get(sink, frozenset()) | {source})

    def renewed(self, port: int) -> None:
        """`port` was closed or opened anew by pjsua2, which drops its connections: forget them all, ask again."""
        self._sources.pop(port, None)
        for sink, sources in self._sources.items():
            if port in sources:
                self._sources[sink] = sources - {port}
