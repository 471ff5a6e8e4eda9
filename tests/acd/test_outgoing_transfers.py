"""Whom an agent called is passed on as any caller is (S-16 to S-19, T-held), and what is counted of calls out."""

from dataclasses import replace

import pytest

from appliance.acd import events as ev
from appliance.acd import story
from appliance.acd.chains import Kind
from appliance.acd.coaching import refusal
from appliance.acd.engine import Acd
from appliance.acd.metrics import METRICS, conservation
from appliance.acd.metrics_counts import CallOut, Interval, count
from appliance.acd.metrics_figures import shown
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.model import ContactState
from appliance.acd.settings import QueueSettings, SupervisorSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, office
from tests.acd.passing import how, state_of

SALES = QueueSettings("sales", "Sales", "100", ("ann",), calls_out=True, wrap_up_s=30.0)
HELP = QueueSettings("help", "Help", "200", ("bob",))


def called(queue: str = "sales") -> Desk:
    """Ann talks with p1, whom she called; Bob and Cay have phones, too."""
    desk = Desk("ann", "bob", "cay", queues=(SALES, HELP))
    desk.ready("ann", "bob")
    desk.is_connected("ann", queue=queue)
    return desk


@pytest.mark.parametrize("queue", ["sales", ""])
def test_s18_whom_an_agent_called_is_passed_on_at_once(queue: str) -> None:
    desk = called(queue)
    desk.passes("ann", "bob")
    desk.expect("hold p1", "stop ann: transferred", "ring user bob for p1")
    desk.puts_down("ann")
    assert desk.status("ann") is (Status.WRAP_UP if queue else Status.AVAILABLE)
    desk.picks_up("bob")
    desk.hear_each_other("p1")
    assert desk.agent("bob").contact == "p1"
    desk.hangs_up("p1")
    assert desk.ending("p1").outcome is story.Outcome.ANSWERED
    assert how(desk) == ["taken"]


def test_s18_ask_first_holds_whom_the_agent_called_and_takes_them_back() -> None:
    desk = called()
    desk.asks("ann", "bob")
    desk.expect("hold p1", "stop recording rp1-1", "ring user bob for p1, ann asks")
    desk.picks_up("bob")
    desk.expect("ann asks bob")
    desk.cancels("ann")
    desk.expect("connect p1 with ann", "record p1 as rp1-2", "stop bob: cancelled")
    assert state_of(desk, "p1") is ContactState.CONNECTED


def test_s18_into_a_queue_whom_the_agent_called_stands_in_line_as_a_caller() -> None:
    desk = called()
    desk.passes("ann", "help", Kind.QUEUE)
    desk.expect("hold p1", "stop ann: transferred", "ring bob for p1")
    desk.talks("bob")
    desk.expect()
    assert desk.acd.state.contacts["p1"].recording == "rp1-2", "help records what comes in to it"


def test_d16_whom_nobody_took_is_back_in_the_queue_that_the_call_went_out_as() -> None:
    """D-16, S-19, R-12."""
    desk = called()
    desk.passes("ann", "cay")
    desk.puts_down("ann")
    desk.rejects("cay")
    assert state_of(desk, "p1") is ContactState.WAITING
    desk.ends_wrap_up("ann")
    desk.expect("ring ann for p1")


def test_d06_whom_nobody_took_of_a_personal_call_hears_so_and_is_not_left_waiting() -> None:
    """D-06: a personal call has no queue to go back to."""
    desk = called("")
    desk.passes("ann", "cay")
    desk.puts_down("ann")
    desk.rejects("cay")
    desk.expect("stop cay: rejected", "dismiss p1: xfer_reject")


def test_s16_a_call_that_still_rings_cannot_be_passed_on() -> None:
    desk = Desk("ann", "bob", queues=(SALES, HELP))
    desk.places("ann")
    desk.passes("ann", "bob")
    desk.expect("refuse p1: no_call")


@pytest.mark.parametrize("order", ["passes, hangs up", "hangs up, passes", "together"])
def test_r14_the_far_end_hangs_up_as_it_is_passed_on(order: str) -> None:
    """R-14, R-11: nobody is rung again, the agent wraps up."""
    desk = called()
    view = desk.agent("ann")
    passed = ev.TransferAsked("p1", view.offer, Kind.USER, "102")
    gone = ev.CallerHungUp("p1")
    batches = {
        "passes, hangs up": [[passed], [gone]],
        "hangs up, passes": [[gone], [passed]],
        "together": [[passed, gone]],
    }
    for batch in batches[order]:
        desk.together(*batch)
    desk.wait(3)
    assert (desk.status("ann"), desk.status("bob")) == (Status.WRAP_UP, Status.AVAILABLE)
    assert desk.acd.state.contacts == {}


def test_t_held_reminds_the_agent_of_whom_they_called() -> None:
    """T-held, S-M3."""
    desk = called()
    desk.holds("ann")
    desk.wait(60)
    assert desk.agent("ann").is_held_long
    desk.holds("ann", is_held=False)
    assert (desk.agent("ann").held_since, desk.agent("ann").is_held_long) == (0, False)


