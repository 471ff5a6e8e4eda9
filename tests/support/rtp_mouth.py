"""The mouth of `RtpEar`: a process of its own, so that no test's work takes its turn from it.

As a thread of the tests it was up to half a second late on a busy machine, which is silence at every other ear.
Started as `rtp_mouth.py FD`; standard input brings one second of PCMU, then the line `HOST PORT` of who listens.
It speaks one 20 ms packet every 20 ms by absolute time until standard input closes.
"""

import contextlib
import os
import socket
import struct
import sys
import threading
import time

_HEADER = struct.Struct("!BBHII")
_FRAME, _RATE = 160, 8000


def speak(mouth: socket.socket, second: bytes, listener: tuple[str, int]) -> None:
    """Send the second over and over to the listener, for ever."""
    number, due = 0, time.monotonic()
    while True:
        place = number * _FRAME % _RATE
        header = _HEADER.pack(0x80, 0, number & 0xFFFF, number * _FRAME & 0xFFFFFFFF, 0x1234)
        with contextlib.suppress(ConnectionRefusedError):  # the listener may be gone already
            mouth.sendto(header + second[place : place + _FRAME], listener)
        number, due = number + 1, due + _FRAME / _RATE
        time.sleep(max(0.0, due - time.monotonic()))


def _end_with(orders: int) -> None:
    while os.read(orders, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as mouth:
        second = sys.stdin.buffer.read(_RATE)
        host, port = sys.stdin.buffer.readline().decode().split() or sys.exit()
        threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
        speak(mouth, second, (host, int(port)))
