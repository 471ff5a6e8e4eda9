"""Callers who are asked whether they may be recorded, through the whole box: there is a recording, or there is none."""

import asyncio

import pytest

from appliance.selftest.sip_phone import PhoneSettings, SipPhone
from appliance.selftest.whole_box import Wish
from tests.system.conftest import AGENT_HZ, Office, heard_for, is_heard
from tests.system.test_exits import CUSTOMER_HZ, NUMBER, calls, customer
from tests.system.test_own_calls import CARRIER, OUTBOUND

ASKED = Wish(agents=1, lines=0, queue='consent = "ask"\ncall_by = ["out"]', more=OUTBOUND)
pytestmark = [pytest.mark.system, pytest.mark.timeout(120), pytest.mark.wish(ASKED)]

KEY = 2400
"""Samples in which the 1 that agreed is over: a phone sends no voice while the finger is down (RFC 4733)."""


async def is_recorded(office: Office, agreed: bool) -> None:
    """The page says so while they talk; afterwards there is one recording with both voices, or none at all."""
    agent = office.phones["a1"]
    if agreed:
        await office.page.until(lambda now: now.agent("a1")["recording"], "the page shows that it is recorded")
    else:
        await office.page.until(lambda now: now.agent("a1")["unrecorded"] == "not_agreed", "the page says why not")
    await heard_for(agent.heard, CUSTOMER_HZ, 1.5)
    if agreed:
        await asyncio.sleep(1.5)  # what is recorded may have begun later than the talk
    await agent.hang_up()
    await office.page.status("a1", "available")
    if agreed:
        [(left, right)] = await office.recordings()
        is_heard(left, AGENT_HZ[0])
        is_heard(right[KEY:], CUSTOMER_HZ)
    listed = await office.last_call()
    assert (len(listed["recordings"]), listed["outcome"]) == (int(agreed), "answered")
    assert len(office.recorded("*.wav*")) == int(agreed), "not a byte of who did not agree"


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("waits", [True, False])
async def test_s07_who_presses_1_is_recorded_and_who_does_not_is_not(office: Office, waits: bool, agreed: bool) -> None:
    """S-07, S-09: asked while they wait, or, when somebody is free at once, as the talk begins."""
    await office.on_duty("a1")
    if waits:
        await office.page.order("a1", "go-off-duty")
        await office.page.status("a1", "off")
    async with customer() as phone:
        dialling = asyncio.create_task(calls(office, phone))
        agent = office.phones["a1"]
        if waits:
            call = await dialling
            await office.page.until(lambda now: now.waiting == [NUMBER], "the caller waits")
            await asyncio.sleep(1.0)  # somebody listens before they press
        else:
            await agent.wait_for("CALL_INCOMING")
            await agent.answer()
            call = await dialling
            await office.page.until(lambda now: now.agent("a1")["unrecorded"] == "not_agreed", "they talk unrecorded")
        if agreed:
            phone.order("keys", call=call, digits="1")
        if waits:
            await office.page.order("a1", "go-on-duty")
            await agent.wait_for("CALL_INCOMING")
            await agent.answer()
        await is_recorded(office, agreed)


@pytest.mark.parametrize("agreed", [True, False])
async def test_s10_whoever_is_called_is_asked_before_the_agent_is_heard(office: Office, agreed: bool) -> None:
    """S-10, S-07: a call out as the queue; who presses nothing talks all the same."""
    await office.on_duty("a1")
    await office.page.call_from("a1", "front")
    carrier = PhoneSettings(CARRIER, user="carrier", realm="127.0.0.1", answer="auto", after=0.2, tone=CUSTOMER_HZ)
    async with SipPhone(carrier) as outside:
        await office.phones["a1"].dial("0312345678")
        call = (await outside.wait("invited"))["call"]
        await outside.wait("state", call=call, state="confirmed")
        if agreed:
            await asyncio.sleep(1.0)  # somebody listens before they press
            outside.order("keys", call=call, digits="1")
        await is_recorded(office, agreed)
