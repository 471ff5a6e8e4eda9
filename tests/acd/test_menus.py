"""Menus: F-50, T-menu, §3.14."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.events import Event
from appliance.acd.model import ContactState
from appliance.acd.settings import MenuSettings, QueueSettings
from appliance.acd.story import Outcome
from tests.acd.desk import Desk, arrives, office

SALES, HELP = Destination(Kind.QUEUE, "sales"), Destination(Kind.QUEUE, "help")
MAILBOX, MORE = Destination(Kind.VOICEMAIL, "front"), Destination(Kind.MENU, "more")
MAIN = MenuSettings(
    "menu:main", "Main", "400", "menu_choose",
    (("1", (SALES, MAILBOX)), ("2", (HELP,)), ("9", (MORE,)), ("0", (Destination(Kind.USER, "zoe"),))),
    (HELP, MAILBOX),
)  # fmt: skip
SECOND = MenuSettings(
    "menu:more", "More", "", "menu_choose", (("1", (MAILBOX,)),), (Destination(Kind.MESSAGE),), tries=2
)


def reception(**sales: object) -> Desk:
    """Sales is ann's, help is bob's, both at work; a menu stands before them."""
    queues = [
        QueueSettings("sales", "Sales", "1", ("ann",), **sales),  # type: ignore[arg-type]
        QueueSettings("help", "Help", "2", ("bob",)),
    ]
    desk = Desk("ann", "bob", queues=queues)
    desk.together(ev.Configured(replace(office("ann", "bob", queues=queues), menus=(MAIN, SECOND))))
    desk.ready("ann", "bob")
    return desk


def asked(desk: Desk, contact: str = "c1") -> Desk:
    """A caller has heard the menu to its end."""
    desk.caller(contact, "menu:main")
    desk.together(ev.MessageSaid(contact, 0))
    return desk


def presses(desk: Desk, digit: str, contact: str = "c1") -> None:
    desk.together(ev.DigitPressed(contact, digit))


def test_f50_a_digit_leads_into_a_queue_also_while_the_menu_is_still_being_said() -> None:
    desk = reception()
    desk.caller("c1", "menu:main")
    desk.expect("ask c1 menu_choose")
    presses(desk, "2")
    desk.expect("hold c1", "ring bob for c1")
    chosen = desk.told(story.MenuChosen)
    assert [(fact.menu, fact.digit, fact.queue) for fact in chosen] == [("menu:main", "2", "help")]  # type: ignore[attr-defined]


def test_f50_nothing_pressed_is_asked_again_and_the_third_time_the_default_is_taken() -> None:
    """F-50, T-menu: 8 s, three tries."""
    desk = asked(reception())
    desk.wait(7.9)
    desk.expect()
    for _ in range(2):
        desk.wait(0.1)
        desk.expect("ask c1 menu_choose")
        desk.together(ev.MessageSaid("c1", 0))
        desk.wait(7.9)
        desk.expect()
    desk.wait(0.1)
    desk.expect("hold c1", "ring bob for c1")


def test_f50_a_digit_that_means_nothing_is_said_so_and_counts_as_a_try() -> None:
    desk = asked(reception())
    for _ in range(2):
        presses(desk, "7")
        desk.expect("ask c1 menu_invalid menu_choose")
    presses(desk, "7")
    desk.expect("hold c1", "ring bob for c1")


def test_t_menu_runs_even_if_nobody_says_that_the_prompt_ended() -> None:
    """D-06, T-menu."""
    desk = reception()
    desk.caller("c1", "menu:main")
    desk.wait(59.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("ask c1 menu_choose")


def test_f50_a_branch_is_a_chain_and_behind_it_is_a_message() -> None:
    desk = asked(reception(wait_without_agents=False))
    desk.off("ann")
    presses(desk, "1")
    desk.expect("send c1 to voicemail front (2): menu")
    desk.together(ev.CouldNotSend("c1", 2))
    desk.expect("dismiss c1: menu")
    assert desk.acd.state.contacts["c1"].state is ContactState.FALLBACK


def test_f50_a_menu_leads_to_another_one_and_never_twice_to_the_same() -> None:
    desk = asked(reception())
    presses(desk, "9")
    desk.expect("ask c1 menu_choose")
    presses(desk, "1")
    desk.expect("send c1 to voicemail front (2): menu")


def test_f50_the_second_menu_has_its_own_tries_and_default() -> None:
    desk = asked(reception())
    presses(desk, "9")
    presses(desk, "8")
    presses(desk, "8")
    desk.expect("dismiss c1: menu")


def test_f50_a_chain_leads_into_a_menu_and_goes_on_behind_it() -> None:
    to_menu = Chain(Reason.NO_AGENT, (Destination(Kind.MENU, "nowhere"), Destination(Kind.MENU, "more"), MAILBOX))
    desk = reception(wait_without_agents=False, chains=(to_menu,))
    desk.off("ann")
    desk.caller("c1")
    desk.expect("ask c1 menu_choose")
    presses(desk, "1")
    desk.expect("send c1 to voicemail front (2): menu")
    assert desk.told(story.MenuChosen) == []  # counted where the contact came in first


def test_f50_who_hangs_up_in_a_menu_gave_up_in_it() -> None:
    desk = asked(reception())
    desk.hangs_up("c1")
    assert (desk.ending("c1").outcome, desk.ending("c1").why, desk.ending("c1").queue) == (
        Outcome.ABANDONED, "in_menu", "menu:main",
    )  # fmt: skip


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("digit_first", [True, False])
def test_f50_a_digit_and_the_time_in_either_order_lead_somewhere_once(digit_first: bool, batched: bool) -> None:
    desk = asked(reception())
    presses(desk, "7")
    presses(desk, "7")
    desk.now += 60
    events: list[Event] = [ev.DigitPressed("c1", "1"), ev.Ticked()]
    events = events if digit_first else events[::-1]
    if batched:
        desk.together(*events)
    else:
        for event in events:
            desk.together(event)
    assert desk.acd.state.contacts["c1"].queue == ("sales" if digit_first else "help")
    assert len(desk.told(story.OfferOpened)) == 1


def test_f50_the_place_in_line_is_that_of_the_arrival() -> None:
    """D-04, I-05."""
    desk = reception()
    desk.dials("ann")
    desk.caller("c1", "menu:main")
    desk.now += 5
    desk.caller("c2", "sales")
    presses(desk, "1")
    assert desk.waiting() == ["c1", "c2"]


def test_a30_after_a_restart_the_menu_is_said_again() -> None:
    desk = asked(reception())
    desk.together(ev.Restarted())
    desk.expect("ask c1 menu_choose")


def test_a_line_caller_whose_switch_died_in_the_menu_is_asked_again() -> None:
    desk = reception()
    desk.caller("c1", "menu:main", returns=True)
    desk.together(ev.SwitchLost())
    desk.together(ev.CallerReturned("c1"))
    desk.expect("ask c1 menu_choose")
    desk.caller("c2", "menu:main")
    desk.together(ev.SwitchLost())
    assert desk.ending("c2").outcome is Outcome.LOST


def test_u11_while_everybody_leaves_a_menu_lets_nobody_in() -> None:
    desk = reception()
    desk.together(ev.NoticeRaised("fire", "contact"))
    desk.caller("c1", "menu:main")
    desk.expect("dismiss c1: evacuation")


def test_f50_a_menu_that_is_taken_away_leaves_nobody_in_it() -> None:
    desk = asked(reception())
    desk.together(ev.Configured(office("ann", "bob", queues=desk.acd.state.office.queues)))
    desk.wait(60)
    assert "dismiss c1: menu" in desk.said


def test_f50_a_closed_queue_behind_a_menu_goes_its_closed_way() -> None:
    desk = asked(reception())
    desk.together(ev.HoursChanged("sales", is_open=False, reason="closed"))
    presses(desk, "1")
    desk.expect("send c1 to voicemail front (2): menu")  # the branch goes on where the queue says nothing of its own


def test_both_callers_of_a_menu_are_told_apart() -> None:
    desk = asked(reception())
    desk.together(arrives("c2", "menu:main"))
    presses(desk, "2", "c2")
    assert desk.acd.state.contacts["c1"].state is ContactState.MENU


def test_f50_the_chain_behind_a_menu_goes_on_when_its_branch_leads_nowhere() -> None:
    to_menu = Chain(Reason.NO_AGENT, (Destination(Kind.MENU, "more"), Destination(Kind.USER, "zoe")))
    desk = reception(wait_without_agents=False, chains=(to_menu,))
    desk.off("ann")
    desk.caller("c1")
    presses(desk, "1")
    desk.expect("send c1 to voicemail front (2): menu")
    desk.together(ev.CouldNotSend("c1", 2))
    assert desk.said[-1].startswith("send c1 to user zoe (3)")


def test_t_menu_does_not_run_from_a_message_of_another_step() -> None:
    desk = reception()
    desk.caller("c1", "menu:main")
    desk.together(ev.MessageSaid("c1", 3))
    desk.wait(MAIN.step_s)
    desk.expect()
    assert desk.acd.state.contacts["c1"].menu_tries == 0
