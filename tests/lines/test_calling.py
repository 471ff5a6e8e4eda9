"""Calls that go out on a line, against the virtual exchange: digits, dial tone, every fate, glare, the law."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from appliance.lines.facts import LegAnswered, SwitchGone
from appliance.lines.outgoing import Redials
from appliance.lines.placing import PAUSE_S, Placing, Stage
from appliance.lines.states import State
from appliance.media import dtmf, ulaw
from hw.modem.countries import country
from hw.sim.countries import CallerIdTime
from hw.sim.dialled import Fate, KeyReceiver
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp, RemoteParty
from hw.sim.sound import Spoken, Tone
from tests.hw.modem.scripted import WIRES, Wire
from tests.lines.calling import OUR_HZ, CallingLine, numbers
from tests.media.test_progress import speech

NUMBER = "0312345678"


def person(seconds: float = 60.0) -> Spoken:
    """Somebody who talks."""
    said = ulaw.encode(speech(seconds).clip(-32768, 32767).astype(np.int16).tobytes())
    at = 0

    def speak(count: int) -> bytes:
        nonlocal at
        at += count
        return said[at - count : at]

    return Spoken(speak)


@pytest.fixture
def line(tmp_path: Path) -> CallingLine:
    return CallingLine(tmp_path)


@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_a_call_is_dialled_heard_answered_and_ended_in_every_country_on_every_wire(
    tmp_path: Path, code: str, wire: Wire
) -> None:
    line = CallingLine(tmp_path, wire=wire, code=code).has(NUMBER, voice=person(), answer_after=5.0)
    if wire.loss:
        line.has("", voice=person(), answer_after=5.0)  # a digit that lost samples on the way may not be understood
    attempt = line.calls()
    line.state(State.PROGRESS, seconds=15)
    assert line.trunk.early == [attempt], "whoever asked hears the line from the dial tone on"
    assert not line.trunk.accepted
    line.state(State.TALKING, seconds=15)
    assert (line.trunk.accepted, line.trunk.evidence) == ([attempt], "speech")
    assert line.dialled == [NUMBER] or wire.loss
    line.run(1.0)
    line.gives_up(attempt)
    line.state(State.IDLE)
    assert line.core.line.called[0].state is CallerState.RELEASED
    assert line.trunk.refused == line.trunk.hung_up == []
    wrongs = [wrong for wrong in line.wrongs() if not (wire.loss and "one sample for each" in wrong)]
    assert not wrongs, "a lossy wire may lose the code that ends the stream, and time until it is said again"


def test_the_digits_are_long_enough_for_any_exchange_and_none_comes_before_the_dial_tone(line: CallingLine) -> None:
    line.core.line.dial_tone_delay = 3.0
    line.has(NUMBER).calls()
    line.state(State.PROGRESS)
    tone, heard = line.moments(What.DIAL_TONE_GIVEN), line.moments(What.DIGIT_HEARD)
    assert tone[0] + 0.6 < heard[0] < tone[0] + 1.6
    assert all(abs(later - sooner - 0.2) < 0.03 for sooner, later in itertools.pairwise(heard))


def test_f09_stalls_of_ours_while_the_digits_go_out_change_no_number(line: CallingLine) -> None:
    """F09: a gap in a tone is two digits to an exchange, and somebody else is called."""
    line.has(NUMBER).calls()
    line.state(State.DIALING, State.PROGRESS)
    while line.line.state is State.DIALING:
        line.run(0.13)
        line.is_paused = True
        line.run(0.09)
        line.is_paused = False
    line.run(1.0)
    assert line.dialled == [NUMBER]


@pytest.mark.parametrize("stall", [0.15, 0.25, 0.4])
def test_f09_a_stall_longer_than_the_card_can_bridge_changes_no_number_wherever_it_tears_a_digit(
    stall: float, tmp_path: Path
) -> None:
    """The card has played all it was given, then a gap: known to the sample. 24 to 40 ms may count or not (§4.3)."""
    for torn_at in (*range(0, 24, 4), *range(42, 200, 9)):
        placing = Placing(country("JP"), "55")
        placing.stage = Stage.DIGITS
        first = placing.take(round((PAUSE_S + torn_at / 1000) * 8000))
        placing.torn()
        rest = placing.take(8000)
        heard = dtmf.Detector().hear(ulaw.decode(first + bytes((ulaw.SILENCE,)) * round(stall * 8000) + rest))
        assert [press.digit for press in heard] == ["5", "5"], f"torn {torn_at} ms after the digit began"
    line = CallingLine(tmp_path).has(NUMBER)
    line.calls()
    line.state(State.DIALING)
    while line.line.state is State.DIALING:
        line.run(0.33)
        line.is_paused = True
        line.run(stall)
        line.is_paused = False
    line.run(2.0)
    assert line.dialled == [NUMBER]


@pytest.mark.parametrize("stall", [0.15, 0.25])
def test_f09_keys_pressed_in_a_call_are_heard_once_each_on_a_box_that_stalls(line: CallingLine, stall: float) -> None:
    line.has(NUMBER, voice=None, answer_after=0.5, reverses=True)
    attempt = line.calls()
    line.state(State.TALKING)
    party = line.core.line.party
    line.run(1.0)
    line.presses(attempt, "1223334444")
    for _ in range(8):
        line.run(0.31)
        line.is_paused = True
        line.run(stall)
        line.is_paused = False
    line.run(1.0)
    assert KeyReceiver().hear(b"".join(party._heard)) == "1223334444"  # noqa: SLF001 - what the far end heard


def test_both_sides_hear_each_other_once_it_is_answered_and_nobody_hears_us_before(line: CallingLine) -> None:
    line.our_voice = Tone((OUR_HZ,), -15.0)
    line.has(NUMBER, voice=person()).calls()
    line.state(State.TALKING)
    line.run(2.0)
    heard = line.core.line.called[0].heard(8000.0).samples[8000:16000].astype(float)
    wave = np.exp(-2j * np.pi * OUR_HZ * np.arange(len(heard)) / 8000)
    assert abs(wave @ heard) / len(heard) > 2000
    mine = np.frombuffer(bytes(line.heard_by_us[-16000:]), np.int16).astype(float)
    assert np.sqrt((mine**2).mean()) > 500


@pytest.mark.parametrize(
    ("fate", "code", "within"), [(Fate.BUSY, 486, 10), (Fate.REORDER, 480, 10), (Fate.SIT, 404, 10)]
)
@pytest.mark.parametrize("country", ["US", "DE"])
def test_f27_a_call_that_fails_says_why_and_frees_the_line(
    tmp_path: Path, fate: Fate, code: int, within: float, country: str
) -> None:
    line = CallingLine(tmp_path, code=country).has(NUMBER, fate)
    line.calls()
    line.state(State.RELEASING, seconds=within + 5)
    assert line.codes() == [code]
    line.state(State.IDLE)
    assert not line.wrongs()


@pytest.mark.parametrize("fate", [Fate.NO_ANSWER, Fate.DEAD])
def test_f27_in_japan_the_loop_is_opened_two_minutes_after_the_digits(line: CallingLine, fate: Fate) -> None:
    line.has(NUMBER, fate).calls()
    line.state(State.PROGRESS)
    assert line.state(State.RELEASING, seconds=130) == pytest.approx(120.0, abs=1.0)
    assert line.codes() == [480]


def test_f27_without_dial_tone_nothing_is_dialled_and_another_line_may_try(line: CallingLine) -> None:
    line.core.line.dial_tone_delay = None
    line.has(NUMBER).calls()
    line.state(State.RELEASING, seconds=10)
    assert line.codes() == [503]
    assert line.dialled == []


def test_f27_busy_tone_instead_of_dial_tone_is_not_dialled_into(line: CallingLine) -> None:
    line.core.line.dial_tone = line.core.line.country.busy.sound()
    line.has(NUMBER).calls()
    line.state(State.RELEASING, seconds=10)
    assert line.codes() == [503]
    assert line.dialled == []


def test_a_reversal_is_the_answer_in_japan_at_once(line: CallingLine) -> None:
    line.has(NUMBER, voice=None, answer_after=4.0, reverses=True).calls()
    line.state(State.TALKING)
    assert line.now - line.moments(What.CALL_CONNECTED)[0] < 0.3
    line.core.line.hang_up(HangUp.LOOP_DROP, line.now)
    line.state(State.RELEASING, seconds=2)
    assert line.trunk.hung_up, "the second drop is the far end's hang-up"


def test_f27_whoever_lifts_and_says_nothing_is_answered_when_the_ringing_stays_away(line: CallingLine) -> None:
    line.has(NUMBER, voice=None, answer_after=4.0).calls()
    line.state(State.TALKING, seconds=30)
    assert line.now - line.moments(What.CALL_CONNECTED)[0] < 7.0


@pytest.mark.parametrize("after", [0.0, 0.05, 0.2, 0.6, 1.5, 2.5, 4.0])
def test_whoever_hangs_up_at_any_moment_frees_the_line(line: CallingLine, after: float) -> None:
    attempt = line.has(NUMBER, Fate.NO_ANSWER).calls()
    line.run(after)
    line.gives_up(attempt)
    line.state(State.IDLE)
    line.run(1.0)
    assert line.line.state is State.IDLE
    assert not line.wrongs()


def test_a_call_that_is_asked_for_in_the_guard_time_waits_for_it(line: CallingLine) -> None:
    first = line.has(NUMBER, Fate.NO_ANSWER).calls()
    line.state(State.PROGRESS)
    line.gives_up(first)
    line.run(0.1)
    assert line.line.state in (State.RELEASING, State.GUARD)
    line.calls()
    line.state(State.PROGRESS)
    assert line.dialled == [NUMBER, NUMBER]
    assert not line.wrongs(is_finished=False), "two seconds on-hook lay between"


def test_a_line_in_use_refuses_so_that_another_one_is_taken(line: CallingLine) -> None:
    line.has(NUMBER, Fate.NO_ANSWER).calls()
    line.state(State.PROGRESS)
    second = line.calls()
    assert line.trunk.refused == [(second, 503, "the line is progress")]
    assert line.line.state is State.PROGRESS


def test_a_caller_who_rings_first_is_no_line_to_call_out_on(line: CallingLine) -> None:
    line.rung()
    line.state(State.RINGING)
    line.calls()
    assert line.codes() == [503]


@pytest.mark.parametrize("lead", [0.01, 0.02, 0.03])
def test_f27_a_caller_who_comes_in_as_the_line_is_taken_is_a_caller_like_any_other(
    line: CallingLine, lead: float
) -> None:
    """Glare (F27): whoever wanted out goes by another line, the caller hears music and enters the switch."""
    attempt = line.calls()
    line.run(lead)
    caller = RemoteParty("0399998888", None, person())
    line.core.line.ring(caller, line.now, CallerIdTime.NEVER)
    line.state(State.TALKING, State.RINGING, seconds=10)
    line.run(2.0)
    assert line.trunk.refused[0][:2] == (attempt, 503)
    assert line.trunk.invitations, "the caller is called in"
    line.fact(LegAnswered(line.trunk.invitations[-1].attempt))
    line.state(State.TALKING)
    line.run(0.5)
    assert caller.state is CallerState.CONNECTED
    assert line.dialled == []


def test_a_far_end_that_hangs_up_ends_the_call(line: CallingLine) -> None:
    attempt = line.has(NUMBER, voice=person()).calls()
    line.state(State.TALKING)
    line.run(1.0)
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    line.state(State.RELEASING, seconds=6)
    assert line.trunk.hung_up == [attempt]


def test_keys_pressed_in_the_call_sound_on_the_line_and_do_not_come_back(tmp_path: Path) -> None:
    line = CallingLine(tmp_path, echo_cancelling=False)
    line.core.hybrid = None
    attempt = line.has(NUMBER, voice=person()).calls()
    line.state(State.TALKING)
    line.run(0.5)
    line.presses(attempt, "1")
    line.run(0.05)
    line.presses(attempt, "9#")
    line.run(2.0)
    party = line.core.line.called[0]
    assert KeyReceiver().hear(b"".join(party._heard)) == "19#"
    assert line.trunk.pressed == ""


def test_a_dead_switch_ends_the_call_it_asked_for(line: CallingLine) -> None:
    line.has(NUMBER, voice=person()).calls()
    line.state(State.TALKING)
    line.fact(SwitchGone())
    line.state(State.IDLE)
    assert not line.wrongs()


def test_an_emergency_call_is_connected_as_soon_as_it_is_dialled(line: CallingLine) -> None:
    attempt = line.has("119", Fate.NO_ANSWER).calls("119", is_emergency=True)
    line.state(State.TALKING, seconds=6)
    assert (line.trunk.accepted, line.trunk.evidence) == ([attempt], "dialled")
    line.run(130.0)
    assert line.line.state is State.TALKING, "no two-minute rule ends it"


def test_a_number_written_with_plus_is_dialled_as_the_country_does(line: CallingLine) -> None:
    line.has("0312345678", Fate.NO_ANSWER).calls("+81 3-1234-5678")
    line.state(State.PROGRESS)
    assert line.dialled == ["0312345678"]


def test_what_is_no_number_is_refused_before_the_line_is_taken(line: CallingLine) -> None:
    line.calls("bob")
    assert line.codes() == [484]
    assert line.line.state is State.IDLE


def test_f29_a_machine_may_dial_a_number_twice_in_three_minutes_a_person_as_often_as_they_like(
    line: CallingLine,
) -> None:
    line.has(NUMBER, Fate.BUSY)
    for _ in range(3):
        line.state(State.IDLE)
        line.calls(is_automatic=True)
        line.run(0.1)
    assert line.codes()[:2] == [486, 486]
    assert line.codes()[2] == 429
    line.state(State.IDLE)
    line.calls()
    line.state(State.PROGRESS)
    line.state(State.IDLE)
    line.run(180.0)
    line.calls(is_automatic=True)
    line.state(State.PROGRESS)


def test_f29_a_number_that_nobody_dialled_for_an_hour_counts_as_new() -> None:
    """A customer who is never in is called back next month as well, not forbidden until the box is restarted."""
    redials = Redials(country("JP"))
    at = 0.0
    for _ in range(40):
        assert redials.refusal(NUMBER, at) == ""
        at += 3600.0
    assert len(redials._tries) == 1
    for _ in range(15):
        assert redials.refusal(NUMBER, at) == ""
        at += 200.0
    assert "15 in all" in redials.refusal(NUMBER, at)


def test_f28_the_exchange_hears_every_digit_of_many_numbers(line: CallingLine) -> None:
    """F28. DESKBELL_NUMBERS=1000 dials a thousand (CONTRIBUTING, slow proofs)."""
    asked = ["0123456789", "9876543210", "1122334455", "#0*", *numbers(int(os.environ.get("DESKBELL_NUMBERS", "12")))]
    for number in asked:
        before = len(line.moments(What.DIGIT_HEARD))
        attempt = line.calls(number)
        line.state(State.PROGRESS)
        heard = [event.detail for event in line.core.log.all() if event.what is What.DIGIT_HEARD][before:]
        assert "".join(heard) == number
        line.gives_up(attempt)
        line.state(State.IDLE)
        if len(line.core.log.all()) > 40_000:
            line.core.log._events.clear()


def test_a_half_duplex_modem_places_no_call_and_says_why(tmp_path: Path) -> None:
    """F36: whoever routes the call takes another line; the page shows the reason as the line's alarm."""
    line = CallingLine(tmp_path, personality="si2494_half").has(NUMBER, voice=person())
    line.calls()
    (_, code, why) = line.trunk.refused[0]
    assert code == 503
    assert "half duplex" in why
    assert why == line.line.alarm
    assert not line.core.is_off_hook


