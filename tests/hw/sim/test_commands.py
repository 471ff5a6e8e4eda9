"""The virtual modem's conversation in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.sim.at import Asked, AtCommand, LineEditor, commands_of
from hw.sim.eventlog import What
from hw.sim.party import CallerState
from tests.hw.sim.bench import Host, peaks


def test_a_fresh_modem_echoes_what_is_typed_and_says_ok():
    assert Host().type("AT") == "AT|OK"


def test_the_init_of_the_driver_specification_is_accepted_line_by_line():
    host = Host()
    assert host.type("AT&F0") == "AT&F0|OK"
    assert host.type("ATE0V1Q0X4") == "ATE0V1Q0X4|OK"
    for line in (
        "ATS0=0",
        "AT+GCI=00",
        "AT+IFC=2,2",
        "AT&K3",
        "AT&D2",
        "AT+VCID=1",
        "AT-STE=4",
        "AT+VDR=0,0",
        "ATM0L0",
    ):
        assert host.type(line) == "OK"
    assert host.type("AT+GCI?") == "+GCI: 00|OK"
    assert host.type("AT+VCID?") == "1|OK"


def test_it_says_who_it_is():
    host = Host().quietly()
    assert host.type("ATI0") == "56000|OK"
    assert host.type("ATI3") == "CX93001-EIS_V0.2013-V92|OK"
    assert host.type("AT+FCLASS=?") == "0,1,1.0,2,8|OK"
    assert '131,"Mu-Law",8,0,8000,0,0' in host.type("AT+VSM=?")


@pytest.mark.parametrize(
    "line", ["AT+VTR=?", "AT+VTX=?", "AT+NONSENSE", "AT+VCID=9", "AT%", "ATS99?", "AT+VLS=1", "AT+VTR"]
)
def test_what_it_does_not_know_or_may_not_do_is_an_error(line: str):
    assert Host().quietly().type(line) == "ERROR"


def test_the_first_error_ends_the_line():
    host = Host().quietly()
    assert host.type("ATS7=33;+NONSENSE;S7=44") == "ERROR"
    assert host.type("ATS7?") == "033|OK"


def test_a_body_over_the_limit_is_an_error_and_not_obeyed():
    host = Host().quietly()
    assert host.type("ATS7=9" + "M0" * 80) == "ERROR"
    assert host.type("ATS7?") == "050|OK"


def test_bytes_typed_while_a_command_runs_are_not_heard():
    host = Host().quietly()
    host.core.receive(b"ATS7=9\rATS7=10\r", host.now)
    assert host.wait(1.0) == b"\r\nOK\r\n"
    assert host.type("ATS7?") == "009|OK"


def test_noise_before_at_is_forgiven_and_noise_alone_is_ignored():
    host = Host().quietly()
    host.core.receive(b"\x10\x03\x10^\x10!\r", host.now)
    assert host.wait(1.0) == b""
    assert host.type("\x10\x03\xffat") == "OK"


def test_a_slash_repeats_the_last_line():
    host = Host().quietly()
    host.type("ATI0")
    host.core.receive(b"A/", host.now)
    assert host.wait(0.1) == b"\r\n56000\r\n\r\nOK\r\n"


def test_atz_forgets_settings_and_caller_id_and_turns_the_echo_on():
    host = Host().quietly()
    host.type("AT+VCID=1;+GCI=42")
    host.type("ATZ")
    assert host.type("AT+VCID?;+GCI?") == "AT+VCID?;+GCI?|0|+GCI: B5|OK"


def test_tip_and_ring_tell_whether_there_is_a_line_and_whether_it_is_in_use():
    host = Host().quietly()
    assert host.type("AT-TRV") == "48.0|OK"
    host.pick_up()
    assert host.type("AT-TRV") == "7.5|OK"
    host.core.line.is_cord_in = False
    assert host.type("AT-TRV") == "1.4|OK"


def test_dialling_while_it_rings_is_refused():
    host = Host().quietly()
    host.rung_by()
    host.wait(0.7)
    assert host.type("ATDT117") == "NO CARRIER"
    assert not host.core.is_off_hook


def test_any_byte_ends_a_dialling_command_and_hangs_up():
    host = Host().quietly()
    host.core.receive(b"ATDT0312345678\r", host.now)
    host.wait(1.0)
    assert host.core.is_off_hook
    host.core.receive(b"\r", host.now)
    assert host.take() == b"\r\nNO CARRIER\r\n"
    assert not host.core.is_off_hook


def test_digits_dialled_in_voice_mode_reach_the_exchange_and_the_line_stays_seized():
    host = Host().quietly()
    host.type("AT+FCLASS=8;+VRN=0")
    host.core.receive(b"ATDT0312345678\r", host.now)
    assert b"OK" in host.wait(5.0)
    assert [event.detail for event in host.core.log.all() if event.what is What.DIALLED] == ["0312345678"]
    assert host.core.is_off_hook


def test_a_dialler_that_listens_says_what_it_heard_and_one_without_dial_tone_that_there_is_none():
    host = Host().quietly()
    host.type("AT+FCLASS=8")
    host.core.receive(b"ATDT0312345678\r", host.now)  # nobody's: reorder tone
    assert b"BUSY" in host.wait(8.0)
    assert not host.core.is_off_hook
    host.core.line.dial_tone_delay = None
    host.core.receive(b"ATDT0312345678\r", host.now)
    assert b"NO DIAL TONE" in host.wait(8.0)
    assert not host.core.is_off_hook


def test_a_host_that_dies_off_hook_in_command_mode_is_hung_up_by_the_inactivity_timer():
    host = Host().quietly()
    host.type("AT+FCLASS=8;+VIT=10")
    host.type("AT+VLS=1")
    host.wait(9.0)
    assert host.core.is_off_hook
    assert b"OK" in host.wait(2.0)
    assert not host.core.is_off_hook


def test_letting_go_of_the_port_hangs_up_with_d2_and_not_with_d0():
    for setting, stays in (("AT&D2", False), ("AT&D0", True)):
        host = Host().quietly()
        host.type(setting)
        host.pick_up()
        host.core.set_dtr(False, host.now)
        assert host.core.is_off_hook is stays


def test_a_line_is_read_into_commands():
    assert commands_of("&F0E0S0=2+VLS=1;+GCI?;+VSM=?") == [
        AtCommand("&F", Asked.ACT, "0"),
        AtCommand("E", Asked.ACT, "0"),
        AtCommand("S0", Asked.SET, "2"),
        AtCommand("+VLS", Asked.SET, "1"),
        AtCommand("+GCI", Asked.READ),
        AtCommand("+VSM", Asked.TEST),
    ]
    assert commands_of("DT 031;S0=1") == [AtCommand("D", Asked.ACT, "T 031;S0=1")]
    assert commands_of("$$") is None
    assert commands_of("") == []


def test_a_typing_mistake_can_be_taken_back():
    editor = LineEditor()
    assert [editor.type(byte) for byte in b"ATI4\x083\r"][-1] == "I3"


def test_a_modem_left_on_auto_answer_takes_the_call_from_the_office_and_drops_it():
    host = Host().quietly()
    host.type("ATS0=2;S7=20")
    party = host.rung_by()
    host.wait(4.0)
    assert party.state is CallerState.CONNECTED
    assert b"NO CARRIER" in host.wait(21.0)
    assert party.state is CallerState.RELEASED


def test_answers_can_be_short_or_none():
    host = Host().quietly()
    host.core.receive(b"ATV0\r", host.now)
    assert host.wait(0.1) == b"0\r"
    host.core.receive(b"ATQ1\r", host.now)
    assert host.wait(0.1) == b""


def test_the_modem_can_send_tones_of_its_own_in_command_mode():
    host = Host().quietly()
    party = host.rung_by()
    host.wait(0.7)
    host.pick_up()
    host.wait(0.2)
    assert host.type("AT+VTD=50;+VTS=5") == "OK"
    host.wait(0.6)
    assert peaks(party.heard(8000).samples[-4800:-1600], 2) == [770, 1335]
    assert host.type("AT+VTS=?") == "ERROR"
    assert host.type("AT+VTS=x") == "ERROR"


_LINES = st.sampled_from(
    "ATZ AT&F ATH0 ATH1 ATA ATD5 ATDT5; ATS0=1 ATS1? ATV0 ATQ1 AT+FCLASS=8 AT+FCLASS=0 AT+VLS=1 AT+VLS=0 AT+VTR AT+VRX "
    "AT+VTX AT+VTS=1,{2,20} AT+VSM=132,8000 AT+VIT=3 AT&V A/".split()
).map(lambda line: line.encode() + b"\r")
_CODES = st.sampled_from([b"\x10^", b"\x10\x03", b"\x10!", b"\x10\x18", b"\x10\x1a", b"\xff" * 480])


@given(st.lists(st.tuples(_LINES | _CODES | st.binary(max_size=40), st.floats(0, 3)), max_size=25))
def test_whatever_is_typed_the_card_lives_and_letting_go_of_the_port_frees_the_line(typed: list[tuple[bytes, float]]):
    host = Host()
    party = host.rung_by()
    for data, seconds in typed:
        host.core.receive(data, host.now)
        host.wait(seconds)
    host.core.receive(b"", host.now)
    host.core.set_dtr(False, host.now)
    settings = [event for event in host.core.log.all() if "&D" in event.detail.upper()]
    assert settings or not host.core.is_off_hook
    assert host.core.is_off_hook or party.state is not CallerState.CONNECTED
    offs, ons = (sum(e.what is what for e in host.core.log.all()) for what in (What.WENT_OFF_HOOK, What.WENT_ON_HOOK))
    assert offs - ons == host.core.is_off_hook
