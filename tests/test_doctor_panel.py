"""What `deskbell doctor` says of the panel: the board's file, and the chips it means."""

from pathlib import Path

import pytest

from appliance import doctor
from appliance.__main__ import main
from appliance.config import Config, parse
from hw.chips import FoundChip

HEADER = FoundChip(0, "pinctrl-bcm2711", "x", ("",) * 28)
OTHER = FoundChip(0, "gpio-mockup", "x", ("",) * 28)


def config(mode: str, board: str = "rev_a") -> Config:
    return parse(f'[panel]\nmode = "{mode}"\nboard = "{board}"', "office.toml")


@pytest.mark.parametrize(
    ("mode", "chips", "says"),
    [
        ("auto", (HEADER,), ""),
        ("auto", (OTHER,), "is here for header; gpiochip0 is gpio-mockup"),
        ("auto", (), ""),
        ("gpio", (), "is here for header; this machine has no GPIO chip"),
        ("virtual", (OTHER,), ""),
    ],
)
def test_the_doctor_names_each_chip_that_should_be_here(
    monkeypatch: pytest.MonkeyPatch, mode: str, chips: tuple[FoundChip, ...], says: str
) -> None:
    monkeypatch.setattr(doctor, "find_chips", lambda: chips)
    finding = doctor._panel(config(mode))
    assert finding.found.startswith("Deskbell panel, revision A: 6 seats")
    assert says in finding.found
    assert bool(finding.mend) == bool(says)
    assert not finding.fatal


def test_the_doctor_names_every_expander_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_chips", lambda: (HEADER,))
    assert doctor._panel(config("auto", "rev_b")).found.count("no chip mcp23017 at 1-002") == 4


def test_the_doctor_counts_the_fittings_and_names_those_without_a_meaning() -> None:
    (finding,) = doctor._fittings(config("virtual", "rev_c"))
    assert finding.found == "stack light, closing key, 6 record key, 6 sensor, 6 piezo, 3 contact, lifeline"
    assert "add contact door to [[contacts]]" in finding.mend
    assert "contact fire" not in finding.mend
    assert "name lifeline line-1 after a line" in finding.mend
    assert not finding.fatal


def test_a_board_without_fittings_is_no_finding() -> None:
    assert doctor._fittings(config("virtual")) == []


def test_the_doctor_names_the_chips_of_fittings_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_chips", lambda: (HEADER,))
    found = doctor._panel(config("auto", "rev_c")).found
    assert [name for name in ("office", "keys", "seats") if f"is here for {name}" in found] == [
        "office",
        "keys",
        "seats",
    ]


def test_panel_test_walks_through_the_board_that_the_configuration_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "office.toml"
    file.write_text(f'[panel]\nboard = "{tmp_path}/ours.toml"')
    assert main(["panel-test", "--config", str(file)]) == 2
    assert "ours.toml: the board file cannot be read" in capsys.readouterr().err
