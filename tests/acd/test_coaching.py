"""Supervisors in conversations: F-37, U-08, R-36, §3.14."""

from dataclasses import replace

import pytest

from appliance.acd import coaching, story
from appliance.acd import events as ev
from appliance.acd.events import Event
from appliance.acd.model import ContactState
from appliance.acd.settings import QueueSettings, SupervisorSettings
from appliance.acd.story import Outcome
from appliance.acd.talk import Mode
from appliance.acd.view import Status
from tests.acd.desk import Desk, office

EVE = SupervisorSettings("eve", "Eve", "201")
FAY = SupervisorSettings("fay", "Fay", "202", ("help",))
GUS = SupervisorSettings("gus", "Gus", "203", ("sales", "help"))


def talking(*supervisors: SupervisorSettings, hides: bool = False, **queue: object) -> Desk:
    """Ann and bob answer sales; ann talks with c1."""
    sales = QueueSettings("sales", "Sales", "1", ("ann", "bob"), **queue)  # type: ignore[arg-type]
    desk = Desk("ann", "bob")
    plan = replace(
        office("ann", "bob", queues=[sales]), supervisors=supervisors or (EVE, FAY, GUS), hides_listening=hides
    )
    desk.together(ev.Configured(plan))
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    return desk


def asks(desk: Desk, supervisor: str = "eve", mode: Mode = Mode.WHISPER, *, leg: str = "") -> None:
    desk.together(ev.CoachAsked(supervisor, "ann", mode, supervisor, leg))


def coached(mode: Mode = Mode.WHISPER, **queue: object) -> Desk:
    """Eve takes part in ann's conversation with c1."""
    desk = talking(**queue)
    asks(desk, mode=mode)
    desk.together(ev.CoachAnswered("k1"))
    return desk


def gone(desk: Desk) -> list[str]:
    return [fact.why for fact in desk.told(story.CoachGone) if isinstance(fact, story.CoachGone)]


def state(desk: Desk, contact: str = "c1") -> ContactState:
    return desk.acd.state.contacts[contact].state


def test_f37_a_supervisor_is_rung_and_takes_part_when_the_phone_is_picked_up() -> None:
    desk = talking()
    asks(desk)
    desk.expect("ring eve at 201 as k1 for ann")
    assert desk.agent("ann").coach == ""
    desk.together(ev.CoachAnswered("k1"))
    desk.expect("let k1 whisper to ann")
    ann = desk.agent("ann")
    assert (ann.coach, ann.coach_mode, ann.status) == ("eve", "whisper", Status.ON_CALL)
    assert [(fact.supervisor, fact.mode) for fact in desk.told(story.CoachCame)] == [("eve", "whisper")]  # type: ignore[attr-defined]


def test_f37_a_supervisor_who_called_in_is_there_at_once() -> None:
    desk = talking()
    asks(desk, mode=Mode.LISTEN, leg="in-7")
    desk.expect("let k1 listen to ann")
    assert desk.acd.state.coaches["k1"].leg == "in-7"


@pytest.mark.parametrize(
    ("supervisor", "agent", "why"),
    [
        ("fay", "ann", "other_queue"),
        ("zoe", "ann", "no_supervisor"),
        ("eve", "bob", "no_conversation"),
        ("eve", "nobody", "no_conversation"),
    ],
)
def test_f37_only_supervisors_of_the_queue_and_only_where_somebody_talks(supervisor: str, agent: str, why: str) -> None:
    desk = talking()
    assert coaching.refusal(desk.acd.state, supervisor, agent) == why
    desk.together(ev.CoachAsked(supervisor, agent, Mode.LISTEN))
    desk.expect()
    desk.together(ev.CoachAsked(supervisor, agent, Mode.LISTEN, leg="in-7"))
    desk.expect("drop in-7: refused")
    assert [fact.why for fact in desk.told(story.CoachRefused)] == [why, why]  # type: ignore[attr-defined]


