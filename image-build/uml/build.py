"""Build the test kernel once, into the cache, and never leave a half-built one behind.

``build.py``           build if there is none yet; prints steps, then the kernel's path as the last line
``build.py --path``    print the path only; exit status 1 when it is not built yet

It is a program, not a kernel for a machine: User-mode Linux, which boots as an ordinary process of whoever starts it
(tests/hil). Everything happens in a folder of its own inside the cache; two idle cores need about three minutes.
"""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import recipe
from building import SetupError, Workshop, cache_dir, check_space, patch, step
from source import find_source

TRIAL_SECONDS = 30.0


def main(arguments: Sequence[str]) -> int:
    """Run the command line described above and return the exit status."""
    kernel = recipe.kernel_path()
    if "--path" in arguments:
        print(kernel)
        return 0 if kernel.is_file() else 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        cache_dir().mkdir(parents=True, exist_ok=True)
        if not kernel.is_file():
            build_kernel(kernel)
    except KeyboardInterrupt:
        return 130
    except SetupError as error:
        print(f"deskbell: the test kernel could not be built. {error}", file=sys.stderr)
        recipe.failure_path().write_text(f"it could not be built. {error}\n")  # tests/hil fails with it
        return 1
    recipe.failure_path().unlink(missing_ok=True)
    print(kernel)
    return 0


def build_kernel(kernel: Path) -> None:
    """Build into a temporary folder and move the finished kernel to its name. Raises SetupError with a sentence."""
    check_machine()
    cache = cache_dir()
    check_space(cache, recipe.FREE_BYTES_NEEDED)
    for stale in cache.glob("uml-build-*"):
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="uml-build-", dir=cache) as folder:
        finished = Builder(Path(folder), cache / "uml-build.log").build()
        kernel.parent.mkdir(parents=True, exist_ok=True)
        finished.replace(kernel)


def check_machine() -> None:
    """Raise SetupError when this processor is none of User-mode Linux's, or a tool is not there."""
    if platform.machine() not in recipe.PROCESSORS:
        raise SetupError(
            f"User-mode Linux runs on {', '.join(recipe.PROCESSORS)}; this machine is {platform.machine()}."
        )
    missing = [package for tool, package in recipe.NEEDED_TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise SetupError(
            "It is compiled once on this machine, which lacks something for it. Missing: "
            f"{' '.join(dict.fromkeys(missing))}. Install these with apt-get and start again."
        )


class Builder:
    """One build in one folder."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = folder
        self._out = folder / "out"
        self._tree = folder
        self._workshop = Workshop(
            log, {"ARCH": "um", "KBUILD_BUILD_TIMESTAMP": "deskbell", "KBUILD_BUILD_HOST": "test"}
        )

    def build(self) -> Path:
        """Return a finished, tried kernel inside the folder."""
        with step("fetching the kernel's source"):
            tarball = find_source(self._folder)
        with step("unpacking and configuring it"):
            self._tree = self._unpacked(tarball)
            self._configure()
        with step("compiling the test kernel", self._share_compiled):
            self._make("-j", str(os.cpu_count() or 1), "linux")
        kernel = self._out / "linux"
        self._workshop.run(["strip", str(kernel)], self._folder)
        _try(kernel)
        return kernel

    def _unpacked(self, tarball: Path) -> Path:
        """Unpack what is needed and patch it; return the source folder."""
        left_out = [f"--exclude={pattern}" for pattern in recipe.LEFT_OUT]
        self._workshop.run(["tar", "xf", str(tarball), *left_out], self._folder)
        if tarball.is_relative_to(self._folder):
            tarball.unlink()
        (tree,) = self._folder.glob("linux-source-*/")
        patch(tree, recipe.PATCHES, "image-build/uml/recipe.py")
        return tree

    def _configure(self) -> None:
        """Switch on what um.config names and nothing else. Raises SetupError naming what this kernel does not have."""
        self._out.mkdir()
        self._make(f"KCONFIG_ALLCONFIG={recipe.CONFIG}", "allnoconfig")
        wanted = [line for line in recipe.CONFIG.read_text().splitlines() if line.startswith("CONFIG_")]
        have = set((self._out / ".config").read_text().splitlines())
        lost = [line for line in wanted if line not in have]
        if lost:
            raise SetupError(f"{self._tree.name} does not take these settings of um.config: {' '.join(lost)}.")

    def _make(self, *words: str) -> None:
        self._workshop.run(["make", "-s", f"O={self._out}", *words], self._tree)

    def _share_compiled(self) -> str:
        done = sum(1 for _ in self._out.rglob("*.o"))
        return f"{min(99, 100 * done // recipe.EXPECTED_OBJECTS)} %"


def _try(kernel: Path) -> None:
    """Let it say its version: a kernel that this machine cannot start is not kept."""
    try:
        tried = subprocess.run(
            [kernel, "--version"], capture_output=True, text=True, check=False, timeout=TRIAL_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise SetupError(f"What was built does not start: {wrong}.") from wrong
    if tried.returncode != 0:
        raise SetupError(f"What was built does not start: status {tried.returncode}, {tried.stderr.strip()[-200:]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
