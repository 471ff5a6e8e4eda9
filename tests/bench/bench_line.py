"""What an analogue line takes, beside the issue's figures: answer, delay each way, hang-ups at 10 dB, processor.

The real lines process on a virtual card with a switch of raw sockets; printed, never held to a time.
"""

import time
from pathlib import Path

import numpy as np
import pytest

from appliance.media import ulaw
from hw.sim import CallerState, HangUp, What
from hw.sim.sound import Tone
from hw.sim.verbs import SoundSpec
from hw.sim.voices import babble
from tests.lines.fake_switch import FakeSwitch, tone
from tests.lines.running import Rig
from tests.lines.soak import cpu_s
from tests.lines.virtual import WholeLine

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
CALLS = 5


def onset(pcm: bytes) -> int:
    """The first loud sample."""
    samples = np.abs(np.frombuffer(pcm, np.int16).astype(int))
    return int(np.argmax(samples > 2000))


def share_of(pid: int, seconds: float) -> float:
    """Percent of a core that a process takes now."""
    used, since = cpu_s(pid), time.monotonic()
    time.sleep(seconds)  # what is measured is that time
    return 100 * (cpu_s(pid) - used) / (time.monotonic() - since)


def pulsed() -> bytes:
    """Half a second of silence, half a second of tone: its edges can be found."""
    return bytes(8000) + tone(1000, 0.5)


def test_answer_and_delay(tmp_path: Path) -> None:
    switch = FakeSwitch(say=pulsed())
    rig = Rig(tmp_path)
    answers, inward = [], []
    try:
        process = rig.lines(switch.address)
        idle = share_of(process.child.pid, 5.0)
        for number in range(1, CALLS + 1):
            caller = rig.card.ring("0312345678")
            call = switch.wait_call(number)
            at = time.monotonic()
            switch.answer(call)
            assert caller.wait_for(CallerState.CONNECTED, 5)
            off_hook = [event.at for event in rig.card.events(at) if event.what == What.WENT_OFF_HOOK.value]
            answers.append(1000 * (off_hook[0] - at))
            switch.wait_heard(call, 1.0)
            said = caller.say(SoundSpec("tone", (900,), -10.0, seconds=0.5))
            before = len(call.heard)
            switch.wait_heard(call, before / 8000 + 0.6)
            place = before + onset(ulaw.decode(bytes(call.heard[before:])))
            inward.append(1000 * (call.arrivals[place // 160] - said))
            if number == CALLS:
                share = share_of(process.child.pid, 10.0)
            switch.hang_up(call)
            assert rig.card.wait_hook(False, 5)
            time.sleep(2.5)  # the guard
        outward = [1000 * one for one in _outward(rig, switch)]
    finally:
        rig.close()
        switch.die()
    print(f"\n\nanswer, 200 to off-hook   median {np.median(answers):.0f} ms, worst {max(answers):.0f}   (<= 150)")
    print(f"line to SIP               median {np.median(inward):.0f} ms, worst {max(inward):.0f}   (<= 140)")
    print(f"SIP to line               median {np.median(outward):.0f} ms, worst {max(outward):.0f}   (<= 140)")
    told = f"{share - idle:.1f} % of a core (<= 4); the process at rest {idle:.1f}, with it {share:.1f}"
    print(f"processor of a talking line, echo cancelled: {told}\n")


def _outward(rig: Rig, switch: FakeSwitch) -> list[float]:
    """From the packet in which a tone begins to its first sample at the caller's ear."""
    caller = rig.card.ring("0312345678")
    call = switch.wait_call(len(switch.calls) + 1)
    first = len(switch.spoken_at)
    switch.answer(call)
    assert caller.wait_for(CallerState.CONNECTED, 5)
    assert caller.wait_heard(6.0, 20)
    heard = caller.heard()
    switch.hang_up(call)
    samples = np.abs(heard.samples.astype(int))
    loud = samples > 2000
    starts = [at for at in np.flatnonzero(loud) if not loud[max(0, at - 1000) : at].any()]
    times = [heard.first_at + at / heard.rate for at in starts]
    # The switch's sound runs on through its calls, 25 packets of silence, 25 of tone: an edge each 50 packets.
    edges = [switch.spoken_at[place] for place in range(first, len(switch.spoken_at)) if place % 50 == 25]
    return [min((at - edge for edge in edges if edge <= at), default=0.0) for at in times[1:]]


LIMITS = {
    HangUp.LOOP_DROP: "1",
    HangUp.REVERSAL: "1",
    HangUp.BUSY_TONE: "4",
    HangUp.REORDER_TONE: "4 (UK 6)",
    HangUp.DIAL_TONE: "4",
}


def test_hang_ups_at_10_db(tmp_path: Path) -> None:
    print("\n\nseconds from the hang-up to ours, tones 10 dB above the line's noise, a voice before")
    print(f"  {'':14}{''.join(f'{code:>8}' for code in ('JP', 'US', 'UK', 'DE'))}   limit")
    for mode, limit in LIMITS.items():
        took = []
        for code in ("JP", "US", "UK", "DE"):
            line = WholeLine(tmp_path, code=code).in_service()
            line.fault("line.noise", -25.0)
            line.called(voice=babble(3.0))
            line.run(2.0)
            line.core.line.hang_up(mode, line.now)
            took.append(line.over())
        print(f"  {mode.value:14}{''.join(f'{one:8.2f}' for one in took)}   {limit}")


def test_a_flood_costs_no_core(tmp_path: Path) -> None:
    line = WholeLine(tmp_path, echo_cancelling=True).in_service()
    line.called(voice=Tone([1000]))
    shares = []
    for flood in (False, True):
        if flood:
            line.fault("card.flood", 10, "u", 5)
        began = time.process_time()
        line.run(10.0)
        shares.append(10 * (time.process_time() - began))
    print(f"\n\na line, card and exchange: {shares[0]:.1f} % of a core, under 500 u a second {shares[1]:.1f} % (F11)\n")
    assert all(one < 100 for one in shares)
