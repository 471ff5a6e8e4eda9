"""Every fault of the simulator does what its name says: in virtual time on a core, by name over the socket."""

import os

import numpy as np
import pytest
import serial

from hw.sim import CATALOGUE, FAULTS, PERSONALITIES, PLUG_FAULTS, SimulatorError, VirtualCard
from hw.sim.eventlog import What
from hw.sim.faults import Injection, from_word, inject
from hw.sim.party import CallerState
from hw.sim.server import ControlRoom
from hw.sim.ulaw import decode
from tests.hw.sim.bench import Host, codes_of, samples_of


def suffers(host: Host, name: str, value: float = 0.0, text: str = "", count: int = 1) -> None:
    inject(host.core, host.now, Injection(name, value, text, count))


def test_a_frozen_card_neither_reads_nor_writes_and_answers_when_it_thaws():
    host = Host().quietly()
    suffers(host, "card.freeze", 300)
    host.core.receive(b"AT\r", host.now)
    assert host.wait(0.29) == b""
    assert host.wait(0.1) == b"\r\nOK\r\n"


def test_a_card_frozen_for_ever_comes_back_only_with_its_plug():
    host = Host().quietly()
    suffers(host, "card.freeze")
    host.core.receive(b"AT\r", host.now)
    assert host.wait(3600) == b""
    host.core.power_off(host.now)
    host.core.power_on(host.now)
    assert host.type("AT").endswith("OK")


def test_garbage_is_said_as_given_or_at_random():
    host = Host().quietly()
    suffers(host, "card.garbage", text="4F4B21")
    assert host.wait(0.01) == b"OK!"
    suffers(host, "card.garbage", 64)
    assert len(host.wait(0.01)) == 64


@pytest.mark.parametrize(("name", "fewer"), [("card.drop_bytes", True), ("card.dup_bytes", False)])
def test_a_bad_cable_loses_or_doubles_bytes_of_a_stream(name, fewer):
    host = Host().quietly()
    host.connect()
    suffers(host, name, 0.2)
    count = len(host.talk(1.0))
    assert count < 7000 if fewer else count > 9000


@pytest.mark.parametrize(("name", "value"), [("card.slow", 40), ("card.latency", 1000)])
def test_a_lazy_card_answers_later(name, value):
    host = Host().quietly()
    suffers(host, name, value)
    before = host.now
    host.type("AT")
    assert host.now - before > 0.2


@pytest.mark.parametrize(
    ("whim", "answer", "is_off_hook"),
    [("error", b"\r\nERROR\r\n", False), ("none", b"", True), ("deaf", b"", False), ("late", b"", False)],
)
def test_the_next_result_of_a_command_can_be_refused_lost_or_late(whim, answer, is_off_hook):
    host = Host().quietly()
    host.type("AT+FCLASS=8")
    suffers(host, "card.next_result", 2000, f"{whim} AT+VLS=1")
    host.core.receive(b"AT+VLS=1\r", host.now)
    assert host.wait(1.0) == answer
    assert host.core.is_off_hook is is_off_hook
    assert (host.wait(2.0) == b"\r\nOK\r\n") is (whim == "late")
    assert host.type("AT+VLS=0") == "OK"


def test_an_event_can_be_told_without_a_cause():
    host = Host().quietly()
    host.connect()
    suffers(host, "card.event", text="b", count=3)
    assert codes_of(host.talk(0.1)).count("b") == 3


def test_another_transmit_fifo_counts_at_once():
    host = Host().quietly()
    host.connect()
    suffers(host, "card.tx_fifo", 512)
    assert host.core.room <= 512


def test_a_byte_budget_rations_both_ways():
    host = Host().quietly()
    host.connect()
    suffers(host, "card.byte_budget", 4000)
    assert len(host.talk(2.0)) < 8800


def test_a_card_left_in_a_stream_is_off_hook_and_sounds():
    host = Host()
    suffers(host, "card.stuck_stream")
    assert host.core.is_off_hook
    assert len(samples_of(host.wait(0.5))) > 3000
    host.core.receive(b"\x10^", host.now)
    assert host.wait(0.05).endswith(b"\x10\x03\r\nOK\r\n")


