"""F22, F23, F26, F31, F32: who is still there? The far end as a whole line hears it, in virtual time (fxo §3.5)."""

import numpy as np
import pytest

from appliance.lines.facts import LegAttended
from appliance.lines.states import State
from appliance.media import ulaw
from hw.sim.core import Hybrid
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp
from hw.sim.sound import Recording, Tone, digits
from hw.sim.voices import babble, fax_answering, fax_calling, music, singing
from tests.bench.corpus import corpus
from tests.lines.virtual import WholeLine

LIMITS = {  # seconds from the hang-up to our own, fxo §3.5 F22
    HangUp.LOOP_DROP: 1.0,
    HangUp.REVERSAL: 1.0,
    HangUp.BUSY_TONE: 4.0,
    HangUp.REORDER_TONE: 4.0,
    HangUp.DIAL_TONE: 4.0,
}
UK_REORDER = 6.0


def noisy(line: WholeLine, snr: float) -> None:
    """Hiss so far below the exchange's tones (-15 dBFS each)."""
    line.fault("line.noise", -15.0 - snr)


@pytest.mark.parametrize("mode", LIMITS, ids=lambda mode: mode.value)
@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
@pytest.mark.parametrize("snr", [30, 10])
@pytest.mark.parametrize("talks", [False, True], ids=["quiet", "agent talks"])
def test_f22_a_far_end_that_hangs_up_is_noticed_in_time(tmp_path, mode, code, snr, talks):
    line = WholeLine(tmp_path, code=code, echo_cancelling=talks).in_service()
    noisy(line, snr)
    line.core.hybrid = Hybrid(12.0) if talks else None
    line.our_voice = babble(5.0, seed=3, level=-24.0) if talks else None
    line.called(voice=babble(3.0, seed=2))
    line.run(2.0)
    line.core.line.hang_up(mode, line.now)
    limit = UK_REORDER if (code, mode) == ("UK", HangUp.REORDER_TONE) else LIMITS[mode]
    assert line.over() <= limit + 0.02
    line.state(State.IDLE)
    assert line.wrongs() == []


@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
def test_f22_an_exchange_that_is_silent_first_is_noticed_when_it_speaks(tmp_path, code):
    line = WholeLine(tmp_path, code=code).in_service()
    line.called(voice=babble(3.0))
    line.core.line.hang_up(HangUp.LATE_BUSY_TONE, line.now)
    assert line.over() <= 4.0 + 4.0
    line.state(State.IDLE)


def test_f22_an_announcement_that_says_it_is_over_ends_with_its_reorder_tone(tmp_path):
    line = WholeLine(tmp_path, code="US").in_service()
    line.called(voice=babble(3.0))
    line.core.line.hang_up(HangUp.ANNOUNCEMENT, line.now)
    assert line.over() <= 3 * 5.0 + 4.0


def test_f22_silence_is_a_hang_up_only_where_nobody_on_our_side_would_notice(tmp_path):
    line = WholeLine(tmp_path).in_service()
    line.called(voice=babble(3.0))
    line.core.line.hang_up(HangUp.SILENCE, line.now)
    line.run(40.0)
    assert line.line.state is State.TALKING
    line.line.leg(LegAttended(line.trunk.invitations[-1].attempt, False), line.now)
    assert line.over() <= 31.0


@pytest.mark.parametrize(("is_attended", "voice", "told"), [(True, None, 2), (False, None, 0), (True, babble(3.0), 0)])
def test_s5_whoever_hears_nothing_for_a_minute_is_told_by_two_soft_tones_and_the_call_goes_on(
    tmp_path, is_attended, voice, told
):
    """fxo §2.8: on an agent's leg silence is never a hang-up; nobody is told who waits, or hears somebody."""
    line = WholeLine(tmp_path).in_service()
    party = line.called(voice=voice)
    line.line.leg(LegAttended(line.trunk.invitations[-1].attempt, is_attended), line.now)
    line.keep_heard = True
    line.run(29.0 if not is_attended else 64.0)
    assert line.line.state is State.TALKING
    heard = np.frombuffer(bytes(line.heard_by_us), np.int16).astype(float)
    at = np.arange(len(heard)) / 8000
    tone = np.abs(np.convolve(heard * np.exp(-2j * np.pi * 1000 * at), np.ones(400) / 400, "same"))
    bursts = np.flatnonzero(np.diff((tone > 400).astype(int)) == 1) if voice is None else []
    assert len(bursts) == told
    if told:
        assert 59.0 < bursts[0] / 8000 < 62.0
        assert not np.any(np.abs(party.heard(8000.0).samples.astype(int)) > 100), "the caller hears none of it"


@pytest.mark.parametrize("late", [1.2, 1.6, 2.0, 2.4, 2.8])
@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
def test_an_agent_is_not_left_with_the_busy_tone_of_a_caller_who_waited_and_is_gone(tmp_path, code, late):
    """U-09, R-38: the caller hung up a moment before somebody took the call."""
    line = WholeLine(tmp_path, code=code).in_service()
    line.called(voice=babble(3.0))
    attempt = line.trunk.invitations[-1].attempt
    line.line.leg(LegAttended(attempt, False), line.now)
    line.run(8.0)
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    line.run(late)
    line.line.leg(LegAttended(attempt, True), line.now)
    assert line.over() <= 0.6


