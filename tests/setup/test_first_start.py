"""Set-up by the one command: what it does at the first start, what it says, what it leaves when it fails."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.setup.conftest import Machine

STOCK_FILES = (
    'case "$2" in *Conffiles*) echo " {path} {sum}" ;; *) shift 2; for p; do echo "installed $p"; done ;; esac'
)
PRETENDED_PJSUA2 = """
class Endpoint:
    def libCreate(self): pass
    def libVersion(self): return self
    full = "2.17"
"""


def quick(machine: Machine) -> dict[str, str]:
    return {"DESKBELL_PYTHON": str(machine.commands / "quick-python")}


def test_bare_deskbell_prints_help_and_touches_nothing(machine: Machine) -> None:
    started = machine.start()
    assert started.returncode == 0
    assert "./deskbell demo" in started.stdout
    assert machine.calls() == []
    assert machine.leftovers() == []
    assert not machine.cache.exists()


def test_a_whole_set_up_is_done_once_and_the_second_start_adds_under_two_seconds(machine: Machine) -> None:
    machine.put_wheel("pjsua2.py", PRETENDED_PJSUA2)
    package = machine.clone / "appliance"
    package.mkdir()
    (package / "__main__.py").write_text(
        "import os, sys, pjsua2; print(pjsua2.Endpoint.full, os.getcwd(), *sys.argv[1:])"
    )
    first = machine.start("selftest", "--json", cwd=machine.home, DESKBELL_PYTHON=sys.executable)
    assert first.returncode == 0, first.stderr
    assert "making a virtual environment: done in" in first.stderr
    assert "installing pjsua2: done in" in first.stderr
    assert not (machine.clone / ".venv.part").exists()
    begun = time.monotonic()
    second = machine.start("selftest", "--json", cwd=machine.home, DESKBELL_PYTHON=sys.executable)
    assert time.monotonic() - begun < 2.0
    assert second.stderr == ""
    # Standard output is the command's alone: it stays JSON where JSON was asked for. The folder one stands in is kept.
    assert first.stdout == second.stdout == f"2.17 {machine.home} selftest --json\n"
    scripts = [path for path in (machine.clone / ".venv" / "bin").iterdir() if path.is_file() and not path.is_symlink()]
    assert not [path.name for path in scripts if b".venv.part" in path.read_bytes()]


def test_a_changed_lock_makes_the_environment_anew(quick_machine: Machine) -> None:
    assert quick_machine.start("run", **quick(quick_machine)).returncode == 0
    (quick_machine.clone / ".venv" / "old").touch()
    assert quick_machine.start("run", **quick(quick_machine)).stderr == ""
    (quick_machine.clone / "requirements.lock").write_text("# something else\n")
    assert "set-up finished" in quick_machine.start("run", **quick(quick_machine)).stderr
    assert not (quick_machine.clone / ".venv" / "old").exists()
    assert not (quick_machine.clone / ".venv.old").exists()


def test_any_other_command_goes_to_the_appliance_with_its_arguments(quick_machine: Machine) -> None:
    started = quick_machine.start("doctor", "--quiet", "two words", **quick(quick_machine))
    assert started.stdout == "appliance got: -P -m appliance doctor --quiet two words\n"


def test_packages_that_do_not_install_leave_no_environment(quick_machine: Machine) -> None:
    started = quick_machine.start("demo", PIP_SAYS="1", **quick(quick_machine))
    assert started.returncode == 1
    assert "The locked Python packages could not be installed" in started.stderr
    assert "    | pip ran" in started.stderr
    assert not list(quick_machine.clone.glob(".venv*"))


def test_a_set_up_that_fails_leaves_the_old_environment_alone(quick_machine: Machine) -> None:
    assert quick_machine.start("run", **quick(quick_machine)).returncode == 0
    (quick_machine.clone / "requirements.lock").write_text("# something else\n")
    assert quick_machine.start("run", PIP_SAYS="1", **quick(quick_machine)).returncode == 1
    assert [path.name for path in quick_machine.clone.glob(".venv*")] == [".venv"]


def test_a_wheel_that_no_longer_loads_is_thrown_away(quick_machine: Machine) -> None:
    started = quick_machine.start("demo", VERIFY_SAYS="2", **quick(quick_machine))
    assert started.returncode == 1
    assert "does not fit this machine any more and was removed" in started.stderr
    assert quick_machine.leftovers() == []


def test_an_interrupted_set_up_leaves_nothing(quick_machine: Machine, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    process = subprocess.Popen(
        [str(quick_machine.clone / "deskbell"), "demo"],
        env=quick_machine.environment(VENV_WAITS_FOR=str(gate), **quick(quick_machine)),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs us in the background ignores it
    )
    with gate.open() as begun:
        assert begun.readline() == "begun\n"
    assert (quick_machine.clone / ".venv.part").exists()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=10) == 130
    assert not list(quick_machine.clone.glob(".venv*"))


def test_two_starts_at_once_set_up_one_after_the_other(quick_machine: Machine) -> None:
    quick_machine.cache.mkdir(parents=True, exist_ok=True)
    with (quick_machine.cache / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(
            [str(quick_machine.clone / "deskbell"), "demo"],
            env=quick_machine.environment(**quick(quick_machine)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert "another set-up is at work" in process.stderr.readline()
        assert not (quick_machine.clone / ".venv").exists()
    assert "set-up finished" in process.stderr.read()
    assert process.wait(timeout=10) == 0


def test_a_missing_python_is_named(machine: Machine) -> None:
    started = machine.start("demo", DESKBELL_PYTHON="/nowhere/python3")
    assert started.returncode == 1
    assert "There is no Python at /nowhere/python3" in started.stderr


def test_only_missing_packages_are_asked_of_apt(quick_machine: Machine) -> None:
    quick_machine.pretend("dpkg-query", 'shift 2; for p; do [ "$p" = kamailio ] || echo "installed $p"; done')
    assert quick_machine.start("demo", **quick(quick_machine)).returncode == 0
    asked = [call for call in quick_machine.calls() if call.startswith("apt-get") and " install " in call]
    assert len(asked) == 1
    assert asked[0].endswith("install --no-install-recommends kamailio")


def test_apt_is_not_asked_for_anything_when_nothing_is_missing(quick_machine: Machine) -> None:
    assert quick_machine.start("demo", **quick(quick_machine)).returncode == 0
    assert not [call for call in quick_machine.calls() if call.startswith("apt-get")]


def test_a_package_apt_cannot_give_ends_with_a_sentence(quick_machine: Machine) -> None:
    quick_machine.pretend("dpkg-query", "exit 1")
    quick_machine.pretend("apt-get", 'case "$*" in *install*) echo "Unable to locate package"; exit 100 ;; esac')
    started = quick_machine.start("demo", **quick(quick_machine))
    assert started.returncode == 1
    assert "Unable to locate package" in started.stderr
    assert "apt could not install these packages" in started.stderr
    assert not list(quick_machine.clone.glob(".venv*"))


def test_apt_is_left_alone_when_told_so_and_what_is_missing_is_named(quick_machine: Machine) -> None:
    quick_machine.pretend("dpkg-query", "exit 1")
    started = quick_machine.start("demo", DESKBELL_NO_APT="1", **quick(quick_machine))
    assert started.returncode == 0
    assert "apt is left alone (DESKBELL_NO_APT=1). Not installed: python3-venv kamailio" in started.stderr
    assert not [call for call in quick_machine.calls() if call.startswith(("apt-get", "sudo", "systemctl disable"))]


def test_a_user_goes_through_sudo_and_root_does_not(quick_machine: Machine) -> None:
    quick_machine.pretend("dpkg-query", "exit 1")
    for identity, expected in (("1000", True), ("0", False)):
        quick_machine.log.write_text("")
        quick_machine.pretend("id", f"echo {identity}")
        quick_machine.start("demo", **quick(quick_machine))
        assert any(call.startswith("sudo env") for call in quick_machine.calls()) is expected


def test_a_user_whom_sudo_refuses_is_told_what_is_missing(quick_machine: Machine) -> None:
    quick_machine.pretend("dpkg-query", "exit 1")
    quick_machine.pretend("id", "echo 1000")
    quick_machine.pretend("sudo", "exit 1")
    started = quick_machine.start("demo", **quick(quick_machine))
    assert started.returncode == 1
    assert "sudo was refused, and these Debian packages are missing: python3-venv kamailio" in started.stderr


@pytest.mark.parametrize("touched", [False, True])
def test_the_stock_kamailio_service_is_stopped_only_while_untouched(quick_machine: Machine, touched: bool) -> None:
    stock = quick_machine.home / "kamailio.cfg"
    stock.write_text("as it came")
    came_with = hashlib.md5(stock.read_bytes(), usedforsecurity=False).hexdigest()
    if touched:
        stock.write_text("somebody's own")
    quick_machine.pretend("dpkg-query", STOCK_FILES.format(path=stock, sum=came_with))
    quick_machine.pretend("systemctl", '[ "$1" != -q ] || exit 0')
    started = quick_machine.start("demo", **quick(quick_machine))
    assert started.returncode == 0, started.stderr
    assert any("systemctl disable --now kamailio" in call for call in quick_machine.calls()) is not touched
    assert ("is left alone" if touched else "stopping Debian's own kamailio service") in started.stderr


def test_a_test_kernel_that_cannot_be_built_is_told_and_costs_no_other_test(quick_machine: Machine) -> None:
    quick_machine.pretend("apt-get", 'case "$*" in *download*) echo "no such thing" >&2; exit 100 ;; esac')
    started = quick_machine.start("test", **quick(quick_machine))
    assert started.returncode == 0, started.stderr
    assert "the test kernel could not be built. " in started.stderr
    assert "going on without it: the tests in tests/hil will fail and say why" in started.stderr
    assert (quick_machine.cache / "uml-build.failed").exists()


def test_the_box_itself_needs_no_test_kernel(quick_machine: Machine) -> None:
    started = quick_machine.start("demo", **quick(quick_machine))
    assert "test kernel" not in started.stderr
