"""An agent passes a caller on: to whom, asking first or not, and what becomes of the caller. S-16 to S-19, D-16."""

import itertools

import pytest

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.model import ContactState
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk
from tests.acd.passing import HELP, SALES, consulting, how, state_of, talking

# -- transfer now


def test_s18_transfer_now_rings_the_target_and_releases_the_agent_at_once() -> None:
    desk = talking()
    desk.passes("ann", "bob")
    desk.expect("hold c1", "stop ann: transferred", "ring user bob for c1")
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP
    assert state_of(desk) is ContactState.TRANSFERRING
    assert [(call.contact, call.passed_to) for call in desk.acd.view(desk.now).calls] == [("c1", "102")]


def test_the_target_answers_and_talks_in_a_segment_and_a_recording_of_their_own() -> None:
    """C-12, M-16: one segment and one file for each agent."""
    desk = talking()
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.picks_up("bob")
    desk.expect("connect c1 with bob", "record c1 as rc1-2")
    desk.hear_each_other("c1")
    assert [(f.agent, f.recording) for f in desk.told(story.ContactAnswered)] == [("ann", "rc1-1"), ("bob", "rc1-2")]
    assert desk.status("bob") is Status.OFF_ON_CALL
    assert desk.agent("bob").contact == "c1"
    desk.leaves("bob")
    desk.expect("release c1: agent_left")
    assert desk.status("bob") is Status.OFF  # not of this queue, so no wrap-up
    assert desk.ending("c1").outcome is story.Outcome.ANSWERED
    assert how(desk) == ["taken"]


def test_a_target_who_serves_the_queue_wraps_up_as_after_any_call_of_it() -> None:
    desk = talking("bob", queues=(QueueSettings("sales", "Sales", "100", ("ann", "bob"), wrap_up_s=30.0),))
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.picks_up("bob")
    desk.hear_each_other("c1")
    desk.leaves("bob")
    assert desk.status("bob") is Status.WRAP_UP


@pytest.mark.parametrize("says", ["rejects", "is_busy", "gives_no_sign", "leaves"])
def test_s19_without_a_fallback_the_caller_is_back_at_the_original_place(says: str) -> None:
    """D-16, R-12, I-05: the agent who passed the caller on is not rung again while in wrap-up."""
    desk = talking()
    desk.caller("c2")
    desk.wait(100)
    desk.passes("ann", "bob")
    desk.leaves("ann")
    getattr(desk, says)("bob")
    assert desk.waiting() == ["c1", "c2"]
    assert desk.status("ann") is Status.WRAP_UP
    assert desk.status("bob") is Status.OFF
    desk.ends_wrap_up("ann")
    desk.expect("ring ann for c1")
    assert "returned" in how(desk)


def test_a_target_who_does_not_answer_within_t_xfer_is_left_alone() -> None:
    """T-xfer: 20 s."""
    desk = talking()
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.wait(19.9)
    assert state_of(desk) is ContactState.TRANSFERRING
    desk.wait(0.2)
    assert desk.said == ["stop bob: no_answer"]
    assert desk.waiting() == ["c1"]


def test_d17_declining_a_direct_transfer_changes_no_duty() -> None:
    desk = talking("bob")
    desk.passes("ann", "bob")
    assert desk.status("bob") is Status.ON_CALL
    desk.rejects("bob")
    assert desk.status("bob") is Status.AVAILABLE
    assert desk.agent("bob").prompt == ""
    assert not [fact for fact in desk.told(story.DutyChanged) if not fact.is_available]


def test_s19_the_targets_own_fallback_goes_first() -> None:
    """D-16: the person's no-answer rule, then the queue's, then the old place."""
    chains = (Chain(Reason.XFER_REJECT, (Destination(Kind.USER, "103"),)),)
    queue = QueueSettings("sales", "Sales", "100", ("ann",), chains=chains)
    desk = talking(queues=(queue, HELP))
    people = (
        AgentSettings("ann", "Ann", "101", 1),
        AgentSettings("bob", "Bob", "102", 2, if_no_answer=(Destination(Kind.VOICEMAIL, "102"),)),
    )
    desk.together(ev.Configured(OfficeSettings(people, (queue, HELP))))
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.rejects("bob")
    desk.expect("stop bob: rejected", "send c1 to voicemail 102 (1): xfer_reject")
    desk.together(ev.CouldNotSend("c1", 1))
    desk.expect("send c1 to user 103 (2): xfer_reject")
    desk.together(ev.CouldNotSend("c1", 2))
    assert desk.waiting() == ["c1"]


def test_a_late_answer_of_the_target_is_hung_up() -> None:
    """R-05, D-05: the caller is on the way back already."""
    desk = talking()
    desk.passes("ann", "bob")
    offer = desk.last_offer["bob"]
    desk.wait(21)
    desk.together(ev.OfferAccepted(offer))
    desk.expect(f"stop {desk.offered_to[offer]}: late")


# -- to queues and machines


