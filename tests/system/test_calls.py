"""The box's main job, with real third-party phones: whoever calls is heard, recorded and given to the right agent."""

import asyncio

import pytest

from appliance.selftest.sound import listen
from appliance.selftest.whole_box import Wish
from hw.sim.party import CallerState, HangUp
from tests.system.conftest import AGENT_HZ, LINE_HZ, SIP_HZ, Office, heard_for, is_heard, is_not_heard, line_is

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


async def test_a_sip_caller_talks_to_the_agent_and_both_are_heard_and_recorded(office: Office) -> None:
    await office.on_duty("a1")
    caller = await office.sip_caller()
    agent = office.phones["a1"]
    await agent.wait_for("CALL_INCOMING")
    await office.page.until(lambda now: now.lamp(1) == "ringing", "the lamp at the seat is blue")
    await agent.answer()
    await office.page.status("a1", "on_call")
    await heard_for(caller.ear.heard, AGENT_HZ[0], 2.0)
    await agent.hang_up()
    await caller.finished()
    await office.page.status("a1", "available")
    is_heard(caller.ear.heard(), AGENT_HZ[0])
    is_heard(agent.heard(), SIP_HZ)
    [(left, right)] = await office.recordings()
    is_heard(left, AGENT_HZ[0])
    is_heard(right, SIP_HZ)
    is_not_heard(left, SIP_HZ)
    is_not_heard(right, AGENT_HZ[0])


async def test_a_caller_on_the_analogue_line_talks_to_the_agent_and_the_line_is_free_again(office: Office) -> None:
    """U-15, S-M5: off-hook exactly while answered."""
    await office.on_duty("a1")
    caller = await office.line_caller()
    agent = office.phones["a1"]
    await agent.wait_for("CALL_INCOMING")
    shown = await office.page.until(lambda now: now.office["calls"], "the call is on the page")
    assert shown.office["calls"][0]["number"] == "0698765432"
    assert not office.cards[0].stats.is_off_hook, "the line is answered only when the agent answers (U-15)"
    await agent.answer()
    await line_is(caller, CallerState.CONNECTED)
    await heard_for(agent.heard, LINE_HZ, 1.0)
    assert await asyncio.to_thread(caller.wait_heard, 3.0, 10.0)
    await agent.hang_up()
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
    is_heard(caller.heard().samples, AGENT_HZ[0])
    is_heard(agent.heard(), LINE_HZ)
    [(left, right)] = await office.recordings()
    is_heard(left, AGENT_HZ[0])
    is_heard(right, LINE_HZ)


@pytest.mark.parametrize("mode", [HangUp.LOOP_DROP, HangUp.BUSY_TONE])
async def test_a_line_caller_who_hangs_up_ends_the_call_for_the_agent(office: Office, mode: HangUp) -> None:
    await office.on_duty("a1")
    caller = await office.line_caller()
    agent = office.phones["a1"]
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(agent.heard, LINE_HZ, 1.0)
    await asyncio.to_thread(caller.hang_up, mode)
    await agent.wait_for("CALL_CLOSED")
    await office.page.status("a1", "available")
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)


async def test_who_calls_while_the_agent_is_busy_hears_music_and_is_next(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    first = await office.sip_caller("0311111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await office.page.status("a1", "on_call")
    second = await office.sip_caller("0322222222")
    await office.page.until(lambda now: now.waiting == ["0322222222"], "the second caller waits")
    async with asyncio.timeout(10):
        while len(second.ear.packets) < 100:
            await asyncio.sleep(0.05)  # two seconds of music
    assert abs(second.ear.heard()).max() > 1000, "the hold music is to be heard"
    await agent.hang_up()
    await first.finished()
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(second.ear.heard, AGENT_HZ[0], 1.0)
    await agent.hang_up()
    await second.finished()
    is_heard(second.ear.heard(), AGENT_HZ[0])
    assert len(await office.recordings(2)) == 2


async def test_a_decline_takes_the_agent_off_duty_and_the_button_brings_them_back(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    caller = await office.sip_caller()
    await agent.wait_for("CALL_INCOMING")
    await agent.decline()
    moment = await office.page.status("a1", "off_prompt")
    assert moment.lamp(1) == "off_prompt"
    await office.press_on_duty("a1")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(caller.ear.heard, AGENT_HZ[0], 1.0)
    await agent.hang_up()
    await caller.finished()


@pytest.mark.wish(Wish(ring_s=2.0))
async def test_a_call_nobody_picks_up_goes_to_the_next_agent(office: Office) -> None:
    await office.on_duty("a1", "a2")
    caller = await office.sip_caller()
    await office.phones["a1"].wait_for("CALL_INCOMING")
    await office.phones["a2"].wait_for("CALL_INCOMING")
    await office.page.status("a1", "off_prompt")
    await office.phones["a2"].answer()
    await heard_for(caller.ear.heard, AGENT_HZ[1], 1.0)
    is_heard(caller.ear.heard(), AGENT_HZ[1])
    await office.phones["a2"].hang_up()
    await caller.finished()


async def test_a_caller_who_gives_up_stops_the_ringing_and_costs_the_agent_nothing(office: Office) -> None:
    await office.on_duty("a1")
    caller = await office.sip_caller(scenario="caller gives up", talk_ms=700)
    await office.phones["a1"].wait_for("CALL_INCOMING")
    await office.phones["a1"].wait_for("CALL_CLOSED")
    await caller.finished()
    await office.page.status("a1", "available")
    assert (await office.last_call())["outcome"] == "abandoned"


@pytest.mark.wish(Wish(wrap_up_s=60.0))
async def test_wrap_up_keeps_the_phone_quiet_until_the_button_ends_it(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    first = await office.sip_caller("0311111111", scenario="caller hangs up", talk_ms=800)
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await first.finished()
    moment = await office.page.status("a1", "wrap_up")
    assert moment.lamp(1) == "wrap_up"
    second = await office.sip_caller("0322222222")
    await office.page.until(lambda now: now.waiting == ["0322222222"], "the second caller waits")
    assert agent.saw("CALL_INCOMING") == 1
    await office.press_out_of("a1", "wrap_up")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(second.ear.heard, AGENT_HZ[0], 1.0)
    await agent.hang_up()
    await second.finished()


async def test_two_callers_are_served_in_the_order_of_their_arrival(office: Office) -> None:
    first = await office.line_caller("0611111111")
    await office.page.until(lambda now: now.waiting == ["0611111111"], "the line caller waits")
    second = await office.sip_caller("0322222222")
    await office.page.until(lambda now: now.waiting == ["0611111111", "0322222222"], "both wait in order")
    await office.on_duty("a1")
    agent = office.phones["a1"]
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(agent.heard, LINE_HZ, 1.0)
    await agent.hang_up()
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(second.ear.heard, AGENT_HZ[0], 1.0)
    await agent.hang_up()
    await second.finished()
    assert listen(first.heard().samples, AGENT_HZ[0]).length_s > 0.5
