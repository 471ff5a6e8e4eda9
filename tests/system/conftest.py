"""A box on a bench: the whole appliance, baresip phones at the agents' desks, SIPp on the trunk, a virtual line.

Tests that wish for the same box share it one after another (tests/support/shared_box.py): each gets it as a new one.
"""

import asyncio
import itertools
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from appliance.desk.panel_logic import GUARD_S
from appliance.selftest.page import Page
from appliance.selftest.ports import free_port
from appliance.selftest.sip_phone import PhoneSettings, SipPhone
from appliance.selftest.sound import FRAME, Samples, frame_levels, listen, read_wav
from appliance.selftest.whole_box import QUEUE, WholeBox, phone_of, secret_of
from hw.sim.client import RemoteCaller
from hw.sim.party import CallerState
from hw.sim.verbs import SoundSpec
from tests.support.baresip import Baresip
from tests.support.machine import MACHINE
from tests.support.shared_box import BENCH, FAILED, NEXT, Card, group_by_wish, wish_of
from tests.support.sipp import SippCaller

AGENT_HZ = (1000.0, 1300.0, 1700.0, 2100.0, 2350.0)  # multiples of 50 Hz: none shows in the 20 ms frames of another
OFF_DUTY = ("off", "off_prompt")
DEAF_S = GUARD_S + 0.15
"""A press of the page's counts from 0.1 s before it was ordered."""
SIP_HZ = 450.0
LINE_HZ = 600.0


@dataclass(slots=True)
class Office:
    """The box, a visitor on its page, and everybody who has a phone."""

    box: WholeBox
    page: Page
    folder: Path
    cards: list[Card] = field(default_factory=list)
    found: frozenset[Path] = frozenset()
    """Recordings of whoever had the box before."""
    phones: dict[str, Baresip] = field(default_factory=dict)
    callers: list[SippCaller] = field(default_factory=list)
    began: float = field(default_factory=time.time)
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    async def on_duty(self, *agents: str) -> None:
        """Register the agents' phones and let each, in this order, go on duty by the button at the seat."""
        await asyncio.gather(*(self._register(agent) for agent in agents if agent not in self.phones))
        for agent in agents:
            await self.page.until(lambda now, agent=agent: now.status(agent) != "unreachable", f"{agent}'s phone found")
            await self.press_on_duty(agent)
            await self.page.until(
                lambda now, agent=agent: now.status(agent) in ("available", "ringing"), f"{agent} on duty"
            )

    async def press_on_duty(self, agent: str) -> None:
        """Press until the agent is on duty."""
        await self.press_out_of(agent, *OFF_DUTY)

    async def press_out_of(self, agent: str, *statuses: str) -> None:
        """Press until the agent has none of these statuses: what changed by itself makes a button deaf for a while."""
        while self.page.now.status(agent) in statuses:
            began = await self.page.press(int(agent[1:]))
            now = await self.page.until(
                lambda now, began=began: (
                    now.status(agent) not in statuses or now.agent(agent)["changed_by_itself_at"] > began - DEAF_S
                ),
                f"{agent} pressed out of {statuses}, or T-guard ran (S-M2)",
            )
            await asyncio.sleep(now.agent(agent)["changed_by_itself_at"] + DEAF_S - time.monotonic())

    async def plug_in(self, *numbers: int) -> list[Baresip]:
        """Registered phones of agents who stay off duty."""
        await asyncio.gather(*(self._register(f"a{number}") for number in numbers))
        return [self.phones[f"a{number}"] for number in numbers]

    def obedient_phone(self, number: int, **what: Any) -> SipPhone:
        """An agent's phone that does as it is told: it answers by itself, refers, writes. `async with` registers it."""
        name = phone_of(number)
        account = {"proxy": self.box.edge, "secret": secret_of(name), "register": True}
        return SipPhone(PhoneSettings(f"127.0.0.1:{free_port()}", name, **account, **what))

    async def _register(self, agent: str) -> None:
        number = int(agent[1:])
        phone, folder = phone_of(number), self.folder / agent
        self.phones[agent] = await Baresip.register(
            phone, secret_of(phone), self.box.edge, folder, AGENT_HZ[number - 1]
        )

    async def sip_caller(
        self, caller: str = "0312345678", scenario: str = "box hangs up", talk_ms: int = 0
    ) -> SippCaller:
        """Somebody calls the queue over the SIP trunk."""
        folder = self.folder / f"caller-{next(self._count)}"
        found = await SippCaller.dial(
            self.box.edge, QUEUE, folder, caller=caller, tone_hz=SIP_HZ, scenario=scenario, talk_ms=talk_ms
        )
        self.callers.append(found)
        return found

    async def in_service(self) -> None:
        """Wait until every line is free to be used."""
        await self.page.until(
            lambda now: all(line["state"] == "idle" for line in now.office["lines"]), "the lines are in service"
        )

    async def line_caller(self, number: str = "0698765432") -> RemoteCaller:
        """Somebody rings the analogue line."""
        await self.in_service()
        voice = SoundSpec("tone", (LINE_HZ,), level=-9.0)
        return await asyncio.to_thread(self.cards[0].ring, number, None, voice)

    async def last_call(self) -> dict[str, Any]:
        """The newest call of this test, once its end is on the disk: whoever hangs up hears of it earlier."""
        async with asyncio.timeout(10):
            while True:
                for call in (await self.page.get("/api/calls?limit=1"))["calls"]:
                    if call["arrived"] >= self.began and call["outcome"]:
                        return dict(call)
                await asyncio.sleep(0.05)  # the page has no news of what is on the disk

    async def recordings(self, count: int = 1) -> list[tuple[Samples, Samples]]:
        """The finished recordings, oldest first, as (agent, caller), once there are `count`."""
        async with asyncio.timeout(10):
            while len(found := self.recorded("*.wav")) < count:
                await asyncio.sleep(0.05)  # the switch renames a recording when it is complete
        return [(left, right) for left, right in (read_wav(path) for path in found)]

    def recorded(self, pattern: str) -> list[Path]:
        """The files of this test's recordings, oldest first."""
        return sorted(set(self.box.recordings.glob(pattern)) - self.found, key=lambda path: path.stat().st_mtime)

    async def everybody_leaves(self) -> None:
        """Callers and phones, wherever they are."""
        await asyncio.gather(*(one.stop() for one in (*self.callers, *self.phones.values())))
        for card in self.cards:
            await asyncio.to_thread(card.everybody_leaves)


