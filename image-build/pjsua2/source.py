"""Find the pinned pjproject tarball: cache, ``$DESKBELL_SOURCES``, a folder beside the clone, the apt mirror.

No host name is written here. The mirror is asked for through apt's own configuration and fetched by apt's own helper,
so proxies, certificates and logins an administrator gave apt are honoured. A copy counts only by its SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from building import SetupError
from recipe import HERE, POOL_PATH, TARBALL, TARBALL_SHA256, cache_dir

APT_HELPER = Path("/usr/lib/apt/apt-helper")
DOWNLOAD_SECONDS = 600


def find_tarball() -> Path:
    """Return a tarball whose checksum is right, fetching it into the cache if need be.

    Raises SetupError when a named copy is wrong, or when there is none anywhere.
    """
    for candidate in _local_candidates():
        if candidate.is_file():
            return _checked(candidate)
    return _fetched(cache_dir() / TARBALL)


def _local_candidates() -> Iterator[Path]:
    """Name the places on this machine, nearest first."""
    yield cache_dir() / TARBALL
    given = os.environ.get("DESKBELL_SOURCES", "")
    if given:
        folder = Path(given)
        if not folder.is_dir():
            raise SetupError(
                f"DESKBELL_SOURCES names {given}, which is not a folder. Name the one that holds {TARBALL}."
            )
        yield folder / TARBALL
    yield HERE.parents[2] / "shared" / "sources" / TARBALL


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _checked(path: Path) -> Path:
    """Return the path if its checksum is the pinned one. A bad copy in our own cache is thrown away first."""
    found = sha256_of(path)
    if found == TARBALL_SHA256:
        return path
    ours = path.parent == cache_dir()
    if ours:
        path.unlink()
    raise SetupError(
        f"The pjproject source at {path} has the SHA-256 {found}, but {TARBALL_SHA256} is the one that was reviewed. "
        + ("The bad copy was removed; start again to fetch a new one." if ours else "Replace it with the right file.")
    )


def _mirror_uris() -> list[str]:
    """Ask apt which Debian archives this machine uses. A snapshot's plain archive on the same host comes last."""
    if shutil.which("apt-get") is None:
        return []
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found: list[str] = []
    for line in listing.splitlines():
        origin, _, uri = line.rpartition(" ")
        if origin in ("", "Debian", "$(ORIGIN)") and uri.startswith(("http://", "https://", "file:")):
            found.append(uri.rstrip("/"))
    found += [f"{part.scheme}://{part.netloc}/debian" for part in map(urlsplit, found) if part.netloc]
    return list(dict.fromkeys(found))


def _fetched(target: Path) -> Path:
    """Fetch the tarball into the cache from the first archive that has it. The partial file never keeps the name."""
    uris = _mirror_uris() if APT_HELPER.exists() else []
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.part")
    for uri in uris:
        print(f"  asking the apt mirror at {uri}", flush=True)
        try:
            if _downloaded(f"{uri}/{POOL_PATH}", partial):
                return _checked(partial).replace(target)
        finally:
            partial.unlink(missing_ok=True)
    raise SetupError(
        f"The pjproject source {TARBALL} (SHA-256 {TARBALL_SHA256}) was not found: not in {target.parent}, not in "
        f"$DESKBELL_SOURCES, and {len(uris)} Debian archive(s) of this machine's apt do not have it. It is in any "
        f"Debian mirror of unstable or of snapshots under {POOL_PATH}: put a copy into a folder and name that "
        "folder in DESKBELL_SOURCES."
    )


def _downloaded(uri: str, partial: Path) -> bool:
    """Fetch one URI with apt's helper and say whether it came."""
    command = [str(APT_HELPER), "-o", "APT::Sandbox::User=root", "download-file", uri, str(partial)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and partial.is_file()
