"""The serial device of a modem: opened for us alone, never blocking, read when `select` says so.

Every way in which a USB modem vanishes (EIO, ENODEV, ENXIO, EPIPE, an endless empty read) becomes `DeviceLost`. A
pseudo-terminal has no modem lines, so changing DTR may fail and that is survived: closing is what must free the line.
"""

import contextlib
import errno
import fcntl
import os
import stat
import struct
import termios
from pathlib import Path
from typing import Final

import serial

from hw.errors import ModemError

BAUD: Final = 115200  # nominal on USB; the least a true UART needs (fxo §1.4)
READ_BYTES: Final = 4096
BATCH_BYTES: Final = 65536  # what waited is one batch: answered in pieces, a stall would leave delay behind


class DeviceLost(ModemError):  # noqa: N818 - named like the event it is
    """The device was unplugged, or its driver gave up on it."""


class SerialPort:
    """One open serial device. Raises ModemError, in a sentence, when it is missing, foreign, busy or forbidden."""

    def __init__(self, device: str, kept: int | None = None) -> None:
        """`kept` is a descriptor of the device that outlived the process which opened it: taken over as it is."""
        self.device = device
        self._is_dtr_high, self._wakes_per = True, 0
        self.was_kept = kept is not None
        if kept is not None:
            self._serial: serial.Serial | _Kept = _Kept(kept)
            self.wake_per(1)
            return
        _check(device)
        try:
            self._serial = serial.Serial(device, BAUD, timeout=0, write_timeout=0, exclusive=True)
        except (serial.SerialException, OSError, termios.error) as wrong:
            raise ModemError(_why_not_open(device, wrong)) from wrong
        self.wake_per(1)

    def fileno(self) -> int:
        """The descriptor to `select` on."""
        return int(self._serial.fd)

    def read(self) -> bytes:
        """Everything that has come, in one batch. Raises DeviceLost."""
        batch = self._read_some()
        more = batch
        while more and len(batch) < BATCH_BYTES:  # a terminal gives 64 bytes at a time when it wakes for more
            more = self._read_some()
            batch += more
        return batch

    def _read_some(self) -> bytes:
        try:
            received = os.read(self.fileno(), READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as wrong:
            raise self._lost(wrong) from wrong
        if not received:
            raise DeviceLost(f"{self.device} is gone: reading it gives nothing for ever; plug the modem in again")
        return received

    def write(self, out: bytes) -> int:
        """Write what the device takes now and return how much that was. Raises DeviceLost."""
        try:
            return os.write(self.fileno(), out)
        except BlockingIOError:
            return 0
        except OSError as wrong:
            raise self._lost(wrong) from wrong

    def set_dtr(self, is_high: bool) -> None:
        """Raise or drop DTR (`Modem.wants_dtr`); a pseudo-terminal has none, and that is survived (F39)."""
        if is_high is not self._is_dtr_high:
            self._is_dtr_high = is_high
            with contextlib.suppress(OSError, termios.error):
                self._serial.dtr = is_high

    def wake_per(self, count: int) -> None:
        """Let `select` wake for no less than so many bytes, 255 at most; what is there is read all the same."""
        if count != self._wakes_per:
            self._wakes_per = count
            with contextlib.suppress(OSError, termios.error):  # gone: reading says so
                how = termios.tcgetattr(self.fileno())
                how[6][termios.VMIN], how[6][termios.VTIME] = count, 0
                termios.tcsetattr(self.fileno(), termios.TCSANOW, how)

    def close(self) -> None:
        """Drop DTR, which hangs up under AT&D2, and close at once: a stale descriptor would keep the device's name."""
        with contextlib.suppress(OSError, termios.error):  # no modem lines: closing is all there is
            self._serial.dtr = False
        with contextlib.suppress(OSError, termios.error):  # gone already
            self._serial.close()

    def _lost(self, wrong: OSError) -> DeviceLost:
        return DeviceLost(f"{self.device} is gone ({wrong.strerror or wrong}); plug the modem in again")


class _Kept:
    """A descriptor somebody else opened: set up, locked, and with DTR up already."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        os.set_blocking(fd, False)
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(fd, termios.TCIFLUSH)  # what came while nobody listened is old

    @property
    def dtr(self) -> bool:
        """Whether DTR is up."""
        held = fcntl.ioctl(self.fd, termios.TIOCMGET, struct.pack("I", 0))
        return bool(struct.unpack("I", held)[0] & termios.TIOCM_DTR)

    @dtr.setter
    def dtr(self, is_high: bool) -> None:
        order = termios.TIOCMBIS if is_high else termios.TIOCMBIC
        fcntl.ioctl(self.fd, order, struct.pack("I", termios.TIOCM_DTR))

    def close(self) -> None:
        """Close it."""
        os.close(self.fd)


def _check(device: str) -> None:
    """A path that is there and is a character device. Raises ModemError otherwise."""
    try:
        mode = Path(device).stat().st_mode
    except OSError as wrong:
        raise ModemError(
            f"{device} is not there: no modem is plugged in at that port, or the line's device is misspelt"
        ) from wrong
    if not stat.S_ISCHR(mode):
        raise ModemError(f"{device} is not a serial device; a path under /dev/serial/by-path would be right")


def _why_not_open(device: str, wrong: Exception) -> str:
    code = getattr(wrong, "errno", None)
    if code in (errno.EACCES, errno.EPERM):
        return f"{device} may not be opened by this user; membership of the group dialout would be right"
    if code in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in str(wrong):
        return f"{device} is in use by another program; a line's modem must be ours alone"
    if code in (errno.ENOTTY, errno.EINVAL) or "configure port" in str(wrong):
        return f"{device} is not a serial device; a path under /dev/serial/by-path would be right"
    return f"{device} cannot be opened ({wrong})"
