"""Callers on a line with a half-duplex modem: led to voicemail or a message, never to a person (fxo §1.5; D-06)."""

from dataclasses import replace

from appliance.acd import events as ev
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.settings import MenuSettings, QueueSettings
from tests.acd.desk import Desk, arrives

PERSON, OUTSIDE = Destination(Kind.USER, "103"), Destination(Kind.EXTERNAL, "0312345678")
VOICEMAIL, CALLBACK = Destination(Kind.VOICEMAIL), Destination(Kind.CALLBACK)
HELP = Destination(Kind.QUEUE, "help")


def office(*steps: Destination, **queue: object) -> Desk:
    """ann is available; `steps` are the chain of the reason, where there are any."""
    chains = (Chain(Reason.HALF_DUPLEX, steps),) if steps else ()
    sales = QueueSettings("sales", "sales", "1", ("ann",), chains=chains, **queue)  # type: ignore[arg-type]
    desk = Desk("ann", "bob", queues=[sales, QueueSettings("help", "help", "2", ("bob",))])
    desk.ready("ann")
    desk.ready("bob")
    return desk


def calls(desk: Desk, contact: str = "c1", queue: str = "sales") -> None:
    desk.together(replace(arrives(contact, queue, returns=True), can_talk=False, number="0312345678"))


def test_nobody_is_rung_for_a_caller_whom_the_line_cannot_connect_and_the_usual_way_is_voicemail() -> None:
    desk = office()
    calls(desk)
    desk.expect("send c1 to voicemail (1): half_duplex")
    desk.together(ev.SentOn("c1", 1), ev.VoicemailLeft("c1", 1, 10.0))
    assert desk.ending("c1").why == "half_duplex"


def test_where_the_voicemail_cannot_take_the_call_the_usual_message_ends_it() -> None:
    desk = office()
    calls(desk)
    desk.expect("send c1 to voicemail (1): half_duplex")
    desk.together(ev.CouldNotSend("c1", 1, "disk full"))
    desk.expect("dismiss c1: half_duplex")


def test_the_chain_of_the_reason_is_walked_and_every_person_in_it_is_passed() -> None:
    desk = office(PERSON, OUTSIDE, HELP, Destination(Kind.MESSAGE, "closed"))
    calls(desk)
    desk.expect("send c1 to voicemail (2): half_duplex")  # the usual way of the queue `help`
    desk.together(ev.CouldNotSend("c1", 2))
    desk.expect("dismiss c1: half_duplex")


def test_a_closed_queue_says_that_it_is_closed_to_them_as_to_anybody() -> None:
    desk = office()
    desk.together(ev.HoursChanged("sales", is_open=False))
    calls(desk)
    desk.expect("dismiss c1: closed")


def test_they_leave_a_menu_by_its_branch_to_the_voicemail_of_the_queue_behind_it() -> None:
    menu = MenuSettings("menu:main", "Main", "9", "menu_main", choices=(("1", (HELP,)),), default=(VOICEMAIL,))
    desk = office()
    desk.together(ev.Configured(replace(desk.acd.state.office, menus=(menu,))))
    calls(desk, queue="menu:main")
    desk.together(ev.DigitPressed("c1", "1"))
    assert "send c1 to voicemail (2): half_duplex" in desk.said


def test_who_is_called_back_is_on_another_line_and_gets_a_person() -> None:
    desk = office(CALLBACK)
    calls(desk)
    contact = desk.acd.contact("c1")
    assert contact is not None
    desk.together(ev.DigitPressed("c1", "1"))
    assert contact.callback is not None
    assert contact.can_talk


def test_a_caller_who_has_a_promise_and_comes_again_on_such_a_line_does_not_use_it_up() -> None:
    desk = office(CALLBACK)
    calls(desk, "c1")
    desk.together(ev.DigitPressed("c1", "1"))
    calls(desk, "c2")
    first = desk.acd.contact("c1")
    assert first is not None
    assert first.callback is not None
    desk.expect("dismiss c2: half_duplex")


def test_who_comes_back_after_the_switch_died_in_a_menu_is_led_the_same_way() -> None:
    menu = MenuSettings("menu:main", "Main", "9", "menu_main", choices=(("1", (HELP,)),), default=(VOICEMAIL,))
    desk = office()
    desk.together(ev.Configured(replace(desk.acd.state.office, menus=(menu,))))
    calls(desk, queue="menu:main")
    desk.together(ev.SwitchLost())
    desk.together(ev.CallerReturned("c1"))
    desk.together(ev.DigitPressed("c1", "1"))
    assert "send c1 to voicemail (2): half_duplex" in desk.said
