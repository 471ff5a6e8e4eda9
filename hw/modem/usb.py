"""Which voice modems are plugged in, told by the kernel's own files and without opening a port (fxo §1.3, §2.11).

Only USB ids of the table below count as modems of ours; whatever else speaks serial is somebody else's and is never
opened to find out. Serial numbers are no names: whole production lots carry the same one. The USB port path is.
"""

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BY_PATH: Final = Path("/dev/serial/by-path")
BUS: Final = Path("/dev/bus/usb")
USBDEVFS_RESET: Final = 0x5514  # <linux/usbdevice_fs.h>: _IO('U', 20)
_INTERFACE: Final = re.compile(r"(\d+-\d+(?:\.\d+)*):\d+\.\d+")

KNOWN: Final = {
    "0572:1321": "CX93010",
    "0572:1324": "Dell/Conexant RD02-D400",
    "0572:1328": "Aztech/Shiro UM-3100",
    "0572:1329": "TRENDnet TFM-561U",
    "0572:1340": "CX93010-2x",
    "0572:1349": "StarTech USB56KEMH2, Hiro H50228",
    "0803:3095": "Zoom 3095F",
    "0baf:0303": "USRobotics USR5637",
}


@dataclass(frozen=True, slots=True)
class UsbModem:
    """A modem of the table: its tty now (`/dev/ttyACM0`), the USB port it sits in, and what it calls itself.

    `device` is the name to configure: the one by its path where udev made one, else the tty, which may change.
    """

    tty: str
    port: str
    usb_id: str
    serial: str
    device: str

    @property
    def model(self) -> str:
        """What the table calls it."""
        return KNOWN[self.usb_id]


def modems(sys: Path = Path("/sys"), by_path: Path = BY_PATH) -> tuple[UsbModem, ...]:
    """Every modem of the table that is plugged in, by USB port. Opens no port."""
    found = (_modem(entry, by_path) for entry in (sys / "class" / "tty").glob("*"))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.port))


def port_of(device: str, sys: Path = Path("/sys")) -> str:
    """The USB port (`1-1.3`) that the modem at a path sits in; empty when it is no USB device."""
    tty = Path(device).resolve().name
    found = _INTERFACE.search(str((sys / "class" / "tty" / tty).resolve()))
    return found[1] if found else ""


def reset(device: str, sys: Path = Path("/sys"), bus: Path = BUS) -> bool:
    """Have the kernel reset the USB device behind a tty, as pulling and returning its plug would (fxo §2.10, L3).

    False, and nothing done, when it is no modem of the table or is gone. Raises OSError when we may not.
    """
    usb = _usb_of(sys / "class" / "tty" / Path(device).resolve().name)
    if usb is None or _usb_id(usb) not in KNOWN:
        return False
    node = bus / f"{int(_read(usb / 'busnum')):03}" / f"{int(_read(usb / 'devnum')):03}"
    opened = os.open(node, os.O_WRONLY)
    try:
        fcntl.ioctl(opened, USBDEVFS_RESET, 0)
    finally:
        os.close(opened)
    return True


def _usb_of(entry: Path) -> Path | None:
    """The kernel's folder of the USB device that a tty belongs to."""
    return next((one.parent for one in entry.resolve().parents if _INTERFACE.fullmatch(one.name)), None)


def _usb_id(usb: Path) -> str:
    return f"{_read(usb / 'idVendor')}:{_read(usb / 'idProduct')}"


def _modem(entry: Path, by_path: Path) -> UsbModem | None:
    usb = _usb_of(entry)
    if usb is None:
        return None
    usb_id = _usb_id(usb)
    if usb_id not in KNOWN:
        return None
    tty = f"/dev/{entry.name}"
    return UsbModem(tty, usb.name, usb_id, _read(usb / "serial"), _named_by_path(entry.name, by_path) or tty)


def _named_by_path(tty: str, by_path: Path) -> str:
    links = sorted(by_path.glob("*")) if by_path.is_dir() else []
    return next((str(link) for link in links if link.resolve().name == tty), "")


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