def test_s16_into_another_queue_at_the_old_place() -> None:
    """D-04: the place is that of the first arrival, not of the transfer."""
    desk = talking("bob")
    desk.caller("early", "help")
    desk.talks("bob")
    desk.wait(10)
    desk.caller("late", "help")
    desk.passes("ann", "help", Kind.QUEUE)
    desk.expect("hold c1", "stop ann: transferred")
    assert desk.waiting() == ["c1", "late"]
    desk.together(ev.CallerHungUp("early"), ev.OfferLegEnded(desk.last_offer["bob"]))
    desk.wait(30)
    assert "ring bob for c1" in desk.said
    desk.talks("bob")
    assert desk.agent("bob").contact == "c1"


def test_s19_a_queue_that_cannot_serve_gives_the_caller_back() -> None:
    """D-16: the queue's own chain first; a default message is no fallback that anybody set up."""
    desk = talking()
    desk.together(ev.HoursChanged("help", is_open=False))
    desk.passes("ann", "help", Kind.QUEUE)
    desk.leaves("ann")
    assert desk.waiting() == ["c1"]
    desk.ends_wrap_up("ann")
    desk.expect("ring ann for c1")


def test_s19_a_queues_configured_chain_is_its_fallback() -> None:
    closed = (Chain(Reason.CLOSED, (Destination(Kind.VOICEMAIL, "help"),)),)
    desk = talking(queues=(SALES, QueueSettings("help", "Help", "200", ("bob",), chains=closed)))
    desk.together(ev.HoursChanged("help", is_open=False))
    desk.passes("ann", "help", Kind.QUEUE)
    desk.expect("hold c1", "stop ann: transferred", "send c1 to voicemail help (1): closed")


def test_s16_to_voicemail() -> None:
    desk = talking()
    desk.passes("ann", "102", Kind.VOICEMAIL)
    desk.expect("hold c1", "stop ann: transferred", "send c1 to voicemail 102 (1): xfer")
    desk.together(ev.SentOn("c1", 1))
    desk.together(ev.VoicemailLeft("c1", 1, 9.0))
    assert desk.ending("c1").outcome is story.Outcome.VOICEMAIL


def test_a_voicemail_that_cannot_take_the_call_gives_the_caller_back() -> None:
    desk = talking()
    desk.passes("ann", "102", Kind.VOICEMAIL)
    desk.together(ev.CouldNotSend("c1", 1))
    assert desk.waiting() == ["c1"]


@pytest.mark.parametrize(
    ("to", "kind", "ask_first", "why"),
    [
        ("ann", Kind.USER, False, "self"),
        ("ann", Kind.USER, True, "self"),
        ("nowhere", Kind.QUEUE, False, "unknown"),
        ("help", Kind.QUEUE, True, "kind"),
        ("102", Kind.VOICEMAIL, True, "kind"),
        ("closed", Kind.MESSAGE, False, "kind"),
        ("", Kind.USER, False, "kind"),
    ],
)
def test_s16_what_cannot_be_is_refused_and_they_talk_on(to: str, kind: Kind, ask_first: bool, why: str) -> None:
    desk = talking()
    desk.passes("ann", to, kind, ask_first=ask_first)
    desk.expect(f"refuse c1: {why}")
    assert state_of(desk) is ContactState.CONNECTED


def test_only_the_agent_on_the_call_passes_it_on() -> None:
    desk = talking()
    desk.together(ev.TransferAsked("c1", "o9", Kind.USER, "102"), ev.TransferAsked("c9", "o1", Kind.USER, "102"))
    desk.expect("refuse c1: no_call", "refuse c9: no_call")


def test_r15_a_loop_ends_after_five_transfers() -> None:
    """S-16: Ann to Bob to Ann to Bob, and so on."""
    desk = talking()
    people = ["ann", "bob"] * 3
    for giver, taker in itertools.pairwise(people[:6]):
        desk.passes(giver, taker)
        assert not any("refuse" in said for said in desk.said)
        desk.leaves(giver)
        desk.picks_up(taker)
        desk.hear_each_other("c1")
    desk.passes("bob", "ann")
    desk.expect("refuse c1: hops")


def test_r15_a_transfer_to_the_queue_of_nobody_but_oneself_waits_for_the_wrap_up() -> None:
    desk = talking()
    desk.passes("ann", "sales", Kind.QUEUE)
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP
    assert desk.waiting() == ["c1"]
    desk.wait(30.1)
    assert desk.said[:1] == ["ring ann for c1"]


# -- hold


def test_hold_by_the_phone_is_seen_counted_and_reminded_of() -> None:
    """T-held, M-10: every 60 s."""
    desk = talking()
    desk.holds("ann")
    began = desk.now
    assert desk.agent("ann").held_since == began
    assert desk.acd.view(desk.now).calls[0].held_since == began
    desk.wait(60)
    assert desk.agent("ann").is_held_long
    desk.wait(60)
    assert [fact.held_s for fact in desk.told(story.HeldLong)] == [60.0, 120.0]
    desk.holds("ann", is_held=False)
    assert desk.agent("ann").held_since == 0
    assert [fact.held_s for fact in desk.told(story.CallerTakenBack)] == [120.0]
    desk.wait(100)
    assert len(desk.told(story.HeldLong)) == 2


