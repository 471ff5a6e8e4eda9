"""Caller ID asked for once more (fxo §2.3, AT+VRID=0), on the virtual card in virtual time."""

import contextlib
from dataclasses import replace

import pytest

from hw.modem.callerid import CallerId, with_line
from hw.modem.countries import COUNTRIES
from hw.modem.events import CallerIdLine, Result
from hw.modem.reread import REREAD, Rereading
from hw.modem.steps import Reply
from hw.sim.countries import CallerIdTime
from hw.sim.party import HangUp, RemoteParty
from hw.sim.personality import CX93001_2013, Personality
from tests.hw.modem.virtual import VirtualLine


def caller(line: VirtualLine, since: int) -> CallerId:
    found = CallerId()
    for event in line.events[since:]:
        if isinstance(event, CallerIdLine):
            found = with_line(found, event)
    return found


def idle(code: str = "US", personality: str | Personality = "cx93001_2013") -> VirtualLine:
    """In service, and what the modem knew of callers before is known."""
    line = VirtualLine(personality, code=code).ready()
    line.run(7.0)
    return line


def mute(line: VirtualLine) -> None:
    """The lines of caller ID are lost on their way: the modem has them and does not print them."""
    line.core.settings.run("+VCID=0", line.now)


def rings(line: VirtualLine, number: str | None, seconds: float = 5.0) -> CallerId:
    since = len(line.events)
    line.rung(number)
    line.run(seconds)
    return caller(line, since)


@pytest.mark.parametrize("code", ["JP", "US", "UK", "DE"])
def test_a_number_that_was_lost_on_its_way_is_asked_for_before_the_caller_is_offered(code):
    """fxo §2.3: once, and in time for the INVITE."""
    line = idle(code)
    mute(line)
    before = line.commands().count(REREAD)
    assert rings(line, "0312345678").number == "0312345678"
    assert line.commands().count(REREAD) == before + 2  # told twice, or not believed


def test_the_previous_callers_number_is_not_taken_for_this_ones():
    """fxo §2.3: the modem answers with the last caller it knows of."""
    line = idle()
    assert rings(line, "0312345678").number == "0312345678"
    line.core.line.give_up(line.now)
    line.run(20.0)
    since, asked = len(line.events), line.commands().count(REREAD)
    rings_without_caller_id(line)
    assert line.commands().count(REREAD) > asked
    assert caller(line, since) == CallerId()


def test_a_number_of_before_our_start_is_nobodys():
    """fxo §2.3: what the modem remembers when it is brought up is learnt, not believed."""
    line = VirtualLine(code="US")
    line.core._caller_id = ["DATE = 0101", "TIME = 0101", "NMBR = 0399999999"]  # noqa: SLF001 - a life before ours
    line.ready()
    line.run(7.0)
    since = len(line.events)
    rings_without_caller_id(line)
    assert caller(line, since) == CallerId()


def test_a_modem_that_keeps_no_caller_is_not_asked():
    line = idle(personality="usr5637")
    mute(line)
    assert rings(line, "0312345678") == CallerId()
    assert REREAD not in line.commands()


def test_a_modem_that_refuses_is_asked_once_and_no_more():
    line = idle(personality=replace(CX93001_2013, absent=frozenset({"+VRID"})))
    mute(line)
    assert rings(line, "0312345678") == CallerId()
    assert line.commands().count(REREAD) == 1


def test_an_answer_that_comes_too_late_is_no_caller_and_is_not_asked_for_again():
    """F18, F40: it was taken for somebody's number once, who then rang every ten seconds without a bell."""
    line = VirtualLine(code="US").ready()
    rings(line, "0312345678")
    line.core.line.give_up(line.now)
    line.run(5.0)
    since, asked = len(line.events), line.commands().count(REREAD)
    line.fault("card.next_result", 1500, "late", 4)
    line.run(60.0)
    assert line.commands().count(REREAD) == asked + 1
    assert caller(line, since) == CallerId()
    assert rings(line, "0611111111").number == "0611111111", "a number that is told unasked is believed as ever"


def test_a_caller_heard_of_while_the_line_was_in_use_is_not_believed_of_the_next_one():
    """The modem learns callers that it prints to nobody while it is off-hook, or dialling."""
    line = idle()
    line.talking()
    line.core._caller_id = ["DATE = 0101", "TIME = 0101", "NMBR = 0399999999"]  # noqa: SLF001 - a caller who waited
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    line.hang_up()
    line.run(7.0)
    since, asked = len(line.events), line.commands().count(REREAD)
    rings_without_caller_id(line)
    assert line.commands().count(REREAD) > asked
    assert caller(line, since) == CallerId()


def test_what_is_not_told_twice_the_same_is_nobodys_number():
    """A byte that is lost makes an old number look like a new one."""
    rereading = Rereading(COUNTRIES["US"])
    rereading.is_offered, heard = True, []
    answers(rereading, heard, ["0399999999"] * 2, 0.0)
    rereading.rang(100.0)
    answers(rereading, heard, ["039999999", "0399999999", "399999999"], 105.0)
    assert heard == []
    rereading.rang(200.0)
    answers(rereading, heard, ["031111111", "0311111111", "0311111111"], 205.0)
    assert [line.value for line in heard] == ["0311111111"]


def answers(rereading: Rereading, heard: list[CallerIdLine], numbers: list[str], now: float) -> None:
    """The modem answers with these, one after another, as often as it is asked."""
    rereading.rests(now)
    asking, answer = rereading.procedure(heard.extend, now), iter(numbers)
    with contextlib.suppress(StopIteration):
        next(asking)
        while True:
            rereading.answered(CallerIdLine("NMBR", next(answer)))
            asking.send(Reply(Result.OK))
    assert next(answer, None) is None


def rings_without_caller_id(line: VirtualLine) -> None:
    line.core.line.ring(RemoteParty("0388888888", None, None), line.now, CallerIdTime.NEVER)
    line.run(6.0)
