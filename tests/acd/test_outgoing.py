"""Calls that agents place, as a queue or personally: S-10 to S-12, S-15, D-14, S-07, §3.11, R-10."""

from collections.abc import Callable

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.events import Event
from appliance.acd.model import AgentState
from appliance.acd.outgoing import permitted
from appliance.acd.settings import Consent, QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, office, placed

SALES = QueueSettings("sales", "Sales", "100", ("ann", "bob"), calls_out=True, wrap_up_s=30.0)
HELP = QueueSettings("help", "Help", "200", ("ann",), calls_out=True, record_out=False, record=True)
PLAIN = QueueSettings("plain", "Plain", "300", ("ann", "bob"))


def desk_of(*queues: QueueSettings, ready: bool = True) -> Desk:
    desk = Desk("ann", "bob", queues=queues or (SALES, HELP, PLAIN))
    if ready:
        desk.ready("ann", "bob")
    return desk


def changed(desk: Desk, *queues: QueueSettings, agents: tuple[str, ...] = ("ann", "bob")) -> None:
    desk.together(ev.Configured(office(*agents, queues=queues)))


# -- the identity


def test_s10_an_agent_calls_personally_until_a_queue_is_chosen_and_that_is_kept() -> None:
    """S-10: the fold of the journal knows it too (conftest folds every desk again)."""
    desk = desk_of()
    assert (desk.agent("ann").calls_as, desk.agent("ann").may_call_as) == ("", ("sales", "help"))
    desk.calls_as("ann", "help")
    desk.places("ann", queue="help")
    desk.puts_down("ann")
    desk.off("ann")
    assert desk.agent("ann").calls_as == "help"
    desk.calls_as("ann", "")
    assert desk.agent("ann").calls_as == ""
    assert [fact.queue for fact in desk.told(story.IdentityChanged)] == ["help", ""]  # type: ignore[attr-defined]


@pytest.mark.parametrize("queue", ["help", "plain", "nowhere"])
def test_s10_only_a_queue_of_ones_own_that_calls_out_can_be_chosen(queue: str) -> None:
    desk = desk_of()
    desk.calls_as("bob", "sales")
    desk.calls_as("bob", queue)
    assert desk.agent("bob").calls_as == "sales"
    assert permitted(desk.acd.state, "bob") == ("sales",)


@pytest.mark.parametrize(
    "after",
    [
        (HELP, PLAIN),  # the queue is gone
        (QueueSettings("sales", "Sales", "100", ("bob",), calls_out=True), HELP),  # ann is in it no more
        (QueueSettings("sales", "Sales", "100", ("ann", "bob")), HELP),  # it calls out no more
    ],
)
def test_s10_an_identity_that_is_permitted_no_more_becomes_personal_and_that_is_said(
    after: tuple[QueueSettings, ...],
) -> None:
    desk = desk_of()
    desk.calls_as("ann", "sales")
    changed(desk, *after)
    assert (desk.agent("ann").calls_as, desk.agent("ann").call_notice) == ("", "identity_gone")
    changed(desk, *after)
    assert desk.agent("ann").call_notice == "identity_gone", "it stands until the agent calls or chooses"
    desk.places("ann")
    assert desk.agent("ann").call_notice == ""


def test_s10_a_change_that_leaves_the_identity_says_nothing() -> None:
    desk = desk_of()
    desk.calls_as("ann", "sales")
    changed(desk, SALES, PLAIN)
    assert (desk.agent("ann").calls_as, desk.agent("ann").call_notice) == ("sales", "")


def test_s10_the_way_that_carries_the_call_is_the_one_that_is_named() -> None:
    desk = Desk("ann")
    desk.places("ann")
    desk.together(ev.WayChanged("p1", "line-2"))
    assert desk.acd.state.contacts["p1"].origin == "line-2"
    desk.is_answered()
    desk.hear_each_other("p1")
    desk.together(ev.WayChanged("p1", "line-3"))  # I-16: too late to be true
    [told] = desk.told(story.WayChanged)
    assert told == story.WayChanged(desk.now, "p1", "line-2")


def test_s10_by_what_evidence_a_line_takes_a_number_for_answered_is_told_once() -> None:
    """fxo §2.4: an analogue line has no signal for it; a trunk has, and tells nothing."""
    desk = Desk("ann")
    desk.places("ann")
    desk.together(ev.FarEndAnswered("p1", "speech"))
    desk.hear_each_other("p1")
    desk.together(ev.FarEndAnswered("p1", "reversal"))  # I-16
    assert desk.told(story.CallTaken) == [story.CallTaken(desk.now, "p1", "speech")]
    other = Desk("ann")
    other.places("ann")
    other.is_answered()
    assert other.told(story.CallTaken) == []


