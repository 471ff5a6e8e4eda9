"""A line learns its exchange's own hang-up tone from calls that ended for certain, and may forget it (fxo §2.8)."""

from dataclasses import replace

import pytest

from appliance.lines.facts import LegAnswered
from appliance.lines.learnt import ENOUGH, Learnt
from appliance.lines.states import State
from hw.sim import CallerState, HangUp, VirtualCard
from hw.sim.countries import TonePlan
from hw.sim.voices import babble
from tests.lines.served import ServedLine
from tests.lines.virtual import WholeLine

ODD = TonePlan((480,), (0.3, 0.3))


def pbx(tmp_path, **port: object) -> WholeLine:
    """A line on a private exchange with a busy tone that no country has."""
    line = WholeLine(tmp_path, **port).in_service()  # type: ignore[arg-type]
    line.core.line.country = replace(line.core.line.country, busy=ODD)
    return line


def hung_up_on(line: WholeLine, learnt: Learnt, how: HangUp = HangUp.BUSY_TONE) -> None:
    """A caller talks and hangs up; our side hears the tone for six seconds and hangs up too, as the worker tells it."""
    line.line.learnt = learnt.plans
    line.called(voice=babble(3.0))
    line.run(2.0)
    line.core.line.hang_up(how, line.now)
    line.run(6.0)
    assert line.line.state is State.TALKING, "nobody knows this tone"
    talk = line.line.talk
    line.bye()
    assert talk is not None
    learnt.call_ended(talk, line.line.ended_by)


@pytest.mark.parametrize("echo", [False, True])
def test_an_exchange_with_a_busy_tone_of_its_own_is_found_within_four_seconds_after_three_calls(tmp_path, echo):
    line, learnt = pbx(tmp_path, echo_cancelling=echo), Learnt(tmp_path / "learnt", "line1")
    for _ in range(ENOUGH):
        assert learnt.plans == ()
        hung_up_on(line, learnt)
    line.line.learnt = learnt.plans
    line.called(voice=babble(3.0))
    line.run(2.0)
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    assert line.over() < 4.0
    assert line.line.ended_by.endswith("S2)")


def test_what_was_learnt_is_kept_over_a_restart_shown_and_forgotten_for_good(tmp_path):
    line, learnt = pbx(tmp_path), Learnt(tmp_path / "learnt", "line1")
    for _ in range(ENOUGH):
        hung_up_on(line, learnt)
    (shown,) = Learnt(tmp_path / "learnt", "line1").found()
    assert Learnt(tmp_path / "learnt", "line1").plans == learnt.plans != ()
    assert (shown.what, shown.value) == ("learnt_tones", 1)
    assert "480 Hz 0.30 s/0.30 s, 3x" in shown.detail
    assert Learnt(tmp_path / "learnt", "line2").plans == (), "a lesson is its own line's"
    learnt.forget()
    assert Learnt(tmp_path / "learnt", "line1").found() == ()


def test_a_file_that_cannot_be_read_is_begun_anew(tmp_path):
    (tmp_path / "line1.json").write_text('[{"tone": "BUSY"}]')
    assert Learnt(tmp_path, "line1").plans == ()


@pytest.mark.parametrize("why", ["the box stops", "the caller hung up (busy tone, S2)", "unplugged"])
def test_a_call_that_ended_otherwise_teaches_nothing(tmp_path, why):
    line, learnt = pbx(tmp_path), Learnt(None, "line1")
    line.called(voice=babble(3.0))
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    line.run(6.0)
    assert line.line.talk is not None
    learnt.call_ended(line.line.talk, why)
    assert learnt.found() == ()


def test_our_hanging_up_on_a_caller_who_talks_teaches_nothing(tmp_path):
    line, learnt = pbx(tmp_path), Learnt(None, "line1")
    for seed in range(ENOUGH):
        line.called(voice=babble(30.0, seed))
        line.run(8.0)
        talk = line.line.talk
        line.bye()
        assert talk is not None
        learnt.call_ended(talk, line.line.ended_by)
    assert learnt.found() == ()


def test_the_worker_learns_from_the_call_it_served_and_uses_it_in_the_next(tmp_path):
    folder = tmp_path / "learnt"
    line = pbx(tmp_path)
    for _ in range(ENOUGH - 1):
        hung_up_on(line, Learnt(folder, "line1"))
    with (
        VirtualCard("JP", link=tmp_path / "port1") as card,
        ServedLine("line1", card.path, tmp_path, learnt=folder) as served,
    ):
        exchange = card._core.line  # noqa: SLF001 - a virtual card has no verb for another exchange
        exchange.country = replace(exchange.country, busy=ODD)
        for call in (1, 2):
            served.wait(State.IDLE)
            caller = card.ring("0312345678")
            served.wait_invited(call)
            served.worker.post(LegAnswered(served.trunk.invitations[-1].attempt))
            assert caller.wait_for(CallerState.CONNECTED, 5)
            served.wait(State.TALKING)
            caller.hang_up(HangUp.BUSY_TONE)
            if call == 1:
                served.wait_sound(5.0, 15.0)
                served.ended_by_switch()
            served.wait(State.GUARD)
        assert served.worker.learnt.plans == served.line.learnt != ()
        served.worker.forget()
        assert (served.worker.learnt.plans, served.line.learnt) == ((), ())
    assert served.line.ended_by.endswith("S2)")
    assert served.trunk.gone_s > 1.5
    assert Learnt(folder, "line1").found() == (), "nor after a restart"
