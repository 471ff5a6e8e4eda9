"""Every desk of every test in this folder is folded again from its journal (I-22)."""

from collections.abc import Iterator

import pytest

from tests.acd.desk import Desk


@pytest.fixture(autouse=True)
def _fold_every_journal() -> Iterator[None]:
    Desk.made.clear()
    yield
    for desk in Desk.made:
        desk.refold()
