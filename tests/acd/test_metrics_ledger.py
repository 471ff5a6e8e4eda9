"""What a journal folds to: contacts by admission, agent time split at interval edges, conservation checked."""

from appliance.acd import events as ev
from appliance.acd import metrics
from appliance.acd.chains import Kind
from appliance.acd.engine import Acd
from appliance.acd.metrics_counts import USUAL, Counts, Interval, Thresholds, count
from appliance.acd.metrics_entries import Exit
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.settings import QueueSettings
from appliance.acd.story import OfferOutcome as Out
from tests.acd.desk import Desk, copy_of

WALL = 1_700_000_000.0
ALL = Interval(WALL, WALL + 10_000)


def fold(desk: Desk, *edges: float, shift: float = WALL - 1000, skip: int = 0) -> Ledger:
    """The desk's journal in a ledger; the desk's first second (1000.0) is WALL."""
    acd, ledger = Acd(), Ledger(sorted(edges))
    for events, at in desk.journal[:skip]:
        acd.handle_batch(events, at)
    acd.drain_facts()
    if skip:
        acd = Acd(copy_of(acd.state))
        ledger.begin(acd.state, acd.state.at + shift)
    for events, at in desk.journal[skip:]:
        ledger.handle(acd, events, at, at + shift)
    ledger.finish(acd, desk.now, desk.now + shift)
    return ledger


def counted(desk: Desk, interval: Interval = ALL, thresholds: Thresholds = USUAL) -> Counts:
    return count(fold(desk, interval.start, interval.end), interval, thresholds=thresholds)


def one_call(desk: Desk, name: str = "c1", *, rings: float = 5, talks: float = 60) -> None:
    """Ann answers after `rings` seconds and talks for `talks` seconds."""
    desk.caller(name)
    desk.wait(rings)
    desk.talks("ann")
    desk.wait(talks)
    desk.leaves("ann")


def test_a_call_is_a_contact_a_segment_and_agent_time() -> None:
    """D-10, M-10, M-12: counted from the journal."""
    desk = Desk("ann", wrap_up_s=30)
    desk.ready("ann")
    one_call(desk)
    desk.wait(100)
    counts = counted(desk)
    assert (counts.offered, counts.answered_s) == (1, (5,))
    (handled,) = counts.handled
    assert (handled.talked_s, handled.held_s, handled.wrapped_s) == (60, 0, 30)
    time = counts.time
    assert (time.on_duty_s, time.talked_s, time.wrapped_s, time.rang_answered_s) == (165, 60, 30, 5)
    assert metrics.value_of(counts, "occupancy") == 95 / 165
    assert metrics.conservation(counts) == ""


def test_a_contact_belongs_to_the_interval_of_its_admission() -> None:
    """D-21: by admission, whenever it ends."""
    desk = Desk("ann", wrap_up_s=0)
    desk.ready("ann")
    desk.wait(98)
    one_call(desk, rings=5, talks=60)
    first, second = Interval(WALL, WALL + 100), Interval(WALL + 100, WALL + 200)
    ledger = fold(desk, WALL, WALL + 100, WALL + 200)
    early, late = count(ledger, first), count(ledger, second)
    assert (early.offered, early.answered_s, len(early.handled)) == (1, (5,), 1)
    assert (late.offered, late.answered_s, len(late.handled)) == (0, (), 0)
    assert (early.time.rang_answered_s, late.time.rang_answered_s) == (2, 3)
    assert (early.time.talked_s, late.time.talked_s) == (0, 60)
    assert (early.time.on_duty_s, late.time.on_duty_s) == (100, 63)
    assert (early.flow.inside_at_start, early.flow.offered, early.flow.inside_at_end) == (0, 1, 1)
    assert (late.flow.inside_at_start, late.flow.offered, late.flow.left[Exit.ANSWERED]) == (1, 0, 1)
    assert metrics.conservation(early) == metrics.conservation(late) == ""


def test_an_interval_begins_with_its_edge_and_ends_before_the_next() -> None:
    desk = Desk("ann")
    desk.caller("c1")
    desk.wait(100)
    assert counted(desk, Interval(WALL, WALL + 1)).offered == 1
    assert counted(desk, Interval(WALL - 1, WALL)).offered == 0


