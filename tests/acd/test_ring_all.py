"""Races: several phones for one caller, in every order of events (F-07, D-20, R-03, R-04, I-10)."""

from collections.abc import Callable

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.events import Event
from appliance.acd.model import AgentState
from appliance.acd.settings import QueueSettings
from appliance.acd.story import OfferOutcome
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives, office
from tests.acd.test_races import ORDERS, run

ABC = ("ann", "bob", "cay")


def ring_all(strategy: str = "simultaneous", *agents: str, **options: float | bool) -> Desk:
    people = agents or ABC
    desk = Desk(*people, queues=[QueueSettings("sales", "Sales", "1", people, strategy, **options)])  # type: ignore[arg-type]
    desk.ready(*people)
    return desk


def racing(**options: float | bool) -> Callable[[], Desk]:
    def start() -> Desk:
        desk = ring_all("simultaneous", "ann", "bob", **options)
        desk.caller("c1")
        return desk

    return start


@pytest.fixture(params=ORDERS)
def order(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_f07_all_phones_ring_and_the_losers_stop_only_when_the_winner_hears_the_caller() -> None:
    desk = ring_all()
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1", "ring bob for c1", "ring cay for c1")
    desk.picks_up("bob")
    desk.expect("connect c1 with bob", "record c1 as rc1-1")
    assert desk.status("ann") is Status.RINGING
    desk.together(ev.Bridged("c1", "o2"))
    desk.expect("stop ann: elsewhere elsewhere", "stop cay: elsewhere elsewhere")
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.AVAILABLE, "")


def test_f07_a_cap_limits_the_race_and_the_rest_serves_the_next_caller() -> None:
    desk = ring_all(ring_cap=2)
    desk.together(arrives("c1"), arrives("c2"))
    desk.expect("ringback c1", "ring ann for c1", "ring bob for c1", "ringback c2", "ring cay for c2")


def test_f07_who_becomes_free_joins_the_oldest_race_with_room() -> None:
    desk = ring_all()
    desk.off("cay")
    desk.caller("c1")
    desk.caller("c2")
    desk.ready("cay")
    desk.expect("ring cay for c1")


def test_f07_a_race_is_joined_only_up_to_its_cap() -> None:
    desk = ring_all(ring_cap=2)
    desk.off("bob")
    desk.off("cay")
    desk.caller("c1")
    desk.ready("bob", "cay")
    desk.expect("ring bob for c1")


def test_f08_a_last_agent_who_declines_in_a_race_is_not_the_only_one_any_more() -> None:
    desk = ring_all(last_agent=True, wrap_up_s=0)
    desk.caller("c1")
    desk.talks("bob")
    desk.leaves("bob")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    desk.expect("ringback c2", "ring bob for c2")
    desk.rejects("bob")
    desk.expect("stop bob: declined", "hold c2", "ring ann for c2", "ring cay for c2")


def test_progressive_adds_one_phone_after_another_and_the_first_rings_on() -> None:
    desk = ring_all("progressive", add_every_s=5)
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1")
    desk.wait(5)
    desk.expect("ring bob for c1")
    desk.wait(5)
    desk.expect("ring cay for c1")
    desk.wait(4)
    desk.expect()
    assert desk.status("ann") is Status.RINGING
    desk.wait(6)
    desk.expect("stop ann: no_answer")


def test_progressive_lets_a_late_agent_join_at_once_when_the_step_is_over() -> None:
    desk = ring_all("progressive", add_every_s=5)
    desk.off("bob")
    desk.off("cay")
    desk.caller("c1")
    desk.ready("bob")
    desk.expect()  # 5 s are not over
    desk.off("bob")
    desk.wait(6)
    desk.ready("cay")
    desk.expect("ring cay for c1")
    desk.ready("bob")
    desk.expect()


def test_d20_a_race_nobody_answers_sends_nobody_off_duty_and_begins_again_after_the_gap() -> None:
    desk = ring_all("simultaneous", "ann", "bob")
    desk.caller("c1")
    desk.wait(20)
    desk.expect("stop ann: no_answer", "stop bob: no_answer", "hold c1")
    assert (desk.status("ann"), desk.status("bob")) == (Status.AVAILABLE, Status.AVAILABLE)
    desk.wait(2)
    desk.expect("ring ann for c1", "ring bob for c1")


