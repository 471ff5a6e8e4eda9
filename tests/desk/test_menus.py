"""A menu between core and switch: said, keyed, and out of it into a queue (F-50)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from appliance import wire
from appliance.acd.chains import Destination, Kind
from appliance.acd.settings import MenuSettings
from appliance.desk.desk import running_desk
from appliance.wire import Origin
from tests.support.desk_office import Box, settings
from tests.support.fake_switch import FakeSwitch

MENU = MenuSettings(
    "menu:main", "Main", "400", "menu_choose", (("1", (Destination(Kind.QUEUE, "front"),)),),
    (Destination(Kind.MESSAGE, "nobody_available"),), step_s=0.2, tries=2,
)  # fmt: skip


@asynccontextmanager
async def box_with_a_menu(tmp_path: Path) -> AsyncIterator[Box]:
    plan = settings(tmp_path)
    plan = replace(plan, office=replace(plan.office, menus=(MENU,)), lines=(replace(plan.lines[0], queue="menu:main"),))
    async with AsyncExitStack() as stack:
        switch = await stack.enter_async_context(FakeSwitch(plan.switch_socket))
        desk = await stack.enter_async_context(running_desk(plan))
        await asyncio.wait_for(desk.link.is_ready.wait(), 5)
        box = Box(plan, switch, desk)
        await box.on_duty("sato")
        yield box


async def test_f50_a_line_leads_to_the_menu_and_a_key_to_the_queue(tmp_path: Path) -> None:
    async with box_with_a_menu(tmp_path) as box:
        leg = box.switch.rings(origin=Origin.LINE, origin_id="line-1")
        asked = await box.switch.is_asked(wire.Play, leg=leg, prompts=("menu_choose",))
        assert asked.then_silence
        box.switch.presses(leg, "1")
        await box.switch.is_asked(wire.Hold, leg=leg)
        box.switch.answers(await box.offered("101"))
        await box.until(lambda view: any(call.talking for call in view.calls))
        assert box.view.calls[0].queue == "front"
        box.switch.hangs_up(leg)
        assert (await box.recorded("answered")).queue == "front"


async def test_f50_t_menu_runs_from_the_end_of_the_prompt_and_the_default_is_a_message(tmp_path: Path) -> None:
    async with box_with_a_menu(tmp_path) as box:
        leg = box.switch.rings(called="400", origin=Origin.PHONE, origin_id="103")
        for count in (1, 2):
            await box.switch.is_asked(wire.Play, leg=leg, prompts=("menu_choose",), count=count)
            box.switch.prompt_ends(leg)
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("nobody_available",))
        box.switch.prompt_ends(leg)
        await box.switch.is_asked(wire.Hangup, leg=leg)
