"""A voice that is there before we listen is heard all the same, however late the thread is that begins to listen."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from appliance import wire
from tests.support.fake_desk import FakeDesk
from tests.support.running_switch import RunningSwitch, switch_settings
from tests.switch.conftest import talk

DAWDLE = Path(__file__).parents[1] / "support" / "dawdle.c"
LEVEL = 13_000


@pytest.fixture
def dawdling(tmp_path, monkeypatch) -> None:
    """What is started from now on begins to listen to a socket as on the busiest machine."""
    library = tmp_path / "dawdle.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(DAWDLE), "-ldl"], check=True)
    monkeypatch.setenv("LD_PRELOAD", str(library))


async def test_an_agent_who_speaks_before_the_switch_listens_is_heard(tmp_path, dawdling, phone):
    """pjproject 2.17 took the packet that waited for the end of the call and stayed deaf (docs/decisions/0027)."""
    async with RunningSwitch(tmp_path, switch_settings(tmp_path)) as switch, FakeDesk(switch.socket) as desk:
        caller, call, agent, agent_call, _ = await talk(desk, switch, phone)
        since = (await desk.hears(wire.Bridged)).at
        for ear, ear_call, hz in ((caller, call, 1000), (agent, agent_call, 450)):
            assert await arrives(ear, ear_call, hz, since), f"{hz} Hz was not heard by phone {ear.settings.user}"


async def arrives(ear, call: int, hz: int, since: float) -> bool:
    """Whether the tone is heard within three seconds."""
    until = asyncio.get_running_loop().time() + 3
    while asyncio.get_running_loop().time() < until:
        heard = await ear.hear(call, [hz], since)
        if heard["tones"].get(str(hz), {}).get("level", 0) > LEVEL * 0.9:
            return True
        await asyncio.sleep(0.05)  # sound is on its way
    return False
