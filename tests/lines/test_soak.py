"""F35: four lines at once, call after call."""

from tests.lines.soak import main


def test_f35_four_lines_live_through_calls_of_every_kind_without_sticking_or_growing(capsys):
    """F35 partly: twenty seconds; `python -m tests.lines.soak 30` is the real one, underruns included."""
    main(1 / 3)
    told = capsys.readouterr().out
    assert "stuck lines           0 " in told
    calls = int(told.split(" min, ")[1].split(" calls")[0])
    assert calls >= 4
    grown = float(told.split("grown by ")[1].split(" MB")[0])
    assert grown < 10
    troubles = [line for line in told.splitlines() if "TROUBLE" in line and "sample" not in line]
    assert troubles == []
