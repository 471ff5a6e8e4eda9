"""The failure catalogue of the line card (fxo §3.5): each test names its fault; docs/coverage-line.md is made of them.

The driver and the virtual card meet over four wires in virtual time; only what is about the port itself uses a PTY.
"""

import ast
import itertools
import os
import random
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hw.errors import ModemError
from hw.modem.callerid import CallerId, Withheld, with_line
from hw.modem.countries import COUNTRIES
from hw.modem.dle import DleDecoder
from hw.modem.events import (
    Audio,
    CallerIdLine,
    Digit,
    Event,
    Failed,
    Finished,
    Ready,
    Released,
    Result,
    Ring,
    Seized,
    SeizeFailed,
    Sign,
    Signal,
    StreamEnded,
    StreamStopped,
    Way,
)
from hw.modem.port import SerialPort
from hw.modem.protocol import Mode, Protocol
from hw.modem.ringing import Ringing
from hw.sim import VirtualCard, What
from hw.sim.mischief import Whim
from hw.sim.party import CallerState
from hw.sim.personalities import PERSONALITIES
from hw.sim.sound import Spoken, Tone
from tests.hw.modem.scripted import WIRES, Wire
from tests.hw.modem.virtual import VirtualLine

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=WIRES, ids=lambda wire: wire.name)
def wire(request) -> Wire:
    return request.param


def merged(events: list[Event]) -> list[Event]:
    """Neighbouring pieces of sound joined: how it was cut means nothing."""
    whole: list[Event] = []
    for event in events:
        if isinstance(event, Audio) and whole and isinstance(whole[-1], Audio):
            whole[-1] = Audio(whole[-1].samples + event.samples)
        else:
            whole.append(event)
    return whole


def decoded(*pieces: bytes) -> tuple[list[Event], bytes]:
    decoder, events, rest = DleDecoder(), [], b""
    for place, piece in enumerate(pieces):
        heard, after = decoder.feed(piece)
        events += heard
        if after is not None:
            rest = after + b"".join(pieces[place + 1 :])
            break
    return merged(events), rest


# --- F01 to F03: the stream ---------------------------------------------------------------------------------------

TRICKY = b"\x7f\x10\x10\x01\x10u\x10\x1a\x02\x10/\x105\x105\x10~\x03\x10l\x10XNMBR=1\x10.\x04\x10\x10\x10\x03\r\nOK\r\n"


@pytest.mark.parametrize("shift", [0x00, 0x55, 0x80], ids=["µ-law", "A-law", "unsigned"])
def test_f01_a_stream_split_anywhere_means_the_same(shift):
    stream = bytes((shift + byte) % 256 or 1 for byte in range(0x20, 0x60)).replace(b"\x10", b"\x10\x10") + TRICKY
    whole = decoded(stream)
    assert StreamEnded() in whole[0]
    assert whole[1] == b"\r\nOK\r\n"
    for first, second in itertools.combinations(range(len(stream) + 1), 2):
        assert decoded(stream[:first], stream[first:second], stream[second:]) == whole
    assert decoded(*(bytes([byte]) for byte in stream)) == whole


@pytest.mark.parametrize(
    ("shielded", "samples", "is_over"),
    [
        (b"\x10\x10\x03", b"\x10\x03", False),
        (b"\x10\x10\x10\x03", b"\x10", True),
        (b"\x10\x1a\x03", b"\x10\x10\x03", False),
        (b"\x10\x1a\x10\x03", b"\x10\x10", True),
        (b"\x10\x10\x10\x10\x03", b"\x10\x10\x03", False),
    ],
)
def test_f02_only_a_true_etx_ends_the_stream(shielded, samples, is_over):
    events, _ = decoded(shielded)
    assert b"".join(event.samples for event in events if isinstance(event, Audio)) == samples
    assert (StreamEnded() in events) is is_over


def test_f02_every_short_stream_of_the_dangerous_bytes_is_read_as_the_rules_say():
    for length in range(1, 7):
        for codes in itertools.product((0x10, 0x03, 0x1A, 0x55), repeat=length):
            events, _ = decoded(bytes(codes))
            expected, is_over = by_the_book(bytes(codes))
            assert b"".join(e.samples for e in events if isinstance(e, Audio)) == expected
            assert (StreamEnded() in events) is is_over