def test_every_way_out_is_counted_once() -> None:
    """M-00: and they add up."""
    desk = Desk("ann", max_waiting=1, no_agent_s=30, wrap_up_s=0)
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    desk.caller("c3")
    desk.hangs_up("c3")
    desk.wait(3)
    desk.hangs_up("c2")
    desk.caller("c4")
    counts = counted(desk)
    assert (counts.offered, len(counts.answered_s), counts.abandoned_s) == (4, 1, (3,))
    assert (counts.fallbacks, counts.short_abandons, len(counts.waiting_s)) == (1, 1, 1)
    assert (counts.flow.left[Exit.FALLBACK], counts.flow.left[Exit.ABANDONED], counts.flow.inside_at_end) == (1, 1, 2)
    assert metrics.conservation(counts) == ""


def test_a_line_that_tells_late_of_its_hang_up_is_forgiven_the_delay() -> None:
    desk = Desk("ann")
    desk.caller("c1", returns=True)
    desk.wait(8)
    desk.hangs_up("c1")
    assert counted(desk).short_abandons == 0
    assert counted(desk, thresholds=Thresholds(detected_after_s={"line1": 4.0})).short_abandons == 1
    assert counted(desk, thresholds=Thresholds(detected_after_s={"line1": 3.0})).short_abandons == 0
    assert counted(desk, thresholds=Thresholds(detected_after_s={"sip": 4.0})).short_abandons == 0


def test_the_box_taking_somebody_off_duty_is_told_apart_from_their_own_breaks() -> None:
    """M-14: by reason."""
    desk = Desk("ann", "bob", ring_s=10)
    desk.ready("ann", "bob")
    desk.caller("c1")
    desk.wait(10)
    desk.rejects("bob")
    desk.wait(20)
    desk.stays_off("ann")
    desk.wait(5)
    desk.ready("bob")
    desk.off("bob")
    desk.wait(7)
    counts = counted(desk)
    assert counts.auto_offs == {"no_answer": 1, "declined": 1}
    assert counts.confirmed_s == (20, 25)
    assert counts.time.off_s == {"no_answer": 32, "declined": 25, "self": 7}
    rows = {metric.en: [(f.of, f.value) for f in figures] for metric, figures in metrics.table(counts)}
    assert rows["RNA rate"] == [("", 1.0), ("ann", 1.0), ("bob", 1.0)]


