"""Callbacks when something is told that cannot be: an agent held in silence has no phone that rings (§3.8, 5)."""

import pytest

from appliance.acd import events as ev
from appliance.acd.events import Event
from tests.acd.test_callback import CUSTOMER_FIRST, dialling


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
