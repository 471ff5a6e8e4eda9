"""A line's caller who leaves while waiting and while a phone rings, in each way that exchanges tell it (F22, S-M5)."""

import asyncio

import pytest

from appliance.selftest.whole_box import Wish
from hw.sim.party import CallerState, HangUp
from tests.system.conftest import Office, line_is

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

MODES = (HangUp.LOOP_DROP, HangUp.BUSY_TONE, HangUp.DIAL_TONE)
ANSWERS_AT_ONCE = Wish(agents=1, line="ring_hold_s = 0.0")


@pytest.mark.wish(ANSWERS_AT_ONCE)
async def test_f22_who_leaves_while_waiting_leaves_the_queue_and_the_line(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    first = await office.sip_caller("0311111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    for mode in MODES:
        caller = await office.line_caller()
        await office.page.until(lambda now: now.waiting == ["0698765432"], "the caller on the line waits")
        await line_is(caller, CallerState.CONNECTED)
        assert await asyncio.to_thread(caller.wait_heard, 1.0, 10.0), "music"
        await asyncio.to_thread(caller.hang_up, mode)
        assert await asyncio.to_thread(office.cards[0].wait_hook, False, 6.0), mode
        await office.page.until(lambda now: now.waiting == [], "nobody waits any more")
    assert agent.saw("CALL_CLOSED") == 0, "the conversation goes on"
    await agent.hang_up()
    await first.finished()


@pytest.mark.wish(ANSWERS_AT_ONCE)
async def test_f22_who_leaves_while_a_phone_rings_stops_it_and_frees_the_line(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    for mode in MODES:
        caller = await office.line_caller()
        await agent.wait_for("CALL_INCOMING")
        await line_is(caller, CallerState.CONNECTED)
        assert await asyncio.to_thread(caller.wait_heard, 1.0, 10.0), "music"
        await asyncio.to_thread(caller.hang_up, mode)
        await agent.wait_for("CALL_CLOSED")
        assert await asyncio.to_thread(office.cards[0].wait_hook, False, 6.0), mode
        await office.page.status("a1", "available")
    assert (await office.last_call())["outcome"] == "abandoned"
