"""The port itself: a Linux pseudo-terminal that comes and goes like a USB modem.

A PTY has no modem lines, so DTR is whether anybody holds the slave open: when the last opener is gone (killed or
closed), the kernel hangs the master up, and that is the DTR drop. What is written while nobody listens is lost, as it
is on a USB modem whose port is closed.
"""

import contextlib
import errno
import os
import select
import tty
from pathlib import Path
from typing import Protocol

_GONE = (errno.EIO, errno.EAGAIN)


def _pair() -> tuple[int, str]:
    """A master and its slave's name."""
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        return master, os.ttyname(slave)
    finally:
        os.close(slave)  # from here on the master is hung up until a driver opens the slave


class Port(Protocol):
    """What a card asks of its port, whatever it is made of."""

    @property
    def master(self) -> int:
        """A descriptor that is readable when the host wrote something."""
        ...

    @property
    def slave_path(self) -> str:
        """What the kernel calls the port."""
        ...

    def read(self, most: int) -> tuple[bytes, bool]:
        """What the host has written (b"" if nothing), and whether it still holds the port."""
        ...

    def write(self, output: bytearray) -> None:
        """Give the host what its buffer takes; that much is removed from `output`."""
        ...

    def close(self) -> None:
        """Pull the plug."""
        ...


class PseudoPort:
    """One PTY, its master in our hands, its slave published under a stable name."""

    def __init__(self, link: Path | None, other_than: str | None = None) -> None:
        """`link` is a symbolic link to make (folders too); None publishes the slave's own name.

        `other_than` is a slave's name that this one is not to have.
        """
        self.master, self.slave_path = _pair()
        if self.slave_path == other_than:  # the kernel gives the lowest number free: hold that one for a moment
            taken = self.master
            self.master, self.slave_path = _pair()
            os.close(taken)
        os.set_blocking(self.master, False)
        self._poll = select.poll()
        self._poll.register(self.master, 0)
        self._link = link
        if link is not None:
            self._publish(link)

    def _publish(self, link: Path) -> None:
        link.parent.mkdir(parents=True, exist_ok=True)
        fresh = link.with_name(f".{link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.slave_path)
        fresh.replace(link)

    def is_open(self) -> bool:
        """Somebody holds the slave."""
        return not any(flags & select.POLLHUP for _, flags in self._poll.poll(0))

    def read(self, most: int) -> tuple[bytes, bool]:
        """What the host has written (b"" if nothing), and whether it still holds the port."""
        if most <= 0:
            return b"", self.is_open()
        try:
            return os.read(self.master, most), True
        except OSError as error:
            if error.errno not in _GONE:
                raise
            return b"", error.errno != errno.EIO

    def write(self, output: bytearray) -> None:
        """Gives the host what its buffer takes; that much is removed from `output`."""
        try:
            del output[: os.write(self.master, output)]
        except OSError as error:
            if error.errno not in _GONE:
                raise

    def close(self) -> None:
        """Pulls the plug: the host gets EIO, the name is gone."""
        os.close(self.master)
        if self._link is not None:
            with contextlib.suppress(OSError):
                if self._link.readlink() == Path(self.slave_path):
                    self._link.unlink()
