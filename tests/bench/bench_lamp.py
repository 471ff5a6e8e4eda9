"""How long a press takes to be light while twenty people talk: the whole box, its virtual panel, all by HTTP.

Times are shown and never asserted. The way through the kernel's own GPIO is in tests/hil.
"""

import os
import time

import pytest

from appliance.selftest.figures import Report
from appliance.selftest.measure import Bench, end_of, start_talking
from appliance.selftest.page import Moment
from appliance.selftest.people import people
from appliance.selftest.starving import Lateness
from appliance.selftest.whole_box import Wish, whole_box
from hw.debounce import SETTLE_S

TALKING = 20
PRESSES = 200

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]


async def test_from_the_press_to_the_lamp_under_twenty_conversations() -> None:
    pairs = TALKING + 1
    async with whole_box(Wish(agents=pairs, lines=0, rtp_ports=8 * pairs + 64)) as box, people(box, pairs) as crowd:
        page = await box.open_page()
        await page.until(lambda now: now.status("a1") != "unreachable", "the agent's phone is registered")
        with Lateness() as lateness:
            bench = Bench(box, page, crowd, Report(pairs), lateness)
            talks = await start_talking(bench, range(2, pairs + 1))
            began, took = time.monotonic(), []
            for number in range(PRESSES):
                wanted = "off" if number % 2 else "available"

                def shows(now: Moment, wanted: str = wanted) -> bool:
                    return now.lamp(1) == wanted

                sent = await page.press(1)
                took.append(1000 * ((await page.until(shows, f"the lamp says {wanted}")).at - sent))
            await end_of(bench, talks)
            held_back = lateness.worst(began)
        await page.leave()
    took.sort()
    print(
        f"\npress → lamp under {TALKING} conversations: median {took[PRESSES // 2]:.1f} ms, "
        f"p99 {took[int(0.99 * PRESSES) - 1]:.1f} ms, of which {1000 * SETTLE_S:.0f} ms are its settling"
        f" ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, this machine stood still for up to "
        f"{1000 * held_back:.0f} ms)"
    )
