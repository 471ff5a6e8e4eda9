"""How fast the panel is: from the release of a button to the light, and what sixteen blinking seats cost.

Times are shown and never asserted. The desk between button and lamp is a plain view here; tests/bench/bench_desk.py
measures the rest of the way.
"""

import asyncio
import time

import pytest

from appliance.acd import events as ev
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.panel import PanelDriver
from hw.debounce import SETTLE_S
from hw.panel import Colour, VirtualPanel

PRESSES = 100
SEATS = 16
WATCH_S = 5.0
GREEN: Colour = (0.0, 1.0, 0.0)

pytestmark = [pytest.mark.bench, pytest.mark.timeout(120)]


class Watched(VirtualPanel):
    """A virtual panel that says when a lamp turned green, and counts how often any was lit."""

    def __init__(self) -> None:
        super().__init__(tuple(range(1, SEATS + 1)))
        self.lit = 0
        self.green_at: asyncio.Queue[float] = asyncio.Queue()

    def light(self, seat: int, colour: Colour) -> None:
        super().light(seat, colour)
        self.lit += 1
        if colour == GREEN:
            self.green_at.put_nowait(time.monotonic())


def office(status: Status) -> OfficeView:
    """Sixteen agents, all of one status."""
    return OfficeView(1, 0.0, tuple(AgentView(f"a{s}", "", "", s, status, 0.0) for s in range(1, SEATS + 1)))


async def test_from_the_release_of_a_button_to_its_light() -> None:
    panel = Watched()

    def post(event: ev.Event) -> None:
        asyncio.get_running_loop().call_soon(driver.show, office(Status.AVAILABLE))

    driver = PanelDriver(panel, Clock(), Alarms(), post, lambda: office(Status.OFF))
    driver.start()
    took = []
    for _ in range(PRESSES):
        driver.show(office(Status.OFF))
        while not panel.green_at.empty():
            panel.green_at.get_nowait()
        released = time.monotonic()
        panel.edge(1, down=True, at=released - 0.1)
        panel.edge(1, down=False, at=released)
        took.append(await panel.green_at.get() - released)
    driver.stop()
    took.sort()
    half, most = took[PRESSES // 2], took[int(PRESSES * 0.99) - 1]
    print(
        f"\nrelease of a button → lamp (virtual panel): median {1000 * half:.1f} ms, p99 {1000 * most:.1f} ms, "
        f"of which {1000 * SETTLE_S:.0f} ms are the settling of the contact"
    )


async def test_what_sixteen_blinking_seats_cost() -> None:
    panel = Watched()
    driver = PanelDriver(panel, Clock(), Alarms(), lambda event: None, lambda: office(Status.OFF))
    driver.start()
    everybody = office(Status.RINGING).agents
    for ringing in range(1, SEATS + 1):  # each begins at a time of its own: the dearest there is
        driver.show(OfficeView(1, 0.0, everybody[:ringing]))
        await asyncio.sleep(0.25 / SEATS)
    began, spent = time.monotonic(), time.process_time()
    await asyncio.sleep(WATCH_S)  # the measurement is the passing of time
    share = (time.process_time() - spent) / (time.monotonic() - began)
    driver.stop()
    cost = f"{100 * share:.2f} % of a core, {panel.lit} lights set"
    print(f"\npanel with {SEATS} seats flashing twice a second, none in step: {cost}")
