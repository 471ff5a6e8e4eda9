"""F19 to F21: rings, callers who give up, and who they say they are (fxo §3.5)."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.modem.callerid import CallerId, Withheld, with_line
from hw.modem.countries import COUNTRIES
from hw.modem.events import CallerIdLine, Ring
from hw.modem.protocol import Protocol
from hw.modem.ringing import Ringing
from hw.sim.countries import CallerIdTime
from hw.sim.party import RemoteParty
from tests.hw.modem.virtual import VirtualLine


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
    caller = CallerId()
    for tag, value in lines:
        caller = with_line(caller, CallerIdLine(tag, value))
    assert (caller.number, caller.name, caller.withheld) == (number, name, reason)


def packet(kind: int, body: bytes) -> str:
    """A raw caller-ID packet with its checksum, as +VCID=2 shows it."""
    whole = bytes((kind, len(body))) + body
    return (whole + bytes((-sum(whole) % 256,))).hex().upper()


@pytest.mark.parametrize(
    ("raw", "number", "name", "reason"),
    [
        (packet(0x04, b"112209300312345678"), "0312345678", "", None),
        (packet(0x04, b"11220930P"), "", "", Withheld.PRIVATE),
        (packet(0x80, b"\x01\x0811220930\x02\x0a0312345678\x07\x06YAMADA"), "0312345678", "YAMADA", None),
        (packet(0x80, b"\x01\x0811220930\x04\x01O\x08\x01O"), "", "", Withheld.UNAVAILABLE),
        (packet(0x80, b"\x02\x0a0312345678\x07\x05J\xf6rg\x01"), "0312345678", "J\xf6rg", None),
        (packet(0x80, b"\x11\x01\x01\x02\x0a0312345678"), "0312345678", "", None),
        (packet(0x04, b"112209300312345678")[:-2] + "00", "", "", None),
        ("80FF01", "", "", None),
        ("nonsense", "", "", None),
    ],
    ids=["sdmf", "sdmf withheld", "mdmf", "mdmf without a number", "odd letters", "ETSI", "checksum", "cut", "no hex"],
)
def test_f21_a_raw_packet_is_read_and_a_damaged_one_believed_in_nothing(raw, number, name, reason):
    caller = with_line(CallerId(), CallerIdLine("MESG", raw))
    assert (caller.number, caller.name, caller.withheld) == (number, name, reason)


@pytest.mark.parametrize("when", list(CallerIdTime))
@pytest.mark.parametrize("personality", ["cx93001_2013", "usr5637", "chaos"])
def test_f21_a_number_is_heard_whenever_the_exchange_tells_it(when, personality, wire):
    line = VirtualLine(personality, wire, "US").ready()
    line.core.line.ring(RemoteParty("2125550123", "SMITH", None), line.now, when)
    line.run(16.0)
    caller = CallerId()
    for event in line.events:
        if isinstance(event, CallerIdLine):
            caller = with_line(caller, event)
    if not wire.loss:
        assert caller.number == ("" if when is CallerIdTime.NEVER else "2125550123")
    assert sum(isinstance(event, Ring) for event in line.events) >= (1 if wire.loss else 2)


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