def test_a_phone_that_is_lost_is_not_signed_in() -> None:
    """M-13: signed-in time is reachable time."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.wait(30)
    desk.loses_phone("ann")
    desk.wait(10)
    desk.finds_phone("ann")
    desk.wait(20)
    counts = counted(desk)
    assert (counts.time.signed_in_s, counts.time.on_duty_s) == (50, 60)


def test_a_late_answer_taken_back_is_one_accepted_offer() -> None:
    """M-15: one outcome."""
    desk = Desk("ann", ring_s=10)
    desk.ready("ann")
    desk.caller("c1")
    desk.wait(10)
    desk.talks("ann")
    counts = counted(desk)
    assert [dict(each) for each in counts.offers.values()] == [{Out.ACCEPTED: 1}]
    assert len(counts.answered_s) == 1


def test_who_answers_a_dead_leg_is_a_ghost() -> None:
    """M-19: an answer to nobody."""
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1")
    desk.hangs_up("c1")
    desk.picks_up("ann")
    desk.caller("c2")
    desk.picks_up("ann")
    desk.hangs_up("c2")
    assert counted(desk).ghosts == 2
    assert [ghost.contact for ghost in fold(desk).ghosts] == ["c1", "c2"]


def test_a_late_answer_while_the_caller_still_waits_is_no_ghost() -> None:
    desk = Desk("ann", ring_s=10)
    desk.ready("ann")
    desk.caller("c1")
    desk.wait(15)
    desk.picks_up("ann")
    assert counted(desk).ghosts == 0


def test_the_same_number_within_a_day_is_a_repeat_call() -> None:
    """M-17: withheld numbers are no repeat."""
    desk = Desk("ann")
    for name, pause in (("c1", 10.0), ("c2", 86_400.0), ("c3", 86_401.0), ("c4", 0.0)):
        desk.together(ev.CallerArrived(name, "sales", "0312345678", "", "sip"))
        desk.hangs_up(name)
        desk.wait(pause)
    desk.together(ev.CallerArrived("hidden", "sales", "", "", "sip"))
    ledger = fold(desk)
    assert [one.is_repeat for one in ledger.contacts.values()] == [False, True, True, False, False]
    counts = count(ledger, Interval(WALL, WALL + 400_000))
    assert (counts.offered, counts.numbered, counts.repeats) == (5, 4, 2)


def test_an_own_call_is_duty_time_and_no_handling() -> None:
    desk = Desk("ann", wrap_up_s=20)
    desk.ready("ann")
    desk.dials("ann", queue="sales")
    desk.connects("ann")
    desk.wait(50)
    desk.ends_leg("ann")
    desk.wait(30)
    counts = counted(desk)
    assert (counts.handled, counts.time.talked_s, counts.time.wrapped_s, counts.time.on_duty_s) == ((), 0, 20, 80)


def test_what_still_goes_on_counts_so_far() -> None:
    """M-09: also who still waits."""
    desk = Desk("ann", wrap_up_s=60)
    desk.wait(7)
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    desk.wait(40)
    counts = counted(desk)
    assert (counts.time.talked_s, counts.time.on_duty_s, counts.handled) == (40, 40, ())
    assert metrics.value_of(counts, "longest wait") == 40
    desk.leaves("ann")
    desk.wait(15)
    assert counted(desk).time.wrapped_s == 15
    assert counted(desk).handled == ()


def test_a_fold_from_the_middle_counts_what_was_already_there() -> None:
    desk = Desk("ann", wrap_up_s=0)
    desk.wait(2)
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    half = len(desk.journal)
    desk.wait(30)
    desk.leaves("ann")
    desk.wait(5)
    desk.hangs_up("c2")
    whole, part = fold(desk, WALL, WALL + 10), fold(desk, WALL + 10, WALL + 100, skip=half)
    assert [one.left for one in part.contacts.values()] == [Exit.ANSWERED, Exit.ABANDONED]
    assert part.contacts["c2"].waited_s == whole.contacts["c2"].waited_s
    assert [one.wall for one in part.contacts.values()] == [one.wall for one in whole.contacts.values()]
    assert part.offers["o1"].wall == whole.offers["o1"].wall
    assert part.shifts == {}
    counts = count(part, Interval(WALL + 10, WALL + 100))
    assert (counts.flow.inside_at_start, counts.flow.offered, counts.flow.inside_at_end) == (2, 0, 0)
    assert (counts.time.on_duty_s, counts.time.talked_s) == (27, 22)
    assert metrics.conservation(counts) == ""


def test_a_clock_that_goes_back_does_not_open_an_interval_again() -> None:
    desk = Desk("ann")
    desk.wait(100)
    desk.caller("c1")
    acd, ledger = Acd(), Ledger([WALL, WALL + 50])
    for (events, at), wall in zip(desk.journal, (WALL + 60, WALL + 10), strict=True):
        ledger.handle(acd, events, at, wall)
    ledger.finish(acd, desk.now, WALL + 10)
    assert count(ledger, Interval(WALL, WALL + 50)).offered == 0
    assert ledger.contacts["c1"].wall == WALL + 60


def test_a_caller_lost_with_the_switch_is_lost_and_one_bridged_before_is_answered() -> None:
    desk = Desk("ann", wrap_up_s=0)
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.caller("c2")
    desk.together(ev.SwitchLost())
    counts = counted(desk)
    assert (len(counts.answered_s), counts.lost) == (1, 1)
    assert metrics.conservation(counts) == ""


def test_a_queue_and_its_people_are_counted_apart() -> None:
    queues = (
        QueueSettings("sales", "Sales", "1", ("ann",), wrap_up_s=0),
        QueueSettings("help", "Help", "2", ("bob",), wrap_up_s=0),
    )
    desk = Desk("ann", "bob", queues=queues)
    desk.ready("ann", "bob")
    desk.caller("c1", "sales", returns=True)
    desk.talks("ann")
    desk.caller("c2", "help", returns=True)
    desk.rejects("bob")
    desk.wait(10)
    desk.caller("c3", "help")
    ledger = fold(desk, ALL.start, ALL.end)
    sales, help_desk = count(ledger, ALL, "sales", ["ann"]), count(ledger, ALL, "help", ["bob"])
    both = count(ledger, ALL)
    assert (sales.offered, help_desk.offered, both.offered) == (1, 2, 3)
    assert (sales.flow.inside_at_end, help_desk.flow.inside_at_end, both.flow.inside_at_end) == (1, 2, 3)
    assert [list(one.offers) for one in (sales, help_desk, both)] == [["ann"], ["bob"], ["ann", "bob"]]
    assert [len(one.auto_offs) for one in (sales, help_desk, both)] == [0, 1, 1]
    assert (sales.time.talked_s, help_desk.time.talked_s) == (10, 0)
    assert (sales.lines.busy_s, help_desk.lines.busy_s) == ({"line1": 10}, {"line1": 10})
    assert both.lines.busy_s == {"line1": 20}
    assert not any(metrics.conservation(one) for one in (sales, help_desk, both))


def test_who_came_back_to_a_second_agent_has_two_segments() -> None:
    desk = Desk("ann", wrap_up_s=0)
    desk.ready("ann")
    one_call(desk, "c1")
    desk.caller("c2", returns=True)
    desk.talks("ann")
    desk.together(ev.SwitchLost())
    desk.together(ev.CallerReturned("c2"))
    desk.talks("ann")
    desk.leaves("ann")
    counts = counted(desk)
    assert (len(counts.answered_s), len(counts.handled), counts.one_segment) == (2, 3, 1)
    assert metrics.value_of(counts, "first contact") == 0.5


def passed_on() -> Desk:
    """Ann talks 20 s with c1, holds 5 s, asks Bob for 10 s, and passes the caller on to him."""
    desk = Desk("ann", "bob", queues=[QueueSettings("sales", "Sales", "1", ("ann",), wrap_up_s=30)])
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.wait(20)
    desk.holds("ann")
    desk.wait(5)
    desk.holds("ann", is_held=False)
    desk.asks("ann", "bob")
    desk.wait(4)
    desk.picks_up("bob")
    desk.wait(6)
    desk.completes("ann")
    desk.leaves("ann")
    desk.hear_each_other("c1")
    return desk


def test_hold_is_no_talk_and_each_agent_has_their_own_part() -> None:
    """M-10, M-11, F-42: talk, hold and wrap-up by segment."""
    desk = passed_on()
    desk.wait(40)
    desk.leaves("bob")
    counts = counted(desk)
    assert [(one.talked_s, one.held_s, one.wrapped_s) for one in counts.handled] == [(20, 15, 30), (40, 0, 0)]
    assert (counts.time.talked_s, counts.time.held_s) == (60, 15)
    assert counts.one_segment == 0
    assert metrics.conservation(counts) == ""


def test_m16_transfers_are_counted_as_they_begin_and_by_what_became_of_them() -> None:
    desk = passed_on()
    desk.wait(1)
    desk.leaves("bob")
    desk.wait(30)
    desk.caller("c2")
    desk.talks("ann")
    desk.passes("ann", "bob")
    desk.leaves("ann")
    desk.rejects("bob")
    made = counted(desk).transfers
    assert (made.blind, made.attended, made.rejected, made.returned) == (1, 1, 1, 1)
    elsewhere = count(fold(desk, ALL.start, ALL.end), ALL, "other").transfers
    assert (elsewhere.blind, elsewhere.attended) == (0, 0)


def test_who_is_passed_to_somebody_who_is_no_agent_leaves_no_segment_of_nobody() -> None:
    desk = passed_on()
    desk.passes("bob", "0312345678", Kind.EXTERNAL)
    desk.leaves("bob")
    desk.picks_up("0312345678")
    desk.hear_each_other("c1")
    desk.wait(31)
    desk.hangs_up("c1")
    assert len(counted(desk).handled) == 2
    assert desk.ending("c1").agent == "0312345678"
