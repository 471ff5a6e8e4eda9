"""Building the test kernel: every way it can fail says a sentence, leaves it for the tests, and nothing half-built."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.setup.conftest import Machine

TOOLS_ARE_THERE = "recipe.NEEDED_TOOLS = {}; recipe.FREE_BYTES_NEEDED = 1\n"
NAME = "linux-source-6.12.tar.xz"
KCONFIG = "config HZ\n\tint\n\tdefault 100\n"
REGISTERS = "\tDEFINE_LONGS(HOST_FP_SIZE, 2696);\n"
FAULTS = "\t} while (!pte_present(*pte));\n\terr = 0;\n"
# Stands in for the kernel's makefile: allnoconfig takes the settings it is given, `linux` is a script.
MAKEFILE = """
allnoconfig: ; grep ^CONFIG_ $(KCONFIG_ALLCONFIG) > $(O)/.config
linux: ; {linux}
"""
GOOD = "printf '\\043!/bin/sh\\necho 6.12.0\\n' > $(O)/linux && chmod +x $(O)/linux"


def built(machine: Machine, patch: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
    """Run the recipe after changing some of its facts."""
    folder = machine.clone / "image-build" / "uml"
    script = f"import sys; sys.path.insert(0, {str(folder)!r}); import recipe, source\n{patch}\n"
    return subprocess.run(
        [sys.executable, "-c", script + "import build; sys.exit(build.main([]))"],
        env=machine.environment(**extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def failure(machine: Machine) -> str:
    """What tests/hil would say."""
    return (machine.cache / "uml-build.failed").read_text()


def forged_source(folder: Path, linux: str = GOOD, kconfig: str = KCONFIG) -> Path:
    """A tarball of the right shape whose makefile does what the test wants."""
    root = folder / "linux-source-6.12"
    changed = {"arch/um/Kconfig": kconfig, "arch/x86/um/user-offsets.c": REGISTERS, "arch/um/kernel/trap.c": FAULTS}
    for name, text in changed.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
    (root / "Makefile").write_text(MAKEFILE.format(linux=linux))
    tarball = folder / NAME
    with tarfile.open(tarball, "w:xz") as archive:
        archive.add(root, root.name)
    return tarball


@pytest.fixture
def no_apt(machine: Machine) -> Machine:
    """A machine whose apt has no kernel source."""
    machine.pretend("apt-get", "echo 'E: Unable to locate package' >&2; exit 100")
    machine.pretend("strip", ":")
    return machine


def test_a_kernel_is_built_once_and_kept(no_apt: Machine, tmp_path: Path) -> None:
    forged_source(tmp_path)
    first = built(no_apt, TOOLS_ARE_THERE, DESKBELL_SOURCES=str(tmp_path))
    assert first.returncode == 0, first.stderr
    kernel = Path(first.stdout.splitlines()[-1])
    assert kernel.is_file()
    assert built(no_apt).stdout == f"{kernel}\n"
    assert not list(no_apt.cache.glob("uml-build-*"))


def test_a_machine_without_a_compiler_is_told_what_to_install(machine: Machine) -> None:
    ended = built(machine, PATH=str(machine.home))
    assert ended.returncode == 1
    assert "Missing: build-essential flex bison bc xz-utils" in ended.stderr
    assert "Missing: build-essential" in failure(machine)


def test_another_processor_is_told_that_there_is_none_for_it(machine: Machine) -> None:
    ended = built(machine, "recipe.PROCESSORS = ('vax',)")
    assert ended.returncode == 1
    assert "User-mode Linux runs on vax; this machine is" in failure(machine)


def test_no_source_anywhere_says_what_apt_said_and_what_to_do(no_apt: Machine) -> None:
    ended = built(no_apt, TOOLS_ARE_THERE + "source.INSTALLED = __import__('pathlib').Path('/nowhere')\n")
    assert ended.returncode == 1
    assert "apt-get download gave no linux-source-6.12" in ended.stderr
    assert "Unable to locate package" in failure(no_apt)
    assert "DESKBELL_SOURCES" in failure(no_apt)
    assert not list(no_apt.cache.glob("uml-build-*"))


def test_a_build_that_fails_shows_the_end_of_its_log_and_leaves_nothing(no_apt: Machine, tmp_path: Path) -> None:
    forged_source(tmp_path, "echo no luck today; exit 7")
    ended = built(no_apt, TOOLS_ARE_THERE, DESKBELL_SOURCES=str(tmp_path))
    assert ended.returncode == 1
    assert "`make` ended with status 2" in ended.stderr
    assert "no luck today" in failure(no_apt)
    assert not list(no_apt.cache.glob("uml-build-*"))


def test_a_source_that_lacks_a_setting_or_has_changed_is_named(no_apt: Machine, tmp_path: Path) -> None:
    forged_source(tmp_path, kconfig='config HZ\n\tint "yours"\n')
    ended = built(no_apt, TOOLS_ARE_THERE, DESKBELL_SOURCES=str(tmp_path))
    assert "arch/um/Kconfig of linux-source-6.12 is not what image-build/uml/recipe.py expects" in ended.stderr


def test_a_kernel_that_does_not_start_is_not_kept(no_apt: Machine, tmp_path: Path) -> None:
    forged_source(tmp_path, "printf '\\043!/bin/sh\\nexit 3\\n' > $(O)/linux && chmod +x $(O)/linux")
    ended = built(no_apt, TOOLS_ARE_THERE, DESKBELL_SOURCES=str(tmp_path))
    assert ended.returncode == 1
    assert "does not start: status 3" in failure(no_apt)
    assert not list(no_apt.cache.rglob("linux"))
