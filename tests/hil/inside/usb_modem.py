"""A USB modem that the kernel's own cdc_acm drives: its other end is FunctionFS on the kernel's dummy host controller.

It has the ids of a Conexant CX93010 (0572:1340), for which cdc_acm needs no class descriptors: FunctionFS refuses them.
The host sees /dev/ttyACMn with real DTR, RI, DSR and DCD; `UsbPort` is what a virtual card asks of a port.

Threads: one for control requests, one for each direction; all block in the kernel and end with the process.
"""

import contextlib
import ctypes
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

GADGETS: Final = Path("/sys/kernel/config/usb_gadget")
CONTROLLER: Final = "dummy_udc.0"
TTYS: Final = Path("/sys/class/tty")
VENDOR, PRODUCT = 0x0572, 0x1340
APPEARS_WITHIN_S: Final = 10.0

DSR, DCD, RI = 2, 1, 8  # of a SERIAL_STATE notification (CDC PSTN 6.5.4)
_SET_LINE_CODING, _GET_LINE_CODING, _SET_CONTROL_LINE_STATE = 0x20, 0x21, 0x22
_BIND, _UNBIND, _ENABLE, _DISABLE, _SETUP = range(5)
_EVENT: Final = struct.Struct("<BBHHHB3x")
_PACKET: Final = 512
_NOTIFICATION: Final = 16


def _endpoint(address: int, kind: int, size: int, interval: int) -> bytes:
    return struct.pack("<BBBBHB", 7, 5, address, kind, size, interval)


def _interface(number: int, endpoints: int, of_class: tuple[int, int, int]) -> bytes:
    return struct.pack("<9B", 9, 4, number, 0, endpoints, *of_class, 0)


def _descriptors() -> bytes:
    """Control interface with its interrupt endpoint, data interface with one bulk endpoint each way."""

    def at(speed_packet: int) -> bytes:
        return b"".join(
            (
                _interface(0, 1, (2, 2, 1)),
                _endpoint(0x81, 3, _NOTIFICATION, 4),
                _interface(1, 2, (10, 0, 0)),
                _endpoint(0x82, 2, speed_packet, 0),
                _endpoint(0x03, 2, speed_packet, 0),
            )
        )

    full, high = at(64), at(_PACKET)
    body = struct.pack("<II", 5, 5) + full + high
    return struct.pack("<III", 3, 12 + len(body), 1 | 2) + body  # version 2; full and high speed


def mount(kind: str, source: str, target: Path) -> None:
    """Mount a file system of the kernel's. Raises OSError."""
    target.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), str(target).encode(), kind.encode(), 0, None) != 0:
        raise OSError(ctypes.get_errno(), f"{kind} could not be mounted on {target}")


