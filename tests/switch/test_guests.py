"""Guests in a conversation, proven by tones at every ear: listening, whispering, barging in, taking over (F-37)."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import pytest

from appliance import wire
from appliance.selftest.sip_phone import SipPhone
from appliance.wire import EndCause, Joining
from tests.support.fake_desk import FakeDesk, dial
from tests.support.machine import MACHINE
from tests.switch.conftest import MakePhone, call_in, to
from tests.switch.test_conversation import _channels, _level, talk

CALLER, AGENT, COACH = 450, 1000, 700
HEARD, UNHEARD = 5000, 300
LISTENED_TO = 5  # times at most


@dataclass
class Ear:
    """One phone and its call."""

    phone: SipPhone
    call: int

    async def hears(self, since: float) -> set[int]:
        """Which of the three tones come through since then."""
        heard: Any = await self.phone.hear(self.call, [CALLER, AGENT, COACH], since)
        levels = {tone: heard["tones"][str(tone)]["level"] for tone in (CALLER, AGENT, COACH)}
        assert all(level > HEARD or level < UNHEARD for level in levels.values()), levels
        return {tone for tone, level in levels.items() if level > HEARD}


@dataclass
class Three:
    """A caller, an agent and a coach who has joined them."""

    desk: FakeDesk
    caller: Ear
    agent: Ear
    coach: Ear
    leg: str

    async def ears(self) -> tuple[set[int], set[int], set[int]]:
        """What caller, agent and coach hear from now on; a while in which the machine stood still is no witness."""
        await self.desk.snapshot()
        for _ in range(LISTENED_TO):
            MACHINE.test_begins()
            since = time.monotonic() + 0.15
            await asyncio.sleep(0.85)  # what is measured is the audio up to then
            if not MACHINE.excused_frames():
                break
        return await self.caller.hears(since), await self.agent.hears(since), await self.coach.hears(since)

    async def joins(self, mode: Joining) -> None:
        since = len(self.desk.told)
        self.desk.ask(wire.Join("coach-1", "agent-1", mode))
        await self.desk.hears(wire.Joined, since=since, leg="coach-1", mode=mode)


@pytest.fixture
async def three(desk: FakeDesk, switch: Any, phone: MakePhone) -> Three:
    caller, call, agent, agent_call, leg = await talk(desk, switch, phone)
    coach = await phone(user="109", answer="auto", tone=COACH)
    desk.ask(dial("coach-1", to(coach)))
    await desk.hears(wire.Answered, leg="coach-1")
    invited = await coach.wait("invited")
    for one, its in ((caller, call), (agent, agent_call), (coach, invited["call"])):
        await one.wait("media", call=its)  # an answer is told before the phone that gave it has opened its ears
    return Three(desk, Ear(caller, call), Ear(agent, agent_call), Ear(coach, invited["call"]), leg)


async def test_f37_who_listens_hears_both_and_is_heard_by_nobody(three: Three) -> None:
    await three.joins(Joining.LISTEN)
    assert await three.ears() == ({AGENT}, {CALLER}, {CALLER, AGENT})


async def test_f37_who_whispers_is_heard_by_the_agent_alone(three: Three) -> None:
    await three.joins(Joining.WHISPER)
    assert await three.ears() == ({AGENT}, {CALLER, COACH}, {CALLER, AGENT})


async def test_f37_who_barges_in_is_heard_by_both_and_the_mode_can_change_back(three: Three) -> None:
    await three.joins(Joining.BARGE)
    assert await three.ears() == ({AGENT, COACH}, {CALLER, COACH}, {CALLER, AGENT})
    await three.joins(Joining.LISTEN)
    assert await three.ears() == ({AGENT}, {CALLER}, {CALLER, AGENT})


async def test_f37_who_leaves_hears_nothing_and_the_two_talk_on(three: Three) -> None:
    await three.joins(Joining.BARGE)
    three.desk.ask(wire.Leave("coach-1"))
    assert await three.ears() == ({AGENT}, {CALLER}, set())


async def test_f37_who_takes_over_talks_with_the_caller_and_the_agents_leg_can_be_hung_up(three: Three) -> None:
    await three.joins(Joining.WHISPER)
    since = len(three.desk.told)
    three.desk.ask(wire.Bridge("coach-1", three.leg), wire.Hangup("agent-1"))
    await three.desk.hears(wire.Ended, leg="agent-1", since=since)
    start = time.monotonic() + 0.15
    await asyncio.sleep(0.85)  # what is measured is the audio up to then
    assert await three.caller.hears(start) == {COACH}
    assert await three.coach.hears(start) == {CALLER}
    assert three.desk.of(wire.Ended, leg=three.leg) == []


async def test_r36_the_agent_hangs_up_and_the_caller_hears_music_and_never_the_guest(three: Three) -> None:
    await three.joins(Joining.BARGE)
    three.agent.phone.order("hangup", call=three.agent.call)
    await three.desk.hears(wire.Ended, leg="agent-1")
    start = time.monotonic() + 0.15
    await asyncio.sleep(0.85)  # what is measured is the audio up to then
    heard: Any = await three.caller.phone.hear(three.caller.call, [COACH], start)
    assert heard["level"] > 1000  # music
    assert heard["tones"][str(COACH)]["level"] < 1500
    assert await three.coach.hears(start) == set()
    assert three.desk.of(wire.Ended, leg=three.leg) == three.desk.of(wire.Ended, leg="coach-1") == []


async def test_r36_the_caller_hangs_up_and_agent_and_guest_are_hung_up(three: Three) -> None:
    await three.joins(Joining.WHISPER)
    three.caller.phone.order("hangup", call=three.caller.call)
    assert (await three.desk.hears(wire.Ended, leg="agent-1")).cause is EndCause.US
    assert (await three.desk.hears(wire.Ended, leg="coach-1")).cause is EndCause.US


async def test_the_guest_hangs_up_and_nobody_notices(three: Three) -> None:
    await three.joins(Joining.BARGE)
    three.coach.phone.order("hangup", call=three.coach.call)
    await three.desk.hears(wire.Ended, leg="coach-1")
    start = time.monotonic() + 0.15
    await asyncio.sleep(0.85)  # what is measured is the audio up to then
    assert (await three.caller.hears(start), await three.agent.hears(start)) == ({AGENT}, {CALLER})


async def test_a_guest_is_recorded_only_while_barging_and_on_the_agents_side(three: Three) -> None:
    """§3.14: the coach is never recorded on the customer's channel."""
    await three.joins(Joining.WHISPER)
    for name, mode in (("whispered", Joining.WHISPER), ("barged", Joining.BARGE)):
        await three.joins(mode)
        three.desk.ask(wire.Record(name, "agent-1", three.leg))
        started = await three.desk.hears(wire.RecordingStarted, recording=name)
        await asyncio.sleep(max(0.0, started.at + 1.0 - time.monotonic()))
        three.desk.ask(wire.StopRecording(name))
        left, right = _channels((await three.desk.hears(wire.RecordingClosed, recording=name)).path)
        assert (_level(left, COACH) > HEARD) is (mode is Joining.BARGE)
        assert _level(right, COACH) < UNHEARD
        assert _level(left, AGENT) > HEARD


