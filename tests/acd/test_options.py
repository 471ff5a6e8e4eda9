"""The hold queue's options are switches that know nothing of each other (S-35): every combination of them."""

import itertools
from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd.settings import CallbackSettings, QueueSettings
from tests.acd.desk import Desk, arrives

SWITCHES = ("announce_position", "voicemail_digit", "callback", "wait_after_closing")
CLOSES = ev.HoursChanged("sales", is_open=False, reason="closed")


def with_options(combination: tuple[bool, ...]) -> Desk:
    """Ann is on the phone, c1 and c2 wait."""
    on = dict(zip(SWITCHES, combination, strict=True))
    queue = QueueSettings(
        "sales",
        "Sales",
        "1",
        ("ann",),
        announce_position=on["announce_position"],
        voicemail_digit="9" if on["voicemail_digit"] else "",
        callback=CallbackSettings(digit="2", after=1) if on["callback"] else None,
        wait_after_closing=on["wait_after_closing"],
    )
    desk = Desk("ann", queues=[queue])
    desk.ready("ann")
    desk.dials("ann")
    desk.caller("c1")
    desk.together(replace(arrives("c2"), number="0312345678"))
    return desk


@pytest.mark.parametrize("combination", list(itertools.product([False, True], repeat=len(SWITCHES))), ids=str)
def test_s35_each_option_does_the_same_whatever_the_others_are(combination: tuple[bool, ...]) -> None:
    places, voicemail, callback, stays = combination
    desk = with_options(combination)
    assert ("tell c2 place 2" in desk.said) is places
    desk.together(ev.DigitPressed("c2", "9"))
    assert any(sentence.startswith("send c2 to voicemail") for sentence in desk.said) is voicemail
    desk = with_options(combination)
    desk.together(ev.DigitPressed("c2", "2"), ev.DigitPressed("c2", "1"))
    assert any(sentence.startswith("promise c2") for sentence in desk.said) is callback
    desk = with_options(combination)
    desk.together(CLOSES)
    assert (desk.waiting() == ["c1", "c2"]) is stays


def test_s35_without_holding_nobody_waits_for_an_option() -> None:
    queue = QueueSettings("sales", "Sales", "1", ("ann",), hold_when_busy=False, announce_position=True)
    desk = Desk("ann", queues=[queue])
    desk.ready("ann")
    desk.dials("ann")
    desk.caller("c1")
    desk.expect("dismiss c1: busy")