class UsbModem:
    """The device. `on_change` is called whenever DTR does, on a thread of ours."""

    def __init__(self, folder: Path) -> None:
        """Make the device; it is not plugged in yet."""
        self.on_change: Callable[[], None] = lambda: None
        self.is_dtr_high = False
        name = f"modem{os.getpid()}"  # the kernel keeps the name for a while after its process is gone
        self._gadget = GADGETS / name
        self._furnish(f"ffs.{name}")
        mount("functionfs", name, folder)
        self._control = os.open(folder / "ep0", os.O_RDWR)
        os.write(self._control, _descriptors())
        os.write(self._control, struct.pack("<IIII", 2, 16, 0, 0))  # no strings
        self._notify = os.open(folder / "ep1", os.O_RDWR)
        self._to_host = os.open(folder / "ep2", os.O_RDWR)
        self._from_host = os.open(folder / "ep3", os.O_RDWR)
        self._state = DSR
        self._far: socket.socket | None = None
        self._news = threading.Condition()
        for work in (self._serve_control, self._carry_up, self._carry_down, self._tell_state):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def _furnish(self, function: str) -> None:
        """The gadget in configfs: one configuration with one function, which is ours."""
        self._gadget.mkdir()
        (self._gadget / "idVendor").write_text(f"{VENDOR:#06x}")
        (self._gadget / "idProduct").write_text(f"{PRODUCT:#06x}")
        (self._gadget / "functions" / function).mkdir()
        configuration = self._gadget / "configs" / "c.1"
        configuration.mkdir()
        (configuration / function).symlink_to(self._gadget / "functions" / function)

    def plug(self) -> None:
        """Put the plug in."""
        (self._gadget / "UDC").write_text(CONTROLLER)

    def unplug(self) -> None:
        """Pull the plug."""
        with contextlib.suppress(OSError):
            (self._gadget / "UDC").write_text("\n")
        self._dtr(False)

    def connect(self, far: socket.socket | None) -> None:
        """What the host writes goes there, what comes from there goes to the host."""
        with self._news:
            self._far = far
            self._news.notify_all()

    def show(self, state: int) -> None:
        """Raise exactly these of DSR, DCD and RI."""
        with self._news:
            self._state = state
            self._news.notify_all()

    def _wait_far(self) -> socket.socket:
        with self._news:
            self._news.wait_for(lambda: self._far is not None)
            assert self._far is not None
            return self._far

    def _carry_down(self) -> None:
        """From the host to the card. A card that takes no more lets the host wait, as USB does."""
        while True:
            try:
                packet = os.read(self._from_host, _PACKET)
                if packet:
                    self._wait_far().sendall(packet)
            except OSError:  # unplugged: reading again waits for the next plug
                time.sleep(0.01)

    def _carry_up(self) -> None:
        """From the card to the host."""
        while True:
            far = self._wait_far()
            try:
                packet = far.recv(_PACKET)
                if packet:
                    os.write(self._to_host, packet)
                    continue
            except OSError:
                pass
            with self._news:  # the card is closed, or the plug was pulled in the middle of a packet
                self._news.wait_for(lambda far=far: self._far is not far, 0.05)

    def _tell_state(self) -> None:
        """Tell the host each change of DSR, DCD and RI; it asks only while somebody holds the port."""
        told = 0
        while True:
            with self._news:
                self._news.wait_for(lambda told=told: self._state != told or not self.is_dtr_high)
                state = self._state if self.is_dtr_high else 0
            if state == told:
                with self._news:
                    self._news.wait_for(lambda: self.is_dtr_high, 1.0)
                continue
            with contextlib.suppress(OSError):
                os.write(self._notify, struct.pack("<BBHHHH", 0xA1, 0x20, 0, 0, 2, state))
            told = state

    def _dtr(self, is_high: bool) -> None:
        with self._news:
            self.is_dtr_high = is_high
            self._news.notify_all()
        self.on_change()

    def _serve_control(self) -> None:
        while True:
            try:
                events = os.read(self._control, _EVENT.size * 4)
            except OSError:
                time.sleep(0.01)
                continue
            for start in range(0, len(events), _EVENT.size):
                kind, request, value, _, length, what = _EVENT.unpack_from(events, start)
                if what == _SETUP:
                    self._answer(kind, request, value, length)
                elif what in (_UNBIND, _DISABLE):
                    self._dtr(False)

    def _answer(self, kind: int, request: int, value: int, length: int) -> None:
        with contextlib.suppress(OSError):  # unplugged meanwhile
            if request == _GET_LINE_CODING and kind & 0x80:
                os.write(self._control, struct.pack("<IBBB", 115200, 0, 0, 8))
                return
            if kind & 0x80:
                os.read(self._control, 0)  # a stall
                return
            os.read(self._control, length)  # reading nothing is the acknowledgement
        if request == _SET_CONTROL_LINE_STATE:
            self._dtr(bool(value & 1))


class UsbPort:
    """The card's port on a `UsbModem`: plugged in when it is made, with a link to its tty that keeps its name."""

    def __init__(self, modem: UsbModem, link: Path | None) -> None:
        """Raises OSError when the kernel shows no new tty."""
        self._modem, self._link = modem, link
        self._near, far = socket.socketpair()
        for end in (self._near, far):  # no more under way than a modem would hold
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self._near.setblocking(False)
        self._far = far
        before = set(_ttys())
        modem.connect(far)
        modem.plug()
        self.slave_path = _appeared(before)
        if link is not None:
            fresh = link.with_name(f".{link.name}")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(self.slave_path)
            fresh.replace(link)

    @property
    def master(self) -> int:
        """Readable when the host wrote something."""
        return self._near.fileno()

    def read(self, most: int) -> tuple[bytes, bool]:
        """What the host has written, and whether it holds DTR up."""
        if most <= 0:
            return b"", self._modem.is_dtr_high
        try:
            return self._near.recv(most), self._modem.is_dtr_high
        except BlockingIOError:
            return b"", self._modem.is_dtr_high

    def write(self, output: bytearray) -> None:
        """Give the host what there is room for."""
        with contextlib.suppress(BlockingIOError):
            del output[: self._near.send(output)]

    def close(self) -> None:
        """Pull the plug: the host's driver gets an error, the link is gone."""
        self._modem.unplug()
        self._modem.connect(None)
        self._far.close()
        self._near.close()
        if self._link is not None:
            self._link.unlink(missing_ok=True)


def _ttys() -> list[str]:
    return [path.name for path in TTYS.glob("ttyACM*")]


def _appeared(before: set[str]) -> str:
    """The /dev name of the tty that the kernel makes for a device just plugged in."""
    ends = time.monotonic() + APPEARS_WITHIN_S
    while time.monotonic() < ends:
        for name in sorted(set(_ttys()) - before):
            if Path("/dev", name).exists():
                return f"/dev/{name}"
        select.select([], [], [], 0.01)
    raise OSError(f"no new ttyACM within {APPEARS_WITHIN_S:.0f} s of plugging the modem in; there are {_ttys()}")
