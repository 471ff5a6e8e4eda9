"""Ways out of a queue that lead on: chains over several queues, a callback in a chain, the place and wait told.

§3.6, S-38, S-40, F-25, M-20, I-27, D-06.
"""

from dataclasses import replace

import pytest

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd import expected_wait, story
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.settings import CallbackSettings, QueueSettings
from tests.acd.desk import Desk, arrives

HELP = Destination(Kind.QUEUE, "help")
STAFF = Destination(Kind.GROUP, "staff")
USER = Destination(Kind.USER, "103")
CALLBACK = Destination(Kind.CALLBACK)
VOICEMAIL = Destination(Kind.VOICEMAIL)
NUMBER = "0312345678"


def queue(name: str, *agents: str, **settings: object) -> QueueSettings:
    """A queue whose keyword `no_agent=(...)` is the chain of that reason; the others are settings."""
    chains = [Chain(reason, settings.pop(reason.value)) for reason in Reason if reason.value in settings]  # type: ignore[arg-type]
    return QueueSettings(name, name, "1", agents, chains=tuple(chains), **settings)  # type: ignore[arg-type]


def deserted(*steps: Destination, more: tuple[QueueSettings, ...] = (), **office: object) -> Desk:
    """Nobody is on duty anywhere and nobody is waited for: c1 has walked as far into the chain of sales as it goes."""
    sales = queue("sales", "ann", wait_without_agents=False, no_agent=steps)
    desk = Desk("ann", "bob", queues=[sales, *more])
    desk.together(ev.Configured(replace(desk.acd.state.office, **office)))
    desk.together(replace(arrives("c1"), number=NUMBER))
    return desk


def test_a_queue_without_steps_of_its_own_hands_the_caller_back_to_the_chain_they_came_by() -> None:
    desk = deserted(HELP, USER, VOICEMAIL, more=(queue("help", "bob", wait_without_agents=False),))
    desk.expect("send c1 to user 103 (2): no_agent")
    desk.together(ev.CouldNotSend("c1", 2, "busy"))
    desk.expect("send c1 to voicemail (3): no_agent")
    desk.hangs_up("c1")
    assert desk.ending("c1").queue == "sales"


def test_the_second_queue_s_own_chain_goes_first_and_then_the_first_one_s() -> None:
    help_ = queue("help", "bob", wait_without_agents=False, no_agent=(Destination(Kind.USER, "104"),))
    desk = deserted(HELP, USER, more=(help_,))
    desk.expect("send c1 to user 104 (2): no_agent")
    desk.together(ev.CouldNotSend("c1", 2))
    desk.expect("send c1 to user 103 (3): no_agent")
    desk.together(ev.CouldNotSend("c1", 3))
    desk.expect("dismiss c1: no_agent")


def test_who_was_sent_to_a_closed_queue_does_not_hear_that_it_is_closed_but_goes_on() -> None:
    desk = Desk("ann", "bob", queues=[queue("sales", "ann", wait_without_agents=False, no_agent=(HELP, VOICEMAIL)),
                                      queue("help", "bob")])  # fmt: skip
    desk.together(ev.HoursChanged("help", is_open=False))
    desk.caller("c1")
    desk.expect("send c1 to voicemail (2): no_agent")
    desk.caller("c2", "help")
    desk.expect("dismiss c2: closed")


def test_i27_two_queues_that_send_to_each_other_end_in_a_message() -> None:
    help_ = queue("help", "bob", wait_without_agents=False, no_agent=(Destination(Kind.QUEUE, "sales"), HELP))
    desk = deserted(HELP, more=(help_,))
    desk.expect("dismiss c1: no_agent")


def test_a_ring_group_rings_its_people_and_hands_the_caller_back_when_nobody_answers() -> None:
    staff = queue("staff", "bob", is_group=True, strategy="simultaneous", ring_s=15.0)
    desk = Desk("ann", "bob", queues=[queue("sales", "ann", wait_without_agents=False, no_agent=(STAFF, VOICEMAIL)),
                                      staff])  # fmt: skip
    desk.ready("bob")
    desk.caller("c1")
    desk.expect("ringback c1", "ring bob for c1")
    desk.wait(15)
    desk.expect("stop bob: no_answer", "send c1 to voicemail (2): no_agent")
    assert desk.status("bob").value == "available"


def test_a_ring_group_and_the_queue_of_that_name_are_one_place() -> None:
    both = (STAFF, Destination(Kind.QUEUE, "staff"), VOICEMAIL)
    desk = deserted(*both, more=(queue("staff", "bob", is_group=True),))
    desk.expect("send c1 to voicemail (2): no_agent")