def test_f37_nobody_coaches_the_call_on_their_own_phone() -> None:
    desk = talking(SupervisorSettings("ann-too", "Ann", "101"))
    assert coaching.refusal(desk.acd.state, "ann-too", "ann") == "own_call"
    desk.together(ev.HelpAsked("ann", "phone"))
    desk.expect()


def test_f37_the_mode_changes_while_the_supervisor_is_there() -> None:
    desk = coached(Mode.LISTEN)
    desk.together(ev.CoachModeAsked("k1", Mode.BARGE))
    desk.expect("let k1 barge to ann")
    desk.together(ev.CoachModeAsked("k1", Mode.BARGE))
    desk.expect()
    asks(desk, mode=Mode.WHISPER)  # on the page again
    desk.expect("let k1 whisper to ann")
    assert len(desk.acd.state.coaches) == 1


def test_f37_who_listens_may_be_hidden_and_who_whispers_never() -> None:
    """§3.14: policy may hide listen, never whisper or barge."""
    desk = talking(hides=True)
    asks(desk, mode=Mode.LISTEN)
    desk.together(ev.CoachAnswered("k1"))
    assert desk.agent("ann").coach == ""
    desk.together(ev.CoachModeAsked("k1", Mode.WHISPER))
    assert desk.agent("ann").coach == "eve"
    assert coached(Mode.LISTEN).agent("ann").coach == "eve"


def test_f37_taking_over_releases_the_agent_into_wrap_up_and_the_caller_talks_on() -> None:
    desk = coached()
    desk.now += 10
    desk.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    desk.expect("k1 takes c1 over, recorded as rc1-2", "stop ann: taken_over")
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP
    assert state(desk) is ContactState.TAKEN
    (call,) = desk.acd.view(desk.now).calls
    assert (call.agent, call.talking) == ("eve", True)
    desk.now += 20
    desk.hangs_up("c1")
    desk.expect("drop k1: over")
    assert (desk.ending("c1").outcome, desk.ending("c1").talked_s) == (Outcome.ANSWERED, 30.0)


def test_f37_who_asks_to_take_over_from_elsewhere_has_the_call_when_the_phone_is_picked_up() -> None:
    desk = talking(record=False)
    asks(desk, mode=Mode.TAKE_OVER)
    desk.together(ev.CoachAnswered("k1"))
    desk.expect("k1 takes c1 over", "stop ann: taken_over")
    desk.wait(2)  # the agent's leg is believed gone
    assert desk.status("ann") is Status.WRAP_UP
    desk.together(ev.CoachLeft("k1"))
    desk.expect("release c1: supervisor_left")
    assert desk.ending("c1").outcome is Outcome.ANSWERED


def test_f37_a_pause_of_the_recording_goes_with_the_call_that_is_taken_over() -> None:
    """R-37."""
    desk = coached(pause_recording=True)
    desk.together(ev.RecordingBegan("c1", "rc1-1"))
    desk.together(ev.RecordingPauseAsked("ann", "ann"))
    desk.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    desk.expect("k1 takes c1 over, recorded as rc1-2", "pause rc1-2", "stop ann: taken_over")
    desk.wait(120)
    assert "record rc1-2 on" in desk.said


def test_r36_the_agent_hangs_up_and_the_coach_is_asked_and_takes_the_call() -> None:
    desk = coached()
    desk.leaves("ann")
    desk.expect("ask k1")
    assert desk.status("ann") is Status.WRAP_UP
    assert state(desk) is ContactState.KEPT
    desk.together(ev.CoachModeAsked("k1", Mode.LISTEN))
    desk.expect()
    desk.now += 4
    desk.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    desk.expect("k1 takes c1 over, recorded as rc1-2")
    desk.wait(60)
    desk.expect()
    assert state(desk) is ContactState.TAKEN


def test_r36_a_coach_who_does_not_answer_in_time_does_not_keep_the_caller() -> None:
    desk = coached(Mode.BARGE)
    desk.leaves("ann")
    desk.wait(5)
    desk.expect("release c1: agent_left", "drop k1: over")
    assert desk.ending("c1").outcome is Outcome.ANSWERED