def by_the_book(stream: bytes) -> tuple[bytes, bool]:
    """The reference: DLE DLE is a sample, DLE SUB two, DLE ETX the end, any other pair a code."""
    samples, at = bytearray(), 0
    while at < len(stream):
        if stream[at] != 0x10:
            samples.append(stream[at])
            at += 1
        elif at + 1 == len(stream):
            break
        elif stream[at + 1] == 0x03:
            return bytes(samples), True
        else:
            samples += {0x10: b"\x10", 0x1A: b"\x10\x10"}.get(stream[at + 1], b"")
            at += 2
    return bytes(samples), False


@pytest.mark.parametrize("words", [b"\r\nOK\r\n", b"\r\nRING\r\n", b"\r\nNO CARRIER\r\n", b"\r\nCONNECT\r\n"])
def test_f03_words_spoken_as_samples_change_nothing(words):
    protocol = Protocol()
    protocol.command("AT+VTR")
    protocol.receive(b"\r\nCONNECT\r\n")
    assert merged(protocol.receive(b"\x7f" + words * 3)) == [Audio(b"\x7f" + words * 3)]
    assert protocol.mode is Mode.STREAM


# --- F04 to F06: words and garbage --------------------------------------------------------------------------------


def test_f04_ringing_and_caller_id_between_a_command_and_its_ok_are_heard_and_fail_nothing(wire):
    line = VirtualLine(wire=wire, reopens=True).ready()
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


def test_f06_every_code_in_a_stream_is_survived_and_costs_no_sample():
    line = VirtualLine().ready()
    line.talking(voice=Tone([1000]))
    before = len(line.heard())
    for code in set(range(256)) - {0x03, 0x10, 0x1A, ord("X"), ord("R")}:
        line.fault("card.garbage", text=f"10{code:02x}")
        line.run(0.01)
    assert len(line.heard()) - before >= 251 * 80 - 160
    assert any(isinstance(event, Signal) and event.sign is Sign.UNKNOWN for event in line.events)
    line.hang_up()
    assert line.wrongs() == []


@pytest.mark.parametrize("seed", range(4))
def test_f06_random_bytes_in_a_stream_lose_no_more_sound_than_they_are(seed):
    line = VirtualLine().ready()
    line.talking(voice=Tone([1000]))
    before = len(line.heard())
    garbage = random.Random(seed).randbytes(200).replace(b"\x10\x03", b"\x10\x04").rstrip(b"\x10")
    line.fault("card.garbage", text=garbage.hex())
    line.run(1.0)
    assert len(line.heard()) - before >= 8000 - 160 - 512  # an open packet swallows at most its limit
    line.hang_up()
    assert not line.core.is_off_hook


# --- F07 to F12: buffers and clocks -------------------------------------------------------------------------------


def test_f07_a_far_end_that_sends_only_dle_starves_nobody_under_the_chips_byte_budget():
    line = VirtualLine().ready()
    line.talking(voice=Spoken(lambda count: b"\x10" * count))
    line.play = Spoken(lambda count: b"\x10" * count)
    line.run(1.0)
    dry = line.core.stats(line.now).underruns
    line.run(29.0)
    assert line.core.stats(line.now).underruns == dry
    assert line.core.stats(line.now).overruns == 0
    line.hang_up()
    assert line.wrongs() == []


@pytest.mark.parametrize("size", [512, 1024, 2048, 8192])
def test_f08_any_depth_of_the_cards_buffer_gives_no_underrun_and_no_delay(size):
    line = VirtualLine().ready()
    line.fault("card.tx_fifo", size)
    line.talking()
    line.run(5.0)
    dry = line.core.stats(line.now).underruns
    line.levels.clear()
    line.run(20.0)
    assert line.core.stats(line.now).underruns - dry == 0
    assert max(line.levels) / 8 < 120
    line.hang_up()
    assert line.wrongs() == []