def test_d20_three_races_missed_in_a_row_raise_the_prompt_and_leave_the_duty() -> None:
    desk = ring_all("simultaneous", "ann", "bob")
    desk.caller("c1")
    desk.wait(20 + 2 + 20)
    assert desk.agent("ann").prompt == ""
    desk.wait(2)
    desk.rejects("bob")  # he is there: the row is broken
    desk.wait(20)
    assert (desk.status("ann"), desk.agent("ann").prompt) == (Status.AVAILABLE, "missed_races")
    assert desk.agent("bob").prompt == ""
    desk.wait(2)
    desk.talks("ann")
    assert desk.agent("ann").prompt == ""
    assert desk.told(story.DutyChanged) == [story.DutyChanged(1000.0, one, True, "", one) for one in ("ann", "bob")]


def test_d20_who_rejects_is_not_rung_again_in_this_race() -> None:
    desk = ring_all()
    desk.caller("c1")
    desk.rejects("bob")
    desk.expect("stop bob: declined")
    desk.wait(10)
    desk.together(ev.Ticked())  # the retry gap is long over
    desk.expect()
    assert desk.status("bob") is Status.AVAILABLE


def test_r03_two_agents_answer_at_once_and_the_first_one_wins(order: str) -> None:
    """I-10: one winner."""
    desk = run(racing(), ev.OfferAccepted("o1"), ev.OfferAccepted("o2"), order)
    winner, loser = ("ann", "bob") if order.startswith("x") else ("bob", "ann")
    desk.together(ev.Bridged("c1", desk.last_offer[winner]))
    assert (desk.status(winner), desk.status(loser)) == (Status.ON_CALL, Status.AVAILABLE)
    assert f"stop {loser}: elsewhere elsewhere" in [desk._sentence(command) for command in desk.commands]
    assert desk.watch.outcomes[desk.last_offer[loser]] == [OfferOutcome.WITHDRAWN]
    assert desk.told(story.WrapUpFinished) == []


def test_r04_the_winner_hangs_up_before_there_is_sound_and_the_others_may_still_win() -> None:
    desk = racing()()
    desk.picks_up("ann")
    desk.leaves("ann")
    desk.expect("hold c1")  # bob has been ringing all the time
    assert (desk.status("ann"), desk.status("bob")) == (Status.AVAILABLE, Status.RINGING)
    desk.talks("bob")
    assert desk.acd.state.contacts["c1"].agent == "bob"


def test_r04_no_media_from_the_winner_and_nobody_left_begins_a_new_pass_at_the_old_place() -> None:
    desk = racing()()
    desk.picks_up("ann")
    desk.rejects("bob")
    desk.wait(3)
    desk.expect("stop ann: no_media", "hold c1", "ring bob for c1")  # everybody was asked: a new pass
    assert desk.waiting() == ["c1"]


@pytest.mark.parametrize("loser", [ev.OfferRejected("o2"), ev.OfferUnreachable("o2"), ev.DutyOff("bob", "bob")])
def test_a_loser_who_falls_out_while_the_winner_connects_disturbs_nobody(loser: Event, order: str) -> None:
    desk = run(racing(), ev.OfferAccepted("o1"), loser, order)
    desk.together(ev.Bridged("c1", "o1"))
    assert (desk.status("ann"), desk.acd.contact_of("o2")) == (Status.ON_CALL, "")


def test_r01_the_caller_of_a_race_hangs_up_while_one_answers(order: str) -> None:
    desk = run(racing(), ev.CallerHungUp("c1"), ev.OfferAccepted("o1"), order)
    desk.together(ev.OfferLegEnded("o1"))
    assert (desk.status("ann"), desk.status("bob")) == (Status.AVAILABLE, Status.AVAILABLE)
    assert desk.ending("c1").outcome is story.Outcome.ABANDONED
    assert "o2" in desk.watch.outcomes


def test_r02_off_duty_in_a_race_leaves_the_others_ringing() -> None:
    desk = racing()()
    desk.off("ann")
    desk.expect("stop ann: duty_off")
    assert desk.status("bob") is Status.RINGING


def test_r05_a_late_answer_of_a_race_counts_while_the_caller_still_waits() -> None:
    desk = racing()()
    desk.wait(20.5)
    desk.picks_up("bob")
    desk.expect("connect c1 with bob", "record c1 as rc1-1")
    desk.wait(3)
    assert desk.waiting() == ["c1"]


def test_r05_a_late_answer_of_a_race_is_hung_up_when_the_agent_is_elsewhere() -> None:
    desk = racing()()
    desk.wait(20.5)
    desk.dials("bob")
    desk.picks_up("bob")
    desk.expect("stop bob: late elsewhere")


