"""The driver's stories over clean, splitting, lossy and late wires."""

import pytest

from hw.modem.events import (
    Audio,
    CallerIdLine,
    Failed,
    Ready,
    Released,
    Ring,
    Seized,
    SeizeFailed,
    Sign,
    Signal,
    StreamStopped,
)
from tests.hw.modem.scripted import WIRES, Bench, ScriptedModem, Wire


def ready(wire: Wire = WIRES[0], device: ScriptedModem | None = None) -> Bench:
    bench = Bench(device, wire)
    bench.modem.start(bench.now)
    event = bench.until(Ready)
    assert event == Ready("CONEXANT 56000 CX93001-EIS_V0.2013-V92", volts=48.0)
    return bench


def talking(wire: Wire = WIRES[0], device: ScriptedModem | None = None) -> Bench:
    bench = ready(wire, device)
    bench.modem.seize(bench.now)
    bench.until(Seized)
    assert bench.device.is_off_hook
    return bench


def test_a_whole_call_over_every_wire(wire):
    bench = talking(wire)
    bench.says(b"\x7f" * 160)
    bench.until(Audio)
    bench.modem.play(b"\xff\x10" * 80)
    bench.run(1.0)
    assert 150 <= len(bench.device.played) <= 160, "the lossy wire loses a few"
    assert b"\x10" not in bytes(bench.device.played)
    bench.modem.release(bench.now)
    bench.until(Released)
    assert not bench.device.is_off_hook
    assert not bench.device.is_streaming


def test_a_call_is_let_go_of_at_once_on_a_clean_wire():
    bench = talking()
    begun = bench.now
    bench.modem.release(bench.now)
    bench.until(Released)
    assert bench.now - begun < 0.2


def test_the_init_never_lets_the_modem_answer_by_itself_and_hangs_up_by_dtr():
    seen = ready().device.seen
    assert "ATS0=0" in seen
    assert "AT&D2" in seen
    assert "AT+VCID=1" in seen
    assert "AT+GCI=00" in seen


def test_a_modem_left_streaming_off_hook_by_a_dead_program_is_recovered():
    device = ScriptedModem(is_streaming=True, is_off_hook=True)
    bench = Bench(device)
    bench.modem.start(bench.now)
    begun = bench.now
    bench.until(Ready)
    assert bench.now - begun < 5.0
    assert not device.is_off_hook
    assert not device.is_streaming


def test_ringing_and_caller_id_pass_through_while_idle_and_between_a_command_and_its_ok():
    bench = ready()
    bench.modem.seize(bench.now)
    bench.says(b"\r\nRING\r\n\r\nNMBR = 0312345678\r\n")
    bench.until(Seized)
    assert Ring() in bench.events
    assert CallerIdLine("NMBR", "0312345678") in bench.events


def test_a_mute_device_is_called_no_modem():
    bench = Bench(ScriptedModem(deaf=frozenset({"AT"})))
    bench.modem.start(bench.now)
    event = bench.until(Failed)
    assert isinstance(event, Failed)
    assert "does not answer AT" in event.why


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"AT+FCLASS=?": "0,1,2"}, "no voice class 8"),
        ({"AT+VSM=?": '129,"IMA ADPCM",4,0,8000,0,0'}, "no voice format of 8 bits"),
    ],
)
def test_a_modem_without_voice_is_refused_with_the_reason(changes, sentence):
    device = ScriptedModem()
    device.answers.update(changes)
    bench = Bench(device)
    bench.modem.start(bench.now)
    event = bench.until(Failed)
    assert isinstance(event, Failed)
    assert sentence in event.why


def test_a_modem_that_keeps_another_country_is_refused():
    bench = Bench(ScriptedModem(refuse=frozenset({"AT+GCI=00"})))
    bench.modem.start(bench.now)
    event = bench.until(Failed)
    assert isinstance(event, Failed)
    assert "stays at B5" in event.why


