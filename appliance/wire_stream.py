"""How the messages of `appliance/wire.py` travel: frames on a Unix stream socket.

A message is a tagged msgspec Struct in MessagePack behind a four-byte big-endian length. Both sides say `Hello` first
and refuse a peer of another version, role or user with a sentence.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Final

import msgspec

from appliance.errors import WireError
from appliance.wire import VERSION, Command, Event, Hello, Message
from appliance.wire_lines import OfLines

MAX_BYTES: Final = 4 * 1024 * 1024

_LENGTH = struct.Struct(">I")
_Said = Hello | Command | Event | OfLines
_decoder: msgspec.msgpack.Decoder[_Said] = msgspec.msgpack.Decoder(_Said)
_encoder = msgspec.msgpack.Encoder()


def encode(message: Message) -> bytes:
    """The frame of one message: length and body."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def decode(body: bytes) -> Hello | Command | Event | OfLines:
    """The message in one frame's body. Raises WireError with what was wrong in it."""
    try:
        return _decoder.decode(body)
    except msgspec.MsgspecError as wrong:
        raise WireError(f"the seam carried a message this version ({VERSION}) does not know: {wrong}") from wrong


Overhear = Callable[[Message, bool], None]
"""Is told every message and whether the peer said it."""


class Wire:
    """One end of the seam on an asyncio stream: `send`, `receive`, `close`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, overhear: Overhear | None = None
    ) -> None:
        self._reader, self._writer, self._overhear = reader, writer, overhear

    def send(self, message: Message) -> None:
        """Queue one message; never blocks. A dead peer shows itself at `receive`."""
        if not self._writer.is_closing():
            self._writer.write(encode(message))
            if self._overhear is not None:
                self._overhear(message, False)

    async def receive(self) -> Hello | Command | Event | OfLines | None:
        """The next message, or None when the peer has gone. Raises WireError on bad framing."""
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            if length > MAX_BYTES:
                raise WireError(f"the seam announced a message of {length} bytes; at most {MAX_BYTES} are right")
            message = decode(await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        if self._overhear is not None:
            self._overhear(message, True)
        return message

    async def greet(self, role: str, expect: frozenset[str]) -> str:
        """Exchange `Hello`s and return the peer's role.

        Raises WireError when the peer is of another version, another role or another user (SO_PEERCRED).
        """
        self.send(Hello(role))
        hello = await self.receive()
        if not isinstance(hello, Hello):
            raise WireError(f"the peer began with {hello!r}; Hello would be right")
        if hello.version != VERSION:
            raise WireError(f"the {hello.role} speaks version {hello.version} of the seam, this {role} {VERSION}")
        if hello.role not in expect:
            raise WireError(f"a {hello.role} connected where {' or '.join(sorted(expect))} would be right")
        return hello.role

    def peer_uid(self) -> int:
        """The user id of the process at the other end (SO_PEERCRED)."""
        peer: socket.socket = self._writer.get_extra_info("socket")
        _pid, uid, _gid = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        return int(uid)

    async def close(self) -> None:
        """Flush what was sent and close."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, BrokenPipeError):
            return  # the peer was quicker
