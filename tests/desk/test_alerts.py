"""When an alert fires, when it is armed again, and whom it concerns (S-42, S-43)."""

from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.view import AgentView, OfficeView, QueueView, Status, WaitingView
from appliance.desk.alerts import Limits, Measure, Reader, Subject, Watch, measures, readers_of
from appliance.desk.notices import service_levels
from appliance.storage.records import ContactRow

OFFICE = OfficeSettings(
    agents=(AgentSettings("sato", "佐藤", "101", 1), AgentSettings("suzuki", "鈴木", "102", 2)),
    queues=(QueueSettings("front", "受付", "200", ("sato", "suzuki")),),
)
ALL_LIMITS = (Limits("front", waiting=2, wait_s=60.0, service_level=80.0),)


def waiting(count: int, since: float = 0.0) -> tuple[WaitingView, ...]:
    return tuple(WaitingView(f"c{n}", n, "front", "03", "", "trunk", since) for n in range(1, count + 1))


def agent(name: str, status: Status) -> AgentView:
    return AgentView(name, name, "101", 0, status, 0.0)


def office(*agents: AgentView, waits: tuple[WaitingView, ...] = (), is_open: bool = True) -> OfficeView:
    return OfficeView(1, 0.0, agents, waits, (), (QueueView("front", is_open, len(waits)),))


def figures(view: OfficeView, now: float = 0.0, level: float | None = None, alarms: dict[str, str] | None = None):
    levels = {} if level is None else {"front": level}
    return tuple(measures(view, OFFICE, ALL_LIMITS, levels, alarms or {}, now))


def fired(watch: Watch, view: OfficeView, now: float, **more) -> list[Subject]:
    return [one.subject for one in watch.judge(figures(view, now, **more), now)]


ON_DUTY = (agent("sato", Status.AVAILABLE), agent("suzuki", Status.OFF))


def test_s42_an_alert_fires_once_when_its_figure_crosses_the_limit() -> None:
    watch = Watch()
    assert fired(watch, office(*ON_DUTY, waits=waiting(2)), 1.0) == [], "two are not more than two"
    assert fired(watch, office(*ON_DUTY, waits=waiting(3, 2.0)), 2.0) == [Subject.WAITING]
    assert fired(watch, office(*ON_DUTY, waits=waiting(9, 2.0)), 3.0) == []


def test_s42_it_is_armed_again_after_a_minute_below_eighty_percent() -> None:
    watch, many, few = Watch(), office(*ON_DUTY, waits=waiting(3, 90.0)), office(*ON_DUTY, waits=waiting(1, 90.0))
    two = office(*ON_DUTY, waits=waiting(2, 90.0))
    assert fired(watch, many, 100.0) == [Subject.WAITING]
    assert fired(watch, few, 101.0) == []
    assert fired(watch, two, 130.0) == [], "two are not below 80 % of two: the minute begins anew"
    assert fired(watch, few, 131.0) == []
    assert fired(watch, few, 149.0) == []
    assert fired(watch, many, 149.5) == [], "not a minute yet"
    assert fired(watch, few, 150.0) == []
    assert fired(watch, office(*ON_DUTY), 210.0) == []
    assert fired(watch, office(*ON_DUTY, waits=waiting(3, 211.0)), 211.0) == [Subject.WAITING]


def test_s42_the_longest_wait_the_service_level_and_an_empty_office_are_watched() -> None:
    watch = Watch()
    assert fired(watch, office(*ON_DUTY, waits=waiting(1)), 60.0) == []
    assert fired(watch, office(*ON_DUTY, waits=waiting(1)), 61.0) == [Subject.LONGEST_WAIT]
    assert fired(watch, office(*ON_DUTY), 62.0, level=80.0) == []
    assert fired(watch, office(*ON_DUTY), 63.0, level=79.0) == [Subject.SERVICE_LEVEL]
    gone = office(agent("sato", Status.OFF), agent("suzuki", Status.OFF_ON_CALL))
    assert fired(watch, gone, 64.0) == [Subject.NOBODY]


def test_nobody_on_duty_while_the_queue_is_closed_is_as_it_should_be() -> None:
    assert fired(Watch(), office(agent("sato", Status.OFF), is_open=False), 0.0) == []


def test_s42_every_phone_unreachable_is_told_and_one_that_is_not_is_enough() -> None:
    lost = agent("sato", Status.UNREACHABLE)
    assert fired(Watch(), office(lost, agent("suzuki", Status.OFF)), 0.0) == [Subject.UNREACHABLE]
    assert fired(Watch(), office(lost, agent("suzuki", Status.WRAP_UP)), 0.0) == []


def test_s42_alarms_of_the_box_fall_under_their_own_ticks() -> None:
    keys = {"line line-1": Subject.LINE, "disk": Subject.DISK, "clock": Subject.CLOCK, "edge": Subject.BOX}
    for key, subject in keys.items():
        assert fired(Watch(), office(*ON_DUTY), 0.0, alarms={key: "trouble"}) == [subject], key
    assert fired(Watch(), office(*ON_DUTY), 0.0, alarms={"mail": "no server"}) == [], "no mail about mail"


def test_s42_an_alert_carries_the_figure_and_the_limit() -> None:
    (told,) = Watch().judge(figures(office(*ON_DUTY, waits=waiting(3))), 0.0)
    assert told.ja == "受付: 3人が待っています(目安 2人)"
    assert told.en == "受付: 3 callers wait (limit 2)"


def test_who_waits_for_a_callback_is_no_waiting_caller() -> None:
    promised = tuple(WaitingView(f"c{n}", n, "front", "03", "", "trunk", 0.0, callback="caller") for n in range(9))
    assert fired(Watch(), office(*ON_DUTY, waits=promised), 500.0) == []


def test_s43_one_persons_ticks_change_nothing_for_another() -> None:
    readers = (
        Reader("sato@example.jp", frozenset({Subject.WAITING}), frozenset({"front"})),
        Reader("mori@example.jp", frozenset({Subject.WAITING, Subject.DISK}), frozenset({"back"})),
        Reader("kato@example.jp", frozenset(Subject)),
    )
    assert readers_of(readers, Subject.WAITING, "front") == ("sato@example.jp", "kato@example.jp")
    assert readers_of(readers, Subject.DISK, "") == ("mori@example.jp", "kato@example.jp")
    assert readers_of(readers[:2], Subject.CLOCK, "") == ()


def test_a_figure_knows_its_queue_and_an_alarm_has_none() -> None:
    assert Measure(Subject.WAITING, "front", 1, 0, "", "").queue == "front"
    assert Measure(Subject.LINE, "line line-1", 1, 0, "", "").queue == ""


def row(outcome: str, waited_s: float) -> ContactRow:
    return ContactRow("c", "front", "", "", "trunk", 0.0, waited_s, 0.0, outcome, "", 0.0)


def test_m01_todays_service_level_leaves_out_who_gave_up_in_time_and_days_of_few_calls() -> None:
    rows = [row("answered", 5.0)] * 8 + [row("answered", 21.0), row("abandoned", 30.0), row("abandoned", 3.0)]
    assert service_levels(rows) == {"front": 80.0}
    assert service_levels(rows[1:]) == {}
