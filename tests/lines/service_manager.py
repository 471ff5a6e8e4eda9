"""A service manager in a few lines, as far as its store of descriptors goes: what systemd does for `lines`.

It holds what it is given under a name, closes what it is told to let go of, and starts the process again with all of it
as descriptors from 3 on.
"""

import array
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from tests.lines.running import Process

_START = """
import os, sys
fds = [int(word) for word in sys.argv[2].split(',') if word]
high = [os.dup2(fd, 200 + place, inheritable=False) for place, fd in enumerate(fds)]
for place, fd in enumerate(high):
    os.dup2(fd, 3 + place, inheritable=True)
os.environ['LISTEN_PID'] = str(os.getpid())
os.execv(sys.executable, [sys.executable, '-m', 'appliance.lines', sys.argv[1]])
"""


class ServiceManager:
    """Holds descriptors; `start` hands them to a new lines process."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify.sock"
        self.held: list[tuple[str, int]] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            message, rights, _, _ = self._socket.recvmsg(4096, socket.CMSG_SPACE(64))
            told = dict(line.split("=", 1) for line in message.decode().splitlines())
            if told.get("STOP"):
                return
            for _level, _kind, packed in rights:
                self.held.append((told["FDNAME"], array.array("i", packed)[0]))
            if told.get("FDSTOREREMOVE"):
                for name, fd in [one for one in self.held if one[0] == told["FDNAME"]]:
                    self.held.remove((name, fd))
                    os.close(fd)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.held}

    def start(self, settings: Path) -> Process:
        """A lines process that gets everything held."""
        fds = [fd for _, fd in self.held]
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(self.path),
            "LISTEN_FDS": str(len(fds)),
            "LISTEN_FDNAMES": ":".join(name for name, _ in self.held),
        }
        words = [sys.executable, "-c", _START, str(settings), ",".join(map(str, fds))]
        child = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, pass_fds=fds, env=environment
        )
        return Process(child=child)

    def close(self) -> None:
        """Let go of everything, as when the service is stopped for good."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"STOP=1", str(self.path))
        self._thread.join(2.0)
        for _, fd in self.held:
            os.close(fd)
        self._socket.close()
