"""Who is counted where promises and callers stand in one line: S-40, R-25, U-10."""

from dataclasses import replace

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.house import Held
from tests.acd.desk import Desk
from tests.acd.test_callback import TERMS, busy, calls, promised
from tests.acd.test_metrics_ledger import counted


def after(desk: Desk, waiting: int) -> None:
    """From now on callbacks are offered once more than so many wait."""
    office = desk.acd.state.office
    queue = replace(office.queues[0], callback=replace(TERMS, after=waiting))
    desk.together(ev.Configured(replace(office, queues=(queue,))))


def test_s40_who_is_called_back_is_no_call_that_waits() -> None:
    desk = promised()
    after(desk, 1)
    calls(desk, "c2", "0399998888")
    desk.expect("hold c2")
    calls(desk, "c3", "0399997777")
    desk.expect("hold c3", "offer callback c3")


def test_s40_a_caller_who_waited_and_for_whom_a_phone_rings_waits_still() -> None:
    desk = busy(replace(TERMS, after=1))
    desk.ready("bob")
    desk.expect("ring bob for c1")
    calls(desk, "c2", "0399998888")
    desk.expect("hold c2", "offer callback c2")


def test_s40_a_caller_who_hears_ringback_does_not_wait() -> None:
    desk = busy(replace(TERMS, after=1))
    desk.hangs_up("c1")
    desk.ready("bob")
    calls(desk, "c2", "0399998888")
    desk.expect("ringback c2", "ring bob for c2")
    calls(desk, "c3", "0399997777")
    desk.expect("hold c3")


def test_r25_a_promise_that_a_call_took_over_is_found_again_when_they_hang_up_and_ring_once_more() -> None:
    desk = promised()
    calls(desk, "c2")
    desk.hangs_up("c2")
    assert desk.told(story.ContactEnded)[-1].contact == "c1"  # type: ignore[attr-defined]
    desk.wait(TERMS.retry_s)
    calls(desk, "c3")
    assert [desk.ending(one).why for one in ("c1", "c2")] == ["merged", "merged"]
    assert list(desk.acd.state.contacts) == ["c3"]


def test_u10_a_phone_that_rings_for_a_callback_does_not_keep_the_office_closing() -> None:
    desk = promised()
    desk.ends_leg("ann")
    desk.expect("ring ann for c1")
    desk.together(ev.HoursHeld(Held.CLOSING, "key"))
    holding = desk.acd.state.house.holding
    assert holding is not None
    assert holding.held is Held.CLOSED, "nobody is on the line"


def test_m_first_contact_counts_only_who_was_answered() -> None:
    """A callback that was served talked once, and left by a promise all the same."""
    desk = promised()
    desk.ends_leg("ann")
    desk.picks_up("ann")
    desk.together(ev.CustomerAnswered("c1", 1), ev.DigitPressed("c1", "1"))
    desk.together(ev.Bridged("c1", desk.acd.state.contacts["c1"].offer))
    desk.wait(30)
    desk.leaves("ann")
    assert counted(desk).one_segment == 0
