"""The whole box on the kernel's GPIO lines: edge, switch, desk, page, phone and caller as ever, the volts simulated."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from appliance.desk.edge_link import POLL_S
from appliance.desk.panel_logic import GUARD_S
from appliance.selftest.page import Page
from appliance.selftest.whole_box import QUEUE, WholeBox, Wish, phone_of, secret_of, whole_box
from tests.hil.inside.gpio_sim import Levels
from tests.hil.inside.panels import Bench, rev_a
from tests.support.baresip import Baresip
from tests.support.beside_goals import delays
from tests.support.sipp import SippCaller

GREEN, BLUE, RED = (0, 1, 0), (0, 0, 1), (1, 0, 0)
STEADY_S = 0.03
"""Three periods of a dimmed lamp: what shows for so long is no flicker."""
PRESSES = 20

pytestmark = [pytest.mark.timeout(90), pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True, slots=True)
class Office:
    """One agent at seat 1 with a phone, the box, its page and the panel's lines."""

    bench: Bench
    box: WholeBox
    page: Page
    phone: Baresip

    async def lamp(self, colour: tuple[int, int, int]) -> float:
        """When the agent's lamp began to show this colour and nothing else."""
        return await self._seen(lambda levels: levels == colour, STEADY_S, f"it never was {colour}")

    async def lamp_is_not_green(self) -> float:
        """When it ceased to be green: off duty is a dim amber, which no single look can tell."""
        return await self._seen(lambda levels: not levels[1], 0.0, "it stayed green")

    async def _seen(self, until: Callable[[Levels], bool], steady: float, what: str) -> float:
        film = self.bench.film(1)
        at = await asyncio.to_thread(film.watch, 10.0, until, steady)
        log = "\n".join(self.box.log[-20:])
        assert at is not None, f"the lamp: {what}; it was {film.changes[-20:]}\n{log}"
        return at


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One office for this file, a day in the order of its tests; each begins with a1 off duty and nobody calling."""
    folder = tmp_path_factory.mktemp("office")
    with rev_a() as bench:
        async with whole_box(Wish(agents=2, lines=0, panel="gpio")) as box:
            page = await box.open_page()
            phone = await Baresip.register(phone_of(1), secret_of(phone_of(1)), box.edge, folder / "a1", 1000.0)
            try:
                await asyncio.sleep(POLL_S)  # the desk has looked for phones after this one came
                await page.until(lambda now: now.status("a1") != "unreachable", "a1's phone found")
                await asyncio.sleep(1.1 * GUARD_S)  # T-guard: a press right after that change would mean nothing
                yield Office(bench, box, page, phone)
            finally:
                await phone.stop()
                await page.leave()


async def calls(here: Office, folder: Path) -> SippCaller:
    """Somebody outside calls the queue."""
    return await SippCaller.dial(
        here.box.edge, QUEUE, folder, caller="0312345678", tone_hz=450.0, scenario="box hangs up", talk_ms=0
    )


async def test_each_of_many_presses_is_one_change_of_duty(here: Office, figure) -> None:
    took = []
    for number in range(PRESSES):
        is_on = number % 2 == 0
        released = await here.bench.push(1)
        seen = await (here.lamp(GREEN) if is_on else here.lamp_is_not_green())
        took.append(1000 * (seen - released))
        await here.page.until(lambda now, is_on=is_on: (now.status("a1") == "available") is is_on, "the page agrees")
    figure("release of a real button → its lamp, whole box on one emulated core", delays(took), "p99 <= 100 ms")


async def test_a_real_button_puts_an_agent_on_duty_and_the_lamp_tells_a_whole_call(
    here: Office, tmp_path: Path, figure
) -> None:
    """S-M2, S-M3: button, box and lamp with nothing between them left out."""
    released = await here.bench.push(1)
    took = 1000 * (await here.lamp(GREEN) - released)
    figure("the same, the first press after a start", f"{took:.0f} ms", "<= 100 ms")
    await here.page.until(lambda now: now.status("a1") == "available", "the page agrees")
    caller = await calls(here, tmp_path / "first")
    await here.lamp(BLUE)
    await here.phone.wait_for("CALL_INCOMING")
    await here.phone.answer()
    await here.lamp(RED)
    await here.phone.hang_up()
    await here.lamp(GREEN)
    await caller.stop()

    caller = await calls(here, tmp_path / "second")
    await here.lamp(BLUE)
    await asyncio.sleep(1.1 * GUARD_S)  # T-guard: whoever presses earlier has not seen the lamp yet
    await here.bench.push(1, 1.4)
    await here.page.until(lambda now: now.status("a1") == "off_prompt", "a hold declines the call")

    since, killed = len(here.box.log), time.monotonic()
    os.kill(here.box.supervisor.pid("desk"), signal.SIGKILL)
    await here.box.logged("desk ready", since=since)
    figure("a killed desk is back", f"after {time.monotonic() - killed:.1f} s", "<= 2 s on a machine")
    await here.bench.push(1)
    await here.lamp(BLUE)  # the caller is still there, and first in turn
    await caller.stop()