def test_a_callback_in_a_chain_is_promised_by_a_one() -> None:
    desk = deserted(CALLBACK, VOICEMAIL)
    desk.expect("read back number c1")
    desk.together(ev.DigitPressed("c1", "1"))
    desk.expect(f"promise c1 {NUMBER} at 1")
    desk.ready("ann")
    desk.expect("ring ann for c1")
    desk.picks_up("ann")
    desk.expect(f"dial {NUMBER} for c1 (1)")


def test_who_wants_no_callback_goes_on_along_the_chain() -> None:
    desk = deserted(CALLBACK, VOICEMAIL)
    desk.together(ev.DigitPressed("c1", "*"))
    desk.expect("send c1 to voicemail (2): no_agent")
    desk.together(ev.DigitPressed("c1", "1"))
    desk.expect()


def test_who_says_nothing_to_the_offer_goes_on_after_a_minute() -> None:
    desk = deserted(CALLBACK, VOICEMAIL)
    desk.wait(59)
    desk.expect()
    desk.wait(1)
    desk.expect("send c1 to voicemail (2): no_agent")


def test_a_callback_in_a_chain_asks_again_after_a_restart() -> None:
    desk = deserted(CALLBACK, VOICEMAIL)
    desk.together(ev.Restarted())
    desk.expect("read back number c1")


def test_a_number_that_is_booked_already_is_told_so_and_promised_once() -> None:
    desk = deserted(CALLBACK, VOICEMAIL)
    desk.together(ev.DigitPressed("c1", "1"))
    desk.together(ev.HoursChanged("sales", is_open=False))
    office = desk.acd.state.office
    closed = replace(office.queues[0], chains=(Chain(Reason.CLOSED, (CALLBACK,)),))
    desk.together(ev.Configured(replace(office, queues=(closed,))))
    desk.together(replace(arrives("c2"), number=NUMBER))
    desk.expect("dismiss c2: closed")
    assert desk.commands[-1] == do.DismissCaller("c2", "callback_booked", "closed")


@pytest.mark.parametrize(
    "office", [{"carried_prefixes": ("04",)}, {"never_dial": (NUMBER,)}, {"costly_prefixes": ("031",)}]
)
def test_a_number_that_may_not_be_dialled_is_asked_for_another(office: dict[str, object]) -> None:
    desk = deserted(CALLBACK, VOICEMAIL, **office)
    desk.expect("ask number c1")


def waiting(**settings: object) -> Desk:
    """Ann talks with c1, c2 has just come."""
    desk = Desk("ann", queues=[queue("sales", "ann", announce_position=True, wrap_up_s=0.0, **settings)])
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    return desk


def told(desk: Desk) -> do.AnnouncePosition:
    return next(one for one in reversed(desk.commands) if isinstance(one, do.AnnouncePosition))


def test_m20_the_wait_is_told_with_the_place_where_the_office_says_what_a_call_takes() -> None:
    desk = waiting(announce_wait=True, handling_s=180.0)
    assert told(desk) == do.AnnouncePosition("c2", 1, 5)  # 180 s × ln 5 = 290 s
    desk.caller("c3")
    assert told(desk) == do.AnnouncePosition("c3", 2, 10)  # 180 s × 2.99 = 539 s


@pytest.mark.parametrize("settings", [{"announce_wait": True}, {"handling_s": 180.0}])
def test_m20_no_wait_is_told_that_is_not_known_or_not_wanted(settings: dict[str, object]) -> None:
    assert told(waiting(**settings)) == do.AnnouncePosition("c2", 1, None)


