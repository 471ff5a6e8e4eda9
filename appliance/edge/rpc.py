"""Questions and orders to the running edge: JSON-RPC over its Unix datagram socket.

One `EdgeRpc` belongs to one event loop. Kamailio answers each datagram with one; an answer is matched by its id, and no
answer within the limit is an EdgeError, because then the edge is down or not yet up. Times are seconds.
"""

import asyncio
import contextlib
import hashlib
import itertools
import os
import socket
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from appliance.errors import EdgeError

_ANSWER_S = 2.0
_BUFFER_BYTES = 1 << 20


class Registration(msgspec.Struct, frozen=True):
    """One phone's registration at one place."""

    user: str
    contact: str
    source: str
    """The SIP URI of where it registered from, and where calls are sent."""
    expires_s: int
    agent: str
    """What the phone calls itself (User-Agent)."""
    age_s: float = 0.0
    """How long ago it registered there last, or a second less: the edge counts in whole ones."""


class Ban(msgspec.Struct, frozen=True):
    """A source address that is shut out, or a user at an address that is refused for wrong secrets."""

    name: str
    """`192.168.1.9` or `101@192.168.1.9`."""
    failures: int
    """Wrong secrets so far; 0 for a flood."""


def ha1(user: str, realm: str, secret: str) -> str:
    """The digest HA1 (RFC 7616, MD5) that the edge checks a phone's answers with."""
    return hashlib.md5(f"{user}:{realm}:{secret}".encode(), usedforsecurity=False).hexdigest()


