"""Which tests walk which lines of the core: so that a broken line is first shown to those who would notice.

Rule: this only decides the order. A fixture or a cache that several tests share is noted for the first of them alone,
so a mutant lives only when every other test has passed too.
"""

import json
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest


@dataclass(slots=True)
class Walks:
    """For each test the seconds it took and the lines it walked, as "file:line"."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)

    def of_lines(self, file: str, lines: Iterable[int]) -> list[str]:
        """The tests that walk one of these lines, the quickest first."""
        asked = {f"{file}:{line}" for line in lines}
        found = (test for test, walked in self.lines.items() if asked.intersection(walked))
        return sorted(found, key=self.seconds.__getitem__)


def read(path: Path) -> Walks:
    """What a `Recorder` wrote."""
    return Walks(**json.loads(path.read_text()))


def lines_of(text: str, part: str) -> range:
    """The line numbers on which this part of the text stands first."""
    before, _, _ = text.partition(part)
    first = before.count("\n") + 1
    return range(first, first + part.count("\n") + 1)


class Recorder:
    """A plugin of pytest that notes who walks the marked lines: {file: its lines}."""

    def __init__(self, marked: Mapping[str, set[int]], path: Path) -> None:
        self._marked, self._path = marked, path
        self._walks = Walks()
        self._now: set[tuple[str, int]] = set()
        self._codes: dict[CodeType, bool] = {}

    def begin(self) -> None:
        """Trace from here on, in this process."""
        sys.settrace(self._enter)

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        has_marks = self._codes.get(code)
        if has_marks is None:
            has_marks = self._codes[code] = self._is_marked(code)
        return self._walk if has_marks else None

    def _is_marked(self, code: CodeType) -> bool:
        marked = self._marked.get(code.co_filename, set())
        return any(line in marked for _, _, line in code.co_lines())

    def _walk(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self._now.add((frame.f_code.co_filename, frame.f_lineno))
        return self._walk

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """One test with its fixtures."""
        self._now.clear()
        began = time.perf_counter()
        done = yield
        self._walks.seconds[item.nodeid] = time.perf_counter() - began
        self._walks.lines[item.nodeid] = sorted(
            f"{Path(file).name}:{line}" for file, line in self._now if line in self._marked[file]
        )
        return done

    def pytest_sessionfinish(self) -> None:
        """Leave it for the parent."""
        sys.settrace(None)
        self._path.write_text(json.dumps({"seconds": self._walks.seconds, "lines": self._walks.lines}))


class Order:
    """A plugin of pytest: run these tests in this order, or with `rest` only the others."""

    def __init__(self, tests: list[str], *, rest: bool = False) -> None:
        self._place, self._rest = {test: at for at, test in enumerate(tests)}, rest

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep and sort what was collected."""
        if self._rest:
            items[:] = [one for one in items if one.nodeid not in self._place]
        else:
            items[:] = sorted(
                (one for one in items if one.nodeid in self._place), key=lambda one: self._place[one.nodeid]
            )
