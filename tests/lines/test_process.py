"""The lines process against the virtual card and a switch of raw sockets: real serial bytes, real SIP, real RTP."""

import asyncio
import itertools
import signal
import socket
import time

import numpy as np
import pytest

from appliance.lines.settings import Line
from appliance.wire import LineState
from appliance.wire_stream import Wire
from hw.sim import CallerState, HangUp, What
from hw.sim.verbs import SoundSpec
from tests.lines.fake_switch import FakeSwitch, tone
from tests.lines.running import Rig, level_of, silent_frames

CALLER_TONE, SWITCH_TONE = 1100, 1000


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def switch():
    switch = FakeSwitch(say=tone(SWITCH_TONE, 1.0))
    yield switch
    switch.die()


def ring(rig: Rig):
    return rig.card.ring("0312345678", "YAMADA", voice=SoundSpec("tone", (CALLER_TONE,), -15.0))


def connect(rig: Rig, switch: FakeSwitch, count: int = 1) -> tuple:
    """A caller rings and is answered by the switch."""
    caller = ring(rig)
    call = switch.wait_call(count)
    switch.ring(call)
    switch.answer(call)
    assert caller.wait_for(CallerState.CONNECTED, 5.0)
    return caller, call


def loud(pcm: bytes | np.ndarray) -> np.ndarray:
    """The samples from the first sound on."""
    samples = np.frombuffer(pcm, np.int16) if isinstance(pcm, bytes) else pcm
    return samples[int(np.argmax(np.abs(samples.astype(int)) > 500)) :]


def excused_frames(rig: Rig, switch: FakeSwitch) -> int:
    """None, unless this machine starved the simulator or our own switch: what they held back nobody could play."""
    gaps = [late - early for early, late in itertools.pairwise(switch.spoken_at)]
    held_back = sum(gap for gap in (*gaps, rig.card.stats.latest_tick) if gap > 0.035)
    return round(2 * held_back / 0.02)


def test_a_whole_call_off_hook_exactly_while_answered_with_sound_at_both_ends(rig, switch):
    rig.lines(switch.address)
    caller = ring(rig)
    call = switch.wait_call()
    headers = call.invite.headers
    assert call.invite.uri == f"sip:line1@{switch.address}"
    assert headers["x-deskbell-line"] == "line1"
    assert len(headers["x-deskbell-call"]) == 16
    assert headers["from"].startswith('"YAMADA" <sip:0312345678@')
    switch.ring(call)
    assert not rig.card.wait_hook(True, 0.5), "180 is no answer"
    switch.answer(call)
    assert caller.wait_for(CallerState.CONNECTED, 2.0)

    at_switch = loud(switch.wait_heard(call, 3.0))[800:]
    at_caller = loud(caller.heard().samples)[800:]
    assert level_of(CALLER_TONE, at_switch) == pytest.approx(-15.0, abs=1.5)
    assert level_of(SWITCH_TONE, at_caller) == pytest.approx(-15.0, abs=1.5)
    assert silent_frames(at_switch) <= excused_frames(rig, switch)
    assert silent_frames(at_caller) <= excused_frames(rig, switch)

    switch.hang_up(call)
    assert rig.card.wait_hook(False, 1.0), "BYE puts the line on-hook at once"
    assert caller.wait_for(CallerState.RELEASED, 1.0)


def test_every_way_in_which_callers_leave_ends_their_leg_on_four_lines_at_once(tmp_path, switch):
    """S-M5: busy tone, loop drop, silence."""
    rig = Rig(tmp_path, cards=4)
    try:
        rig.lines(switch.address)
        callers = [rig.client.card(number).ring("0312345678") for number in range(4)]
        switch.wait_call(4)
        calls = sorted(switch.calls, key=lambda call: call.invite.uri)
        for caller, call in zip(callers[:3], calls[:3], strict=True):
            switch.answer(call)
            assert caller.wait_for(CallerState.CONNECTED, 5.0)
        for caller, how in zip(callers, (HangUp.LOOP_DROP, HangUp.BUSY_TONE, HangUp.DIAL_TONE), strict=False):
            caller.hang_up(how)
        callers[3].give_up()
        ends = [switch.wait_end(call, 8.0) for call in calls]
        assert ends == ["BYE", "BYE", "BYE", "CANCEL"]
        for number in range(3):
            assert rig.client.card(number).wait_hook(False, 2.0)
        assert rig.client.card(3).stats.seizures == 0, "who gave up while it rang was never answered"
    finally:
        rig.close()


