"""A switch of raw sockets: takes INVITEs, answers when told, speaks to all and hears PCMU on the media clock.

`die` closes its sockets without a word, as a killed process does.
"""

import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from appliance.media import ulaw

FRAME = 160


def tone(hertz: float, seconds: float, level_db: float = -15.0) -> bytes:
    """Linear samples of a sine."""
    at = np.arange(int(seconds * 8000)) / 8000
    return (np.sin(2 * np.pi * hertz * at) * 32767 * 10 ** (level_db / 20)).astype(np.int16).tobytes()


@dataclass
class Request:
    """One SIP request: its first line, headers by lower-case name, and the text."""

    method: str
    uri: str
    headers: dict[str, str]
    text: str
    source: tuple[str, int]


@dataclass
class Call:
    """One INVITE and what became of it."""

    invite: Request
    is_answered: bool = False
    ended_by: str = ""
    media_to: tuple[str, int] | None = None
    """Where we speak to, and hear from."""
    told: bytes = b""
    """The last answer to the INVITE: what an INVITE that comes again is told again."""
    heard: bytearray = field(default_factory=bytearray)
    arrivals: list[float] = field(default_factory=list)


class FakeSwitch:
    """Two threads: SIP and RTP. `say` is the loop of linear samples that every answered call hears."""

    def __init__(self, port: int = 0, say: bytes = b"") -> None:
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind(("127.0.0.1", port))
        self._sip.settimeout(0.05)
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind(("127.0.0.1", 0))
        self._rtp.settimeout(0.005)
        self.port = self._sip.getsockname()[1]
        self.calls: list[Call] = []
        self.spoken_at: list[float] = []
        self._say = ulaw.encode(say) if say else b""
        self._changed = threading.Condition()
        self._is_alive = True
        self._is_deaf = False
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._serve_sip, self._serve_rtp)]
        for thread in self._threads:
            thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def wait_call(self, count: int = 1, timeout: float = 10.0) -> Call:
        """The `count`-th INVITE; fails when it does not come."""
        self._wait(lambda: len(self.calls) >= count, timeout, f"INVITE number {count}")
        return self.calls[count - 1]

    def wait_end(self, call: Call, timeout: float = 10.0) -> str:
        """CANCEL or BYE, whichever ended the call."""
        self._wait(lambda: bool(call.ended_by), timeout, "the end of the call")
        return call.ended_by

    def wait_heard(self, call: Call, seconds: float, timeout: float = 20.0) -> bytes:
        """Linear samples heard on the call, at least so many seconds of them."""
        self._wait(lambda: len(call.heard) >= seconds * 8000, timeout, f"{seconds} s of sound")
        return ulaw.decode(bytes(call.heard))

    def ring(self, call: Call) -> None:
        self._reply(call.invite, "180 Ringing")

    def answer(self, call: Call) -> None:
        """200 with our RTP port; waits for the ACK."""
        body = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._rtp.getsockname()[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"
        )
        sdp = call.invite.text
        port = int(re.search(r"m=audio (\d+)", sdp)[1])  # type: ignore[index]
        host = re.search(r"c=IN IP4 (\S+)", sdp)[1]  # type: ignore[index]
        self._reply(call.invite, "200 OK", body)
        self._wait(lambda: call.is_answered, 5.0, "an ACK")
        call.media_to = (host, port)

    def refuse(self, call: Call, status: str) -> None:
        self._reply(call.invite, status)

    def hang_up(self, call: Call) -> None:
        """BYE from our side."""
        headers = call.invite.headers
        contact = re.search(r"<([^>]+)>", headers["contact"])[1]  # type: ignore[index]
        bye = (
            f"BYE {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {self.address};branch=z9hG4bK{headers['call-id']}\r\n"
            f"Max-Forwards: 70\r\nFrom: {headers['to']};tag=fake\r\nTo: {headers['from']}\r\n"
            f"Call-ID: {headers['call-id']}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
        )
        call.media_to = None
        self._sip.sendto(bye.encode(), call.invite.source)

    def forget(self) -> None:
        """As a switch that was killed and came back too quickly to be noticed: no media, 481 in old dialogs."""
        for call in self.calls:
            call.media_to = None
        self.forgets = True

    forgets = False

    def die(self) -> None:
        """Close everything without a word."""
        self._is_alive = False
        for thread in self._threads:
            thread.join(2.0)
        self._sip.close()
        self._rtp.close()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _wait(self, is_so, timeout: float, what: str) -> None:
        with self._changed:
            if not self._changed.wait_for(is_so, timeout):
                raise AssertionError(f"waited {timeout} s for {what}, but it did not come")

    def _serve_sip(self) -> None:
        while self._is_alive:
            try:
                packet, source = self._sip.recvfrom(65536)
            except TimeoutError:
                continue
            text = packet.decode("utf-8", "replace")
            first, _, rest = text.partition("\r\n")
            if first.startswith("SIP/2.0") or " " not in first:
                continue
            lines = rest.partition("\r\n\r\n")[0].split("\r\n")
            headers = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
            method, uri, _ = first.split(" ")
            with self._changed:
                self._take(Request(method, uri, headers, text, source))
                self._changed.notify_all()

    def _take(self, request: Request) -> None:
        call = next((c for c in self.calls if c.invite.headers["call-id"] == request.headers["call-id"]), None)
        if request.method == "INVITE" and call is None:
            self.calls.append(Call(request))
            self._reply(request, "100 Trying")
        elif request.method == "INVITE" and call is not None and "tag=" not in request.headers["to"]:
            self._sip.sendto(call.told, request.source)  # repeated, for we were late; a 200 to it would answer the call
        elif request.method == "ACK" and call is not None:
            call.is_answered = True
        elif request.method in ("BYE", "CANCEL") and call is not None:
            call.ended_by = call.ended_by or request.method
            call.media_to = None
            self._reply(request, "200 OK")
            if request.method == "CANCEL":
                self._reply(call.invite, "487 Request Terminated")
        elif request.method == "OPTIONS" and "tag=" in request.headers["to"] and self.forgets:
            self._reply(request, "481 Call Does Not Exist")
        elif request.method != "ACK":
            self._reply(request, "200 OK")

    def _reply(self, request: Request, status: str, body: str = "") -> None:
        headers = request.headers
        to = headers["to"] if "tag=" in headers["to"] or status.startswith("100") else f"{headers['to']};tag=fake"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        answer = (
            f"SIP/2.0 {status}\r\nVia: {headers['via']}\r\nFrom: {headers['from']}\r\nTo: {to}\r\n"
            f"Call-ID: {headers['call-id']}\r\nCSeq: {headers['cseq']}\r\nContact: <sip:{self.address}>\r\n"
            f"{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        for call in self.calls:
            if call.invite is request:
                call.told = answer.encode()
        self._sip.sendto(answer.encode(), request.source)

    def _serve_rtp(self) -> None:
        number, at, due = 0, 0, time.monotonic()
        while self._is_alive:
            self._hear()
            if time.monotonic() < due:
                continue
            due += 0.02
            listeners = [call.media_to for call in list(self.calls) if call.media_to]
            if not listeners:
                continue
            if self._say:
                start = at % len(self._say)
                piece = (self._say[start:] + self._say * 2)[:FRAME]
            else:
                piece = bytes((ulaw.SILENCE,)) * FRAME
            header = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, at & 0xFFFFFFFF, 0x1234)
            for media_to in listeners:
                self._rtp.sendto(header + piece, media_to)
            self.spoken_at.append(time.monotonic())
            number, at = number + 1, at + FRAME

    def _hear(self) -> None:
        try:
            packet, source = self._rtp.recvfrom(2048)
        except TimeoutError:
            return
        with self._changed:
            call = next((call for call in reversed(self.calls) if call.media_to == source), None)
            if call and len(packet) > 12:
                call.heard += packet[12:]
                call.arrivals.append(time.monotonic())
                self._changed.notify_all()