@pytest.fixture(autouse=True)
def watched_machine() -> None:
    """Note what this machine holds back during the test."""
    MACHINE.test_begins()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the edge's own user can pass through, for an office's file and its state."""
    folder = Path(tempfile.mkdtemp(prefix="deskbell-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(loop_scope="session")
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """The running office; `@pytest.mark.wish(Wish(...))` asks for another than the usual."""
    box, page = await BENCH.take(wish_of(request.node))
    found = Office(box, page, tmp_path, BENCH.cards(), frozenset(box.recordings.glob("*")))
    try:
        yield found
    finally:
        await found.everybody_leaves()
        (tmp_path / "box.log").write_text("\n".join(box.log))
        await BENCH.give_back(request.node)


def is_heard(samples: Samples, hz: float, least_s: float = 1.0) -> None:
    """Assert that the tone was heard at its full level for `least_s` without a silent frame of the box's making."""
    found = listen(samples, hz)
    assert found.length_s >= least_s, f"{hz} Hz sounded for {found.length_s:.2f} s of {len(samples) / 8000:.2f} s"
    excused = MACHINE.excused_frames()
    assert found.silent_frames <= excused, f"{found.silent_frames} silent frames inside {hz} Hz, {excused} excused"
    assert found.level > 3000, f"{hz} Hz arrived with amplitude {found.level:.0f}"


def is_not_heard(samples: Samples, hz: float) -> None:
    """Assert that nothing of the tone leaked in."""
    found = listen(samples, hz, threshold=400)
    assert found.length_s < 0.1, f"{hz} Hz leaked for {found.length_s:.2f} s with amplitude {found.level:.0f}"


async def line_is(caller: RemoteCaller, state: CallerState, timeout_s: float = 10.0) -> None:
    """Wait until the line's caller is in this state."""
    assert await asyncio.to_thread(caller.wait_for, state, timeout_s), f"caller is {caller.state}, not {state}"


async def heard_for(phone_heard: Callable[[], Samples], hz: float, seconds: float, timeout_s: float = 12.0) -> None:
    """Wait until the tone has been heard for so long."""
    async with asyncio.timeout(timeout_s):
        while alone_s(phone_heard(), hz) < seconds:
            await asyncio.sleep(0.1)  # sound takes its time


def alone_s(samples: Samples, hz: float) -> float:
    """For how long this tone was most of what was heard: hold music has a little of every tone, and now and then."""
    tone = frame_levels(samples, hz)
    all_of_it = (samples[: len(tone) * FRAME].astype(float).reshape(-1, FRAME) ** 2).mean(axis=1)
    return float(0.02 * ((tone > 1000) & (tone**2 / 2 > all_of_it / 2)).sum())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Remember who comes next: nobody else gets this test's box."""
    item.stash[NEXT] = nextitem


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember who failed: nobody gets that box."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever shares a box shares its loop, and comes next to the others who do."""
    group_by_wish(items)
