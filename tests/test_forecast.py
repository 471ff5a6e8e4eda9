"""`deskbell forecast`: the values of acd.md §4 in a table with the ±20 % band."""

import pytest

from appliance.__main__ import main


def test_the_table_has_the_values_of_the_specification_with_their_band(capsys) -> None:
    assert main(["forecast", "--calls-per-hour", "70", "--aht", "180", "--agents", "5"]) == 0
    told = capsys.readouterr().out
    assert "are 3.50 erlangs" in told
    assert "20 % fewer" in told
    row = told.splitlines()[-1]
    assert "70 % (56–84)" in row
    assert "38 % (" in row
    assert "26 % (" in row
    assert "8 % (" in row


def test_a_range_of_agents_is_a_row_each_and_too_few_never_catch_up(capsys) -> None:
    main(["forecast", "--calls-per-hour", "70", "--aht", "180", "--patience", "60", "--agents", "3..6"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[-4:]] == ["3", "4", "5", "6"]
    assert "∞ s (∞–∞)" not in lines[-1]
    assert "∞ s (" in lines[-4]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--calls-per-hour", "0", "--aht", "180"], "--calls-per-hour is 0; more than 0"),
        (["--calls-per-hour", "30", "--aht", "-1"], "--aht is -1"),
        (["--calls-per-hour", "30", "--aht", "180", "--agents", "8..1"], "a range like 1..8"),
        (["--calls-per-hour", "30", "--aht", "180", "--patience", "nan"], "--patience is nan"),
    ],
)
def test_an_office_that_cannot_be_is_refused_with_a_sentence(arguments: list[str], told: str, capsys) -> None:
    assert main(["forecast", *arguments]) == 2
    assert told in capsys.readouterr().err
