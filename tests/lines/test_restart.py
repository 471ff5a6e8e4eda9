"""`lines` dies in a call: where a manager keeps its ports the caller stays, elsewhere the line is freed."""

import os
import signal
import time

import pytest

from appliance.lines.kept import KeptCall, Memory, Store
from hw.modem.callerid import CallerId, Withheld
from hw.modem.dle import DleDecoder
from hw.modem.events import Audio
from hw.sim import CallerState, HangUp
from tests.lines.running import level_of
from tests.lines.service_manager import ServiceManager
from tests.lines.test_process import CALLER_TONE, SWITCH_TONE, connect, loud, rig, switch  # noqa: F401

CALL = KeptCall("0123abcd", "0312345678", "YAMADA", "", "cx930xx", "CONEXANT 56000", "131,8000")


@pytest.fixture
def manager(tmp_path):
    manager = ServiceManager(tmp_path)
    yield manager
    manager.close()


def kill(process) -> float:
    process.stop(signal.SIGKILL)
    return time.monotonic()


def test_a_caller_survives_the_death_of_lines_where_the_manager_keeps_the_port(rig, switch, manager):  # noqa: F811
    first = rig.lines(switch.address, manager=manager)
    caller, call = connect(rig, switch)
    switch.wait_heard(call, 1.0)
    assert manager.names == {"line1", "line1.call"}
    kill(first)
    assert not rig.card.wait_hook(False, 1.0), "DTR never fell"
    second = rig.lines(switch.address, manager=manager, wait=False)
    second.wait_line("is called in again")
    again = switch.wait_call(2)
    assert again.invite.headers["x-deskbell-call"] == call.invite.headers["x-deskbell-call"]
    assert again.invite.headers["from"].startswith('"YAMADA" <sip:0312345678@')
    switch.answer(again)
    heard = loud(switch.wait_heard(again, 3.0))[8000:]
    assert level_of(CALLER_TONE, heard) == pytest.approx(-15.0, abs=1.5), "in step with the stream again"
    before = len(caller.heard().samples)
    assert caller.wait_heard(before / 8000 + 2.0, 10.0)
    assert level_of(SWITCH_TONE, caller.heard().samples[-12000:]) == pytest.approx(-15.0, abs=1.5)
    assert caller.state is CallerState.CONNECTED
    assert rig.card.stats.seizures == 1
    caller.hang_up(HangUp.BUSY_TONE)
    assert switch.wait_end(again, 8.0) == "BYE"
    assert rig.card.wait_hook(False, 3.0)


def test_a_caller_who_left_while_lines_was_dead_holds_the_line_no_longer(rig, switch, manager):  # noqa: F811
    first = rig.lines(switch.address, manager=manager)
    caller, _call = connect(rig, switch)
    kill(first)
    caller.hang_up(HangUp.BUSY_TONE)
    rig.lines(switch.address, manager=manager, wait=False)
    assert rig.card.wait_hook(False, 10.0), "the tone is heard by whoever comes next"


def test_a_line_that_was_idle_is_taken_over_and_serves(rig, switch, manager):  # noqa: F811
    first = rig.lines(switch.address, manager=manager)
    kill(first)
    rig.lines(switch.address, manager=manager)
    connect(rig, switch)


def test_without_a_manager_the_line_is_free_within_five_seconds(rig, switch):  # noqa: F811
    process = rig.lines(switch.address)
    connect(rig, switch)
    killed = kill(process)
    assert rig.card.wait_hook(False, 5.0)
    assert time.monotonic() - killed < 5.0


def test_a_stop_gives_back_what_was_kept(rig, switch, manager):  # noqa: F811
    process = rig.lines(switch.address, manager=manager)
    connect(rig, switch)
    process.stop(signal.SIGTERM)
    assert rig.card.wait_hook(False, 2.0)
    assert "line1" not in manager.names


@pytest.mark.parametrize("cut", range(12))
def test_a_stream_joined_midway_is_read_rightly_after_the_first_whole_byte(cut):
    stream = b"\x7f\x10\x10\x10\x10\x22\x10u\x33\x10\x10\x44\x55\x66"
    events, rest = DleDecoder(is_midway=True).feed(stream[cut:])
    assert rest is None, "nothing there ends the stream"
    samples = b"".join(event.samples for event in events if isinstance(event, Audio))
    assert b"\x7f\x10\x10\x22\x33\x10\x44\x55\x66".endswith(samples)


def test_what_is_kept_of_a_call_is_read_back_and_nonsense_is_no_call():
    memory = Memory(os.memfd_create("test"))
    assert memory.read() is None
    memory.write(CALL)
    assert memory.read() == CALL
    assert CALL.caller == CallerId("0312345678", "YAMADA")
    assert KeptCall("k", "", "", "P", "cx930xx", "", "131,8000").caller.withheld is Withheld.PRIVATE
    memory.write(None)
    assert memory.read() is None
    nonsense = os.memfd_create("nonsense")
    os.pwrite(nonsense, b'{"key": ', 0)
    assert Memory(nonsense).read() is None


def test_descriptors_that_are_another_processs_are_left_alone():
    environment = {"LISTEN_PID": "1", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "line1:line1.call"}
    store = Store(environment)
    assert store.take("line1") is None
    assert environment == {}
