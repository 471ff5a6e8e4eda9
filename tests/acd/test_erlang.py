"""The staffing formulas give the values of acd.md §4 and behave at their edges."""

import math

import pytest

from appliance.acd.erlang import Load, banded, erlang_b, erlang_c, impatient, patient

FIVE = Load(per_second=3.5 / 180, aht_s=180, agents=5)


def test_erlang_c_has_the_values_of_the_specification() -> None:
    assert erlang_c(1, 0.7) == pytest.approx(0.7, abs=1e-12)
    assert erlang_c(5, 3.5) == pytest.approx(0.37784, abs=5e-6)
    assert erlang_c(5, 5.0) == erlang_c(5, 9.0) == 1.0
    assert patient(FIVE).occupancy == pytest.approx(0.7)


def test_erlang_a_has_the_values_of_the_specification() -> None:
    found = impatient(FIVE, patience_s=120)
    assert found.waits == pytest.approx(0.25701, abs=5e-6)
    assert found.abandons == pytest.approx(0.08323, abs=5e-6)


def test_erlang_a_of_endless_patience_is_erlang_c() -> None:
    endless, c = impatient(FIVE, patience_s=1e9), patient(FIVE)
    assert endless.waits == pytest.approx(c.waits, abs=1e-5)
    assert endless.mean_wait_s == pytest.approx(c.asa_s, rel=1e-4)
    assert endless.abandons == pytest.approx(0, abs=1e-6)
    assert endless.occupancy == pytest.approx(0.7, abs=1e-5)


def test_erlang_b_by_hand() -> None:
    assert erlang_b(1, 1.0) == pytest.approx(0.5)
    assert erlang_b(2, 1.0) == pytest.approx(0.2)


def test_whoever_is_not_served_has_hung_up() -> None:
    """Flow balance: what comes in leaves served (busy agents / AHT) or abandoned."""
    for agents in (1, 3, 9):
        load = Load(5 / 100, 100, agents)
        found = impatient(load, 60)
        assert found.occupancy * agents / load.aht_s == pytest.approx(load.per_second * (1 - found.abandons))


def test_answer_speed_and_service_level_by_hand() -> None:
    """One agent, a = 0.7, AHT 100 s: W = C·AHT/(n−a) = 233.3 s, SL(100) = 1 − 0.7·e^−0.3."""
    found = patient(Load(0.007, 100, 1))
    assert found.asa_s == pytest.approx(0.7 * 100 / 0.3)
    assert found.service_level(100) == pytest.approx(1 - 0.7 * math.exp(-0.3))
    assert found.service_level(0) == pytest.approx(0.3)
    assert found.occupancy == pytest.approx(0.7)


@pytest.mark.parametrize("erlangs", [2.0, 2.5])
def test_too_few_agents_mean_a_line_that_never_ends(erlangs: float) -> None:
    found = patient(Load(erlangs / 60, 60, 2))
    assert (found.waits, found.asa_s, found.service_level(20)) == (1.0, math.inf, 0.0)


def test_with_impatient_callers_an_overloaded_office_still_has_an_answer() -> None:
    found = impatient(Load(400 / 60, 60, 2), patience_s=60)
    assert found.abandons == pytest.approx(1 - 2 / 400, rel=1e-6)
    assert found.waits == pytest.approx(1.0)


def test_an_office_of_thousands_is_counted_without_overflow() -> None:
    load = Load(3000 / 60, 60, 3000)
    found = impatient(load, 60)
    assert found.occupancy * 3000 == pytest.approx(3000 * (1 - found.abandons))
    assert 0.4 < found.waits < 0.6


def test_an_empty_office_waits_for_nobody() -> None:
    nobody = impatient(Load(0.0, 60, 2), 60)
    assert (nobody.waits, nobody.abandons, nobody.mean_wait_s, nobody.mean_queue, nobody.occupancy) == (0, 0, 0, 0, 0)
    assert impatient(Load(1e-12, 60, 9), 60).waits == pytest.approx(0, abs=1e-9)


def test_no_patience_at_all_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="more than 0 would be right"):
        impatient(FIVE, 0)


def test_the_band_is_a_fifth_of_the_callers_each_way() -> None:
    band = banded(FIVE, lambda load: load.erlangs)
    assert (band.fewer, band.expected, band.more) == pytest.approx((2.8, 3.5, 4.2))
