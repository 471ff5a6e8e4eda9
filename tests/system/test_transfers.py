"""Callers passed on through the whole box, with phones that send REFER: tones prove who hears whom (S-16 to S-19)."""

import pytest

from appliance.selftest.whole_box import Wish, phone_of
from tests.system.conftest import AGENT_HZ, SIP_HZ, Office, heard_for, is_heard

pytestmark = [pytest.mark.system, pytest.mark.timeout(120), pytest.mark.wish(Wish(agents=3, lines=0))]


async def talking(office: Office) -> None:
    """A caller on the trunk talks with a1; a2 is off duty, at a phone that is there."""
    await office.on_duty("a1", "a2")
    await office.page.order("a2", "go-off-duty")
    await office.page.status("a2", "off")
    await office.sip_caller(talk_ms=60_000)
    await office.phones["a1"].wait_for("CALL_INCOMING")
    await office.phones["a1"].answer()
    await office.page.status("a1", "on_call")
    await heard_for(office.phones["a1"].heard, SIP_HZ, 1.0)


async def test_s18_a_phone_passes_the_caller_on_and_the_second_agent_hears_them(office: Office) -> None:
    """S-18, R-16, C-12: REFER, a third-party phone; each agent's part is a recording of its own."""
    await talking(office)
    one, two = office.phones["a1"], office.phones["a2"]
    await one.transfer(phone_of(2))
    await two.wait_for("CALL_INCOMING")
    await office.page.status("a1", "available")
    await two.answer()
    await office.page.status("a2", "off_on_call")
    await heard_for(two.heard, SIP_HZ, 1.5)
    await two.hang_up()
    await office.page.status("a2", "off")
    recordings = await office.recordings(2)
    for (agent, caller), hz in zip(recordings, AGENT_HZ, strict=False):
        is_heard(agent, hz)
        is_heard(caller, SIP_HZ)


async def test_s19_a_target_who_declines_sends_the_caller_back_to_the_queue(office: Office) -> None:
    """S-19, D-17: the target's duty is as it was, the first agent gets the caller again."""
    await talking(office)
    one, two = office.phones["a1"], office.phones["a2"]
    await one.transfer(phone_of(2))
    await two.wait_for("CALL_INCOMING")
    await two.decline()
    await office.page.status("a2", "off")
    await one.wait_for("CALL_INCOMING")
    await one.answer()
    await heard_for(one.heard, SIP_HZ, 2.0)


async def test_t_held_is_shown_while_the_phone_holds_the_caller(office: Office) -> None:
    await talking(office)
    await office.phones["a1"].hold()
    await office.page.until(lambda now: now.agent("a1")["held_since"] > 0, "the page shows the hold")
    await office.phones["a1"].resume()
    await office.page.until(lambda now: now.agent("a1")["held_since"] == 0, "the hold is over")


@pytest.mark.own_box  # its phone goes without a word, and stays registered
async def test_s18_a_phone_that_asked_first_joins_the_two(office: Office) -> None:
    """S-18, R-16: REFER with Replaces; while they talk with each other the caller hears music."""
    async with office.obedient_phone(1, answer="auto", tone=1000) as one:
        await office.on_duty("a2")
        await office.page.order("a2", "go-off-duty")
        await office.press_on_duty("a1")
        await office.page.status("a1", "available")
        await office.sip_caller(talk_ms=60_000)
        first = (await one.wait("invited"))["call"]
        await one.wait("state", call=first, state="confirmed")
        await office.page.status("a1", "on_call")
        one.order("hold", call=first)
        await one.wait("media", call=first, held=True)
        second = await one.dial(f"sip:{phone_of(2)}@deskbell.local")
        two = office.phones["a2"]
        await two.wait_for("CALL_INCOMING")
        await two.answer()
        await heard_for(two.heard, 1000, 1.0)
        one.order("refer", call=first, replaces=second)
        assert (await one.wait("referred", call=first, final=True))["code"] == 200
        await heard_for(two.heard, SIP_HZ, 1.5)
        await one.wait("state", call=first, state="disconnected")
        await one.wait("state", call=second, state="disconnected")
        await office.page.status("a1", "available")
