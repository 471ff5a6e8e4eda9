"""What reports count beside calls: callbacks (M-18), announced waits (M-20), rings that cost nothing (M-21), faults."""

import pytest

from appliance.acd import events as ev
from appliance.acd import metrics
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.metrics_counts import Callbacks, Counts
from appliance.acd.metrics_entries import Exit
from appliance.acd.settings import QueueSettings
from appliance.acd.story import OfferOutcome as Out
from tests.acd.desk import Desk
from tests.acd.test_callback import TERMS, calls, dialling, press, promised
from tests.acd.test_metrics_ledger import ALL, counted, fold


def callbacks(desk: Desk) -> Callbacks:
    return counted(desk).callbacks


def test_m18_a_callback_is_asked_for_dialled_and_connected() -> None:
    desk = promised()
    desk.wait(100)
    desk.ends_leg("ann")
    desk.picks_up("ann")
    desk.together(ev.CustomerAnswered("c1", 1))
    press(desk, "1")
    desk.together(ev.Bridged("c1", desk.acd.state.contacts["c1"].offer))
    desk.wait(30)
    desk.leaves("ann")
    counts = counted(desk)
    assert counts.callbacks == Callbacks(requested=1, attempts=1, delays_s=(100,))
    assert (counts.callbacks_asked, counts.answered_s) == (1, ()), "left by a promise; no speed of answer"
    assert [one.talked_s for one in counts.handled] == [30]
    assert metrics.conservation(counts) == ""
    assert metrics.value_of(counts, "first contact") is None


def test_m18_every_way_a_callback_ends_is_told_apart() -> None:
    desk = dialling()
    for attempt in range(1, TERMS.tries + 1):
        desk.together(ev.CustomerFailed("c1", attempt))
        desk.wait(TERMS.retry_s)
        if attempt < TERMS.tries:
            desk.picks_up("ann")
    assert callbacks(desk) == Callbacks(requested=1, attempts=3, failed=1)
    desk = promised()
    desk.together(ev.CallbackCancelled("c1", "admin"))
    assert callbacks(desk) == Callbacks(requested=1, cancelled=1)
    desk = promised()
    calls(desk, "c2")
    assert callbacks(desk) == Callbacks(requested=1, merged=1)


def test_m18_a_promise_that_was_there_before_the_day_is_counted_from_its_arrival() -> None:
    desk = dialling()
    before = len(desk.journal) - 1  # just before the dial
    ledger = fold(desk, ALL.start, ALL.end, skip=before)
    assert ledger.promises["c1"].attempts == 1
    assert ledger.contacts["c1"].left is Exit.CALLBACK


def with_wait() -> Desk:
    """A queue that tells the wait; every call takes a minute."""
    queue = QueueSettings(
        "sales", "Sales", "1", ("ann",), announce_position=True, announce_wait=True, handling_s=60, wrap_up_s=0
    )
    desk = Desk("ann", queues=[queue])
    desk.ready("ann")
    desk.dials("ann")
    return desk


@pytest.mark.parametrize(("waits", "kept"), [(119, 1.0), (121, 0.0)])
def test_m20_the_first_wait_that_was_told_is_compared_with_the_one_that_came(waits: float, kept: float) -> None:
    desk = with_wait()
    desk.caller("c1")
    assert desk.acd.state.contacts["c1"].announced_wait == 2
    desk.wait(waits)
    desk.ends_leg("ann")
    desk.talks("ann")
    counts = counted(desk)
    assert counts.announced == ((120.0, waits),)
    assert metrics.value_of(counts, "EWT coverage") == kept


def test_m20_who_was_never_served_says_nothing_about_the_wait() -> None:
    desk = with_wait()
    desk.caller("c1")
    desk.wait(10)
    desk.hangs_up("c1")
    assert counted(desk).announced == ()


def test_m21_an_analogue_caller_rings_for_nothing_until_the_line_is_answered() -> None:
    desk = Desk("ann", "bob")
    desk.ready("ann", "bob")
    desk.caller("c1", returns=True)
    desk.wait(20)  # ann does not answer; music from here on
    desk.talks("bob")
    desk.caller("c2")  # not a line
    desk.wait(5)
    assert counted(desk).lines.ring_hold_saved_s == 20
    desk = Desk("ann")
    desk.ready("ann")
    desk.caller("c1", returns=True)
    desk.wait(7)
    desk.hangs_up("c1")
    assert counted(desk).lines.ring_hold_saved_s == 7


def test_m22_what_was_healed_is_counted_on_its_day() -> None:
    desk = Desk("ann")
    desk.together(ev.Healed(("agent ann: busy without a leg", "index: free")))
    assert counted(desk).health.healed == 2
    assert metrics.value_of(counted(desk), "healed") == 2


def test_m15_what_nobody_is_blamed_for_is_no_miss() -> None:
    everybody = ("ann", "bob")
    queues = [
        QueueSettings("all", "All", "1", everybody, "simultaneous", ring_s=10),
        QueueSettings("sales", "Sales", "2", everybody, wrap_up_s=0),
    ]
    desk = Desk(*everybody, queues=queues)
    desk.ready(*everybody)
    desk.caller("c1", "all")
    desk.wait(10)  # a race nobody answers
    desk.hangs_up("c1")
    desk.caller("c2", "sales")
    desk.talks("ann")
    counts = counted(desk)
    assert counts.offers["ann"] == {Out.TIMEOUT: 1, Out.ACCEPTED: 1}
    assert (counts.excused["ann"], counts.excused["bob"]) == (1, 1)
    assert metrics.value_of(counts, "RNA rate") == 0


def test_m00_whom_a_chain_gave_to_somebody_outside_has_left_by_fallback() -> None:
    chains = (Chain(Reason.NO_AGENT, (Destination(Kind.EXTERNAL, "0312345678"),)),)
    queue = QueueSettings("sales", "Sales", "1", ("ann",), wait_without_agents=False, chains=chains)
    desk = Desk("ann", queues=[queue])
    desk.caller("c1")
    desk.together(ev.SentOn("c1", 1))
    desk.hangs_up("c1")
    counts = counted(desk)
    assert (counts.fallbacks, metrics.conservation(counts)) == (1, "")


def test_a_window_that_was_never_promised_is_not_kept_and_not_broken() -> None:
    rows = {metric.en: figures for metric, figures in metrics.table(Counts(callbacks=Callbacks(delays_s=(60,))))}
    assert rows["inside the promise"][0].value is None
    kept = Counts(callbacks=Callbacks(delays_s=(60, 120), kept=1))
    assert metrics.value_of(kept, "inside the promise") == 0.5


def test_m20_a_wait_is_over_with_the_first_answer_whoever_talks_later() -> None:
    desk = with_wait()
    calls(desk, "c1")
    desk.wait(50)
    desk.ends_leg("ann")
    desk.talks("ann")
    before = fold(desk, ALL.start, ALL.end).announced["c1"].waited_s
    desk.wait(200)
    desk.passes("ann", "0312345678", Kind.EXTERNAL)
    desk.together(ev.OfferAccepted(desk.acd.state.contacts["c1"].offer))
    desk.hear_each_other("c1")
    assert fold(desk, ALL.start, ALL.end).announced["c1"].waited_s == before == 50
