"""The stories of one line in virtual time, and what must hold whatever happens."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.lines.facts import LegAttended, SwitchBack, SwitchGone
from appliance.lines.states import OFF_HOOK, TABLE, Cue, State
from appliance.media import ulaw
from tests.lines.bench import LineBench
from tests.lines.fake_switch import tone


@pytest.fixture
def bench(tmp_path) -> LineBench:
    return LineBench(tmp_path)


def talking(bench: LineBench) -> LineBench:
    bench.ring("NMBR = 0312345678")
    bench.run(1.0)
    bench.answered()
    bench.run(0.5)
    assert bench.line.state is State.TALKING
    return bench


def test_a_known_caller_is_offered_as_soon_as_the_number_settled(bench):
    """R-40: the number's ringing is no answer."""
    bench.ring("NMBR = 0312345678", "NAME = YAMADA")
    bench.run(0.1)
    assert (bench.invitation.number, bench.invitation.name) == ("0312345678", "YAMADA")


def test_a_caller_without_a_number_is_offered_after_the_countrys_wait(bench):
    bench.ring()
    bench.run(1.3)
    assert not bench.trunk.invitations
    bench.run(0.3)
    assert bench.invitation.number == ""
    assert not bench.invitation.is_withheld


def test_a_withheld_number_is_offered_as_withheld(bench):
    bench.ring("NMBR = P")
    bench.run(0.5)
    assert bench.invitation.is_withheld


def test_the_line_is_taken_only_when_the_leg_is_answered_and_freed_when_it_ends(bench):
    """U-15: it rings on until then."""
    bench.ring()
    bench.run(2.0)
    assert not bench.device.is_off_hook
    bench.answered()
    bench.run(0.5)
    assert bench.device.is_off_hook
    bench.ended()
    bench.run(0.5)
    assert not bench.device.is_off_hook
    assert bench.line.state is State.GUARD
    bench.run(2.0)
    assert bench.line.state is State.IDLE


@pytest.mark.parametrize("after", [0.0, 0.01, 0.03, 0.05, 0.1, 0.3])
def test_a_leg_that_ends_while_the_line_is_being_taken_frees_it_again(bench, after):
    bench.ring()
    bench.run(2.0)
    bench.answered()
    bench.run(after)
    bench.ended()
    bench.run(1.0)
    assert not bench.device.is_off_hook
    assert bench.line.state is State.GUARD


def test_a_new_caller_in_the_guard_time_is_offered_when_it_is_over(bench):
    talking(bench).ended()
    bench.run(0.5)
    bench.ring("NMBR = 0399999999", "NAME = SATO")
    bench.run(0.5)
    assert bench.line.state is State.RINGING
    assert len(bench.trunk.invitations) == 1
    bench.run(2.0)
    assert len(bench.trunk.invitations) == 2
    assert bench.trunk.invitations[0].key != bench.invitation.key


def test_a_caller_who_gives_up_is_cancelled(bench):
    bench.ring()
    bench.run(4.5)
    assert bench.trunk.hung_up == [bench.invitation.attempt]
    assert bench.line.state is State.GUARD
    bench.answered()
    bench.run(1.0)
    assert not bench.device.is_off_hook, "a 200 that crossed the CANCEL answers nobody"


def test_a_refused_caller_rings_on_and_is_not_offered_again(bench):
    bench.ring()
    bench.run(2.0)
    bench.ended(603)
    bench.ring()
    bench.run(3.0)
    assert len(bench.trunk.invitations) == 1


def test_a_switch_that_is_full_is_tried_again_while_it_rings(bench):
    bench.ring()
    bench.run(2.0)
    bench.ended(503)
    bench.ring()
    bench.run(2.5)
    assert len(bench.trunk.invitations) == 2


def test_nobody_is_called_while_the_switch_is_gone_and_the_ringing_caller_is_offered_when_it_is_back(bench):
    bench.fact(SwitchGone())
    bench.ring()
    bench.run(2.0)
    assert not bench.trunk.invitations
    bench.fact(SwitchBack())
    bench.run(0.1)
    assert len(bench.trunk.invitations) == 1


def test_a_caller_who_lost_the_switch_stays_off_hook_and_is_called_in_under_the_same_key(bench):
    talking(bench).fact(SwitchGone())
    bench.run(5.0)
    assert bench.device.is_off_hook
    assert len(bench.trunk.invitations) == 1
    bench.fact(SwitchBack())
    bench.run(0.1)
    first, second = bench.trunk.invitations
    assert (first.key, first.attempt) != (second.key, second.attempt)
    assert first.key == second.key
    bench.answered()
    bench.run(70.0)
    assert bench.line.state is State.TALKING


