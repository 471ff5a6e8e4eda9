"""While a caller waits: the key for voicemail, the place told, the place kept. S-34, S-38, S-39, R-19, I-23, F-44."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.events import Event
from appliance.acd.settings import QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, arrives

NINE = ev.DigitPressed("c1", "9")


def queue(**settings: object) -> QueueSettings:
    return QueueSettings("sales", "Sales", "1", ("ann",), **settings)  # type: ignore[arg-type]


def busy(**settings: object) -> Desk:
    """Ann is on the phone, c1 waits."""
    desk = Desk("ann", queues=[queue(**settings)])
    desk.ready("ann")
    desk.dials("ann")
    desk.caller("c1")
    return desk


def test_s39_the_digit_leaves_the_queue_for_voicemail() -> None:
    desk = busy(voicemail_digit="9")
    desk.together(NINE)
    desk.expect("send c1 to voicemail (1): key")
    assert desk.waiting() == []


@pytest.mark.parametrize(("configured", "digit"), [("9", "8"), ("", "9"), ("", "")])
def test_another_digit_means_nothing(configured: str, digit: str) -> None:
    desk = busy(voicemail_digit=configured)
    desk.together(ev.DigitPressed("c1", digit), ev.DigitPressed("nobody", digit))
    desk.expect()


def ringing() -> Desk:
    desk = busy(voicemail_digit="9")
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    return desk


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("first", ["digit", "answer"])
def test_r19_the_digit_against_the_answer(first: str, batched: bool) -> None:
    desk = ringing()
    answer = ev.OfferAccepted("o1")
    events: tuple[Event, ...] = (NINE, answer) if first == "digit" else (answer, NINE)
    said = desk.together(*events) if batched else desk.together(events[0]) + desk.together(events[1])
    if first == "digit":
        assert said == ["stop ann: caller_left", "send c1 to voicemail (1): key", "stop ann: late"] or said == [
            "stop ann: caller_left", "send c1 to voicemail (1): key", "stop ann: late elsewhere",
        ]  # fmt: skip
        assert desk.status("ann") is Status.AVAILABLE
    else:
        assert said == ["connect c1 with ann", "record c1 as rc1-1"]


def test_s38_the_place_is_told_on_entry_and_when_it_is_better() -> None:
    desk = busy(announce_position=True)
    desk.expect("hold c1", "tell c1 place 1")
    desk.caller("c2")
    desk.expect("hold c2", "tell c2 place 2")
    desk.wait(5)
    desk.hangs_up("c1")
    desk.wait(14.9)
    desk.expect()
    desk.wait(0.1)
    desk.expect("tell c2 place 1")


def test_s38_the_same_place_is_told_again_only_every_t_ann() -> None:
    """T-ann: only then."""
    desk = busy(announce_position=True, announce_s=45, announce_min_s=20)
    desk.wait(59)
    desk.expect()
    desk.wait(1)
    desk.expect("tell c1 place 1")


def test_i23_a_worse_place_is_not_told() -> None:
    desk = busy(announce_position=True)
    desk.caller("c0", priority=1)
    desk.expect("hold c0", "tell c0 place 1")
    desk.wait(70)
    assert "tell c1 place 2" not in desk.said
    desk.hangs_up("c0")
    desk.wait(20)
    desk.expect("tell c1 place 1")


def test_s38_nothing_is_told_while_a_phone_rings_for_the_caller() -> None:
    desk = busy(announce_position=True, announce_min_s=5, announce_s=5)
    desk.wait(4)
    desk.ends_leg("ann")
    desk.wait(15)
    desk.expect()
    desk.rejects("ann")
    desk.expect("stop ann: declined", "tell c1 place 1")


def test_s38_who_is_being_rung_for_still_counts() -> None:
    desk = ringing()
    desk.together(ev.Configured(replace(desk.acd.state.office, queues=(queue(announce_position=True),))))
    desk.caller("c2")
    desk.expect("hold c2", "tell c2 place 2")


def test_without_the_switch_no_place_is_told() -> None:
    desk = busy()
    desk.wait(100)
    desk.expect()


def calls_again(desk: Desk, contact: str, number: str = "555-c1") -> None:
    desk.together(replace(arrives(contact), number=number))


def test_f44_who_calls_again_within_five_minutes_stands_where_they_stood() -> None:
    """T-resume: five minutes."""
    desk = busy()
    desk.wait(1)
    desk.caller("c2")
    desk.hangs_up("c1")
    desk.wait(299)
    calls_again(desk, "c3")
    assert desk.waiting() == ["c3", "c2"]
    calls_again(desk, "c4")
    assert desk.waiting() == ["c3", "c2", "c4"]  # the place is given once


@pytest.mark.parametrize(("pause", "number"), [(300, "555-c1"), (10, "555-c9")])
def test_f44_not_after_five_minutes_and_not_for_another_number(pause: float, number: str) -> None:
    desk = busy()
    desk.caller("c2")
    desk.hangs_up("c1")
    desk.wait(pause)
    calls_again(desk, "c3", number)
    assert desk.waiting() == ["c2", "c3"]


def test_f44_the_longest_wait_begins_anew() -> None:
    desk = busy(max_wait_s=60)
    desk.wait(50)
    desk.hangs_up("c1")
    desk.wait(100)
    calls_again(desk, "c3")
    desk.wait(59)
    desk.expect()
    desk.wait(1)
    desk.expect("dismiss c3: max_wait")


def test_f44_a_withheld_number_has_no_place() -> None:
    desk = busy()
    calls_again(desk, "c2", "")
    desk.caller("c3")
    desk.hangs_up("c2")
    calls_again(desk, "c4", "")
    assert desk.waiting() == ["c1", "c3", "c4"]


def test_f44_who_was_answered_left_no_place() -> None:
    desk = ringing()
    desk.talks("ann")
    desk.caller("c2")
    desk.hangs_up("c1")
    calls_again(desk, "c3")
    assert desk.waiting() == ["c2", "c3"]
    assert desk.ending("c1").outcome is story.Outcome.ANSWERED


def test_s38_a_better_place_is_not_told_within_t_annmin_even_after_an_offer_that_failed() -> None:
    """T-annmin: not sooner."""
    desk = busy(announce_position=True)
    desk.caller("c2")
    desk.hangs_up("c1")
    desk.wait(2)
    desk.ends_leg("ann")
    desk.rejects("ann")
    desk.expect("stop ann: declined")
    desk.ready("ann")
    desk.dials("ann")
    desk.wait(18)
    desk.expect("tell c2 place 1")


def test_f44_who_gave_up_during_the_first_ring_had_no_place_in_the_queue_yet() -> None:
    desk = Desk("ann", queues=[queue(wrap_up_s=0)])
    desk.ready("ann")
    desk.caller("c1")
    desk.hangs_up("c1")
    desk.dials("ann")
    desk.wait(1)
    desk.caller("c2")
    calls_again(desk, "c3")
    assert desk.waiting() == ["c2", "c3"]