def test_a_line_without_voltage_is_an_alarm_not_a_failure():
    device = ScriptedModem()
    device.answers["AT-TRV"] = "1.4"
    bench = Bench(device)
    bench.modem.start(bench.now)
    event = bench.until(Ready)
    assert isinstance(event, Ready)
    assert "no phone line: 1.4 V" in event.line_alarm
    assert not event.alarm


def test_a_firmware_that_refuses_joined_commands_is_asked_singly_from_then_on():
    device = ScriptedModem(refuse=frozenset({"AT+FCLASS=8;+VSD=0,0;+VIT=0"}))
    bench = talking(device=device)
    assert "AT+VLS=1" in device.seen
    bench.modem.release(bench.now)
    bench.until(Released)
    device.seen.clear()
    bench.modem.seize(bench.now)
    bench.until(Seized)
    assert "AT+FCLASS=8;+VSD=0,0;+VIT=0" not in device.seen


@pytest.mark.parametrize("trouble", ["refuse", "deaf"])
@pytest.mark.parametrize("command", ["AT+VTR", "AT+VSM=131,8000;+VLS=1", "AT+FCLASS=8;+VSD=0,0;+VIT=0"])
def test_whatever_fails_in_taking_the_line_it_is_not_left_off_hook(trouble, command):
    device = ScriptedModem(**{trouble: frozenset({command, "AT+VLS=1", "AT+FCLASS=8"})})
    bench = ready(device=ScriptedModem())
    bench.device.refuse, bench.device.deaf = device.refuse, device.deaf
    bench.modem.seize(bench.now)
    bench.until(SeizeFailed)
    assert not bench.device.is_off_hook


def test_a_release_asked_during_the_seizure_follows_it():
    bench = ready(WIRES[3])
    bench.modem.seize(bench.now)
    bench.run(0.1)
    bench.modem.release(bench.now)
    bench.until(Released)
    assert not bench.device.is_off_hook


def test_a_seizure_asked_during_the_health_poll_follows_it():
    bench = ready(WIRES[3])
    bench.run(30.0 - 0.1)
    while bench.device.seen[-1] != "AT":
        bench.run(0.05)
    bench.modem.seize(bench.now)
    bench.until(Seized)


def test_an_idle_modem_that_falls_silent_fails():
    bench = ready()
    bench.device.deaf = frozenset({"AT"})
    event = bench.until(Failed, 60.0)
    assert isinstance(event, Failed)


def test_a_call_without_sound_for_two_seconds_fails():
    bench = talking()
    begun = bench.now
    event = bench.until(Failed)
    assert isinstance(event, Failed)
    assert bench.now - begun == pytest.approx(2.0, abs=0.2)


def test_a_loop_drop_is_told_and_a_stream_that_ends_by_itself_ends_the_call():
    bench = talking()
    bench.says(b"\x7f\x10l\x7f")
    bench.run(0.1)
    assert Signal(Sign.LOOP_DROP, ord("l")) in bench.events
    bench.device.is_streaming = False
    bench.says(b"\x10\x03\r\nOK\r\n")
    bench.until(StreamStopped)
    bench.modem.release(bench.now)
    bench.until(Released)
    assert not bench.device.is_off_hook


def test_a_release_that_nothing_confirms_fails_so_that_closing_drops_the_line():
    bench = talking()
    bench.device.deaf = frozenset({"AT+VLS=0", "ATH0"})
    bench.modem.release(bench.now)
    event = bench.until(Failed)
    assert isinstance(event, Failed)
    assert "DTR" in event.why


@pytest.mark.parametrize("form", ["131,8000", "131,8000,0,0", "131"])
def test_the_voice_format_is_said_with_as_many_arguments_as_the_firmware_wants(form):
    """fxo §1.3: some want two, some four, some the number alone."""
    others = frozenset(f"AT+VSM={one}" for one in ("131,8000", "131,8000,0,0", "131") if one != form)
    device = ScriptedModem(refuse=others)
    bench = ready(device=device)
    assert bench.modem.identity.form == form
    bench.modem.seize(bench.now)
    bench.until(Seized)
    assert f"AT+VSM={form};+VLS=1" in device.seen
