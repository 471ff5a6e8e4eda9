"""docs/coverage-acd.md says what the tests say, and every statement of the specification has a test or a reason."""

import pytest

from tests.acd.coverage_page import NEEDED, ROOT, ids_of, not_built, page, proofs, statements


def test_the_page_of_proven_statements_is_not_stale() -> None:
    written = (ROOT / "docs" / "coverage-acd.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m tests.acd.coverage_page > docs/coverage-acd.md"


def test_every_statement_of_the_needed_kinds_has_a_test_or_a_reason() -> None:
    proven = {proof.id for proof in proofs()}
    missing = [one for one in statements() if one.startswith(NEEDED) and one not in proven and one not in not_built()]
    assert missing == []


def test_what_has_a_test_is_built() -> None:
    proven = {proof.id for proof in proofs()}
    assert [one for one in not_built() if one in proven] == [], "take them off [not-built] in tests/acd/ids.toml"
    assert set(not_built()) <= set(statements())


def test_tests_name_only_statements_that_there_are() -> None:
    assert {(proof.test, proof.id) for proof in proofs() if proof.id not in statements()} == set()


@pytest.mark.parametrize(
    ("name", "told", "ids"),
    [
        ("test_r05_an_answer", "", ["R-05"]),
        ("test_s13_s14_wrap_up", "", ["S-13", "S-14"]),
        ("test_sm2_the_button", "", ["S-M2"]),
        ("test_t_bridge_an_answer", "", ["T-bridge"]),
        ("test_t_shirt", "", []),
        ("test_rows", "A-01 to A-03: a row.", ["A-01", "A-02", "A-03"]),
        ("test_page", "S-31, D-07: it is pushed. See I-28: no.", ["S-31", "D-07"]),
        ("test_page", "Like S-31: it is pushed.", []),
        ("test_page", "R-30 partly: the disk.\n\nR-42: more.", ["R-30", "R-42"]),
    ],
)
def test_a_test_says_by_its_name_or_docstring_what_it_proves(name: str, told: str, ids: list[str]) -> None:
    assert list(ids_of(name, told)) == ids
