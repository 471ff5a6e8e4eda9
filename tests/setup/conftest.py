"""A clone of Deskbell in a temporary folder, with a machine around it that says what a test wants it to say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Stands in for the interpreter: it can make an environment as quickly as a folder, and its pip does what PIP_SAYS is.
QUICK_PYTHON = """#!/bin/sh
case "$1 $2" in
"-m venv")
    shift 4
    mkdir -p "$1/bin" && cp "$0" "$1/bin/python" && echo "home = $1" > "$1/pyvenv.cfg"
    if [ -n "${VENV_WAITS_FOR:-}" ]; then echo begun > "$VENV_WAITS_FOR"; read -r _ < "$VENV_WAITS_FOR"; fi ;;
"-m pip") echo "pip ran"; exit "${PIP_SAYS:-0}" ;;
"-P -m") echo "appliance got: $*" ;;
*verify.py*) echo "it does not load"; exit "${VERIFY_SAYS:-0}" ;;
*build.py*) exec "$REAL_PYTHON" "$@" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A clone, an empty home and a folder of pretended commands that comes first on the PATH."""

    clone: Path
    home: Path
    commands: Path
    log: Path

    @property
    def cache(self) -> Path:
        return self.home / ".cache" / "deskbell"

    def pretend(self, command: str, script: str) -> None:
        """Let a command of this name write its arguments to the log and then do what the script says."""
        path = self.commands / command
        path.write_text(f'#!/bin/sh\necho "{command} $*" >> "{self.log}"\n{script}\n')
        path.chmod(0o755)

    def calls(self) -> list[str]:
        """Every pretended command that was run, with its arguments."""
        return self.log.read_text().splitlines()

    def environment(self, **extra: str) -> dict[str, str]:
        """The environment a start gets: nothing of this run's own settings but the way to the tools."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DESKBELL", "XDG", "PYTEST"))}
        return {
            **kept,
            "HOME": str(self.home),
            "PATH": f"{self.commands}:/usr/bin:/bin:/usr/sbin:/sbin",
            "REAL_PYTHON": sys.executable,
            **extra,
        }

    def start(self, *arguments: str, cwd: Path | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run ./deskbell with these arguments to its end."""
        return subprocess.run(
            [str(self.clone / "deskbell"), *arguments],
            cwd=cwd or self.clone,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def build(self, patch: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
        """Run the pjsua2 recipe after changing some of its facts."""
        folder = self.clone / "image-build" / "pjsua2"
        script = f"import sys; sys.path.insert(0, {str(folder)!r}); import recipe, source\n{patch}\n"
        return subprocess.run(
            [sys.executable, "-c", script + "import build; sys.exit(build.main([]))"],
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def leftovers(self) -> list[str]:
        """What a set-up that failed must not have left: half-built folders, partial files, environments."""
        found = [*self.clone.glob(".venv*")]
        if self.cache.exists():
            found += [*self.cache.glob("build-*"), *self.cache.rglob("*.part"), *self.cache.rglob("*.whl")]
        return [str(path) for path in found]

    def put_wheel(self, name: str, body: str) -> Path:
        """Lay a small pretended pjsua2 wheel where set-up looks for the finished one."""
        asked = [sys.executable, str(self.clone / "image-build" / "pjsua2" / "build.py"), "--path"]
        answer = subprocess.run(asked, env=self.environment(), capture_output=True, text=True, check=False)
        wheel = Path(answer.stdout.strip())
        wheel.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(name, body)
            archive.writestr("pjsua2-2.17.dist-info/METADATA", "Metadata-Version: 2.1\nName: pjsua2\nVersion: 2.17\n")
            tag = "-".join(wheel.stem.split("-")[2:])
            archive.writestr(
                "pjsua2-2.17.dist-info/WHEEL",
                f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {tag}\n",
            )
            archive.writestr("pjsua2-2.17.dist-info/RECORD", "")
        return wheel


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A clone on a machine where every package is installed and no service runs."""
    clone, home, commands = tmp_path / "office" / "clone", tmp_path / "home", tmp_path / "commands"
    for folder in (clone, home, commands):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "deskbell", clone)
    shutil.copytree(ROOT / "image-build", clone / "image-build", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.lock", "requirements-dev.lock"):
        (clone / name).write_text("# nothing\n")
    made = Machine(clone, home, commands, tmp_path / "calls")
    made.log.write_text("")
    made.pretend("dpkg-query", 'shift 2; for package; do echo "installed $package"; done')
    made.pretend("apt-get", ":")
    made.pretend("systemctl", "exit 3")
    made.pretend("sudo", '[ "$1" = -v ] || "$@"')
    return made


@pytest.fixture
def quick_machine(machine: Machine) -> Machine:
    """The same with an interpreter that makes environments in no time and a finished pjsua2 wheel in the cache."""
    machine.put_wheel("pjsua2.py", "")
    (machine.commands / "quick-python").write_text(QUICK_PYTHON)
    (machine.commands / "quick-python").chmod(0o755)
    return machine
