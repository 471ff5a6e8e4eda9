"""F36 and F40: half-duplex modems, and any modem with any mishap (fxo §3.5)."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hw.modem.events import (
    Ready,
    Seized,
    SeizeFailed,
    Way,
)
from hw.sim import What
from hw.sim.party import CallerState
from hw.sim.personalities import PERSONALITIES
from hw.sim.sound import Tone
from tests.hw.modem.scripted import WIRES
from tests.hw.modem.virtual import VirtualLine


@pytest.mark.parametrize("personality", ["si2494_half", "generic_half"])
def test_f36_a_half_duplex_modem_refuses_a_bridge_with_the_reason_and_announces_and_records(personality):
    """F36: the driver; tests/lines/test_half_duplex.py has the line, tests/system/test_half_duplex.py the box."""
    line = VirtualLine(personality).ready()
    line.rung()
    line.modem.seize(line.now)
    refused = line.until(SeizeFailed)
    assert isinstance(refused, SeizeFailed)
    assert "half duplex" in refused.why
    assert not line.core.is_off_hook
    line.run(3.0)
    seizures = len(line.moments(What.WENT_OFF_HOOK))
    assert seizures == (0 if personality == "si2494_half" else seizures)
    if line.core.line.party is not None and line.core.line.state.value == "ringing":
        line.core.line.give_up(line.now)
    line.modem.seize(line.now)
    line.until(SeizeFailed)
    assert len(line.moments(What.WENT_OFF_HOOK)) == seizures, "learnt: not tried with a caller again"
    line.run(3.0)
    party = line.rung(voice=Tone([1000]))
    line.modem.seize(line.now, Way.ANNOUNCE)
    line.until(Seized)
    line.modem.play(b"\x33" * 400)
    line.run(1.0)
    assert line.modem.is_streaming
    line.modem.turn(Way.RECORD, line.now)
    line.until(Seized)
    before = len(line.heard())
    line.run(2.0)
    assert len(line.heard()) - before > 15000
    line.hang_up()
    assert party.state is CallerState.RELEASED
    assert b"3" * 300 not in line.heard()
    assert line.wrongs() == []


@given(st.data())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_f40_no_modem_and_no_fault_makes_the_driver_crash_or_hold_the_line_alone(data):
    """F40 partly: 60 lives a run, not 10 000; raise `max_examples` to look further."""
    name = data.draw(st.sampled_from(sorted(PERSONALITIES)))
    personality = replace(
        PERSONALITIES[name],
        is_whimsical=data.draw(st.booleans()),
        usual_latency=data.draw(st.sampled_from([(0.0, 0.001), (0.005, 0.03), (0.3, 1.2)])),
        body_limit=data.draw(st.sampled_from([50, 128])),
    )
    chosen = data.draw(st.sampled_from([WIRES[0], WIRES[2], WIRES[3]]))
    line = VirtualLine(personality, chosen, seed=data.draw(st.integers(0, 999)), reopens=True)
    line.modem.start(line.now)
    for _ in range(data.draw(st.integers(1, 6))):
        one_step(line, data.draw(st.sampled_from(STEPS)), data.draw(st.integers(0, 9)))
    for _ in range(2):
        if (line.is_open and line.modem.is_streaming) or (line.core.is_off_hook and line.is_open):
            line.modem.release(line.now)
        line.run(25.0)
    assert not line.core.is_off_hook
    # A card that falls into a stream by itself, after a reset too, cannot but be typed at until that is noticed.
    wrong_at_all = ("still off-hook",) if personality.starts_streaming else ("still off-hook", "typed into")
    assert [wrong for wrong in line.wrongs() if any(sign in wrong for sign in wrong_at_all)] == []


STEPS = (
    "wait",
    "ring",
    "seize",
    "announce",
    "turn",
    "dial",
    "release",
    "garbage",
    "freeze",
    "reset",
    "mute",
    "refuse",
    "late",
    "event",
    "drop",
)


def is_ready(line: VirtualLine) -> bool:
    """The device is open, and the driver has brought it up."""
    return line.is_open and any(isinstance(event, Ready) for event in line.events)


def one_step(line: VirtualLine, step: str, dose: int) -> None:
    """Something happens; what cannot happen now does not."""
    match step:
        case "ring":
            line.rung()
        case "seize" if is_ready(line) and line.core.line.state.value == "ringing":
            line.modem.seize(line.now)
        case "announce" if is_ready(line) and line.core.line.state.value == "ringing":
            line.modem.seize(line.now, Way.ANNOUNCE)
        case "turn" if line.is_open and line.modem.is_streaming and line.modem.way is not Way.DUPLEX:
            line.modem.turn(Way.RECORD if line.modem.way is Way.ANNOUNCE else Way.ANNOUNCE, line.now)
        case "dial" if is_ready(line) and line.core.line.state.value == "idle" and not line.modem.is_streaming:
            line.modem.dial("0312345678"[: 1 + dose], line.now, pulses=dose > 6)
        case "release" if is_ready(line):
            line.modem.release(line.now)
        case _:
            mishap(line, step, dose)
    line.run(0.3 + dose / 3)


def mishap(line: VirtualLine, step: str, dose: int) -> None:
    """The card does something that nobody asked for."""
    match step:
        case "garbage":
            line.fault("card.garbage", 2**dose, count=dose)
        case "freeze":
            line.fault("card.freeze", 100 + 400 * dose)
        case "reset":
            line.fault("card.reset")
        case "mute" | "refuse" | "late":
            whim = {"mute": "none", "refuse": "error", "late": "late"}[step]
            line.fault("card.next_result", 500 * dose, whim, 1 + dose % 4)
        case "event":
            line.fault("card.event", text="uolLPpbds0"[dose])
        case "drop":
            line.fault("line.loop_drop", 50 * dose)
