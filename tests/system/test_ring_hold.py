"""A line that may not ring for ever is answered while the agent's phone still rings (T-ringhold, U-15)."""

import asyncio

import pytest

from appliance.selftest.whole_box import Wish
from hw.sim.party import CallerState
from tests.system.conftest import AGENT_HZ, LINE_HZ, Office, heard_for, is_heard, line_is

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


@pytest.mark.wish(Wish(agents=1, line="ring_hold_s = 3.0"))
async def test_t_ringhold_the_line_is_answered_in_time_and_the_agent_who_answers_later_is_heard(office: Office) -> None:
    """T-ringhold, U-15, S-M5: unanswered at first, then music, and the same ring goes on."""
    await office.on_duty("a1")
    caller = await office.line_caller()
    agent = office.phones["a1"]
    await agent.wait_for("CALL_INCOMING")
    assert not office.cards[0].stats.is_off_hook, "while it may ring on, nobody pays"
    await line_is(caller, CallerState.CONNECTED)
    assert agent.saw("CALL_CLOSED") == 0, "the phone rings on"
    assert await asyncio.to_thread(caller.wait_heard, 2.0, 10.0), "music"
    await agent.answer()
    await heard_for(agent.heard, LINE_HZ, 1.5)
    await agent.hang_up()
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
    assert agent.saw("CALL_INCOMING") == 1
    is_heard(agent.heard(), LINE_HZ)
    [(left, right)] = await office.recordings()
    is_heard(left, AGENT_HZ[0])
    is_heard(right, LINE_HZ)
