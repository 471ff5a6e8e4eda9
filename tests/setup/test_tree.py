"""The tree itself: what the lock admits, what the scripts look like, what no tracked file may say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.setup.conftest import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
# Registries are the machine's own business, and nobody else has this workshop's folders. Written in two halves, so that
# this file does not hold what it forbids.
HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("deb.debian", "org"), ("snapshot.debian", "org"), ("npmjs", "org"))
FORBIDDEN = [".".join(host) for host in (*HOSTS, ("npmjs", "com"), ("security.debian", "org"))]
FORBIDDEN += [
    "/".join(path) for path in (("", "work", "main"), ("", "work", "shared"), ("..", "shared"), ("", "tmp", "desk"))
]


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_tracked_file_names_a_registry_or_a_folder_of_the_workshop() -> None:
    found = [
        f"{path.relative_to(ROOT)} says {word}"
        for path in tracked()
        for word in FORBIDDEN
        if word.encode() in path.read_bytes()
    ]
    assert not found, f"A machine's own configuration says where packages come from: {found}"


def test_every_shell_script_passes_shellcheck() -> None:
    scripts = [path for path in tracked() if path.suffix == ".sh" or path.read_bytes()[:9] == b"#!/bin/sh"]
    assert ROOT / "deskbell" in scripts
    checked = subprocess.run(
        ["shellcheck", "-x", *map(str, scripts)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_exact_and_has_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = [entry for entry in re.split(r"\n(?=[a-z])", text) if not entry.startswith("#")]
    assert len(entries) > 15
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[^ ]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_fits_python_3_11_and_3_13() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert re.search(r"^numpy==.* ; python_full_version < '3\.12'", text, re.MULTILINE)
    assert re.search(r"^numpy==.* ; python_full_version >= '3\.12'", text, re.MULTILINE)
    assert re.search(
        r"^gpiod==2\.[\d.]+ \\$", text, re.MULTILINE
    )  # for every Python: no virtual panel for want of a library


def verified(site: Path) -> subprocess.CompletedProcess[str]:
    """Run set-up's last look with this folder first on the path."""
    script = ROOT / "image-build" / "setup" / "verify.py"
    return subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def lay(site: Path, module: str, version: str, body: str) -> None:
    """Install a pretended package into a folder."""
    (site / f"{module}.py").write_text(body)
    info = site / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n")


def test_a_pjsua2_that_does_not_load_is_told_apart(tmp_path: Path) -> None:
    lay(tmp_path, "pjsua2", "2.17", "raise ImportError('libsrtp2.so.1: cannot open shared object file')")
    seen = verified(tmp_path)
    assert seen.returncode == 2
    assert "pjsua2 does not load: ImportError: libsrtp2.so.1" in seen.stdout


def test_the_environment_the_tests_run_in_is_whole() -> None:
    seen = verified(ROOT / "tests" / "setup" / "nothing-there")
    assert (seen.returncode, seen.stdout) == (0, "")
