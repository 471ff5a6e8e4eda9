"""Why did it ring me? One sentence for each strategy, and the reason for everybody who was not asked (U-13)."""

import pytest

from appliance.acd import events as ev
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings, Skill
from appliance.acd.strategies import STRATEGIES
from appliance.acd.why import MOST_KEPT, REASONS, Standing, Why, sentence
from tests.acd.desk import Desk, arrives, office

ABC = ("ann", "bob", "cay")


def test_the_longest_idle_hears_how_long() -> None:
    desk = Desk("ann", "bob", queues=[QueueSettings("sales", "Sales", "1", ("bob", "ann"), "longest-idle")])
    desk.ready("ann")
    desk.wait(10)
    desk.ready("bob")
    desk.wait(242)
    desk.caller("c1")
    why = desk.acd.why("ann")
    assert why is not None
    assert why == desk.acd.state.offers["o1"].why
    assert sentence(why, "ja") == "最長待機 4分12秒で2人中1番目。"
    assert sentence(why, "en") == "Number 1 of 2 by longest idle 4 min 12 s."


def test_everybody_who_was_not_asked_has_a_reason() -> None:
    people = ("ann", "bob", "cay", "dan", "eve", "fay", "gus", "hal", "ida")
    desk = Desk(*people, queues=[QueueSettings("sales", "Sales", "1", people, wrap_up_s=30)])
    desk.ready(*people[:-1])
    desk.caller("c0")
    desk.talks("ann")
    desk.leaves("ann")  # wrap-up
    desk.dials("bob")
    desk.together(ev.PrivacyChanged("cay", "sales", on=True))
    desk.loses_phone("dan")
    desk.together(arrives("c1"))  # eve
    desk.together(arrives("c2"))  # fay
    desk.rejects("fay")
    desk.ready("fay")
    why = desk.acd.why("gus")
    assert why is not None
    assert {one.agent: one.reason for one in why.excluded} == {
        "ann": "wrap_up", "bob": "busy", "cay": "private", "dan": "unreachable", "eve": "ringing", "fay": "off",
        "ida": "off",
    }  # fmt: skip
    assert "bob=通話中" in sentence(why, "ja")
    assert "Ann in wrap-up" in sentence(why, "en", {"ann": "Ann"})


def test_skill_and_declining_are_reasons_too() -> None:
    people = tuple(AgentSettings(name, name, "1", skills=(Skill("x", level),)) for level, name in enumerate(ABC))
    desk = Desk("ann")
    desk.together(ev.Configured(OfficeSettings(people, (QueueSettings("sales", "S", "1", ABC, "skills", skill="x"),))))
    desk.ready(*ABC)
    desk.caller("c1")
    desk.rejects("cay")
    desk.ready("cay")
    why = desk.acd.why("bob")
    assert why is not None
    assert [(one.agent, one.reason) for one in why.excluded] == [("ann", "skill"), ("cay", "off")]
    desk.rejects("bob")
    desk.ready("bob")
    desk.wait(2)
    again = desk.acd.why("cay")
    assert again is not None
    assert again.standings[0] == Standing("cay", (-2.0, 1000.0))
    assert sentence(again, "en").startswith("Number 1 of 2 by skill level 2, idle 2 s")


def test_the_last_agent_hears_that_it_is_their_caller() -> None:
    desk = Desk("ann", "bob", queues=[QueueSettings("sales", "S", "1", ("ann", "bob"), last_agent=True, wrap_up_s=0)])
    desk.ready("bob")
    desk.caller("c1")
    desk.talks("bob")
    desk.leaves("bob")
    desk.ready("ann")
    desk.together(ev.CallerArrived("c2", "sales", "555-c1", "", "sip"))
    why = desk.acd.why("bob")
    assert why is not None
    assert why.is_last_agent
    assert sentence(why, "ja") == "前回の担当者のため（対象外: ann=前回の担当者を優先）。"
    assert sentence(why, "en") == "You had this caller last time; not asked: ann the last agent goes first."


@pytest.mark.parametrize("strategy", [*STRATEGIES, "astrology"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_strategy_has_a_sentence(strategy: str, language: str) -> None:
    desk = Desk(*ABC, queues=[QueueSettings("sales", "S", "1", ABC, strategy)])
    desk.ready(*ABC)
    desk.caller("c1")
    (why, *_) = [found for name in ABC if (found := desk.acd.why(name)) is not None]
    said = sentence(why, language)
    assert said.endswith("。" if language == "ja" else ".")
    assert "3" in said


def test_a_big_queue_keeps_no_more_than_the_first() -> None:
    people = tuple(f"a{number:02}" for number in range(60))
    desk = Desk(*people)
    desk.ready(*people[:30])
    desk.caller("c1")
    why = desk.acd.why("a00")
    assert why is not None
    assert (why.candidates, len(why.standings), len(why.excluded)) == (30, MOST_KEPT, MOST_KEPT)


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(japanese and english for japanese, english in REASONS.values())
    assert sentence(Why(0.0, "q", "c", "a", "fewest-calls", 1, 1, (Standing("a", (4.0,)),)), "en").endswith("(4).")
    assert (
        sentence(Why(0.0, "q", "c", "a", "most-idle", 1, 1, (Standing("a", (0.25,)),)), "ja")
        == "最小稼働率 25%で1人中1番目。"
    )


def test_an_unknown_agent_has_no_reason() -> None:
    assert Desk("ann").acd.why("nobody") is None
    assert office("ann").agents[0].skills == ()


def test_each_phone_of_a_race_is_told_its_own_place() -> None:
    desk = Desk(*ABC, queues=[QueueSettings("sales", "Sales", "1", ABC, "simultaneous")])
    desk.ready(*ABC)
    desk.caller("c1")
    found = [desk.acd.why(one) for one in ABC]
    assert [(why.place, why.candidates) for why in found if why is not None] == [(1, 3), (2, 3), (3, 3)]
