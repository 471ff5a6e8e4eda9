"""The lines process on a USB modem: the real driver, the kernel's cdc_acm, the virtual exchange."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hw.sim import CallerState, What
from hw.sim.oracle import violations
from hw.sim.verbs import SoundSpec
from tests.hil.inside.test_usb_modem import UsbRig, until
from tests.lines.fake_switch import FakeSwitch, tone
from tests.lines.running import level_of

CALLER_HZ, SWITCH_HZ = 1100, 1000
FRAME = 160
"""Samples of 20 ms, in which no tone of a multiple of 50 Hz shows as another."""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[UsbRig]:
    rig = UsbRig(tmp_path)
    yield rig
    rig.tell()
    rig.close()


@pytest.fixture
def switch() -> Iterator[FakeSwitch]:
    switch = FakeSwitch(say=tone(SWITCH_HZ, 1.0))
    yield switch
    switch.die()


def ring(rig: UsbRig):
    return rig.card.ring("0312345678", "YAMADA", voice=SoundSpec("tone", (CALLER_HZ,), -15.0))


def talking(pcm: bytes | np.ndarray) -> np.ndarray:
    """The samples from a little after the first sound on."""
    samples = np.frombuffer(pcm, np.int16) if isinstance(pcm, bytes) else pcm
    return samples[int(np.argmax(np.abs(samples.astype(int)) > 500)) + 800 :]


def is_heard(hertz: int, pcm: np.ndarray) -> bool:
    """Whether a tone of -15 dBFS is there and the other one is not; how well it sounds is tests/lines' business.

    A frame at a time: in a longer piece one frame that this machine dropped would hide those that came.
    """
    other = SWITCH_HZ if hertz == CALLER_HZ else CALLER_HZ
    return level_of(hertz, pcm, FRAME) > -25.0 and level_of(hertz, pcm, FRAME) > level_of(other, pcm, FRAME) + 10.0


def test_a_whole_call_with_caller_id_and_tones_both_ways(rig: UsbRig, switch: FakeSwitch, figure) -> None:
    rig.lines(switch.address)
    caller = ring(rig)
    call = switch.wait_call()
    assert call.invite.headers["from"].startswith('"YAMADA" <sip:0312345678@')
    switch.ring(call)
    switch.answer(call)
    assert caller.wait_for(CallerState.CONNECTED, 5.0)
    at_switch = talking(switch.wait_heard(call, 3.0))
    at_caller = talking(caller.heard().samples)
    assert is_heard(CALLER_HZ, at_switch)
    assert is_heard(SWITCH_HZ, at_caller)
    stats = rig.card.stats
    figure(
        f"a duplex call over cdc_acm, {stats.rx_samples / 8000:.1f} s",
        f"{stats.underruns} underruns, {stats.overruns} overruns",
    )
    switch.hang_up(call)
    assert rig.card.wait_hook(False, 3.0)
    assert caller.wait_for(CallerState.RELEASED, 3.0)
    assert not [one for one in violations(rig.card.events()) if "sample" not in one]


def test_a_killed_lines_process_drops_dtr_and_the_line_is_free(rig: UsbRig, switch: FakeSwitch) -> None:
    process = rig.lines(switch.address)
    ring(rig)
    switch.answer(switch.wait_call())
    assert rig.card.wait_hook(True, 5.0)
    process.stop(timeout=5.0, how=9)
    assert rig.card.wait_event(What.DTR_DROPPED, 3.0)
    assert rig.card.wait_hook(False, 3.0)


def test_f13_the_plug_is_pulled_in_mid_call_and_the_modem_returns_under_another_number(
    rig: UsbRig, switch: FakeSwitch
) -> None:
    process = rig.lines(switch.address)
    caller = ring(rig)
    call = switch.wait_call()
    switch.answer(call)
    assert caller.wait_for(CallerState.CONNECTED, 5.0)
    switch.wait_heard(call, 0.5)
    first = Path(rig.card.path).resolve()
    holds_on = os.open(first, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)  # some other program that never lets go
    try:
        rig.card.unplug()
        assert switch.wait_end(call, 5.0) == "BYE"
        until(lambda: not Path(rig.card.path).exists(), "the end of the link")
        rig.card.plug()
        assert Path(rig.card.path).resolve() != first
        process.wait_line("line1 is in service", 15.0, count=2)
    finally:
        os.close(holds_on)
    again = ring(rig)
    switch.answer(switch.wait_call(2))
    assert again.wait_for(CallerState.CONNECTED, 5.0)
    assert is_heard(CALLER_HZ, talking(switch.wait_heard(switch.calls[1], 1.5)))
