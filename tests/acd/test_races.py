"""Races of §3.12 run as x,y / y,x / one batch each way, and compared with the table."""

from collections.abc import Callable

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.events import Event
from appliance.acd.model import AgentState
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives

Start = Callable[[], Desk]
ORDERS = ("x then y", "y then x", "x,y in one batch", "y,x in one batch")


def run(start: Start, x: Event, y: Event, order: str) -> Desk:
    """One of the four orders, on a fresh office."""
    desk = start()
    first, second = (y, x) if order.startswith("y") else (x, y)
    if "batch" in order:
        desk.together(first, second)
    else:
        desk.together(first)
        desk.together(second)
    return desk


@pytest.fixture(params=ORDERS)
def order(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ringing(*agents: str) -> Start:
    def start() -> Desk:
        desk = Desk(*(agents or ("ann",)))
        desk.ready(*(agents or ("ann",)))
        desk.caller("c1")
        return desk

    return start


def wrapping() -> Desk:
    desk = ringing()()
    desk.talks("ann")
    desk.leaves("ann")
    desk.caller("c2")
    return desk


def after_wrap_up() -> Desk:
    """Wrap-up's last millisecond has come, and the tick has not run yet."""
    desk = wrapping()
    desk.wait(29.999)
    desk.now += 0.001
    return desk


def test_r01_caller_hangs_up_while_the_agent_answers(order: str) -> None:
    desk = run(ringing(), ev.CallerHungUp("c1"), ev.OfferAccepted("o1"), order)
    desk.together(ev.OfferLegEnded("o1"))
    ann = desk.agent("ann")
    assert (ann.status, ann.prompt, ann.reason) == (Status.AVAILABLE, "", "")
    assert desk.ending("c1").outcome is story.Outcome.ABANDONED
    assert desk.told(story.WrapUpFinished) == []
    if order.startswith("x"):
        assert desk.told(story.LateAnswer) == [story.LateAnswer(desk.now, "o1")]
        assert desk.ending("c1").why == "gave_up"
    else:
        assert desk.told(story.LateAnswer) == []
        assert desk.ending("c1").why == "after_accept"


def test_r01_the_late_200_is_hung_up_again() -> None:
    desk = ringing()()
    desk.hangs_up("c1")
    desk.expect("stop ann: caller_gone")
    desk.together(ev.OfferAccepted("o1"))
    desk.expect("stop ann: late")


def test_r01_bridged_and_then_hung_up_is_answered_with_wrap_up() -> None:
    desk = ringing()()
    desk.talks("ann")
    desk.hangs_up("c1")
    desk.leaves("ann")
    assert desk.ending("c1").outcome is story.Outcome.ANSWERED
    assert desk.ending("c1").why == "caller_left"
    assert desk.status("ann") is Status.WRAP_UP


def test_r02_off_duty_while_ringing_hands_the_caller_on_without_blame() -> None:
    desk = ringing("ann", "bob")()
    desk.off("ann")
    desk.expect("stop ann: duty_off", "hold c1", "ring bob for c1")
    assert (desk.status("ann"), desk.agent("ann").prompt, desk.agent("ann").reason) == (Status.OFF, "", "self")


def test_r02_off_duty_against_the_answer(order: str) -> None:
    desk = run(ringing("ann", "bob"), ev.DutyOff("ann", "ann"), ev.OfferAccepted("o1"), order)
    if order.startswith("x"):
        assert (desk.status("ann"), desk.status("bob")) == (Status.OFF, Status.RINGING)
        assert desk.told(story.LateAnswer) == [story.LateAnswer(desk.now, "o1")]
    else:
        assert (desk.status("ann"), desk.agent("ann").pending) == (Status.ON_CALL, "off")
        assert desk.status("bob") is Status.AVAILABLE


def test_r02_off_and_on_again_rings_again_at_once() -> None:
    desk = ringing()()
    desk.off("ann")
    desk.ready("ann")
    desk.expect("ring ann for c1")


def test_r03_a_late_answer_after_another_agent_won_is_told_so() -> None:
    desk = ringing("ann", "bob")()
    desk.wait(20)
    desk.expect("stop ann: no_answer", "hold c1", "ring bob for c1")
    desk.talks("bob")
    desk.together(ev.OfferAccepted("o1"))
    desk.expect("stop ann: late elsewhere")
    assert desk.status("ann") is Status.OFF_PROMPT


def timed_out() -> Desk:
    desk = ringing()()
    desk.wait(20)
    return desk


def test_r05_an_answer_within_a_second_of_the_timeout_counts_and_undoes_the_blame() -> None:
    desk = timed_out()
    desk.wait(0.9)
    desk.together(ev.OfferAccepted("o1"))
    desk.expect("connect c1 with ann", "record c1 as rc1-1")
    ann = desk.agent("ann")
    assert (ann.status, ann.prompt, ann.reason) == (Status.ON_CALL, "", "")
    duty = [fact for fact in desk.told(story.DutyChanged) if isinstance(fact, story.DutyChanged)]
    assert [(fact.is_available, fact.actor) for fact in duty] == [(True, "ann"), (False, ""), (True, "ann")]
    desk.together(ev.Bridged("c1", "o1"), ev.OfferLegEnded("o1"))
    assert desk.status("ann") is Status.WRAP_UP


def test_r05_who_answered_late_has_not_declined() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann")
    desk.caller("c1")
    desk.wait(20)
    desk.picks_up("ann")
    desk.wait(3)
    desk.expect("stop ann: no_media", "hold c1")
    desk.together(ev.PhoneFound("ann"), ev.DutyOn("bob", "bob"))
    desk.expect("ring ann for c1")


def test_r05_after_a_second_it_is_too_late() -> None:
    desk = timed_out()
    desk.wait(1.1)
    desk.together(ev.OfferAccepted("o1"))
    desk.expect("stop ann: late")
    assert desk.status("ann") is Status.OFF_PROMPT
    assert desk.waiting() == ["c1"]


def test_r05_at_the_same_instant_either_order_connects(order: str) -> None:
    def start() -> Desk:
        desk = ringing()()
        desk.wait(19.999)
        desk.now += 0.001
        return desk

    desk = run(start, ev.Ticked(), ev.OfferAccepted("o1"), order)
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.ON_CALL, "")
    assert desk.waiting() == []


