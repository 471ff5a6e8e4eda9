"""Mode B: the modem's own dialler sends the digits (fxo §2.4); what it says has the meaning of what we should hear."""

import itertools
import os
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.lines.settings import Dial
from appliance.lines.states import State
from hw.sim.countries import CallerIdTime
from hw.sim.dialled import Fate
from hw.sim.eventlog import What
from hw.sim.mischief import Whim
from hw.sim.party import CallerState, HangUp, RemoteParty
from hw.sim.personalities import CX93001_2013
from hw.sim.personality import Personality
from tests.hw.modem.scripted import WIRES, Wire
from tests.lines.calling import CallingLine, numbers
from tests.lines.test_calling import NUMBER, person

WITHOUT_VRN = replace(CX93001_2013, name="without_vrn", absent=frozenset({"+VRN"}))
"""Listens to the ringing by itself before it says that it has dialled."""


def line_of(folder: Path, personality: str | Personality = "cx93001_2013", **more: object) -> CallingLine:
    return CallingLine(folder, personality, dial=more.pop("dial", Dial.MODEM), **more)  # type: ignore[arg-type]


@pytest.fixture
def line(tmp_path: Path) -> CallingLine:
    return line_of(tmp_path)


def dialling(line: CallingLine) -> list[str]:
    return [command for command in line.commands() if command.startswith("ATD")]


@pytest.mark.parametrize(
    ("personality", "wire"),
    [*(("cx93001_2013", wire) for wire in WIRES), *((other, WIRES[0]) for other in ("usr5637", "zoom3095", "chaos"))],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_the_modem_dials_and_from_then_on_it_is_the_same_call(tmp_path: Path, personality: str, wire: Wire) -> None:
    line = line_of(tmp_path, personality, wire=wire).has("", voice=person(), answer_after=5.0)
    attempt = line.calls()
    line.run(0.1)
    assert line.trunk.early == [attempt], (
        "whoever asked knows that something happens, in silence until the digits are out"
    )
    line.state(State.PROGRESS, seconds=25)
    assert line.trunk.early == [attempt], "told once"
    line.state(State.TALKING, seconds=15)
    assert line.trunk.accepted == [attempt]
    assert dialling(line)[-1:] == [f"ATDT{NUMBER}"] or wire.loss
    assert line.dialled == [NUMBER] or wire.loss
    assert not line.moments(What.DIGIT_HEARD), "none of our tones"
    line.run(1.0)
    line.gives_up(attempt)
    line.state(State.IDLE)
    assert line.core.line.called[0].state is CallerState.RELEASED
    assert not [wrong for wrong in line.wrongs() if not (wire.loss and "one sample for each" in wrong)]


def test_a_line_that_knows_no_tones_is_dialled_by_pulses(tmp_path: Path) -> None:
    line = line_of(tmp_path, dial=Dial.PULSE).has(NUMBER, voice=person())
    line.calls()
    assert line.state(State.TALKING) > 12.0, "which takes its time"
    assert dialling(line) == [f"ATDP{NUMBER}"]
    assert line.dialled == [NUMBER]


def test_pulses_have_no_star_and_no_hash_and_the_line_is_not_taken_for_them(tmp_path: Path) -> None:
    line = line_of(tmp_path, dial=Dial.PULSE)
    line.calls("*21#")
    assert line.codes() == [484]
    assert "pulses" in line.trunk.refused[0][2]
    assert line.line.state is State.IDLE


@pytest.mark.parametrize(("fate", "code"), [(Fate.BUSY, 486), (Fate.REORDER, 480), (Fate.SIT, 404)])
@pytest.mark.parametrize("country", ["US", "DE"])
def test_f27_what_the_exchange_says_behind_the_digits_is_heard_by_the_same_ears(
    tmp_path: Path, fate: Fate, code: int, country: str
) -> None:
    line = line_of(tmp_path, code=country).has(NUMBER, fate)
    line.calls()
    line.state(State.RELEASING, seconds=15)
    assert line.codes() == [code]
    line.state(State.IDLE)
    assert not line.wrongs()


@pytest.mark.parametrize(
    ("fate", "code", "why"), [(Fate.BUSY, 486, "busy tone"), (Fate.NO_ANSWER, 480, "nobody answered in time")]
)
def test_f27_a_modem_that_listens_by_itself_gives_the_same_causes_by_its_result(
    tmp_path: Path, fate: Fate, code: int, why: str
) -> None:
    line = line_of(tmp_path, WITHOUT_VRN).has(NUMBER, fate)
    line.calls()
    line.state(State.GUARD, seconds=25)
    assert [refused[1:] for refused in line.trunk.refused] == [(code, why)]
    assert not line.core.is_off_hook
    assert not line.wrongs()


@pytest.mark.parametrize("personality", ["cx93001_2013", "usr5637"])
def test_f27_without_dial_tone_nothing_is_dialled_and_another_line_may_try(tmp_path: Path, personality: str) -> None:
    """CX says NO DIAL TONE, USR NO DIALTONE."""
    line = line_of(tmp_path, personality)
    line.core.line.dial_tone_delay = None
    line.has(NUMBER).calls()
    line.state(State.GUARD, seconds=15)
    assert [refused[1:] for refused in line.trunk.refused] == [(503, "no dial tone")]
    assert line.dialled == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("BLACKLISTED", "the modem's own list of failed numbers forbids it"),
        ("DELAYED", "the modem makes it wait after failed calls"),
        ("LINE IN USE", "another telephone holds the line, or there is none"),
        ("NO LINE", "another telephone holds the line, or there is none"),
        ("OFF-HOOK INTRUSION", "another telephone holds the line, or there is none"),
        ("ERROR", "the modem's dialler gave no answer, or does not work"),
    ],
)
def test_f27_every_word_by_which_a_modem_refuses_to_dial_sends_the_call_to_another_line(
    tmp_path: Path, said: str, why: str
) -> None:
    spoken = replace(CX93001_2013, words={"NO_DIAL_TONE": said})
    line = line_of(tmp_path, spoken)
    line.core.line.dial_tone_delay = None
    line.calls()
    line.state(State.GUARD, seconds=15)
    assert [refused[1:] for refused in line.trunk.refused] == [(503, why)]


