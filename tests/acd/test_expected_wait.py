"""What a caller is told about the wait: an 80 % bound rounded up, never longer than before, or nothing (M-20)."""

import math
from dataclasses import replace

import pytest

from appliance.acd.expected_wait import (
    OVER,
    Before,
    Outlook,
    announced_minutes,
    handling_time,
    rounded_up,
    wait_bound_s,
)

SURE = Outlook(ahead=0, staff=3, aht_s=180, samples=30)


def test_the_next_caller_of_one_agent_waits_an_exponential_time() -> None:
    assert wait_bound_s(0, 1, 180) == pytest.approx(-180 * math.log(0.2))
    assert wait_bound_s(0, 3, 180) == pytest.approx(-60 * math.log(0.2))


def test_the_bound_of_two_stages_is_that_of_the_gamma_table() -> None:
    """P(Erlang(2, 1) ≤ 2.99431) = 0.8."""
    assert wait_bound_s(1, 1, 1) == pytest.approx(2.99431, abs=1e-5)


def test_a_line_of_a_thousand_is_near_the_normal_quantile() -> None:
    assert wait_bound_s(999, 1, 1) == pytest.approx(1000 + 0.8416 * math.sqrt(1000), rel=0.001)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 1), (60, 1), (60.1, 2), (121, 3), (181, 5), (301, 10), (900, 15), (901, OVER)]
)
def test_the_bound_is_rounded_up_to_spoken_minutes(seconds: float, minutes: int) -> None:
    """M-20: in spoken minutes."""
    assert rounded_up(seconds) == minutes


@pytest.mark.parametrize(
    "unsure",
    [
        replace(SURE, staff=0),
        replace(SURE, samples=9),
        replace(SURE, ahead=8, before=Before(5, 4)),
        replace(SURE, ahead=0, before=Before(5, 4)),
    ],
    ids=["nobody there", "nine samples and no prior", "four more ahead", "four fewer ahead"],
)
def test_who_cannot_know_tells_the_place_only(unsure: Outlook) -> None:
    """M-20: abstains."""
    assert announced_minutes(unsure) is None


def test_ten_samples_or_a_prior_are_enough() -> None:
    assert announced_minutes(replace(SURE, samples=10)) == 2
    assert announced_minutes(replace(SURE, samples=0, has_prior=True)) == 2


def test_one_agent_is_enough_to_know() -> None:
    assert announced_minutes(replace(SURE, staff=1)) == 5


def test_three_more_ahead_are_no_jump() -> None:
    assert announced_minutes(replace(SURE, ahead=7, before=Before(15, 4))) == 15


def test_a_wait_is_never_announced_longer_than_before() -> None:
    """M-20: never longer."""
    longer = replace(SURE, aht_s=600, before=Before(2, 0))
    assert announced_minutes(replace(longer, before=None)) == 10
    assert announced_minutes(longer) == 2
    assert announced_minutes(replace(longer, overtaken=True)) == 10
    assert announced_minutes(replace(longer, before=Before(None, 0))) == 10


def test_nobody_is_promised_less_than_the_head_of_the_line_has_waited() -> None:
    assert announced_minutes(replace(SURE, head_waits_s=400)) == 10


def test_handling_time_starts_from_the_prior_and_follows_the_last_thirty() -> None:
    assert handling_time([]) == 180
    assert handling_time([100]) == pytest.approx(180 - 80 * 2 / 31)
    assert handling_time([9999] * 5 + [60] * 30) == handling_time([60] * 30)
    assert 60 < handling_time([60] * 30) < 80