@pytest.mark.parametrize(
    "meanwhile",
    [
        ev.StayedOff("ann", "ann"),
        ev.CallerHungUp("c1"),
        ev.LegStarted("ann", "out", outbound=True),
        ev.DutyOn("bob", "bob"),
    ],
    ids=["stayed off", "caller gone", "own call", "offered again"],
)
def test_r05_not_when_somebody_decided_otherwise_meanwhile(meanwhile: Event) -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann")
    desk.caller("c1")
    desk.wait(20)
    desk.together(meanwhile)
    before = desk.status("ann")
    said = desk.together(ev.OfferAccepted("o1"))
    assert said[0].startswith("stop ann: late")
    assert desk.status("ann") is before


def test_r05_back_on_duty_and_the_old_answer_arrives() -> None:
    desk = timed_out()
    desk.ready("ann")
    desk.together(ev.OfferAccepted("o1"))
    desk.expect("stop ann: late elsewhere")
    assert desk.status("ann") is Status.AVAILABLE


def test_r06_wrap_up_expiry_against_going_off_duty_never_rings(order: str) -> None:
    desk = run(after_wrap_up, ev.Ticked(), ev.DutyOff("ann", "ann"), order)
    assert (desk.status("ann"), desk.waiting()) == (Status.OFF, ["c2"])
    rung = [sentence for sentence in desk.said if sentence.startswith("ring")]
    assert rung == []
    if order != "x then y":
        assert "o2" not in desk.offered_to  # dispatch came after the drain: the phone never flashed a ring