@pytest.mark.parametrize("stall", [0.05, 0.2, 1.0])
def test_f09_after_a_stall_of_ours_the_delay_is_what_it_was(stall):
    line = VirtualLine().ready()
    line.talking()
    line.run(2.0)
    usual = max(line.levels[-50:])
    line.is_paused = True
    line.run(stall)
    line.is_paused = False
    line.run(0.1)
    line.levels.clear()
    line.run(2.0)
    assert max(line.levels) <= usual + 80


@pytest.mark.parametrize("ppm", [-200.0, 200.0])
def test_f10_a_crystal_200_ppm_off_neither_dries_nor_overruns_the_card(ppm):
    """F10 partly: 30 s of card and driver; the jitter buffer is tested in tests/lines/test_elastic.py."""
    line = VirtualLine(ppm=ppm).ready()
    line.talking()
    line.run(30.0)
    stats = line.core.stats(line.now)
    assert (stats.underruns, stats.overruns) == (0, 0)
    line.hang_up()
    assert line.wrongs() == []


def test_f11_a_flood_of_underrun_and_overrun_reports_is_survived_and_counted_once_per_dry_spell():
    """F11 partly: the driver; that no log is flooded and no core is eaten is not measured."""
    line = VirtualLine().ready()
    party = line.talking()
    for _ in range(100):
        line.fault("card.event", text="u", count=10)
        line.fault("card.event", text="o", count=10)
        line.run(0.02)
    assert party.state is CallerState.CONNECTED
    assert line.ledger.underruns <= 2.0 / 0.05 + 1
    line.hang_up()
    assert not line.core.is_off_hook


@pytest.mark.parametrize("ms", [300, 1800, 3000, 0])
def test_f12_a_short_freeze_is_survived_a_long_one_ends_the_call_within_three_seconds(ms):
    line = VirtualLine().ready()
    line.talking()
    begun = line.now
    line.fault("card.freeze", ms)
    if 0 < ms < 2000:
        line.run(5.0)
        assert not any(isinstance(event, Failed) for event in line.events)
        line.hang_up()
    else:
        line.until(Failed)
        assert line.now - begun < 3.0
    assert not line.core.is_off_hook


# --- F13 to F17: the port and dead programs -----------------------------------------------------------------------


def test_f13_a_hundred_unplugs_leak_no_descriptor_and_the_new_number_is_found(tmp_path):
    """F13 partly: the port alone; the line that reopens it is tested in tests/lines/test_process.py."""
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        before = 0
        for cycle in range(100):
            port = SerialPort(card.path)
            card.fault("card.unplug")
            with pytest.raises(ModemError, match="is gone"):
                port.write(b"AT\r")
            port.close()
            card.fault("card.plug", cycle % 2)
            descriptors = len(os.listdir("/proc/self/fd"))
            before = before or descriptors
            assert descriptors == before


def test_f15_a_port_held_by_another_program_is_refused_in_a_sentence_and_taken_when_free(tmp_path):
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        card.fault("card.second_opener", 1)
        with pytest.raises(ModemError, match="in use by another program"):
            SerialPort(card.path)
        card.fault("card.second_opener", 0)
        SerialPort(card.path).close()


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


# --- F18: the matrix ----------------------------------------------------------------------------------------------


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


# --- F20, F21: ringing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", COUNTRIES)
def test_f20_rings_are_counted_and_given_up_in_the_cadence_of_every_country(code):
    """F20 partly: the missed-call alert of a single spurious ring is the desk's."""
    country = COUNTRIES[code]
    ringing = Ringing(country, 0.0)
    offsets = (0.0, 0.6) if code in ("UK", "AU") else (0.0,)
    for burst in range(4):
        if burst == 2:
            continue  # one is lost on the way
        for offset in offsets:
            moment = burst * country.ring_period + offset
            assert burst == 0 or burst == 3 or moment < ringing.abandoned_at()
            ringing.ring(moment)
    assert ringing.rings == 3
    last = 3 * country.ring_period
    assert ringing.abandoned_at() == pytest.approx(last + 1.25 * country.ring_period + 0.5)


