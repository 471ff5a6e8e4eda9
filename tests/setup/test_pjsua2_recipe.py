"""Building pjsua2: every way it can fail says a sentence, ends with a status and leaves nothing half-built."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

import pytest

from tests.setup.conftest import Machine

TOOLS_ARE_THERE = "recipe.NEEDED_TOOLS = {}; recipe.NEEDED_HEADERS = {}; recipe.check = None\n"
TOOLS_ARE_THERE += "import build; build.check_tools = lambda: None; recipe.PATCHES = ()\n"
NAME = "asterisk_22.10.1+dfsg+~cs6.17.60671434.orig-Xpjproject.tar.xz"


def forged_source(folder: Path, configure: str) -> Path:
    """A tarball of the right shape whose configure does what the test wants."""
    root = folder / "pjsip-pjproject-0"
    for part in ("pjlib/include/pj", "pjmedia/build"):
        (root / part).mkdir(parents=True)
    (root / "pjmedia" / "build" / "Makefile").write_text("OBJS = a.o bdimad_dev.o b.o\n")
    (root / "configure").write_text(f"#!/bin/sh\n{configure}\n")
    (root / "configure").chmod(0o755)
    tarball = folder / NAME
    with tarfile.open(tarball, "w:xz") as archive:
        archive.add(root, root.name)
    return tarball


def accepting(tarball: Path) -> str:
    """Patch that makes this tarball the pinned one."""
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    return f"recipe.TARBALL_SHA256 = source.TARBALL_SHA256 = {digest!r}\n"


def test_a_machine_without_a_compiler_is_told_what_to_install(machine: Machine) -> None:
    built = machine.build(PATH=str(machine.home))
    assert built.returncode == 1
    assert "which has no compiler for it" in built.stderr
    assert "build-essential swig" in built.stderr
    assert machine.leftovers() == []


def test_a_missing_header_names_the_package_it_is_in(machine: Machine) -> None:
    built = machine.build("recipe.NEEDED_TOOLS = {}; recipe.NEEDED_HEADERS = {'no/such.h': 'libnothing-dev'}")
    assert built.returncode == 1
    assert "libnothing-dev" in built.stderr


def test_no_source_anywhere_says_where_it_was_sought(machine: Machine) -> None:
    built = machine.build(TOOLS_ARE_THERE)
    assert built.returncode == 1
    assert "was not found" in built.stderr
    assert "DESKBELL_SOURCES" in built.stderr
    assert machine.leftovers() == []


def test_a_source_with_a_wrong_checksum_is_refused_and_left_where_it_is(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("not pjproject")
    built = machine.build(TOOLS_ARE_THERE, DESKBELL_SOURCES=str(tmp_path))
    assert built.returncode == 1
    assert hashlib.sha256(b"not pjproject").hexdigest() in built.stderr
    assert "6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa" in built.stderr
    assert (tmp_path / NAME).exists()
    assert machine.leftovers() == []


def test_a_bad_copy_in_the_cache_is_thrown_away(machine: Machine) -> None:
    machine.cache.mkdir(parents=True)
    (machine.cache / NAME).write_text("cut short")
    built = machine.build(TOOLS_ARE_THERE)
    assert built.returncode == 1
    assert "The bad copy was removed" in built.stderr
    assert not (machine.cache / NAME).exists()


def test_a_sources_folder_that_is_not_there_is_named(machine: Machine) -> None:
    built = machine.build(TOOLS_ARE_THERE, DESKBELL_SOURCES="/nowhere/at/all")
    assert built.returncode == 1
    assert "/nowhere/at/all, which is not a folder" in built.stderr


def test_a_build_that_fails_shows_the_end_of_its_log_and_leaves_nothing(machine: Machine, tmp_path: Path) -> None:
    tarball = forged_source(tmp_path, "echo no luck today; exit 7")
    built = machine.build(TOOLS_ARE_THERE + accepting(tarball), DESKBELL_SOURCES=str(tmp_path))
    assert built.returncode == 1
    assert "`./configure` ended with status 7" in built.stderr
    assert "no luck today" in built.stderr
    assert machine.leftovers() == []


def test_a_source_that_is_not_what_is_patched_is_named(machine: Machine, tmp_path: Path) -> None:
    tarball = forged_source(tmp_path, "exit 1")
    wants = "recipe.PATCHES = (('pjmedia/build/Makefile', 'bdimad_dev.o', ''), ('pjmedia/build/Makefile', 'c.o', ''))\n"
    built = machine.build(TOOLS_ARE_THERE + wants + accepting(tarball), DESKBELL_SOURCES=str(tmp_path))
    assert built.returncode == 1
    assert (
        "pjmedia/build/Makefile of pjsip-pjproject-0 is not what image-build/pjsua2/recipe.py expects" in built.stderr
    )
    assert "'c.o' is there 0 times" in built.stderr
    assert machine.leftovers() == []


def test_what_an_earlier_crash_left_is_cleared_away(machine: Machine, tmp_path: Path) -> None:
    (machine.cache / "build-old" / "deep").mkdir(parents=True)
    tarball = forged_source(tmp_path, "exit 1")
    machine.build(TOOLS_ARE_THERE + accepting(tarball), DESKBELL_SOURCES=str(tmp_path))
    assert machine.leftovers() == []


def test_a_full_disk_is_told_before_anything_is_unpacked(machine: Machine, tmp_path: Path) -> None:
    tarball = forged_source(tmp_path, "exit 1")
    patch = TOOLS_ARE_THERE + accepting(tarball) + "recipe.FREE_BYTES_NEEDED = 10**18\n"
    built = machine.build(patch, DESKBELL_SOURCES=str(tmp_path))
    assert built.returncode == 1
    assert "MB of free disk" in built.stderr
    assert machine.leftovers() == []


def fetching(machine: Machine, script: str) -> str:
    """Patch that lets a script of ours stand in for apt's download helper."""
    machine.pretend("apt-helper", script)
    return f"source.APT_HELPER = __import__('pathlib').Path({str(machine.commands / 'apt-helper')!r})\n"


