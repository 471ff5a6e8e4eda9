"""A real phone asks whom the box took off duty, and its keys answer (T-nag, S-06)."""

import pytest

from appliance.selftest.whole_box import Wish
from tests.support.baresip import until
from tests.system.conftest import Office
from tests.system.test_feature_codes import speech_s

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


@pytest.mark.wish(Wish(agents=1, lines=0, office="ask_by_phone_s = 1.0"))
async def test_t_nag_a_phone_that_declined_rings_asks_and_puts_its_agent_on_duty_by_a_1(office: Office) -> None:
    """T-nag, S-06: the question is heard, the lamp follows, and whoever waits rings once the receiver is down."""
    await office.on_duty("a1")
    phone = office.phones["a1"]
    await office.sip_caller()
    await phone.wait_for("CALL_INCOMING")
    await phone.decline()
    await office.page.status("a1", "off_prompt")
    await phone.wait_for("CALL_INCOMING")
    before = len(phone.heard())
    await phone.answer()
    await until(lambda: speech_s(phone.heard()[before:]) > 2.0, "the question heard")
    await phone.press("1")
    await phone.wait_for("CALL_CLOSED")
    await office.page.status("a1", "ringing")  # the caller has waited
    await phone.wait_for("CALL_INCOMING")
