"""Who may import whom, and how long things may get: the table of the design, held against every module of ours.

The table below is the design's (docs/architecture.md). A module is judged by the longest prefix that names it. To allow
something new, change the table in the same commit and say why; a rule that only exists in a head is not one.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("appliance", "hw", "web")
ANY = frozenset({"*"})
IMPURE = frozenset({"asyncio", "time", "random", "os", "logging", "threading"})
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
HOUSE_FUNCTION = 40


@dataclass(frozen=True, slots=True)
class Rule:
    """What the modules under one prefix may import besides the standard library and themselves."""

    ours: frozenset[str] = frozenset()
    """Prefixes of our own modules."""
    third_party: frozenset[str] = frozenset()
    """Top-level names of other people's packages."""
    never: frozenset[str] = frozenset()
    """Modules of the standard library that would make a pure package impure."""


def rule(ours: str = "", third_party: str = "", never: frozenset[str] = frozenset()) -> Rule:
    """Write a rule as one reads it: names with blanks between them."""
    return Rule(frozenset(ours.split()), frozenset(third_party.split()), never)


COMPOSITION = Rule(ours=frozenset(PACKAGES), third_party=ANY)
"""Puts the parts together and may import everything; nobody but its like imports it."""

RULES: dict[str, Rule] = {
    # Whatever stands directly in `appliance` and is not named here is composition: __main__, app, config, demo ...
    "appliance": COMPOSITION,
    "appliance.errors": rule(),
    "appliance.wire_nouns": rule(third_party="msgspec"),
    "appliance.wire": rule("appliance.wire_figures appliance.wire_nouns appliance.wire_texts", "msgspec"),
    "appliance.wire_texts": rule("appliance.wire_nouns"),
    "appliance.wire_figures": rule(third_party="msgspec"),
    "appliance.wire_lines": rule("appliance.wire"),
    "appliance.wire_stream": rule("appliance.errors appliance.wire appliance.wire_lines", "msgspec"),
    "appliance.pjsua2_setup": rule(),  # handed the library by the one door that each of its two users has
    "appliance.settings_file": rule("appliance.errors", "msgspec"),
    "appliance.tape": rule("appliance.errors appliance.wire appliance.wire_lines appliance.wire_stream", "msgspec"),
    "appliance.api": rule(
        "appliance.acd.view appliance.api_alerts appliance.api_inbox appliance.api_legend appliance.api_lines"
    ),
    "appliance.api_legend": rule(),
    "appliance.api_alerts": rule(),
    "appliance.api_lines": rule(),
    "appliance.api_inbox": rule("appliance.team"),
    "appliance.team": rule(),
    "appliance.acd": rule(never=IMPURE),
    "appliance.media": rule("appliance.errors", "numpy", never=IMPURE),
    "appliance.desk": rule(
        # The desk owns the buttons and lamps; gpiozero stays behind hw.panel.
        "appliance.acd appliance.wire appliance.wire_lines appliance.wire_stream appliance.wire_figures appliance.tape "
        "appliance.storage appliance.team "
        "appliance.errors appliance.edge appliance.api hw.panel hw.debounce hw.fittings hw.errors",
        "msgspec",  # packs a checkpoint of the core's state for the journal
    ),
    "appliance.desk.lamps": rule(never=IMPURE),
    "appliance.desk.mail": rule("appliance.desk appliance.storage appliance.errors", "aiosmtplib"),
    "appliance.desk.alerts": rule("appliance.acd", never=IMPURE),
    "appliance.desk.text_rules": rule(never=IMPURE),
    "appliance.desk.panel_logic": rule("appliance.acd appliance.desk.lamps", never=IMPURE),
    "appliance.desk.feature_codes": rule("appliance.acd appliance.desk.panel_logic", never=IMPURE),
    "appliance.desk.signs": rule("appliance.acd", never=IMPURE),
    "appliance.desk.lifeline": rule(never=IMPURE),
    "appliance.desk.promises": rule("appliance.acd", never=IMPURE),
    "appliance.desk.contacts": rule("appliance.acd hw.fittings", never=IMPURE),
    "appliance.desk.blinking": rule(never=IMPURE),
    "appliance.desk.legend": rule(
        "appliance.api appliance.desk.feature_codes appliance.desk.lamps appliance.desk.panel_logic", never=IMPURE
    ),
    "appliance.desk.lamp_legend": rule(
        "appliance.acd appliance.desk.feature_codes appliance.desk.lamps appliance.desk.panel_logic "
        "appliance.desk.signs"
    ),
    "appliance.edge": rule("appliance.errors", "jinja2 msgspec"),
    "appliance.switch": rule(
        "appliance.wire appliance.wire_stream appliance.media appliance.errors appliance.settings_file "
        "appliance.pjsua2_setup",
        "msgspec pjsua2",
    ),
    "appliance.lines": rule(
        "appliance.wire appliance.wire_lines appliance.wire_stream appliance.wire_figures appliance.media "
        "appliance.errors appliance.settings_file appliance.pjsua2_setup hw.modem hw.errors hw.priority",
        "msgspec numpy pjsua2",
    ),
    "appliance.storage": rule("appliance.acd appliance.errors appliance.team", "aiosqlite msgspec"),
    "hw": rule(third_party="gpiod gpiozero serial"),
    "hw.sim": rule("hw", "gpiozero serial numpy"),
    "web": rule("appliance.api", "aiohttp jinja2 argon2"),
}

