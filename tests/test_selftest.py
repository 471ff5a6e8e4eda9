"""The self-test's own judgement: figures do not fail it, facts do, and what the machine did is not the box's fault."""

import time

from appliance.selftest.figures import Report
from appliance.selftest.starving import Lateness


def test_a_figure_over_its_goal_is_told_and_does_not_fail() -> None:
    report = Report(1)
    report.figure("delay", "ms", [10.0, 90.0, 95.0], 60)
    assert report.figures[0].verdict == "over"
    assert report.is_well


def test_a_measurement_that_gave_nothing_is_a_fact_that_is_not_so() -> None:
    report = Report(1)
    report.figure("delay", "ms", [], 60)
    assert not report.is_well
    assert "FAIL  delay" in report.as_table()


def test_a_remark_goes_to_what_is_not_so_and_nowhere_else() -> None:
    trial, report = Report(1), Report(1)
    trial.fact("one ear", True, "0 silent frames")
    trial.fact("other ear", False, "3 silent frames")
    report.take(trial, " (this machine stood still for 80 ms)")
    assert [fact.found for fact in report.facts] == [
        "0 silent frames",
        "3 silent frames (this machine stood still for 80 ms)",
    ]


def test_a_machine_that_stands_still_is_noticed_from_then_on_and_not_before() -> None:
    with Lateness() as lateness:
        began = time.monotonic()
        sum(range(8_000_000))  # one call into C: no other thread of ours gets the interpreter
        deadline = time.monotonic() + 5.0
        while not lateness.worst(began) and time.monotonic() < deadline:
            time.sleep(0.005)
        assert lateness.worst(began) > 0.02
        assert lateness.frames(began) >= 2
        assert lateness.frames(time.monotonic() + 1.0) == 0
