"""Queues kept off the phone: both conditions to be rung (S-02, D-13), and A-28."""

import pytest

from appliance.acd import events as ev
from appliance.acd.settings import QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk
from tests.acd.test_strategies import desk_with

# -- privacy, ageing, groups


def test_a28_a_private_agent_is_not_rung_for_that_queue_and_not_waited_for() -> None:
    desk = desk_with("fixed-order", "ann", "bob", no_agent_s=20)
    desk.together(ev.PrivacyChanged("ann", "sales", on=True, actor="ann"))
    desk.caller("c1")
    desk.expect("ringback c1", "ring bob for c1")
    desk.together(ev.PrivacyChanged("bob", "sales", on=True, actor="bob"))
    desk.expect("stop bob: private", "hold c1")
    assert desk.agent("bob").is_private_everywhere
    assert (desk.status("bob"), desk.agent("bob").prompt) == (Status.AVAILABLE, "")
    desk.wait(20)
    desk.expect("dismiss c1: no_agent")


def test_a28_privacy_lifted_rings_at_once() -> None:
    desk = desk_with("fixed-order", "ann")
    desk.together(ev.PrivacyChanged("ann", "sales", on=True))
    desk.caller("c1")
    desk.together(ev.PrivacyChanged("ann", "sales", on=False))
    desk.expect("ring ann for c1")
    assert not desk.agent("ann").is_private_everywhere


def test_a28_privacy_of_one_queue_is_none_of_another() -> None:
    queues = [QueueSettings(name, name, "1", ("ann",)) for name in ("sales", "help")]
    desk = Desk("ann", queues=queues)
    desk.ready("ann")
    desk.together(ev.PrivacyChanged("ann", "sales", on=True), ev.PrivacyChanged("ann", "nowhere", on=True))
    assert (desk.agent("ann").private, desk.agent("ann").is_private_everywhere) == (("sales",), False)
    desk.caller("h1", "help")
    desk.expect("ringback h1", "ring ann for h1")
    desk.together(ev.PrivacyChanged("ann", "sales", on=False))
    desk.expect()


@pytest.mark.parametrize("on_duty", [True, False], ids=["available", "off duty"])
@pytest.mark.parametrize("private", [True, False], ids=["private", "open"])
def test_s02_d13_both_conditions_must_hold_to_be_rung(on_duty: bool, private: bool) -> None:
    desk = Desk("ann")
    desk.together(ev.PrivacyChanged("ann", "sales", on=private, actor="ann"))
    if on_duty:
        desk.ready("ann")
    desk.caller("c1")
    if on_duty and not private:
        desk.expect("ringback c1", "ring ann for c1")
    else:
        desk.expect("hold c1")
        desk.wait(20)
        desk.expect("dismiss c1: no_agent")  # available and private everywhere staffs nothing


def test_s02_privacy_outlives_duty_and_duty_outlives_privacy() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(ev.PrivacyChanged("ann", "sales", on=True, actor="ann"))
    desk.off("ann")
    desk.ready("ann")
    assert (desk.agent("ann").private, desk.status("ann")) == (("sales",), Status.AVAILABLE)
