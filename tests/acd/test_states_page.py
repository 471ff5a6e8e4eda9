"""The page of states is what the running table says."""

from pathlib import Path

from appliance.acd.diagram import states_page
from appliance.acd.tables import ROWS

PAGE = Path(__file__).parents[2] / "docs" / "acd-states.md"


def test_the_page_of_states_is_not_stale() -> None:
    assert PAGE.read_text() == states_page(), "run: python -m appliance.acd.diagram > docs/acd-states.md"


def test_the_page_names_every_row_once_in_the_table() -> None:
    lines = states_page().splitlines()
    for row in ROWS:
        assert len([line for line in lines if line.startswith(f"| {row.id} |")]) == 1
