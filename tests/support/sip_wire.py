"""SIP spoken by hand over UDP or TCP sockets: ask a server exactly what we mean to, read exactly what it says.

Nothing is retransmitted and nothing is answered unless the test says so. One `Wire` is one socket of one pretended
phone, trunk or switch; it is used by one thread. Times are seconds.
"""

import hashlib
import itertools
import re
import socket
import time
from dataclasses import dataclass, field

_numbers = itertools.count(1)


@dataclass(slots=True)
class Message:
    """A SIP message: its first line, its headers in order, its body."""

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def parse(cls, raw: bytes) -> "Message":
        head, _, body = raw.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(first, pairs, body)

    @property
    def status(self) -> int:
        """The status code, 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """The request's method; of an answer, the method it answers."""
        return self["CSeq"].split()[1] if self.status else self.first.split()[0]

    def __getitem__(self, name: str) -> str:
        """The first header of that name; KeyError when there is none."""
        return next(iter(self.all(name)), None) or self._missing(name)

    def _missing(self, name: str) -> str:
        raise KeyError(f"{name} is not in: {self.first}")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def text(self) -> bytes:
        kept = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        lines = [
            self.first,
            *(f"{name}: {value}" for name, value in kept),
            f"Content-Length: {len(self.body.encode())}",
        ]
        return "\r\n".join([*lines, "", self.body]).encode()