def test_a_hold_ends_with_the_call() -> None:
    desk = talking()
    desk.holds("ann")
    desk.wait(7)
    desk.hangs_up("c1")
    assert [fact.held_s for fact in desk.told(story.CallerTakenBack)] == [7.0]
    desk.wait(100)
    assert desk.told(story.HeldLong) == []


# -- faults


def test_a_line_callers_transfer_is_over_when_the_switch_dies_and_the_old_queue_has_the_place() -> None:
    """I-05, R-30: nobody is rung for a caller who is not on the line."""
    desk = Desk("ann", "bob", queues=(SALES, HELP))
    desk.ready("ann")
    desk.caller("c1", returns=True)
    desk.talks("ann")
    desk.asks("ann", "bob")
    desk.together(ev.SwitchLost())
    assert desk.status("bob") is Status.OFF
    desk.together(ev.CallerReturned("c1"))
    desk.expect("hold c1", "ring ann for c1")


@pytest.mark.parametrize("kept", [(), ("o1",), ("o2",), ("o1", "o2")])
@pytest.mark.parametrize("is_answered", [True, False])
def test_after_a_restart_a_consultation_goes_on_with_whoever_is_still_there(
    kept: tuple[str, ...], is_answered: bool
) -> None:
    """A-30: legs that are gone are gone, the caller is with somebody or in line."""
    desk = consulting()
    if is_answered:
        desk.picks_up("bob")
    desk.together(ev.Restarted(kept, ()))
    assert desk.acd.contact("c1") is not None
    if kept == ("o1", "o2") and is_answered:
        desk.expect("hold c1", "ann asks bob")
    assert do.ReleaseCaller("c1", "agent_left") not in desk.commands


def test_the_desk_keeps_a_transfer_over_its_restart() -> None:
    desk = talking()
    desk.passes("ann", "bob")
    desk.together(ev.Restarted(("o2",), ()))
    desk.expect("hold c1")
    desk.picks_up("bob")
    desk.expect("connect c1 with bob", "record c1 as rc1-2")


# -- what is easily broken


def passed_to_bob() -> Desk:
    """Bob, off duty, talks with c1, whom Ann passed on to him."""
    desk = talking()
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.picks_up("bob")
    desk.hear_each_other("c1")
    return desk


def test_s16_who_was_passed_a_caller_cannot_pass_them_to_their_own_phone() -> None:
    desk = passed_to_bob()
    desk.passes("bob", "bob")
    desk.expect("refuse c1: self")


def test_an_answer_told_twice_is_one() -> None:
    """I-16: and an answered consultation has no timer."""
    desk = consulting()
    desk.picks_up("bob")
    desk.picks_up("bob")
    desk.expect()
    desk.wait(25)
    assert desk.agent("ann").is_consulting


def test_who_is_given_back_is_let_in_where_nobody_else_is_and_t_max_counts_anew() -> None:
    """D-16, T-max: neither a full queue nor a long talk turns them away."""
    queue = QueueSettings("sales", "Sales", "100", ("ann",), max_waiting=1, max_wait_s=60.0, hold_when_busy=False)
    desk = talking(queues=(queue, HELP))
    desk.wait(100)
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.rejects("bob")
    assert desk.waiting() == ["c1"]
    desk.wait(20)
    assert desk.waiting() == ["c1"]


def test_who_gives_up_in_the_second_queue_was_answered_in_the_first() -> None:
    """M-00: each contact counts once, by its first bridge."""
    desk = talking("bob")
    desk.caller("other", "help")
    desk.talks("bob")
    desk.passes("ann", "help", Kind.QUEUE)
    desk.hangs_up("c1")
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (story.Outcome.ANSWERED, "gave_up")


def test_the_end_of_an_own_call_never_ends_a_passed_one() -> None:
    """I-17: the leg of a transfer ends as an offer does."""
    desk = passed_to_bob()
    desk.together(ev.LegEnded("bob", desk.last_offer["bob"]))
    assert desk.agent("bob").contact == "c1"
    assert desk.status("bob") is Status.OFF_ON_CALL


def test_hold_told_twice_began_once() -> None:
    desk = talking()
    desk.holds("ann")
    desk.wait(5)
    desk.holds("ann")
    assert len(desk.told(story.CallerHeld)) == 1
    desk.wait(5)
    desk.holds("ann", is_held=False)
    assert [fact.held_s for fact in desk.told(story.CallerTakenBack)] == [10.0]


def test_an_ended_recording_says_nothing_about_a_consultation() -> None:
    """S-07: the file was closed by us, and the next conversation has its own."""
    desk = talking()
    desk.together(ev.RecordingBegan("c1", "rc1-1"))
    desk.asks("ann", "bob")
    assert not desk.agent("ann").recording
    desk.together(ev.RecordingEnded("c1", "rc1-1"))
    desk.cancels("ann")
    desk.together(ev.RecordingBegan("c1", "rc1-2"))
    assert desk.agent("ann").recording