def test_lightning_puts_everything_to_its_default_and_lets_go_of_the_line():
    host = Host().quietly()
    host.type("AT+GCI=00")
    host.pick_up()
    suffers(host, "card.reset")
    assert not host.core.is_off_hook
    assert host.type("AT+GCI?") == "AT+GCI?|+GCI: B5|OK"


def test_a_pinned_parameter_shows_what_was_never_set():
    host = Host().quietly()
    suffers(host, "card.pin", text="+GCI=B5")
    assert host.type("AT+GCI=00") == "OK"
    assert host.type("AT+GCI?") == "+GCI: B5|OK"


def test_a_parallel_telephone_takes_a_ringing_call_holds_it_and_lets_go():
    host = Host().quietly()
    party = host.rung_by()
    host.wait(1.0)
    suffers(host, "line.parallel", 1)
    host.wait(0.3)
    assert party.state is CallerState.CONNECTED
    assert not host.core.is_off_hook
    assert host.core.volts() == pytest.approx(7.5)
    suffers(host, "line.parallel", 0)
    assert party.state is CallerState.RELEASED


def test_a_parallel_telephone_keeps_the_call_when_the_card_goes_on_hook_and_is_told_by_p():
    host = Host().quietly()
    host.type("AT-STE=7")
    party = host.connect()
    suffers(host, "line.parallel", 1)
    assert "P" in codes_of(host.talk(0.1))
    assert host.core.volts() < 7
    host.core.receive(b"\x10\x18\x10^", host.now)
    host.wait(0.05)
    host.type("ATH0")
    assert party.state is CallerState.CONNECTED


def test_swapped_wires_are_told_by_the_personalitys_code():
    host = Host().quietly()
    host.connect()
    suffers(host, "line.reverse")
    assert codes_of(host.talk(0.1)) == "l"


@pytest.mark.parametrize(("name", "count"), [("line.noise", 1), ("line.hum", 60)])
def test_a_bad_line_hisses_and_hums_at_the_level_asked(name, count):
    host = Host().quietly()
    host.connect()
    suffers(host, name, -30, count=count)
    linear = decode(samples_of(host.talk(1.0))).astype(float)
    level = 20 * np.log10(np.sqrt((linear**2).mean()) * np.sqrt(2) / 32767)
    assert level == pytest.approx(-30, abs=1)


def test_a_cord_out_leaves_no_voltage():
    host = Host().quietly()
    suffers(host, "line.cord", 0)
    assert host.type("AT-TRV") == "1.4|OK"


def test_every_modem_answers_at_and_says_who_it_is():
    for personality in PERSONALITIES.values():
        if personality.starts_streaming:
            continue
        host = Host(personality=personality)
        host.core.receive(b"ATE0\r", host.now)
        host.wait(0.5)
        host.core.receive(b"ATI3\r", host.now)
        assert personality.identity["I3"] in host.wait(0.5).decode(), personality.name


def test_a_modem_without_duplex_or_voice_says_error():
    for name, command in (("si2494_half", "AT+VTR"), ("generic_half", "AT+VTR"), ("usr5637_novoice", "AT+FCLASS=8")):
        host = Host(personality=PERSONALITIES[name]).quietly()
        assert host.type(command) == "ERROR"


def test_a_polite_modem_obeys_its_exit_code_only_after_a_pair():
    host = Host(personality=PERSONALITIES["zoom3095"]).quietly()
    host.connect()
    host.core.receive(b"\x10\x18\x10^", host.now)
    assert not host.wait(0.1).endswith(b"OK\r\n")
    host.core.receive(b"\x10\x10\x10^", host.now)
    assert host.wait(0.1).endswith(b"\x10\x03\r\nOK\r\n")


def test_a_silenced_clone_tells_callers_only_after_its_secret_command():
    host = Host(personality=PERSONALITIES["rd02_nocid"]).quietly()
    host.type("AT+VCID=1")
    host.rung_by()
    assert b"NMBR" not in host.wait(5.0)
    host.core.line.give_up(host.now)
    host.type("AT!4886=01")
    host.rung_by()
    assert b"NMBR" in host.wait(5.0)


