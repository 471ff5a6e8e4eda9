"""Emergency calls on the whole box: they find a line when there is none, and the centre finds its way back (§3.10)."""

import asyncio

import pytest

from appliance.selftest.sound import Samples, frame_levels
from appliance.selftest.whole_box import Wish
from hw.sim.client import RemoteCaller
from hw.sim.dialled import Fate
from hw.sim.party import CallerState
from hw.sim.verbs import SoundSpec
from tests.support.baresip import Baresip
from tests.system.conftest import AGENT_HZ, LINE_HZ, Office, heard_for, line_is

pytestmark = [pytest.mark.system, pytest.mark.timeout(180), pytest.mark.own_box]  # the alarm stays

TONE_HZ = 850.0
VOICE = SoundSpec("tone", (LINE_HZ,), level=-9.0)
BY_LINE = '[outbound]\nemergency_by = ["line-1"]\n'
BY_LINES = '[outbound]\nemergency_by = ["line-1", "line-2"]\n'


async def rings(office: Office, line: int, number: str) -> RemoteCaller:
    return await asyncio.to_thread(office.cards[line].ring, number, None, VOICE)


def tone_s(samples: Samples) -> float:
    """For how long the tone was there that says why the call ends, in tenths of a second.

    Not in frames of 20 ms: one in which another tone's clock slips, so that its phase jumps, has up to a fifth of that
    tone at every other frequency. Measured: 1,900 of a phone's 16,500, and at times above 2,000; in a tenth 433.
    """
    return float((frame_levels(samples, TONE_HZ, 800) > 2000).sum()) * 0.1


async def conversation(office: Office) -> tuple[RemoteCaller, Baresip, Baresip]:
    """A caller on line-1 talks with a1; the third has a phone where somebody gets hurt."""
    await office.on_duty("a1")
    (hurt,), agent = await office.plug_in(2), office.phones["a1"]
    await office.in_service()
    caller = await rings(office, 0, "0311111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(agent.heard, LINE_HZ, 1.0)
    return caller, agent, hurt


async def centre_has(office: Office, line: int) -> None:
    await asyncio.to_thread(office.cards[line].has, "119", Fate.ANSWERS, VOICE, 1.0, True)


@pytest.mark.wish(Wish(agents=2, lines=2, more=BY_LINES))
async def test_r44_with_every_line_in_use_the_caller_who_waits_makes_room_and_who_talks_is_left(office: Office) -> None:
    """R-44, I-18: after 2 s of a tone; the centre is dialled on that line and both hear each other."""
    talking, agent, hurt = await conversation(office)
    waiting = await rings(office, 1, "0322222222")
    await line_is(waiting, CallerState.CONNECTED)
    await centre_has(office, 1)
    await hurt.dial("119")
    centre = await asyncio.to_thread(office.cards[1].called, 1, 30.0)
    assert office.cards[1].dialled() == ["119"]
    await hurt.wait_for("CALL_ESTABLISHED")
    await heard_for(hurt.heard, LINE_HZ, 1.0)
    await heard_for(lambda: centre.heard().samples, AGENT_HZ[1], 1.0)
    assert 1.5 < tone_s(waiting.heard().samples) < 2.2
    assert (tone_s(agent.heard()), tone_s(talking.heard().samples)) == (0, 0)
    assert office.page.now.status("a1") == "on_call"
    await hurt.hang_up()
    await agent.hang_up()


@pytest.mark.wish(Wish(agents=2, lines=1, more=BY_LINE))
async def test_r44_a_conversation_makes_room_when_nothing_less_important_does_and_both_hear_why(office: Office) -> None:
    """R-44: the only line."""
    talking, agent, hurt = await conversation(office)
    await centre_has(office, 0)
    await hurt.dial("119")
    await agent.wait_for("CALL_CLOSED")
    await asyncio.to_thread(office.cards[0].called, 1, 30.0)
    await heard_for(hurt.heard, LINE_HZ, 1.0)
    assert 1.5 < tone_s(talking.heard().samples) < 2.2
    assert 1.5 < tone_s(agent.heard()) < 2.2
    await hurt.hang_up()


@pytest.mark.wish(Wish(agents=2, lines=1, more=BY_LINE))
async def test_r45_the_centre_that_calls_back_rings_every_phone_though_it_is_closed_and_nobody_is_on_duty(
    office: Office,
) -> None:
    """R-45, D-12: the phone that called it as well as the others; the first to answer talks, the others are left."""
    hurt, other = await office.plug_in(2, 1)
    await office.in_service()
    await centre_has(office, 0)
    await hurt.dial("119")
    centre = await asyncio.to_thread(office.cards[0].called, 1, 30.0)
    await hurt.wait_for("CALL_ESTABLISHED")
    await hurt.hang_up()
    await asyncio.to_thread(centre.wait_for, CallerState.RELEASED, 10.0)
    await office.in_service()
    await office.page.hold_hours("closed")
    back = await rings(office, 0, "119")
    await hurt.wait_for("CALL_INCOMING")
    await other.wait_for("CALL_INCOMING")
    await hurt.answer()
    await other.wait_for("CALL_CLOSED")
    await line_is(back, CallerState.CONNECTED)
    await heard_for(lambda: back.heard().samples, AGENT_HZ[1], 1.0)
    await heard_for(hurt.heard, LINE_HZ, 1.0)
    await hurt.hang_up()
