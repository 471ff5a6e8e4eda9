"""One conversation after the other through a real switch: answered, held, dialled, bridged, recorded, hung up."""

import wave

import numpy as np
import pytest
from msgspec.structs import replace

from appliance import wire
from appliance.wire import EndCause, LegState, Origin
from tests.support.fake_desk import dial
from tests.support.machine import MACHINE
from tests.switch.conftest import call_in, is_unbroken, talk, to

LEVEL = 13_000


async def test_a_caller_is_told_to_the_desk_with_what_the_edge_vouched_for(desk, switch, phone):
    caller = await phone(user="0355551234", name="Aoki")
    await call_in(caller, switch, X_Deskbell_Line="line-1", X_Deskbell_Call="k-77")
    incoming = await desk.hears(wire.Incoming)
    assert (incoming.origin, incoming.origin_id, incoming.call_key) == (Origin.LINE, "line-1", "k-77")
    assert (incoming.number, incoming.name, incoming.called) == ("0355551234", "Aoki", "100")


async def test_both_sides_hear_each_other_without_a_silent_frame(desk, switch, phone):
    caller, call, agent, agent_call, _ = await talk(desk, switch, phone)
    since = (await desk.hears(wire.Bridged)).at + 0.1
    await _until(since + 1.0)
    at_caller, at_agent = await caller.hear(call, [1000, 450], since), await agent.hear(agent_call, [450, 1000], since)
    for heard, theirs, own in ((at_caller, "1000", "450"), (at_agent, "450", "1000")):
        assert heard["tones"][theirs]["level"] == pytest.approx(LEVEL, rel=0.05)
        assert heard["tones"][own]["level"] < 200
        assert is_unbroken(heard), heard


async def test_a_held_caller_hears_music_and_not_the_agent(desk, switch, phone):
    caller, call, _agent, _, leg = await talk(desk, switch, phone)
    since = len(desk.told)
    desk.ask(wire.Hold(leg))
    snapshot = await desk.snapshot()
    assert {one.leg: one.peer for one in snapshot.legs} == {leg: "", "agent-1": ""}
    start = snapshot.at + 0.1
    await _until(start + 0.6)
    heard = await caller.hear(call, [1000], start)
    assert heard["level"] > 1000
    assert heard["tones"]["1000"]["level"] < 1000
    desk.ask(wire.Bridge(leg, "agent-1"))
    await desk.hears(wire.Bridged, since=since)


async def test_the_agent_hangs_up_and_the_caller_is_hung_up(desk, switch, phone):
    caller, _call, agent, agent_call, leg = await talk(desk, switch, phone)
    await _until((await desk.hears(wire.Bridged)).at + 0.2)
    agent.order("hangup", call=agent_call)
    theirs, ours = await desk.hears(wire.Ended, leg="agent-1"), await desk.hears(wire.Ended, leg=leg)
    assert (theirs.cause, ours.cause) == (EndCause.FAR, EndCause.US)
    assert min(theirs.heard, ours.heard) > 5
    await caller.wait("state", state="disconnected")


async def test_the_caller_hangs_up_and_the_agent_is_hung_up(desk, switch, phone):
    caller, call, agent, _, leg = await talk(desk, switch, phone)
    caller.order("hangup", call=call)
    assert (await desk.hears(wire.Ended, leg=leg)).cause is EndCause.FAR
    assert (await desk.hears(wire.Ended, leg="agent-1")).cause is EndCause.US
    await agent.wait("state", state="disconnected")


async def test_the_recording_has_the_agent_left_and_the_caller_right(desk, switch, phone):
    _caller, _call, agent, agent_call, leg = await talk(desk, switch, phone)
    desk.ask(wire.Record("day/talk-1", "agent-1", leg))
    started = await desk.hears(wire.RecordingStarted)
    await _until(started.at + 1.5)
    agent.order("hangup", call=agent_call)
    closed = await desk.hears(wire.RecordingClosed)
    assert (closed.recording, closed.cause) == ("day/talk-1", "")
    assert closed.path == str(switch.recordings / "day" / "talk-1.wav") == started.path
    left, right = _channels(closed.path)
    assert len(left) / 8000 == pytest.approx(closed.seconds) == pytest.approx(2.0, abs=0.3)
    assert _level(left, 1000) == pytest.approx(LEVEL, rel=0.05)
    assert _level(right, 450) == pytest.approx(LEVEL, rel=0.05)
    assert _level(left, 450) < 100
    assert _level(right, 1000) < 100
    assert not list(switch.recordings.rglob("*.part"))


