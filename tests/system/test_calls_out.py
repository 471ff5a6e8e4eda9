"""Agents call the outside over an analogue line of the whole box: digits at the exchange, sound both ways, each end."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from appliance import line_doctor
from appliance.selftest.whole_box import Wish
from hw.sim.client import RemoteCaller
from hw.sim.dialled import Fate, KeyReceiver
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp
from hw.sim.ulaw import encode
from hw.sim.verbs import SoundSpec
from tests.support.baresip import Baresip, until
from tests.system.conftest import AGENT_HZ, LINE_HZ, Office, heard_for, is_heard

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

NUMBERS = ("0312345678", "0120444444", "117", "09011112222", "0667778899", "0100000001", "0798765432", "0555000111",
           "0221133557", "0889900")  # fmt: skip


def routes(*lines: str, keep: bool = False, country: str = "JP") -> str:
    """Everything may be called, by these lines."""
    ways = ", ".join(f'"{line}"' for line in lines)
    emergency = ', "911"' if country == "US" else ""
    return (
        f'[outbound]\nkeep_line = {str(keep).lower()}\nemergency = ["110", "118", "119"{emergency}]\n'
        f'[[routes]]\nnumbers = ["0", "117"]\nby = [{ways}]\n'
    )


async def ready(office: Office) -> Baresip:
    """a1 is on duty at this phone, and every line is free."""
    await office.on_duty("a1")
    await office.in_service()
    return office.phones["a1"]


async def has(office: Office, number: str, fate: Fate = Fate.ANSWERS, *, line: int = 0, after: float = 1.0) -> None:
    """Whoever has the number lifts and the exchange says so by reversal: a tone is no person's voice."""
    voice = SoundSpec("tone", (LINE_HZ,), level=-9.0)
    await asyncio.to_thread(office.cards[line].has, number, fate, voice, after, True)


async def called(office: Office, count: int = 1, line: int = 0) -> RemoteCaller:
    try:
        return await asyncio.to_thread(office.cards[line].called, count, 20.0)
    except SimulatorError as wrong:
        story = "\n".join(office.box.log[-30:])
        raise AssertionError(f"{wrong}; the exchange heard {office.cards[line].dialled()}\n{story}") from None


async def is_connected_before_anybody_answers(office: Office) -> None:
    answered = await asyncio.to_thread(office.cards[0].wait_event, What.CALL_CONNECTED, 0.0)
    assert not answered, "connected as soon as it is dialled: no sign of an answer is waited for"


@pytest.mark.wish(Wish(more=routes("line-1")))
async def test_an_agent_calls_out_over_the_line_and_both_hear_each_other(office: Office) -> None:
    agent = await ready(office)
    await has(office, "0312345678", after=3.0)
    await agent.dial("0312345678")
    await office.page.status("a1", "on_call")
    await heard_for(agent.heard, 400.0, 1.0)  # dial tone and ringback, before anybody answered
    far = await called(office)
    assert office.cards[0].dialled() == ["0312345678"]
    await heard_for(agent.heard, LINE_HZ, 1.0)
    assert await asyncio.to_thread(far.wait_heard, 3.0, 10.0)
    is_heard(far.heard().samples, AGENT_HZ[0])
    lines = office.page.now.office["lines"]
    assert (lines[0]["state"], lines[0]["number"]) == ("talking", "0312345678")
    await agent.hang_up()
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
    await office.page.status("a1", "available")
    assert far.state is CallerState.RELEASED
    assert (await office.last_call())["evidence"] == "reversal"


@pytest.mark.wish(Wish(country="US", more=routes("line-1", country="US")))
async def test_an_agent_calls_out_over_a_line_of_the_united_states(office: Office) -> None:
    agent = await ready(office)
    await asyncio.to_thread(
        office.cards[0].has, "02125550123", Fate.ANSWERS, SoundSpec("tone", (LINE_HZ,), level=-9.0), 1.0
    )
    await agent.dial("02125550123")
    far = await called(office)
    assert office.cards[0].dialled() == ["02125550123"]
    await agent.wait_for("CALL_ESTABLISHED", 20.0)  # no reversal there: the ringing stays away, so somebody lifted
    await heard_for(agent.heard, LINE_HZ, 1.0)
    assert await asyncio.to_thread(far.wait_heard, 12.0, 20.0), "the agent is heard from the answer on"
    is_heard(far.heard().samples, AGENT_HZ[0])
    await agent.hang_up()
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)


