"""Calls between two phones of the house, passed on by real phones: blind, and after asking first (S-16, S-18)."""

import pytest

from appliance.selftest.whole_box import QUEUE, Wish, phone_of
from tests.support.baresip import Baresip
from tests.system.conftest import AGENT_HZ, Office, heard_for

pytestmark = [pytest.mark.system, pytest.mark.timeout(120), pytest.mark.wish(Wish(agents=3, lines=0))]


async def talking(one: Baresip, two: Baresip) -> None:
    """The first calls the second, and they hear each other."""
    await one.dial(phone_of(int(two.number) - 300))
    await two.wait_for("CALL_INCOMING")
    await two.answer()
    for ear, number in ((one, two.number), (two, one.number)):
        await heard_for(ear.heard, AGENT_HZ[int(number) - 301], 1.0)


@pytest.mark.parametrize("leaver", ["caller", "callee"])
async def test_s18_whoever_of_two_phones_passes_the_other_one_on_a_third_phone_hears_them(
    office: Office, leaver: str
) -> None:
    """S-16, S-18, R-16: REFER of a third-party phone, whose call is over at once."""
    one, two, three = await office.plug_in(1, 2, 3)
    await talking(one, two)
    leaves, stays = (one, two) if leaver == "caller" else (two, one)
    await leaves.transfer(phone_of(3))
    await leaves.wait_for("CALL_CLOSED")
    await three.wait_for("CALL_INCOMING")
    await three.answer()
    await heard_for(three.heard, AGENT_HZ[int(stays.number) - 301], 1.5)
    await heard_for(stays.heard, AGENT_HZ[2], 1.5)
    await stays.hang_up()
    await three.wait_for("CALL_CLOSED")


async def test_s16_a_phone_is_passed_on_to_the_queue_and_talks_with_its_agent(office: Office) -> None:
    await office.on_duty("a3")
    one, two = await office.plug_in(1, 2)
    await talking(one, two)
    await one.transfer(QUEUE)
    await one.wait_for("CALL_CLOSED")
    three = office.phones["a3"]
    await three.wait_for("CALL_INCOMING")
    await three.answer()
    await heard_for(three.heard, AGENT_HZ[1], 1.5)
    await heard_for(two.heard, AGENT_HZ[2], 1.5)


@pytest.mark.own_box  # its phone goes without a word, and stays registered
async def test_s18_a_phone_that_asked_a_third_one_joins_the_two(office: Office) -> None:
    """S-18, R-16: REFER with Replaces, answered with 200, and both of the phone's calls are over."""
    async with office.obedient_phone(1, answer="auto", tone=1000) as one:
        two, three = await office.plug_in(2, 3)
        await office.page.until(lambda now: now.status("a1") == "off", "a1's phone found")
        await two.dial(phone_of(1))
        first = (await one.wait("invited"))["call"]
        await one.wait("state", call=first, state="confirmed")
        await heard_for(two.heard, 1000, 1.0)
        one.order("hold", call=first)
        await one.wait("media", call=first, held=True)
        second = await one.dial(f"sip:{phone_of(3)}@deskbell.local")
        await three.wait_for("CALL_INCOMING")
        await three.answer()
        await heard_for(three.heard, 1000, 1.0)
        one.order("refer", call=first, replaces=second)
        assert (await one.wait("referred", call=first, final=True))["code"] == 200
        await heard_for(three.heard, AGENT_HZ[1], 1.5)
        await heard_for(two.heard, AGENT_HZ[2], 1.5)
        for call in (first, second):
            await one.wait("state", call=call, state="disconnected")
