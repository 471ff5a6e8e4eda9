"""The metrics of acd.md §4: the worked vector, n beside every ratio, and what a journal folds to (D-10, D-21, M-00)."""

import datetime
import zoneinfo
from dataclasses import replace

import pytest

from appliance.acd import metrics
from appliance.acd.metrics_counts import Callbacks, Counts, Flow, Handled, Health, Interval, LineUse, Transfers, day
from appliance.acd.metrics_entries import Exit
from appliance.acd.metrics_figures import Figure, Unit, shown
from appliance.acd.metrics_figures import abandon_rate as m06
from appliance.acd.story import OfferOutcome as Out

VECTOR = Counts(offered=10, answered_s=(3, 8, 19, 20, 21, 60), abandoned_s=(2, 12, 45), short_abandons=1, voicemails=1)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("service level", 4 / 7),
        ("SL strict", 4 / 10),
        ("SL lenient", 6 / 9),
        ("SL answered only", 4 / 6),
        ("answer rate", 6 / 9),
        ("abandon rate", 2 / 9),
        ("short-abandon rate", 1 / 10),
        ("ASA", 131 / 6),
        ("ASA median", 19.5),
        ("ASA P90", 60),
        ("time to abandon", 59 / 3),
        ("longest wait", 60),
    ],
)
def test_the_worked_vector_gives_the_figures_of_the_specification(row: str, expected: float) -> None:
    """M-01 to M-09: the worked vector."""
    assert metrics.value_of(VECTOR, row) == pytest.approx(expected)


def test_the_figures_are_written_as_the_specification_writes_them() -> None:
    written = {metric.en: shown(figures[0]) for metric, figures in metrics.table(VECTOR) if figures}
    assert written["service level"] == "57.1 % (n=7)"
    assert written["SL strict"] == "40.0 % (n=10)"
    assert written["SL lenient"] == "66.7 % (n=9)"
    assert written["SL answered only"] == "66.7 % (n=6)"
    assert written["ASA"] == "21.83 s (n=6)"
    assert written["time to abandon"] == "19.67 s (n=3)"


def test_the_table_has_every_metric_of_the_specification_with_its_formula() -> None:
    assert {metric.id for metric in metrics.METRICS} == {f"M-{number:02}" for number in range(23)} | {"S-10"}
    assert all(metric.ja and metric.en and metric.formula for metric in metrics.METRICS)
    names = [metric.en for metric in metrics.METRICS]
    assert len(set(names)) == len(names)


def test_an_empty_interval_shows_a_dash_for_every_ratio_and_mean() -> None:
    for metric, figures in metrics.table(Counts()):
        for figure in figures:
            if figure.unit is not Unit.COUNT:
                assert figure.value is None, metric
                assert shown(figure).startswith("—"), metric
            if figure.unit is Unit.SHARE and metric.en != "utilisation":
                assert shown(figure) == "— (n=0)", metric


def test_voicemails_callbacks_and_fallbacks_count_against_the_strict_service_level_only() -> None:
    with_others = replace(VECTOR, callbacks_asked=5, fallbacks=5)
    assert metrics.value_of(with_others, "SL strict") == pytest.approx(4 / 20)
    assert metrics.value_of(with_others, "service level") == pytest.approx(4 / 7)
    assert metrics.value_of(replace(VECTOR, refused=9, lost=9), "SL strict") == pytest.approx(4 / 10)


def test_only_short_abandons_leave_the_rates_undefined() -> None:
    assert m06(Counts(offered=1, abandoned_s=(1,), short_abandons=1)) == (Figure(None, Unit.SHARE, 0),)


def test_handling_time_is_talk_hold_and_wrap_up_of_each_segment() -> None:
    """M-10, M-11: by hand."""
    counts = Counts(handled=(Handled(100, 20, 30), Handled(60, 0, 0)))
    assert metrics.value_of(counts, "AHT") == 105
    assert metrics.value_of(counts, "ATT") == 80
    assert metrics.value_of(counts, "hold") == 10
    assert metrics.value_of(counts, "ACW") == 15


