"""Build the pjsua2 wheel once, into the cache, and never leave a half-built one behind.

``build.py``           build if there is none yet; prints steps, then the wheel's path as the last line
``build.py --path``    print the path only; exit status 1 when it is not built yet

Everything happens in a folder of its own inside the cache; the wheel is moved to its name at the very end. The
libraries and the generated wrapper are compiled side by side: two cores need about one minute and a half.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import recipe
from building import SetupError, Workshop, check_space, patch, step, stop
from source import find_tarball
from wheel import pack_wheel

LIBRARIES = ("pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip")


def main(arguments: Sequence[str]) -> int:
    """Run the command line described above and return the exit status."""
    wheel = recipe.wheel_path()
    if "--path" in arguments:
        print(wheel)
        return 0 if wheel.is_file() else 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if not wheel.is_file():
            build_wheel(wheel)
    except KeyboardInterrupt:
        return 130
    except SetupError as error:
        print(f"deskbell: pjsua2 could not be built. {error}", file=sys.stderr)
        return 1
    print(wheel)
    return 0


def build_wheel(wheel: Path) -> None:
    """Build into a temporary folder and move the finished wheel to ``wheel``. Raises SetupError with a sentence."""
    check_tools()
    tarball = find_tarball()
    cache = recipe.cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    check_space(cache, recipe.FREE_BYTES_NEEDED)
    for stale in cache.glob("build-*"):
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=cache) as folder:
        builder = Builder(Path(folder), cache / "pjsua2-build.log")
        finished = builder.build(tarball)
        wheel.parent.mkdir(parents=True, exist_ok=True)
        finished.replace(wheel)


def check_tools() -> None:
    """Raise SetupError naming the Debian packages when the compiler, swig or a header is not there."""
    include = sysconfig.get_path("include")
    roots = [Path("/usr/include"), *Path("/usr/include").glob("*-linux-gnu"), Path("/usr/local/include")]
    missing = [package for tool, package in recipe.NEEDED_TOOLS.items() if shutil.which(tool) is None]
    missing += [
        package
        for header, package in recipe.NEEDED_HEADERS.items()
        if not any((root / header).is_file() for root in roots)
    ]
    if not (Path(include) / "Python.h").is_file():
        missing.append("python3-dev")
    if missing:
        raise SetupError(
            "It is compiled once on this machine, which has no compiler for it, or not all of one. Missing: "
            f"{' '.join(dict.fromkeys(missing))}. Install these with apt-get and start again."
        )


class Builder:
    """One build in one folder. Everything it starts writes to one log, whose end is shown when a step fails."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = folder
        self._workshop = Workshop(log, {"CFLAGS": recipe.LIBRARY_CFLAGS})
        self._root = folder
        self._jobs = str(os.cpu_count() or 1)

    def build(self, tarball: Path) -> Path:
        """Return a finished, tried wheel inside the folder."""
        with step("unpacking and configuring pjproject " + recipe.VERSION):
            self._root = self._unpacked(tarball)
            self._configure()
        swig = self._root / "pjsip-apps" / "src" / "swig" / "python"
        with step("compiling the libraries and the wrapper", self._share_compiled):
            self._compile(swig)
        with step("linking, stripping and trying it"):
            extension = self._linked(swig)
            wheel = self._folder / recipe.wheel_name()
            pack_wheel(swig / "pjsua2.py", extension, wheel)
            self._try(wheel)
        return wheel

    def _unpacked(self, tarball: Path) -> Path:
        """Unpack, put our limits in, patch; return the source folder."""
        with tarfile.open(tarball) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian 12's 3.11.2 has none yet
            archive.extractall(self._folder)
        (root,) = self._folder.glob("pjsip-pjproject-*")
        shutil.copy(recipe.HERE / "config_site.h", root / "pjlib" / "include" / "pj" / "config_site.h")
        patch(root, recipe.PATCHES, "image-build/pjsua2/recipe.py")
        return root

    def _configure(self) -> None:
        """Run configure with our flags."""
        self._workshop.run(["./configure", *recipe.CONFIGURE_FLAGS], self._root)

    def _compile(self, swig: Path) -> None:
        """Generate and compile the wrapper while the libraries are compiled. The first failure ends both."""
        make = ["make", f"-j{self._jobs}", "lib"]
        libraries = self._workshop.start(make, self._root)
        try:
            self._compile_wrapper(swig)
            self._workshop.finish(libraries, make)
        finally:
            stop(libraries)

    def _compile_wrapper(self, swig: Path) -> None:
        """Generate the one large C++ file that Python talks to, and compile it: the longest thread of the build."""
        includes = [f"-I{self._root / library / 'include'}" for library in LIBRARIES]
        self._workshop.run(["swig", *recipe.SWIG_FLAGS, *includes, "-o", "pjsua2_wrap.cpp", "../pjsua2.i"], swig)
        headers = [*includes, f"-I{sysconfig.get_path('include')}", f"-I{sysconfig.get_path('platinclude')}"]
        defines = [flag for flag in self._make_list(swig, "cflags") if flag.startswith("-D")]
        named = ["pjsua2_wrap.cpp", "-o", "pjsua2_wrap.o"]
        self._workshop.run(["g++", "-c", *recipe.WRAPPER_CFLAGS, *defines, *headers, *named], swig)

    def _linked(self, swig: Path) -> Path:
        """Link the wrapper with the libraries in the order pjproject's own makefile names them."""
        paths = [flag for flag in self._make_list(swig, "ldflags") if flag.startswith(("-L", "-W"))]
        libraries = [f"-l{name}" for name in self._make_list(swig, "libs")]
        self._workshop.run(["g++", "-shared", "-s", "-o", "_pjsua2.so", "pjsua2_wrap.o", *paths, *libraries], swig)
        return swig / "_pjsua2.so"

    def _try(self, wheel: Path) -> None:
        """Load the wheel in a process of its own and see that nothing was silently left out."""
        script = (
            "import pjsua2 as pj, sys\n"
            "ep = pj.Endpoint(); ep.libCreate(); config = pj.EpConfig(); config.logConfig.level = 0\n"
            "ep.libInit(config); ep.transportCreate(pj.PJSIP_TRANSPORT_TLS, pj.TransportConfig())\n"
            "print(ep.libVersion().full, *[c.codecId for c in ep.codecEnum2()], file=sys.stderr); ep.libDestroy()\n"
        )
        place = self._folder / "trial"
        shutil.unpack_archive(wheel, place, "zip")
        tried = subprocess.run([sys.executable, "-c", script], cwd=place, capture_output=True, text=True, check=False)
        version, *codecs = tried.stderr.split() or [""]
        lost = [name for name in recipe.REQUIRED_CODECS if not any(codec.startswith(name) for codec in codecs)]
        if tried.returncode != 0 or version != recipe.VERSION or lost:
            raise SetupError(
                f"What was built does not work: version {version or 'unknown'} where {recipe.VERSION} is wanted, "
                f"codecs missing: {' '.join(lost) or 'none'}. {tried.stderr.strip()[-300:]}"
            )

    def _make_list(self, swig: Path, target: str) -> list[str]:
        """Ask pjproject's helper makefile for one list of flags."""
        command = ["make", "--no-print-directory", "-f", "helper.mak", target]
        return subprocess.run(command, cwd=swig, capture_output=True, text=True, check=True).stdout.split()

    def _share_compiled(self) -> str:
        """Say how much is compiled. The wrapper is one file that takes as long as a hundred others."""
        done = sum(1 for _ in self._root.rglob("*.o"))
        only_wrapper_left = done >= recipe.EXPECTED_OBJECTS
        if any(self._root.rglob("pjsua2_wrap.o")):
            done, only_wrapper_left = done + recipe.WRAPPER_WEIGHT, False
        share = min(99, 100 * done // (recipe.EXPECTED_OBJECTS + recipe.WRAPPER_WEIGHT))
        return f"{share} %" + (", the large wrapper file is last" if only_wrapper_left else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