def test_s10_busy_lines_are_told_and_change_nothing_else() -> None:
    """S-10: no other identity is taken for it; nobody's ring is taken away, and no wrap-up ends."""
    desk = desk_of()
    desk.calls_as("ann", "sales")
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1")
    desk.together(ev.CallNotPlaced("p1", "ann", "0312345678", "sales"))
    desk.expect()
    ann = desk.agent("ann")
    assert (ann.status, ann.calls_as, ann.call_notice) == (Status.RINGING, "sales", "all_busy")
    ending = desk.ending("p1")
    assert (ending.outcome, ending.why, ending.queue) == (story.Outcome.NOT_REACHED, "all_busy", "sales")
    desk.calls_as("ann", "sales")
    assert desk.agent("ann").call_notice == ""


# -- the call and the agent


def test_s11_from_the_first_digit_the_agent_is_on_call_and_after_the_talk_in_wrap_up() -> None:
    desk = desk_of()
    desk.places("ann", queue="sales")
    desk.expect("o1 is on leg-p1")
    assert (desk.status("ann"), desk.agent("ann").outbound) == (Status.ON_CALL, True)
    (call,) = desk.acd.view(desk.now).calls
    assert (call.outgoing, call.talking, call.agent, call.queue) == (True, False, "ann", "sales")
    desk.wait(9)
    desk.is_answered()
    desk.expect("connect p1 with ann", "record p1 as rp1-1")
    desk.hear_each_other("p1")
    desk.wait(60)
    desk.hangs_up("p1")
    desk.expect("stop ann: caller_gone")
    ending = desk.ending("p1")
    assert (ending.outcome, ending.waited_s, ending.talked_s) == (story.Outcome.ANSWERED, 9, 60)
    desk.puts_down("ann")
    assert (desk.status("ann"), desk.agent("ann").wrap_until) == (Status.WRAP_UP, desk.now + 30)


@pytest.mark.parametrize(
    ("queue", "failed_earns", "connects", "after"),
    [
        ("sales", False, True, Status.WRAP_UP),
        ("sales", False, False, Status.AVAILABLE),  # D-14
        ("sales", True, False, Status.WRAP_UP),  # D-14: where the queue says so
        ("", True, True, Status.AVAILABLE),
        ("", True, False, Status.AVAILABLE),
    ],
)
def test_s11_what_earns_wrap_up(queue: str, failed_earns: bool, connects: bool, after: Status) -> None:
    """S-11, D-14, A-13, A-15."""
    sales = QueueSettings("sales", "S", "1", ("ann",), calls_out=True, wrap_on_failed_outbound=failed_earns)
    desk = Desk("ann", queues=[sales])
    desk.ready("ann")
    if connects:
        desk.is_connected("ann", queue=queue)
        desk.puts_down("ann")
        desk.expect("release p1: agent_left")
    else:
        desk.places("ann", queue=queue)
        offer = desk.agent("ann").offer
        desk.fails()
        assert desk.status("ann") is Status.ON_CALL, "the phone still hears the tone"
        desk.together(ev.OfferLegEnded(offer))
    assert desk.status("ann") is after


def test_s12_off_duty_stays_off_duty_and_never_wraps_up() -> None:
    desk = desk_of(ready=False)
    desk.is_connected("ann", queue="sales")
    assert desk.status("ann") is Status.OFF_ON_CALL
    desk.puts_down("ann")
    assert desk.status("ann") is Status.OFF
    assert desk.told(story.DutyChanged) == []


def test_s15_calling_as_the_queue_ends_wrap_up_and_calling_personally_lets_it_count() -> None:
    desk = desk_of()
    desk.caller("c1")
    desk.talks("ann")
    desk.hangs_up("c1")
    desk.leaves("ann")
    ends = desk.agent("ann").wrap_until
    desk.wait(5)
    desk.is_connected("ann", "p1")
    desk.puts_down("ann")
    assert (desk.status("ann"), desk.agent("ann").wrap_until) == (Status.WRAP_UP, ends)
    desk.places("ann", "p2", "sales")
    assert desk.told(story.WrapUpFinished) == [story.WrapUpFinished(desk.now, "ann", 5)]
    desk.together(ev.OfferLegEnded(desk.agent("ann").offer))
    assert desk.status("ann") is Status.AVAILABLE, "ended for good: the call reached nobody"