def test_a_dialler_that_never_answers_is_given_up_after_its_time_and_the_line_is_on_hook(line: CallingLine) -> None:
    line.core.mischief.plan(Whim.DEAF, f"ATDT{NUMBER}")
    line.has(NUMBER).calls()
    line.state(State.GUARD, seconds=60)
    assert line.codes() == [503]
    assert not line.core.is_off_hook
    line.run(3.0)
    line.calls()
    line.state(State.TALKING, seconds=20)


@pytest.mark.parametrize("after", [i / 4 for i in range(17)])
def test_whoever_gives_up_while_the_modem_dials_stops_it_at_once(tmp_path: Path, after: float) -> None:
    line = line_of(tmp_path).has(NUMBER, Fate.NO_ANSWER)
    attempt = line.calls()
    line.run(after)
    line.gives_up(attempt)
    assert line.state(State.IDLE) < 4.5, "the guard time of two seconds in it"
    line.run(1.0)
    assert line.line.state is State.IDLE
    assert not line.wrongs()


def test_an_emergency_call_is_connected_as_soon_as_it_is_dialled(line: CallingLine) -> None:
    attempt = line.has("119", Fate.NO_ANSWER).calls("119", is_emergency=True)
    line.state(State.TALKING, seconds=8)
    assert line.trunk.accepted == [attempt]
    line.run(130.0)
    assert line.line.state is State.TALKING, "no two-minute rule ends it"


def test_in_japan_the_loop_is_opened_two_minutes_after_the_digits(line: CallingLine) -> None:
    line.has(NUMBER, Fate.NO_ANSWER).calls()
    line.state(State.PROGRESS)
    assert line.state(State.RELEASING, seconds=130) == pytest.approx(120.0, abs=1.0)
    assert line.codes() == [480]


def test_f29_the_machine_s_redials_are_counted_as_ever(line: CallingLine) -> None:
    line.has(NUMBER, Fate.BUSY)
    for _ in range(3):
        line.state(State.IDLE)
        line.calls(is_automatic=True)
        line.run(0.1)
    assert line.codes() == [486, 486, 429]


def test_two_seconds_on_hook_lie_between_two_calls(line: CallingLine) -> None:
    first = line.has(NUMBER, Fate.NO_ANSWER).calls()
    line.state(State.PROGRESS)
    line.gives_up(first)
    line.run(0.1)
    line.calls()
    line.state(State.PROGRESS)
    assert line.dialled == [NUMBER, NUMBER]
    assert not line.wrongs(is_finished=False)


@pytest.mark.parametrize("lead", [0.02, 0.05])
def test_f27_a_caller_who_rings_before_the_modem_dials_rings_on_and_is_answered_like_any_other(
    line: CallingLine, lead: float
) -> None:
    attempt = line.calls()
    line.answers = 0.5
    line.run(lead)
    caller = RemoteParty("0399998888", None, person())
    line.core.line.ring(caller, line.now, CallerIdTime.NEVER)
    line.state(State.TALKING, seconds=15)
    line.run(1.0)
    assert line.trunk.refused == [(attempt, 503, "a caller instead of dial tone")]
    assert caller.state is CallerState.CONNECTED
    assert line.dialled == []


def test_a_reversal_is_the_answer_and_the_far_end_s_hang_up_ends_the_call(line: CallingLine) -> None:
    attempt = line.has(NUMBER, voice=None, answer_after=4.0, reverses=True).calls()
    line.state(State.TALKING)
    assert line.now - line.moments(What.CALL_CONNECTED)[0] < 0.3
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    line.state(State.RELEASING, seconds=6)
    assert line.trunk.hung_up == [attempt]


def test_a_modem_without_a_duplex_stream_is_found_out_by_its_first_call_out(tmp_path: Path) -> None:
    line = line_of(tmp_path, "generic_half").has(NUMBER, voice=person())
    line.calls()
    line.state(State.GUARD, seconds=20)
    assert line.codes() == [503]
    line.state(State.IDLE)
    line.calls()
    assert line.codes() == [503, 503]
    assert "half duplex" in line.trunk.refused[1][2]


def test_f28_the_exchange_gets_every_digit_of_many_numbers(line: CallingLine) -> None:
    """F28. DESKBELL_NUMBERS=1000 dials a thousand (CONTRIBUTING, slow proofs)."""
    asked = ["0123456789", "9876543210", "1122334455", "#0*", *numbers(int(os.environ.get("DESKBELL_NUMBERS", "12")))]
    for number in asked:
        before = len(line.dialled)
        attempt = line.calls(number)
        line.state(State.PROGRESS)
        assert line.dialled[before:] == [number]
        line.gives_up(attempt)
        line.state(State.IDLE)
        if len(line.core.log.all()) > 40_000:
            line.core.log._events.clear()
    assert all(later >= sooner for sooner, later in itertools.pairwise(line.moments(What.DIALLED)))