class EdgeRpc:
    """The edge as the desk sees it: give it secrets, ask who is registered and who is shut out."""

    def __init__(self, edge_socket: Path, answer_s: float = _ANSWER_S) -> None:
        self._edge_socket = edge_socket
        self._own_socket = edge_socket.with_name(f"rpc-{os.getpid():x}-{id(self) & 0xFFFFFF:x}.sock")
        self._answer_s = answer_s
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._socket: socket.socket | None = None

    async def put_secret(self, user: str, secret_ha1: str) -> None:
        """Let `user` (phone number or trunk id) authenticate with this HA1 from now on."""
        await self.put_secrets([(user, secret_ha1)])

    async def put_secrets(self, secrets: Iterable[tuple[str, str]]) -> None:
        """Give the edge every (user, HA1); until this was done once after its start it answers phones 503."""
        for user, secret_ha1 in secrets:
            await self._ask("htable.sets", "ha1", user, secret_ha1)
        await self._ask("htable.sets", "edge", "ready", "yes")

    async def drop_secret(self, user: str) -> None:
        """Let `user` authenticate no longer; running calls and the present registration stay."""
        await self._ask("htable.delete", "ha1", user)

    async def secrets_loaded(self) -> int:
        """How many secrets the edge holds; 0 after it was restarted, then they must be put again."""
        for table in msgspec.json.decode(await self._ask("htable.stats"), type=_Tables).result:
            if table.name == "ha1":
                return table.all
        return 0

    async def registrations(self) -> list[Registration]:
        """Every registration that has not expired, by user and place."""
        answer = msgspec.json.decode(await self._ask("ul.dump"), type=_Locations)
        wall = time.time()
        return [
            Registration(
                user=of.info.aor,
                contact=at.contact.address,
                source=at.contact.received if at.contact.received != "[not set]" else at.contact.address,
                expires_s=at.contact.expires,
                agent=at.contact.agent,
                age_s=max(0.0, wall - at.contact.modified - 1.0),
            )
            for domain in answer.result.domains
            for of in domain.domain.aors
            for at in of.info.contacts
            if isinstance(at.contact.expires, int) and at.contact.expires > 0
        ]

    async def registered(self) -> frozenset[str]:
        """The users that can be reached now."""
        return frozenset(one.user for one in await self.registrations())

    async def bans(self) -> list[Ban]:
        """Who is shut out now."""
        floods = await self._dump("ban")
        wrong = await self._dump("fail")
        return [
            *(Ban(name, 0) for name in floods),
            *(Ban(name, count) for name, count in wrong.items() if count >= 6 and "@" in name),
        ]

    async def lift_ban(self, name: str) -> None:
        """Let an address or a user at an address in again; `name` as in `Ban`."""
        table = "fail" if "@" in name else "ban"
        await self._ask("htable.delete", table, name)

    async def is_up(self) -> bool:
        """Whether the edge answers at all."""
        with contextlib.suppress(EdgeError):
            await self._ask("core.uptime")
            return True
        return False

    async def wait_until_up(self, limit_s: float) -> None:
        """Return as soon as the edge answers; EdgeError when it has not within `limit_s`."""
        try:
            async with asyncio.timeout(limit_s):
                while not await self.is_up():
                    await asyncio.sleep(0.02)
        except TimeoutError as wrong:
            raise EdgeError(f"edge: no answer at {self._edge_socket} within {limit_s:g} s; see its log") from wrong

    def close(self) -> None:
        """Give the reply socket back."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        self._own_socket.unlink(missing_ok=True)

    async def _dump(self, table: str) -> dict[str, int]:
        slots = msgspec.json.decode(await self._ask("htable.dump", table), type=_Slots).result
        return {item.name: item.value for slot in slots for item in slot.slot if isinstance(item.value, int)}

    async def _ask(self, method: str, *params: str) -> bytes:
        """The edge's whole answer to one call; EdgeError when it cannot be reached, is silent or refuses."""
        number = next(self._ids)
        asked = msgspec.json.encode({"jsonrpc": "2.0", "method": method, "params": params, "id": number})
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._open().sendto(asked, str(self._edge_socket))
            async with asyncio.timeout(self._answer_s):
                got: bytes = await answer
        except OSError as wrong:
            reason = "no answer" if isinstance(wrong, TimeoutError) else (wrong.strerror or "unreachable").lower()
            raise EdgeError(f"edge: {method} asked at {self._edge_socket}: {reason}; is the edge running?") from wrong
        finally:
            del self._waiting[number]
        refusal = msgspec.json.decode(got, type=_Envelope).error
        if refusal is not None:
            raise EdgeError(f"edge: Kamailio refused {method}: {refusal.code} {refusal.message}")
        return got

    def _open(self) -> socket.socket:
        """The reply socket; made anew when a restarted edge cleared its run folder."""
        if self._socket is not None and self._own_socket.exists():
            return self._socket
        self.close()
        fresh = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        fresh.setblocking(False)
        fresh.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        try:
            fresh.bind(str(self._own_socket))
            self._own_socket.chmod(0o666)  # Kamailio has another account; the folder keeps strangers out
        except OSError:
            fresh.close()
            raise
        self._socket = fresh
        asyncio.get_running_loop().add_reader(fresh, self._receive)
        return fresh

    def _receive(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._socket is not None:
                got = self._socket.recv(_BUFFER_BYTES)
                waiting = self._waiting.get(msgspec.json.decode(got, type=_Envelope).id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(got)


class _Refusal(msgspec.Struct):
    code: int
    message: str


class _Envelope(msgspec.Struct):
    id: int
    error: _Refusal | None = None


class _Table(msgspec.Struct):
    name: str
    all: int


class _Tables(msgspec.Struct):
    result: list[_Table]


class _Item(msgspec.Struct):
    name: str
    value: int | str


class _Slot(msgspec.Struct):
    slot: list[_Item]


class _Slots(msgspec.Struct):
    result: list[_Slot]


class _Contact(msgspec.Struct, rename="pascal"):
    address: str
    expires: int | str
    received: str = "[not set]"
    agent: str = msgspec.field(default="", name="User-Agent")
    modified: int = msgspec.field(default=0, name="Last-Modified")


class _At(msgspec.Struct):
    contact: _Contact = msgspec.field(name="Contact")


class _Record(msgspec.Struct):
    aor: str = msgspec.field(name="AoR")
    contacts: list[_At] = msgspec.field(name="Contacts")


class _Of(msgspec.Struct):
    info: _Record = msgspec.field(name="Info")


class _Aors(msgspec.Struct):
    aors: list[_Of] = msgspec.field(name="AoRs")


class _Domain(msgspec.Struct):
    domain: _Aors = msgspec.field(name="Domain")


class _Domains(msgspec.Struct):
    domains: list[_Domain] = msgspec.field(name="Domains")


class _Locations(msgspec.Struct):
    result: _Domains
