"""Which answers are doubted: of a phone outside the house, within no time (R-46)."""

import pytest

from appliance.acd import events as ev
from appliance.acd.events import Event
from appliance.desk.doubts import AT_ONCE_S, Doubts, is_outside
from appliance.desk.legs import Legs
from appliance.edge.rpc import Registration
from tests.acd.desk import Desk


@pytest.mark.parametrize(
    ("source", "outside"),
    [
        ("sip:192.168.1.20:5060", False),
        ("sip:100@10.0.0.7", False),
        ("sip:127.0.0.1:40000;transport=tcp", False),
        ("sip:8.8.8.8:5060", True),
        ("sip:101@8.8.8.8", True),
        ("sip:[2001:4860:4860::8888]:5060", True),
        ("sip:[fd00::7]:5060", False),
        ("sip:phone.example", False),
        ("sip:999.9.9.9", False),
        ("nonsense", False),
    ],
)
def test_a_phone_is_outside_when_its_address_is(source: str, outside: bool) -> None:
    assert is_outside(source) is outside


class Bench:
    """Ann's phone (101) rings for c1; where it registered from is up to the test."""

    def __init__(self, *sources: str) -> None:
        self.desk = Desk("ann")
        self.desk.ready("ann")
        self.desk.caller("c1")
        self.posted: list[Event] = []
        self.legs = Legs("m")
        self.leg = self.legs.offer_leg("o1")
        self.doubts = Doubts(self.desk.acd, self.legs, self.posted.append)
        self.doubts.seen([Registration("101", "sip:x", source, 60, "fake") for source in sources])

    def answers_after(self, seconds: float) -> bool:
        return self.doubts.answered(self.leg, self.desk.now + seconds)


def test_r46_only_an_answer_at_once_from_outside_is_doubted() -> None:
    bench = Bench("sip:8.8.8.8")
    assert bench.answers_after(AT_ONCE_S - 0.01)
    assert bench.posted == [ev.OfferDoubted("o1")]
    assert not Bench("sip:8.8.8.8").answers_after(AT_ONCE_S + 0.01)
    assert not Bench("sip:192.168.1.20").answers_after(0.01)
    assert not Bench("sip:8.8.8.8", "sip:192.168.1.20").answers_after(0.01), "it rings at home as well"
    assert not Bench().answers_after(0.01)


def test_r46_a_one_is_a_person_and_any_other_key_is_nothing() -> None:
    bench = Bench("sip:8.8.8.8")
    assert not bench.doubts.pressed(bench.leg, "1"), "nobody doubted anything yet"
    bench.answers_after(0.1)
    bench.desk.together(*bench.posted)
    bench.posted.clear()
    assert not bench.doubts.pressed(bench.leg, "2")
    assert bench.doubts.pressed(bench.leg, "1")
    assert bench.posted == [ev.OfferAccepted("o1")]


def test_r46_a_leg_that_belongs_to_no_offer_is_not_doubted() -> None:
    bench = Bench("sip:8.8.8.8")
    assert not bench.doubts.answered("somebody", 0.0)
    assert not bench.doubts.pressed("somebody", "1")