def test_after_a_kill_the_line_is_free_within_five_seconds(rig, switch):
    process = rig.lines(switch.address)
    _, call = connect(rig, switch)
    process.stop(signal.SIGKILL)
    assert rig.card.wait_hook(False, 5.0)
    assert not call.ended_by, "a killed process says no BYE: the switch ends the leg by its silence"


def test_sigterm_says_bye_goes_on_hook_and_ends_within_two_seconds(rig, switch):
    process = rig.lines(switch.address)
    _, call = connect(rig, switch)
    begun = time.monotonic()
    assert process.stop() == 0
    assert time.monotonic() - begun < 2.5  # the two seconds asked for, and a loaded machine
    assert switch.wait_end(call, 1.0) == "BYE"
    assert not rig.card.stats.is_off_hook


def test_a_caller_survives_the_death_of_the_switch_on_music_and_comes_back_under_the_same_key(rig, switch):
    process = rig.lines(switch.address)
    caller, first = connect(rig, switch)
    switch.die()
    process.wait_line("the switch is gone", 4.0)
    kept_from = len(caller.heard().samples)
    assert caller.wait_heard(kept_from / 8000 + 1.0, 5.0)
    music = caller.heard().samples[kept_from + 800 :]
    assert level_of(rig.music_tone, music) > -25.0
    assert silent_frames(music) <= excused_frames(rig, switch)

    successor = FakeSwitch(switch.port, say=tone(SWITCH_TONE, 1.0))
    try:
        second = successor.wait_call(1, 5.0)
        assert second.invite.headers["x-deskbell-call"] == first.invite.headers["x-deskbell-call"]
        successor.answer(second)
        assert level_of(CALLER_TONE, loud(successor.wait_heard(second, 2.0))) == pytest.approx(-15.0, abs=1.5)
        assert not [event for event in rig.card.events() if event.what == What.WENT_ON_HOOK.value]
        successor.hang_up(second)
        assert rig.card.wait_hook(False, 1.0)
    finally:
        successor.die()


def test_a_switch_that_came_back_unnoticed_and_forgot_the_call_is_called_again(rig, switch):
    rig.lines(switch.address)
    _, first = connect(rig, switch)
    switch.wait_heard(first, 0.5)
    switch.forget()
    second = switch.wait_call(2, 8.0)
    assert second.invite.headers["x-deskbell-call"] == first.invite.headers["x-deskbell-call"]
    assert rig.card.stats.is_off_hook


def test_a_caller_whose_switch_stays_away_is_let_go_in_the_end(rig, switch):
    rig.lines(switch.address, keep_caller=1.0)
    connect(rig, switch)
    switch.die()
    assert rig.card.wait_hook(False, 5.0)


async def states(rig: Rig, until, seconds: float = 10.0) -> dict[str, LineState]:
    """What the desk is told, until a condition on it holds."""
    reader, writer = await asyncio.open_unix_connection(rig.socket)
    desk = Wire(reader, writer)
    told: dict[str, LineState] = {}
    async with asyncio.timeout(seconds):
        assert await desk.greet("desk", frozenset({"lines"})) == "lines"
        while not until(told):
            state = await desk.receive()
            assert isinstance(state, LineState)
            told[state.line] = state
    await desk.close()
    return told


async def test_a_missing_modem_is_a_fault_in_a_sentence_and_an_unplugged_one_comes_back(rig, switch):
    """R-50: and the line is back with it."""
    process = rig.lines(switch.address, Line("line9", str(rig.folder / "nothing")))
    told = await states(rig, lambda told: len(told) == 2)
    assert told["line9"].state == "fault"
    assert "is not there" in told["line9"].alarm
    _, call = connect(rig, switch)
    told = await states(rig, lambda told: "line1" in told and told["line1"].state == "talking")
    assert told["line1"].number == "0312345678"

    rig.card.unplug()
    assert switch.wait_end(call, 3.0) == "BYE"
    told = await states(rig, lambda told: "line1" in told and told["line1"].state == "fault")
    assert "gone" in told["line1"].alarm or "not there" in told["line1"].alarm
    rig.card.plug()
    process.wait_line("line1 is in service", 8.0, count=2)


def test_a_sip_port_in_use_is_said_in_a_sentence(rig, switch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        rig.sip_port = taken.getsockname()[1]
        process = rig.lines(switch.address, wait=False, ready=False)
        process.wait_line(f"lines wants UDP port {rig.sip_port}")
        assert process.stop(signal.SIGCONT) == 3
