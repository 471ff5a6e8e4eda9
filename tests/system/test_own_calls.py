"""Agents' own calls: what they make while available counts as on a call, off duty they stay off duty (S-11, S-12)."""

import asyncio

import pytest

from appliance.selftest.ports import free_port
from appliance.selftest.sip_phone import PhoneSettings, SipPhone
from appliance.selftest.whole_box import Wish, phone_of
from tests.system.conftest import AGENT_HZ, Office, heard_for, is_heard

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

CARRIER = f"127.0.0.1:{free_port()}"
OUTBOUND = f"""
[[trunks]]
id = "out"
addresses = ["127.0.0.9"]
host = "{CARRIER}"
[outbound]
trunk = "out"
allow = ["03"]
"""


async def test_a_call_between_two_agents_makes_both_busy_and_no_queue_rings_them(office: Office) -> None:
    await office.on_duty("a1", "a2")
    one, two = office.phones["a1"], office.phones["a2"]
    await one.dial(phone_of(2))
    await two.wait_for("CALL_INCOMING")
    await two.answer()
    await office.page.status("a1", "on_call")
    await office.page.status("a2", "on_call")
    caller = await office.sip_caller("0311111111")
    await office.page.until(lambda now: now.waiting == ["0311111111"], "the caller waits, both agents talk")
    await heard_for(one.heard, AGENT_HZ[1], 1.0)
    await heard_for(two.heard, AGENT_HZ[0], 1.0)
    await one.hang_up()
    await one.wait_for("CALL_INCOMING")
    is_heard(two.heard(), AGENT_HZ[0])
    await one.answer()
    await office.page.status("a1", "on_call")
    await one.hang_up()
    await caller.finished()


async def test_who_calls_out_while_off_duty_stays_off_duty(office: Office) -> None:
    await office.on_duty("a1", "a2")
    await office.page.order("a1", "go-off-duty")
    await office.page.status("a1", "off")
    await office.phones["a1"].dial(phone_of(2))
    await office.phones["a2"].wait_for("CALL_INCOMING")
    moment = await office.page.status("a1", "off_on_call")
    assert moment.lamp(1) == "off_on_call"
    await office.phones["a2"].answer()
    await office.page.status("a2", "on_call")
    await office.phones["a1"].hang_up()
    await office.page.status("a1", "off")
    await office.page.status("a2", "available")


@pytest.mark.wish(Wish(lines=0, more=OUTBOUND))
async def test_an_allowed_number_goes_out_by_the_trunk_and_any_other_is_refused(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    carrier = PhoneSettings(CARRIER, user="carrier", realm="127.0.0.1", answer="auto", after=0.2, tone=1700)
    async with SipPhone(carrier) as outside:
        await agent.dial("0312345678")
        invited = await outside.wait("invited")
        assert "0312345678" in invited["invite"].splitlines()[0]
        await office.page.status("a1", "on_call")
        await heard_for(agent.heard, 1700.0, 1.0)
        await agent.hang_up()
        await office.page.status("a1", "available")
        await agent.dial("0112345678")
        await agent.wait_for("CALL_CLOSED")
        await asyncio.wait_for(agent.wait_for("CALL_CLOSED"), 10)
        assert sum(one["event"] == "invited" for one in outside.events) == 1, "01 is not allowed and did not go out"