def test_f20_japans_short_bursts_are_no_rings_and_a_spurious_ring_is_soon_forgotten():
    ringing = Ringing(COUNTRIES["JP"], 0.0)
    for moment in (0.0, 1.0, 2.0, 3.0):
        ringing.ring(moment)
    assert ringing.rings == 1
    alone = Ringing(COUNTRIES["US"], 0.0)
    alone.ring(0.0)
    assert alone.abandoned_at() == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("lines", "number", "name", "reason"),
    [
        ((("NMBR", "0312345678"), ("NAME", "YAMADA")), "0312345678", "YAMADA", None),
        ((("NMBR", "P"),), "", "", Withheld.PRIVATE),
        ((("NMBR", "O"),), "", "", Withheld.UNAVAILABLE),
        ((("NMBR", "C"),), "", "", Withheld.PUBLIC_PHONE),
        ((("NMBR", "S"),), "", "", Withheld.CONGESTION),
        ((("NMBR", "0311111111"), ("NMBR", "0322222222")), "0322222222", "", None),
        ((("DATE", "9999"), ("NMBR", "0312345678")), "0312345678", "", None),
    ],
)
def test_f21_each_way_of_telling_a_caller_is_understood(lines, number, name, reason):
    """F21 partly: formatted lines; the raw packet of +VCID=2 (MESG) is not read yet."""
    caller = CallerId()
    for tag, value in lines:
        caller = with_line(caller, CallerIdLine(tag, value))
    assert (caller.number, caller.name, caller.withheld) == (number, name, reason)


@given(st.lists(st.tuples(st.sampled_from(["NMBR", "NAME", "DATE", "TIME", "MESG", "REASON", "DDN"]), st.binary())))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_f21_no_bytes_of_a_caller_id_break_anything(told):
    protocol, caller = Protocol(), CallerId()
    for tag, value in told:
        for event in protocol.receive(b"\r\n" + tag.encode() + b" = " + value + b"\r\n"):
            if isinstance(event, CallerIdLine):
                caller = with_line(caller, event)
    assert len(caller.number) <= 32
    assert len(caller.name) <= 64
    assert not any(unicodedata.category(letter) == "Cc" for letter in caller.name)


# --- F33 to F40 ---------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("personality", ["si2494_half", "generic_half"])
def test_f36_a_half_duplex_modem_refuses_a_bridge_with_the_reason_and_announces_and_records(personality):
    """F36 partly: the driver; the line's own announcements and voicemail on such a modem are not built."""
    line = VirtualLine(personality).ready()
    line.rung()
    line.modem.seize(line.now)
    refused = line.until(SeizeFailed)
    assert isinstance(refused, SeizeFailed)
    assert "half duplex" in refused.why
    assert not line.core.is_off_hook
    line.run(3.0)
    seizures = len(line.moments(What.WENT_OFF_HOOK))
    assert seizures == (0 if personality == "si2494_half" else seizures)
    if line.core.line.party is not None and line.core.line.state.value == "ringing":
        line.core.line.give_up(line.now)
    line.modem.seize(line.now)
    line.until(SeizeFailed)
    assert len(line.moments(What.WENT_OFF_HOOK)) == seizures, "learnt: not tried with a caller again"
    line.run(3.0)
    party = line.rung(voice=Tone([1000]))
    line.modem.seize(line.now, Way.ANNOUNCE)
    line.until(Seized)
    line.modem.play(b"\x33" * 400)
    line.run(1.0)
    assert line.modem.is_streaming
    line.modem.turn(Way.RECORD, line.now)
    line.until(Seized)
    before = len(line.heard())
    line.run(2.0)
    assert len(line.heard()) - before > 15000
    line.hang_up()
    assert party.state is CallerState.RELEASED
    assert b"3" * 300 not in line.heard()
    assert line.wrongs() == []


def test_f38_nothing_of_the_line_card_asks_for_wall_time():
    """F38: a clock step cannot matter to code that knows monotonic time alone."""
    sources = [*(ROOT / "hw" / "modem").glob("*.py"), *(ROOT / "appliance" / "lines").glob("*.py")]
    assert len(sources) > 20
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "time":
                assert node.attr in ("monotonic", "sleep", "perf_counter"), source
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("time", "datetime"), source
            if isinstance(node, ast.Import):
                assert all(alias.name != "datetime" for alias in node.names), source


