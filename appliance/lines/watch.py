"""Is the switch alive? Asked on a connected socket: on loopback the kernel itself says that a dead process's port is
closed. An empty keep-alive (RFC 5626, it costs the switch nothing) goes ten times a second, so that a caller does not
hear silence for long; an OPTIONS twice a second, and each time while the switch is gone. Lives in the asyncio loop.
"""

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable
from typing import Final

EVERY: Final = 0.1
QUESTION_EACH: Final = 5  # one in so many is an OPTIONS
KEEP_ALIVE: Final = b"\r\n\r\n"
MUTE: Final = 2.0  # no answer for so long: gone, though its port is open


class SwitchWatch(asyncio.DatagramProtocol):
    """Calls `tell(True)` when the switch answers (again) and `tell(False)` when it is gone; never twice the same."""

    def __init__(self, switch: tuple[str, int], tell: Callable[[bool], None]) -> None:
        self._switch, self._tell = switch, tell
        self._is_alive: bool | None = None
        self._heard_at = time.monotonic()
        self._transport: asyncio.DatagramTransport | None = None
        self._numbers = itertools.count(1)
        self._tag = secrets.token_hex(4)

    async def run(self) -> None:
        """Watch until cancelled."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self._switch)
        self._transport = transport
        try:
            for turn in itertools.count():
                is_asked = not self._is_alive or turn % QUESTION_EACH == 0
                transport.sendto(self._question(transport.get_extra_info("sockname")) if is_asked else KEEP_ALIVE)
                if time.monotonic() - self._heard_at > MUTE:
                    self._judge(False)
                await asyncio.sleep(EVERY)
        finally:
            transport.close()

    def datagram_received(self, _answer: bytes, _sender: object) -> None:
        """Any answer is life."""
        self._heard_at = time.monotonic()
        self._judge(True)

    def error_received(self, _wrong: Exception) -> None:
        """The kernel refused: nobody holds the port."""
        self._judge(False)

    def _judge(self, is_alive: bool) -> None:
        if is_alive is not self._is_alive:
            self._is_alive = is_alive
            self._tell(is_alive)

    def _question(self, own: tuple[str, int]) -> bytes:
        number = next(self._numbers)
        host, port = self._switch
        return (
            f"OPTIONS sip:{host}:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {own[0]}:{own[1]};rport;branch=z9hG4bK{self._tag}{number}\r\n"
            f"Max-Forwards: 1\r\nFrom: <sip:watch@{own[0]}>;tag={self._tag}\r\nTo: <sip:{host}:{port}>\r\n"
            f"Call-ID: {self._tag}-{number}@lines\r\nCSeq: {number} OPTIONS\r\nContent-Length: 0\r\n\r\n"
        ).encode("ascii")
