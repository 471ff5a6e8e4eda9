"""F01 to F03, F06: what comes in a voice stream, however it is cut, spelt or spoilt (fxo §3.5)."""

import itertools
import random

import pytest

from hw.modem.dle import DleDecoder
from hw.modem.events import (
    Audio,
    Digit,
    Event,
    Failed,
    Sign,
    Signal,
    StreamEnded,
    StreamStopped,
)
from hw.modem.protocol import Mode, Protocol
from hw.sim.sound import Tone
from tests.hw.modem.virtual import VirtualLine


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
