"""Which test proves which statement of a specification: read from the tests themselves, shared by the coverage pages.

A test proves a statement when its name begins with the statement's id (`test_r05_...`, `test_t_bridge_...`) or when its
docstring does, before a colon ("S-31, D-07: ..." or "A-01 to A-30: ..."). "S-31 partly: ..." says what it leaves open.
"""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

Naming = Callable[[str, str], Iterable[str]]
"""Given a test's name and its docstring, the ids it claims to prove."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One test: the statement it is for, where it stands, and what it leaves open (empty when nothing)."""

    id: str
    place: str
    test: str
    gap: str


def proofs(sources: Iterable[Path], claims: Naming, prefix: str = "test_") -> Iterator[Proof]:
    """Every claim of a function whose name begins with `prefix`, by file and line."""
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith(prefix):
                told = ast.get_docstring(node) or ""
                for claimed in dict.fromkeys(claims(node.name, told)):
                    gap = re.search(rf"{claimed} partly: (.*)", told)
                    place = str(source.relative_to(ROOT))
                    yield Proof(claimed, place, node.name.removeprefix("test_"), gap[1] if gap else "")


def tests_in(*folders: str) -> Sequence[Path]:
    """The test files below these folders of tests/, or below all of it."""
    return sorted(path for folder in folders or (".",) for path in (ROOT / "tests" / folder).rglob("test_*.py"))


def row(claimed: str, what: str, found: Collection[Proof], otherwise: str) -> str:
    """The line of a page about one statement; `otherwise` stands where nothing proves it."""
    mine = [proof for proof in found if proof.id == claimed]
    tests = "<br>".join(f"`{proof.place}` {proof.test}" for proof in mine)
    gaps = " ".join(dict.fromkeys(proof.gap for proof in mine if proof.gap))
    return f"| {claimed} | {what} | {tests or '–'} | {gaps if mine else otherwise} |"
