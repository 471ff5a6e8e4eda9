"""F13 to F15: a modem that goes and comes back, its twin, and somebody else's program, on real pseudo-terminals."""

import json
import os
import time

import pytest

from appliance.lines import worker as of_worker
from appliance.lines.facts import LegAnswered
from appliance.lines.states import State
from hw.sim import CallerState, VirtualCard
from tests.lines.served import ServedLine


@pytest.fixture
def card(tmp_path):
    with VirtualCard("JP", link=tmp_path / "by-path" / "port1") as card:
        yield card


@pytest.mark.parametrize("moment", ["idle", "ringing", "talking"])
@pytest.mark.parametrize("new_number", [False, True], ids=["same number", "new number"])
def test_f13_a_modem_pulled_out_and_put_back_serves_the_next_call(tmp_path, card, moment, new_number):
    with ServedLine("line1", card.path, tmp_path) as served:
        served.wait(State.IDLE)
        before = len(os.listdir("/proc/self/fd"))
        if moment != "idle":
            caller = card.ring("0312345678")
            served.wait(State.RINGING)
            served.wait_invited()
        if moment == "talking":
            served.worker.post(LegAnswered(served.trunk.invitations[-1].attempt))
            served.wait(State.TALKING)
            assert caller.wait_for(CallerState.CONNECTED, 2)
        pulled = time.monotonic()
        card.fault("card.unplug")
        assert served.wait(State.FAULT) - pulled < 1.0
        assert "is gone" in served.alarm
        if moment != "idle":
            assert served.trunk.hung_up == [served.trunk.invitations[-1].attempt]
        card.fault("card.plug", int(new_number))
        put_back = time.monotonic()
        assert served.wait(State.INIT, 5) - put_back < 3.0
        served.wait(State.IDLE)
        assert len(os.listdir("/proc/self/fd")) <= before
        if moment == "ringing":
            caller.give_up()
        again = card.ring("0398765432")
        served.wait_invited(2 if moment != "idle" else 1)
        served.worker.post(LegAnswered(served.trunk.invitations[-1].attempt))
        served.wait(State.TALKING)
        assert again.wait_for(CallerState.CONNECTED, 2)
    assert not card.is_off_hook


def _pty(path: str) -> int:
    return int(os.path.basename(path))


def test_f14_two_modems_with_the_same_serial_number_stay_with_their_sockets_whatever_they_are_numbered(tmp_path):
    """F14: lines name the USB port (by-path), which the twins' common serial number has no part in."""
    links = [tmp_path / "by-path" / f"port{place}" for place in (1, 2)]
    with (
        VirtualCard("JP", link=links[0]) as first,
        VirtualCard("JP", link=links[1]) as second,
        ServedLine("line1", links[0], tmp_path) as one,
        ServedLine("line2", links[1], tmp_path) as two,
    ):
        one.wait(State.IDLE)
        two.wait(State.IDLE)
        numbers = [os.readlink(link) for link in links]
        for card in (first, second):
            card.fault("card.unplug")
        one.wait(State.FAULT)
        two.wait(State.FAULT)
        # The kernel gives the lowest free number. Whose was the higher one gets the other's, or a lower one that
        # somebody else on this machine has just put back.
        renumbered, other = sorted((0, 1), key=lambda place: _pty(numbers[place]), reverse=True)
        for place in (renumbered, other):
            (first, second)[place].plug()
        assert _pty(os.readlink(links[renumbered])) < _pty(numbers[renumbered])
        one.wait(State.IDLE)
        two.wait(State.IDLE)
        first.ring("0311111111")
        one.wait_invited()
        assert one.trunk.invitations[-1].number == "0311111111"
        assert two.trunk.invitations == []


def test_a_modem_that_fails_again_and_again_is_reset_by_its_usb_port_and_a_held_port_never_is(
    tmp_path, card, monkeypatch
):
    """fxo §2.10: L3 is for a device that was ours and failed twice running, and at each failure from then on."""
    resets = []
    monkeypatch.setattr(of_worker, "BACK_OFF", (0.1,))
    monkeypatch.setattr(of_worker.usb, "reset", lambda device: resets.append(device) or True)
    card.fault("card.second_opener", 1)
    with ServedLine("line1", card.path, tmp_path, tmp_path / "traces") as served:
        served.wait_until(lambda: [state for _, state, _ in served.told].count(State.FAULT) >= 3, 5.0, "three failures")
        assert resets == [], "the other program has it"
        card.fault("card.pin", text="+GCI=3D")
        card.fault("card.second_opener", 0)
        served.wait_until(lambda: len(resets) >= 2, 20.0, "two resets")
        assert set(resets) == {card.path}
        card.fault("card.pin", text="+GCI=00")
        served.wait(State.IDLE)


def test_a_modem_that_fails_without_a_call_leaves_a_trace_of_what_was_said_to_it_once(tmp_path, card, monkeypatch):
    """fxo §5: the minute before a failure is what whoever has to find out wants to see."""
    monkeypatch.setattr(of_worker, "BACK_OFF", (0.1,))
    card.fault("card.pin", text="+GCI=3D")
    with ServedLine("line1", card.path, tmp_path, tmp_path / "traces") as served:
        served.wait_until(
            lambda: [state for _, state, _ in served.told].count(State.FAULT) >= 3, 20.0, "three failures"
        )
    (file,) = (tmp_path / "traces").glob("line1-*.jsonl")
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    assert "AT+GCI?" in [entry["text"] for entry in entries if entry["what"] == "sent"]
    assert entries[-1]["what"] == "failed"
    assert "stays at 3D" in entries[-1]["text"]


def test_f15_a_port_that_another_program_holds_is_an_alarm_and_taken_when_it_is_free(tmp_path, card, monkeypatch):
    monkeypatch.setattr(of_worker, "BACK_OFF", (0.2,))
    card.fault("card.second_opener", 1)
    with ServedLine("line1", card.path, tmp_path) as served:
        served.wait(State.FAULT)
        assert "in use by another program" in served.alarm
        card.fault("card.second_opener", 0)
        served.wait(State.IDLE)
        assert served.alarm == ""