@pytest.mark.parametrize("is_up", [True, False])
def test_s18_a_caller_is_joined_with_whom_the_agent_called_meanwhile(is_up: bool) -> None:
    """REFER with Replaces: the call that was placed goes on as the caller's transfer, and is one call less."""
    desk = Desk("ann", "bob", queues=(SALES, HELP))
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.holds("ann")
    if is_up:
        desk.is_connected("ann")
    else:
        desk.places("ann")
    talk = desk.acd.state.contacts["c1"].offer
    desk.together(ev.ConsultJoined("c1", talk, Kind.EXTERNAL, "0312345678", "x-leg-p1", "leg-p1", is_up))
    assert "p1" not in desk.acd.state.contacts
    ended = desk.ending("p1")
    assert (ended.why, ended.outcome.value) == ("joined", "answered" if is_up else "not_reached")
    assert state_of(desk) is (ContactState.CONNECTING if is_up else ContactState.TRANSFERRING)
    desk.wait(3 if not is_up else 1)
    assert desk.status("ann") in (Status.WRAP_UP, Status.ON_CALL)
    for offer in list(desk.acd.state.offers.values()):
        if offer.agent == "ann":
            desk.together(ev.OfferLegEnded(offer.offer))
    assert desk.status("ann") is Status.WRAP_UP
    assert set(desk.acd.state.contacts) == {"c1"}


@pytest.mark.parametrize(("queue", "why"), [("sales", ""), ("", "no_conversation")])
def test_nobody_takes_part_in_a_personal_call(queue: str, why: str) -> None:
    """F-37: supervisors join what is done for a queue."""
    desk = Desk("ann", "bob", queues=(SALES, HELP))
    settings = replace(
        office("ann", "bob", queues=(SALES, HELP)), supervisors=(SupervisorSettings("eve", "Eve", "901"),)
    )
    desk.together(ev.Configured(settings))
    desk.is_connected("ann", queue=queue)
    assert refusal(desk.acd.state, "eve", "ann") == why


# -- what is counted


def ledger_of(desk: Desk) -> tuple[Ledger, Interval]:
    whole = Interval(desk.journal[0][1], desk.now + 1)
    acd, ledger = Acd(), Ledger([whole.start, whole.end])
    for events, at in desk.journal:
        ledger.handle(acd, events, at, at)
    ledger.finish(acd, whole.end, whole.end)
    return ledger, whole


def worked() -> Desk:
    """A caller of 20 s, a call as the queue of 60 s, one that was busy, a personal one of 40 s."""
    desk = Desk("ann", queues=(SALES,))
    desk.ready("ann")
    desk.caller("c1")
    desk.talks("ann")
    desk.wait(20)
    desk.hangs_up("c1")
    desk.leaves("ann")
    desk.ends_wrap_up("ann")
    for contact, queue, talk_s in (("p1", "sales", 60.0), ("p2", "sales", 0.0), ("p3", "", 40.0)):
        if not talk_s:
            desk.places("ann", contact, queue)
            offer = desk.agent("ann").offer
            desk.fails(contact)
            desk.together(ev.OfferLegEnded(offer))
            continue
        desk.is_connected("ann", contact, queue)
        desk.wait(talk_s)
        desk.puts_down("ann")
        desk.ends_wrap_up("ann")
    return desk


def test_s10_calls_out_are_counted_by_queue_and_agent_and_in_no_symbol_of_callers() -> None:
    """S-10, M-00, D-21: the service level of a queue is its callers'."""
    ledger, whole = ledger_of(worked())
    counts = count(ledger, whole)
    assert conservation(counts) == ""
    assert (counts.offered, len(counts.answered_s)) == (1, 1)
    assert counts.calls_out == (
        CallOut("ann", "sales", True, 60.0),
        CallOut("ann", "sales", False, 0.0),
        CallOut("ann", "", True, 40.0),
    )
    assert [one.queue for one in count(ledger, whole, "sales").calls_out] == ["sales", "sales"]
    rows = {metric.en: [(one.of, shown(one)) for one in metric.figures(counts)] for metric in METRICS}
    assert rows["calls out"] == [
        ("placed", "3"),
        ("answered", "2"),
        ("ann", "3"),
        ("personal", "1"),
        ("sales", "2"),
    ]
    assert rows["talk of calls out"] == [("", "50.00 s (n=2)")]


def test_m12_talk_as_the_queue_is_occupancy_and_a_personal_call_is_not() -> None:
    """M-12, M-11: the handling time that staffing is reckoned from is the callers'."""
    ledger, whole = ledger_of(worked())
    counts = count(ledger, whole)
    assert counts.time.talked_s == 80.0
    assert [one.talked_s for one in counts.handled] == [20.0]


def test_m12_a_call_as_the_queue_while_off_duty_is_no_occupancy() -> None:
    desk = Desk("ann", queues=(SALES,))
    desk.is_connected("ann", queue="sales")
    desk.wait(60)
    desk.puts_down("ann")
    ledger, whole = ledger_of(desk)
    assert count(ledger, whole).time.talked_s == 0


def test_m00_a_call_out_that_is_passed_into_a_queue_is_no_caller_of_it() -> None:
    desk = called()
    desk.passes("ann", "help", Kind.QUEUE)
    desk.talks("bob")
    ledger, whole = ledger_of(desk)
    counts = count(ledger, whole)
    assert (conservation(counts), counts.offered) == ("", 0)


def test_m20_calls_out_do_not_lengthen_the_wait_that_callers_are_told() -> None:
    desk = called()
    desk.wait(600)
    desk.puts_down("ann")
    assert desk.acd.state.queues["sales"].handled == 0
