"""F36: calls on a modem that announces and records in turns, the whole line in virtual time."""

from pathlib import Path

import numpy as np
import pytest

from appliance.lines.facts import SwitchGone
from appliance.lines.states import State
from hw.sim.eventlog import What
from hw.sim.mischief import Whim
from hw.sim.party import CallerState, HangUp, RemoteParty
from hw.sim.sound import Chain, Silence, Tone, digits
from tests.lines.calling import CallingLine
from tests.lines.virtual import WholeLine

HALF = ["si2494_half", "generic_half"]
OURS, THEIRS = 600.0, 1000.0


def half(folder: Path, personality: str = "si2494_half", **port: object) -> WholeLine:
    """In service, and known to be half duplex: a modem of no known family is found out by its first call."""
    line = WholeLine(folder, personality, **port).in_service()
    if personality == "generic_half":
        line.rung()
        line.state(State.TALKING)
        line.run(2.0)
        line.bye()
    line.keep_heard = True
    return line


def parts(samples: np.ndarray, hertz: float) -> list[tuple[float, float]]:
    """From when to when, in seconds, a tone is heard in linear samples of 8 kHz."""
    frames = samples[: len(samples) // 160 * 160].astype(float).reshape(-1, 160)
    wave = np.exp(-2j * np.pi * hertz * np.arange(160) / 8000)
    is_heard = [*(np.abs(frames @ wave) / 160 > 400), False]
    found, begun = [], None
    for place, heard in enumerate(is_heard):
        if heard and begun is None:
            begun = place
        elif not heard and begun is not None:
            found.append((begun * 0.02, place * 0.02))
            begun = None
    return found


def length(samples: np.ndarray, hertz: float) -> float:
    return sum(until - since for since, until in parts(samples, hertz))


def heard_by(party: RemoteParty) -> np.ndarray:
    return party.heard(8000.0).samples


def kept(line: WholeLine) -> np.ndarray:
    return np.frombuffer(bytes(line.heard_by_us), np.int16)


def turns(line: WholeLine) -> list[str]:
    return [event.detail for event in line.core.log.all() if event.what is What.STREAM_STARTED]


@pytest.mark.parametrize("personality", HALF)
def test_f36_a_caller_hears_the_greeting_and_leaves_a_message_that_holds_the_voice(
    tmp_path: Path, personality: str
) -> None:
    line = half(tmp_path, personality)
    party = line.called()
    line.our_voice = Chain(Silence(0.5), Tone((OURS,), -15.0, 3.0), Silence(0.3), Tone((OURS,), -15.0, 0.5), Silence())
    assert line.trunk.invitations[-1].is_half_duplex
    line.run(5.0)
    assert length(heard_by(party), OURS) == pytest.approx(3.5, abs=0.08), "every word, the beep behind a pause too"
    assert turns(line)[-2:] == ["TRANSMIT", "RECEIVE"]
    before = len(line.heard_by_us)
    party.say(Tone((THEIRS,), -15.0, 4.0), 0)
    line.run(6.0)
    assert length(kept(line)[before // 2 :], THEIRS) == pytest.approx(4.0, abs=0.08)
    line.our_voice = Chain(Tone((OURS,), -15.0, 1.5), Silence())
    line.run(3.0)
    assert length(heard_by(party), OURS) == pytest.approx(5.0, abs=0.1), "'saved' is heard from its first word"
    line.bye()
    assert not line.wrongs()


def test_f36_behind_the_beep_the_line_listens_within_six_tenths_of_a_second(tmp_path: Path) -> None:
    line = half(tmp_path)
    party = line.called(voice=Tone((THEIRS,), -15.0))
    line.our_voice = Chain(Tone((OURS,), -15.0, 2.0), Silence())
    line.run(5.0)
    over = parts(heard_by(party), OURS)[-1][1] + line.moments(What.CALL_CONNECTED)[0]
    assert line.moments(What.STREAM_STARTED)[-1] - over < 0.6


def test_f36_while_it_announces_our_side_hears_silence_and_not_the_last_sound_again(tmp_path: Path) -> None:
    line = half(tmp_path)
    line.called(voice=Tone((THEIRS,), -15.0))
    line.run(2.0)
    line.our_voice = Chain(Tone((OURS,), -15.0, 2.0), Silence())
    line.run(1.0)
    line.heard_by_us.clear()
    line.run(1.0)
    assert not kept(line).any()


@pytest.mark.parametrize("personality", HALF)
def test_f36_keys_are_heard_while_it_announces_and_while_it_listens_each_once(tmp_path: Path, personality: str) -> None:
    line = half(tmp_path, personality)
    party = line.called()
    line.our_voice = Tone((OURS,), -15.0)
    line.run(1.0)
    party.press(digits("12"), 0)
    line.run(1.0)
    assert line.trunk.pressed == "12", "a menu is left in the middle of its prompt"
    line.our_voice = None
    line.run(1.5)
    party.press(digits("3#"), 0)
    line.run(1.0)
    assert line.trunk.pressed == "123#"


@pytest.mark.parametrize("at", [i / 20 for i in range(16)])
def test_f36_a_key_at_the_moment_of_a_turn_counts_once_or_is_pressed_again_but_never_twice(
    tmp_path: Path, at: float
) -> None:
    line = half(tmp_path)
    party = line.called()
    line.our_voice = Chain(Tone((OURS,), -15.0, 2.0), Silence())
    line.run(1.7 + at)
    party.press(digits("7"), 0)
    line.run(1.5)
    assert line.trunk.pressed in ("7", "")


@pytest.mark.parametrize("how", [HangUp.BUSY_TONE, HangUp.DIAL_TONE, HangUp.LOOP_DROP])
@pytest.mark.parametrize("personality", HALF)
def test_f36_who_hangs_up_while_the_line_listens_is_noticed(tmp_path: Path, personality: str, how: HangUp) -> None:
    line = half(tmp_path, personality)
    line.called()
    line.run(2.0)
    line.core.line.hang_up(how, line.now)
    assert line.over() < 5.0
    line.state(State.IDLE)
    assert not line.wrongs()


@pytest.mark.parametrize("how", [HangUp.BUSY_TONE, HangUp.DIAL_TONE])
def test_f36_endless_music_does_not_hold_a_line_whose_caller_hung_up(tmp_path: Path, how: HangUp) -> None:
    line = half(tmp_path)
    line.called()
    line.our_voice = Tone((OURS,), -15.0)
    line.run(5.0)
    line.core.line.hang_up(how, line.now)
    assert line.over(90.0) < 70.0


def test_f36_a_busy_tone_that_the_chip_hears_while_it_announces_is_listened_for_at_once(tmp_path: Path) -> None:
    line = half(tmp_path)
    line.called()
    line.our_voice = Tone((OURS,), -15.0)
    line.run(5.0)
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    line.fault("card.event", text="b")
    assert line.over() < 5.0


def test_f36_a_sign_that_was_nothing_costs_the_caller_some_music_and_not_the_call(tmp_path: Path) -> None:
    line = half(tmp_path)
    party = line.called()
    line.our_voice = Tone((OURS,), -15.0)
    line.run(5.0)
    line.fault("card.event", text="b")
    line.run(12.0)
    assert line.line.state is State.TALKING
    assert turns(line)[-1] == "TRANSMIT"
    assert length(heard_by(party)[-8000:], OURS) > 0.9


def test_f36_who_ends_the_call_in_the_middle_of_a_turn_frees_the_line(tmp_path: Path) -> None:
    for after in np.arange(0.0, 0.9, 0.05):
        line = half(tmp_path)
        line.called()
        line.our_voice = Chain(Tone((OURS,), -15.0, 1.0), Silence(0.5), Tone((OURS,), -15.0, 1.0), Silence())
        line.run(0.9 + float(after))
        line.bye()
        assert not line.wrongs()


def test_f36_the_last_word_of_a_closing_message_is_heard_before_the_line_is_let_go(tmp_path: Path) -> None:
    line = half(tmp_path)
    party = line.called()
    line.our_voice = Chain(Silence(1.5), Tone((OURS,), -15.0, 2.0), Silence())
    line.run(3.56)
    line.bye()
    assert length(heard_by(party), OURS) == pytest.approx(2.0, abs=0.1)


def test_f36_a_modem_of_no_known_family_keeps_its_first_caller_who_comes_in_again_to_be_told_things(
    tmp_path: Path,
) -> None:
    """F36: nobody could know before; who answered lets go, and the caller never hears that anything happened."""
    line = WholeLine(tmp_path, "generic_half").in_service()
    line.keep_heard = True
    party = line.rung()
    line.state(State.TALKING)
    line.our_voice = Chain(Silence(1.5), Tone((OURS,), -15.0, 2.0), Silence())
    line.run(5.0)
    first, second = line.trunk.invitations
    assert line.trunk.hung_up == [first.attempt]
    assert (first.is_half_duplex, second.is_half_duplex) == (False, True)
    assert (second.number, second.key != first.key) == (first.number, True)
    assert "half duplex" in line.line.alarm
    assert party.state is CallerState.CONNECTED
    assert length(heard_by(party), OURS) == pytest.approx(2.0, abs=0.1)
    assert len(line.moments(What.WENT_OFF_HOOK)) == 1
    line.bye()
    line.called()
    assert line.trunk.invitations[-1].is_half_duplex
    assert len(line.trunk.invitations) == 3
    line.bye()
    assert not line.wrongs()


def test_f36_the_first_caller_of_a_modem_that_cannot_even_announce_is_let_go_and_the_line_says_why(
    tmp_path: Path,
) -> None:
    line = WholeLine(tmp_path, "generic_half").in_service()
    line.core.mischief.plan(Whim.ERROR, "AT+VTX", count=9)
    line.rung()
    line.state(State.GUARD)
    assert line.trunk.hung_up == [line.trunk.invitations[0].attempt]
    assert "half duplex" in line.line.alarm
    assert not line.core.is_off_hook
    assert not line.wrongs()


def test_f36_a_call_out_that_finds_the_modem_half_duplex_is_refused_and_announces_nothing(tmp_path: Path) -> None:
    line = CallingLine(tmp_path, "generic_half").has("")
    line.calls()
    line.state(State.GUARD)
    assert line.codes() == [503]
    assert turns(line) == []
    assert "half duplex" in line.line.alarm


def test_f36_a_caller_whose_switch_died_hears_music_and_is_called_in_again_as_half_duplex(tmp_path: Path) -> None:
    line = half(tmp_path)
    line.called()
    line.line.leg(SwitchGone(), line.now)
    line.run(2.0)
    assert len(line.trunk.invitations) >= 1
    assert line.line.state is State.TALKING
    assert line.line.kept is None, "the stream cannot be taken up by another process: it hangs up"


@pytest.mark.parametrize(("errors", "is_well"), [(1, True), (9, False)])
def test_f36_a_modem_of_a_duplex_family_is_not_taken_for_half_duplex_because_of_an_error(
    tmp_path: Path, errors: int, is_well: bool
) -> None:
    line = WholeLine(tmp_path).in_service()
    line.core.mischief.plan(Whim.ERROR, "AT+VTR", count=errors)
    line.rung()
    line.state(State.TALKING if is_well else State.FAULT)
    assert not line.line.out.why_not
