"""A voice alone through a real switch: mono, ended by silence, by its longest time, by an order or by a hang-up."""

import asyncio
import wave

import numpy as np
import pytest

from appliance import wire
from appliance.selftest.sound import frame_levels
from tests.support.fake_desk import FakeDesk
from tests.support.running_switch import RunningSwitch
from tests.switch.conftest import MakePhone, call_in

LEVEL = 13_000
HZ = 450


async def voicemail(desk: FakeDesk, switch: RunningSwitch, phone: MakePhone, tone: int = HZ, **order: float):
    """A caller has heard the beep and is being recorded: the phone, its call, the leg."""
    caller = await phone(user="0355551234")
    call = await call_in(caller, switch, tone)
    leg = (await desk.hears(wire.Incoming)).leg
    desk.ask(wire.Play(leg, ("beep",), then_silence=True))
    await desk.hears(wire.PromptEnded, leg=leg)
    desk.ask(wire.RecordVoice("v1", leg, order.get("most_s", 30.0), order.get("quiet_s", 20.0)))
    return caller, call, leg


def sound(path: str) -> np.ndarray:
    """The samples of a mono file."""
    with wave.open(path) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 8000)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def level(samples: np.ndarray, hz: int) -> float:
    """The amplitude of a tone in the middle of the samples; its phase may jump where a clock slipped."""
    return float(np.median(frame_levels(samples[4000:12000].astype(np.int16), hz)))


async def until(at: float) -> None:
    await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))


async def test_s34_the_voicemail_holds_the_caller_s_voice_alone_and_says_how_long_it_spoke(desk, switch, phone):
    caller, call, leg = await voicemail(desk, switch, phone)
    started = await desk.hears(wire.RecordingStarted, recording="v1")
    await until(started.at + 2.0)
    since = started.at + 0.2
    desk.ask(wire.StopRecording("v1"))
    closed = await desk.hears(wire.RecordingClosed, recording="v1")
    assert (closed.cause, closed.path) == ("", str(switch.recordings / "v1.wav"))
    assert closed.spoke_s == pytest.approx(closed.seconds, abs=0.2)
    assert closed.seconds == pytest.approx(2.2, abs=0.4)
    assert level(sound(closed.path), HZ) == pytest.approx(LEVEL, rel=0.05)
    heard = await caller.hear(call, [HZ], since)
    assert heard["level"] < 100, "the caller hears nothing while speaking, no music either"
    assert [one.leg for one in (await desk.snapshot()).legs] == [leg], "the order to stop does not hang up"
    assert not list(switch.recordings.rglob("*.part"))


async def test_s34_silence_ends_a_voicemail(desk, switch, phone):
    caller, call, _leg = await voicemail(desk, switch, phone, quiet_s=1.0)
    started = await desk.hears(wire.RecordingStarted)
    await until(started.at + 1.0)
    caller.order("tone", call=call, hz=0)
    silent = await caller.wait("spoke")
    closed = await desk.hears(wire.RecordingClosed, recording="v1")
    assert 0.8 < closed.at - silent["at"] < 2.5
    assert closed.seconds > closed.spoke_s > 0.8


async def test_who_never_speaks_leaves_an_empty_voicemail(desk, switch, phone):
    await voicemail(desk, switch, phone, tone=0, quiet_s=0.8)
    closed = await desk.hears(wire.RecordingClosed, recording="v1")
    assert (closed.spoke_s, closed.cause) == (0.0, "")


async def test_a_voicemail_has_a_longest_time(desk, switch, phone):
    await voicemail(desk, switch, phone, most_s=1.0)
    closed = await desk.hears(wire.RecordingClosed, recording="v1")
    assert closed.seconds == pytest.approx(1.2, abs=0.3)


async def test_a_caller_who_hangs_up_has_left_the_message(desk, switch, phone):
    caller, call, leg = await voicemail(desk, switch, phone)
    started = await desk.hears(wire.RecordingStarted)
    await until(started.at + 1.2)
    caller.order("hangup", call=call)
    await desk.hears(wire.Ended, leg=leg)
    closed = await desk.hears(wire.RecordingClosed, recording="v1")
    assert closed.cause == ""
    assert closed.spoke_s > 1.0


async def test_ordering_the_same_voicemail_twice_changes_nothing(desk, switch, phone):
    _caller, _call, leg = await voicemail(desk, switch, phone)
    await desk.hears(wire.RecordingStarted)
    desk.ask(wire.RecordVoice("v1", leg, 30.0, 20.0))
    assert (await desk.snapshot()).recordings == ("v1",)
    desk.ask(wire.StopRecording("v1"))
    assert (await desk.hears(wire.RecordingClosed)).cause == ""
    assert len(desk.of(wire.RecordingStarted)) == 1


async def test_r30_a_voicemail_survives_the_switch_s_death_to_its_last_second(tmp_path, switch, phone):
    async with FakeDesk(switch.socket) as desk:
        await voicemail(desk, switch, phone)
        started = await desk.hears(wire.RecordingStarted)
        await until(started.at + 2.0)
        await switch.kill()
    await switch.start()
    async with FakeDesk(switch.socket) as desk:
        told = desk.of(wire.RecordingClosed) or [
            one for one in desk.first.missed if isinstance(one, wire.RecordingClosed)
        ]
        closed = told[0] if told else await desk.hears(wire.RecordingClosed)
        assert (closed.recording, closed.cause) == ("v1", "switch died")
        assert closed.spoke_s > 1.0
        assert level(sound(closed.path), HZ) == pytest.approx(LEVEL, rel=0.05)
