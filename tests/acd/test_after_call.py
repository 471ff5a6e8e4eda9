"""What agents do about a call besides talking: S-21, F-19, F-38, F-45."""

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.settings import QueueSettings
from appliance.acd.view import Status
from appliance.acd.why import sentence
from tests.acd.desk import Desk

CODES = (("1", "order"), ("22", "complaint"))


def wrapping(**queue: object) -> Desk:
    """Ann is in wrap-up after c1."""
    sales = QueueSettings("sales", "Sales", "1", ("ann", "bob"), codes=CODES, **queue)  # type: ignore[arg-type]
    desk = Desk("ann", "bob", queues=[sales])
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.hangs_up("c1")
    desk.leaves("ann")
    assert desk.status("ann") is Status.WRAP_UP
    return desk


def codes(desk: Desk) -> list[tuple[str, str]]:
    return [(fact.contact, fact.code) for fact in desk.told(story.CallCoded) if isinstance(fact, story.CallCoded)]


def test_f19_wrap_up_is_extended_by_a_minute_and_no_more_often_than_the_queue_permits() -> None:
    desk = wrapping()
    until = desk.agent("ann").wrap_until
    assert desk.agent("ann").may_extend
    desk.together(ev.WrapUpExtensionAsked("ann", "ann"))
    assert desk.agent("ann").wrap_until == until + 60
    assert not desk.agent("ann").may_extend
    desk.together(ev.WrapUpExtensionAsked("ann", "ann"))
    assert desk.agent("ann").wrap_until == until + 60
    desk.wait(89)
    assert desk.status("ann") is Status.WRAP_UP
    desk.wait(1)
    assert desk.status("ann") is Status.AVAILABLE
    assert [fact.lasted_s for fact in desk.told(story.WrapUpFinished)] == [90.0]  # type: ignore[attr-defined]


def test_f19_each_call_may_be_extended_anew_and_a_queue_may_permit_none() -> None:
    desk = wrapping(wrap_extensions=0)
    desk.together(ev.WrapUpExtensionAsked("ann", "ann"))
    assert not desk.agent("ann").may_extend
    desk = wrapping()
    desk.together(ev.WrapUpExtensionAsked("ann", "ann"))
    desk.ends_wrap_up("ann")
    desk.together(ev.WrapUpExtensionAsked("ann", "ann"))  # there is none
    assert desk.status("ann") is Status.AVAILABLE
    desk.caller("c2")
    desk.talks("ann")
    desk.leaves("ann")
    assert desk.agent("ann").may_extend


def test_s21_a_note_stays_with_the_caller_and_each_change_is_kept() -> None:
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    for text in ("call ba", "call ba", "call back"):
        desk.together(ev.CallNoted("c1", text, "ann"))
    assert desk.acd.view(desk.now).calls[0].note == "call back"
    assert [fact.text for fact in desk.told(story.CallNoted)] == ["call ba", "call back"]  # type: ignore[attr-defined]
    desk.hangs_up("c1")
    desk.together(ev.CallNoted("c1", "x" * 5000, "ann"))  # after the call, too
    assert len(desk.told(story.CallNoted)[-1].text) == 4000  # type: ignore[attr-defined]


def test_f38_a_code_is_given_during_the_call_in_wrap_up_and_later() -> None:
    desk = Desk("ann", codes=CODES)  # type: ignore[arg-type]
    desk.ready("ann")
    desk.caller("c1")
    desk.together(ev.CallCoded("1", "ann", agent="ann"))
    desk.talks("ann")
    desk.together(ev.CallCoded("1", "ann", agent="ann"))
    assert desk.acd.view(desk.now).calls[0].code == "1"
    desk.hangs_up("c1")
    desk.leaves("ann")
    assert desk.agent("ann").last_contact == "c1"
    desk.together(ev.CallCoded("22", "ann", agent="ann"))
    desk.together(ev.CallCoded("1", "page", contact="old", queue="sales"))
    assert codes(desk) == [("c1", "1"), ("c1", "22"), ("old", "1")]


def test_f38_a_code_the_queue_does_not_have_means_nothing_and_nothing_waits_for_one() -> None:
    desk = wrapping()
    desk.together(ev.CallCoded("9", "ann", agent="ann"), ev.CallCoded("1", "nobody", agent="nobody"))
    assert codes(desk) == []
    desk.off("ann")
    assert desk.status("ann") is Status.OFF


def test_f45_56_takes_the_next_caller_out_of_wrap_up() -> None:
    desk = wrapping()
    desk.caller("c2")
    desk.expect("hold c2")
    desk.caller("c3")
    desk.together(ev.NextCallWanted("ann", "*56"))
    desk.expect("ring ann for c2")
    why = desk.acd.why("ann")
    assert why is not None
    assert sentence(why, "en") == "You took the next caller yourself."


def test_f45_56_takes_a_caller_whom_dispatch_would_not_send_here() -> None:
    skilled = QueueSettings("sales", "Sales", "1", ("ann",), "skills", skill="german", skill_min=3, skill_floor=3)
    desk = Desk("ann", queues=[skilled])
    desk.ready("ann")
    desk.caller("c1")
    assert desk.waiting() == ["c1"]
    desk.together(ev.NextCallWanted("ann", "*56"))
    desk.expect("ring ann for c1")


@pytest.mark.parametrize("who", ["bob", "nobody"])
def test_f45_56_means_nothing_off_duty_or_without_a_caller(who: str) -> None:
    desk = wrapping()
    desk.together(ev.NextCallWanted("ann", "*56"))
    assert desk.status("ann") is Status.WRAP_UP
    desk.caller("c2")
    desk.together(ev.NextCallWanted(who, "*56"))
    desk.expect()


def test_f45_a_supervisor_gives_any_waiting_caller_for_a_reason_that_is_kept() -> None:
    desk = wrapping()
    desk.caller("c2")
    desk.caller("c3")
    desk.together(ev.CallAssigned("c3", "ann", "eve", ""))
    desk.expect()
    desk.together(ev.CallAssigned("c3", "ann", "eve", "VIP"))
    desk.expect("ring ann for c3")
    assert [(fact.contact, fact.reason) for fact in desk.told(story.CallAssigned)] == [("c3", "VIP")]  # type: ignore[attr-defined]
    why = desk.acd.why("ann")
    assert why is not None
    assert sentence(why, "ja") == "スーパーバイザが割り当てたため。"


def test_f45_nobody_is_given_a_call_who_cannot_take_it() -> None:
    desk = wrapping()
    desk.caller("c2")
    for agent, contact in (("bob", "c2"), ("nobody", "c2"), ("ann", "c9")):
        desk.together(ev.CallAssigned(contact, agent, "eve", "VIP"))
        desk.expect()
    assert desk.told(story.CallAssigned) == []