async def ten_numbers(office: Office, met: Callable[[str, str], Awaitable[None]]) -> list[list[str]]:
    """As many agents as there are lines dial at the same time until each number was called; `met` is what one does in a
    call. Returns what each line's exchange heard: whichever line a call takes carries its own digits."""
    lines = range(len(office.box.links))
    agents = [f"a{line + 1}" for line in lines]
    await office.on_duty(*agents)
    await office.in_service()
    for number in NUMBERS:
        for line in lines:
            await has(office, number, line=line, after=0.2)

    async def call(agent: str, number: str) -> None:
        phone = office.phones[agent]
        await phone.dial(number)
        await phone.wait_for("CALL_ESTABLISHED", 20.0)
        await met(agent, number)
        await phone.hang_up()
        await office.page.status(agent, "available")

    for first in range(0, len(NUMBERS), len(agents)):
        await asyncio.gather(*map(call, agents, NUMBERS[first : first + len(agents)]))
        await office.in_service()
    dialled = [office.cards[line].dialled() for line in lines]
    assert sorted(number for numbers in dialled for number in numbers) == sorted(NUMBERS)
    assert {len(numbers) for numbers in dialled} == {len(NUMBERS) // len(lines)}
    return dialled


@pytest.mark.wish(Wish(lines=2, more=routes("line-1", "line-2")))
async def test_ten_numbers_reach_the_exchange_digit_by_digit(office: Office) -> None:
    async def met(_agent: str, _number: str) -> None:
        return

    await ten_numbers(office, met)


@pytest.mark.parametrize("mode", [HangUp.LOOP_DROP, HangUp.BUSY_TONE, HangUp.DIAL_TONE])
@pytest.mark.wish(Wish(more=routes("line-1")))
async def test_a_far_end_that_hangs_up_ends_the_agents_call(office: Office, mode: HangUp) -> None:
    agent = await ready(office)
    await has(office, "0312345678")
    await agent.dial("0312345678")
    far = await called(office)
    await heard_for(agent.heard, LINE_HZ, 1.0)
    await asyncio.to_thread(far.hang_up, mode)
    await agent.wait_for("CALL_CLOSED")
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
    await office.page.status("a1", "available")


@pytest.mark.parametrize("moment", ["dialing", "progress", "talking"])
@pytest.mark.wish(Wish(more=routes("line-1")))
async def test_an_agent_who_hangs_up_at_any_moment_frees_the_line(office: Office, moment: str) -> None:
    agent = await ready(office)
    await has(office, "0312345678", after=2.5)
    await agent.dial("0312345678")
    await office.page.until(lambda now: now.office["lines"][0]["state"] == moment, f"the line is {moment}")
    await agent.hang_up()
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
    await office.in_service()
    await office.page.status("a1", "available")


@pytest.mark.wish(Wish(more=routes("line-1")))
async def test_a_busy_far_end_is_told_to_the_phone(office: Office) -> None:
    agent = await ready(office)
    await has(office, "0312345678", Fate.BUSY)
    await agent.dial("0312345678")
    await agent.wait_for("CALL_CLOSED")
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
    await office.page.status("a1", "available")


@pytest.mark.wish(Wish(more=routes("line-1")))
async def test_keys_of_the_agents_phone_are_tones_at_the_far_end(office: Office) -> None:
    agent = await ready(office)
    await has(office, "0312345678")
    await agent.dial("0312345678")
    far = await called(office)
    await heard_for(agent.heard, LINE_HZ, 1.0)
    await agent.press("59#")
    await until(lambda: "59#" in KeyReceiver().hear(encode(far.heard().samples.astype(np.float64))), "59# heard there")
    await agent.hang_up()


@pytest.mark.wish(Wish(lines=2, more=routes("line-1", "line-2")))
async def test_two_agents_call_out_at_once_by_a_line_each_and_a_third_call_hears_busy(office: Office) -> None:
    await office.on_duty("a1", "a2")
    await office.in_service()
    one, two = office.phones["a1"], office.phones["a2"]
    await has(office, "0311111111", line=0)
    await has(office, "0322222222", line=1)
    await one.dial("0311111111")
    await called(office, line=0)
    await two.dial("0322222222")
    await called(office, line=1)
    assert (office.cards[0].dialled(), office.cards[1].dialled()) == (["0311111111"], ["0322222222"])
    await heard_for(one.heard, LINE_HZ, 1.0)
    await heard_for(two.heard, LINE_HZ, 1.0)
    await one.hang_up()
    await two.hang_up()
    for number in range(2):
        assert await asyncio.to_thread(office.cards[number].wait_hook, False, 5.0)


@pytest.mark.wish(Wish(lines=2, more=routes("line-1", "line-2")))
async def test_a_line_without_dial_tone_hands_the_call_to_the_next_one(office: Office) -> None:
    await office.on_duty("a1")
    await office.in_service()
    await asyncio.to_thread(office.cards[0].set_cord, False)
    await has(office, "0312345678", line=1)
    await office.phones["a1"].dial("0312345678")
    await called(office, line=1)
    assert office.cards[1].dialled() == ["0312345678"]
    await heard_for(office.phones["a1"].heard, LINE_HZ, 1.0)
    await office.phones["a1"].hang_up()
    await asyncio.to_thread(office.cards[0].set_cord, True)


@pytest.mark.own_box  # its alarm stays
async def test_an_emergency_call_goes_by_the_line_without_any_rule(office: Office) -> None:
    agent = await ready(office)
    await has(office, "119", after=5.0)
    await agent.dial("119")
    await agent.wait_for("CALL_ESTABLISHED")
    assert office.cards[0].dialled() == ["119"]
    await is_connected_before_anybody_answers(office)
    await called(office)
    await heard_for(agent.heard, LINE_HZ, 1.0)
    await agent.hang_up()


@pytest.mark.own_box  # a line whose caller gave up listens for a while whether it rings on
async def test_the_line_doctor_says_in_plain_words_that_all_is_well_and_sees_a_call(office: Office) -> None:
    await office.in_service()
    said: list[str] = []
    socket = office.box.folder / "state" / "run" / "lines.sock"
    examination = asyncio.create_task(line_doctor.examine(socket, "line-1", "ja", said.append))
    await until(lambda: line_doctor.ASK["ja"] in said, "it asks for a call", 20.0)
    assert [line[:4] for line in said[:-1]] == ["ok  "] * 5, said
    assert said[1] == "ok    電話線の電圧は48 Vです（40〜56 Vが標準）。"
    await office.in_service()
    await office.line_caller("0698765432")
    assert await asyncio.wait_for(examination, 15)
    assert said[-1] == "ok    発信者番号を確認しました：0698765432"
    await office.page.until(lambda now: now.office["lines"][0]["state"] != "idle", "and it rings as any call does")


async def test_the_page_examines_a_line_whose_cord_is_out(office: Office) -> None:
    await office.in_service()
    await asyncio.to_thread(office.cards[0].set_cord, False)
    findings = await office.page.examine("line-1")
    assert "No dial tone within 5 s" in findings[-1]["en"]
    assert not findings[-1]["is_well"]
    await asyncio.to_thread(office.cards[0].set_cord, True)


async def test_a_waiting_caller_who_is_gone_without_a_sound_frees_the_line(office: Office) -> None:
    """S5, F22: nobody on our side would notice the silence, so half a minute of it is a hang-up."""
    agent = await ready(office)
    first = await office.sip_caller("0311111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    caller = await office.line_caller()
    await office.page.until(lambda now: now.waiting == ["0698765432"], "the caller on the line waits")
    assert await asyncio.to_thread(caller.wait_for, CallerState.CONNECTED, 5.0)
    await asyncio.to_thread(caller.hang_up, HangUp.SILENCE)
    is_free = await asyncio.to_thread(office.cards[0].wait_hook, False, 40.0)
    assert is_free, "\n".join(office.box.log[-25:])
    await office.page.until(lambda now: now.waiting == [], "nobody waits any more")
    await agent.hang_up()
    await first.finished()
