"""The virtual modem's voice stream: shielding, FIFOs, codes, and the crystal that drives it all."""

import numpy as np
import pytest

from hw.sim import ulaw
from hw.sim.counts import OWN_CLOCK
from hw.sim.eventlog import What
from hw.sim.oracle import violations
from hw.sim.personality import CX93001_2013
from hw.sim.sound import Tone
from hw.sim.stream import Direction, VoiceStream
from hw.sim.ulaw import A_LAW, MU_LAW, SIGNED_8, UNSIGNED_8, decode, encode
from tests.hw.sim.bench import Host, codes_of, noise, recording, samples_of


def duplex() -> VoiceStream:
    return VoiceStream(Direction.DUPLEX, CX93001_2013, MU_LAW)


def test_every_sample_value_survives_shielding_wherever_the_reads_fall():
    said = noise(0.1)[:500] + b"\x10\x10\x10\x03\x10"
    shielded = duplex().shield(said, [])
    assert samples_of(shielded) == said
    for cut in range(len(shielded)):
        stream = duplex()
        stream.feed(shielded[:cut])
        stream.feed(shielded[cut:])
        assert stream.play(len(said))[0] == said
        assert not stream.is_ending


def test_sub_is_two_dles():
    stream = duplex()
    stream.feed(b"\x10\x1aA")
    assert stream.play(3)[0] == b"\x10\x10A"


def test_duplex_ends_after_what_was_sent_has_been_played():
    host = Host().quietly()
    host.connect()
    host.core.receive(b"A" * 1600 + b"\x10^" + b"B" * 100, host.now)
    received = host.wait(0.15)
    assert b"\x10\x03" not in received
    received = host.wait(0.1)
    assert received.endswith(b"\x10\x03\r\nOK\r\n")
    assert host.core.stats(host.now).tx_samples == 1600


def test_can_throws_away_what_was_sent():
    host = Host().quietly()
    host.connect()
    host.core.receive(b"A" * 1600 + b"\x10\x18\x10^", host.now)
    assert host.wait(0.02).endswith(b"\x10\x03\r\nOK\r\n")
    assert host.core.stats(host.now).tx_samples == 0


def test_unknown_codes_and_the_end_of_transmit_do_not_end_duplex():
    host = Host().quietly()
    host.connect()
    host.core.receive(b"\x10\x00\x10u\x10\x03", host.now)
    assert b"\x10\x03" not in host.wait(0.5)
    assert [event.detail for event in host.core.log.all() if event.what is What.CODE_RECEIVED] == ["75"]


def test_running_dry_is_told_once_each_time():
    host = Host().quietly()
    host.connect()
    assert codes_of(host.wait(0.1)) == ""  # nothing sent yet is nothing missed
    host.core.receive(b"\xff" * 800, host.now)
    assert codes_of(host.wait(0.3)) == "u"
    host.core.receive(b"\xff" * 800, host.now)
    assert codes_of(host.wait(0.3)) == "u"
    assert host.core.stats(host.now).underruns == 2


def test_a_steady_host_never_runs_dry():
    host = Host(ppm=100).quietly()
    host.connect()
    host.core.receive(b"\xff" * 480, host.now)
    assert codes_of(host.talk(30.0)) == ""
    assert host.core.stats(host.now).underruns == 0


def test_a_card_whose_thread_overslept_says_that_it_starved_itself():
    host = Host().quietly()
    host.connect()
    host.core.receive(b"\xff" * 480, host.now)
    host.now += 0.075
    host.core.tick(host.now)
    stats = host.core.stats(host.now)
    assert (stats.underruns, stats.starved) == (1, 1)
    assert [story.startswith(f"{OWN_CLOCK}; the card was 7") for story in stories(host)] == [True]


def test_a_card_in_time_says_that_its_host_was_late():
    host = Host().quietly()
    host.connect()
    for step in range(60):
        host.wait(0.005)
        if step == 30:  # a tenth of a second after the last of the strides in which this host connects
            host.core.receive(b"\xff" * 480, host.now)
    stats = host.core.stats(host.now)
    assert (stats.underruns, stats.starved) == (1, 0)
    assert stories(host) == ["the host; the card was 2 ms late, the host 50 ms"]


def stories(host: Host) -> list[str]:
    return [event.detail for event in host.core.log.all() if event.what is What.RAN_DRY]


def test_a_full_fifo_is_back_pressure():
    host = Host().quietly()
    host.connect()
    host.core.receive(b"\xff" * 2048, host.now)
    assert host.core.room == 0
    host.wait(0.011)
    assert host.core.room >= 80


