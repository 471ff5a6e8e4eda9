"""A box on a bench: the whole appliance, baresip phones at the agents' desks, SIPp on the trunk, a virtual line."""

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance.selftest.page import Page
from appliance.selftest.sound import Samples, listen, read_wav
from appliance.selftest.whole_box import QUEUE, WholeBox, Wish, phone_of, secret_of, whole_box
from hw.sim.client import RemoteCaller
from hw.sim.party import CallerState
from hw.sim.verbs import SoundSpec
from tests.support.baresip import Baresip
from tests.support.machine import MACHINE
from tests.support.sipp import SippCaller

AGENT_HZ = (1000.0, 1300.0, 1700.0, 2100.0, 2350.0)  # multiples of 50 Hz: none shows in the 20 ms frames of another
SIP_HZ = 450.0
LINE_HZ = 600.0


@dataclass(slots=True)
class Office:
    """The box, a visitor on its page, and everybody who has a phone."""

    box: WholeBox
    page: Page
    folder: Path
    phones: dict[str, Baresip] = field(default_factory=dict)
    callers: list[SippCaller] = field(default_factory=list)
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    async def on_duty(self, *agents: str) -> None:
        """Register the agents' phones and let each, in this order, go on duty by the button at the seat."""
        await asyncio.gather(*(self._register(agent) for agent in agents if agent not in self.phones))
        for agent in agents:
            await self.page.until(lambda now, agent=agent: now.status(agent) != "unreachable", f"{agent}'s phone found")
            await self.page.press(int(agent[1:]))
            await self.page.until(
                lambda now, agent=agent: now.status(agent) in ("available", "ringing"), f"{agent} on duty"
            )

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

    async def line_caller(self, number: str = "0698765432") -> RemoteCaller:
        """Somebody rings the analogue line."""
        assert self.box.sim is not None
        await self.page.until(lambda now: now.office["lines"][0]["state"] == "idle", "the line is in service")
        voice = SoundSpec("tone", (LINE_HZ,), level=-9.0)
        return await asyncio.to_thread(self.box.sim.card(0).ring, number, None, voice)

    async def recordings(self, count: int = 1) -> list[tuple[Samples, Samples]]:
        """The finished recordings, oldest first, as (agent, caller), once there are `count`."""
        async with asyncio.timeout(10):
            while (
                len(found := sorted(self.box.recordings.glob("*.wav"), key=lambda path: path.stat().st_mtime)) < count
            ):
                await asyncio.sleep(0.05)  # the switch renames a recording when it is complete
        return [(left, right) for left, right in (read_wav(path) for path in found)]

    async def everybody_leaves(self) -> None:
        """Callers, phones and the visitor, wherever they are."""
        await asyncio.gather(*(one.stop() for one in (*self.callers, *self.phones.values())))
        await self.page.leave()


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


@pytest.fixture
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """The running office; `@pytest.mark.wish(Wish(...))` asks for another than the usual."""
    marker = request.node.get_closest_marker("wish")
    wish: Wish = marker.args[0] if marker else Wish()
    async with whole_box(wish) as box:
        page = await box.open_page()
        found = Office(box, page, tmp_path)
        try:
            yield found
        finally:
            await found.everybody_leaves()
            with contextlib.suppress(OSError):
                (tmp_path / "box.log").write_text("\n".join(box.log))


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
        while listen(phone_heard(), hz).length_s < seconds:
            await asyncio.sleep(0.1)  # sound takes its time
