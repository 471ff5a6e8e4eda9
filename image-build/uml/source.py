"""Find Debian's kernel source: `$DESKBELL_SOURCES`, the installed package, the machine's own apt.

No host name is written here: `apt-get download` fetches with the machine's own configuration and checks apt's
signatures. What somebody laid into `$DESKBELL_SOURCES` is taken as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from building import SetupError
from recipe import SERIES

PACKAGE = f"linux-source-{SERIES}"
TARBALL = f"{PACKAGE}.tar.xz"
INSTALLED = Path("/usr/src")
DOWNLOAD_SECONDS = 900


def find_source(folder: Path) -> Path:
    """Return a `linux-source-*.tar.xz`, fetched into ``folder`` if need be. Raises SetupError with a sentence."""
    for candidate in _local_candidates():
        if candidate.is_file():
            return candidate
    if shutil.which("apt-get") is None:
        raise SetupError(f"{TARBALL} is not on this machine, which has no apt to fetch it with. {_cure()}")
    package, said = _downloaded(folder)
    if package is not None:
        return _taken_out(package, folder)
    raise SetupError(
        f"apt-get download gave no {PACKAGE}. It said: {said or 'nothing'}. Read the package lists (as root: apt-get "
        f"update) and look for the network; on Debian 12 it is among the security updates. {_cure()}"
    )


def _local_candidates() -> Iterator[Path]:
    given = os.environ.get("DESKBELL_SOURCES", "")
    for folder in ([Path(given)] if given else []) + [INSTALLED]:
        yield folder / TARBALL


def _cure() -> str:
    return f"Or install the package {PACKAGE}, or put {TARBALL} into the folder DESKBELL_SOURCES names."


def _downloaded(folder: Path) -> tuple[Path | None, str]:
    """Fetch the package; the last thing apt said when it did not come."""
    print(f"  asking apt for {PACKAGE} (about 150 MB)", flush=True)
    # A root without a user _apt in this folder is warned about a sandbox; the download is checked all the same.
    command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", PACKAGE]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=DOWNLOAD_SECONDS
        )
    except subprocess.TimeoutExpired:
        return None, f"nothing for {DOWNLOAD_SECONDS} s"
    package = next(folder.glob(f"{PACKAGE}_*.deb"), None)
    if done.returncode == 0 and package is not None:
        return package, ""
    return None, " ".join((done.stderr.strip() or done.stdout.strip()).split())[-300:]


def _taken_out(package: Path, folder: Path) -> Path:
    """Take the tarball out of the package and drop the package."""
    member = f"./usr/src/{TARBALL}"
    unpacked = subprocess.run(
        ["sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar xf - -C "$2" "$3"', "sh", package.name, ".", member],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    tarball = folder / member
    if unpacked.returncode != 0 or not tarball.is_file():
        raise SetupError(f"{package.name} holds no {member}: {unpacked.stderr.strip()[-200:] or 'it is not in there'}.")
    package.unlink()
    return tarball