@pytest.mark.parametrize(("code", "length"), [("JP", 0.5), ("US", 0.55), ("DE", 0.1)])
def test_f30_a_hook_flash_is_as_long_as_the_country_wants_and_the_call_goes_on(
    tmp_path: Path, code: str, length: float
) -> None:
    """F30: the exchange sees the break, the sound is back within a second, its new dial tone is no hang-up."""
    line = CallingLine(tmp_path, code=code).has(NUMBER, voice=person())
    attempt = line.calls()
    line.state(State.TALKING)
    line.run(1.0)
    line.presses(attempt, "R")
    line.run(1.5)
    (flash,) = [event for event in line.core.log.all() if event.what is What.FLASHED]
    assert float(flash.detail) == pytest.approx(1000 * length, abs=20)
    ended, begun = line.moments(What.STREAM_ENDED)[-1], line.moments(What.STREAM_STARTED)[-1]
    assert 0 < begun - ended < 1.0
    line.core.line.party.say(line.core.line.country.dial.sound(), 0)
    line.run(5.0)
    assert line.line.state is State.TALKING
    line.gives_up(attempt)
    line.state(State.IDLE)
    assert not line.wrongs()


def test_where_exchanges_do_not_swap_the_wires_a_loop_drop_is_no_answer(tmp_path: Path) -> None:
    line = CallingLine(tmp_path, code="US").has(NUMBER, Fate.NO_ANSWER)
    line.calls()
    line.state(State.PROGRESS)
    line.run(1.0)
    line.core.line.loop_drop(300, line.now)
    line.run(3.0)
    assert line.line.state is State.PROGRESS
    assert line.trunk.accepted == []
