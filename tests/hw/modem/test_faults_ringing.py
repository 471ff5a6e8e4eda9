"""F19 to F21: rings, callers who give up, and who they say they are (fxo §3.5)."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.modem.callerid import CallerId, Withheld, with_line
from hw.modem.countries import COUNTRIES
from hw.modem.events import (
    CallerIdLine,
)
from hw.modem.protocol import Protocol
from hw.modem.ringing import Ringing


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