def test_r36_a_coach_who_hangs_up_when_asked_ends_the_call() -> None:
    desk = coached()
    desk.leaves("ann")
    desk.together(ev.CoachLeft("k1"))
    desk.expect("release c1: agent_left")


def test_r36_an_agent_who_leaves_while_the_coach_is_still_being_rung_just_ends_the_call() -> None:
    desk = talking()
    asks(desk)
    desk.leaves("ann")
    desk.expect("release c1: agent_left", "drop k1: over")


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_r36_agent_caller_and_supervisor_hang_up_in_any_order(order: tuple[int, int, int], batched: bool) -> None:
    desk = coached()
    offer = desk.last_offer["ann"]
    happenings: list[Event] = [ev.OfferLegEnded(offer), ev.CallerHungUp("c1"), ev.CoachModeAsked("k1", Mode.TAKE_OVER)]
    events = [happenings[number] for number in order]
    if batched:
        desk.together(*events)
    else:
        for event in events:
            desk.together(event)
    desk.together(ev.CoachLeft("k1"))
    desk.wait(10)
    assert desk.acd.state.coaches == {}
    assert desk.acd.state.offers == {}
    assert desk.ending("c1").outcome is Outcome.ANSWERED
    assert desk.status("ann") is Status.WRAP_UP


def test_the_caller_hangs_up_and_the_coach_is_dropped() -> None:
    desk = coached()
    desk.hangs_up("c1")
    desk.expect("stop ann: caller_gone", "drop k1: over")
    assert gone(desk) == ["over"]


def test_the_coach_hangs_up_and_the_two_talk_on() -> None:
    desk = coached()
    desk.together(ev.CoachLeft("k1"))
    desk.expect()
    assert desk.agent("ann").coach == ""
    assert state(desk) is ContactState.CONNECTED
    desk.together(ev.CoachLeft("k1"), ev.CoachAnswered("k1"), ev.CoachModeAsked("k1", Mode.BARGE))
    desk.expect()


def test_a_supervisor_who_does_not_pick_up_is_rung_no_longer() -> None:
    desk = talking()
    asks(desk)
    desk.wait(20)
    desk.expect("drop k1: no_answer")
    assert gone(desk) == []


def test_a_supervisor_is_at_one_conversation_at_a_time() -> None:
    desk = coached()
    desk.ready("bob")
    desk.caller("c2")
    desk.talks("bob")
    desk.together(ev.CoachAsked("eve", "bob", Mode.LISTEN))
    desk.expect("drop k1: elsewhere", "ring eve at 201 as k2 for bob")


def test_u08_silent_help_rings_the_nearest_supervisor_of_the_queue_who_comes_in_whispering() -> None:
    desk = talking(FAY, GUS, EVE)
    desk.together(ev.HelpAsked("ann", "button"))
    desk.expect("ring gus at 203 as k1 to help ann")
    assert desk.agent("ann").help_asked
    desk.together(ev.HelpAsked("ann", "button"))
    desk.expect()
    desk.together(ev.CoachAnswered("k1"))
    desk.expect("let k1 whisper to ann")
    assert (desk.agent("ann").coach, desk.agent("ann").help_asked) == ("gus", False)


def test_u08_the_next_supervisor_is_rung_when_one_does_not_come() -> None:
    desk = talking(GUS, EVE)
    desk.together(ev.HelpAsked("ann", "button"))
    desk.together(ev.CoachLeft("k1"))
    desk.expect("ring eve at 201 as k2 to help ann")
    desk.wait(20)
    desk.expect("drop k2: no_answer")
    desk.together(ev.HelpAsked("ann", "button"))
    desk.expect("ring gus at 203 as k3 to help ann")  # asked again, from the beginning


def test_u08_help_means_nothing_without_a_conversation() -> None:
    desk = talking()
    desk.together(ev.HelpAsked("bob", "button"), ev.HelpAsked("nobody", "button"))
    desk.expect()