@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
def test_a_caller_who_waited_and_is_there_is_not_taken_for_a_ghost(tmp_path, code):
    line = WholeLine(tmp_path, code=code).in_service()
    line.called(voice=babble(40.0, 5))
    attempt = line.trunk.invitations[-1].attempt
    for _ in range(4):
        line.line.leg(LegAttended(attempt, False), line.now)
        line.run(6.0)
        line.line.leg(LegAttended(attempt, True), line.now)
        line.run(2.0)
    assert line.line.state is State.TALKING


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(lambda: music(60.0, 7), id="music with 400 and 440 Hz"),
        pytest.param(lambda: singing(60.0), id="singing at 400 Hz"),
        pytest.param(lambda: singing(60.0, 440.0), id="singing at 440 Hz"),
        pytest.param(fax_calling, id="fax that calls"),
        pytest.param(fax_answering, id="fax that answers"),
        pytest.param(lambda: Recording(digits("0123456789*#" * 5, 0.25, 0.25).read(480_000), loop=True), id="keys"),
        pytest.param(lambda: babble(60.0, 9), id="voice"),
    ],
)
@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
def test_f23_what_resembles_a_busy_tone_ends_no_call(tmp_path, sound, code):
    """A minute of each here; an hour of real speech and music in tests/bench/bench_tones.py."""
    line = WholeLine(tmp_path, code=code).in_service()
    party = line.called(voice=sound())
    line.run(60.0)
    assert line.line.state is State.TALKING
    assert party.state is CallerState.CONNECTED


def test_f23_debians_music_on_hold_and_prompts_end_no_call(tmp_path):
    files = [(name, audio) for name, audio in corpus() if len(audio) > 30 * 8000][:4]
    if not files:
        pytest.skip("asterisk-moh-opsound-wav is not installed, and DESKBELL_CORPUS names no other music")
    line = WholeLine(tmp_path).in_service()
    for _name, audio in files:
        line.called(voice=Recording(ulaw.encode(audio[: 30 * 8000].astype(np.int16).tobytes())))
        line.run(30.0)
        assert line.line.state is State.TALKING, _name
        line.bye()
        line.run(3.0)


@pytest.mark.parametrize("level", [-9.0, -20.0])
def test_f24_keys_pressed_over_our_own_prompt_are_heard(tmp_path, level):
    line = WholeLine(tmp_path, echo_cancelling=True).in_service()
    line.core.hybrid = Hybrid(12.0)
    line.our_voice = babble(10.0, seed=6, level=-20.0)
    party = line.called()
    line.run(2.0)
    party.press(digits("0123456789*#", 0.1, 0.1, level), 0)
    line.run(3.0)
    assert line.trunk.pressed == "0123456789*#"


@pytest.mark.parametrize("echo_db", [6.0, 9.0, 12.0, 15.0])
def test_f26_our_own_loud_prompt_in_the_echo_is_no_key_and_no_hang_up(tmp_path, echo_db):
    line = WholeLine(tmp_path, echo_cancelling=True).in_service()
    line.core.hybrid = Hybrid(echo_db)
    line.our_voice = Recording(digits("5" * 30, 0.15, 0.15, level=-12.0).read(10**6) + Tone([400], -12.0).read(160_000))
    line.called()
    line.run(9.0)
    assert line.trunk.pressed == "", "heard our own keys"
    line.our_voice = Recording(ulaw.encode(_busy_of_ours()), loop=True)
    line.run(20.0)
    assert line.line.state is State.TALKING, "took our own busy tone for the exchange's"


def _busy_of_ours() -> bytes:
    at = np.arange(8000) / 8000
    burst = np.sin(2 * np.pi * 400 * at) * (at < 0.5) * 32767 * 10 ** (-15 / 20)
    return burst.astype(np.int16).tobytes()


def test_f31_another_telephone_that_is_lifted_ends_nothing_and_is_told(tmp_path, caplog):
    line = WholeLine(tmp_path, echo_cancelling=True, parallel_phones=True).in_service()
    assert "AT-STE=7" in line.commands()
    party = line.called(voice=babble(30.0, 4))
    with caplog.at_level("INFO"):
        line.fault("line.parallel", 1)
        line.run(10.0)
    assert line.line.state is State.TALKING
    assert "another telephone on the line was lifted" in caplog.text
    line.fault("line.parallel", 0)
    line.run(2.0)
    assert party.state is CallerState.CONNECTED
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    assert line.over() <= 4.0


def test_f31_a_telephone_that_keeps_the_line_after_our_hang_up_is_an_alarm_until_it_is_put_down(tmp_path):
    line = WholeLine(tmp_path, parallel_phones=True).in_service()
    line.called(voice=babble(10.0))
    line.fault("line.parallel", 1)
    line.bye()
    line.run(3.0)
    assert "is another telephone off the hook?" in line.line.alarm
    line.fault("line.parallel", 0)
    line.run(31.0)
    assert line.line.alarm == ""


def test_f32_a_cord_pulled_while_idle_is_an_alarm_within_five_minutes_and_forgotten_when_it_is_back(tmp_path):
    line = WholeLine(tmp_path).in_service()
    line.run(60.0)
    line.fault("line.cord", 0)
    line.run(300.0)
    assert "no phone line: 1.4 V" in line.line.alarm
    assert line.line.state is State.IDLE
    line.fault("line.cord", 1)
    line.run(31.0)
    assert line.line.alarm == ""
    line.called()


def test_f32_a_cord_pulled_in_a_call_ends_it_within_two_seconds_with_the_reason(tmp_path):
    line = WholeLine(tmp_path).in_service()
    line.called(voice=babble(10.0))
    line.fault("line.cord", 0)
    assert line.over() <= 2.0
    line.state(State.IDLE)
    line.run(3.0)
    assert "no phone line" in line.line.alarm
    assert line.moments(What.WENT_ON_HOOK)
