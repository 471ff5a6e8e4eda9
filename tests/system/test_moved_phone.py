"""A phone that loses its power or comes back at another port, on the whole box with real phones (R-32)."""

import pytest

from appliance.selftest.whole_box import Wish, phone_of, secret_of
from tests.support.baresip import Baresip
from tests.system.conftest import AGENT_HZ, SIP_HZ, Office, heard_for

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


async def plugged_in_again(office: Office, folder: str) -> Baresip:
    """The same phone after a restart: it listens at another port and says so to the registrar."""
    phone = phone_of(1)
    again = await Baresip.register(phone, secret_of(phone), office.box.edge, office.folder / folder, AGENT_HZ[0])
    office.phones[folder] = again
    return again


@pytest.mark.own_box  # the place without power stays registered
@pytest.mark.wish(Wish(agents=1, lines=0, ring_s=20.0))
async def test_r32_a_phone_that_loses_power_while_it_rings_rings_again_and_talks(office: Office) -> None:
    """R-32: one offer, answered at the new place; nobody is off duty for it."""
    await office.on_duty("a1")
    caller = await office.sip_caller()
    await office.phones["a1"].wait_for("CALL_INCOMING")
    await office.phones["a1"].unplug()
    phone = await plugged_in_again(office, "again")
    await phone.wait_for("CALL_INCOMING")
    assert len([line for line in office.box.log if "is offered to a1" in line]) == 1
    await phone.answer()
    await office.page.status("a1", "on_call")
    await heard_for(phone.heard, SIP_HZ, 1.0)
    await heard_for(caller.ear.heard, AGENT_HZ[0], 1.0)
    await phone.hang_up()
    await office.page.status("a1", "available")
    await caller.finished()


@pytest.mark.wish(Wish(agents=3, lines=0))
async def test_r32_a_phone_that_was_answered_before_it_registered_elsewhere_rings_no_more(office: Office) -> None:
    """R-32, the other order."""
    await office.on_duty("a1")
    caller = await office.sip_caller()
    first = office.phones["a1"]
    await first.wait_for("CALL_INCOMING")
    await first.answer()
    await office.page.status("a1", "on_call")
    second = await plugged_in_again(office, "second")
    await heard_for(first.heard, SIP_HZ, 3.0)  # longer than the desk looks at registrations
    assert second.saw("CALL_INCOMING") == 0
    await first.hang_up()
    await caller.finished()


@pytest.mark.own_box  # the place without power stays registered
@pytest.mark.wish(Wish(agents=1, lines=0))
async def test_s_m2_a_phone_that_lost_its_power_is_told_as_registered_and_silent_until_it_is_back(
    office: Office,
) -> None:
    await office.on_duty("a1")
    assert office.page.now.office["troubles"] == {}
    await office.phones["a1"].unplug()
    await office.sip_caller()
    told = await office.page.status("a1", "unreachable")
    assert told.office["troubles"] == {"a1": "127.0.0.1"}
    phone = await plugged_in_again(office, "again")
    await phone.wait_for("CALL_INCOMING")
    await office.page.until(lambda now: now.office["troubles"] == {}, "nothing is wrong with a1's phone any more")