def test_offers_that_are_nobodys_fault_are_outside_the_rate_of_unanswered_ones() -> None:
    """M-15: by hand."""
    ann = {Out.ACCEPTED: 6, Out.REJECTED: 1, Out.TIMEOUT: 1, Out.WITHDRAWN: 9, Out.UNREACHABLE: 9, Out.BUSY_RACE: 9}
    counts = Counts(offers={"ann": ann, "bob": {Out.ACCEPTED: 2}})
    rows = {metric.en: figures for metric, figures in metrics.table(counts)}
    assert [(f.of, f.value, f.n) for f in rows["RNA rate"]] == [("", 0.2, 10), ("ann", 0.25, 8), ("bob", 0.0, 2)]
    assert {f.of: f.value for f in rows["offer outcomes"]} == {
        "accepted": 8,
        "rejected": 1,
        "timeout": 1,
        "busy_race": 9,
        "unreachable": 9,
        "withdrawn": 9,
    }


def test_what_the_engine_will_deliver_later_is_counted_right_from_its_symbols() -> None:
    counts = Counts(
        lasts_s=3600,
        answered_s=(1, 2, 3, 4),
        one_segment=3,
        ghosts=1,
        transfers=Transfers(blind=2, attended=1, rejected=1, returned=1),
        callbacks=Callbacks(requested=4, attempts=6, failed=1, kept=1, delays_s=(60, 120, 600)),
        announced=((60, 59), (60, 60), (120, 300), (120, 12), (180, 1)),
        lines=LineUse({"line1": 1800.0}, all_busy_s=12, ring_hold_saved_s=90),
        health=Health(healed=2, dispatch_p99_s=0.001, is_clock_trusted=True),
    )
    rows = {metric.en: [(f.of, f.value) for f in figures] for metric, figures in metrics.table(counts)}
    assert rows["transfers"] == [("blind", 2), ("attended", 1), ("rejected", 1), ("returned", 1)]
    assert rows["first contact"] == [("", 0.75)]
    assert rows["callbacks"] == [("requested", 4), ("connected", 3), ("failed", 1), ("merged", 0), ("cancelled", 0)]
    assert rows["attempts per connect"] == [("", 2)]
    assert rows["callback delay"] == [("", 120)]
    assert rows["inside the promise"] == [("", pytest.approx(1 / 3))]
    assert rows["ghosts"] == [("", 0.25)]
    assert rows["EWT coverage"] == [("", 0.8)]
    assert rows["line use"] == [("line1", 0.5)]
    assert (rows["all lines busy"], rows["ring-hold saved"]) == ([("", 12)], [("", 90)])
    assert (rows["healed"], rows["dispatch P99"], rows["clock trust"]) == ([("", 2)], [("", 0.001)], [("", 1)])


def test_conservation_is_silent_when_the_calls_add_up() -> None:
    assert metrics.conservation(Counts(flow=Flow(2, 8, {Exit.ANSWERED: 6, Exit.ABANDONED: 3}, 1))) == ""


@pytest.mark.parametrize("way", list(Exit))
def test_a_contact_too_few_or_too_many_is_told_in_a_sentence(way: Exit) -> None:
    """M-00: the sentence of the alarm."""
    sentence = metrics.conservation(Counts(flow=Flow(2, 8, {way: 8}, 1)))
    assert "2 were inside and 8 came, which makes 10" in sentence
    assert f"{way.value} 8" in sentence
    assert "1 still inside make 9" in sentence
    assert metrics.conservation(Counts(flow=Flow(0, 1, {way: 2}, 0)))


def test_an_unknown_row_is_an_error() -> None:
    with pytest.raises(KeyError):
        metrics.value_of(VECTOR, "luck")


def test_a_day_has_the_length_it_has_in_its_zone() -> None:
    berlin, tokyo = zoneinfo.ZoneInfo("Europe/Berlin"), zoneinfo.ZoneInfo("Asia/Tokyo")
    assert day(datetime.date(2026, 3, 29), berlin).lasts_s == 23 * 3600
    assert day(datetime.date(2026, 10, 25), berlin).lasts_s == 25 * 3600
    spring = day(datetime.date(2026, 3, 29), tokyo)
    assert spring.lasts_s == 86400
    assert datetime.datetime.fromtimestamp(spring.start, tokyo).isoformat() == "2026-03-29T00:00:00+09:00"


def test_intervals_are_half_open_and_leave_no_gap() -> None:
    hour = Interval(0, 3600)
    assert (hour.has(0), hour.has(3600)) == (True, False)
    slots = Interval(0, 4000).slots(1800)
    assert slots == (Interval(0, 1800), Interval(1800, 3600), Interval(3600, 4000))