def test_r10_a_call_of_ones_own_and_an_offer_in_either_order() -> None:
    """R-10, A-12: the call proceeds, the caller goes to the next agent without blame."""

    def both(order: Callable[[list[Event]], list[list[Event]]]) -> tuple[AgentState, str]:
        desk = desk_of()
        arrival = ev.CallerArrived("c1", "sales", "555", "", "sip")
        for batch in order([arrival, placed("ann", queue="sales")]):
            desk.together(*batch)
        assert desk.acd.state.agents["ann"].prompt == ""
        return desk.acd.state.agents["ann"].state, desk.acd.state.contacts["c1"].offer and desk.agent(
            "bob"
        ).status.value

    seen = [
        both(lambda two: [[two[0]], [two[1]]]),
        both(lambda two: [[two[1]], [two[0]]]),
        both(lambda two: [two]),
    ]
    assert seen == [(AgentState.BUSY, "ringing")] * 3


# -- how it can end before anybody is heard


def test_an_agent_who_hangs_up_before_the_answer_ends_the_dial() -> None:
    desk = desk_of()
    desk.places("ann", queue="sales")
    desk.wait(4)
    desk.puts_down("ann")
    desk.expect("release p1: gave_up")
    assert desk.status("ann") is Status.AVAILABLE
    assert (desk.ending("p1").outcome, desk.ending("p1").why) == (story.Outcome.NOT_REACHED, "gave_up")


def test_a_phone_that_hung_up_before_the_core_had_its_leg_is_free_at_once() -> None:
    desk = desk_of()
    desk.places("ann", queue="sales")
    desk.fails(why="gave_up")
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.acd.state.offers == {}


@pytest.mark.parametrize("first", ["agent", "far end"])
def test_r01_both_hang_up_between_answer_and_sound_and_the_call_ends_once(first: str) -> None:
    desk = desk_of()
    desk.places("ann", queue="sales")
    offer = desk.agent("ann").offer
    desk.is_answered()
    events: list[Event] = [ev.OfferLegEnded(offer), ev.CallerHungUp("p1")]
    for event in events if first == "agent" else events[::-1]:
        desk.together(event)
    assert desk.ending("p1").outcome is story.Outcome.NOT_REACHED
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.acd.state.offers == {}


def test_sound_that_never_comes_ends_the_call_after_t_bridge() -> None:
    desk = desk_of()
    desk.places("ann")
    desk.is_answered()
    desk.wait(3)
    assert "release p1: no_media" in desk.said
    assert desk.ending("p1").why == "no_media"
    desk.wait(2)
    assert desk.status("ann") is Status.AVAILABLE


def test_i16_late_news_of_a_call_that_is_over_changes_nothing() -> None:
    desk = desk_of()
    desk.places("ann")
    desk.puts_down("ann")
    for late in (ev.FarEndAnswered("p1"), ev.CallFailed("p1", "busy"), ev.CallerHungUp("p1"), ev.MessageSaid("p1", 0)):
        desk.together(late)
        desk.expect()
    assert desk.status("ann") is Status.AVAILABLE


def test_a_dead_switch_ends_placed_calls_and_frees_the_agent_without_wrap_up() -> None:
    desk = desk_of()
    desk.is_connected("ann", queue="sales")
    desk.together(ev.SwitchLost())
    assert desk.status("ann") is Status.AVAILABLE
    assert desk.ending("p1").outcome is story.Outcome.LOST


@pytest.mark.parametrize("alive", [True, False])
def test_a30_a_restart_keeps_a_placed_call_that_lives_and_ends_one_that_does_not(alive: bool) -> None:
    desk = desk_of()
    desk.is_connected("ann", queue="sales")
    desk.together(ev.Restarted((desk.agent("ann").offer,) if alive else ()))
    assert (desk.status("ann") is Status.ON_CALL) is alive
    assert ("p1" in desk.acd.state.contacts) is alive


def test_u07_a_power_cut_promises_no_call_back_to_whom_an_agent_called() -> None:
    desk = desk_of()
    desk.is_connected("ann", queue="sales")
    desk.together(ev.PowerReturned(60.0))
    assert desk.acd.state.contacts == {}


# -- recording and the notice


def test_s07_what_goes_out_is_recorded_by_its_own_policy() -> None:
    """S-07, S-09: in, out or both, and the page says why there is no banner."""
    desk = desk_of()
    desk.is_connected("ann", queue="help")
    assert desk.agent("ann").unrecorded == "off"
    assert not any(line.startswith("record") for line in desk.said)
    desk.puts_down("ann")
    desk.wait(30)
    desk.caller("c1", "help")
    desk.talks("ann")
    assert desk.acd.state.contacts["c1"].recording == "rc1-1"
    desk.leaves("ann")
    desk.wait(30)
    desk.is_connected("ann", "p2")
    assert desk.agent("ann").unrecorded == "personal"


def test_s07_the_banner_follows_the_recorder_of_a_call_out() -> None:
    desk = desk_of()
    desk.is_connected("ann", queue="sales")
    assert not desk.agent("ann").recording
    desk.together(ev.RecordingBegan("p1", "rp1-1"))
    assert desk.agent("ann").recording
    desk.together(ev.RecordingEnded("p1", "rp1-1"))
    assert (desk.agent("ann").recording, desk.agent("ann").unrecorded) == (False, "failed")


