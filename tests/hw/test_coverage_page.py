"""docs/coverage-line.md says what the tests say, and every named fault is one of the catalogue's."""

from tests.hw.coverage_page import FAULTS, page, proofs
from tests.support.proofs import ROOT


def test_the_page_of_proven_faults_is_not_stale() -> None:
    written = (ROOT / "docs" / "coverage-line.md").read_text()
    assert written == page(), "run: python -m tests.hw.coverage_page > docs/coverage-line.md"


def test_every_test_named_after_a_fault_names_one_of_the_catalogue() -> None:
    assert {proof.id for proof in proofs()} <= set(FAULTS)
    assert len(FAULTS) == 40