# One door each: where it is let in at all, a single module imports it and everything else talks to that module.
SINGLE_IMPORTER = {"pjsua2": ("appliance.switch", "appliance.lines"), "serial": ("hw.modem",)}


@dataclass(frozen=True, slots=True)
class Import:
    """One name that one line of one module imports."""

    module: str
    line: int
    name: str


def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {dotted(path.relative_to(ROOT)): path for path in files}


def dotted(path: Path) -> str:
    """`hw/sim/card.py` is `hw.sim.card`, a package's `__init__.py` is the package."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports_of(module: str, source: str, known: frozenset[str]) -> Iterator[Import]:
    """Every import anywhere in the source, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(module, node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            for name in node.names:
                whole = f"{base}.{name.name}"
                yield Import(module, node.lineno, "." * node.level + (whole if whole in known else base))


def prefix_of(name: str, prefixes: frozenset[str] | dict[str, Rule]) -> str:
    """The longest of the prefixes under which the dotted name falls; empty when under none."""
    parts = name.split(".")
    candidates = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((candidate for candidate in candidates if candidate in prefixes), "")


def is_composition(name: str) -> bool:
    """Whether a module of ours belongs to the modules that put the others together."""
    return prefix_of(name, RULES) == "appliance"


def fault_of(found: Import) -> str:
    """What is wrong with one import, as a sentence; empty when nothing is."""
    mine = prefix_of(found.module, RULES)
    allowed = RULES[mine]
    top = found.name.split(".")[0]
    if found.name.startswith("."):
        return "imports are written out in full here: name the whole module"
    if top in sys.stdlib_module_names:
        return (
            f"{mine} is pure and never imports {top}: take what it gives as an argument" if top in allowed.never else ""
        )
    if top not in PACKAGES:
        listed = ", ".join(sorted(allowed.third_party)) or "no other people's package"
        if top in allowed.third_party or allowed.third_party == ANY:
            return ""
        return f"{mine} may import {listed}, not {top}"
    if found.name == "appliance" or (prefix_of(found.name, allowed.ours | {mine}) and not is_composition(found.name)):
        return ""
    if mine == "appliance":
        return ""
    if is_composition(found.name):
        return f"{found.name} puts the parts together and is imported only by its like: let it hand over what is needed"
    listed = ", ".join(sorted(allowed.ours)) or "nothing else of ours"
    return f"{mine} may import {listed}, not {found.name}"


def all_imports() -> list[Import]:
    """Every import of every module of ours."""
    known = modules()
    return [
        found
        for module, path in known.items()
        for found in imports_of(module, path.read_text(encoding="utf-8"), frozenset(known))
    ]


def place_of(found: Import) -> str:
    """`file:line` of an import, as an editor opens it."""
    return f"{modules()[found.module].relative_to(ROOT)}:{found.line}"


def test_every_import_is_one_the_design_allows() -> None:
    wrong = [f"{place_of(found)}: {fault}" for found in all_imports() if (fault := fault_of(found))]
    assert not wrong, "\n".join(["These imports cross a border of the design (the table is in this file):", *wrong])


def test_pjsua2_and_pyserial_are_imported_by_one_module_of_each_subject() -> None:
    for library, subjects in SINGLE_IMPORTER.items():
        for subject in subjects:
            doors = {
                found.module
                for found in all_imports()
                if found.name.split(".")[0] == library and (found.module + ".").startswith(subject + ".")
            }
            assert len(doors) <= 1, f"{library} is imported in {subject} by {sorted(doors)}; one module is right"


@pytest.mark.parametrize(
    ("module", "source", "sentence"),
    [
        ("appliance.acd.engine", "import time", "appliance.acd is pure and never imports time"),
        ("appliance.acd.engine", "from appliance.wire import Leg", "appliance.acd may import nothing else of ours"),
        ("hw.panel", "from appliance import errors", "hw may import nothing else of ours"),
        ("web.pages", "def page():\n    from appliance.desk import control", "web may import appliance.api, not"),
        ("appliance.switch.legs", "import aiohttp", "appliance.switch may import msgspec, pjsua2, not aiohttp"),
        ("appliance.desk.control", "import pjsua2", "not pjsua2"),
        ("appliance.desk.control", "from appliance.config import Config", "puts the parts together"),
        ("appliance.desk.control", "from . import panel", "written out in full"),
        ("hw.panel", "import numpy", "hw may import gpiod, gpiozero, serial, not numpy"),
        ("appliance.lines.worker", "from hw.panel import Panel", "not hw.panel"),
    ],
)
def test_an_import_across_a_border_is_named_with_a_sentence(module: str, source: str, sentence: str) -> None:
    known = frozenset({"appliance.errors", "appliance.desk.control", "appliance.desk.panel", "appliance.config"})
    faults = [fault_of(found) for found in imports_of(module, source, known)]
    assert any(sentence in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("appliance.acd.engine", "from appliance.acd.model import Agent\nimport heapq"),
        ("appliance.lines.worker", "from hw.modem.driver import Modem\nimport numpy as np\nimport asyncio"),
        ("appliance.app", "import aiohttp\nfrom web.app import page\nfrom appliance.config import Config"),
        ("appliance.desk.control", "from appliance.api import DeskApi"),
        ("hw.sim.sound", "import numpy"),
    ],
)
def test_an_import_the_design_names_is_let_through(module: str, source: str) -> None:
    assert [fault_of(found) for found in imports_of(module, source, frozenset()) if fault_of(found)] == []


def ours_in_python() -> list[Path]:
    """Every source file with a size to keep: the packages and the set-up's Python."""
    return [*modules().values(), *sorted((ROOT / "image-build").rglob("*.py"))]


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    """`file:line name` and length in lines of every function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in ours_in_python()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent, f"These modules have no docstring; one sentence on what it is for would be right: {silent}"


def test_no_file_is_longer_than_the_wall() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in ours_in_python()}
    long = {path: length for path, length in lengths.items() if length > LONGEST_FILE}
    assert not long, f"Over {LONGEST_FILE} lines a file holds two subjects; split it: {long}"


def test_no_function_is_longer_than_the_wall() -> None:
    lengths = [found for path in ours_in_python() for found in functions_of(path)]
    long = [f"{name}: {length} lines" for name, length in lengths if length > LONGEST_FUNCTION]
    assert not long, f"Over {LONGEST_FUNCTION} lines a function does several things; name them: {long}"
    stretched = [f"{name}: {length} lines" for name, length in lengths if length > HOUSE_FUNCTION]
    if stretched:
        warnings.warn(f"Over the house's {HOUSE_FUNCTION} lines: {stretched}", stacklevel=1)
