"""F40: whole lines with any modem, dialled or announced on in any way, and any mishap, in virtual time."""

import logging
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.lines.facts import LegAnswered, LegEnded, LegPressed, SwitchBack, SwitchGone
from appliance.lines.settings import Dial
from appliance.lines.states import OFF_HOOK, State
from hw.sim.dialled import Fate
from hw.sim.party import HangUp
from hw.sim.personalities import PERSONALITIES
from hw.sim.sound import Chain, Silence, Tone, digits
from tests.hw.modem.scripted import WIRES
from tests.lines.calling import CallingLine

LEFT_ALONE = 10.0
"""So long a card may be off-hook although no call owns it: a port that failed hangs up within that (F18)."""
STEPS = ("wait", "ring", "call out", "answer", "bye", "hang up", "say", "press", "key", "mute", "refuse", "late",
         "event", "drop", "freeze", "reset", "garbage", "switch dies", "switch is back")  # fmt: skip
LIVES = int(os.environ.get("DESKBELL_FUZZ", "40"))
PACES = (((0.0, 0.001), WIRES[0]), ((0.005, 0.03), WIRES[0]), ((0.1, 0.4), WIRES[0]), ((0.005, 0.03), WIRES[3]))
"""How long the modem thinks, and the wire; both slow at once answers later than is waited for."""
FATES = (*Fate, Fate.ANSWERS)


class Fuzzed(CallingLine):
    """Watches who owns the hook at every turn of the clock."""

    alone_since: float | None = None
    longest_alone = 0.0

    def __init__(self, *what: object, **more: object) -> None:
        super().__init__(*what, **more)  # type: ignore[arg-type]

    def _turn(self) -> None:
        super()._turn()
        is_alone = self.core.is_off_hook and self.line.state not in OFF_HOOK
        if not is_alone:
            self.alone_since = None
        elif self.alone_since is None:
            self.alone_since = self.now
        else:
            self.longest_alone = max(self.longest_alone, self.now - self.alone_since)


@given(st.data())
@settings(
    max_examples=LIVES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@pytest.mark.timeout(300 + LIVES)
def test_f40_whatever_happens_the_line_is_off_hook_only_while_a_call_owns_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    """F40: every personality, sound both ways and by turns, digits by us, by the modem and by pulses.

    DESKBELL_FUZZ=10000 lives through ten thousand (CONTRIBUTING, slow proofs).
    """
    caplog.set_level(logging.CRITICAL)  # a record keeps the whole line of its exception: 18 GB for ten thousand lives
    name = data.draw(st.sampled_from([one for one in sorted(PERSONALITIES) if one not in UNFIT]), "modem")
    latency, wire = data.draw(st.sampled_from(PACES), "pace")
    is_whimsical = data.draw(st.booleans(), "whimsical")
    personality = replace(PERSONALITIES[name], is_whimsical=is_whimsical, usual_latency=latency)
    dial = data.draw(st.sampled_from(list(Dial)), "dial")
    line = Fuzzed(tmp_path, personality, wire=wire, seed=data.draw(st.integers(0, 99), "seed"), dial=dial)
    for _ in range(data.draw(st.integers(1, 10), "steps")):
        one_step(line, data.draw(st.sampled_from(STEPS), "step"), data.draw(st.integers(0, 9), "dose"))
    rest(line)
    assert not line.core.is_off_hook
    assert line.line.state in (State.IDLE, State.FAULT, State.INIT, State.DOWN)
    assert line.longest_alone < LEFT_ALONE
    assert [wrong for wrong in line.wrongs() if "still off-hook" in wrong] == []


UNFIT = ("usr5637_novoice", "stuck_stream")
"""Refused when they are brought up, or in a stream of their own making: no call ever owns them (tests/hw/modem)."""


def rest(line: Fuzzed) -> None:
    """Everybody goes home: nobody calls any more, and the switch ends what there is."""
    line.line.leg(SwitchBack(), line.now)
    for _ in range(4):
        for invitation in line.trunk.invitations:
            line.fact(LegEnded(invitation.attempt, 200, "bye"))
        if line.line.out.call is not None:
            line.gives_up(line.line.out.call.asked.attempt)
        if line.core.line.state.value == "ringing":
            line.core.line.give_up(line.now)
        line.run(25.0)


def one_step(line: Fuzzed, step: str, dose: int) -> None:
    """Something happens; what cannot happen now does not."""
    exchange, party = line.core.line, line.core.line.party
    match step:
        case "ring" if exchange.state.value == "idle":
            line.rung()
        case "call out":
            line.has("", FATES[dose % len(FATES)], voice=Tone([1000.0]), answer_after=dose / 2)
            line.calls("0312345678"[: 1 + dose], is_emergency=dose == 3, is_automatic=dose == 4)
        case "answer" if line.trunk.invitations:
            line.fact(LegAnswered(line.trunk.invitations[-1].attempt))
        case "bye" if line.trunk.invitations:
            line.fact(LegEnded(line.trunk.invitations[-1].attempt, 200, "bye"))
        case "bye" if line.line.out.call is not None:
            line.gives_up(line.line.out.call.asked.attempt)
        case "hang up" if exchange.state.value == "connected":
            exchange.hang_up(list(HangUp)[dose % len(HangUp)], line.now)
        case "say":
            line.our_voice = Chain(Tone([600.0], -15.0, 0.3 + dose / 3), Silence(dose / 5), Tone([600.0], -15.0, 0.5))
        case "press" if party is not None and exchange.state.value == "connected":
            party.press(digits("12#"[dose % 3]), 0)
        case "key" if line.trunk.invitations:
            line.fact(LegPressed(line.trunk.invitations[-1].attempt, "5R!"[dose % 3]))
        case "mute" | "refuse" | "late":
            whim = {"mute": "none", "refuse": "error", "late": "late"}[step]
            line.fault("card.next_result", 500 * dose, whim, 1 + dose % 4)
        case _:
            _mishap(line, step, dose)
    line.run(0.3 + dose / 3)


def _mishap(line: Fuzzed, step: str, dose: int) -> None:
    match step:
        case "event":
            line.fault("card.event", text="uolLPpbds0"[dose])
        case "drop":
            line.fault("line.loop_drop", 50 * dose)
        case "freeze":
            line.fault("card.freeze", 100 + 400 * dose)
        case "reset":
            line.fault("card.reset")
        case "garbage":
            line.fault("card.garbage", 2**dose, count=dose)
        case "switch dies":
            line.line.leg(SwitchGone(), line.now)
        case "switch is back":
            line.line.leg(SwitchBack(), line.now)