def test_unknown_faults_and_senseless_texts_are_refused_with_what_would_be_right():
    host = Host()
    with pytest.raises(SimulatorError, match=r"card\.freeze"):
        suffers(host, "card.melt")
    with pytest.raises(SimulatorError, match="deaf"):
        suffers(host, "card.next_result", text="angry")
    with pytest.raises(SimulatorError, match="list-faults"):
        from_word("card.melt=1")


def test_a_fault_of_the_command_line_has_a_value_or_a_text():
    assert from_word("card.slow=3") == Injection("card.slow", value=3.0)
    assert from_word("card.pin=+GCI=B5") == Injection("card.pin", text="+GCI=B5")


def test_every_fault_is_a_verb_of_the_socket(tmp_path):
    texts = {
        "card.next_result": "none AT", "card.event": "b", "card.pin": "+GCI=B5", "card.flood": "u",
        "line.numbers": "busy 0312345678", "remote.bytes": "10", "remote.sound": "music", "remote.hang_up": "busy_tone",
    }  # fmt: skip
    for name in (*FAULTS, "card.second_opener", "card.unplug"):
        with VirtualCard("JP", link=tmp_path / "port1") as card:
            prepare(card, name)
            line = f'{{"verb": "{name}", "value": 1, "text": "{texts.get(name, "")}"}}'
            assert ControlRoom([card]).answer(line.encode()).error == "", name
            if name == "card.unplug":
                assert ControlRoom([card]).answer(b'{"verb": "card.plug", "value": 1}').error == ""
    assert {"card.second_opener", "card.unplug", "card.plug"} == set(PLUG_FAULTS)


def test_a_card_comes_back_under_another_number_at_the_same_link(tmp_path):
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        before = os.readlink(card.path)
        card.fault("card.unplug")
        card.fault("card.plug", 1)
        assert os.readlink(card.path) != before
        assert [event.what for event in card.events].count(What.POWERED_ON) == 2


def test_a_second_opener_locks_the_port_until_it_lets_go(tmp_path):
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        card.fault("card.second_opener", 1)
        with pytest.raises(serial.SerialException):
            serial.Serial(card.path, exclusive=True)
        card.fault("card.second_opener", 0)
        with serial.Serial(card.path, exclusive=True) as port:
            assert port.is_open


def test_every_entry_of_the_catalogue_has_a_name_and_happens_or_says_how_it_is_made(tmp_path):
    assert list(CATALOGUE) == [f"F{number:02d}" for number in range(1, 41)]
    for name, entry in CATALOGUE.items():
        with VirtualCard("JP", link=tmp_path / "port1") as card:
            room = ControlRoom([card])
            for one in entry.faults:
                prepare(card, one.name)
            error = room.answer(f'{{"verb": "{name}"}}'.encode()).error
            assert error == "" if entry.faults else entry.by_hand in error, name
            assert from_word(name).name == name


def test_a_crystal_that_changes_its_mind_loses_no_sample():
    host = Host().quietly()
    host.connect()
    before = len(samples_of(host.talk(1.0)))
    suffers(host, "card.ppm", 50_000)
    assert len(samples_of(host.talk(2.0))) - 2 * before == pytest.approx(800, abs=100)


def test_the_far_end_says_what_it_is_told_to():
    host = Host().quietly()
    host.connect()
    suffers(host, "remote.bytes", text="55")
    assert samples_of(host.talk(0.5)).count(b"\x55") > 3800
    with pytest.raises(SimulatorError, match="sounds are"):
        suffers(host, "remote.sound", text="whale")


def test_a_flood_of_events_lasts_as_long_as_asked():
    host = Host().quietly()
    host.connect()
    suffers(host, "card.flood", 0.5, "u", 5)
    assert codes_of(host.talk(1.0)).count("u") == pytest.approx(250, abs=5)


def prepare(card: VirtualCard, name: str) -> None:
    """What some faults need first: somebody who rings, or is connected by a driver that knows no more than it must."""
    if not name.startswith(("remote", "line.give_up")):
        return
    caller = card.ring("0312345678")
    if name == "remote.hang_up":
        card.fault("card.stuck_stream")
        assert caller.wait_for(CallerState.CONNECTED, 5)