async def test_a_snapshot_says_whose_guest_a_leg_is(three: Three) -> None:
    await three.joins(Joining.LISTEN)
    assert {one.leg: one.host for one in (await three.desk.snapshot()).legs} == {
        three.leg: "", "agent-1": "", "coach-1": "agent-1"
    }  # fmt: skip


async def test_one_of_the_two_cannot_be_the_others_guest(three: Three) -> None:
    three.desk.ask(wire.Join(three.leg, "agent-1", Joining.BARGE))
    assert "one of the two" in (await three.desk.hears(wire.Refused, command="Join")).why
    assert len([one for one in (await three.desk.snapshot()).legs if one.peer]) == 2


async def test_what_is_told_to_one_leg_is_heard_by_it_alone_over_the_voice(desk, switch, phone) -> None:
    caller, call, agent, agent_call, _leg = await talk(desk, switch, phone)
    desk.ask(wire.Tell("agent-1", ("please_wait",)))
    await desk.snapshot()
    start = time.monotonic() + 0.2
    await asyncio.sleep(1.2)  # what is measured is the audio up to then
    at_agent, at_caller = await agent.hear(agent_call, [CALLER], start), await caller.hear(call, [AGENT], start)
    assert at_agent["tones"][str(CALLER)]["level"] > HEARD
    assert at_agent["level"] > 1.02 * at_caller["level"]  # the voice of the prompt on top of the tone
    assert at_caller["tones"][str(AGENT)]["level"] == pytest.approx(13_000, rel=0.05)


async def test_a_caller_can_be_let_in_as_a_guest(desk, switch, phone) -> None:
    _caller, _call, _agent, _agent_call, _leg = await talk(desk, switch, phone)
    coach = await phone(user="109")
    since = len(desk.told)
    await call_in(coach, switch, tone=COACH)
    incoming = await desk.hears(wire.Incoming, since=since)
    desk.ask(wire.Join(incoming.leg, "agent-1", Joining.LISTEN))
    await desk.hears(wire.Joined, leg=incoming.leg)
