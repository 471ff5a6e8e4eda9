"""Callbacks: asked for, promised, dialled, failed, merged, recovered. S-40, §3.8, R-17, R-18, R-25 to R-29, U-07."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.events import Event
from appliance.acd.settings import CallbackSettings, QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives

TERMS = CallbackSettings(digit="2")
CUSTOMER_FIRST = replace(TERMS, agent_first=False)
NUMBER = "0312345678"
CLOSES = ev.HoursChanged("sales", is_open=False)
OPENS = ev.HoursChanged("sales", is_open=True)


def calls(desk: Desk, contact: str, number: str = NUMBER) -> None:
    desk.together(replace(arrives(contact), number=number))


def busy(terms: CallbackSettings = TERMS, **office: object) -> Desk:
    """Ann is on the phone, c1 waits."""
    desk = Desk(
        "ann", "bob", queues=[QueueSettings("sales", "Sales", "1", ("ann", "bob"), callback=terms, wrap_up_s=0)]
    )
    desk.together(ev.Configured(replace(desk.acd.state.office, **office)))
    desk.ready("ann")
    desk.dials("ann")
    calls(desk, "c1")
    return desk


def press(desk: Desk, *digits: str, contact: str = "c1") -> None:
    for digit in digits:
        desk.together(ev.DigitPressed(contact, digit))


def promised(terms: CallbackSettings = TERMS) -> Desk:
    desk = busy(terms)
    press(desk, "2", "1")
    desk.expect(f"promise c1 {NUMBER} at 1")
    return desk


def dialling(terms: CallbackSettings = TERMS) -> Desk:
    """Ann is held for c1, whose phone rings."""
    desk = promised(terms)
    desk.ends_leg("ann")
    if terms.agent_first:
        desk.expect("ring ann for c1")
        desk.picks_up("ann")
    desk.expect(f"dial {NUMBER} for c1 (1)")
    return desk


def test_s40_it_is_offered_beyond_n_waiting_calls_and_stays_valid_when_fewer_wait() -> None:
    """D-19: once offered it stays."""
    desk = busy(replace(TERMS, after=1))
    desk.expect("hold c1")
    calls(desk, "c2", "0399998888")
    desk.expect("hold c2", "offer callback c2")
    desk.hangs_up("c1")
    press(desk, "2", contact="c2")
    desk.expect("read back number c2")


def test_s40_who_was_not_offered_one_cannot_ask_for_it() -> None:
    desk = busy(replace(TERMS, after=1))
    press(desk, "2")
    desk.expect()


def test_another_number_is_keyed_and_read_back() -> None:
    desk = busy()
    press(desk, "2", "2")
    desk.expect("ask number c1")
    press(desk, *"0399998888#")
    desk.expect("read back number c1")
    press(desk, "1")
    desk.expect("promise c1 0399998888 at 1")


def test_an_unknown_number_is_asked_for() -> None:
    desk = busy()
    calls(desk, "c2", "")
    press(desk, "2", contact="c2")
    desk.expect("ask number c2")


@pytest.mark.parametrize("number", ["110", "0990123456", ""])
def test_numbers_that_must_not_be_dialled_are_refused(number: str) -> None:
    desk = busy(never_dial=("110",), costly_prefixes=("0990",))
    press(desk, "2", "2", *number, "#")
    desk.expect("refuse number c1", "ask number c1")


def test_the_dialogue_can_be_left_and_the_caller_waits_on() -> None:
    desk = busy()
    press(desk, "2", "*", "1")
    desk.expect()
    assert desk.waiting() == ["c1"]


def test_during_the_dialogue_the_caller_is_served_if_somebody_is_free() -> None:
    desk = busy()
    press(desk, "2")
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.talks("ann")
    press(desk, "1")
    desk.expect()


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("first", ["digit", "answer"])
def test_r17_the_digit_against_the_answer(first: str, batched: bool) -> None:
    desk = busy()
    press(desk, "2")
    desk.ends_leg("ann")
    digit, answer = ev.DigitPressed("c1", "1"), ev.OfferAccepted("o1")
    events: tuple[Event, ...] = (digit, answer) if first == "digit" else (answer, digit)
    said = desk.together(*events) if batched else desk.together(events[0]) + desk.together(events[1])
    is_promised = any(sentence.startswith("promise") for sentence in said)
    is_connected = any(sentence.startswith("connect") for sentence in said)
    assert ("stop ann: callback" in said) is is_promised
    assert (is_promised, is_connected) == ((True, False) if first == "digit" else (False, True))


def test_r18_the_line_drops_during_the_confirmation_and_the_callback_stands() -> None:
    desk = promised()
    desk.hangs_up("c1")
    assert desk.waiting() == ["c1"]
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")


def test_d09_the_promise_keeps_the_place_neither_ahead_nor_behind() -> None:
    desk = busy()
    calls(desk, "c2", "0311110000")
    press(desk, "2", "1")
    calls(desk, "c3", "0322220000")
    assert desk.waiting() == ["c1", "c2", "c3"]
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")


def test_agent_first_the_agent_accepts_the_customer_is_dialled_and_presses_one() -> None:
    desk = dialling()
    desk.together(ev.CustomerAnswered("c1", 1))
    desk.expect("ask customer c1")
    press(desk, "1")
    desk.expect("connect c1 with ann", "record c1 as rc1-1")
    desk.together(ev.Bridged("c1", "o1"))
    assert desk.status("ann") is Status.ON_CALL
    desk.hangs_up("c1")
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (story.Outcome.CALLBACK, "caller_left")


def test_customer_first_the_agent_is_rung_only_after_the_one() -> None:
    desk = dialling(CUSTOMER_FIRST)
    desk.together(ev.CustomerAnswered("c1", 1))
    press(desk, "1")
    desk.expect("hold c1", "ring ann for c1")
    desk.talks("ann")
    desk.leaves("ann")
    desk.expect("release c1: agent_left")
    assert desk.ending("c1").outcome is story.Outcome.CALLBACK


def test_customer_first_an_agent_who_does_not_pick_up_leaves_a_live_caller_at_the_old_place() -> None:
    desk = dialling(CUSTOMER_FIRST)
    desk.together(ev.CustomerAnswered("c1", 1))
    press(desk, "1")
    desk.wait(20)
    desk.expect("stop ann: no_answer")
    desk.ready("bob")
    desk.expect("ring bob for c1")


@pytest.mark.parametrize("terms", [TERMS, CUSTOMER_FIRST])
def test_r27_a_customer_who_does_not_answer_costs_the_agent_nothing(terms: CallbackSettings) -> None:
    desk = dialling(terms)
    idle_since = desk.acd.state.agents["ann"].idle_since
    desk.wait(30)
    assert "cancel dial c1" in desk.said
    if terms.agent_first:
        desk.leaves("ann")
    ann = desk.agent("ann")
    assert (ann.status, ann.prompt) == (Status.AVAILABLE, "")
    assert desk.acd.state.agents["ann"].idle_since == idle_since
    assert desk.told(story.WrapUpFinished) == []


def test_after_ten_minutes_the_customer_is_tried_again_and_after_the_last_time_it_is_told() -> None:
    """T-cb: retries."""
    desk = dialling(CUSTOMER_FIRST)
    for attempt in (1, 2, 3):
        desk.together(ev.CustomerFailed("c1", attempt, "busy"))
        desk.wait(599)
        desk.expect()
        desk.wait(1)
        desk.expect(*([f"dial {NUMBER} for c1 ({attempt + 1})"] if attempt < 3 else []))
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (story.Outcome.CALLBACK, "failed")


def test_r26_a_machine_is_told_once_and_no_agent_is_bridged() -> None:
    desk = dialling(CUSTOMER_FIRST)
    for attempt, order in ((1, "leave message c1"), (2, "cancel dial c1")):
        desk.together(ev.CustomerAnswered("c1", attempt))
        desk.wait(20)
        assert desk.said[0] == order
        assert desk.status("ann") is Status.AVAILABLE
        desk.wait(600)


@pytest.mark.parametrize("late", [ev.CustomerAnswered("c1", 1), ev.CustomerFailed("c1", 1)])
def test_r28_news_of_an_earlier_attempt_means_nothing(late: Event) -> None:
    desk = dialling(CUSTOMER_FIRST)
    desk.together(ev.CustomerFailed("c1", 1))
    desk.wait(600)
    desk.expect(f"dial {NUMBER} for c1 (2)")
    desk.together(late)
    desk.expect()


def test_r28_after_a_restart_the_same_attempt_is_ordered_under_the_same_number() -> None:
    desk = dialling()
    desk.together(ev.Restarted(offers=("o1",)))
    desk.expect(f"dial {NUMBER} for c1 (1)")


def test_r29_a_retry_stands_at_its_place_and_starves_nobody() -> None:
    desk = dialling(CUSTOMER_FIRST)
    desk.wait(30)
    calls(desk, "c2", "0311110000")
    assert desk.said[-1] == "ring ann for c2"


def test_i21_a_dial_is_broken_off_when_the_agent_is_gone() -> None:
    desk = dialling(CUSTOMER_FIRST)
    desk.off("ann")
    desk.expect("stop o1: duty_off", "cancel dial c1")  # her phone never rang
    desk.ready("bob")
    desk.expect(f"dial {NUMBER} for c1 (2)")
    assert desk.acd.state.contacts["c1"].callback is not None
    assert desk.acd.state.contacts["c1"].callback.tries == 1


def test_i21_the_agent_hangs_up_while_the_customer_is_dialled() -> None:
    desk = dialling()
    desk.ready("bob")
    desk.leaves("ann")
    desk.expect("cancel dial c1", "ring bob for c1")


@pytest.mark.parametrize("terms", [TERMS, CUSTOMER_FIRST])
@pytest.mark.parametrize("when", ["pending", "reserved", "dialling"])
def test_r25_the_customer_rings_in_and_takes_the_older_place(terms: CallbackSettings, when: str) -> None:
    desk = promised(terms)
    calls(desk, "c2", "0311110000")
    if when != "pending":
        desk.ends_leg("ann")
    if when == "dialling" and terms.agent_first:
        desk.picks_up("ann")
    calls(desk, "c3")
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (story.Outcome.CALLBACK, "merged")
    if when == "pending":
        assert desk.waiting() == ["c3", "c2"]
    elif when == "dialling" and terms.agent_first:
        desk.expect("stop ann: caller_gone", "cancel dial c1", "hold c3")
        desk.leaves("ann")
        desk.expect("ring ann for c3")
    else:
        assert desk.said[-1] == "ring ann for c3"


def test_r25_who_rang_in_and_gave_up_is_still_called_back() -> None:
    desk = promised()
    calls(desk, "c3")
    desk.hangs_up("c3")
    desk.wait(600)
    desk.ends_leg("ann")
    desk.expect("ring ann for c3")
    desk.picks_up("ann")
    desk.expect(f"dial {NUMBER} for c3 (1)")


def test_r21_out_of_hours_nobody_is_dialled_and_at_opening_the_promise_is_due() -> None:
    desk = promised()
    desk.together(CLOSES)
    desk.ends_leg("ann")
    desk.expect()
    desk.together(OPENS)
    desk.expect("ring ann for c1")


def test_r21_a_dial_that_rings_at_closing_may_finish() -> None:
    desk = dialling()
    desk.together(CLOSES)
    desk.together(ev.CustomerAnswered("c1", 1))
    press(desk, "1")
    desk.expect("connect c1 with ann", "record c1 as rc1-1")


def test_a_promise_expires_after_a_day_of_open_time_and_is_told() -> None:
    """T-cb: expiry."""
    desk = promised()
    desk.wait(80_000)
    desk.together(CLOSES)
    desk.wait(100_000)
    desk.together(OPENS)
    desk.wait(6399)
    assert desk.waiting() == ["c1"]
    desk.wait(1)
    assert (desk.ending("c1").outcome, desk.ending("c1").why) == (story.Outcome.CALLBACK, "expired")


def test_a_promise_can_be_cancelled_at_the_page() -> None:
    desk = dialling()
    desk.together(ev.CallbackCancelled("c1", "admin"))
    desk.expect("stop ann: caller_gone", "cancel dial c1")
    assert desk.ending("c1").why == "cancelled"


def test_the_switch_dies_and_the_promise_stands() -> None:
    desk = dialling()
    desk.together(ev.SwitchLost())
    assert desk.status("ann") is Status.RINGING  # for the same promise, anew
    assert desk.offered_to[desk.acd.state.contacts["c1"].offer] == "ann"


def test_an_agent_who_declines_a_callback_declines_it_as_any_call() -> None:
    desk = promised()
    desk.ends_leg("ann")
    desk.rejects("ann")
    assert desk.status("ann") is Status.OFF_PROMPT
    desk.ready("bob")
    desk.expect("ring bob for c1")


def test_u07_after_a_power_cut_callers_with_a_number_are_called_back_in_order() -> None:
    desk = busy()
    calls(desk, "c2", "")
    calls(desk, "c3", "0322220000")
    desk.together(ev.PowerReturned(600))
    assert desk.ending("c2").outcome is story.Outcome.LOST
    assert [fact.origin for fact in desk.told(story.CallbackPromised)] == ["power", "power"]  # type: ignore[attr-defined]
    desk.expect("ring ann for c1")
    assert desk.waiting() == ["c1", "c3"]


@pytest.mark.parametrize(("dark_s", "closed"), [(1801, False), (600, True)])
def test_u07_not_after_half_an_hour_and_not_out_of_hours(dark_s: float, closed: bool) -> None:
    desk = busy()
    if closed:
        desk.together(CLOSES)
    desk.together(ev.PowerReturned(dark_s))
    assert desk.ending("c1").outcome is story.Outcome.LOST


def test_a_promise_that_was_live_for_a_while_is_told_no_places() -> None:
    queue = QueueSettings("sales", "Sales", "1", ("ann",), callback=TERMS, announce_position=True)
    desk = promised()
    desk.together(ev.Configured(replace(desk.acd.state.office, queues=(queue,))))
    calls(desk, "c3")
    desk.hangs_up("c3")
    desk.wait(900)
    assert "tell c3 place 1" not in desk.said
    assert desk.waiting() == ["c3"]


def test_one_promise_per_number() -> None:
    desk = promised()
    calls(desk, "c2", "0311110000")
    press(desk, "2", "2", *NUMBER, "#", contact="c2")
    desk.expect("refuse number c2", "ask number c2")


def test_r28_told_twice_that_it_was_picked_up_the_time_to_press_one_does_not_begin_anew() -> None:
    desk = dialling(CUSTOMER_FIRST)
    desk.together(ev.CustomerAnswered("c1", 1))
    desk.wait(15)
    desk.together(ev.CustomerAnswered("c1", 1))
    desk.expect()
    desk.wait(5)
    assert desk.said[0] == "leave message c1"


def test_a_promise_takes_no_waiting_callers_room() -> None:
    queue = QueueSettings("sales", "Sales", "1", ("ann",), callback=TERMS, max_waiting=1)
    desk = promised()
    desk.together(ev.Configured(replace(desk.acd.state.office, queues=(queue,))))
    calls(desk, "c2", "0311110000")
    assert desk.said[0] == "hold c2"
    calls(desk, "c3", "0322220000")
    desk.expect("dismiss c3: full")


# -- near closing (§3.8, 1)

NEXT_DAY = replace(TERMS, next_day=True)


def closing_in(seconds: float, terms: CallbackSettings = TERMS) -> Desk:
    """Ann is on the phone, the queue closes in so many seconds, c1 waits: one caller takes 180 s of one agent."""
    desk = Desk("ann", queues=[QueueSettings("sales", "Sales", "1", ("ann",), callback=terms, wrap_up_s=0)])
    desk.ready("ann")
    desk.dials("ann")
    desk.together(ev.ClosingExpected("sales", desk.now + seconds))
    calls(desk, "c1")
    return desk


def test_s40_no_callback_is_offered_when_closing_is_nearer_than_the_expected_wait() -> None:
    """§3.8, 1: what cannot be kept today is not promised."""
    desk = closing_in(100)
    desk.expect("hold c1")
    press(desk, "2")
    desk.expect()


def test_s40_far_from_closing_it_is_offered_and_kept_the_same_day() -> None:
    desk = closing_in(3600)
    desk.expect("hold c1", "offer callback c1")
    press(desk, "2", "1")
    desk.expect(f"promise c1 {NUMBER} at 1")
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")


def test_s40_with_next_day_it_is_offered_near_closing_and_dialled_from_the_next_opening_on() -> None:
    """§3.8, 1 and 5: not before, though an agent is free today; at its old place."""
    desk = closing_in(100, NEXT_DAY)
    desk.expect("hold c1", "offer callback c1 for the next opening")
    press(desk, "2", "1")
    desk.expect(f"promise c1 {NUMBER} at 1 for the next opening")
    desk.ends_leg("ann")
    desk.expect()
    desk.wait(100)
    desk.together(CLOSES)
    desk.wait(50_000)
    desk.expect()
    desk.refold()
    desk.together(OPENS)
    desk.expect("ring ann for c1")


@pytest.mark.parametrize("closes_first", [True, False])
def test_r21_a_promise_for_the_next_opening_does_not_mind_when_exactly_it_closes(closes_first: bool) -> None:
    """R-21: the yes and the boundary in one batch, in both orders."""
    desk = closing_in(100, NEXT_DAY)
    press(desk, "2")
    both = [CLOSES, ev.DigitPressed("c1", "1")]
    desk.together(*(both if closes_first else both[::-1]))
    desk.expect(f"promise c1 {NUMBER} at 1 for the next opening")
    desk.ends_leg("ann")
    desk.together(OPENS)
    desk.expect("ring ann for c1")


def test_nobody_there_to_serve_them_is_no_expected_wait_before_any_closing() -> None:
    """§3.8, 1: without hours nothing is nearer than the wait."""
    desk = closing_in(100, TERMS)
    desk.together(ev.ClosingExpected("sales", 0.0))
    calls(desk, "c2", "0399998888")
    desk.expect("hold c2", "offer callback c2")


def test_i15_the_expected_closing_moves_with_the_clock_of_the_machine() -> None:
    """I-15: a reboot begins the monotonic clock anew."""
    desk = Desk("ann", queues=[QueueSettings("sales", "Sales", "1", ("ann",), callback=TERMS)])
    desk.together(ev.ClosingExpected("sales", desk.now + 3600))
    desk.now = 5.0
    desk.together(ev.PowerReturned(1.0))
    assert desk.acd.state.queues["sales"].closes_at == pytest.approx(5.0 + 3600)