def test_r09_the_handset_lifted_in_a_race_is_nobodys_fault() -> None:
    desk = racing()()
    desk.is_busy("ann")
    desk.dials("ann")
    assert (desk.status("ann"), desk.status("bob")) == (Status.ON_CALL, Status.RINGING)


@pytest.mark.parametrize("strategy", ["fixed-order", "progressive", "longest-idle"])
def test_r35_a_race_outlives_a_change_of_strategy(strategy: str) -> None:
    desk = racing()()
    change = QueueSettings("sales", "Sales", "1", ABC, strategy)
    desk.together(ev.Configured(office(*ABC, queues=[change])), ev.DutyOn("cay", "cay"))
    desk.talks("bob")
    assert desk.status("bob") is Status.ON_CALL
    assert desk.status("ann") is Status.AVAILABLE


def test_r35_a_queue_removed_during_a_race_frees_everybody() -> None:
    desk = racing()()
    other = QueueSettings("help", "Help", "2", ("ann",))
    desk.together(ev.Configured(office("ann", "bob", queues=[other])))
    desk.expect("stop ann: queue_removed", "stop bob: queue_removed", "dismiss c1: no_queue")


def test_r35_a_queue_removed_while_the_winner_connects_lets_them_talk() -> None:
    desk = racing()()
    desk.picks_up("ann")
    desk.together(ev.Configured(office("ann", "bob", queues=[QueueSettings("help", "Help", "2", ("ann",))])))
    desk.expect("stop bob: queue_removed")
    desk.together(ev.Bridged("c1", "o1"))
    assert desk.status("ann") is Status.ON_CALL


def test_a_line_callers_race_ends_with_the_switch_and_begins_again_when_the_caller_is_back() -> None:
    desk = ring_all("simultaneous", "ann", "bob")
    desk.caller("c1", returns=True)
    desk.picks_up("ann")
    desk.together(ev.SwitchLost())
    assert (desk.status("ann"), desk.status("bob")) == (Status.AVAILABLE, Status.AVAILABLE)
    desk.together(ev.CallerReturned("c1"))
    desk.expect("hold c1", "ring ann for c1", "ring bob for c1")


def test_a30_what_is_left_of_a_race_after_a_restart_rings_on() -> None:
    desk = racing()()
    desk.together(ev.Restarted(offers=("o2",)))
    assert desk.status("bob") is Status.RINGING
    desk.talks("bob")
    assert desk.status("bob") is Status.ON_CALL


TWO = [
    ev.CallerHungUp("c1"), ev.OfferAccepted("o1"), ev.OfferAccepted("o2"), ev.OfferRejected("o1"),
    ev.OfferTimedOut("o2"), ev.OfferBusy("o1"), ev.OfferUnreachable("o1"), ev.OfferLegEnded("o1"),
    ev.Bridged("c1", "o1"),
    ev.DutyOff("ann", "ann"), ev.PrivacyChanged("bob", "sales", on=True), ev.LegStarted("bob", "out", outbound=True),
    ev.SwitchLost(), ev.Restarted(("o1",)), ev.CallerReturned("c1"), ev.DutyOn("cay", "cay"), ev.Ticked(),
]  # fmt: skip


@pytest.mark.parametrize("x", TWO, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("answered", [False, True])
def test_any_two_events_in_a_race_keep_every_invariant(x: Event, order: str, answered: bool) -> None:
    """I-10: in any order."""

    def start() -> Desk:
        desk = ring_all()
        desk.off("cay")
        desk.caller("c1", returns=True)
        if answered:
            desk.picks_up("ann")
        return desk

    for y in TWO:
        desk = run(start, x, y, order)
        desk.wait(4)
        assert all(agent.state is not AgentState.RINGING or agent.offer for agent in desk.acd.state.agents.values())


def test_r49_two_queues_of_races_share_their_agents_in_the_order_of_the_callers() -> None:
    queues = [
        QueueSettings("sales", "Sales", "1", ABC, "simultaneous", ring_cap=2),
        QueueSettings("help", "Help", "2", ABC, "progressive"),
    ]
    desk = Desk(*ABC, queues=queues)
    desk.together(arrives("h1", "help"), arrives("s1"), arrives("h2", "help"))
    desk.ready(*ABC)
    desk.expect("ring ann for h1", "ring bob for s1", "ring cay for s1")
