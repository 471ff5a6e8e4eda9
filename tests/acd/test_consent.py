"""What callers are told and asked about being recorded, by queue, line and trunk (§3.11, T-beep)."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.consent import ANSWER_S, CUT_S
from appliance.acd.settings import CallbackSettings, Consent, QueueSettings
from tests.acd.desk import Desk


def office(consent: Consent, **more: object) -> Desk:
    queue = QueueSettings("sales", "Sales", "1", ("ann",), consent=consent, wrap_up_s=0.0, **more)  # type: ignore[arg-type]
    desk = Desk("ann", queues=[queue])
    desk.ready("ann")
    return desk


def waits(desk: Desk, *expected: str, consent: Consent | None = None) -> None:
    """c1 waits while Ann is on a call of her own."""
    desk.dials("ann")
    desk.together(ev.CallerArrived("c1", "sales", "0312345678", "", "trunk", consent=consent))
    desk.expect("hold c1", *expected)


def presses(desk: Desk, digit: str, contact: str = "c1") -> None:
    desk.together(ev.DigitPressed(contact, digit))


def why_not(desk: Desk) -> str:
    return desk.agent("ann").unrecorded


def test_who_is_asked_while_waiting_and_presses_one_is_recorded_from_the_first_word() -> None:
    desk = office(Consent.ASK)
    waits(desk, "tell c1 consent_ask")
    presses(desk, "1")
    desk.expect("tell c1 consent_given")
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.picks_up("ann")
    desk.expect("connect c1 with ann", "record c1 as rc1-1")
    assert [type(fact) for fact in desk.told(story.ConsentGiven)] == [story.ConsentGiven]


@pytest.mark.parametrize("pressed", ["", "2", "#"])
def test_who_presses_nothing_or_another_key_is_not_recorded_and_the_agent_sees_why(pressed: str) -> None:
    """§3.11, S-09: the banner shows none, with the reason."""
    desk = office(Consent.ASK)
    waits(desk, "tell c1 consent_ask")
    if pressed:
        presses(desk, pressed)
    desk.wait(CUT_S)
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.picks_up("ann")
    desk.expect("connect c1 with ann")
    desk.hear_each_other("c1")
    desk.expect()
    assert why_not(desk) == "not_agreed"
    assert [call.is_recorded for call in desk.acd.view(desk.now).calls] == [False]


def test_who_is_put_through_at_once_is_asked_over_the_conversation_and_recorded_once_they_agree() -> None:
    desk = office(Consent.ASK)
    desk.caller("c1", "sales")
    desk.picks_up("ann")
    desk.expect("connect c1 with ann")
    desk.hear_each_other("c1")
    desk.expect("tell talking c1 consent_ask")
    desk.wait(3)
    presses(desk, "1")
    desk.expect("tell talking c1 consent_given", "record c1 as rc1-1")
    presses(desk, "1")
    desk.expect()
    desk.together(ev.RecordingBegan("c1", "rc1-1"))
    assert (why_not(desk), desk.agent("ann").recording) == ("", True)


def test_a_one_long_after_the_question_is_no_yes() -> None:
    """S-08: it may be part of a card's number by then."""
    desk = office(Consent.ASK)
    desk.caller("c1", "sales")
    desk.talks("ann")
    desk.expect("tell talking c1 consent_ask")
    desk.wait(ANSWER_S)
    presses(desk, "1")
    desk.expect()
    assert why_not(desk) == "not_agreed"


def test_a_question_that_the_answer_of_the_agent_cut_is_put_again() -> None:
    desk = office(Consent.ASK)
    waits(desk, "tell c1 consent_ask")
    desk.wait(CUT_S - 1)
    desk.ends_leg("ann")
    desk.talks("ann")
    desk.expect("tell talking c1 consent_ask")


@pytest.mark.parametrize("yes_first", [True, False])
def test_r19_a_yes_that_crosses_the_answer_counts_in_either_order(yes_first: bool) -> None:
    """R-19: unlike the keys that leave the queue; the conversation is recorded once, in one batch too."""
    desk = office(Consent.ASK)
    waits(desk, "tell c1 consent_ask")
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    crossing = [ev.DigitPressed("c1", "1"), ev.OfferAccepted(desk.acd.offer_of("ann"))]
    desk.together(*(crossing if yes_first else crossing[::-1]))
    said = "tell c1 consent_given" if yes_first else "tell talking c1 consent_given"
    first, second = (said, "connect c1 with ann") if yes_first else ("connect c1 with ann", said)
    desk.expect(first, second, "record c1 as rc1-1")
    desk.hear_each_other("c1")
    desk.expect()


def test_the_line_or_trunk_says_what_holds_for_its_callers_and_the_queue_for_the_others() -> None:
    desk = office(Consent.NOTICE)
    waits(desk, "tell c1 consent_ask", consent=Consent.ASK)
    desk.together(ev.CallerArrived("c2", "sales", "0399999999", "", "line", consent=Consent.NONE))
    desk.expect("hold c2")
    desk.together(ev.CallerArrived("c3", "sales", "0388888888", "", "trunk"))
    desk.expect("hold c3", "tell c3 recording_notice")


def test_t_beep_a_recording_with_beeps_is_ordered_so_and_its_caller_told() -> None:
    """T-beep: every 15 s, off by default."""
    desk = office(Consent.BEEP)
    waits(desk, "tell c1 recording_notice")
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.picks_up("ann")
    desk.expect("connect c1 with ann", "record c1 as rc1-1 beeping every 15")


def test_an_answer_to_the_callback_comes_before_a_yes_and_a_yes_is_no_other_key() -> None:
    """§3.8: 1 confirms the number while that is asked."""
    desk = office(Consent.ASK, callback=CallbackSettings(digit="5"))
    desk.dials("ann")
    desk.together(ev.CallerArrived("c1", "sales", "0312345678", "", "trunk"))
    presses(desk, "5")
    presses(desk, "1")
    assert desk.told(story.CallbackPromised)
    assert not desk.told(story.ConsentGiven)