def test_r07_the_button_against_the_timer_ends_wrap_up_once(order: str) -> None:
    desk = run(after_wrap_up, ev.Ticked(), ev.WrapUpEnded("ann", "ann"), order)
    assert desk.status("ann") is Status.RINGING
    assert len(desk.told(story.WrapUpFinished)) == 1
    assert desk.told(story.DutyChanged) == [story.DutyChanged(1000.0, "ann", True, "", "ann")]


def test_r07_two_presses_end_wrap_up_once_and_the_guard_has_started() -> None:
    desk = wrapping()
    desk.wait(5)
    desk.together(ev.CallerHungUp("c2"))
    desk.together(ev.WrapUpEnded("ann", "ann"), ev.WrapUpEnded("ann", "ann"))
    assert (desk.status("ann"), desk.agent("ann").changed_by_itself_at) == (Status.AVAILABLE, desk.now)


def test_r09_the_handset_is_lifted_as_the_offer_arrives(order: str) -> None:
    own_call = ev.LegStarted("ann", "out", outbound=True)
    desk = run(ringing("ann", "bob"), own_call, ev.OfferBusy("o1"), order)
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.ON_CALL, "")
    assert desk.agent("bob").contact == "c1"
    desk.together(ev.LegEnded("ann", "out"))
    assert desk.status("ann") is Status.AVAILABLE


def test_r10_outbound_against_the_offer_goes_first(order: str) -> None:
    def start() -> Desk:
        desk = Desk("ann", "bob")
        desk.ready("ann", "bob")
        return desk

    desk = run(start, ev.LegStarted("ann", "out", outbound=True), arrives("c1"), order)
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.ON_CALL, "")
    assert desk.agent("bob").contact == "c1"


def test_r34_the_last_duty_command_wins(order: str) -> None:
    desk = run(lambda: Desk("ann"), ev.DutyOn("ann", "page"), ev.DutyOff("ann", "button"), order)
    assert desk.status("ann") is (Status.OFF if order.startswith("x") else Status.AVAILABLE)


def test_r47_a_second_answer_to_one_offer_changes_nothing() -> None:
    desk = ringing()()
    desk.picks_up("ann")
    desk.picks_up("ann")
    desk.expect()
    desk.together(ev.Bridged("c1", "o1"), ev.Bridged("c1", "o1"))
    assert len(desk.told(story.ContactAnswered)) == 1


ANY_TWO = [
    ev.CallerHungUp("c1"), ev.OfferAccepted("o1"), ev.OfferRejected("o1"), ev.OfferBusy("o1"), ev.OfferTimedOut("o1"),
    ev.OfferUnreachable("o1"), ev.OfferLegEnded("o1"), ev.DutyOff("ann", "ann"),
    ev.DutyOff("ann", "ann", after_call=True), ev.LegStarted("ann", "out", outbound=True), ev.PhoneLost("ann"),
    ev.SwitchLost(), ev.Restarted(), ev.Ticked(),
]  # fmt: skip


@pytest.mark.parametrize("x", ANY_TWO, ids=lambda event: type(event).__name__)
def test_any_two_events_on_a_ringing_offer_keep_every_invariant_and_end_it_once(x: Event, order: str) -> None:
    for y in ANY_TWO:
        desk = run(ringing("ann", "bob"), x, y, order)
        desk.wait(0.6)
        ann = desk.acd.state.agents["ann"]
        still_rings = ann.offer == "o1" and ann.state is AgentState.RINGING
        assert still_rings is ("o1" not in desk.watch.outcomes)


def test_r49_fifty_callers_and_twenty_agents_in_one_batch_are_served_in_order() -> None:
    agents = [f"a{number:02}" for number in range(20)]
    desk = Desk(*agents)
    desk.together(*(arrives(f"c{number:02}") for number in range(50)))
    desk.ready(*agents)
    desk.expect(*(f"ring a{number:02} for c{number:02}" for number in range(20)))
