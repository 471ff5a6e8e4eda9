"""Callbacks when something is told that cannot be: an agent held in silence has no phone that rings (§3.8, 5)."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd.events import Event
from tests.acd.desk import arrives
from tests.acd.test_callback import CUSTOMER_FIRST, NUMBER, TERMS, dialling, press
from tests.acd.test_menus import presses, reception


@pytest.mark.parametrize(
    "news",
    [ev.OfferAccepted, ev.OfferRejected, ev.OfferBusy, ev.OfferTimedOut, ev.OfferUnreachable, ev.OfferLegEnded],
    ids=lambda kind: kind.__name__,
)
def test_i16_news_of_a_phone_that_does_not_ring_means_nothing(news: type[Event]) -> None:
    desk = dialling(CUSTOMER_FIRST)
    (held,) = desk.acd.state.contacts["c1"].ringing
    desk.together(news(held))  # type: ignore[call-arg]
    desk.expect()
    desk.together(ev.OfferAccepted(held))  # a phone that was believed busy and then answers
    desk.expect()
    desk.wait(1)
    desk.expect()
    assert desk.acd.state.contacts["c1"].ringing == [held]


def test_i05_a_caller_in_a_menu_who_is_older_than_the_promise_to_the_same_number_keeps_their_own_place() -> None:
    desk = reception(callback=TERMS)
    desk.dials("ann")
    desk.together(replace(arrives("c1", "menu:main"), number=NUMBER))
    desk.wait(5)
    desk.together(replace(arrives("c2", "sales"), number=NUMBER))
    press(desk, "2", "1", contact="c2")
    desk.expect(f"promise c2 {NUMBER} at 1")
    came, seq = desk.acd.state.contacts["c1"].t_enq, desk.acd.state.contacts["c1"].seq
    presses(desk, "1", "c1")
    c1 = desk.acd.state.contacts["c1"]
    assert (c1.queue, c1.t_enq, c1.seq) == ("sales", came, seq)
    assert "c2" not in desk.acd.state.contacts, "one customer, one place"
