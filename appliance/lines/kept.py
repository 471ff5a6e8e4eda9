"""What outlives this process: open serial ports and who is on the line, kept by the service manager (sd_notify(3)).

A modem's port stays open in the manager's hands while the process is dead, so DTR stays up and the line off-hook. Who
is on it is written into a piece of memory that is kept the same way. Without a manager that keeps descriptors nothing
is kept, and a port that closes hangs up.

Names of what is kept: `line1` is the port of line1, `line1.call` the memory. The manager is given a port when it is
opened and told to let go of it whenever we close it: else nothing would ever drop DTR.
"""

import array
import logging
import os
import socket
from collections.abc import Mapping, MutableMapping
from typing import Final

import msgspec

from hw.modem.callerid import CallerId, Withheld
from hw.modem.chipsets import Identity, chipset_named
from hw.modem.coding import ULAW, coding_named

logger = logging.getLogger(__name__)

FIRST: Final = 3  # SD_LISTEN_FDS_START
LARGEST: Final = 4096


class KeptCall(msgspec.Struct, frozen=True):
    """The caller who is off-hook on a line, and the modem that carries the call."""

    key: str
    number: str
    name: str
    withheld: str
    chipset: str
    label: str
    form: str
    coding: str = ULAW.name

    @property
    def caller(self) -> CallerId:
        """Who calls."""
        withheld = next((reason for reason in Withheld if reason.value == self.withheld), None)
        return CallerId(self.number, self.name, withheld)

    @property
    def identity(self) -> Identity:
        """The modem, as it was found when it was initialised."""
        return Identity(chipset_named(self.chipset), self.label, self.form, coding_named(self.coding))


def call_to_keep(key: str, caller: CallerId, modem: Identity) -> KeptCall:
    """What is worth keeping of a call."""
    withheld = caller.withheld.value if caller.withheld is not None else ""
    found = modem.chipset.name, modem.label, modem.form, modem.coding.name
    return KeptCall(key, caller.number, caller.name, withheld, *found)


class Memory:
    """The kept memory of one line. Lasts as long as somebody holds its descriptor."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self) -> KeptCall | None:
        """The call that was on the line; None when there was none, or it cannot be understood any more."""
        try:
            written = os.pread(self._fd, LARGEST, 0)
            return msgspec.json.decode(written, type=KeptCall) if written else None
        except (OSError, msgspec.MsgspecError) as wrong:
            logger.warning("What was kept of a call cannot be read (%s); the line is put on-hook", wrong)
            return None

    def write(self, call: KeptCall | None) -> None:
        """Remember this call instead of whatever there was; half written is as good as none."""
        os.ftruncate(self._fd, 0)
        if call is not None:
            os.pwrite(self._fd, msgspec.json.encode(call), 0)


class Store:
    """The service manager's store of descriptors, or nothing at all. For any thread."""

    def __init__(self, environment: MutableMapping[str, str] | None = None) -> None:
        environment = os.environ if environment is None else environment
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._kept = _listed(environment)
        for name in ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"):
            environment.pop(name, None)  # they are not our children's

    def take(self, name: str) -> int | None:
        """The descriptor that was kept under this name, once; it is kept on until `let_go`."""
        return self._kept.pop(name, None)

    def memory(self, line: str) -> Memory:
        """The memory of a line: the one that was kept, or a new one that is."""
        name = f"{line}.call"
        fd = self.take(name)
        if fd is None:
            fd = os.memfd_create(name)
            self.keep(name, fd)
        return Memory(fd)

    def keep(self, name: str, fd: int) -> None:
        """Let the manager hold a descriptor under this name."""
        self._tell(f"FDSTORE=1\nFDNAME={name}", fd)

    def let_go(self, name: str) -> None:
        """Let the manager close what it holds under this name."""
        self._tell(f"FDSTOREREMOVE=1\nFDNAME={name}")

    def forget_others(self, lines: tuple[str, ...]) -> None:
        """Let go of what was kept for lines that the settings do not know any more."""
        wanted = {name for line in lines for name in (line, f"{line}.call")}
        for name in set(self._kept) - wanted:
            os.close(self._kept.pop(name))
            self.let_go(name)

    def _tell(self, message: str, fd: int | None = None) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        rights = [] if fd is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
                manager.connect(address)
                manager.sendmsg([message.encode()], rights)
        except OSError as wrong:
            logger.warning("The service manager keeps nothing for us (%s); a crash would hang up on callers", wrong)


def _listed(environment: Mapping[str, str]) -> dict[str, int]:
    """The descriptors handed to this very process, by name."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return {}
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    kept: dict[str, int] = {}
    for place in range(int(environment.get("LISTEN_FDS", "0"))):
        os.set_inheritable(FIRST + place, False)
        kept[names[place] if place < len(names) else f"unknown{place}"] = FIRST + place
    return kept