async def test_a_paused_recording_holds_silence_of_equal_length(desk, switch, phone):
    """S-08 partly: the permission and the expiry are the core's."""
    _caller, _call, _agent, _, leg = await talk(desk, switch, phone)
    desk.ask(wire.Record("talk-2", "agent-1", leg))
    started = await desk.hears(wire.RecordingStarted)
    await _until(started.at + 0.5)
    desk.ask(wire.PauseRecording("talk-2", paused=True))
    await _until(started.at + 1.0)
    desk.ask(wire.PauseRecording("talk-2", paused=False))
    await _until(started.at + 1.5)
    desk.ask(wire.StopRecording("talk-2"))
    closed = await desk.hears(wire.RecordingClosed)
    left, _right = _channels(closed.path)
    assert closed.seconds == pytest.approx(2.0, abs=0.3)
    loud = np.abs(left[: len(left) // 160 * 160].reshape(-1, 160)).max(axis=1) > 1000
    assert 0.4 < (~loud).sum() * 0.02 < 0.7
    assert loud[5]
    assert loud[-2]


async def test_a_snapshot_shows_legs_and_recordings(desk, switch, phone):
    _caller, _call, _agent, _, leg = await talk(desk, switch, phone)
    desk.ask(wire.Record("talk-3", "agent-1", leg))
    await desk.hears(wire.RecordingStarted)
    snapshot = await desk.snapshot()
    legs = {one.leg: one for one in snapshot.legs}
    assert set(legs) == {leg, "agent-1"}
    assert all(one.state is LegState.UP for one in legs.values())
    assert legs[leg].peer == "agent-1"
    assert legs["agent-1"].contact == "k1"
    assert snapshot.recordings == ("talk-3",)


async def _until(at: float) -> None:
    """Let the conversation go on until a moment: what is measured is the audio up to then."""
    import asyncio
    import time

    await asyncio.sleep(max(0.0, at - time.monotonic()))


def _channels(path: str):
    with wave.open(path) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _level(samples, hz: float) -> float:
    """The level of a tone in the middle of the samples."""
    middle = samples[len(samples) // 4 : len(samples) * 3 // 4].astype(float)
    return float(abs(middle @ np.exp(-2j * np.pi * hz * np.arange(len(middle)) / 8000)) * 2 / len(middle))


async def test_who_is_cut_off_for_an_emergency_call_hears_a_tone_for_two_seconds_and_only_then_is_it_placed(
    desk, switch, phone
):
    """§3.10, R-44: both who talk are told, over their conversation."""
    caller, call, agent, agent_call, leg = await talk(desk, switch, phone)
    centre = await phone(user="119", answer="ring")
    asked = (await desk.snapshot()).at
    desk.ask(wire.Hangup(leg, 503, tone="makes_room"), replace(dial("e", to(centre)), after=leg))
    over = await desk.hears(wire.Ended, leg=leg)
    assert 1.9 < over.at - asked < 2.6
    assert (await centre.wait("invited"))["at"] >= over.at - 0.01
    await desk.hears(wire.Alerted, leg="e")
    assert desk.of(wire.Ended, leg="agent-1"), "nobody is left there"
    for heard in (await caller.hear(call, [850, 1000], asked), await agent.hear(agent_call, [850, 450], asked)):
        tone = heard["tones"]["850"]
        assert 1.5 < tone["last_at"] - tone["first_at"] < 2.1
        assert is_unbroken(heard), heard


async def test_a_call_that_nobody_answered_yet_makes_room_at_once(desk, switch, phone):
    """§3.10: there is nobody to hear a tone."""
    ringing, centre = await phone(user="101", answer="ring"), await phone(user="119", answer="auto")
    desk.ask(dial("a", to(ringing)))
    alerted = await desk.hears(wire.Alerted, leg="a")
    desk.ask(wire.Hangup("a", 503, tone="makes_room"), replace(dial("e", to(centre)), after="a"))
    assert (await desk.hears(wire.Answered, leg="e")).at - alerted.at < 1.0


async def test_a_call_that_waits_for_room_can_be_given_up(desk, switch, phone):
    """§3.10: the phone in danger hung up; nobody is called then."""
    _, _, _, _, leg = await talk(desk, switch, phone)
    centre = await phone(user="119")
    desk.ask(wire.Hangup(leg, 503, tone="makes_room"), replace(dial("e", to(centre)), after=leg), wire.Hangup("e"))
    await desk.hears(wire.Ended, leg="e")
    await desk.hears(wire.Ended, leg=leg)
    await desk.snapshot()
    assert not [event for event in centre.events if event["event"] == "invited"]


async def test_t_beep_is_heard_by_both_and_in_the_recording_over_a_conversation_without_a_gap(desk, switch, phone):
    """T-beep, §3.11: who is recorded with a beep hears it, and the recording tells that they did; a pause does not."""
    caller, call, agent, agent_call, leg = await talk(desk, switch, phone)
    desk.ask(wire.Record("beeping", "agent-1", leg, beep_s=0.8))
    started = await desk.hears(wire.RecordingStarted)
    await _until(started.at + 2.1)
    for heard, theirs in (
        (await caller.hear(call, [1400, 1000], started.at), "1000"),
        (await agent.hear(agent_call, [1400, 450], started.at), "450"),
    ):
        assert 16 <= heard["tones"]["1400"]["frames"] <= 36, "two beeps of 0.2 s, or three"
        assert heard["tones"][theirs]["frames"] > 90, "and the other side all the while"
        assert is_unbroken(heard), heard
    desk.ask(wire.PauseRecording("beeping", paused=True))
    paused = (await desk.snapshot()).at
    await _until(paused + 1.0)
    assert (await caller.hear(call, [1400], paused + 0.1))["tones"]["1400"]["frames"] == 0
    desk.ask(wire.StopRecording("beeping"))
    closed = await desk.hears(wire.RecordingClosed)
    with wave.open(closed.path) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(float)
    for channel in samples[: 8000 * 2].T:
        frames = channel[: len(channel) // 160 * 160].reshape(-1, 160)
        beeping = np.abs(frames @ np.exp(-2j * np.pi * 1400 * np.arange(160) / 8000)) * 2 / 160 > 2000
        assert 16 <= beeping.sum() <= 26
        missing = int((np.abs(frames[5:]).max(axis=1) <= 500).sum())
        assert missing <= MACHINE.excused_frames(), "no frame of the conversation is missing"
