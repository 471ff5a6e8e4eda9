"""Callers on analogue lines of the whole box, their sound at both ends and in the recording (S-M5, U-15)."""

import asyncio

import pytest

from appliance.selftest.sound import level
from appliance.selftest.whole_box import Wish
from hw.sim.client import RemoteCaller
from hw.sim.party import CallerState
from hw.sim.verbs import SoundSpec
from tests.system.conftest import AGENT_HZ, LINE_HZ, Office, heard_for, is_heard, line_is

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

LINES_HZ = (600.0, 750.0, 850.0, 1150.0)
LEAK = 100.0
"""Amplitude over all that was heard: a twentieth of a second of a whole tone in two and a half. A frame with a slip in
it has a fifth of a tone at every other frequency, and adds nothing to speak of."""


@pytest.mark.wish(Wish(country="US"))
async def test_a_caller_on_a_line_of_the_united_states_is_named_talks_and_is_recorded(office: Office) -> None:
    """The number comes between the first ring and the second."""
    await office.on_duty("a1")
    caller = await office.line_caller("2125550123")
    agent = office.phones["a1"]
    await agent.wait_for("CALL_INCOMING")
    shown = await office.page.until(lambda now: now.office["calls"], "the call is on the page")
    assert shown.office["calls"][0]["number"] == "2125550123"
    await talk(office, caller)
    [(left, right)] = await office.recordings()
    is_heard(left, AGENT_HZ[0])
    is_heard(right, LINE_HZ)


@pytest.mark.wish(Wish(agents=4, lines=4))
async def test_four_lines_talk_at_once_and_nobody_hears_another_line(office: Office) -> None:
    agents = ("a1", "a2", "a3", "a4")
    await office.on_duty(*agents)
    await office.in_service()
    pairs: list[tuple[str, RemoteCaller, float]] = []
    for agent, card, hertz in zip(agents, office.cards, LINES_HZ, strict=True):
        voice = SoundSpec("tone", (hertz,), level=-9.0)
        caller = await asyncio.to_thread(card.ring, f"031111{int(hertz):04}", None, voice)
        await office.phones[agent].wait_for("CALL_INCOMING")
        pairs.append((agent, caller, hertz))
    await asyncio.gather(*(office.phones[agent].answer() for agent in agents))
    for agent, caller, hertz in pairs:
        await line_is(caller, CallerState.CONNECTED)
        await heard_for(office.phones[agent].heard, hertz, 1.5)
        assert await asyncio.to_thread(caller.wait_heard, 2.5, 10.0)
    await asyncio.gather(*(office.phones[agent].hang_up() for agent in agents))
    for place, (agent, caller, hertz) in enumerate(pairs):
        assert await asyncio.to_thread(office.cards[place].wait_hook, False, 5.0)
        is_heard(caller.heard().samples, AGENT_HZ[place])
        heard = office.phones[agent].heard()
        is_heard(heard, hertz)
        for other in set(LINES_HZ) - {hertz}:
            assert level(heard, other) < LEAK, f"{other} Hz of another line at {agent}"
    assert len(await office.recordings(4)) == 4


async def test_f13_a_modem_unplugged_in_mid_call_ends_it_says_so_and_serves_the_next_caller(office: Office) -> None:
    await office.on_duty("a1")
    await office.line_caller()
    agent = office.phones["a1"]
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(agent.heard, LINE_HZ, 1.0)
    await asyncio.to_thread(office.cards[0].unplug)
    await agent.wait_for("CALL_CLOSED")
    gone = await office.page.until(lambda now: now.office["lines"][0]["state"] == "fault", "the line is out of service")
    assert "is gone" in gone.office["lines"][0]["alarm"] or "is not there" in gone.office["lines"][0]["alarm"]
    await office.page.status("a1", "available")
    await asyncio.to_thread(office.cards[0].plug)
    caller = await office.line_caller("0311112222")
    await agent.wait_for("CALL_INCOMING")
    await talk(office, caller)


async def talk(office: Office, caller: RemoteCaller) -> None:
    """a1 answers; each hears the other, and then the line is free."""
    agent = office.phones["a1"]
    before = len(agent.heard())  # a call that was torn off ends in silence
    await agent.answer()
    await line_is(caller, CallerState.CONNECTED)
    await heard_for(lambda: agent.heard()[before:], LINE_HZ, 1.0)
    assert await asyncio.to_thread(caller.wait_heard, 3.0, 10.0)
    await agent.hang_up()
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
    is_heard(caller.heard().samples, AGENT_HZ[0])
    is_heard(agent.heard()[before:], LINE_HZ)