def test_the_switch_dies_and_nobody_is_there_any_more() -> None:
    desk = coached()
    desk.together(ev.SwitchLost())
    assert desk.acd.state.coaches == {}
    taken = coached()
    taken.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    taken.together(ev.SwitchLost())
    assert taken.acd.state.coaches == {}
    assert taken.ending("c1").outcome is Outcome.LOST


def test_a30_the_desk_restarts_and_who_is_still_on_the_line_stays() -> None:
    desk = coached()
    desk.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    desk.leaves("ann")
    desk.together(ev.Restarted(coaches=("k1",)))
    assert state(desk) is ContactState.TAKEN
    desk.together(ev.Restarted())
    assert desk.ending("c1").outcome is Outcome.ANSWERED


def test_u08_a_supervisor_who_sits_at_a_seat_sees_there_who_calls_for_help_until_they_come() -> None:
    phone = Desk("ann", "bob").acd.state.agents["bob"].settings.phone
    desk = talking(SupervisorSettings("bob", "Bob", phone))
    assert desk.agent("bob").helps == ""
    desk.together(ev.HelpAsked("ann", "button"))
    assert (desk.agent("bob").helps, desk.agent("ann").helps) == ("ann", "")
    desk.together(ev.CoachAnswered("k1"))
    assert desk.agent("bob").helps == ""


def test_u08_a_supervisor_who_only_listens_in_is_called_by_nobody() -> None:
    phone = Desk("ann", "bob").acd.state.agents["bob"].settings.phone
    desk = talking(SupervisorSettings("bob", "Bob", phone))
    asks(desk, "bob")
    assert desk.agent("bob").helps == ""


@pytest.mark.parametrize("ask_first", [True, False])
def test_a_coach_does_not_go_with_a_caller_who_is_passed_on(ask_first: bool) -> None:
    desk = coached()
    desk.passes("ann", "bob", ask_first=ask_first)
    assert desk.said[-1] == "drop k1: over"
    assert desk.acd.state.coaches == {}


def test_u08_a_supervisor_who_is_with_somebody_else_is_not_rung_for_help() -> None:
    desk = talking(EVE, GUS)
    asks(desk, "eve")
    desk.together(ev.CoachAnswered("k1"), ev.DutyOn("bob", "bob"))
    desk.caller("c2")
    desk.talks("bob")
    desk.together(ev.HelpAsked("bob", "bob"))
    desk.expect("ring gus at 203 as k2 to help bob")


def test_f37_told_twice_that_the_phone_was_picked_up_nobody_is_let_in_again() -> None:
    desk = coached()
    desk.expect("let k1 whisper to ann")
    desk.together(ev.CoachAnswered("k1"))
    desk.expect()


def test_f37_who_came_in_stays_longer_than_the_phone_would_have_rung() -> None:
    desk = coached()
    desk.wait(120)
    desk.expect()
    assert desk.agent("ann").coach == "eve"


def test_f37_to_take_over_while_the_phone_still_rings_is_done_when_it_is_picked_up() -> None:
    desk = talking()
    asks(desk)
    desk.together(ev.CoachModeAsked("k1", Mode.TAKE_OVER))
    desk.expect()
    desk.together(ev.CoachAnswered("k1"))
    assert state(desk) is ContactState.TAKEN


def test_u08_who_came_to_help_and_leaves_is_not_followed_by_another() -> None:
    desk = talking(GUS, EVE)
    desk.together(ev.HelpAsked("ann", "button"))
    desk.together(ev.CoachAnswered("k1"))
    desk.together(ev.CoachLeft("k1"))
    desk.expect()
    assert gone(desk) == ["left"]


def test_f37_nobody_takes_part_while_the_agent_asks_a_colleague_first() -> None:
    """The caller hears music: there is nobody to be heard, and nothing to take over (§3.14)."""
    desk = talking()
    desk.passes("ann", "bob", ask_first=True)
    assert state(desk) is ContactState.CONSULTING
    assert coaching.refusal(desk.acd.state, "eve", "ann") == "no_conversation"
