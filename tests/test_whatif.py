"""`deskbell whatif`: the same arrivals under other settings, both tables side by side, assumptions stated (U-14)."""

import datetime
import math
import re
import zoneinfo
from pathlib import Path

import pytest

from appliance import incident as incidents
from appliance.__main__ import main
from appliance.acd import events as ev
from appliance.acd import habits as model
from appliance.acd import story
from appliance.acd.metrics_entries import Contact, Doing, Exit, Stretch
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.simulation import Caller, Habits, OfficeDay, Simulation
from appliance.whatif import Setting, setting, what_if
from tests.support.recorded_day import Journal, recorded_day, write_database

TOKYO = zoneinfo.ZoneInfo("Asia/Tokyo")
NINE = datetime.datetime(2026, 11, 23, 9, tzinfo=TOKYO).timestamp()


@pytest.fixture(scope="module")
def journal() -> Journal:
    """A busy hour: sixty calls of 150 s for two agents."""
    return recorded_day(60, agents=2, hours=1.0)


@pytest.fixture
def box(tmp_path: Path, journal: Journal) -> Path:
    write_database(tmp_path / incidents.DATABASE, journal, lambda at: NINE + at - 1000)
    return tmp_path


def rows(box: Path, *settings: str, added: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Row name → its three cells."""
    incident = incidents.read("2026-11-23", box, "Asia/Tokyo")
    cells = [re.split(r"  +", line) for line in what_if(incident, [setting(text) for text in settings], added)]
    return {each[0]: each[1:] for each in cells if len(each) == 4}


def number(cell: str) -> float:
    return float(cell.split(maxsplit=1)[0])


def test_the_model_of_the_same_settings_is_the_recorded_day_itself(box: Path) -> None:
    """Nothing changed: whoever was answered is answered, within what a model can know."""
    table = rows(box)
    recorded, same, changed = table["M-01 サービスレベル service level"]
    assert same == changed
    assert number(same) == pytest.approx(number(recorded), abs=5)
    assert table["M-00 件数 contacts: N_off"] == ["60"] * 3


def test_one_more_agent_shortens_the_wait(box: Path) -> None:
    """U-14: one more agent."""
    table = rows(box, added=("mori",))
    _, same, changed = table["M-07 平均応答速度 ASA"]
    assert number(changed) < 0.7 * number(same)
    assert table["M-15 不応答率 RNA rate: mori"][:2] == ["—", "—"]


def test_a_shorter_wrap_up_is_a_shorter_wrap_up(box: Path) -> None:
    recorded, same, changed = rows(box, "front.wrap_up_s=10")["M-10 平均後処理時間 ACW"]
    assert (number(recorded), number(same), number(changed)) == (30, 30, 10)


def test_the_output_states_what_was_changed_and_what_was_assumed(box: Path, capsys) -> None:
    arguments = ["whatif", "2026-11-23", "--state", str(box), "--set", "queue.wrap_up_s=20", "--add-agent", "mori"]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "changed: queue.wrap_up_s = 20.0; agent mori added" in told
    assert "recorded" in told
    assert "model as it was" in told
    assert model.ASSUMPTIONS in told


def test_the_same_question_has_the_same_answer(box: Path) -> None:
    assert rows(box, "queue.ring_s=15", added=("mori",)) == rows(box, "queue.ring_s=15", added=("mori",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("front.wrap_up_s=20", Setting("front", "wrap_up_s", 20.0)),
        ("queue.hold_when_busy=false", Setting("queue", "hold_when_busy", False)),
        ("queue.agents=a1,a0", Setting("queue", "agents", ("a1", "a0"))),
        ("queue.strategy=fixed-order", Setting("queue", "strategy", "fixed-order")),
    ],
)
def test_a_setting_has_the_type_of_its_key(text: str, expected: Setting) -> None:
    assert setting(text) == expected


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (["--set", "wrap_up_s=20"], "something like queue.wrap_up_s=20"),
        (["--set", "front.wrapup_s=20"], "did you mean 'wrap_up_s'?"),
        (["--set", "front.wrap_up_s=long"], "'long' does not fit"),
        (["--set", "queue.strategy=fixed-ordr"], "did you mean 'fixed-order'?"),
        (["--set", "back.wrap_up_s=20"], "no queue 'back'; known: queue, front"),
        (["--add-agent", "a1"], "a1 is there already"),
    ],
)
def test_a_world_that_cannot_be_is_refused_with_a_sentence(box: Path, extra: list[str], told: str, capsys) -> None:
    assert main(["whatif", "2026-11-23", "--state", str(box), *extra]) == 2
    assert told in capsys.readouterr().err


def contact(name: str, waited_s: float, left: Exit) -> Contact:
    return Contact(name, "front", "", "sip", 0.0, 0.0, left=left, waited_s=waited_s)


def test_patience_is_what_was_shown_or_longer_than_what_was_needed() -> None:
    gone, served = contact("c1", 30, Exit.ABANDONED), contact("c2", 90, Exit.ANSWERED)
    mean_s = model.mean_patience_s([gone, served])
    assert mean_s == 120
    assert model.patience_s(gone, mean_s) == 30
    assert model.patience_s(served, mean_s) > 90


def test_where_nobody_hung_up_patience_is_endless() -> None:
    served = contact("c2", 90, Exit.ANSWERED)
    assert model.patience_s(served, model.mean_patience_s([served])) == math.inf


def test_drawn_patience_has_the_mean_it_was_drawn_from() -> None:
    drawn = [model.patience_s(contact(f"c{n}", 0, Exit.ANSWERED), 100.0) for n in range(4000)]
    assert sum(drawn) / len(drawn) == pytest.approx(100, rel=0.06)


def test_an_agent_taken_off_duty_goes_on_again_in_the_model(journal: Journal, tmp_path: Path) -> None:
    """With a ring shorter than anybody's answer, agents are sent off again and again; callers are not all lost."""
    write_database(tmp_path / incidents.DATABASE, journal, lambda at: NINE + at - 1000)
    table = rows(tmp_path, "queue.ring_s=3")
    timeout = table[f"M-15 呼出結果 offer outcomes: {story.OfferOutcome.TIMEOUT.value}"]
    assert int(timeout[1]) == 0
    assert int(timeout[2]) > 10
    assert table["M-00 検算 conservation"] == ["0 (n=60)"] * 3


def test_only_who_ends_wrap_up_early_is_thought_to_do_so_again() -> None:
    office = OfficeSettings((), (QueueSettings("front", "Front", "1", ("ann", "bob"), wrap_up_s=30.0),))
    ledger = Ledger()
    for agent, lasted_s in (("ann", 8.0), ("ann", 12.0), ("bob", 30.0), ("eve", 5.0)):
        ledger.stretches.append(Stretch(agent, Doing.WRAPPING, 0.0, lasted_s))
    ledger.stretches.append(Stretch("bob", Doing.RINGING_ANSWERED, 0.0, 6.0))
    habits = model.habits(ledger, [office])
    assert habits.wraps_up_for_s == {"ann": 10.0}
    assert habits.answers_after_s == {"bob": 6.0}
    assert habits.usual_answer_s == 6.0


def test_an_early_end_of_wrap_up_is_played() -> None:
    office = OfficeSettings(
        (AgentSettings("ann", "Ann", "1"),), (QueueSettings("front", "F", "2", ("ann",), wrap_up_s=30.0),)
    )
    caller = Caller(ev.CallerArrived("c1", "front", "", "", "sip"), 10.0, talk_s=20.0)
    begins = [(0.0, ev.Configured(office)), (1.0, ev.DutyOn("ann", "ann"))]
    day = OfficeDay((caller,), begins, Habits({"ann": 3.0}, {"ann": 10.0}), ends_at=200.0)
    (segment,) = Simulation(day, Ledger()).run().segments
    assert (segment.at, segment.talked_s, segment.wrapped_s) == (13.0, 20.0, 10.0)
