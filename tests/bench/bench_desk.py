"""How fast the desk is: what an event costs in the core, and how long it takes until its commands leave, durably.

Times are shown and never asserted.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.desk.alarms import Alarms
from appliance.desk.call_control import CallControl
from appliance.desk.clock import Clock
from appliance.storage.store import open_store

AGENTS = 50
EVENTS = 600
CALLS = 4000

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]


def office() -> OfficeSettings:
    """Fifty agents, one queue."""
    people = tuple(AgentSettings(f"a{place}", f"Agent {place}", str(300 + place)) for place in range(AGENTS))
    queue = QueueSettings("front", "Front", "200", tuple(one.agent for one in people), wrap_up_s=0.0, no_agent_s=600.0)
    return OfficeSettings(people, (queue,))


def opening() -> list[ev.Event]:
    """What brings the office to work."""
    agents = [f"a{place}" for place in range(AGENTS)]
    return [ev.Configured(office()), *(ev.PhoneFound(one) for one in agents), *(ev.DutyOn(one, one) for one in agents)]


def arrives(contact: str) -> ev.CallerArrived:
    """Somebody calls the queue."""
    return ev.CallerArrived(contact, "front", "0312345678", "", "carrier")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def test_from_an_event_to_its_command_with_the_journal_between(tmp_path: Path) -> None:
    """What promises nothing leaves once it is written; what does, once it is on the disk. A bare fsync beside both."""
    store = await open_store(tmp_path / "deskbell.sqlite", "bench", time.monotonic())
    control = CallControl(Acd(), store, Clock(store.boot.shift), Alarms())
    left: asyncio.Queue[float] = asyncio.Queue()

    def leave(commands: Sequence[do.Command]) -> None:
        if any(isinstance(command, do.OpenOffer) for command in commands):
            left.put_nowait(time.perf_counter())

    control.effects = leave
    running = asyncio.create_task(control.run())
    for event in opening():
        control.post(event)
    await control.settled()
    offers, duties, fsyncs = [], [], []
    for number in range(EVENTS):
        began = time.perf_counter()
        control.post(arrives(f"c{number}"))
        async with asyncio.timeout(10):
            offers.append(1000 * (await left.get() - began))
        control.post(ev.CallerHungUp(f"c{number}"))
        await control.settled()
        began = time.perf_counter()
        control.post((ev.DutyOn if number % 2 else ev.DutyOff)("a49", "a49"))
        await control.settled()
        duties.append(1000 * (time.perf_counter() - began))
        fsyncs.append(await asyncio.to_thread(_one_fsync, tmp_path / "probe"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await control.finish()
    await store.close()
    _print_delays(offers, duties, fsyncs)
    assert len(offers) == EVENTS


def _print_delays(offers: list[float], duties: list[float], fsyncs: list[float]) -> None:
    print(f"\n\nfrom an event to what leaves, through the journal ({EVENTS} times in turn, {AGENTS} agents)")
    print(f"  {'':58} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    for name, delays in (
        ("caller arrived -> offer (written; on the disk in 200 ms)", offers),
        ("duty changed -> shown (promised: on the disk before)", duties),
        ("one bare fsync of 4 kB", fsyncs),
    ):
        figures = (statistics.median(delays), percentile(delays, 0.99), max(delays))
        print(f"  {name:58}", *(f"{figure:8.2f}" for figure in figures))
    print("  goal: p50 <= 3 ms, in company where nothing is promised to a person\n")


def _one_fsync(path: Path) -> float:
    began = time.perf_counter()
    with path.open("ab") as file:
        file.write(b"x" * 4096)
        file.flush()
        os.fsync(file.fileno())
    return 1000 * (time.perf_counter() - began)


@pytest.mark.parametrize("waiting", [0, 100])
def test_how_many_events_a_second_the_core_handles(waiting: int) -> None:
    acd, now = Acd(), 1000.0
    acd.handle_batch(opening(), now)
    for number in range(AGENTS + waiting):  # so many that `waiting` wait
        acd.handle(arrives(f"w{number}"), now) if waiting else None
    handled = ordered = 0
    costs = []
    for number in range(CALLS):
        contact = f"c{number}"
        for event in (arrives(contact), ev.CallerHungUp(contact)):
            now += 0.01
            began = time.perf_counter()
            commands = acd.handle(event, now)
            costs.append(1e6 * (time.perf_counter() - began))
            handled, ordered = handled + 1, ordered + len(commands)
        acd.drain_facts()
    rate = 1e6 * handled / sum(costs)
    print(f"\ncore, {AGENTS} agents, {waiting} callers waiting: {rate:,.0f} events/s, {ordered} commands")
    print(f"  an event: p50 {statistics.median(costs):.0f} us   p99 {percentile(costs, 0.99):.0f} us\n")
    assert handled == 2 * CALLS
