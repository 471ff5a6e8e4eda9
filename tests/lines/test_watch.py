"""The watch on the switch: its death and return are noticed within a blink, and told once."""

import asyncio

from appliance.lines.watch import SwitchWatch
from tests.lines.fake_switch import FakeSwitch


async def test_the_death_and_the_return_of_the_switch_are_told_once_each_and_soon():
    told: asyncio.Queue[bool] = asyncio.Queue()
    switch = FakeSwitch()
    watch = asyncio.create_task(SwitchWatch(("127.0.0.1", switch.port), told.put_nowait).run())
    try:
        assert await asyncio.wait_for(told.get(), 2.0) is True
        await asyncio.to_thread(switch.die)
        assert await asyncio.wait_for(told.get(), 1.0) is False
        switch = FakeSwitch(switch.port)
        assert await asyncio.wait_for(told.get(), 1.0) is True
        assert told.empty()
    finally:
        watch.cancel()
        await asyncio.to_thread(switch.die)


async def test_a_switch_that_hangs_with_its_port_open_is_told_gone():
    told: asyncio.Queue[bool] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    mute, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
    watch = asyncio.create_task(SwitchWatch(mute.get_extra_info("sockname"), told.put_nowait).run())
    try:
        assert await asyncio.wait_for(told.get(), 4.0) is False
    finally:
        watch.cancel()
        mute.close()
