"""A large office: fifty phones, a trunk with more callers than the box holds, and who is served in what order.

Times are printed (`pytest -s`), never asserted: machines differ. What must hold is order, politeness and sound.
"""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator

import pytest

from appliance.plan import MOST_CALLS
from appliance.selftest.page import Moment
from appliance.selftest.people import AGENT_HZ, CALLER_HZ, people
from appliance.selftest.ports import free_port
from appliance.selftest.processes import cpu_seconds, memory_mb
from appliance.selftest.sip_phone import Event, PhoneSettings, SipPhone
from appliance.selftest.whole_box import QUEUE, TRUNK_ADDRESS, WholeBox, Wish, whole_box
from tests.support.machine import MACHINE

pytestmark = [pytest.mark.system, pytest.mark.timeout(150)]

PHONES = 50
SPARED = MOST_CALLS // 8  # for legs to agents
ADMITTED = MOST_CALLS - SPARED
BEYOND = 6
LOUD = 3000
MUSIC = 200
REFUSED = "disconnected"

Caller = tuple[SipPhone, int]


@contextlib.asynccontextmanager
async def trunk(box: WholeBox, numbers: list[str]) -> AsyncIterator[SipPhone]:
    """A piece of the trunk on which these numbers call."""
    first, *others = numbers
    listen = f"{TRUNK_ADDRESS}:{free_port(host=TRUNK_ADDRESS)}"
    also = tuple((number, "") for number in others)
    async with SipPhone(PhoneSettings(listen, user=first, proxy=box.edge, realm=box.edge, also=also)) as phone:
        yield phone


def said(what: str, seconds: float) -> None:
    """Print one measured time."""
    print(f"  {what:<52}{1000 * seconds:>9.1f} ms", flush=True)


def are_found(now: Moment) -> bool:
    """Whether every phone of the office is registered."""
    return all(row["status"] != "unreachable" for row in now.office["agents"])


async def dial_all(box: WholeBox, trunks: list[SipPhone], numbers: list[str]) -> dict[str, Caller]:
    """Every number calls the queue, each once the one before is in (the network keeps no order): → (phone, call)."""
    half = len(numbers) // len(trunks)
    calls = {}
    for place, number in enumerate(numbers):
        phone = trunks[min(place // half, len(trunks) - 1)]
        call = await phone.dial(f"sip:{QUEUE}@{box.edge}", tone=CALLER_HZ, user=number)
        await phone.wait("state", call=call, state="confirmed" if place < ADMITTED else REFUSED)
        calls[number] = (phone, call)
    return calls


async def test_fifty_phones_and_a_full_trunk_are_served_in_order_and_who_is_too_many_is_refused_politely() -> None:
    wish = Wish(agents=PHONES, lines=0, no_agent_s=600.0, rtp_ports=4 * MOST_CALLS + 64)
    numbers = [f"03{1000 + place}5555" for place in range(ADMITTED + BEYOND)]
    half = len(numbers) // 2
    print()
    async with contextlib.AsyncExitStack() as stack:
        box = await stack.enter_async_context(whole_box(wish))
        began = time.monotonic()
        crowd = await stack.enter_async_context(people(box, PHONES))
        page = await box.open_page()
        stack.push_async_callback(page.leave)
        await page.until(are_found, "every phone is registered", 30)
        said(f"{PHONES} phones registered and seen", time.monotonic() - began)
        trunks = [await stack.enter_async_context(trunk(box, part)) for part in (numbers[:half], numbers[half:])]

        began = time.monotonic()
        calls = await dial_all(box, trunks, numbers)
        await page.until(lambda now: len(now.waiting) >= ADMITTED, f"{ADMITTED} callers wait", 30)
        said(f"{len(numbers)} callers dialled, {ADMITTED} wait", time.monotonic() - began)
        assert page.now.waiting == numbers[:ADMITTED], "in the order of their calls"
        for number in numbers[ADMITTED:]:
            phone, call = calls[number]
            refusal = await phone.wait("state", call=call, state=REFUSED)
            assert refusal["code"] == 503, refusal

        cpu, since = cpu_seconds(box.supervisor.pid("switch")), time.monotonic()
        rung: list[float] = []
        for agent in (f"a{place}" for place in range(1, SPARED + 1)):
            ordered = time.monotonic()
            await page.order(agent, "go-on-duty")
            ring = await crowd.rings(ordered)
            rung.append(ring["at"] - ordered)
            crowd.agents.order("answer", call=ring["call"])
            await crowd.agents.wait("state", call=ring["call"], state="confirmed")
        said(f"agent on duty, phone rings (median of {SPARED})", statistics.median(rung))
        await page.until(lambda now: len(now.office["calls"]) == SPARED, f"{SPARED} conversations", 15)
        assert page.now.waiting == numbers[SPARED:ADMITTED], (
            "those who waited longest talk, the others keep their order"
        )
        assert {row["number"] for row in page.now.office["calls"]} == set(numbers[:SPARED])
        used = 100 * (cpu_seconds(box.supervisor.pid("switch")) - cpu) / (time.monotonic() - since)
        print(f"  {'switch with ' + str(ADMITTED) + ' callers':<52}{used:>9.1f} % of a core")
        for name, pid in box.supervisor.pids().items():
            print(f"  {'memory of ' + name:<52}{memory_mb(pid):>9.1f} MB")
        await everybody_hears(calls, numbers)


async def everybody_hears(calls: dict[str, Caller], numbers: list[str]) -> None:
    """Who talks hears the agent without a silent frame of the box's making; who waits hears music."""
    since = time.monotonic()
    for number in numbers[:SPARED]:
        heard = await half_a_second(*calls[number], since)
        assert heard["tones"][str(AGENT_HZ)]["level"] > LOUD, (number, heard)
        assert heard["silent"] <= MACHINE.excused_frames(), (number, heard)
    for number in numbers[SPARED:ADMITTED]:
        heard = await half_a_second(*calls[number], since)
        assert heard["level"] > MUSIC, (number, heard)


async def half_a_second(phone: SipPhone, call: int, since: float) -> Event:
    """What the phone heard since then, as soon as that is half a second."""
    async with asyncio.timeout(10):
        while (heard := await phone.hear(call, [AGENT_HZ], since=since))["frames"] < 25:
            await asyncio.sleep(0.05)  # sound takes its time
    return heard