def test_s08_the_recording_of_a_call_out_is_paused_where_the_queue_permits_it() -> None:
    sales = QueueSettings("sales", "S", "1", ("ann",), calls_out=True, pause_recording=True)
    desk = Desk("ann", queues=[sales])
    desk.is_connected("ann", queue="sales")
    desk.together(ev.RecordingBegan("p1", "rp1-1"))
    assert desk.agent("ann").may_pause
    desk.together(ev.RecordingPauseAsked("ann", "ann", True))
    desk.expect("pause rp1-1", "tell ann recording_paused")
    assert desk.agent("ann").paused
    desk.wait(120)
    assert "record rp1-1 on" in desk.said


def told_of_recording(consent: Consent = Consent.NOTICE, **queue: bool) -> Desk:
    sales = QueueSettings("sales", "S", "1", ("ann",), calls_out=True, consent=consent, **queue)
    desk = Desk("ann", queues=[sales])
    desk.ready("ann")
    return desk


def test_s07_whoever_is_called_hears_the_notice_before_the_agent_is_heard() -> None:
    """§3.11, S-07."""
    desk = told_of_recording()
    desk.places("ann", queue="sales")
    desk.is_answered()
    desk.expect("say recording_notice to p1 (0)")
    desk.is_answered()
    desk.expect()
    desk.together(ev.MessageSaid("p1", 0))
    desk.expect("connect p1 with ann", "record p1 as rp1-1")
    desk.hear_each_other("p1")
    desk.expect()


@pytest.mark.parametrize(("record_out", "queue"), [(False, "sales"), (True, "")])
def test_s07_what_is_not_recorded_has_no_notice(record_out: bool, queue: str) -> None:
    desk = told_of_recording(record_out=record_out)
    desk.places("ann", queue=queue)
    desk.is_answered()
    assert desk.said[0] == "connect p1 with ann"


def test_s07_a_notice_nobody_ends_holds_up_nobody() -> None:
    desk = told_of_recording()
    desk.places("ann", queue="sales")
    desk.is_answered()
    desk.wait(15)
    assert desk.said[0] == "connect p1 with ann"


def test_s07_whoever_is_called_and_agrees_while_being_asked_hears_the_question_to_its_end() -> None:
    """§3.11: no word of thanks cuts it; they are recorded from the first word of the talk."""
    desk = told_of_recording(Consent.ASK)
    desk.places("ann", queue="sales")
    desk.is_answered()
    desk.expect("say consent_ask to p1 (0)")
    desk.together(ev.DigitPressed("p1", "1"))
    desk.expect()
    desk.together(ev.MessageSaid("p1", 0))
    desk.expect("connect p1 with ann", "record p1 as rp1-1")


@pytest.mark.parametrize("who", ["agent", "far end"])
def test_s07_whoever_hangs_up_during_the_notice_ends_the_call(who: str) -> None:
    desk = told_of_recording()
    desk.places("ann", queue="sales")
    offer = desk.agent("ann").offer
    desk.is_answered()
    if who == "agent":
        desk.puts_down("ann")
        desk.expect("release p1: gave_up")
    else:
        desk.hangs_up("p1")
        desk.expect("stop ann: far_end_left")
        desk.together(ev.OfferLegEnded(offer))
    assert desk.status("ann") is Status.AVAILABLE
    desk.together(ev.MessageSaid("p1", 0))
    desk.expect()


def test_s10_a_choice_that_is_chosen_again_is_told_once() -> None:
    desk = desk_of(QueueSettings("sales", "Sales", "1", ("ann", "bob"), calls_out=True))
    desk.calls_as("ann", "sales")
    desk.calls_as("ann", "sales")
    assert len(desk.told(story.IdentityChanged)) == 1


def test_i16_a_call_that_is_told_twice_was_placed_once() -> None:
    desk = desk_of(QueueSettings("sales", "Sales", "1", ("ann", "bob"), calls_out=True))
    desk.places("ann")
    made = desk.acd.state.offers_made
    desk.places("ann")
    desk.expect()
    assert (desk.acd.state.offers_made, len(desk.told(story.CallPlaced))) == (made, 1)


def test_i16_a_prompt_that_ends_before_anybody_answered_connects_nobody() -> None:
    """What the agent heard first (that the call goes out personally) ends on the agent's leg, not the customer's."""
    desk = desk_of(QueueSettings("sales", "Sales", "1", ("ann", "bob"), calls_out=True))
    desk.places("ann")
    desk.together(ev.MessageSaid("p1", 0))
    desk.expect()
