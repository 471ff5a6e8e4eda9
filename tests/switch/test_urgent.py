"""A phone's emergency call is let in where any other call finds no room (I-18)."""

from pathlib import Path

import msgspec
import pytest

from appliance import wire
from tests.support.fake_desk import FakeDesk
from tests.support.running_switch import RunningSwitch, switch_settings
from tests.switch.conftest import MakePhone


@pytest.mark.parametrize(
    ("called", "origin", "comes_in"), [("119", "Phone", True), ("200", "Phone", False), ("119", "Trunk", False)]
)
async def test_i18_an_emergency_call_takes_the_spare_room(
    tmp_path: Path, phone: MakePhone, called: str, origin: str, comes_in: bool
) -> None:
    """I-18: capacity is kept for legs to agents, and for a phone in danger."""
    settings = msgspec.structs.replace(switch_settings(tmp_path), max_calls=2, urgent=frozenset({"119"}))
    async with RunningSwitch(tmp_path, settings) as switch, FakeDesk(switch.socket) as desk:
        caller = await phone(user="101")
        call = await caller.dial(f"sip:{called}@{switch.sip}", {f"X-Deskbell-{origin}": "101"})
        if comes_in:
            assert (await desk.hears(wire.Incoming)).called == called
        else:
            assert (await caller.wait("state", call=call, state="disconnected"))["code"] == 503
