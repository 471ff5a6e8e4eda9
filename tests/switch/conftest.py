"""A real switch, a desk that speaks the seam, and real phones, for every test of this folder."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from appliance import wire
from appliance.selftest.ports import free_port
from appliance.selftest.sip_phone import Event, PhoneSettings, SipPhone
from tests.support.fake_desk import FakeDesk, dial
from tests.support.machine import MACHINE
from tests.support.running_switch import RunningSwitch, switch_settings

MakePhone = Callable[..., Awaitable[SipPhone]]


@pytest.fixture(autouse=True)
def watched_machine() -> None:
    """Note what this machine holds back during the test."""
    MACHINE.test_begins()


def is_unbroken(heard: Event) -> bool:
    """Whether a phone missed nothing of what was said, but what this machine held back meanwhile."""
    excused = MACHINE.excused_frames()
    return heard["silent"] <= excused and heard["gap_ms"] < 100 + 20 * excused


@pytest.fixture
async def switch(tmp_path: Path) -> AsyncIterator[RunningSwitch]:
    async with RunningSwitch(tmp_path, switch_settings(tmp_path)) as running:
        yield running


@pytest.fixture
async def desk(switch: RunningSwitch) -> AsyncIterator[FakeDesk]:
    async with FakeDesk(switch.socket) as fake:
        yield fake


@pytest.fixture
async def phone() -> AsyncIterator[MakePhone]:
    """Make phones: `await phone(answer="auto", tone=1000)`."""
    async with AsyncExitStack() as stack:

        async def make(**what: Any) -> SipPhone:
            settings = PhoneSettings(f"127.0.0.1:{free_port()}", rtp_port=free_port(run=20), **what)
            return await stack.enter_async_context(SipPhone(settings))

        yield make


def to(one: SipPhone) -> str:
    """The address of a phone."""
    return f"sip:{one.settings.user}@{one.settings.listen}"


async def call_in(caller: SipPhone, switch: RunningSwitch, tone: int = 450, **headers: str) -> int:
    """A caller on a trunk calls the office's number; returns the caller's own number of the call."""
    vouched = headers or {"X-Deskbell-Trunk": "office"}
    return await caller.dial(
        f"sip:100@{switch.sip}", {key.replace("_", "-"): value for key, value in vouched.items()}, tone
    )


async def talk(desk: FakeDesk, switch: RunningSwitch, phone: MakePhone):
    """A caller (450 Hz) and an agent (1000 Hz) in conversation: both phones, their calls, and the caller's leg."""
    caller, agent = await phone(user="0355551234"), await phone(user="101", answer="auto", tone=1000)
    call = await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    desk.ask(wire.Hold(incoming.leg), dial("agent-1", to(agent)))
    await desk.hears(wire.Answered, leg="agent-1")
    desk.ask(wire.Bridge(incoming.leg, "agent-1"))
    await desk.hears(wire.Bridged)
    invited = await agent.wait("invited")
    return caller, call, agent, invited["call"], incoming.leg
