"""A small office for tests of the desk: settings, and a desk in this process that can be started, left and killed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings, SupervisorSettings
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.api import CallRecord
from appliance.desk.desk import Desk, running_desk
from appliance.desk.settings import (
    DeskSettings,
    LineSettings,
    OutboundSettings,
    PanelSettings,
    PhoneSettings,
    TrunkSettings,
)
from tests.support.fake_switch import FakeSwitch

BOARD = Path(__file__).parents[2] / "hw" / "boards" / "rev_a.toml"


def office(**queue: Any) -> OfficeSettings:
    """Two agents, one queue; `queue` overrides its settings."""
    plan: dict[str, Any] = {"ring_s": 5.0, "wrap_up_s": 30.0, **queue}
    return OfficeSettings(
        agents=(AgentSettings("sato", "佐藤", "101", 1), AgentSettings("suzuki", "鈴木", "102", 2)),
        queues=(QueueSettings("front", "受付", "200", ("sato", "suzuki"), **plan),),
        supervisors=(SupervisorSettings("kato", "加藤", "103"), SupervisorSettings("mori", "森", "104", ("back",))),
    )


def settings(tmp_path: Path, **queue: Any) -> DeskSettings:
    """Settings of that office with everything under `tmp_path`."""
    return DeskSettings(
        office=office(**queue),
        state_dir=tmp_path,
        switch_socket=tmp_path / "switch.sock",
        panel=PanelSettings(BOARD, "virtual"),
        phones=(
            PhoneSettings("101", "佐藤"),
            PhoneSettings("102", "鈴木"),
            PhoneSettings("103", "倉庫"),
            PhoneSettings("104", "森"),
        ),
        pins=(("kato", "4321"),),
        lines=(LineSettings("line-1", "front"),),
        trunks=(TrunkSettings("carrier", queue="front", host="192.0.2.10:5060"),),
        outbound=OutboundSettings(trunk="carrier", allow=("03",)),
    )


class Box:
    """A desk and its fake switch."""

    def __init__(self, plan: DeskSettings, switch: FakeSwitch, desk: Desk) -> None:
        self.plan, self.switch, self.desk = plan, switch, desk

    @property
    def view(self) -> OfficeView:
        return self.desk.control.view

    def agent(self, name: str) -> AgentView:
        return next(one for one in self.view.agents if one.agent == name)

    async def on_duty(self, *agents: str) -> None:
        for agent in agents:
            await self.desk.office.go_on_duty(agent, "page")
            assert self.agent(agent).status is Status.AVAILABLE

    async def until(self, holds: Callable[[OfficeView], bool], timeout: float = 5.0) -> OfficeView:
        """The first committed view for which `holds`."""
        try:
            async with asyncio.timeout(timeout):
                async for view in self.desk.office.changes():
                    if holds(view):
                        return view
        except TimeoutError:
            raise AssertionError(f"it never came to that; the office is {self.view}") from None
        raise AssertionError("the changes ended")

    async def recorded(self, outcome: str, timeout: float = 5.0) -> CallRecord:
        """The newest call's record once it says `outcome`."""
        async with asyncio.timeout(timeout):
            async for _ in self.desk.office.changes():
                found = await self.desk.office.calls(1)
                if found and found[0].outcome == outcome:
                    return found[0]
        raise AssertionError("the changes ended")

    async def is_status(self, agent: str, status: Status, timeout: float = 5.0) -> None:
        await self.until(lambda view: any(a.agent == agent and a.status is status for a in view.agents), timeout)

    async def offered(self, phone: str, count: int = 1) -> str:
        """The leg of the `count`th ring of this phone."""
        from appliance import wire

        return (await self.switch.is_asked(wire.Dial, to=f"sip:{phone}@deskbell", count=count)).leg

    async def talking(self, phone: str = "101", **caller: Any) -> tuple[str, str]:
        """A caller rings, the phone is rung and answers; returns both legs once they talk."""
        caller_leg = self.switch.rings(**caller)
        offer = await self.offered(phone)
        self.switch.answers(offer)
        await self.until(lambda view: any(call.talking for call in view.calls))
        return caller_leg, offer


@asynccontextmanager
async def running_box(
    tmp_path: Path,
    *on_duty: str,
    panel: PanelSettings | None = None,
    change: Callable[[DeskSettings], DeskSettings] | None = None,
    **queue: Any,
) -> AsyncIterator[Box]:
    """A desk on real storage against a fake switch; `panel` instead of revision A's, `change` of the settings."""
    plan = settings(tmp_path, **queue) if change is None else change(settings(tmp_path, **queue))
    plan = plan if panel is None else replace(plan, panel=panel)
    async with AsyncExitStack() as stack:
        switch = await stack.enter_async_context(FakeSwitch(plan.switch_socket))
        desk = await stack.enter_async_context(running_desk(plan))
        await asyncio.wait_for(desk.link.is_ready.wait(), 5)
        box = Box(plan, switch, desk)
        await box.on_duty(*on_duty)
        yield box


def monotonic() -> float:
    """The clock of the seam."""
    return time.monotonic()
