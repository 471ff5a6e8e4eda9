"""How a line's modem is asked to tell who calls: by text, by the exchange's packet, or not at all (fxo §2.2, §2.3)."""

from pathlib import Path

import pytest

from appliance.lines.states import State
from hw.modem.callerid import Telling
from hw.modem.reread import REREAD
from hw.sim.countries import CallerIdTime
from hw.sim.party import RemoteParty
from tests.lines.virtual import WholeLine


def rung(line: WholeLine) -> float:
    """Somebody rings until the switch is called; seconds from the first ring."""
    seen = len(line.trunk.invitations)
    line.core.line.ring(RemoteParty("0312345678", None, None), line.now)
    line.state(State.RINGING)
    begun = line.now
    while len(line.trunk.invitations) == seen:
        line.run(0.02)
        assert line.now < begun + 10.0, "offered"
    return line.now - begun


def asked(line: WholeLine) -> list[str]:
    """What was said of caller ID, without repetitions."""
    return list(dict.fromkeys(command for command in line.commands() if "+VCID" in command))


@pytest.mark.parametrize("telling", [Telling.TEXT, Telling.RAW])
def test_a_number_comes_by_text_and_by_packet_also_after_a_call(tmp_path: Path, telling: Telling) -> None:
    line = WholeLine(tmp_path, code="US", caller_id=telling).in_service()
    for _ in range(2):
        rung(line)
        assert line.trunk.invitations[-1].number == "0312345678"
        line.state(State.TALKING)
        line.bye()
    assert asked(line) == [telling.command]


def test_a_line_without_caller_id_offers_its_caller_at_the_first_ring_and_never_asks(tmp_path: Path) -> None:
    """The way out where a modem waits for a number and then tells of no ring (bench list, B12)."""
    line = WholeLine(tmp_path, code="US", caller_id=Telling.OFF).in_service()
    for _ in range(2):
        assert rung(line) < 0.1
        assert line.trunk.invitations[-1].number == ""
        line.state(State.TALKING)
        line.bye()
    assert asked(line) == ["AT+VCID=0"]
    assert REREAD not in line.commands()
    assert line.alarms == []


def test_japans_short_bursts_are_told_from_rings_without_caller_id_too(tmp_path: Path) -> None:
    line = WholeLine(tmp_path, code="JP", caller_id=Telling.OFF).in_service()
    assert 1.3 < rung(line) < 1.6


def test_who_rings_right_after_the_start_is_asked_for_again(tmp_path: Path) -> None:
    """fxo §2.3: a number that was lost on its way, a tenth of a second after the modem came into service."""
    line = WholeLine(tmp_path, code="US").in_service()
    line.run(0.1)
    line.core.settings.run("+VCID=0", line.now)  # what is told is lost, but the modem knows it
    rung(line)
    assert line.trunk.invitations[-1].number == "0312345678"


def test_nobody_who_called_before_the_start_is_taken_for_who_rings_right_after_it(tmp_path: Path) -> None:
    line = WholeLine(tmp_path, code="US")
    line.core._caller_id = ["DATE = 0101", "TIME = 0101", "NMBR = 0399999999"]  # noqa: SLF001 - a life before ours
    line.in_service()
    line.run(0.1)
    line.core.line.ring(RemoteParty("0388888888", None, None), line.now, CallerIdTime.NEVER)
    line.state(State.TALKING)
    assert line.trunk.invitations[-1].number == ""
