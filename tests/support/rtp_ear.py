"""An ear and a mouth for a SIPp caller: RTP of ours beside SIPp's signalling, because SIPp records no audio.

A thread keeps every packet that comes with its arrival time (monotonic seconds); `rtp_mouth.py` speaks a tone to
whoever sends to it first.
"""

import itertools
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.selftest.sound import FRAME, RATE, Samples
from appliance.selftest.whole_box import CRYSTAL_FIRST
from appliance.supervisor import come_first
from hw.sim import ulaw

_HEADER = struct.Struct("!BBHII")
_SO_TIMESTAMPNS = 35


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet as it came."""

    at: float
    number: int
    timestamp: int
    payload: bytes


class RtpEar:
    """Listens and speaks on one UDP port until `close`."""

    def __init__(self, address: tuple[str, int], tone_hz: float) -> None:
        self.address = address
        self.packets: list[Packet] = []
        turns = 2 * np.pi * tone_hz * np.arange(RATE) / RATE
        tone = ulaw.encode((13107 * np.sin(turns)).astype(np.int16))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.settimeout(0.2)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._monotonic_of_wall = time.monotonic() - time.time()
        self._mouth = _open_mouth(self._socket, tone)
        self._speaks = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"rtp-ear-{address[1]}", daemon=True)
        self._thread.start()

    def heard(self) -> Samples:
        """What was heard from the first packet on; packets that did not come are silence."""
        if not self.packets:
            return np.zeros(0, np.int16)
        first = self.packets[0].timestamp
        length = max(packet.timestamp - first for packet in self.packets) + FRAME
        samples = np.zeros(length, np.int16)
        for packet in self.packets:
            start = packet.timestamp - first
            if 0 <= start <= length - FRAME:
                samples[start : start + FRAME] = ulaw.decode(packet.payload)[:FRAME]
        return samples

    def longest_gap_s(self, since: float = 0.0) -> float:
        """The longest time between two packets that came after `since`."""
        times = [packet.at for packet in self.packets if packet.at >= since]
        return max((after - before for before, after in itertools.pairwise(times)), default=0.0)

    def close(self) -> None:
        """Stop and free the port."""
        self._closing.set()
        self._thread.join(2)
        self._mouth.kill()
        self._mouth.communicate()
        self._socket.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._take()

    def _take(self) -> None:
        try:
            data, stamps, _flags, peer = self._socket.recvmsg(2048, 128)
        except (TimeoutError, ConnectionRefusedError):
            return
        _version, kind, number, timestamp, _source = _HEADER.unpack_from(data)
        if kind & 0x7F == 0 and len(data) > _HEADER.size:
            self._speak_to(peer)
            self.packets.append(Packet(self._arrival(stamps), number, timestamp, data[_HEADER.size :]))

    def _speak_to(self, peer: tuple[str, int]) -> None:
        if not self._speaks:
            assert self._mouth.stdin
            self._mouth.stdin.write("{} {}\n".format(*peer).encode())
            self._mouth.stdin.flush()
            self._speaks = True

    def _arrival(self, stamps: list[tuple[int, int, bytes]]) -> float:
        """When the kernel had the packet, not when this thread had its turn."""
        for _level, kind, value in stamps:
            if kind == _SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", value[:16])
                return float(seconds + nanoseconds / 1e9 + self._monotonic_of_wall)
        return time.monotonic()


def _open_mouth(speaker: socket.socket, second: bytes) -> subprocess.Popen[bytes]:
    mouth = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("rtp_mouth.py")), str(speaker.fileno())],
        stdin=subprocess.PIPE,
        pass_fds=[speaker.fileno()],
    )
    assert mouth.stdin
    come_first(mouth.pid, CRYSTAL_FIRST)
    mouth.stdin.write(second)
    return mouth
