"""The words of the serial protocol: lines, DLE codes, the border between command and stream."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import ProtocolMisuse
from hw.modem.dle import avoid
from hw.modem.events import Audio, CallerIdLine, Digit, Event, Finished, Result, Ring, Sign, Signal, StreamEnded
from hw.modem.protocol import Mode, Protocol

TALE = (
    b"AT+VTR\r\r\nRING\r\n\r\nNMBR = 0455551234\r\n\r\nCONNECT\r\n"
    b"abc\x10\x10d\x10\x1ae\r\nOK\r\nRING\r\n\x10u\x10lfg\x10/\x105\x105\x10~hh\x10Zi\x10XNMBR=1\r\n\x10.j\x10\x03\r\nOK\r\nRING\r\n"
)
STORY: list[Event] = [
    Ring(),
    CallerIdLine("NMBR", "0455551234"),
    Finished("AT+VTR", Result.CONNECT),
    Audio(b"abc\x10d\x10\x10e\r\nOK\r\nRING\r\n"),
    Signal(Sign.UNDERRUN, ord("u")),
    Signal(Sign.LOOP_DROP, ord("l")),
    Audio(b"fg"),
    Digit("5"),
    Audio(b"hh"),
    Signal(Sign.UNKNOWN, ord("Z")),
    Audio(b"ij"),
    StreamEnded(),
    Finished("leaving the stream", Result.OK),
    Ring(),
]


def in_stream() -> Protocol:
    protocol = Protocol()
    protocol.command("AT+VTR")
    protocol.receive(b"\r\nCONNECT\r\n")
    return protocol


def joined(events: list[Event]) -> list[Event]:
    """Neighbouring audio as one: where it is cut is nobody's business."""
    out: list[Event] = []
    for event in events:
        if isinstance(event, Audio) and out and isinstance(out[-1], Audio):
            out[-1] = Audio(out[-1].samples + event.samples)
        else:
            out.append(event)
    return out


def tell(pieces: list[bytes]) -> list[Event]:
    protocol = Protocol()
    protocol.command("AT+VTR")
    return joined([event for piece in pieces for event in protocol.receive(piece)])


def test_a_call_is_told_in_order_and_audio_that_spells_ok_stays_audio():
    assert tell([TALE]) == STORY


@given(st.lists(st.integers(0, len(TALE)), max_size=40))
def test_the_story_is_the_same_however_the_bytes_are_split(cuts):
    edges = [0, *sorted(cuts), len(TALE)]
    assert tell([TALE[a:b] for a, b in itertools.pairwise(edges)]) == STORY


def test_the_story_is_the_same_split_at_every_single_byte():
    for cut in range(len(TALE)):
        assert tell([TALE[:cut], TALE[cut:]]) == STORY, f"split at {cut}"


@given(st.binary(max_size=400), st.lists(st.integers(0, 800), max_size=10))
def test_any_samples_survive_shielding_and_any_split(samples, cuts):
    shielded = samples.replace(b"\x10", b"\x10\x10")
    edges = [0, *sorted(min(cut, len(shielded)) for cut in cuts), len(shielded)]
    protocol = in_stream()
    heard = [event for a, b in itertools.pairwise(edges) for event in protocol.receive(shielded[a:b])]
    assert b"".join(event.samples for event in heard if isinstance(event, Audio)) == samples
    assert protocol.mode is Mode.STREAM


@given(st.lists(st.binary(max_size=60), max_size=30))
def test_no_bytes_whatever_raise(pieces):
    protocol = Protocol()
    protocol.command("AT+VTR")
    for piece in pieces:
        protocol.receive(piece)


@pytest.mark.parametrize(
    ("shielded", "samples"),
    [(b"\x10\x10\x03", b"\x10\x03"), (b"\x10\x10\x10\x10\x03", b"\x10\x10\x03"), (b"\x10\x1a\x03", b"\x10\x10\x03")],
)
def test_only_a_true_etx_ends_the_stream(shielded, samples):
    protocol = in_stream()
    assert protocol.receive(shielded) == [Audio(samples)]
    assert protocol.receive(b"\x10\x03") == [StreamEnded()]
    assert protocol.mode is Mode.COMMAND


@given(st.binary())
def test_what_is_sent_never_holds_a_dle_and_keeps_its_length(samples):
    assert b"\x10" not in avoid(samples)
    assert len(avoid(samples)) == len(samples)


def test_information_lines_belong_to_the_command_that_asked():
    protocol = Protocol()
    protocol.command("ATI3")
    assert protocol.receive(b"ATI3\r\r\nCX93001\r\n\r\nRING\r\n\r\nOK\r\n") == [
        Ring(),
        Finished("ATI3", Result.OK, ("CX93001",)),
    ]


@pytest.mark.parametrize("spelt", ["NO DIALTONE", "NO DIAL TONE", "no dialtone"])
def test_a_result_is_known_however_its_blanks_are_set(spelt):
    protocol = Protocol()
    protocol.command("ATD")
    assert protocol.receive(f"\r\n{spelt}\r\n".encode()) == [Finished("ATD", Result.NO_DIAL_TONE)]


@pytest.mark.parametrize("line", ["NMBR = 0312345678", "NMBR=0312345678", "NMBR  =0312345678 "])
def test_caller_id_is_read_with_any_blanks(line):
    assert Protocol().receive(line.encode() + b"\r\n") == [CallerIdLine("NMBR", "0312345678")]


def test_a_ring_in_voice_mode_is_a_ring():
    assert Protocol().receive(b"\x10R") == [Ring()]


def test_a_digit_is_told_once_per_key_press():
    protocol = in_stream()
    assert protocol.receive(b"\x105\x105") == [Digit("5")]
    assert protocol.receive(b"." * 600 + b"\x105")[-1] == Digit("5")


def test_no_command_is_sent_into_a_stream_nor_samples_outside_one():
    with pytest.raises(ProtocolMisuse, match="inside a voice stream"):
        in_stream().command("AT")
    with pytest.raises(ProtocolMisuse, match="outside a voice stream"):
        Protocol().shield(b"a")


def test_commands_go_one_at_a_time_and_stay_short():
    protocol = Protocol()
    protocol.command("AT")
    with pytest.raises(ProtocolMisuse, match="one at a time"):
        protocol.command("ATH0")
    with pytest.raises(ProtocolMisuse, match="longer"):
        Protocol().command("AT" + "X" * 51)
