"""What is counted of a line, and what is written down of a call."""

import json

import pytest

from appliance.lines.facts import LegAnswered, LegAsked, LegEnded, next_attempt
from appliance.lines.figures import Figures, TalkFigures
from appliance.lines.states import State
from appliance.lines.trace import KEPT_FILES, Trace
from hw.sim import CallerState, VirtualCard
from hw.sim.core import Hybrid
from hw.sim.dialled import Fate, Subscriber
from hw.sim.voices import babble
from tests.lines.served import ServedLine
from tests.lines.virtual import WholeLine


class Sound:
    def __init__(self, **figures) -> None:
        self.measured = TalkFigures(**figures)


def test_a_call_is_counted_from_the_answer_to_who_hung_up():
    figures = Figures(100.0)
    figures.look(State.RINGING, None, "", 110.0)
    figures.look(State.ANSWERING, None, "", 112.0)
    figures.look(State.TALKING, Sound(samples=0), "", 112.5)
    assert not figures.look(State.TALKING, Sound(samples=480_024, underruns=2, false_alarms=1), "", 172.5)
    assert figures.look(State.RELEASING, None, "the caller hung up (busy tone, S2)", 173.0)
    figures.look(State.IDLE, None, "", 173.5)
    told = figures.told()
    assert (told.calls, told.answer_ms, told.underruns, told.false_alarms) == (1, 500, 2, 1)
    assert told.hang_ups == (("S2", 1),)
    assert told.off_hook == pytest.approx(61.5)
    assert told.drift_ppm == pytest.approx(50.0)


def test_a_hang_up_of_ours_is_no_evidence_and_a_short_call_no_drift():
    figures = Figures(0.0)
    figures.look(State.TALKING, Sound(samples=8000), "", 1.0)
    figures.look(State.RELEASING, None, "the other side hung up", 5.0)
    assert figures.told().hang_ups == (("us", 1),)
    assert figures.told().drift_ppm is None


def test_the_echo_that_is_taken_out_is_measured_on_a_bad_hybrid(tmp_path):
    line = WholeLine(tmp_path, echo_cancelling=True).in_service()
    line.core.hybrid = Hybrid(12.0)
    line.our_voice = babble(10.0, seed=8, level=-18.0)
    line.called()
    line.run(10.0)
    erle = line.line.talk.measured.erle
    assert erle is not None
    assert erle > 15.0


def test_a_call_leaves_a_trace_without_numbers_keys_or_sound(tmp_path):
    with (
        VirtualCard("JP", link=tmp_path / "port1") as card,
        ServedLine("line1", card.path, tmp_path, tmp_path / "traces") as served,
    ):
        served.wait(State.IDLE)
        caller = card.ring("0312345678")
        served.wait_until(lambda: served.state is State.RINGING, 5, "ringing")
        served.wait_invited()
        served.worker.post(LegAnswered(served.trunk.invitations[-1].attempt))
        assert caller.wait_for(CallerState.CONNECTED, 5)
        served.wait(State.TALKING)
        caller.send_digits("1234567")
        assert caller.wait_heard(1.5, 5)
        caller.hang_up()
        served.wait(State.GUARD)
        assert served.worker.figures.told().hang_ups == (("S2", 1),)
    (file,) = (tmp_path / "traces").glob("line1-*.jsonl")
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    whats = [entry["what"] for entry in entries]
    assert {"state", "sent", "came", "levels", "ended"} <= set(whats)
    assert [entry["text"] for entry in entries if entry["what"] == "state"][:4] == [
        "init", "idle", "ringing", "answering"
    ]  # fmt: skip
    assert "busy tone" in entries[-1]["text"]
    assert entries[-1]["samples"] > 8000
    assert "0312345678" not in file.read_text()
    assert "1234567" not in file.read_text()


def test_the_trace_of_a_call_out_says_by_what_it_counted_as_answered(tmp_path):
    """fxo §2.4: the evidence, for an analogue line tells no answer."""
    with (
        VirtualCard("JP", link=tmp_path / "port1") as card,
        ServedLine("line1", card.path, tmp_path, tmp_path / "traces") as served,
    ):
        someone = Subscriber(Fate.ANSWERS, answer_after=0.5, reverses=True)
        card.with_core(lambda core, _now: core.line.numbering.subscribers.update({"": someone}))
        served.wait(State.IDLE)
        attempt = next_attempt()
        served.worker.post(LegAsked(attempt, "0312345678"))
        served.wait(State.TALKING, 20.0)
        served.worker.post(LegEnded(attempt, 200, "bye"))
        served.wait_counted()
    (file,) = (tmp_path / "traces").glob("line1-*.jsonl")
    states = [one for one in map(json.loads, file.read_text().splitlines()) if one["what"] == "state"]
    assert [one.get("evidence") for one in states if one["text"] == "talking"] == ["the polarity was reversed"]
    assert all("evidence" not in one for one in states if one["text"] != "talking")


def test_a_call_ends_with_the_loss_of_its_device_and_not_with_its_return(tmp_path):
    with (
        VirtualCard("JP", link=tmp_path / "port1") as card,
        ServedLine("line1", card.path, tmp_path, tmp_path / "traces") as served,
    ):
        served.wait(State.IDLE)
        caller = card.ring("0312345678")
        served.wait_invited()
        served.worker.post(LegAnswered(served.trunk.invitations[-1].attempt))
        served.wait(State.TALKING)
        assert caller.wait_heard(0.5, 5)
        card.fault("card.unplug")
        served.wait_counted()
        off_hook = served.worker.figures.told().off_hook
        card.fault("card.plug", 0)
        served.wait(State.IDLE)
        assert served.worker.figures.told().off_hook == off_hook
    (file,) = (tmp_path / "traces").glob("line1-*.jsonl")
    ended = json.loads(file.read_text().splitlines()[-1])
    assert "is gone" in ended["text"]


def test_the_newest_traces_of_a_line_are_kept(tmp_path):
    trace = Trace(tmp_path, "line1")
    for call in range(KEPT_FILES + 5):
        trace.began()
        trace.note(float(call), "state", "talking")
        trace.ended()
    files = sorted(tmp_path.glob("line1-*.jsonl"))
    assert len(files) == KEPT_FILES
    assert files[-1].name == f"line1-{KEPT_FILES + 5:08d}.jsonl"