def test_a_caller_called_in_is_tried_every_half_second_and_let_go_after_a_minute(bench):
    talking(bench).ended(481, is_lost=True)
    for _ in range(10):
        bench.run(0.6)
        bench.ended(503)
    assert 10 <= len(bench.trunk.invitations) <= 12
    bench.run(60.0)
    assert not bench.device.is_off_hook


def test_the_switch_may_die_while_the_line_is_being_taken(bench):
    bench.ring()
    bench.run(2.0)
    bench.answered()
    bench.fact(SwitchGone())
    bench.run(1.0)
    assert bench.line.state is State.TALKING
    bench.fact(SwitchBack())
    bench.run(0.6)
    assert len(bench.trunk.invitations) == 2


def test_what_the_switch_says_before_samples_flow_is_not_forgotten(bench):
    bench.ring("NMBR = 0312345678")
    bench.run(1.0)
    bench.answered()
    bench.fact(LegAttended(bench.invitation.attempt, False))
    bench.run(0.5)
    bench.sound = b"\xff"
    bench.run(31.0)
    assert bench.trunk.hung_up, "nobody of ours would have noticed the silence (S5)"


def test_busy_tone_from_the_line_ends_the_leg(bench):
    talking(bench)
    on, off = ulaw.encode(tone(400, 0.5, -20)), bytes((ulaw.SILENCE,)) * 4000
    spoken = (on + off) * 4
    for at in range(0, len(spoken), 80):
        bench.sound = b""
        bench.says(spoken[at : at + 80])
        bench.run(0.01)
    assert bench.trunk.hung_up
    assert not bench.device.is_off_hook


def test_a_lost_modem_ends_the_leg_and_a_new_one_serves(bench):
    """R-50: the leg ends."""
    talking(bench).unplug()
    assert bench.trunk.hung_up == [bench.invitation.attempt]
    assert bench.told[-1] == (State.FAULT, "unplugged", "")
    bench.plug()
    bench.run(3.0)
    assert bench.line.state is State.IDLE


def test_a_stop_in_a_call_frees_the_line(bench):
    assert not talking(bench).line.stop(bench.now)
    bench.run(0.5)
    assert bench.line.stop(bench.now)
    assert not bench.device.is_off_hook


def test_every_state_can_fail_and_no_other_cue_leads_from_fault_than_a_retry():
    assert all(TABLE[state, Cue.FAILED] is State.FAULT for state in State)
    assert {cue for state, cue in TABLE if state is State.FAULT} == {Cue.FAILED, Cue.RETRY}


HAPPENINGS = st.sampled_from(
    [
        "ring",
        "caller id",
        "answered",
        "ended",
        "lost",
        "refused",
        "gone",
        "back",
        "unplug",
        "plug",
        "wait",
        "long",
        "drop",
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(HAPPENINGS, max_size=25))
def test_whatever_happens_the_line_is_off_hook_only_for_a_call_that_was_answered(story):
    with tempfile.TemporaryDirectory() as folder:
        bench = LineBench(Path(folder), keep_caller=3.0)
        for happening in story:
            _happen(bench, happening)
            bench.run(0.05)
            if bench.device.is_off_hook:
                assert bench.line.state in OFF_HOOK, story
                assert bench.trunk.invitations, story
        if bench.line.state is State.FAULT:
            bench.plug()
        if bench.trunk.invitations:
            bench.ended()
        bench.run(20.0)
        assert not bench.device.is_off_hook, story
        assert bench.line.state is State.IDLE, story


def _happen(bench: LineBench, happening: str) -> None:
    is_down, is_called = bench.line.state is State.FAULT, bool(bench.trunk.invitations)
    always = {
        "ring": bench.ring,
        "caller id": lambda: bench.says(b"\r\nNMBR = 5551234\r\n"),
        "gone": lambda: bench.fact(SwitchGone()),
        "back": lambda: bench.fact(SwitchBack()),
        "wait": lambda: bench.run(0.5),
        "long": lambda: bench.run(3.0),
    }
    once_called = {
        "answered": bench.answered,
        "ended": bench.ended,
        "lost": lambda: bench.ended(481, is_lost=True),
        "refused": lambda: bench.ended(503),
    }
    device = {"plug": bench.plug} if is_down else {"unplug": bench.unplug}
    if bench.device.is_streaming:
        device["drop"] = lambda: bench.says(b"\x10l")
    possible = always | device | (once_called if is_called else {})
    possible.get(happening, lambda: None)()
