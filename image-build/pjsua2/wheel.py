"""Pack the two built files into a real wheel that pip installs: module, extension, metadata, record.

The archive is the same byte for byte whenever its content is: fixed dates, fixed order.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

from recipe import VERSION, python_tag, recipe_key

DIST_INFO = f"pjsua2-{VERSION}.dist-info"
METADATA = f"""Metadata-Version: 2.1
Name: pjsua2
Version: {VERSION}
Summary: pjsua2 from pjproject {VERSION}, built by Deskbell's set-up (recipe {recipe_key()})
License: GPL-2.0-or-later
Requires-Python: >=3.11
"""


def pack_wheel(module: Path, extension: Path, wheel: Path) -> None:
    """Write the wheel. ``wheel`` is a complete path whose name carries the tags."""
    tag = "-".join(wheel.stem.split("-")[2:])
    members = {
        "pjsua2.py": module.read_bytes(),
        f"_pjsua2.{_extension_suffix(tag)}": extension.read_bytes(),
        f"{DIST_INFO}/METADATA": METADATA.encode(),
        f"{DIST_INFO}/WHEEL": f"Wheel-Version: 1.0\nGenerator: deskbell\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
    }
    record = "".join(f"{name},sha256={_digest(body)},{len(body)}\n" for name, body in members.items())
    members[f"{DIST_INFO}/RECORD"] = f"{record}{DIST_INFO}/RECORD,,\n".encode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            info = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, body)


def _extension_suffix(tag: str) -> str:
    """Tie the extension to its interpreter (``cpython-311-x86_64-linux-gnu.so``): another Python never loads it."""
    machine = tag.rpartition("linux_")[2]
    return f"cpython-{python_tag().removeprefix('cp')}-{machine}-linux-gnu.so"


def _digest(body: bytes) -> str:
    """Give the checksum in the form a wheel's RECORD wants."""
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")
