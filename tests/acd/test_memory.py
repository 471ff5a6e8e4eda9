"""What strategies remember, looked at directly: the rolling hour, counts, clocks that start again, pruned privacy."""

from appliance.acd import clock, load
from appliance.acd import events as ev
from appliance.acd.memory import Race
from appliance.acd.model import Agent, AgentState, Contact, State
from appliance.acd.settings import AgentSettings, QueueSettings
from appliance.acd.view import Status
from tests.acd.desk import Desk, copy_of, office


def agent(name: str, engaged: list[load.Span], duty_from: float = 0.0) -> Agent:
    total = sum(until - since for since, until in engaged)
    settings = AgentSettings(name, name, "1")
    return Agent(settings, 0.0, AgentState.FREE, engaged=engaged, engaged_s=total, duty_from=duty_from)


def test_only_the_last_hour_counts_and_a_span_across_its_edge_in_part() -> None:
    one = agent("ann", [(0.5, 1000.0), (4000.0, 4500.0)], duty_from=0.5)
    (share,) = load.occupancies([one], [one], 4500.0)
    mean = (100 + 500) / 3600
    assert share == (600 + load.PRIOR_S * mean) / (3600 + load.PRIOR_S)


def test_the_prior_pulls_a_newcomer_to_the_teams_mean() -> None:
    old, new = agent("ann", [(4000.0, 4500.0)], 1000.0), agent("bob", [], 4499.0)
    shares = load.occupancies([old, new], [new, old], 4500.0)
    mean = 500 / 3501
    assert shares[0] == load.PRIOR_S * mean / (1 + load.PRIOR_S)
    assert shares[0] < shares[1]


def test_spans_older_than_an_hour_are_dropped_and_there_are_never_too_many() -> None:
    one = agent("ann", [(1.0, 2.0), (5000.0, 5001.0)])
    one.engaged_from = 8000.0
    load.note(one, 8001.0)
    assert (one.engaged, one.engaged_s) == ([(5000.0, 5001.0), (8000.0, 8001.0)], 2.0)
    one.engaged = [(9000.0 + n, 9000.5 + n) for n in range(load.MOST_SPANS)]
    one.engaged_from, one.engaged_s = 9500.0, load.MOST_SPANS * 0.5
    load.note(one, 9501.0)
    assert one.engaged_s == load.MOST_SPANS * 0.5 + 0.5
    assert len(one.engaged) == load.MOST_SPANS
    assert one.engaged[-1] == (9500.0, 9501.0)


def test_time_on_duty_that_is_over_counts_like_time_that_runs() -> None:
    one = agent("ann", [(4000.0, 4300.0)], duty_from=4000.0)
    one.state = AgentState.OFF
    load.note(one, 4600.0)
    assert (one.on_duty, one.on_duty_s, one.duty_from) == ([(4000.0, 4600.0)], 600.0, 0.0)
    (share,) = load.occupancies([one], [one], 4700.0)
    assert share == (300 + load.PRIOR_S * 0.5) / (600 + load.PRIOR_S)


def test_a_new_monotonic_clock_moves_every_stamp_of_the_strategies() -> None:
    state = State(agents={"ann": agent("ann", [(100.0, 200.0)], 50.0)})
    contact = Contact("c1", "q", "", "", "sip", 0, False, 90.0, 1, race=Race("x1", 130.0), sticky_until=120.0)
    state.contacts["c1"] = contact
    state.agents["ann"].on_duty = [(10.0, 20.0)]
    clock.move_stamps(state, -40.0)
    ann = state.agents["ann"]
    assert (ann.engaged, ann.on_duty, ann.duty_from) == ([(60.0, 160.0)], [(-30.0, -20.0)], 10.0)
    assert contact.race is not None
    assert (contact.race.joins_at, contact.sticky_until, contact.relaxes_at) == (90.0, 80.0, 0.0)


def test_each_answered_call_counts_one() -> None:
    desk = Desk("ann", wrap_up_s=0)
    desk.ready("ann")
    for n in range(2):
        desk.caller(f"c{n}")
        desk.talks("ann")
        desk.leaves("ann")
    assert desk.acd.state.queues["sales"].answered == {"ann": 2}


def test_a_ring_group_counts_no_missed_race() -> None:
    desk = Desk("ann", queues=[QueueSettings("door", "D", "1", ("ann",), "simultaneous", is_group=True)])
    desk.ready("ann")
    desk.caller("c1", "door")
    desk.wait(20)
    assert desk.acd.state.agents["ann"].missed_races == 0


def test_d20_a_reject_between_missed_races_breaks_the_row() -> None:
    desk = Desk("ann", queues=[QueueSettings("sales", "S", "1", ("ann",), "simultaneous")])
    desk.ready("ann")
    desk.caller("c1")
    desk.wait(20 + 2 + 20 + 2)
    desk.rejects("ann")
    desk.wait(2 + 20)
    assert (desk.agent("ann").prompt, desk.acd.state.agents["ann"].missed_races) == ("", 1)


def test_f02_a_reject_alone_costs_the_turn() -> None:
    people = ("ann", "bob")
    desk = Desk(*people, queues=[QueueSettings("sales", "S", "1", people, "round-robin")])
    desk.ready(*people)
    desk.caller("c1")
    desk.rejects("ann")
    desk.hangs_up("c1")
    desk.ready("ann")
    desk.caller("c2")
    desk.expect("ringback c2", "ring bob for c2")


def test_a28_privacy_touches_no_conversation_and_no_offer_of_another_queue() -> None:
    queues = [QueueSettings(name, name, "1", ("ann",)) for name in ("sales", "help")]
    desk = Desk("ann", queues=queues)
    desk.ready("ann")
    desk.caller("c1", "sales")
    desk.together(ev.PrivacyChanged("ann", "help", on=True))
    desk.expect()
    assert desk.status("ann") is Status.RINGING
    desk.talks("ann")
    desk.together(ev.PrivacyChanged("ann", "sales", on=True))
    desk.expect()
    assert desk.status("ann") is Status.ON_CALL


def test_a28_privacy_of_a_removed_queue_is_forgotten() -> None:
    queues = [QueueSettings(name, name, "1", ("ann",)) for name in ("sales", "help")]
    desk = Desk("ann", queues=queues)
    desk.together(ev.PrivacyChanged("ann", "help", on=True))
    desk.together(ev.Configured(office("ann", queues=queues[:1])))
    assert copy_of(desk.acd.state).agents["ann"].private == []
