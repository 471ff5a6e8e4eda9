"""The Kamailio of another Debian release, unpacked beside this one and run by its own loader; no root, no chroot.

The packages come from the mirror that this machine's apt already uses, checked by Debian's own keys, and stay in
`~/.cache/deskbell/kamailio-<release>`. First use takes about 10 s and 30 MB, later ones nothing.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
_WANTED = ("kamailio", "kamailio-sqlite-modules")


def kamailio_of(release: str) -> tuple[str, ...]:
    """The words that start that release's Kamailio. RuntimeError says what could not be had, and why."""
    caches = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "deskbell"
    root = caches / f"kamailio-{release}"
    caches.mkdir(parents=True, exist_ok=True)
    with (caches / f"kamailio-{release}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two lanes of tests may want it at once
        if not root.exists():
            with tempfile.TemporaryDirectory(dir=caches, prefix="kamailio-new-") as folder:
                _fetch(release, Path(folder)).rename(root)
    # Debian 12's C library still lies in /lib, 13's in /usr/lib.
    loader = _only(root, "usr/lib*/ld-linux-*.so.*", "usr/lib/*/ld-linux-*.so.*", "lib/*/ld-linux-*.so.*")
    program = root / "usr/sbin/kamailio"
    modules = _only(root, "usr/lib/*/kamailio/modules")
    usual = modules.parent.parent
    libraries = [str(usual), str(modules.parent), str(root / usual.relative_to(root / "usr"))]
    return (str(loader), "--library-path", ":".join(libraries), str(program), "-L", f"{modules}/")


def version_of(words: tuple[str, ...]) -> str:
    """The version, like 6.0.1, of the Kamailio started by these words."""
    told = subprocess.run([*words, "-v"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"kamailio (\S+)", told)
    if found is None:
        raise RuntimeError(f"{words[0]} -v does not name a version: {told[:200]!r}")
    return found[1]


def _fetch(release: str, folder: Path) -> Path:
    """A folder with the release's Kamailio and every library it needs."""
    for name in ("lists/partial", "cache/archives/partial", "debs", "root"):
        (folder / name).mkdir(parents=True)
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by={_KEYS}] {_mirror()} {release} main\n", encoding="utf-8")
    apt = [
        *("-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=-"),
        *(
            "-o",
            f"Dir::State={folder}",
            "-o",
            f"Dir::State::lists={folder}/lists",
            "-o",
            "Dir::State::status=/dev/null",
        ),
        *("-o", f"Dir::Cache={folder}/cache", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"),
        *("-o", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false", "-o", "Acquire::Retries=3"),
    ]
    _run(["apt-get", *apt, "-qq", "-o", "APT::Update::Error-Mode=any", "update"], release)
    quiet = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
    closure = _run(["apt-cache", *apt, "depends", "--recurse", *quiet, *_WANTED], release).splitlines()
    names = sorted({name for name in closure if re.match(r"(lib|kamailio)", name) and not name.startswith("libgcc-")})
    _run(["apt-get", *apt, "-qq", "download", *names, "libgcc-s1"], release, folder / "debs")
    for package in (folder / "debs").glob("*.deb"):
        _run(["dpkg-deb", "-x", str(package), str(folder / "root")], release)
    for ballast in ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/lib/debug"):
        shutil.rmtree(folder / "root" / ballast, ignore_errors=True)
    return folder / "root"


def _mirror() -> str:
    """The repository this machine has its Debian from."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for line in told.splitlines():
        codename, component, uri = line.split()
        if component == "main" and "-" not in codename:
            return uri
    raise RuntimeError("apt-get indextargets names no Debian mirror on this machine; run 'apt-get update' first")


def _run(words: list[str], release: str, folder: Path | None = None) -> str:
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"Kamailio of Debian {release}: '{words[0]}' failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _only(root: Path, *patterns: str) -> Path:
    for pattern in patterns:
        for found in sorted(root.glob(pattern)):
            return found
    raise RuntimeError(f"{root} has no {patterns[0]}; remove that folder, the next run fetches it again")
