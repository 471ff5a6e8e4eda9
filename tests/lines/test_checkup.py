"""The line doctor's ear: what it finds on good and on bad lines, and that it leaves every line as it was."""

from pathlib import Path

import pytest

from appliance.lines.facts import CheckAsked
from appliance.lines.outgoing import Found
from appliance.lines.states import State
from hw.sim.countries import CallerIdTime
from hw.sim.dialled import Fate
from hw.sim.hybrid import Hybrid
from hw.sim.party import CallerState, RemoteParty
from hw.sim.sound import Tone
from tests.lines.calling import CallingLine
from tests.lines.test_calling import person


def examined(line: CallingLine, seconds: float = 15.0) -> dict[str, Found]:
    """What was found, by its word, once the line is idle again."""
    told: list[tuple[Found, ...]] = []
    line.line.out.examined = told.append
    line.fact(CheckAsked())
    line.run(seconds)
    assert len(told) == 1, "told once"
    assert line.line.state is State.IDLE
    return {found.what: found for found in told[0]}


@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
def test_a_good_line_is_well_in_every_point(tmp_path: Path, code: str) -> None:
    line = CallingLine(tmp_path, code=code)
    line.core.hybrid = Hybrid(20.0)
    found = examined(line)
    assert set(found) == {"modem", "voltage", "dial_tone", "noise", "echo"}
    assert found["voltage"].value == 48.0
    assert all(one.is_well for one in found.values()), found
    assert found["dial_tone"].value < 2.0
    assert line.trunk.early == line.trunk.refused == line.trunk.invitations == []
    assert not line.wrongs()


@pytest.mark.parametrize("loss", [4.0, 12.0, 25.0])
def test_the_echo_is_measured_to_a_decibel_or_two(tmp_path: Path, loss: float) -> None:
    line = CallingLine(tmp_path)
    line.core.hybrid = Hybrid(loss)
    echo = examined(line)["echo"]
    assert echo.value == pytest.approx(loss, abs=2.5)
    assert echo.is_well is (loss > 6.0)


def test_a_noisy_line_is_named(tmp_path: Path) -> None:
    line = CallingLine(tmp_path)
    line.fault("line.noise", -38.0)
    noise = examined(line)["noise"]
    assert not noise.is_well
    assert noise.value == pytest.approx(-38.0, abs=3.0)


def test_a_line_without_dial_tone_says_what_is_heard_instead(tmp_path: Path) -> None:
    line = CallingLine(tmp_path)
    line.core.line.dial_tone_delay = None
    assert examined(line)["no_dial_tone"].detail == ""
    line.core.line.dial_tone_delay, line.core.line.dial_tone = 0.3, Tone((620.0,), -20.0)
    assert examined(line)["no_dial_tone"].detail.endswith("620 Hz")


def test_a_line_in_use_is_not_taken_for_it(tmp_path: Path) -> None:
    line = CallingLine(tmp_path).has("0312345678", Fate.NO_ANSWER)
    line.calls()
    line.state(State.PROGRESS)
    told: list[tuple[Found, ...]] = []
    line.line.out.examined = told.append
    line.fact(CheckAsked())
    assert [found.what for found in told[0]] == ["modem", "not_free"]
    assert line.line.state is State.PROGRESS


def test_a_caller_who_rings_as_the_line_is_examined_is_a_caller_like_any_other(tmp_path: Path) -> None:
    line = CallingLine(tmp_path)
    told: list[tuple[Found, ...]] = []
    line.line.out.examined = told.append
    line.fact(CheckAsked())
    line.run(0.02)
    caller = RemoteParty("0399998888", None, person())
    line.core.line.ring(caller, line.now, CallerIdTime.NEVER)
    line.run(3.0)
    assert [found.what for found in told[0]][2:] in (["somebody_there"], ["given_up"])
    assert caller.state is CallerState.CONNECTED
    assert line.trunk.invitations
