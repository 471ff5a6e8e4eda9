"""The virtual exchange: who rings, when, what is announced, who hangs up and what that sounds like."""

import numpy as np
import pytest

from hw.sim.countries import CallerIdTime
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp
from hw.sim.sound import Tone, digits
from hw.sim.ulaw import decode
from tests.hw.sim.bench import Host, codes_of, noise, peaks, recording, samples_of


def times_of(host: Host, what: What) -> list[float]:
    return [event.at for event in host.core.log.all() if event.what is what]


def test_in_japan_the_number_is_known_before_the_first_ring():
    host = Host("JP").quietly()
    host.type("AT+VCID=1")
    host.rung_by("0312345678")
    text = host.wait(1.0).decode()
    assert text == "\r\nDATE = 1122\r\n\r\nTIME = 1534\r\n\r\nNMBR = 0312345678\r\n\r\nRING\r\n"


def test_in_america_the_number_comes_between_the_first_ring_and_the_second():
    host = Host("US").quietly()
    host.type("AT+VCID=1")
    host.rung_by("5551234567", name="A. CALLER")
    text = host.wait(7.0).decode()
    assert [line for line in text.split("\r\n") if line] == [
        "RING", "DATE = 1122", "TIME = 1534", "NMBR = 5551234567", "NAME = A. CALLER", "RING",
    ]  # fmt: skip


@pytest.mark.parametrize(("country", "period"), [("JP", 3.0), ("US", 6.0), ("DE", 5.0)])
def test_it_rings_in_the_cadence_of_the_country(country: str, period: float):
    host = Host(country).quietly()
    host.rung_by()
    host.wait(20.0)
    assert np.allclose(np.diff(times_of(host, What.RING_STARTED)), period)


def test_a_british_telephone_rings_twice_in_each_period():
    host = Host("UK").quietly()
    host.rung_by()
    host.wait(6.5)
    assert np.allclose(np.diff(times_of(host, What.RING_STARTED)), [0.6, 2.4, 0.6])


def test_a_withheld_number_is_p_an_unknown_one_o_and_without_vcid_nothing_is_said():
    for number, asked, expected in (("P", 1, b"NMBR = P"), (None, 1, b"NMBR = O"), ("0312345678", 0, b"")):
        host = Host().quietly()
        host.type(f"AT+VCID={asked}")
        host.rung_by(number)
        text = host.wait(1.0)
        assert expected in text
        assert (b"NMBR" in text) is bool(asked)


def test_the_raw_packet_has_a_checksum_of_zero():
    host = Host().quietly()
    host.type("AT+VCID=2")
    host.rung_by("0312345678", name="TARO")
    packet = bytes.fromhex(host.wait(1.0).split(b"MESG = ")[1].split(b"\r")[0].decode())
    assert sum(packet) % 256 == 0
    assert b"0312345678" in packet
    assert b"TARO" in packet


def test_the_number_can_be_read_again():
    host = Host().quietly()
    host.type("AT+VCID=1")
    host.rung_by("0312345678")
    host.wait(0.7)
    assert host.type("AT+VRID=0") == "DATE = 1122|TIME = 1534|NMBR = 0312345678|OK"


def test_the_number_can_come_late_or_never():
    for when, rings_before in ((CallerIdTime.AFTER_THIRD_RING, 3), (CallerIdTime.NEVER, 4)):
        host = Host("JP").quietly()
        host.type("AT+VCID=1")
        host.rung_by("0312345678", caller_id=when)
        assert host.wait(10.0).partition(b"NMBR")[0].count(b"RING") == rings_before


def test_in_voice_mode_a_ring_is_a_code():
    host = Host().quietly()
    host.type("AT+FCLASS=8;+VCID=1")
    host.rung_by("0312345678")
    assert host.wait(1.0) == b"\x10XDATE = 1122\r\nTIME = 1534\r\nNMBR = 0312345678\x10.\x10R"


def test_picking_up_trips_the_ringing_within_200_ms():
    host = Host().quietly()
    party = host.rung_by()
    host.wait(0.7)
    host.pick_up()
    host.wait(5.0)
    off, connected = times_of(host, What.WENT_OFF_HOOK)[0], times_of(host, What.CALL_CONNECTED)[0]
    assert 0 < connected - off <= 0.2
    assert party.state is CallerState.CONNECTED
    assert len(times_of(host, What.RING_STARTED)) == 1


def test_a_caller_who_gives_up_stops_the_ringing():
    host = Host().quietly()
    party = host.rung_by()
    host.wait(4.0)
    host.core.line.give_up(host.now)
    assert party.state is CallerState.GAVE_UP
    assert b"RING" not in host.wait(20.0)


def test_a_caller_can_be_told_to_give_up_after_some_rings():
    host = Host().quietly()
    party = host.rung_by(rings=3)
    assert host.wait(30.0).count(b"RING") == 3
    assert party.state is CallerState.GAVE_UP


def test_picking_up_just_as_the_caller_gives_up_finds_dial_tone():
    host = Host("US").quietly()
    party = host.rung_by()
    host.wait(0.1)
    assert host.type("AT+FCLASS=8;+VSD=0,0;+VIT=0") == "OK"
    host.core.receive(b"AT+VSM=131,8000;+VLS=1\r", host.now)
    host.wait(0.05)
    assert host.core.is_off_hook
    host.core.line.give_up(host.now)
    assert b"OK" in host.wait(0.3)
    assert host.type("AT+VTR") == "CONNECT"
    host.talk(0.5)
    assert peaks(decode(samples_of(host.talk(1.0))), 2) == [350, 440]
    assert party.state is CallerState.GAVE_UP


