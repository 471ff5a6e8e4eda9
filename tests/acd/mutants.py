"""Break the core on purpose, one line at a time, and see the scripts fail: `python -m tests.acd.mutants [FILE …]`.

Works on a copy in a temporary folder. Each mutant is (file, what stands there, what is written instead); it is killed
when the tests of this folder fail: those first that walk the broken lines, the quickest first, and before a mutant is
called a survivor all the others as well. Those of `mutants_equivalent.py` must live. Prints the survivors; the exit
code is the number of mutants that did not end as they should.
"""

import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import hypothesis.stateful  # noqa: F401 - so that no child has to load it
import pytest

from tests.acd.mutants_beside import BESIDE
from tests.acd.mutants_core import CORE, Mutant
from tests.acd.mutants_equivalent import EQUIVALENT
from tests.acd.mutants_exits import EXITS
from tests.acd.mutants_outgoing import OUTGOING
from tests.acd.mutants_transfers import TRANSFERS
from tests.acd.mutants_walks import Order, Recorder, Walks, lines_of, read

ROOT = Path(__file__).parents[2]
CORE_FOLDER = Path("appliance") / "acd"

MUTANTS: tuple[Mutant, ...] = CORE + BESIDE + EXITS + OUTGOING + TRANSFERS
LONGEST_CPU_S = 300
"""A mutant that loops for ever where a test has no limit of its own."""
NO_TESTS = pytest.ExitCode.NO_TESTS_COLLECTED
UNHELPFUL = ("test_coverage_page.py", "test_schedule_zones.py")  # of the tree, not of the core; minutes


def survives(folder: Path, mutant: Mutant, walks: Walks) -> bool:
    """Write the mutant, run the tests, put the file back."""
    name, found, instead = mutant
    path = folder / CORE_FOLDER / name
    whole = path.read_text()
    likely = walks.of_lines(name, lines_of(whole, found))
    write(path, whole.replace(found, instead, 1))
    try:
        return run(folder, Order(likely)) and run(folder, Order(likely, rest=True))
    finally:
        write(path, whole)


def write(path: Path, text: str) -> None:
    """The source, and nothing compiled from what stood there in the same second."""
    path.write_text(text)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def run(folder: Path, plugin: object, begin: Callable[[], None] = lambda: None) -> bool:
    """Run the tests on the sources of that folder, in a child that has pytest in its memory already."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (pytest.ExitCode.OK, NO_TESTS)
    status = 1
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "appliance")]:
            del sys.modules[name]
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_CPU_S, LONGEST_CPU_S))
        os.chdir(folder)
        sys.path[0] = str(folder)
        os.environ.update(DESKBELL_MACHINE_RUNS="40", DESKBELL_DAY_STEPS="3000")
        quietly = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--timeout=120")
        ignored = [f"--ignore=tests/acd/{name}" for name in UNHELPFUL]
        begin()
        status = int(pytest.main(["tests/acd", *quietly, *ignored], plugins=[plugin]))
    finally:
        os._exit(status)


def walked(folder: Path, mutants: Sequence[Mutant]) -> Walks:
    """Run all tests once unbroken and note who walks the lines that will be broken. Raises SystemExit if one fails."""
    marked: dict[str, set[int]] = {}
    for name, found, _ in mutants:
        marked.setdefault(name, set()).update(lines_of((folder / CORE_FOLDER / name).read_text(), found))
    recorder = Recorder({str(folder / CORE_FOLDER / name): lines for name, lines in marked.items()}, folder / "walks")
    if not run(folder, recorder, recorder.begin):
        raise SystemExit("the tests fail without any mutant: whatever they say then means nothing")
    return read(folder / "walks")


def check_list(chosen: Sequence[Mutant]) -> None:
    """Raises SystemExit when a line that is to be broken stands nowhere any more, or stands as it would be broken."""
    for name, found, instead in chosen:
        if found not in (ROOT / CORE_FOLDER / name).read_text() or found == instead:
            raise SystemExit(f"{name}: {found!r} does not stand there any more; mend the list")


def copied(folder: Path) -> None:
    """What the tests of the core need, in a folder of its own."""
    for part in ("appliance", "tests/acd", "tests/support", "docs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def main(only: list[str]) -> int:
    """Try every mutant, or those of the files named; returns how many did not end as they should."""
    chosen = [mutant for mutant in MUTANTS if not only or mutant[0] in only]
    harmless = [mutant[:3] for mutant in EQUIVALENT if not only or mutant[0] in only]
    check_list([*chosen, *harmless])
    with tempfile.TemporaryDirectory() as temporary:
        copied(folder := Path(temporary).resolve())
        walks = walked(folder, [*chosen, *harmless])
        survivors = [mutant for mutant in chosen if _told(mutant, survives(folder, mutant, walks), "")]
        wrong = [mutant for mutant in harmless if not _told(mutant, survives(folder, mutant, walks), "equivalent ")]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed; {len(harmless) - len(wrong)} equivalent ones live")
    for mutant in survivors:
        print("SURVIVED", *mutant, sep=" | ")
    for mutant in wrong:
        print("NOT EQUIVALENT", *mutant, sep=" | ")
    return len(survivors) + len(wrong)


def _told(mutant: Mutant, alive: bool, kind: str) -> bool:
    print(kind + ("SURVIVES" if alive else "killed  "), *mutant, sep=" | ", flush=True)
    return alive


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
