"""F04, F05, F16 to F18, F33, F34: a modem that babbles, refuses, forgets, is stuck or was reset (fxo §3.5)."""

import pytest

from hw.modem.events import (
    CallerIdLine,
    Failed,
    Finished,
    Ready,
    Released,
    Result,
    Ring,
    Seized,
    SeizeFailed,
)
from hw.modem.protocol import Protocol
from hw.sim import What
from hw.sim.mischief import Whim
from hw.sim.party import CallerState
from tests.hw.modem.virtual import VirtualLine


def test_f04_ringing_and_caller_id_between_a_command_and_its_ok_are_heard_and_fail_nothing(wire):
    line = VirtualLine(wire=wire, reopens=True).ready()
    line.run(10.0)  # AT+VRID=0 is over, whose answer looks the same
    line.fault("card.next_result", 600, "late AT+FCLASS=8;+VSD=0,0;+VIT=0")
    line.modem.seize(line.now)
    line.run(0.05)
    line.fault("card.garbage", text=b"\r\nRING\r\n\r\nNMBR = 0312345678\r\n".hex())
    line.until(Seized)
    assert Ring() in line.events or wire.loss
    assert CallerIdLine("NMBR", "0312345678") in line.events or wire.loss


@pytest.mark.parametrize("count", [1, 17, 256, 4096])
def test_f05_garbage_in_command_mode_takes_no_line_and_is_over_in_three_seconds(count, wire):
    """F05: in three seconds on the clean and the byte-by-byte wire; on the lossy and the late one it only recovers."""
    line = VirtualLine(wire=wire, seed=count, reopens=True).ready()
    line.fault("card.garbage", count, count=count)
    line.run(3.0)
    assert not line.core.is_off_hook
    before = line.now
    line.modem.seize(line.now)
    line.until((Seized, SeizeFailed))
    assert line.core.is_off_hook or wire.loss
    assert line.now - before < 3.0 or wire.loss or wire.late


def test_f16_a_card_stuck_in_a_stream_is_ready_within_five_seconds(wire):
    line = VirtualLine("stuck_stream", wire, reopens=True)
    assert line.core.is_off_hook
    line.ready()
    assert line.now - 1000 < 5.0 or wire.late or wire.loss
    assert not line.core.is_off_hook
    line.talking()
    line.hang_up()
    assert [wrong for wrong in line.wrongs() if "sample" not in wrong] == []


@pytest.mark.parametrize("has_dtr", [True, False])
def test_f17_a_program_killed_in_a_call_frees_the_line_within_five_seconds(has_dtr):
    """F17: by DTR where the port has it, else by the next program's preamble; also tests/lines/test_process.py."""
    line = VirtualLine().ready()
    line.talking()
    killed = line.now
    if has_dtr:
        line.core.set_dtr(False, line.now)
    line._reopen()
    line.until(Ready)
    assert line.moments(What.WENT_ON_HOOK)[-1] - killed < 5.0
    assert line.now - killed < 8.0


def commands_of_a_life(personality: str) -> tuple[str, ...]:
    """Every command line of bring-up, poll, seizure and release, as that modem sees them."""
    line = VirtualLine(personality).ready()
    line.run(31.0)
    line.talking()
    line.hang_up()
    return tuple(dict.fromkeys(line.commands()))


MATRIX = [
    (personality, command, whim)
    for personality in ("cx93001_2013", "usr5637")
    for command in commands_of_a_life(personality)
    for whim in (Whim.ERROR, Whim.NONE, Whim.DEAF, Whim.LATE)
]


@pytest.mark.parametrize("times", [1, 999], ids=["once", "always"])
def test_f18_whatever_command_is_refused_lost_or_late_the_line_is_never_left_off_hook(times):
    for personality, command, whim in MATRIX:
        line = VirtualLine(personality, reopens=True)
        line.fault("card.next_result", 2500, f"{whim.value} {command}", times)
        live_one_call(line)
        case = (personality, command, whim)
        assert not line.core.is_off_hook, case
        assert [wrong for wrong in line.wrongs() if "nobody" in wrong or "still off" in wrong] == [], case
        told = [event for event in line.events if isinstance(event, (Ready, Failed))]
        assert told, case
        if times == 1:
            line.until(Ready) if not any(isinstance(e, Ready) for e in told) else None


def live_one_call(line: VirtualLine) -> None:
    """Bring up, one call, hang up, rest; whatever fails on the way is left to the driver and its port."""
    line.modem.start(line.now)
    line.until((Ready, Failed))
    if not line.is_open:
        line.run(12.0)
        return
    line.rung()
    line.modem.seize(line.now)
    line.until((Seized, SeizeFailed, Failed))
    line.run(0.5)
    if line.is_open:
        line.modem.release(line.now)
        line.until((Released, Failed))
    line.run(12.0)


def test_f33_a_card_reset_by_lightning_is_noticed_by_the_poll_and_initialised_anew(wire):
    line = VirtualLine(wire=wire, reopens=True).ready()
    line.fault("card.reset")
    assert line.core.settings.value("+GCI") == "B5"
    line.until(Ready, 60.0)
    line.run(1.0)
    assert line.core.settings.value("+GCI") == "00"
    assert line.core.settings.value("+VCID") == "1"
    assert line.core.settings.value("E") == "0"


def test_f34_a_modem_that_keeps_another_country_is_blocked_with_the_reason(wire):
    line = VirtualLine(wire=wire)
    line.fault("card.pin", text="+GCI=B5")
    line.modem.start(line.now)
    event = line.until(Failed)
    assert isinstance(event, Failed)
    assert "stays at B5" in event.why or wire.loss
    assert line.moments(What.WENT_OFF_HOOK) == []


def test_a_hook_that_did_not_move_is_moved_again_while_it_rings_on():
    line = VirtualLine("usr5637").ready()
    party = line.rung()
    line.fault("card.stuck_hook", count=1)
    line.modem.seize(line.now)
    line.until(Seized)
    line.run(8.0)
    assert party.state is CallerState.CONNECTED
    line.hang_up()
    assert not line.core.is_off_hook


def test_a_hook_that_never_moves_is_a_fault():
    line = VirtualLine("usr5637").ready()
    line.rung()
    line.fault("card.stuck_hook", count=99)
    line.modem.seize(line.now)
    event = line.until(Failed)
    assert isinstance(event, Failed)
    assert "rings on" in event.why


def test_the_ladder_of_recovery_reaches_dtr_before_it_gives_up():
    line = VirtualLine()
    line.fault("card.next_result", text="deaf", count=999)
    line.modem.start(line.now)
    wants = set()
    while not any(isinstance(event, Failed) for event in line.events):
        line.run(0.1)
        wants.add(line.modem.wants_dtr)
    assert wants == {True, False}
    assert "ATZ" in line.commands()


def test_a_modem_that_answers_only_after_atz_is_brought_up():
    line = VirtualLine()
    line.fault("card.next_result", text="deaf AT", count=5)
    line.ready()
    assert "ATZ" in line.commands() or line.commands().count("AT") > 4


def test_an_answer_to_a_forgotten_command_is_nobodys():
    protocol = Protocol()
    protocol.command("AT")
    protocol.give_up()
    assert not [event for event in protocol.receive(b"\r\nOK\r\n") if isinstance(event, Finished)]
    protocol.command("ATI0")
    assert protocol.receive(b"\r\nERROR\r\n") == [Finished("ATI0", Result.ERROR)]
