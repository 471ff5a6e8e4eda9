"""Caller ID, ringing, clocking and chip facts: the pure parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import ModemError
from hw.modem.callerid import CallerId, Withheld, with_line
from hw.modem.chipsets import CX930XX, GENERIC, USR5637, recognise
from hw.modem.countries import COUNTRIES, country
from hw.modem.events import CallerIdLine
from hw.modem.ledger import MOST_MS, TARGET_MS, Ledger
from hw.modem.port import SerialPort
from hw.modem.ringing import Ringing


def told(*lines: tuple[str, str]) -> CallerId:
    caller = CallerId()
    for tag, value in lines:
        caller = with_line(caller, CallerIdLine(tag, value))
    return caller


def test_a_full_caller_id_is_folded_into_one_fact():
    caller = told(("DATE", "1122"), ("TIME", "1405"), ("NMBR", "03-1234-5678"), ("NAME", "YAMADA"))
    assert caller == CallerId("0312345678", "YAMADA", None, "", "11221405")


@pytest.mark.parametrize("letter", ["P", "O", "C", "S"])
def test_a_withheld_number_has_a_reason_instead(letter):
    caller = told(("NMBR", letter))
    assert caller.number == ""
    assert caller.withheld is Withheld(letter)
    assert caller.is_known


def test_an_o_in_its_own_tag_is_a_reason_too():
    assert told(("REASON", "S")).withheld is Withheld.CONGESTION


@given(st.text(), st.sampled_from(["NMBR", "NAME", "DATE", "TIME", "DDN", "MESG", "REASON"]))
def test_no_caller_id_text_raises_and_none_grows_without_bound(value, tag):
    caller = told((tag, value))
    assert len(caller.number) <= 32
    assert len(caller.name) <= 64
    assert caller.name.isprintable() or not caller.name.isascii()


def test_a_number_is_offered_as_soon_as_it_settled():
    ringing = Ringing(country("US"), 10.0)
    ringing.ring(10.0)
    assert ringing.offer_at() == 14.5
    ringing.caller_id(CallerIdLine("NMBR", "5551234"), 11.0)
    assert ringing.offer_at() == 11.3
    ringing.caller_id(CallerIdLine("NAME", "ANN"), 11.1)
    assert ringing.offer_at() == 11.1


def test_a_number_before_the_first_ring_waits_for_the_ring():
    ringing = Ringing(country("JP"), 10.0)
    ringing.caller_id(CallerIdLine("NMBR", "5551234"), 10.0)
    assert ringing.offer_at() is None
    ringing.ring(11.0)
    assert ringing.offer_at() == 11.0


def test_the_second_ring_ends_the_wait_for_a_number():
    ringing = Ringing(country("US"), 10.0)
    ringing.ring(10.0)
    ringing.ring(12.0)
    assert ringing.offer_at() == 12.0


def test_a_double_ring_counts_once_and_japans_short_alert_not_at_all():
    british = Ringing(country("UK"), 0.0)
    british.ring(0.0)
    british.ring(0.6)
    assert british.rings == 1
    japanese = Ringing(country("JP"), 0.0)
    for at in (0.0, 1.0, 2.0):
        japanese.ring(at)
    assert japanese.rings == 1
    assert japanese.offer_at() == 3.4


@pytest.mark.parametrize(
    ("code", "seconds"),
    [("US", 8.0), ("DE", 6.75), ("JP", 4.25), ("UK", 4.25), ("PL", 6.75), ("BE", 5.5), ("CL", 5.5), ("IL", 5.5)],
)
def test_a_caller_counts_as_gone_after_the_countrys_own_pause(code, seconds):
    ringing = Ringing(country(code), 5.0)
    ringing.ring(5.0)
    assert ringing.abandoned_at() == 5.0 + seconds


def test_every_country_waits_longer_than_its_own_ringing():
    assert all(one.abandoned_after > one.ring_period for one in COUNTRIES.values())


def test_an_unknown_country_is_refused_naming_the_known_ones():
    with pytest.raises(ModemError, match="'XX' is not known; one of JP, US"):
        country("XX")


def test_the_ledger_writes_what_was_received():
    ledger = Ledger()
    assert len(ledger.prefill()) == 480
    assert [ledger.owed(80), ledger.owed(33), ledger.owed(160)] == [80, 33, 160]


def test_after_a_stall_the_ledger_fills_to_the_target_and_no_further():
    ledger = Ledger()
    ledger.prefill()
    assert ledger.owed(1600) == 480


def test_a_dry_card_is_refilled_once_however_often_it_complains():
    ledger = Ledger()
    ledger.prefill()
    ledger.ran_dry()
    assert ledger.owed(80) == 480
    ledger.ran_dry()
    assert ledger.owed(80) == 80
    assert ledger.underruns == 1


@given(st.lists(st.tuples(st.integers(0, 4000), st.booleans()), max_size=200))
def test_the_ledger_never_owes_more_than_its_target_nor_a_negative_number(batches):
    ledger = Ledger()
    ledger.prefill()
    for received, dry in batches:
        if dry:
            ledger.ran_dry()
        assert 0 <= ledger.owed(received) <= ledger.target


@pytest.mark.parametrize(
    ("answers", "chipset"),
    [
        (("CONEXANT", "56000", "CX93001-EIS_V0.2013-V92"), CX930XX),
        (("U.S. Robotics", "5601", "U.S. Robotics 56K FAX USB V1.2.23"), USR5637),
        (("Acme",), GENERIC),
    ],
)
def test_a_chip_is_known_by_what_it_calls_itself(answers, chipset):
    assert recognise(answers) is chipset


def test_a_device_that_is_not_there_and_one_that_is_no_device_say_so(tmp_path):
    with pytest.raises(ModemError, match="is not there"):
        SerialPort(str(tmp_path / "none"))
    plain = tmp_path / "file"
    plain.touch()
    with pytest.raises(ModemError, match="not a serial device"):
        SerialPort(str(plain))
    with pytest.raises(ModemError, match="/dev/null is not a serial device"):
        SerialPort("/dev/null")


def test_a_card_that_runs_dry_three_times_in_a_minute_is_given_more_and_less_again_after_five_clean_ones():
    ledger = Ledger()
    ledger.prefill()
    for _ in range(3):
        ledger.owed(8000)
        ledger.ran_dry()
    assert ledger.target == (TARGET_MS + 10) * 8
    assert not ledger.is_overloaded
    for _ in range(301):
        assert ledger.owed(8000) in (8000, 8080, 7960, ledger.target)
    assert ledger.target == (TARGET_MS + 5) * 8
    for _ in range(900):
        ledger.owed(8000)
    assert ledger.target == TARGET_MS * 8


def test_a_card_that_cries_for_two_seconds_is_on_an_overloaded_link():
    ledger = Ledger()
    for _ in range(100):
        ledger.owed(80)
        ledger.ran_dry()
    assert ledger.is_overloaded
    assert ledger.target <= MOST_MS * 8
