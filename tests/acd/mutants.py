"""Break the core on purpose, one line at a time, and see the scripts fail: `python -m tests.acd.mutants [FILE …]`.

Works on a copy in a temporary folder. Each mutant is (file, what stands there, what is written instead); it is killed
when the tests of this folder fail. Prints the survivors and exits with their number.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import hypothesis.stateful  # noqa: F401 - so that no child has to load it
import pytest

from tests.acd.mutants_beside import BESIDE
from tests.acd.mutants_core import CORE, Mutant
from tests.acd.mutants_exits import EXITS
from tests.acd.mutants_transfers import TRANSFERS

ROOT = Path(__file__).parents[2]
FIRST = ("strategies", "memory", "why", "selfcheck", "routing", "agents", "rows", "races", "faults", "ring_all")

MUTANTS: tuple[Mutant, ...] = CORE + BESIDE + EXITS + TRANSFERS
UNHELPFUL = ("test_coverage_page.py", "test_schedule_zones.py")  # of the tree, not of the core; minutes


def survives(folder: Path, mutant: Mutant) -> bool:
    """Write the mutant, run the tests, put the file back."""
    name, found, instead = mutant
    path = folder / "appliance" / "acd" / name
    whole = path.read_text()
    write(path, whole.replace(found, instead, 1))
    try:
        return passes(folder, name)
    finally:
        write(path, whole)


def write(path: Path, text: str) -> None:
    """The source, and nothing compiled from what stood there in the same second."""
    path.write_text(text)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def passes(folder: Path, changed: str) -> bool:
    """Whether every test of the core passes; those of the changed file come first."""
    own = sorted(path.name for path in (folder / "tests" / "acd").glob(f"test_{Path(changed).stem}*.py"))
    first = dict.fromkeys([*own, *(f"test_{name}.py" for name in FIRST)])
    return run(folder, [f"tests/acd/{name}" for name in first]) and run(folder, ["tests/acd"])


def run(folder: Path, tests: Sequence[str]) -> bool:
    """Run these tests on the sources of that folder, in a child that has pytest in its memory already."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    status = 1
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "appliance")]:
            del sys.modules[name]
        os.chdir(folder)
        sys.path[0] = str(folder)
        os.environ.update(DESKBELL_MACHINE_RUNS="40", DESKBELL_DAY_STEPS="3000")
        quietly = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--timeout=120")
        ignored = [f"--ignore=tests/acd/{name}" for name in UNHELPFUL]
        status = int(pytest.main([*tests, *quietly, *ignored]))
    finally:
        os._exit(status)


def check_list(chosen: Sequence[Mutant]) -> None:
    """Raises SystemExit when a line that is to be broken stands nowhere any more, or stands as it would be broken."""
    for name, found, instead in chosen:
        if found not in (ROOT / "appliance" / "acd" / name).read_text() or found == instead:
            raise SystemExit(f"{name}: {found!r} does not stand there any more; mend the list")


def copied(folder: Path) -> None:
    """What the tests of the core need, in a folder of its own."""
    for part in ("appliance", "tests/acd", "tests/support", "docs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def main(only: list[str]) -> int:
    """Try every mutant, or those of the files named; returns how many survived."""
    survivors = []
    chosen = [mutant for mutant in MUTANTS if not only or mutant[0] in only]
    check_list(chosen)
    with tempfile.TemporaryDirectory() as temporary:
        copied(folder := Path(temporary))
        if not passes(folder, "engine.py"):
            raise SystemExit("the tests fail without any mutant: whatever they say then means nothing")
        for mutant in chosen:
            alive = survives(folder, mutant)
            print("SURVIVES" if alive else "killed  ", *mutant, sep=" | ", flush=True)
            survivors += [mutant] if alive else []
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed")
    return len(survivors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