def test_m20_ten_calls_are_enough_to_know_what_a_call_takes() -> None:
    desk = Desk("ann", queues=[queue("sales", "ann", announce_position=True, announce_wait=True, wrap_up_s=0.0)])
    desk.ready("ann")
    for number in range(10):
        desk.caller(f"h{number}")
        desk.talks("ann")
        desk.wait(60)
        desk.hangs_up(f"h{number}")
        desk.leaves("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    mean = expected_wait.handling_time([60.0] * 10)
    assert told(desk).minutes == expected_wait.rounded_up(expected_wait.wait_bound_s(0, 1, mean))
    assert desk.acd.state.queues["sales"].handling_s == pytest.approx(mean)


def test_m20_with_nobody_on_duty_only_the_place_is_told() -> None:
    desk = Desk("ann", queues=[queue("sales", "ann", announce_position=True, announce_wait=True, handling_s=60.0)])
    desk.caller("c1")
    assert told(desk) == do.AnnouncePosition("c1", 1, None)


def test_no_place_is_told_into_the_dialogue_about_a_callback() -> None:
    desk = waiting(callback=CallbackSettings(digit="2"), announce_s=30.0)
    desk.together(ev.DigitPressed("c2", "2"))
    desk.wait(59)
    desk.expect()
    desk.wait(1)
    desk.expect("tell c2 place 1")


def test_promises_are_shown_with_their_place_and_their_next_try() -> None:
    desk = deserted(CALLBACK)
    desk.together(ev.DigitPressed("c1", "1"))
    (shown,) = desk.acd.view(desk.now).callbacks
    assert (shown.contact, shown.number, shown.state, shown.position, shown.origin) == (
        "c1", NUMBER, "waiting", 1, "caller",
    )  # fmt: skip
    assert desk.acd.view(desk.now).waiting[0].callback == "caller"
    desk.ready("ann")
    desk.picks_up("ann")
    desk.together(ev.CustomerFailed("c1", 1))
    (shown,) = desk.acd.view(desk.now).callbacks
    assert (shown.state, shown.position, shown.tries, shown.retry_at) == ("resting", 0, 1, desk.now + 600)


def test_a_caller_who_leaves_along_a_chain_counts_once_in_the_queue_they_came_to() -> None:
    desk = deserted(HELP, USER, more=(queue("help", "bob", wait_without_agents=False),))
    desk.together(ev.SentOn("c1", 2))
    desk.hangs_up("c1")
    assert (desk.ending("c1").outcome, desk.ending("c1").queue) == (story.Outcome.FALLBACK, "sales")


def test_a_key_pressed_in_the_second_queue_is_meant_there() -> None:
    help_ = queue("help", "bob", voicemail_digit="1", no_agent_s=60.0)
    desk = deserted(HELP, USER, more=(help_,))
    desk.together(ev.DigitPressed("c1", "1"))
    desk.expect("send c1 to voicemail (2): key")


def test_of_three_queues_the_nearest_one_s_chain_goes_on_first() -> None:
    help_ = queue("help", "bob", wait_without_agents=False, no_agent=(Destination(Kind.QUEUE, "vip"), USER))
    vip = queue("vip", "bob", wait_without_agents=False)
    desk = deserted(HELP, VOICEMAIL, more=(help_, vip))
    desk.expect("send c1 to user 103 (3): no_agent")
    desk.together(ev.CouldNotSend("c1", 3))
    desk.expect("send c1 to voicemail (4): no_agent")


def test_i23_who_comes_back_from_another_queue_remembers_the_place_told_in_the_first() -> None:
    sales = queue("sales", "ann", announce_position=True, no_agent_s=5.0, no_agent=(HELP, USER))
    desk = Desk("ann", "bob", queues=[sales, queue("help", "bob", wait_without_agents=False)])
    desk.caller("c1")
    desk.expect("hold c1", "tell c1 place 1")
    desk.wait(5)
    desk.expect("send c1 to user 103 (2): no_agent")
    contact = desk.acd.contact("c1")
    assert contact is not None
    assert (contact.queue, contact.announced) == ("sales", 1)


def test_a_group_that_is_gone_is_passed_over() -> None:
    desk = deserted(STAFF, VOICEMAIL)
    desk.expect("send c1 to voicemail (1): no_agent")


def test_a_caller_who_was_rung_for_only_is_answered_when_a_queue_takes_them() -> None:
    desk = deserted(USER, HELP, more=(queue("help", "bob"),))
    desk.ready("bob")
    desk.dials("bob")
    desk.together(ev.CouldNotSend("c1", 1))
    desk.expect("hold c1")


def test_m20_what_a_call_takes_counts_its_wrap_up() -> None:
    desk = Desk("ann", queues=[queue("sales", "ann", handling_s=100.0, wrap_up_s=40.0)])
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.wait(60)
    desk.leaves("ann")
    assert desk.acd.state.queues["sales"].handling_s == 100.0  # 60 s of talk and 40 s of wrap-up


def test_m20_nobody_is_told_less_than_the_first_in_line_has_waited_already() -> None:
    desk = waiting(announce_wait=True, handling_s=60.0)
    desk.wait(800)
    desk.caller("c3")
    assert told(desk) == do.AnnouncePosition("c3", 2, 15)


def test_a_promise_that_has_become_a_conversation_is_no_promise_any_more() -> None:
    desk = deserted(CALLBACK)
    desk.together(ev.DigitPressed("c1", "1"))
    desk.ready("ann")
    desk.picks_up("ann")
    desk.together(ev.CustomerAnswered("c1", 1), ev.DigitPressed("c1", "1"))
    view = desk.acd.view(desk.now)
    assert (view.callbacks, [call.callback for call in view.calls]) == ((), ["caller"])
