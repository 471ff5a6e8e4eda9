"""Makes docs/coverage-acd.md: which tests prove which statement of the specification of call distribution (acd.md).

`python -m tests.acd.coverage_page > docs/coverage-acd.md`. How a test says what it proves: tests/support/proofs.py. The
statements and what is not built yet: tests/acd/ids.toml. What is checked after every step of every script and of the
random days (`invariants.py`) proves its invariants too.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from tests.support.proofs import ROOT, Proof, row, tests_in
from tests.support.proofs import proofs as claimed

KINDS = {
    "S": "What agents, callers and administrators were promised",
    "A": "Transitions of an agent",
    "R": "Races",
    "D": "Decisions",
    "I": "Invariants",
    "T": "Timers",
    "U": "What only a local box can do",
    "M": "Metrics",
}
NEEDED = ("S", "A", "R", "D")
"""Kinds of which each statement must have a test, or a reason why it has none."""

_CATALOGUE_OF_ITS_OWN = ("tests/hw/modem", "tests/hw/sim")
_NUMBERED = re.compile(r"([sardium])(m?\d+)_")
_TIMER = re.compile(r"t_([a-z]+)_")
_ID = r"(?:S-M\d|[SARDIUM]-\d\d|T-[a-z]+)"
_TOLD = re.compile(rf"(?:{_ID}(?:, | and | to )?)+(?= partly:|:)")


@cache
def statements() -> Mapping[str, str]:
    """Every id with its title, in the order of the page."""
    tables = _ids()
    return {one: title for kind in KINDS for one, title in tables[kind].items()}


@cache
def not_built() -> Mapping[str, str]:
    """Ids that have no test because the box does not do it yet, with the reason."""
    return _ids().get("not-built", {})


@cache
def _ids() -> Mapping[str, dict[str, str]]:
    return tomllib.loads((ROOT / "tests" / "acd" / "ids.toml").read_text(encoding="utf-8"))


def proofs() -> Iterator[Proof]:
    """Every test that says so, and the checks of `invariants.py`."""
    tests = [path for path in tests_in() if not str(path.relative_to(ROOT)).startswith(_CATALOGUE_OF_ITS_OWN)]
    yield from claimed(tests, ids_of)
    yield from claimed([ROOT / "tests" / "acd" / "invariants.py"], ids_of, prefix="")


def ids_of(name: str, told: str) -> Iterator[str]:
    """The ids that a test's name begins with, or its docstring before a colon."""
    rest = name.removeprefix("test_")
    while found := _NUMBERED.match(rest):
        yield f"{found[1].upper()}-{found[2].upper() if found[2].startswith('m') else found[2].zfill(2)}"
        rest = rest[found.end() :]
    timer = _TIMER.match(rest)
    if timer and f"T-{timer[1]}" in statements():
        yield f"T-{timer[1]}"
    for line in told.splitlines():
        if cited := _TOLD.match(line.strip()):
            yield from _listed(cited[0])


def _listed(cited: str) -> Iterator[str]:
    everything = list(statements())
    for part in re.split(", | and ", cited):
        first, _, last = part.partition(" to ")
        if first in everything and last in everything:
            yield from everything[everything.index(first) : everything.index(last) + 1]
        else:
            yield first


def page() -> str:
    """The page."""
    found = [proof for proof in proofs() if proof.id in statements()]
    proven = {proof.id for proof in found}
    lines = [
        "# What is proven of the specification of call distribution",
        "",
        "Made by `python -m tests.acd.coverage_page > docs/coverage-acd.md` from the tests' names and docstrings. A",
        "test fails when it is stale, and when a statement of the first four kinds has neither a test nor a reason.",
        "",
        f"{len(proven)} of {len(statements())} statements have tests.",
    ]
    for kind, heading in KINDS.items():
        lines += ["", f"## {heading}", "", "| Id | What | Proven by | Still open |", "| --- | --- | --- | --- |"]
        ids = [one for one in statements() if one.startswith(f"{kind}-")]
        lines += [row(one, statements()[one], found, _open(one)) for one in ids]
    return "\n".join([*lines, ""])


def _open(one: str) -> str:
    reason = not_built().get(one)
    return f"**not built yet**: {reason}" if reason else "**no test**"


if __name__ == "__main__":
    print(page(), end="")