class Wire:
    """One SIP socket bound to `host`; `server` is where requests go unless another place is given."""

    def __init__(self, server: tuple[str, int], host: str = "127.0.0.1", port: int = 0, tcp: bool = False) -> None:
        self.server = server
        self.tcp = tcp
        self._rest = b""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        if tcp:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, port))
        if tcp:
            self.socket.settimeout(3)
            self.socket.connect(server)
        self.host, self.port = self.socket.getsockname()
        self.place = f"{self.host}:{self.port}"

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def request(
        self,
        method: str,
        uri: str,
        *,
        user: str,
        to: str = "",
        headers: dict[str, str] | None = None,
        body: str = "",
        call_id: str = "",
        cseq: int = 1,
        branch: str = "",
    ) -> Message:
        """A new request from `user`, not yet sent. `headers` adds, or replaces those of the same name."""
        number = next(_numbers)
        transport = "TCP" if self.tcp else "UDP"
        made = {
            "Via": f"SIP/2.0/{transport} {self.place};branch={branch or f'z9hG4bKtest{number}x{self.port}'};rport",
            "Max-Forwards": "70",
            "From": f"<sip:{user}@deskbell>;tag=f{number}",
            "To": f"<{to or uri}>",
            "Call-ID": call_id or f"call-{number}-{self.port}-{time.monotonic_ns()}",
            "CSeq": f"{cseq} {method}",
            "Contact": f"<sip:{user}@{self.place}{';transport=tcp' if self.tcp else ''}>",
        }
        made.update(headers or {})
        return Message(f"{method} {uri} SIP/2.0", list(made.items()), body)

    def send(self, message: Message | bytes, to: tuple[str, int] | None = None) -> None:
        raw = message if isinstance(message, bytes) else message.text()
        if self.tcp:
            self.socket.sendall(raw)
        else:
            self.socket.sendto(raw, to or self.server)

    def receive(self, timeout: float = 3.0) -> Message | None:
        """The next message, or None when none comes in time."""
        self.socket.settimeout(timeout)
        try:
            return self._next_tcp() if self.tcp else Message.parse(self.socket.recv(65535))
        except TimeoutError:
            return None

    def _next_tcp(self) -> Message:
        while b"\r\n\r\n" not in self._rest:
            self._rest += self.socket.recv(65535)
        head, _, rest = self._rest.partition(b"\r\n\r\n")
        found = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
        length = int(found[1]) if found else 0
        while len(rest) < length:
            rest += self.socket.recv(65535)
        self._rest = rest[length:]
        return Message.parse(head + b"\r\n\r\n" + rest[:length])

    def wait_for(self, what: str | int, timeout: float = 3.0) -> Message:
        """The next request of that method or answer of that status; others (100 Trying, repeats) are passed over."""
        until = time.monotonic() + timeout
        seen: list[str] = []
        while (left := until - time.monotonic()) > 0:
            got = self.receive(left)
            if got is None:
                break
            if what == (got.status or got.method):
                return got
            seen.append(got.first)
        raise AssertionError(f"{self.place}: no {what} within {timeout} s; came: {seen or 'nothing'}")

    def never_hears(self, what: str | int, seconds: float = 0.2) -> bool:
        """Whether no such request or answer comes within that time; other messages may."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            got = self.receive(left)
            if got is not None and what == (got.status or got.method):
                return False
        return True

    def ask(self, message: Message, timeout: float = 3.0) -> Message:
        """Send and return the first answer that is not provisional."""
        self.send(message)
        until = time.monotonic() + timeout
        while (left := until - time.monotonic()) > 0:
            got = self.receive(left)
            if got is not None and got.status >= 200:
                return got
        raise AssertionError(f"{self.place}: no final answer to {message.first} within {timeout} s")

    def answer(self, request: Message, status: int, reason: str = "x", headers: dict[str, str] | None = None) -> None:
        """Answer a received request the way a phone would, through every Via."""
        to = request["To"] + ("" if ";tag=" in request["To"] or status == 100 else f";tag=t{self.port}")
        copied = [
            (name, value)
            for name, value in request.headers
            if name.lower() in ("via", "record-route", "from", "call-id", "cseq")
        ]
        made = {"To": to, "Contact": f"<sip:{self.place}>", **(headers or {})}
        self.send(Message(f"SIP/2.0 {status} {reason}", [*copied, *made.items()]))

    def acknowledge(self, invite: Message, answer: Message) -> Message:
        """Send and return the ACK to a final answer: in its own right after 2xx, hop by hop otherwise."""
        if answer.status < 300:
            ack = self.in_dialog("ACK", invite, answer, cseq=int(invite["CSeq"].split()[0]))
        else:
            kept = [(n, v) for n, v in invite.headers if n in ("Via", "Max-Forwards", "From", "Call-ID")]
            uri = invite.first.split()[1]
            ack = Message(
                f"ACK {uri} SIP/2.0", [*kept, ("To", answer["To"]), ("CSeq", invite["CSeq"].replace("INVITE", "ACK"))]
            )
        self.send(ack)
        return ack

    def in_dialog(self, method: str, invite: Message, answer: Message, cseq: int = 2) -> Message:
        """A request of the caller within the dialog that `answer` made, along its route set."""
        remote = re.search(r"<([^>]+)>", answer["Contact"])
        assert remote is not None
        request = self.request(
            method,
            remote[1],
            user="x",
            call_id=invite["Call-ID"],
            cseq=cseq,
            headers={"From": invite["From"], "To": answer["To"]},
        )
        routes = [("Route", value) for value in reversed(answer.all("Record-Route"))]
        request.headers[1:1] = routes
        return request


def credentials(challenge: Message, request: Message, user: str, secret: str) -> tuple[str, str]:
    """The header (name, value) that answers a digest challenge for this request (RFC 7616, MD5, qop=auth)."""
    name = "WWW-Authenticate" if challenge.status == 401 else "Proxy-Authenticate"
    asked = dict(re.findall(r'(\w+)="([^"]*)"', challenge[name]))
    method, uri = request.first.split()[:2]
    cnonce, nc = f"c{next(_numbers):x}", "00000001"
    one = _md5(f"{user}:{asked['realm']}:{secret}")
    two = _md5(f"{method}:{uri}")
    response = _md5(f"{one}:{asked['nonce']}:{nc}:{cnonce}:auth:{two}")
    value = (
        f'Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm=MD5, qop=auth, nc={nc}, cnonce="{cnonce}"'
    )
    return ("Authorization" if challenge.status == 401 else "Proxy-Authorization"), value


def again_with(request: Message, header: tuple[str, str]) -> Message:
    """The request once more, as a new transaction of the same call, with one header added."""
    number = next(_numbers)
    sequence, method = request["CSeq"].split()
    changed = {"CSeq": f"{int(sequence) + 1} {method}"}
    headers = [(name, changed.get(name, value)) for name, value in request.headers]
    via = request["Via"]
    headers = [(n, via.replace("branch=z9hG4bK", f"branch=z9hG4bKa{number}") if n == "Via" else v) for n, v in headers]
    return Message(request.first, [*headers, header], request.body)


def register(wire: Wire, user: str, secret: str, expires: int = 300) -> Message:
    """Register as a phone does: ask, be challenged, answer. Returns the last answer."""
    request = wire.request(
        "REGISTER", "sip:deskbell", user=user, to=f"sip:{user}@deskbell", headers={"Expires": str(expires)}
    )
    challenge = wire.ask(request)
    if challenge.status != 401:
        return challenge
    return wire.ask(again_with(request, credentials(challenge, request, user, secret)))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
