"""The whole house: hours that a person holds (§3.7, U-10), and notices by contact input (U-11)."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.events import Event
from appliance.acd.house import Held
from appliance.acd.settings import CallbackSettings, QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives

CLOSES = ev.HoursChanged("sales", is_open=False, reason="closed")
OPENS = ev.HoursChanged("sales", is_open=True, reason="open")
FIRE = ev.NoticeRaised("fire", "contact 1")


def held(how: Held, queue: str = "", *, forced: bool = False) -> ev.HoursHeld:
    return ev.HoursHeld(how, "key", queue=queue, forced=forced)


def waiting(*, stays: bool = True, **queue: object) -> Desk:
    """Ann talks on her own, c1 waits."""
    sales = QueueSettings("sales", "Sales", "1", ("ann",), wait_after_closing=stays, wrap_up_s=0, **queue)  # type: ignore[arg-type]
    desk = Desk("ann", queues=[sales, QueueSettings("help", "Help", "2", ("ann",))])
    desk.ready("ann")
    desk.dials("ann")
    desk.caller("c1")
    return desk


def holding(desk: Desk) -> Held | None:
    house = desk.acd.state.house
    return house.holding.held if house.holding is not None else None


def test_closed_by_a_person_beats_a_schedule_that_is_open_and_opens_again_when_let_go() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(held(Held.CLOSED))
    desk.caller("c1")
    desk.expect("dismiss c1: closed")
    desk.together(held(Held.SCHEDULE))
    desk.caller("c2")
    desk.expect("ringback c2", "ring ann for c2")


def test_open_by_a_person_beats_a_schedule_that_is_closed_also_one_that_closes_later() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(held(Held.OPEN), CLOSES)
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1")
    desk.hangs_up("c1")
    desk.together(held(Held.SCHEDULE))
    desk.caller("c2")
    desk.expect("dismiss c2: closed")


def test_a_boundary_while_the_hours_are_held_open_sends_nobody_away() -> None:
    desk = waiting(stays=False)
    desk.together(held(Held.OPEN))
    desk.together(CLOSES)
    desk.expect()
    assert desk.waiting() == ["c1"]
    desk.together(held(Held.SCHEDULE))
    desk.expect("dismiss c1: closed")


def test_one_queue_is_held_while_the_others_follow_their_hours() -> None:
    desk = Desk("ann", queues=[QueueSettings(name, name, name, ("ann",)) for name in ("sales", "help")])
    desk.ready("ann")
    desk.together(held(Held.CLOSED, "help"))
    desk.caller("c1", "help")
    desk.expect("dismiss c1: closed")
    desk.caller("c2")
    desk.expect("ringback c2", "ring ann for c2")
    desk.together(held(Held.SCHEDULE))  # the whole office was not held
    desk.caller("c3", "help")
    desk.expect("dismiss c3: closed")
    desk.together(held(Held.OPEN))
    desk.caller("c4", "help")
    desk.expect("hold c4")
    desk.together(held(Held.SCHEDULE, "help"))
    desk.caller("c5", "help")
    desk.expect("hold c5")


def test_what_is_said_of_one_queue_goes_before_what_is_said_of_the_office() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.together(held(Held.CLOSED), held(Held.OPEN, "sales"))
    desk.caller("c1")
    desk.expect("ringback c1", "ring ann for c1")


def test_u10_closing_lets_nobody_in_and_keeps_and_tells_those_who_wait_once() -> None:
    desk = waiting(stays=False)
    desk.together(held(Held.CLOSING))
    desk.expect("tell c1 closing")
    desk.caller("c2")
    desk.expect("dismiss c2: closed")
    desk.together(CLOSES)
    desk.expect()
    assert desk.waiting() == ["c1"]
    assert holding(desk) is Held.CLOSING


def test_u10_closed_latches_when_the_last_one_has_left_the_line_and_not_before() -> None:
    desk = waiting()
    desk.together(held(Held.CLOSING))
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    assert holding(desk) is Held.CLOSING  # still somebody whom nobody has answered
    desk.talks("ann")
    assert holding(desk) is Held.CLOSED  # a conversation keeps nothing open (I-20)
    assert desk.status("ann") is Status.ON_CALL
    assert [fact.held for fact in desk.told(story.HoursHeld) if isinstance(fact, story.HoursHeld)] == [
        "closing",
        "closed",
    ]


def test_u10_a_single_queue_that_is_closing_is_closed_once_nobody_waits_there() -> None:
    """U-10: the other queues of the house go on as before."""
    desk = waiting()
    desk.together(held(Held.CLOSING, "sales"))
    assert desk.acd.state.house.queues["sales"].held is Held.CLOSING
    desk.hangs_up("c1")
    assert desk.acd.state.house.queues["sales"].held is Held.CLOSED
    assert holding(desk) is None
    desk.caller("c2", "help")
    desk.expect("hold c2")


def test_u10_an_empty_office_closes_at_once() -> None:
    desk = Desk("ann")
    desk.together(held(Held.CLOSING))
    assert holding(desk) is Held.CLOSED


def test_u10_forced_sends_on_who_waits_even_where_they_may_stay_after_closing() -> None:
    desk = waiting(stays=True)
    desk.together(held(Held.CLOSED))
    desk.expect()
    desk.together(held(Held.CLOSED, forced=True))
    desk.expect("dismiss c1: closed")


def test_u10_a_caller_who_comes_back_in_line_while_it_closes_is_told_then() -> None:
    desk = waiting()
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.together(held(Held.CLOSING))
    desk.expect()  # an offer is not disturbed
    desk.rejects("ann")
    desk.expect("stop ann: declined", "tell c1 closing")


def test_u10_the_place_is_told_later_when_the_closing_was_told_now() -> None:
    desk = waiting(announce_position=True, announce_min_s=5)
    desk.wait(45)
    desk.together(held(Held.CLOSING))
    desk.expect("tell c1 closing")
    desk.wait(60)
    assert desk.said == ["tell c1 place 1"]


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("closes_first", [True, False])
def test_r21_closing_by_key_and_arrival_in_either_order(closes_first: bool, batched: bool) -> None:
    desk = waiting()
    events: list[Event] = [held(Held.CLOSING), arrives("c2")]
    events = events if closes_first else events[::-1]
    if batched:
        desk.together(*events)
    else:
        for event in events:
            desk.together(event)
    assert desk.waiting() == (["c1"] if closes_first else ["c1", "c2"])


def test_a_promised_callback_rests_while_a_person_holds_the_office_closed() -> None:
    terms = CallbackSettings(digit="2", after=0)
    desk = Desk("ann", callback=terms)
    desk.ready("ann")
    desk.dials("ann")
    desk.together(replace(arrives("c1"), number="0355501"))
    for digit in "21":
        desk.together(ev.DigitPressed("c1", digit))
    desk.together(held(Held.CLOSED))
    desk.ends_leg("ann")
    desk.expect()
    desk.together(held(Held.SCHEDULE))
    desk.expect("ring ann for c1")


def test_hours_of_a_queue_that_is_not_there_are_not_held() -> None:
    desk = Desk("ann")
    desk.together(held(Held.CLOSED, "nowhere"))
    assert desk.told(story.HoursHeld) == []


def test_u11_agents_go_off_duty_to_leave_and_nobody_rings() -> None:
    desk = Desk("ann", "bob", "cay", "dan", wrap_up_s=30)
    desk.ready("ann", "bob", "cay")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    desk.expect("ringback c2", "ring bob for c2")
    desk.together(FIRE)
    desk.expect("stop bob: duty_off", "hold c2", "tell c2 evacuation")
    assert [desk.status(name) for name in ("bob", "cay", "dan")] == [Status.OFF] * 3
    assert [desk.agent(name).reason for name in ("bob", "cay", "dan")] == ["evacuation", "evacuation", ""]
    assert desk.agent("bob").prompt == ""  # nobody is blamed
    assert (desk.status("ann"), desk.agent("ann").pending) == (Status.ON_CALL, "off")
    desk.hangs_up("c1")
    desk.leaves("ann")
    assert (desk.status("ann"), desk.agent("ann").reason) == (Status.OFF, "evacuation")


def test_u11_a_new_caller_hears_the_notice_and_may_leave_a_number() -> None:
    desk = Desk("ann")
    desk.together(FIRE)
    desk.caller("c1")
    desk.expect("say evacuation to c1 (0)")
    desk.together(ev.MessageSaid("c1", 0))
    desk.expect("ask number c1")
    desk.together(ev.DigitPressed("c1", "*"))
    desk.expect("dismiss c1: evacuation")


def test_u11_a_notice_given_twice_is_said_once_and_when_it_is_over_nobody_is_on_duty() -> None:
    desk = waiting()
    desk.together(FIRE, FIRE)
    desk.expect("tell c1 evacuation")
    desk.ends_leg("ann")
    desk.together(ev.NoticeCleared("fire", "contact 1"))
    assert desk.status("ann") is Status.OFF  # D-03
    assert len(desk.told(story.NoticeGiven)) == 2
    desk.ready("ann")
    desk.expect("ring ann for c1")


def test_u11_a_notice_that_evacuates_nobody_is_only_told() -> None:
    desk = waiting()
    desk.together(ev.NoticeRaised("door", "contact 2", "door_notice", evacuates=False))
    desk.expect("tell c1 door_notice")
    assert desk.status("ann") is Status.ON_CALL
    assert desk.agent("ann").pending == ""
    desk.caller("c2")
    desk.expect("hold c2", "tell c2 door_notice")


def test_u11_a_press_in_the_moment_of_the_notice_is_not_taken_for_a_wish() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.now += 5
    desk.together(FIRE)
    assert desk.agent("ann").changed_by_itself_at == desk.now