def test_a_host_that_does_not_read_loses_the_newest_and_is_told():
    host = Host().quietly()
    host.connect()
    received = host.wait(1.0)
    assert len(received) <= 4096
    assert codes_of(received + host.wait(0.02)) == "o" * 5  # one for each tenth of a second lost
    assert host.core.stats(host.now).overruns > 0


@pytest.mark.parametrize("ppm", [-200.0, 0.0, 37.0, 200.0])
def test_the_crystal_keeps_its_rate_over_half_an_hour(ppm: float):
    host = Host(ppm=ppm).quietly()
    host.pick_up()
    start = next(event.at for event in host.core.log.all() if event.what is What.WENT_OFF_HOOK)
    host.wait(1800.0)
    assert host.core.clock.samples == pytest.approx((host.now - start) * 8000 * (1 + ppm / 1e6), abs=81)


def test_a_late_tick_loses_no_sample():
    prompt, late = Host().quietly(), Host().quietly()
    for host in (prompt, late):
        host.connect(voice=recording(noise(2.0)))
    steps = b"".join(prompt.wait(0.01) for _ in range(30))
    assert late.wait(0.30) == steps


def test_a_quiet_line_ends_the_stream_of_a_driver_that_left_the_silence_detector_on():
    host = Host().quietly()
    host.rung_by()
    host.wait(0.7)
    host.type("AT+FCLASS=8;+VSM=131,8000;+VLS=1")
    host.type("AT+VTR")
    received = b"".join(host.wait(0.1) for _ in range(60))
    assert b"\x10s\x10\x03\r\nOK\r\n" in received


def test_transmit_only_and_receive_only_end_by_their_own_codes():
    host = Host().quietly()
    host.pick_up()
    assert host.type("AT+VTX") == "CONNECT"
    host.core.receive(b"\xff" * 800 + b"\x10\x03", host.now)
    assert host.wait(0.2) == b"\r\nOK\r\n"
    assert host.type("AT+VRX") == "CONNECT"
    host.wait(0.1)
    host.core.receive(b"\x10!", host.now)
    assert host.wait(0.05).endswith(b"\x10\x03\r\nOK\r\n")


@pytest.mark.parametrize(("number", "code"), [("130", UNSIGNED_8), ("132", A_LAW), ("0", SIGNED_8)])
def test_other_formats_carry_the_same_sound(number: str, code: ulaw.VoiceFormat):
    host = Host().quietly()
    host.rung_by(voice=Tone([1000], level=-6))
    host.wait(0.7)
    host.pick_up()
    host.type(f"AT+VSM={number},8000")
    assert host.type("AT+VTR") == "CONNECT"
    heard = decode(code.to_ulaw(samples_of(host.talk(0.5))))[-800:].astype(float)
    expected = decode(Tone([1000], level=-6).read(800)).astype(float)
    shift = int(np.argmax([np.dot(np.roll(expected, place), heard) for place in range(8)]))
    assert np.abs(np.roll(expected, shift) - heard).max() < 700


def test_mu_law_is_the_standards():
    # G.711: the ends, the zeros, and the two neighbours a driver swaps to avoid DLE (fxo §2.5).
    known = {0x00: -32124, 0x80: 32124, 0xFF: 0, 0x7F: 0, 0x10: -15996, 0x11: -15484}
    assert {code: int(decode(bytes([code]))[0]) for code in known} == known
    every = bytes(code for code in range(256) if code != 0x7F)  # minus zero encodes as plus zero
    assert encode(decode(every)) == every
    assert encode(np.array([40000.0, -40000.0])) == b"\x80\x00"


def test_the_oracle_praises_a_good_call():
    host = Host().quietly()
    host.connect()
    host.core.receive(b"\xff" * 480, host.now)
    host.talk(12.0)
    host.core.receive(b"\x10\x18\x10^", host.now)
    host.wait(0.05)
    host.type("AT+VLS=0")
    assert violations(host.core.log.all()) == []


def test_the_oracle_tells_every_sin():
    host = Host().quietly()
    host.connect()
    host.core.receive(b"\xff" * 480 + b"AT+VLS=0\r", host.now)
    for _ in range(1300):
        host.wait(0.01)
        host.core.receive(b"\xff" * 70, host.now)
    host.core.receive(b"\x10^", host.now)
    host.wait(0.5)
    host.type("AT+VLS=0")
    host.wait(0.5)
    host.type("AT+VLS=1")
    host.wait(11.0)
    host.type("AT+VLS=0")
    host.type("AT+VLS=1")
    told = "\n".join(violations(host.core.log.all()))
    for sin in (
        "typed into a voice stream",
        "not one sample for each",
        "s is the least",
        "nobody there",
        "still off-hook",
    ):
        assert sin in told
