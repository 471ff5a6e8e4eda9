"""Mode B through the whole box: the modem's own dialler sends the digits of an agent's call (fxo §2.4)."""

import asyncio

import pytest

from appliance.selftest.whole_box import Wish
from hw.sim.dialled import Fate
from hw.sim.eventlog import What
from tests.system.conftest import AGENT_HZ, LINE_HZ, Office, heard_for, is_heard
from tests.system.test_calls_out import (
    NUMBERS,
    called,
    has,
    is_connected_before_anybody_answers,
    routes,
    ten_numbers,
)

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

FIVE = tuple(f"line-{number}" for number in range(1, 6))
MODEM, PULSE = 'dial = "modem"', 'dial = "pulse"'


async def dialling(office: Office, line: int = 0) -> list[str]:
    """The dialling commands that the modem got."""
    events = await asyncio.to_thread(office.cards[line].events)
    return [one.detail for one in events if one.what == What.COMMAND_RECEIVED and one.detail.startswith("ATD")]


@pytest.mark.wish(Wish(agents=5, lines=5, more=routes(*FIVE), line=MODEM))
async def test_ten_numbers_reach_the_exchange_by_the_modem_s_dialler_and_both_sides_hear_each_other(
    office: Office,
) -> None:
    async def met(agent: str, number: str) -> None:
        if number != NUMBERS[0]:
            return
        (line,) = (line for line in range(5) if number in office.cards[line].dialled())
        far = await called(office, line=line)
        await heard_for(office.phones[agent].heard, LINE_HZ, 1.0)
        assert await asyncio.to_thread(far.wait_heard, 3.0, 10.0)
        is_heard(far.heard().samples, AGENT_HZ[0])

    for line, numbers in enumerate(await ten_numbers(office, met)):
        assert await dialling(office, line) == [f"ATDT{number}" for number in numbers]


@pytest.mark.wish(Wish(more=routes("line-1"), line=PULSE))
async def test_an_emergency_call_by_pulses_is_connected_as_soon_as_it_is_dialled_and_a_busy_one_is_told_as_busy(
    office: Office,
) -> None:
    await office.on_duty("a1")
    await office.in_service()
    agent = office.phones["a1"]
    await has(office, "119", after=5.0)
    await agent.dial("119")
    await agent.wait_for("CALL_ESTABLISHED", 25.0)
    assert await dialling(office) == ["ATDP119"]
    await is_connected_before_anybody_answers(office)
    await called(office)
    await heard_for(agent.heard, LINE_HZ, 1.0)
    await agent.hang_up()
    await office.in_service()
    await has(office, "117", Fate.BUSY)
    await agent.dial("117")
    await office.box.logged(r"refused \(486\): busy tone|refused \(480\): reorder tone", 30.0)
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