def test_the_source_is_fetched_by_the_machines_own_apt_mirror(machine: Machine, tmp_path: Path) -> None:
    tarball = forged_source(tmp_path, "echo reached configure; exit 1")
    machine.pretend(
        "apt-get", "echo 'Debian http://mirror.test/archive/debian/2026/'; echo 'Other http://else.test/x/'"
    )
    # Only the plain archive on the same host has it.
    script = f'case "$4" in http://mirror.test/debian/pool/*) cp "{tarball}" "$5" ;; *) exit 100 ;; esac'
    built = machine.build(TOOLS_ARE_THERE + accepting(tarball) + fetching(machine, script))
    assert "reached configure" in built.stderr
    asked = [call for call in machine.calls() if call.startswith("apt-helper")]
    assert len(asked) == 2
    assert "http://mirror.test/archive/debian/2026/pool/main/a/asterisk/" in asked[0]
    assert "else.test" not in "".join(asked)
    assert (machine.cache / NAME).read_bytes() == tarball.read_bytes()


def test_a_mirror_that_gives_another_file_is_refused(machine: Machine) -> None:
    machine.pretend("apt-get", "echo 'Debian http://mirror.test/debian/'")
    built = machine.build(TOOLS_ARE_THERE + fetching(machine, 'echo "an error page" > "$5"'))
    assert built.returncode == 1
    assert "SHA-256" in built.stderr
    assert machine.leftovers() == []
    assert not (machine.cache / NAME).exists()


@pytest.mark.parametrize(
    "fact",
    ["recipe.LIBRARY_CFLAGS = '-O0'", "recipe.TARBALL_SHA256 = '00'", "recipe.REVISION = 9", "recipe.PATCHES = ()"],
)
def test_the_wheels_name_changes_with_the_recipe(machine: Machine, fact: str) -> None:
    asked = "print(recipe.wheel_path()); sys.exit(0)"
    assert machine.build(asked).stdout != machine.build(f"{fact}\n{asked}").stdout