def test_the_hook_moves_within_20_ms_of_its_command_and_the_result_comes_when_the_line_has_settled():
    host = Host("US").quietly()
    host.type("AT+FCLASS=8;+VSD=0,0;+VIT=0")
    host.core.receive(b"AT+VLS=1\r", host.now)
    host.wait(0.019)
    assert not host.core.is_off_hook
    assert b"OK" not in host.wait(0.002)
    assert host.core.is_off_hook
    assert b"OK" not in host.wait(0.05), "fxo 3.2: 80 to 250 ms"
    assert b"OK" in host.wait(0.2)


def test_a_second_caller_finds_the_line_engaged():
    host = Host().quietly()
    host.rung_by()
    assert host.rung_by("0399999999").state is CallerState.ENGAGED


def test_off_hook_without_a_call_hears_dial_tone():
    host = Host("JP").quietly()
    host.pick_up()
    assert host.type("AT+VTR") == "CONNECT"
    host.talk(0.5)
    assert peaks(decode(samples_of(host.talk(1.0)))) == [400]


def test_what_the_caller_says_is_heard_bit_for_bit():
    said = noise(2.0)
    host = Host().quietly()
    host.connect(voice=recording(said))
    heard = samples_of(host.talk(2.0))
    start = said.find(heard[:400])
    assert start >= 0
    assert heard[: len(said) - start] == said[start:]


def test_what_the_office_says_is_heard_by_the_caller_bit_for_bit():
    said = noise(1.0)
    host = Host().quietly()
    party = host.connect()
    host.core.receive(b"\xff" * 480, host.now)
    host.talk(1.2, recording(said))
    heard = party.heard(8000).samples.tobytes()
    assert decode(said).tobytes() in heard


def test_the_caller_hears_the_office_at_the_time_it_is_played():
    host = Host().quietly()
    party = host.connect()
    host.core.receive(b"\xff" * 480, host.now)
    sent_at = host.now
    host.talk(0.5, Tone([1000]))
    heard = party.heard(8000)
    onset = heard.first_at + int(np.flatnonzero(np.abs(heard.samples) > 1000)[0]) / heard.rate
    assert 0.06 <= onset - sent_at <= 0.09  # 480 samples before it, a quantum each way


def test_digits_are_sent_in_band():
    host = Host().quietly()
    party = host.connect()
    party.press(digits("5"), lead=0)
    assert peaks(decode(samples_of(host.talk(0.2))[:1600]), 2) == [770, 1335]


def test_no_telephone_has_the_key_e():
    with pytest.raises(SimulatorError, match="digit 'E'"):
        digits("12E")


def test_a_loop_drop_is_told_by_a_code_and_ends_in_dial_tone():
    host = Host().quietly()
    party = host.connect(voice=Tone([1000]))
    host.talk(0.5)
    host.core.line.hang_up(HangUp.LOOP_DROP, host.now)
    assert "l" in codes_of(host.talk(0.25))
    host.talk(0.35)
    assert peaks(decode(samples_of(host.talk(1.0)))) == [400]
    assert party.state is CallerState.HUNG_UP


def test_an_interruption_under_200_ms_is_not_noticed_and_the_call_survives():
    host = Host().quietly()
    party = host.connect(voice=Tone([1000]))
    host.core.line.loop_drop(150, host.now)
    assert "l" not in codes_of(host.talk(1.0))
    assert party.state is CallerState.CONNECTED
    assert peaks(decode(samples_of(host.talk(1.0)))) == [1000]


@pytest.mark.parametrize(
    ("country", "hertz", "half"), [("JP", [400], 0.5), ("US", [480, 620], 0.5), ("DE", [425], 0.48)]
)
def test_busy_tone_follows_a_hang_up_in_the_cadence_of_the_country(country: str, hertz: list[int], half: float):
    host = Host(country).quietly()
    host.connect()
    host.core.line.hang_up(HangUp.BUSY_TONE, host.now)
    linear = decode(samples_of(host.talk(6.0)))
    assert peaks(linear, len(hertz)) == hertz
    blocks = np.abs(linear[: len(linear) // 80 * 80].astype(float)).reshape(-1, 80).max(axis=1) > 500
    edges = np.flatnonzero(np.diff(blocks.astype(int)))
    assert np.allclose(np.diff(edges) / 100, half, atol=0.021)


def test_hanging_up_releases_the_caller_and_frees_the_line_for_the_next():
    host = Host().quietly()
    party = host.connect()
    host.core.receive(b"\x10\x18\x10^", host.now)
    assert host.wait(0.02).endswith(b"\x10\x03\r\nOK\r\n")
    for line in ("AT+VLS=0", "ATH0", "AT+FCLASS=0"):
        assert host.type(line) == "OK"
    assert party.state is CallerState.RELEASED
    host.wait(2.0)
    assert host.rung_by().state is CallerState.RINGING


def test_a_good_hybrid_gives_back_a_tenth_of_what_is_sent():
    host = Host(echo_db=20).quietly()
    host.connect()
    host.core.receive(b"\xff" * 480, host.now)
    heard = decode(samples_of(host.talk(2.0, Tone([800], level=-6))))[-8000:]
    level = 20 * np.log10(np.abs(heard).max() / 32767)
    assert peaks(heard) == [800]
    assert level == pytest.approx(-26, abs=0.5)


@pytest.mark.parametrize("act", ["give_up", "hang_up"])
def test_nobody_can_hang_up_a_call_that_is_not_there(act: str):
    line = Host().core.line
    with pytest.raises(SimulatorError, match="line is idle"):
        line.give_up(1.0) if act == "give_up" else line.hang_up(HangUp.BUSY_TONE, 1.0)
