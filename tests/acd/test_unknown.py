"""Events that name an agent, a queue, a call or an offer that there is not: told in a sentence, and nothing is lost."""

from typing import get_args

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.engine import HEARD_BY, SUBJECTS
from appliance.acd.events import Event
from appliance.desk.story_log import sentence_of
from tests.acd.desk import Desk, copy_of
from tests.acd.invariants import same_but_counted

NOBODY = [
    ev.DutyOn("zoe", "zoe"), ev.DutyOff("zoe", "zoe"), ev.StayedOff("zoe", "zoe"), ev.WrapUpEnded("zoe", "zoe"),
    ev.PrivacyChanged("zoe", "sales", on=True), ev.PhoneFound("zoe"), ev.PhoneLost("zoe"),
    ev.LegStarted("zoe", "l1", outbound=True), ev.LegConnected("zoe", "l1"), ev.LegEnded("zoe", "l1"),
]  # fmt: skip
OFFERS = [
    ev.OfferAccepted, ev.OfferRejected, ev.OfferBusy, ev.OfferTimedOut, ev.OfferUnreachable, ev.OfferLegEnded,
    ev.OfferAlerted,
]  # fmt: skip


def at_work() -> Desk:
    """Ann is rung for c1, c2 waits."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.caller("c2")
    return desk


def told_of(event: Event) -> list[str]:
    """What is told when this happens in an office at work, where it must change nothing."""
    desk = at_work()
    before, facts = copy_of(desk.acd.state), len(desk.facts)
    desk.together(event)
    assert same_but_counted(desk.acd.state, before)
    told = [sentence_of(fact) for fact in desk.facts[facts:] if isinstance(fact, story.NotKnown)]
    desk.talks("ann")
    assert desk.waiting() == ["c2"]
    return told


@pytest.mark.parametrize("event", NOBODY, ids=lambda event: type(event).__name__)
def test_an_agent_nobody_knows_is_told_once(event: Event) -> None:
    assert told_of(event) == ["Something was told about agent zoe, which there is not; it changed nothing"]


@pytest.mark.parametrize(
    "event",
    [ev.PrivacyChanged("ann", "attic", on=True), ev.HoursChanged("attic", is_open=False)],
    ids=lambda event: type(event).__name__,
)
def test_a_queue_nobody_knows_is_told_once(event: Event) -> None:
    assert told_of(event) == ["Something was told about queue attic, which there is not; it changed nothing"]


@pytest.mark.parametrize("event", [ev.LegConnected("ann", "l9"), ev.LegEnded("ann", "l9")], ids=["connected", "ended"])
def test_a_call_that_the_phone_does_not_have_is_told_once(event: Event) -> None:
    assert told_of(event) == ["Something was told about call l9 of agent ann, which there is not; it changed nothing"]


@pytest.mark.parametrize("kind", OFFERS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("offer", ["o9", "o0", "x1", "", "o"])
def test_an_offer_that_was_never_made_is_told_once(kind: type[Event], offer: str) -> None:
    told = told_of(kind(offer))  # type: ignore[call-arg]
    assert told == [f"Something was told about offer {offer}, which there is not; it changed nothing"]


@pytest.mark.parametrize("kind", OFFERS, ids=lambda kind: kind.__name__)
def test_an_offer_that_is_over_is_old_news_and_no_mistake(kind: type[Event]) -> None:
    desk = at_work()
    desk.rejects("ann")
    facts = len(desk.facts)
    desk.together(kind("o1"))  # type: ignore[call-arg]
    assert [fact for fact in desk.facts[facts:] if isinstance(fact, story.NotKnown)] == []


def test_every_event_is_heard_by_exactly_one_part_of_the_engine() -> None:
    heard = [event for events, _ in SUBJECTS for event in get_args(events) or (events,)]
    assert sorted(map(repr, heard)) == sorted(map(repr, get_args(Event)))
    assert set(HEARD_BY) == set(get_args(Event))