def test_f39_a_port_without_modem_lines_opens_works_and_closes(tmp_path):
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        port = SerialPort(card.path)
        port.set_dtr(False)
        port.set_dtr(True)
        assert port.write(b"AT\r") == 3
        assert card.wait_event(What.RESULT_SENT, 5)
        port.close()


@given(st.data())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_f40_no_modem_and_no_fault_makes_the_driver_crash_or_hold_the_line_alone(data):
    """F40 partly: 60 lives a run, not 10 000; raise `max_examples` to look further."""
    name = data.draw(st.sampled_from(sorted(PERSONALITIES)))
    personality = replace(
        PERSONALITIES[name],
        is_whimsical=data.draw(st.booleans()),
        usual_latency=data.draw(st.sampled_from([(0.0, 0.001), (0.005, 0.03), (0.3, 1.2)])),
        body_limit=data.draw(st.sampled_from([50, 128])),
    )
    chosen = data.draw(st.sampled_from([WIRES[0], WIRES[2], WIRES[3]]))
    line = VirtualLine(personality, chosen, seed=data.draw(st.integers(0, 999)), reopens=True)
    line.modem.start(line.now)
    for _ in range(data.draw(st.integers(1, 6))):
        one_step(line, data.draw(st.sampled_from(STEPS)), data.draw(st.integers(0, 9)))
    for _ in range(2):
        if (line.is_open and line.modem.is_streaming) or (line.core.is_off_hook and line.is_open):
            line.modem.release(line.now)
        line.run(25.0)
    assert not line.core.is_off_hook
    # A card that falls into a stream by itself, after a reset too, cannot but be typed at until that is noticed.
    wrong_at_all = ("still off-hook",) if personality.starts_streaming else ("still off-hook", "typed into")
    assert [wrong for wrong in line.wrongs() if any(sign in wrong for sign in wrong_at_all)] == []


STEPS = ("wait", "ring", "seize", "release", "garbage", "freeze", "reset", "mute", "refuse", "late", "event", "drop")


def one_step(line: VirtualLine, step: str, dose: int) -> None:
    """Something happens; what cannot happen now does not."""
    match step:
        case "ring":
            line.rung()
        case "seize" if (
            line.is_open
            and line.core.line.state.value == "ringing"
            and any(isinstance(event, Ready) for event in line.events)
        ):
            line.modem.seize(line.now)
        case "release" if line.is_open and any(isinstance(event, Ready) for event in line.events):
            line.modem.release(line.now)
        case "garbage":
            line.fault("card.garbage", 2**dose, count=dose)
        case "freeze":
            line.fault("card.freeze", 100 + 400 * dose)
        case "reset":
            line.fault("card.reset")
        case "mute" | "refuse" | "late":
            whim = {"mute": "none", "refuse": "error", "late": "late"}[step]
            line.fault("card.next_result", 500 * dose, whim, 1 + dose % 4)
        case "event":
            line.fault("card.event", text="uolLPpbds0"[dose])
        case "drop":
            line.fault("line.loop_drop", 50 * dose)
    line.run(0.3 + dose / 3)


# --- beside the catalogue: what §2.3 and §2.10 ask ----------------------------------------------------------------


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


def test_a_stream_the_modem_ends_is_told_and_leaves_nothing_off_hook():
    line = VirtualLine().ready()
    line.talking()
    line.fault("card.reset")
    line.until((Failed, StreamStopped))
    line.run(3.0)
    assert not line.core.is_off_hook


def test_a_digit_told_in_a_stream_is_told_once():
    line = VirtualLine().ready()
    line.talking()
    line.fault("card.garbage", text=b"\x10/\x105\x105\x10~".hex())
    line.run(0.1)
    assert line.events.count(Digit("5")) == 1


def test_an_answer_to_a_forgotten_command_is_nobodys():
    protocol = Protocol()
    protocol.command("AT")
    protocol.give_up()
    assert not [event for event in protocol.receive(b"\r\nOK\r\n") if isinstance(event, Finished)]
    protocol.command("ATI0")
    assert protocol.receive(b"\r\nERROR\r\n") == [Finished("ATI0", Result.ERROR)]
